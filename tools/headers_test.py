"""Tests of headers.py: what the text of a header tells."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import headers  # noqa: E402


@pytest.mark.parametrize("text, missing", [
    ("#include <vector>\nstd::vector<int> f();\n", []),
    ("std::vector<int> f();\n", ["vector"]),
    ("#include <string>\nstd::string_view f(std::optional<int>);\n", ["optional"]),
    ("// Not std::map.\nint f();\n", []),
    ("#include <boost/json.hpp>\nstd::string f();\n", []),
    ('#include "other.h"\nstd::span<int> f();\n', []),
])
def test_not_included(tmp_path, text, missing):
    (tmp_path / "other.h").write_text("#include <span>\n")
    header = tmp_path / "one.h"
    header.write_text(text)
    said = headers.not_included(header, (tmp_path,))
    assert [line.split("<")[1].rstrip(">") for line in said.splitlines()] == missing


def test_the_precompiled_one_is_of_what_is_included_anyway(tmp_path):
    (tmp_path / "heavy.h").write_text("")
    header = tmp_path / "one.h"
    header.write_text('#include "heavy.h"\n')
    precompiled = {tmp_path / "heavy.h": "heavy.pch", None: "std.pch"}
    assert headers.with_precompiled([], precompiled, header, (tmp_path,))[-1] == "heavy.pch"
    assert headers.with_precompiled([], precompiled, tmp_path / "heavy.h",
                                    (tmp_path,))[-1] == "std.pch"


@pytest.mark.parametrize("header, source, proved", [
    ("int f();\n", '#include "one.h"\n#include <vector>\n', True),
    ("int f();\n", '#include <vector>\n#include "one.h"\n', False),
    ("int f();\n", None, False),
    ("fmt::memory_buffer f();\n", '#include "one.h"\n', False),
])
def test_what_the_build_has_proved(tmp_path, header, source, proved):
    (tmp_path / "one.h").write_text(header)
    if source is not None:
        (tmp_path / "one.cc").write_text(source)
    assert headers.proved_by_build(tmp_path / "one.h", (tmp_path,)) is proved
