import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import folders  # noqa: E402
import tidy  # noqa: E402


@pytest.mark.parametrize("more, expected", [
    ([], []),
    (["x_test.cc", "test_x.h", "x_test_support.h"], []),
    (["x.h"], ["rooms"]),
])
def test_a_folder_has_no_more_rooms_than_are_seen_at_a_glance(more, expected):
    names = [f"r{i}.{ending}" for i in range(20) for ending in ("h", "cc")] + more
    paths = [f"apps/restante/reading/{name}" for name in names]
    files = {path: tidy.File(path, "") for path in paths}
    assert [rule for _, _, rule, _ in folders.check(files)] == expected


@pytest.mark.parametrize("low, test, expected", [
    ("", "", []),
    ('#include "mail/high/b.h"\n', "", ["circle"] * 3),
    ("", '#include "mail/high/b.h"\n', []),
    ('#include "base/high/b.h"\n', "", []),
])
def test_the_folders_of_a_module_have_no_circle(low, test, expected):
    files = {path: tidy.File(path, text) for path, text in {
        "src/mail/low/a.h": "", "src/mail/low/a.cc": '#include "mail/low/a.h"\n' + low,
        "src/mail/low/a_test.cc": test, "src/mail/high/b.h": '#include "mail/middle/c.h"\n',
        "src/mail/middle/c.h": '#include "mail/low/a.h"\n', "src/base/high/b.h": "",
    }.items()}
    assert [rule for _, _, rule, _ in folders.check(files)] == expected
