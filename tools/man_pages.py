#!/usr/bin/python3
"""man_pages.py PROGRAMS FOLDER: the manual pages that are made of documents and of --help. The
pages of restante and restantectl are made by themselves (restante man)."""

import argparse
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent

# name, section, one line, the document; "" for a page of --help alone.
PAGES = (
    ("restanted", 8, "POP3 server with LMTP and SMTP intake", ""),
    ("restanted.toml", 5, "configuration of restanted and restantectl", "configuration.md"),
    ("restante.toml", 5, "configuration of restante", "client.md"),
    ("restante-queries", 7, "how restante finds mail", "searching.md"),
)


def without_links(text):
    """A link within the documents is its words; one to the web stays."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]+\)", r"\1", text)


def body_of(document):
    """The document below its title, with headings that a manual page knows as sections."""
    title, _, body = (TOP / "docs" / document).read_text(encoding="utf-8").partition("\n")
    assert title.startswith("# "), f"docs/{document} has no title"
    body = re.sub(r"^#(#+) ", r"\1 ", without_links(body), flags=re.M)
    body = re.sub(r"^# (.*)$", lambda line: "# " + line.group(1).upper(), body, flags=re.M)
    return body if body.lstrip().startswith("# ") else "# DESCRIPTION\n" + body


def help_of(program):
    text = subprocess.run([program, "--help"], capture_output=True, check=True, text=True).stdout
    return "".join(f"    {line}\n" for line in text.splitlines())


def markdown_of(name, section, summary, document, programs):
    """What go-md2man makes the page of."""
    parts = [f"{name} {section} \"\" \"Restante\" \"Restante\"\n====\n",
             f"# NAME\n\n{name} - {summary}\n"]
    program = programs / name
    if program.exists():
        parts.append(f"# OVERVIEW\n\n{help_of(program)}")
    parts.append(body_of(document) if document else "")
    parts.append("# SEE ALSO\n\nrestanted(8), restantectl(1), restante(1), restanted.toml(5), "
                 "restante.toml(5), restante-queries(7)\n")
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, section, summary, document in PAGES:
        text = markdown_of(name, section, summary, document, options.programs)
        page = subprocess.run(["go-md2man"], input=text, capture_output=True, check=True, text=True)
        (options.folder / f"{name}.{section}").write_text(page.stdout, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
