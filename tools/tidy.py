"""The house rules that a program can check. Prints `path:line: rule: message` and fails when there
is anything but a warning. Each rule is a function of one file, in RULES, or of all, in TREE_RULES.

usage: tidy.py [FOLDER]"""

import fnmatch
import pathlib
import re
import sys
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import comments  # noqa: E402
import cpp_text  # noqa: E402
import documents  # noqa: E402
import folders  # noqa: E402
from folders import includes_of  # noqa: E402

FOLDERS = ("src", "apps", "fuzz", "bench", "sim", "tests", "tools", "cmake")
SUFFIXES = (".cc", ".h", ".py", ".sh", ".cmake", ".txt")

COLUMNS_MAX = 100
SCRIPT_COLUMNS_MAX = 120  # Shell and CMake.
FILE_LINES_WARN, FILE_LINES_MAX, TEST_LINES_MAX = 400, 600, 800
FUNCTION_LINES_MAX = 70
SESSION_LINES_MAX = 200
# Where coroutines are spawned; everything else hands them over.
SPAWNING_FILES = ("src/net/worker.cc",)
SESSION_FILES = ("src/pop3/server_session.cc", "src/smtp/server_session.cc",
                 "src/server/session/*_driver.cc", "src/server/*_session.cc")

# Where a message is parsed; these run in reader processes, or are fuzzed.
MAIL_READERS = ("src/archive/message/mime_message", "src/archive/message/index_entry.cc",
                "src/archive/reader/", "fuzz/")

# Pattern, what is wrong with it, what to use; the folders of the product that may all the same, and
# then tests and tools may, too.
BANNED = [
    (r"\b(ato[ifl]+|strto\w+|sto(i|l|ll|ul|ull|f|d|ld)|sscanf)\s*\(",
     "takes signs, blanks and junk", "parse_decimal of base/numbers.h"),
    (r"\b(is(space|digit|alpha|alnum|upper|lower|print|cntrl|xdigit|punct)|to(upper|lower))\s*\(",
     "depends on the locale", "base/ascii.h"),
    (r"\bstd::regex\b|<regex>", "is slow and recurses on input", "a parser by hand"),
    (r"\b(u|nano)?sleep(_for|_until)?\s*\(", "waits for a time instead of a thing",
     "a deadline, or a condition"),
    (r"(?<!\w)assert\s*\(|<cassert>", "is off in release", "RESTANTE_CHECK or RESTANTE_DCHECK"),
    (r"\b(v?sprintf|strcpy|strcat|strncpy|gets|strtok)\s*\(", "overflows or cuts silently",
     "fmt::format and std::string"),
    (r"\bs?rand\s*\(|\brandom_shuffle\b", "is no randomness", "getrandom, or <random> with a seed"),
    (r"\b(localtime|gmtime|asctime|ctime)\s*\(", "shares a buffer between threads",
     "base/clock.h"),
    (r"\bstrerror(_r|desc_np|name_np)?\s*\(|\b(generic|system)_category\s*\(", "has one place",
     "reason_of, io_error or system_error of files/errors.h", "files", "disk"),
    (r"\bposix_spawnp?\s*\(|\bexec[lv]p?e?\s*\(", "has one place",
     "SpawnPlan of programs/child.h", "programs"),
]

# Which folders of src/, or apps, may include a library from outside; others: tests alone.
OUTSIDE = [
    (r"boost/json", ("accounts", "server", "fetch", "apps")),
    (r"boost/(?!json)", ("net", "server", "fetch", "apps")),
    (r"curl/", ("accounts", "fetch")),
    (r"openssl/",
     ("dial", "net", "server", "fetch", "accounts", "sasl", "archive", "migrate", "apps")),
    (r"stringprep\.h", ("sasl",)),
    (r"(idn2|punycode|uni(case|ctype|norm|str))\.h", ("accounts",)),
    (r"(sodium|crypt)\.h", ("accounts", "guard", "journal")),
    (r"sqlite3\.h", ("sql", "archive")),
    (r"zip\.h", ("archive", "documents")),
    (r"poppler", ("pdf",)),
    (r"(unicode/|uchardet\.h)", ("text",)),
    (r"spdlog/", ("server", "apps")),
    (r"(?<!linux/)seccomp\.h", ("process",)),
    (r"toml\+\+/", ("config",)),
    (r"CLI/", ("apps",)),
    (r"xxhash\.h", ("base", "maildrop")),
    (r"(gtest|gmock|benchmark)/", ()),
]

# What lies behind a door: the files that may include it (fnmatch), and the door for all others.
BEHIND_DOORS = [
    ("maildrop/log/", ("src/maildrop/log/*", "src/maildrop/doors/*",
                       "apps/restantectl/maildrops/dump_commands.cc", "fuzz/*", "sim/*",
                       "bench/hot_paths/*"), "maildrop/store.h and maildrop/doors"),
]

