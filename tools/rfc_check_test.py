import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rfc_check  # noqa: E402

INDEX = ("# A comment.\n"
         "1939\t-\tPost Office Protocol - Version 3\tyes\n"
         "1939\t5\tThe TRANSACTION State\tyes\n"
         "1939\t10\tExample POP3 Session\tno\n"
         "3339\t-\tTimestamps\tused\n")


def found(line):
    return [(reference.rfc, reference.section)
            for reference in rfc_check.references_of("src/a.cc", line)]


@pytest.mark.parametrize("line, expected", [
    ("// RFC 1939 s.3", [(1939, "3")]),
    ("// RFC 5321 s.4.5.3.1.8: at least 100.", [(5321, "4.5.3.1.8")]),
    ("// (RFC 1939 s.3).", [(1939, "3")]),
    ("// RFC 3339, RFC 1939 s.4 and more", [(3339, "-"), (1939, "4")]),
    ("// RFC 5321 s.4.1.2, s.4.1.3; RFC 6531 s.3.3",
     [(5321, "4.1.2"), (5321, "4.1.3"), (6531, "3.3")]),
    ("// RFC 3206 s.4-6, RFC 2449 s.8.1-2", [(3206, "4"), (3206, "5"), (3206, "6"),
                                             (2449, "8.1"), (2449, "8.2")]),
    ("// RFC 3501 s.A.1", [(3501, "A.1")]),
    ("to_rfc5322(time)", []),
])
def test_references(line, expected):
    assert found(line) == expected


@pytest.mark.parametrize("line, wrong", [
    ("RFC 1939 s.3", 0), ("RFC1939", 1), ("RFC-1939", 1), ("RFC 1939 section 3", 1),
    ("RFC 1939, Section 3", 1), ("RFC 1939 §3", 1), ("to_rfc5322", 0), ("RFC 1939", 0),
])
def test_wrong_forms(line, wrong):
    assert len(list(rfc_check.wrong_forms_of("src/a.cc", line))) == wrong


@pytest.mark.parametrize("line, mistakes", [
    ("1939\t6\tThe UPDATE State\tno\n", 0),
    ("1939\t6\tThe UPDATE State\tmaybe\n", 1),
    ("1939\t6\tThe UPDATE State\tused\n", 1),
    ("1939\t6\n", 1),
    ("x\t6\ta\tno\n", 1),
    ("1939\t5\tAgain\tno\n", 1),
    ("2449\t5\tThe CAPA Command\tno\n", 1),
])
def test_mistakes_in_the_index(line, mistakes):
    assert len(rfc_check.parse_index(INDEX + line)[1]) == mistakes


def make_tree(top, source="// RFC 1939 s.5\n"):
    for folder in ("src", "tools", "docs"):
        (top / folder).mkdir()
    (top / "tools/rfc_index.tsv").write_text(INDEX)
    (top / "src/a.cc").write_text(source)
    (top / "src/a_test.cc").write_text("// RFC 1939 s.5, RFC 3339\n")


def test_a_fresh_tree_passes_and_a_stale_one_fails(tmp_path, capsys):
    make_tree(tmp_path)
    assert rfc_check.main([str(tmp_path)]) == 1
    assert "docs/protocol-support.md:1: rfc: stale" in capsys.readouterr().out
    assert rfc_check.main(["--write", str(tmp_path)]) == 0
    assert rfc_check.main([str(tmp_path)]) == 0
    (tmp_path / "src/b.cc").write_text("// RFC 1939 s.5\n")
    assert rfc_check.main([str(tmp_path)]) == 1


def test_an_unknown_section_is_told_with_its_line(tmp_path, capsys):
    make_tree(tmp_path, "// RFC 1939 s.5\n// RFC 1939 s.99\n// RFC 822\n")
    assert rfc_check.main(["--write", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "src/a.cc:2: rfc: RFC 1939 s.99 is not in tools/rfc_index.tsv" in out
    assert "src/a.cc:3: rfc: RFC 822 is not in" in out


def test_a_claim_without_a_reference_is_told(tmp_path, capsys):
    make_tree(tmp_path, "\n")
    (tmp_path / "src/a_test.cc").write_text("\n")
    (tmp_path / "docs/a.md").write_text("RFC 1939 s.5\n")
    assert rfc_check.main(["--write", str(tmp_path)]) == 1
    assert "RFC 1939 s.5 is 'yes', but nothing refers to it" in capsys.readouterr().out


def test_the_document_links_sections_to_files(tmp_path):
    make_tree(tmp_path)
    rfc_check.main(["--write", str(tmp_path)])
    text = (tmp_path / "docs/protocol-support.md").read_text()
    assert ("| [5](https://www.rfc-editor.org/rfc/rfc1939#section-5) The TRANSACTION State | yes | "
            "[a.cc](../src/a.cc) | [a_test.cc](../src/a_test.cc) |") in text
    assert "Example POP3 Session | no |  |  |" in text
    assert text.index("#section-5)") < text.index("#section-10)")
    assert "## RFC 3339: Timestamps" in text
