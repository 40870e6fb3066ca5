"""Sums up JUnit files: prints "PASSED FAILED". A skipped test counts as failed, and so does a run
without tests: what did not run proves nothing.

usage: count_tests.py [--gtest FOLDER] FILE…

With --gtest, FILE is CTest's: each of its tests that left NAME_tests.xml in FOLDER counts with what
stands there."""

import argparse
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcome_of(testcase):
    """1 when the <testcase> passed, else 0."""
    if testcase.get("status") in ("fail", "notrun", "disabled"):
        return 0
    return int(not any(testcase.find(kind) is not None for kind in ("failure", "error", "skipped")))


def count_file(path):
    """(passed, failed) of one JUnit file; a file that is missing or cut off is one failure."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return 0, 1
    passed = sum(map(outcome_of, cases))
    return passed, len(cases) - passed


def count_ctest(path, folder):
    """(passed, failed) of CTest's file, with GoogleTest's own counts where there are any."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return 0, 1
    passed = failed = 0
    for case in cases:
        own = folder / f"{case.get('name')}_tests.xml"
        good, bad = count_file(own) if own.exists() else (outcome_of(case), 0)
        if not outcome_of(case):  # It crashed, or ran too long: one failure at least.
            bad = max(bad, 1)
        passed, failed = passed + good, failed + bad
    return passed, failed


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gtest", type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args(arguments)
    count = (lambda path: count_ctest(path, options.gtest)) if options.gtest else count_file
    sums = [sum(column) for column in zip(*map(count, options.files))]
    if sums == [0, 0]:
        sums = [0, 1]
    print(*sums)
    return 1 if sums[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
