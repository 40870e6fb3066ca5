import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import stamps  # noqa: E402


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    stamps._content.cache_clear()
    stamps._direct.cache_clear()
    return path


def make_tree(top):
    write(top / "src/a/c.h", "int c;\n")
    write(top / "src/a/b.h", '#include "a/c.h"\n#include "a/b.h"\n#include <vector>\n')
    write(top / "src/a/other.h", "int other;\n")
    return write(top / "src/a/a.cc", '#include "a/b.h"\n#include "a/gone.h"\n')


def test_closure_is_all_of_ours_that_is_included(tmp_path):
    source = make_tree(tmp_path)
    names = [path.name for path in stamps.closure(source, (tmp_path / "src",))]
    assert names == ["a.cc", "b.h", "c.h"]


def test_the_key_changes_with_each_file_and_setting(tmp_path):
    source = make_tree(tmp_path)

    def key(*settings):
        return stamps.key_of(stamps.closure(source, (tmp_path / "src",)), *settings)

    first = key("-O2")
    assert key("-O2") == first
    assert key("-O3") != first
    write(tmp_path / "src/a/other.h", "int changed;\n")
    assert key("-O2") == first
    write(tmp_path / "src/a/c.h", "int changed;\n")
    assert key("-O2") != first


def test_only_what_has_no_stamp_is_checked(tmp_path, capsys):
    good = stamps.Stamps(tmp_path / "stamps")
    checked = []

    def check(name):
        checked.append(name)
        return "is bad" if name == "bad" else ""

    jobs = {"good": "1", "bad": "2"}
    assert stamps.check_all(jobs, good, check) == 1
    assert "bad:\nis bad" in capsys.readouterr().out
    assert stamps.check_all(jobs, good, check) == 1
    assert sorted(checked) == ["bad", "bad", "good"]
    assert stamps.check_all({"good": "3"}, good, check) == 0
    assert not good.has("1") and good.has("3")


class Telling(stamps.Stamps):
    def add(self, key):
        super().add(key)
        print(f"good: {key}")


def test_what_failed_is_said_last(tmp_path, capsys):
    jobs = {"bad": "1", "good": "2"}
    check = {"bad": "is bad", "good": ""}.get
    assert stamps.check_all(jobs, Telling(tmp_path / "stamps"), check) == 1
    assert capsys.readouterr().out.endswith("good: 2\nbad:\nis bad\n")
