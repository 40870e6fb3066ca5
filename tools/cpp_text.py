"""C++ as text, for the tools: which characters are code, where functions begin and end. Knows just
enough of the grammar for formatted code; no preprocessor."""

import re
from dataclasses import dataclass

_RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(')
_IDENTIFIER_BYTE = re.compile(r"\w")


def _blank(text):
    """As many characters and lines as before, but nothing to see."""
    return re.sub(r"[^\n]", " ", text)


def _end_of_quoted(text, start):
    """Behind the closing quote of the literal that opens at `start`, or where its line ends."""
    quote = text[start]
    at = start + 1
    while at < len(text) and text[at] != quote and text[at] != "\n":
        at += 2 if text[at] == "\\" else 1
    return at + 1 if text[at:at + 1] == quote else min(at, len(text))


def _end_of_token(text, at):
    """Where the comment or literal that begins at `at` ends; `at` when none does."""
    if text.startswith("//", at):
        end = text.find("\n", at)
        return len(text) if end < 0 else end
    if text.startswith("/*", at):
        end = text.find("*/", at + 2)
        return len(text) if end < 0 else end + 2
    raw = _RAW_STRING.match(text, at)
    if raw:
        end = text.find(f'){raw.group(1)}"', raw.end())
        return len(text) if end < 0 else end + len(raw.group(1)) + 2
    # A ' behind a digit separates digits: 1'000.
    is_separator = text[at] == "'" and at > 0 and _IDENTIFIER_BYTE.match(text[at - 1])
    if text[at] in "\"'" and not is_separator:
        return _end_of_quoted(text, at)
    return at


def tokens_of(text):
    """(start, end) of each comment and literal, in their order."""
    at = 0
    while at < len(text):
        end = _end_of_token(text, at)
        if end > at:
            yield at, end
        at = max(end, at + 1)


def code_of(text):
    """`text` with comments and the insides of literals blanked, each character in its place."""
    parts = []
    at = 0
    for start, end in tokens_of(text):
        token = text[start:end]
        is_literal = not token.startswith("/") and len(token) > 1
        parts += [text[at:start], f'"{_blank(token[1:-1])}"' if is_literal else _blank(token)]
        at = end
    return "".join([*parts, text[at:]])


def line_at(text, offset):
    """The number, from 1, of the line that `offset` is in."""
    return text.count("\n", 0, offset) + 1


@dataclass(frozen=True)
class Function:
    line: int
    lines: int
    head: str


# What may stand between the parameters and the body.
_BEHIND_PARAMETERS = re.compile(
    r"\s*((const|noexcept|override|final|mutable|try|&&?)\s*|->[^;{}]*|requires[^;{}]*|:[^;{}]*)*$")
_TYPE = re.compile(r"\b(class|struct|union|enum)\b(?![^<]*>)")


def _kind_of(head, outer):
    """What the brace behind `head` opens."""
    if re.search(r"\bnamespace\b", head) or re.search(r'\bextern\s*"\s*"\s*$', head):
        return "namespace"
    if outer not in ("namespace", "class"):
        return "other"
    if _TYPE.search(head) and not re.search(r"\)\s*$", head):
        return "class"
    close = head.rfind(")")
    if close >= 0 and _BEHIND_PARAMETERS.match(head[close + 1:]):
        return "function"
    return "other"


def functions_of(code):
    """The functions with a body at namespace and class scope, of text from code_of()."""
    found = []
    stack = []
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        at, brace = match.start(), match.group()
        if brace == "{":
            kind = _kind_of(code[head_start:at], stack[-1][0] if stack else "namespace")
            stack.append((kind, head_start))
        elif brace == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                found.append(_function(code, start, at))
        head_start = at + 1
    return found


def _function(code, start, end):
    # Directives above a function are not its head.
    text = re.sub(r"^[ \t]*#.*$", lambda line: _blank(line.group()), code[start:end], flags=re.M)
    start += len(text) - len(text.lstrip())
    first = line_at(code, start)
    return Function(first, line_at(code, end) - first + 1, code[start:end].split("{")[0].strip())


def expression_end(code, start):
    """Where the expression that begins at `start` ends: at the ; or the bracket that closes around
    it, or at a comma of the call that it is an argument of."""
    depth = 0
    for at in range(start, len(code)):
        char = code[at]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and char in ";,"):
            return at
    return len(code)
