import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import documents  # noqa: E402


def rules(tmp_path, text, name="docs/a.md"):
    """(line, rule) of each finding in one document."""
    (tmp_path / "docs/decisions").mkdir(parents=True, exist_ok=True)
    (tmp_path / "src/base").mkdir(parents=True, exist_ok=True)
    (tmp_path / "src/base/x.cc").write_text("")
    (tmp_path / "docs/other.md").write_text("# Other\n\n## Two `words`, here\n")
    (tmp_path / name).write_text(text)
    return [(line, rule) for _, line, rule, _ in documents.check(tmp_path)]


@pytest.mark.parametrize("text, expected", [
    ("Every client waits.\n", []),
    ("A line.\nWhoever waits.\n", [(2, "words")]),
    ("Mail is\nto be kept.\n", [(1, "words")]),
    ("It is nobody's fault, whatever comes.\n", [(1, "words"), (1, "words")]),
    ("The option `--whatever`.\n", []),
    ("```\nwhoever\n```\n", []),
    ("```\nx\n```\n\nwhoever\n", [(5, "words")]),
])
def test_words(tmp_path, text, expected):
    assert rules(tmp_path, text) == expected


HEAD = "| a | b |\n|---|--:|\n"


@pytest.mark.parametrize("text, expected", [
    (HEAD + "| 1 | 2 |\n", []),
    (HEAD + "| 1 | 2 |\n\n| 3 | 4 |\n| 5 | 6 |\n", [(5, "table")]),
    ("| 1 | 2 |\n\nText.\n", [(1, "table")]),
])
def test_tables_have_a_head(tmp_path, text, expected):
    assert rules(tmp_path, text) == expected


@pytest.mark.parametrize("name, length, expected", [
    ("README.md", 120, []), ("README.md", 121, [(3, "cell")]), ("docs/a.md", 121, []),
])
def test_cells_of_the_first_page_are_short(tmp_path, name, length, expected):
    assert rules(tmp_path, f"{HEAD}| {'x' * length} | 2 |\n", name) == expected


@pytest.mark.parametrize("text, expected", [
    ("[a](other.md) [b](https://example.com/x#y) [c](../src/base/x.cc)\n", []),
    ("[a](other.md#two-words-here) [b](#here)\n\n# Here\n", []),
    ("[a](gone.md)\n", [(1, "link")]),
    ("[a](other.md#gone)\n", [(1, "link")]),
])
def test_links_lead_somewhere(tmp_path, text, expected):
    assert rules(tmp_path, text) == expected


@pytest.mark.parametrize("name, text, expected", [
    ("docs/a.md", "`src/base/x.cc`, `src/base/*.cc`, `src/base`, `x.cc`, `src/NAME.cc`\n", []),
    ("docs/a.md", "`src/base/gone.cc`\n", [(1, "file")]),
    ("docs/a.md", "in `src/base`: `x.cc`, `test_x.py`\n`gone.cc`\n", [(2, "file")]),
    ("docs/a.md", "`src/gone/*.cc`\n", [(1, "file")]),
    ("docs/decisions/001-x.md", "`src/base/gone.cc`\n", []),
])
def test_files_are_there(tmp_path, name, text, expected):
    assert rules(tmp_path, text, name) == expected


def test_what_a_tool_writes_is_its_own(tmp_path):
    assert rules(tmp_path, "whoever\n", "docs/protocol-support.md") == []