# In comments, beside the words of documents.py: "no process", "the user", "this many".
COMMENT_WORDS = (*documents.WORDS, "nobody", "somebody", "so many", "so much", "whomever")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str
    fails: bool = True

    def __str__(self):
        kind = self.rule if self.fails else f"warning: {self.rule}"
        return f"{self.path}:{self.line}: {kind}: {self.message}"


@dataclass
class File:
    """One file, by its path from the top of the tree."""
    path: str
    text: str
    code: str = ""  # Without comments and literals; C++ only.
    lines: list = field(default_factory=list)

    def __post_init__(self):
        self.lines = self.text.splitlines()
        if self.is_cpp:
            self.code = cpp_text.code_of(self.text)

    @property
    def is_cpp(self):
        return self.path.endswith((".cc", ".h"))

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_list(self):
        """Data, such as tools/untested.txt."""
        return self.path.endswith(".txt") and not self.path.endswith("CMakeLists.txt")

    @property
    def is_test(self):
        return self.path.endswith(("_test.cc", "_bench.cc", "_fuzz.cc", "_test.py")) or \
            self.path.startswith(("tests/", "fuzz/", "bench/"))

    @property
    def folder(self):
        """The module: a folder of src/, or apps."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else parts[0]

    def at(self, offset, rule, message):
        return Finding(self.path, cpp_text.line_at(self.text, offset), rule, message)


def check_lines(file):
    columns_max = COLUMNS_MAX if file.path.endswith((".cc", ".h", ".py")) else SCRIPT_COLUMNS_MAX
    for number, line in enumerate(file.lines, 1):
        if line != line.rstrip():
            yield Finding(file.path, number, "blanks", "blanks at the end — remove them")
        if "\t" in line and file.path.endswith((".cc", ".h", ".py", ".sh")):
            yield Finding(file.path, number, "tabs", "a tab — indent with spaces, write \\t")
        if len(line) > columns_max and not file.is_list:
            yield Finding(file.path, number, "columns",
                          f"{len(line)} columns — break it before {columns_max}")
    if file.text and not file.text.endswith("\n"):
        yield Finding(file.path, len(file.lines), "newline", "no newline at the end — add it")


def check_leftovers(file):
    if "tools/tidy" in file.path:  # It has to name them.
        return
    for number, line in enumerate(file.lines, 1):
        if re.search(r"\bFIXME\b|\bXXX\b", line):
            yield Finding(file.path, number, "leftover", "FIXME — mend it now")
        if re.search(r"\bTODO\b", line) and not re.search(r"\bTODO\(?\s*#\d+", line):
            yield Finding(file.path, number, "leftover",
                          "TODO without an issue — write TODO(#NUMBER), or do it")


def check_comment_words(file):
    if file.is_list:
        return
    prose = comments.prose_of(file.path, file.text)
    for offset, rule, message in documents.check_words(prose, COMMENT_WORDS):
        yield file.at(offset, rule, message)


def check_sizes(file):
    count = len(file.lines)
    most = TEST_LINES_MAX if file.is_test else FILE_LINES_MAX
    if file.is_list:
        return
    if any(fnmatch.fnmatch(file.path, pattern) for pattern in SESSION_FILES) and \
            count > SESSION_LINES_MAX and not file.is_test:
        yield Finding(file.path, 1, "session", f"{count} lines drive a session — keep parsing, "
                      f"replies and rules elsewhere; {SESSION_LINES_MAX} are enough")
    if count > most:
        yield Finding(file.path, 1, "length", f"{count} lines — cut it by concept; {most} at most")
    elif count > FILE_LINES_WARN and not file.is_test:
        yield Finding(file.path, 1, "length", f"{count} lines — does it hold one concept?", False)


def check_functions(file):
    for function in cpp_text.functions_of(file.code):
        if function.lines > FUNCTION_LINES_MAX:
            yield Finding(file.path, function.line, "function", f"{function.lines} lines — "
                          f"name its parts; {FUNCTION_LINES_MAX} at most")


def check_banned(file):
    is_product = file.path.startswith(("src/", "apps/")) and not file.is_test
    for pattern, wrong, instead, *folders in BANNED:
        if folders and (not is_product or file.folder in folders):
            continue
        for match in re.finditer(pattern, file.code):
            name = match.group().rstrip("( ")
            yield file.at(match.start(), "banned", f"{name} {wrong} — use {instead}")
    if file.is_header:
        for match in re.finditer(r"\busing\s+namespace\b", file.code):
            yield file.at(match.start(), "banned",
                          "using namespace in a header — name what is meant")
    if file.path not in SPAWNING_FILES:
        for match in re.finditer(r"\bdetached\b(?!\.hpp)", file.code):
            yield file.at(match.start(), "banned", "detached: nobody can stop it or learn why it "
                          "ended — spawn through src/net")


def check_coroutines(file):
    """What a compiler once got wrong (docs/decisions/001-clang.md), and what dangles."""
    code = file.code
    for match in re.finditer(r"\bco_await\b", code):
        expression = code[match.end():cpp_text.expression_end(code, match.end())]
        if re.search(r"(?:^|[(,=&|!?:\s])\[[^\]\s][^\]]*\]\s*[({]", expression):
            yield file.at(match.start(), "co_await", "a capturing lambda inside — name it first")
        elif "{" in expression:
            yield file.at(match.start(), "co_await", "braces inside — name the argument first")
    for match in re.finditer(r"\b(if|while|switch)\s*\((?:[^();]*=)?\s*!?\s*co_await\b", code):
        yield file.at(match.start(), "co_await",
                      f"{match.group(1)} (co_await …) — name the result, then test it")
    for match in re.finditer(r"\bawaitable<[^;{}()]*>\s+[\w:]+\s*\(", code):
        parameters = code[match.end():cpp_text.expression_end(code.replace(",", " "), match.end())]
        view = re.search(r"\b(string_view|span|ByteView|MutableBytes)\b", parameters)
        if view:
            yield file.at(match.start(), "coroutine", f"a {view.group()} parameter dangles at the "
                          "first suspension — take a value")
    for match in re.finditer(r"\[[^\]\s][^\]]*\]\s*\([^)]*\)[^;{}]*->\s*[\w:]*\bawaitable<", code):
        yield file.at(match.start(), "coroutine", "a coroutine that captures: the captures die "
                      "with the lambda — pass parameters")


def check_header(file):
    if not file.is_header:
        return
    if not file.text.startswith("//"):
        yield Finding(file.path, 1, "head", "no comment — say what it is and what it must not know")
    directives = [line for line in file.lines if line.startswith("#")]
    if not directives or directives[0] != "#pragma once":
        yield Finding(file.path, 1, "once", "not guarded — put #pragma once first")


RULES = [check_lines, check_leftovers, check_comment_words, check_sizes]
CPP_RULES = [check_functions, check_banned, check_coroutines, check_header]


def check_own_header_first(files):
    for file in files.values():
        if not file.path.startswith(("src/", "apps/")) or not file.path.endswith(".cc"):
            continue
        header = re.sub(r"(_test)?\.cc$", ".h", file.path)
        own = header.removeprefix("src/")
        first = next(includes_of(file), None)
        if header in files and first and first[1] not in (own, own.removeprefix("apps/")):
            yield Finding(file.path, first[0], "include",
                          f'"{own}" is not first — it proves that the header stands alone')


def arrows_of(cmake):
    """{folder: the folders it may use}, from the restante_module lines of src/CMakeLists.txt."""
    direct = {}
    for match in re.finditer(r"^restante_module\((\w+)([^)]*)\)", cmake, re.M):
        uses = re.search(r"\bUSES\b(.*?)(\bLIBRARIES\b|\bPCH\b|$)", match.group(2), re.S)
        direct[match.group(1)] = uses.group(1).split() if uses else []
    closed = {}

    def close(folder):
        if folder not in closed:
            closed[folder] = {folder}
            for used in direct.get(folder, []):
                closed[folder] |= close(used)
        return closed[folder]

    return {folder: close(folder) for folder in direct}


def check_arrows(files):
    arrows = arrows_of(files["src/CMakeLists.txt"].text)
    for file in files.values():
        if not file.path.startswith("src/") or not file.is_cpp:
            continue
        allowed = arrows.get(file.folder, set())
        for line, name, quoted in includes_of(file):
            target = name.split("/")[0]
            if quoted and f"src/{name}" not in files:
                yield Finding(file.path, line, "include",
                              f'"{name}" is no file below src/ — write folder/file.h')
            elif quoted and target not in allowed:
                yield Finding(file.path, line, "arrow", f"{file.folder} may not use {target} — "
                              "move it, or draw the arrow in src/CMakeLists.txt and say why")


def check_outside(files):
    for file in files.values():
        if not file.path.startswith(("src/", "apps/")) or not file.is_cpp:
            continue
        for line, name, quoted in includes_of(file):
            for pattern, folders in OUTSIDE:
                is_tool = pattern.startswith("(gtest") and \
                    (file.is_test or "test" in pathlib.PurePath(file.path).stem)
                if not quoted and re.match(pattern, name) and file.folder not in folders \
                        and not is_tool:
                    yield Finding(file.path, line, "outside", f"<{name}> here — only "
                                  f"{', '.join(folders) or 'tests'} may; use what they offer")


def check_doors(files):
    for file in files.values():
        if not file.is_cpp:
            continue
        for line, name, quoted in includes_of(file):
            for folder, insiders, door in BEHIND_DOORS:
                if quoted and name.startswith(folder) and \
                        not any(fnmatch.fnmatch(file.path, insider) for insider in insiders):
                    yield Finding(file.path, line, "door", f'"{name}" here — use {door}')


def is_built(path, files, arrows):
    """Whether some CMakeLists.txt names the file, or globs it."""
    name = pathlib.PurePath(path).name
    parts = path.split("/")
    if parts[0] == "tools":  # A tool compiles it itself.
        return any(path in file.text for file in files.values() if file.path.endswith(".py"))
    if parts[0] == "src":
        return parts[1] in arrows and not name.endswith(("_bench.cc", "_fuzz.cc"))
    for depth in range(len(parts) - 1, 0, -1):
        cmake = files.get("/".join(parts[:depth]) + "/CMakeLists.txt")
        if cmake is None:
            continue
        globs = re.findall(r"([\w*.]+\.cc)\b", cmake.text)
        if any(fnmatch.fnmatch(name, pattern) for pattern in globs):
            return True
    return False


def check_orphans(files):
    arrows = arrows_of(files["src/CMakeLists.txt"].text)
    included = {name for file in files.values() if file.is_cpp for _, name, _ in includes_of(file)}
    for path, file in files.items():
        if path.endswith(".cc") and not is_built(path, files, arrows):
            yield Finding(path, 1, "orphan", "no CMakeLists.txt builds it — add it, or delete it")
        used = any(path == name or path.endswith("/" + name) for name in included)
        if file.is_header and not used:
            yield Finding(path, 1, "orphan", "nobody includes it — use it, or delete it")


def check_tested(files):
    """Each x.cc of src/ has an x_test.cc, or a line in tools/untested.txt: `path: reason`."""
    listed = {}
    untested = files.get("tools/untested.txt")
    for number, line in enumerate(untested.lines if untested else [], 1):
        if line and not line.startswith("#"):
            path, _, reason = line.partition(": ")
            listed[path] = number
            test = path.removesuffix(".cc") + "_test.cc"
            if path not in files or test in files or not reason:
                yield Finding("tools/untested.txt", number, "untested",
                              f"{path} is gone, is tested, or has no reason — remove the line")
            for named in re.findall(r"[\w/]+/\w+\.(?:cc|py)\b", reason):
                if named not in files:
                    yield Finding("tools/untested.txt", number, "untested",
                                  f"{named} is gone — name the test that covers {path}")
    for path in files:
        if path.startswith("src/") and path.endswith(".cc") and path not in listed \
                and not re.search(r"_(test|bench|fuzz)\.cc$", path) \
                and path.removesuffix(".cc") + "_test.cc" not in files:
            yield Finding(path, 1, "untested", "no test beside it — write one, or name the test "
                          "that covers it in tools/untested.txt")


def check_mail_is_read_in_jail(files):
    """Hostile mail is parsed by reader processes alone (src/archive/reader)."""
    for file in files.values():
        if not file.is_cpp or file.is_test or file.path.startswith(MAIL_READERS):
            continue
        for match in re.finditer(r"\bMimeMessage::(open|from)\s*\(", file.code):
            yield Finding(file.path, cpp_text.line_at(file.code, match.start()), "jail",
                          "reads mail in this process — use archive::Reader")


def check_folders(files):
    return [Finding(*found) for found in folders.check(files)]


TREE_RULES = [check_own_header_first, check_arrows, check_outside, check_doors, check_orphans,
              check_tested, check_mail_is_read_in_jail, check_folders]


def read_tree(top):
    files = {}
    for folder in FOLDERS:
        for path in sorted((top / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(top).as_posix()
                if not name.startswith(("tests/transcripts/", "tests/format/", "fuzz/corpus/")):
                    files[name] = File(name, path.read_text(encoding="utf-8"))
    return files


def check(files):
    """All findings in {path: File}, by path and line."""
    findings = []
    for file in files.values():
        for rule in RULES + (CPP_RULES if file.is_cpp else []):
            findings += rule(file)
    if "src/CMakeLists.txt" in files:
        for rule in TREE_RULES:
            findings += rule(files)
    return sorted(findings, key=lambda finding: (finding.path, finding.line))


def main(arguments):
    top = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parents[1])
    findings = check(read_tree(top)) + [Finding(*found) for found in documents.check(top)]
    for finding in findings:
        print(finding)
    return 1 if any(finding.fails for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
