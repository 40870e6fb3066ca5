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
