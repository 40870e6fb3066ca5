"""References to RFCs: each `RFC nnnn s.n` in the sources exists in tools/rfc_index.tsv, and
docs/protocol-support.md, which is made from both, is fresh.

usage: rfc_check.py [--write] [FOLDER]

The index has one line a section: number, section (- for the RFC as a whole), title, our status
(yes, partial, no; for the RFC as a whole also: used, where there is nothing to implement)."""

import argparse
import pathlib
import re
import sys
from dataclasses import dataclass

INDEX = "tools/rfc_index.tsv"
SUPPORT = "docs/protocol-support.md"
SCANNED = (("src", (".cc", ".h")), ("apps", (".cc", ".h")), ("tests/transcripts", (".txt",)),
           ("docs", (".md",)))
STATUSES = ("yes", "partial", "no")

_SECTION = r"s\.[0-9A-Z]\w*(?:\.\d+)*(?:-\d+)?"
_REFERENCE = re.compile(rf"\bRFC (\d+)((?:,? {_SECTION})*)")
_WRONG_FORM = re.compile(r"\bRFC[-_]?\d{3,5}\b|\bRFC \d+,? (?:[Ss]ection|[Ss]ec\.|§|chapter)")


@dataclass(frozen=True)
class Reference:
    path: str
    line: int
    rfc: int
    section: str  # "-": the RFC as a whole.


def expand(section):
    """["4", "5"] for "4-5", ["3.2", "3.3"] for "3.2-3"; [section] for one."""
    first, _, last = section.partition("-")
    if not last:
        return [first]
    prefix, _, start = first.rpartition(".")
    dot = prefix and prefix + "."
    return [f"{dot}{number}" for number in range(int(start), int(last) + 1)]


def references_of(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for match in _REFERENCE.finditer(line):
            named = re.findall(r"s\.([\w.-]*\w)", match.group(2))
            for section in [part for one in named for part in expand(one)] or ["-"]:
                yield Reference(path, number, int(match.group(1)), section)


def wrong_forms_of(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for match in _WRONG_FORM.finditer(line):
            yield f"{path}:{number}: rfc: {match.group()} — write RFC nnnn s.n"


def parse_index(text):
    """({(rfc, section): (title, status)} in the order of the file, mistakes)."""
    index, mistakes = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        place = f"{INDEX}:{number}: rfc:"
        if len(fields) != 4 or not fields[0].isdigit():
            mistakes.append(f"{place} not four fields — number, section, title, status")
            continue
        key = int(fields[0]), fields[1]
        allowed = STATUSES + (("used",) if fields[1] == "-" else ())
        if fields[3] not in allowed:
            mistakes.append(f"{place} status '{fields[3]}' — write {', '.join(allowed)}")
        if key in index:
            mistakes.append(f"{place} RFC {key[0]} s.{key[1]} is there twice — remove one")
        if fields[1] != "-" and (key[0], "-") not in index:
            mistakes.append(f"{place} RFC {key[0]} itself is not above — add its line, section -")
        index[key] = fields[2], fields[3]
    return index, mistakes


def check(index, references):
    """The mistakes in the references, and what the index claims without one."""
    mistakes = []
    for reference in references:
        if (reference.rfc, reference.section) not in index:
            name = f"RFC {reference.rfc}" + \
                (f" s.{reference.section}" if reference.section != "-" else "")
            mistakes.append(f"{reference.path}:{reference.line}: rfc: {name} is not in {INDEX} — "
                            "look its title up and add it, or mend the reference")
    used = {(reference.rfc, reference.section) for reference in references
            if not reference.path.startswith("docs/")}
    for (rfc, section), (_, status) in index.items():
        if section != "-" and status == "yes" and (rfc, section) not in used:
            mistakes.append(f"{INDEX}: rfc: RFC {rfc} s.{section} is 'yes', but nothing refers to "
                            "it — refer to it where it is done, or remove the line")
    return mistakes


def is_test(path):
    return path.startswith("tests/") or path.endswith("_test.cc")


def links(paths):
    return ", ".join(f"[{path.removeprefix('src/').removeprefix('tests/transcripts/')}](../{path})"
                     for path in sorted(paths))


def render(index, references):
    """The text of docs/protocol-support.md."""
    places = {}
    for reference in references:
        if not reference.path.startswith("docs/"):
            places.setdefault((reference.rfc, reference.section), set()).add(reference.path)
    lines = ["# Protocol support", "",
             "Which section of which RFC is done where, and tested where. Made by "
             "`tools/rfc_check.py --write` from", "the references in the sources and "
             "`tools/rfc_index.tsv`; do not edit it.", ""]
    for rfc, section in sorted(index, key=lambda key: (key[0], key[1] != "-")):
        if section == "-":
            lines += render_rfc(rfc, index, places)
    return "\n".join(lines)


def render_rfc(rfc, index, places):
    title, status = index[rfc, "-"]
    url = f"https://www.rfc-editor.org/rfc/rfc{rfc}"
    lines = [f"## RFC {rfc}: {title}", "", f"[Text]({url}). Status: **{status}**.", "",
             "| section | status | done in | tested in |", "|---|---|---|---|"]
    sections = sorted((key[1] for key in index if key[0] == rfc), key=section_order)
    rows = 0
    for section in sections:
        paths = places.get((rfc, section), set())
        if section == "-" and not paths:
            continue
        title, status = index[rfc, section]
        name = "as a whole" if section == "-" else f"[{section}]({url}#section-{section}) {title}"
        code = links(path for path in paths if not is_test(path))
        tests = links(path for path in paths if is_test(path))
        lines.append(f"| {name} | {'' if section == '-' else status} | {code} | {tests} |")
        rows += 1
    return lines[:None if rows else -3] + [""]


def section_order(section):
    return [(int(part), "") if part.isdigit() else (-1, part) for part in section.split(".")]


def scan(top):
    references, mistakes = [], []
    for folder, suffixes in SCANNED:
        for path in sorted((top / folder).rglob("*")):
            name = path.relative_to(top).as_posix()
            if path.suffix in suffixes and path.is_file() and name != SUPPORT:
                text = path.read_text(encoding="utf-8", errors="replace")
                references += references_of(name, text)
                mistakes += wrong_forms_of(name, text)
    return references, mistakes


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("top", nargs="?", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[1])
    options = parser.parse_args(arguments)
    index, mistakes = parse_index((options.top / INDEX).read_text(encoding="utf-8"))
    references, wrong_forms = scan(options.top)
    mistakes += wrong_forms + check(index, references)
    support, text = options.top / SUPPORT, render(index, references)
    if options.write:
        support.write_text(text, encoding="utf-8")
    elif not support.is_file() or support.read_text(encoding="utf-8") != text:
        mistakes.append(f"{SUPPORT}:1: rfc: stale — run tools/rfc_check.py --write and commit it")
    print("\n".join(mistakes), end="\n" if mistakes else "")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
