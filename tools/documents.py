"""What a program can check of the documents: words that never read well, tables that show as text,
links and files that are gone, wide cells on the first page. tidy.py runs it with its own rules."""

import re

# Each has a noun or a verb that reads better: "the user", "every", "must be".
WORDS = ("whoever", "whatever", "is to be", "nobody's", "so much of")
CELL_MAX = 120  # On the first page.
FIRST_PAGE = "README.md"
GENERATED = ("docs/protocol-support.md",)
HISTORY = "docs/decisions/"  # Names files as they were.
# A path in backticks that starts with one of these is a file, or a pattern of files.
TOP = ("src", "apps", "sim", "fuzz", "bench", "tests", "tools", "cmake", "docs", "packaging")
PATH = re.compile(rf"`((?:{'|'.join(TOP)})/(?![\w./-]*[A-Z]{{3}})[\w./*-]+)`")  # No NAME, no NNN.
LINK = re.compile(r"\]\(([^)\s]+)\)")

BARE = re.compile(r"`(\w+\.(?:cc|h|py))`")  # In the folder that its neighbour names.
PLACEHOLDER = re.compile(r"x\.|x_|.*_x[._]")  # Of any file.


def read(top):
    """{path: text} of the documents."""
    paths = [*top.glob("*.md"), *(top / "docs").rglob("*.md")]
    names = sorted(path.relative_to(top).as_posix() for path in paths)
    return {name: (top / name).read_text(encoding="utf-8") for name in names
            if name not in GENERATED}


def prose_of(text):
    """The text without blocks of code; its lines keep their numbers."""
    return re.sub(r"^( *)```.*?^\1```", lambda block: "\n" * block.group().count("\n"), text,
                  flags=re.M | re.S)


def anchor_of(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def check_words(prose, words=WORDS):
    """(offset, rule, message) of each of the words that is no name in backticks."""
    plain = re.sub(r"`[^`]*`", lambda code: re.sub(r"[^\n]", "x", code.group()), prose)
    for word in words:
        pattern = r"\b" + word.replace(" ", r"\s+") + r"\b"
        for match in re.finditer(pattern, plain, re.I):
            yield match.start(), "words", f'"{word}" is read twice — name who or what is meant'


def check_tables(name, prose):
    for match in re.finditer(r"(?:^|\n\n)(\|.*)\n(.*)", prose):
        if not re.match(r"\|[ :|-]+\|$", match.group(2)):
            yield match.start(1), "table", "rows without a head show as text — give them one"
    if name != FIRST_PAGE:
        return
    for match in re.finditer(r"^\|.*$", prose, re.M):
        for cell in match.group().strip("|").split(" | "):
            if len(cell.strip()) > CELL_MAX:
                yield match.start(), "cell", f"{len(cell.strip())} characters — say it in docs/"


def check_links(name, prose, top):
    folder = (top / name).parent
    for match in LINK.finditer(prose):
        path, _, anchor = match.group(1).partition("#")
        if ":" in path:
            continue
        target = (folder / path).resolve() if path else top / name
        if not target.exists():
            yield match.start(), "link", f"{path} is gone — link to what is there"
        elif anchor and target.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", prose_of(target.read_text("utf-8")), re.M)
            if anchor not in map(anchor_of, headings):
                yield match.start(), "link", f"no heading makes #{anchor} — name one that is there"


def check_files(name, prose, top, names):
    if name.startswith(HISTORY):
        return
    for match in PATH.finditer(prose):
        path = match.group(1).rstrip("/")
        if not any(top.glob(path)):
            yield match.start(), "file", f"{path} is gone — name the file that is there"
    for match in BARE.finditer(prose):
        bare = match.group(1)
        if not PLACEHOLDER.match(bare) and bare not in names:
            yield match.start(), "file", f"no folder has {bare} — name the file that is there"


def check(top):
    """(path, line, rule, message) of each finding."""
    names = {path.name for folder in TOP for path in (top / folder).rglob("*")}
    for name, text in read(top).items():
        prose = prose_of(text)
        found = [*check_words(prose), *check_tables(name, prose), *check_links(name, prose, top),
                 *check_files(name, prose, top, names)]
        for offset, rule, message in sorted(found):
            yield name, prose.count("\n", 0, offset) + 1, rule, message
