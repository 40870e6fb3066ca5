"""The comments of a file as prose: each character in its place, all else blank, also the signs that
begin one, so that a sentence goes on over the end of a line. For C++, Python, shell and CMake."""

import io
import re
import tokenize

import cpp_text

_SIGN = re.compile(r"^(\s*)(//[/!]?<?|/\*|#!?)")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def _without_sign(comment):
    return _SIGN.sub(lambda sign: sign.group(1) + " " * len(sign.group(2)), comment)


def _keep(text, spans):
    """`text`, blank outside of these (start, end)."""
    parts, at = [], 0
    for start, end in spans:
        parts += [_blank(text[at:start]), _without_sign(text[start:end])]
        at = end
    return "".join([*parts, _blank(text[at:])])


def _cpp_spans(text):
    return [(start, end) for start, end in cpp_text.tokens_of(text)
            if text.startswith(("//", "/*"), start)]


def _python_spans(text):
    """Comments, and strings that are statements: docstrings."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        starts_statement = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        is_docstring = token.type == tokenize.STRING and starts_statement
        if token.type == tokenize.COMMENT or is_docstring:
            (row, column), (end_row, end_column) = token.start, token.end
            yield lines[row - 1] + column, lines[end_row - 1] + end_column
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def _script_spans(text):
    return [match.span(1) for match in re.finditer(r"(?:^|\s)(#\s.*)$", text, re.M)]


def prose_of(path, text):
    if path.endswith((".cc", ".h")):
        return _keep(text, _cpp_spans(text))
    if path.endswith(".py"):
        return _keep(text, _python_spans(text))
    return _keep(text, _script_spans(text))
