import json
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import clang_tidy  # noqa: E402

OURS = f"{clang_tidy.TOP}/src/a.cc:1:2: error: bad [x]\n"
THEIRS = "/usr/include/boost/a.hpp:1:2: error: bad [x]\n"


@pytest.mark.parametrize("output, expected", [
    (OURS, True), (THEIRS, False), (OURS + THEIRS, True), (THEIRS + THEIRS, False),
    ("Segmentation fault\n", True), ("", True),
])
def test_only_findings_in_libraries_are_let_off(output, expected):
    assert clang_tidy.against_us(output) == expected


def test_commands_are_of_our_sources_once(tmp_path):
    source = clang_tidy.TOP / "src/base/ascii.cc"
    entries = [{"file": str(source), "command": "first"},
               {"file": str(source), "command": "second"},
               {"file": "/usr/src/gtest.cc", "command": "x"},
               {"file": str(clang_tidy.TOP / "build/dev/pch.cc"), "command": "x"},
               {"file": str(clang_tidy.TOP / "src/base/gone.cc"), "command": "x"}]
    (tmp_path / "compile_commands.json").write_text(json.dumps(entries))
    assert clang_tidy.commands_of(tmp_path) == {"src/base/ascii.cc": "first"}


MOVED_TWICE = """#include <string>
#include <utility>
std::size_t %s(std::string text) {
  const std::string other = std::move(text);
  return other.size() + text.size();
}
"""


def test_the_scope_is_all_that_is_ours_and_nothing_else(tmp_path):
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.h").write_text("#pragma once\n" + MOVED_TWICE % "inline twice")
    (folder / "a.cc").write_text('#include "a.h"\n' + MOVED_TWICE % "again")
    plugin = clang_tidy.scope_plugin(clang_tidy.version_of_program())
    run = subprocess.run(
        [clang_tidy.PROGRAM, "--quiet", f"--load={plugin}", "--system-headers",
         "--checks=-*,restante-scope,bugprone-use-after-move,modernize-use-using",
         "--header-filter=.*", folder / "a.cc", "--", "-std=c++20"],
        capture_output=True, text=True, check=False)
    assert run.stdout.count("'text' used after it was moved") == 2, run.stdout + run.stderr
    assert "modernize-use-using" not in run.stdout  # The standard library is full of typedefs.


SOURCES = {"src/a.cc": {"src/a.cc", "src/a.h", "src/only.h"},
           "src/b.cc": {"src/b.cc", "src/only.h", "src/a.h"}}


@pytest.mark.parametrize("changed, found", [
    ({"src/a.cc"}, {"src/a.cc"}),
    ({"src/a.h"}, {"src/a.cc"}),
    ({"src/only.h"}, {"src/a.cc"}),
    ({"README.md"}, set()),
    ({"src/gone.cc", "src/b.cc"}, {"src/b.cc"}),
])
def test_affected(changed, found):
    assert clang_tidy.affected(SOURCES, changed) == found


def test_what_is_changed_lately_is_known():
    changed = clang_tidy.recent_paths()
    assert changed is None or all(not pathlib.PurePath(path).is_absolute() for path in changed)


BEFORE = """// What.
#include "old/b.h"
#include <string>

int a() {
  return 1;  // NOLINT: of use.
}
""" + "".join(f"int more_{i}();\n" for i in range(9))


@pytest.mark.parametrize("name, after, is_changed", [
    ("src/a.cc", BEFORE.replace("return 1", "return 2"), True),
    ("src/a.cc", BEFORE.replace("// What.", "// Other words."), False),
    ("src/new/a.cc", BEFORE, False),
    ("src/new/a.cc", BEFORE.replace('#include "old/b.h"\n#include <string>\n',
                                    '#include <string>\n\n#include "new/b.h"\n'), False),
    ("src/new/a.cc", BEFORE.replace("return 1", "return 2"), True),
    ("src/new/a.cc", BEFORE.replace("  // NOLINT: of use.", ""), True),
    ("src/new/a.cc", BEFORE.replace("int a() {", "// NOLINTNEXTLINE\nint a() {"), True),
    ("src/new/a.cc", "int other;\n", True),
])
def test_what_only_moved_is_not_changed(tmp_path, name, after, is_changed):
    def git(*words):
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=x", "-c", "user.email=x@x.test",
                        *words], check=True, capture_output=True)
    git("init")
    (tmp_path / "src/new").mkdir(parents=True)
    (tmp_path / "src/a.cc").write_text(BEFORE)
    (tmp_path / "src/same.cc").write_text("int same;\n")
    (tmp_path / "README.md").write_text("Text.\n")
    git("add", ".")
    git("commit", "-m", "old")
    (tmp_path / "src/a.cc").unlink()
    (tmp_path / name).write_text(after)
    (tmp_path / "README.md").write_text("Other text.\n")
    git("add", ".")
    changed = clang_tidy.recent_paths(tmp_path, 1)
    gone = {"src/a.cc"} - {name}  # Where git sees no move: of no source any more.
    assert changed - gone == {"README.md"} | ({name} if is_changed else set())
    assert clang_tidy.recent_paths(tmp_path, 2) is None
