"""The cases of harness/reading_cases.py, as bench/archive/reading.py asks programs for them."""

import sys

import pytest

from harness.reading_cases import CASES
from harness.server import BIN, ROOT

# Known gaps (docs/reading.md); a change that mends one takes it out.
GAPS = set()


@pytest.fixture(scope="module", name="reading")
def bench():
    """The program that compares."""
    sys.path.insert(0, str(ROOT / "bench/archive"))
    import reading as module
    yield module
    sys.path.remove(str(ROOT / "bench/archive"))


def test_all_cases_are_read_right_but_the_gaps_that_are_told(reading, tmp_path):
    """Subjects, senders, dates, words and files are what their writers meant."""
    paths = reading.put([case.octets for case in CASES.values()], tmp_path / "mail")
    program = reading.Restante(BIN / "restante", tmp_path / "mail", tmp_path)
    answers = {name: program.read(path) for name, path in zip(CASES, paths)}
    wrong = {name: answer for name, answer in answers.items()
             if not reading.is_right(CASES[name], answer)}
    assert set(wrong) == GAPS, {name: wrong[name] for name in set(wrong) - GAPS}


def test_programs_are_compared(reading, capsys):
    """The table has a line a kind, and each of the five reads plain mail."""
    reading.main([str(BIN / "restante")])
    rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["cases", "restante", "mu", "notmuch", "mblaze", "Python"]
    assert rows[-1][:2] == [f"all ({len(CASES)})", str(len(CASES) - len(GAPS))]
    assert all(int(count) > 10 for count in rows[-1][1:])


def test_mail_in_a_folder_is_compared(reading, tmp_path, capsys):
    """On plain mail all say the same."""
    for number in range(3):
        (tmp_path / f"{number}.eml").write_text(
            f"From: Ann <ann@a.example>\nSubject: mail {number}\n"
            f"Date: Tue, 1 Jul 2003 10:52:3{number} +0200\n\nwords\n")
    reading.main([str(BIN / "restante"), str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| 3 messages |")
    assert lines[2:] == [f"| {field} (3) | 3 | 3 | 3 | 3 | 3 |" for field in reading.FIELDS]
