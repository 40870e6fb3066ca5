import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import count_tests  # noqa: E402


def junit(*cases):
    return "<testsuites><testsuite>" + "".join(cases) + "</testsuite></testsuites>"


OK = '<testcase name="a"/>'
BAD = '<testcase name="b"><failure/></testcase>'
SKIPPED = '<testcase name="c"><skipped/></testcase>'


@pytest.mark.parametrize("content, line, code", [
    (junit(OK, OK), "2 0", 0),
    (junit(OK, BAD), "1 1", 1),
    (junit(OK, SKIPPED), "1 1", 1),
    (junit(), "0 1", 1),
    ("<testsuites>", "0 1", 1),
])
def test_sums_of_one_file(tmp_path, capsys, content, line, code):
    path = tmp_path / "x.xml"
    path.write_text(content)
    assert count_tests.main([str(path)]) == code
    assert capsys.readouterr().out == line + "\n"


def test_a_missing_file_is_a_failure(tmp_path, capsys):
    assert count_tests.main([str(tmp_path / "none.xml")]) == 1
    assert capsys.readouterr().out == "0 1\n"


@pytest.mark.parametrize("status, own, line", [
    ("run", junit(OK, OK, OK), "3 0"),
    ("run", None, "1 0"),
    ("fail", junit(OK, BAD), "1 1"),
    ("fail", junit(OK, OK), "2 1"),
    ("fail", "<testsuites>", "0 1"),
    ("fail", None, "0 1"),
    ("notrun", None, "0 1"),
])
def test_ctest_counts_with_what_gtest_says(tmp_path, capsys, status, own, line):
    path = tmp_path / "ctest.xml"
    path.write_text(f'<testsuite><testcase name="base" status="{status}"/></testsuite>')
    if own is not None:
        (tmp_path / "base_tests.xml").write_text(own)
    code = count_tests.main(["--gtest", str(tmp_path), str(path)])
    assert capsys.readouterr().out == line + "\n"
    assert code == (0 if line.endswith(" 0") else 1)
