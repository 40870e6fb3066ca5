"""The mail that is collected: each message says its number and has a checksum over itself, so that
what a client has made of it can be told: there, damaged, there twice."""

import collections
import hashlib
import re
from dataclasses import dataclass

from harness.messages import HEAD

FIRST = HEAD.split(b"%s", maxsplit=1)[0].split(b"\r\n")[0]
SUM = b"checksum "
SUM_LINE_BYTES = len(SUM) + 64 + 1  # With the LF that clients keep.
_NUMBER = re.compile(rb"^Subject: number (\d+)\r?$", re.MULTILINE)
_LINE_BYTES = 64
_HEAD_BYTES_MAX = 1 << 16


def make(number, octets):
    """Message `number` of about `octets`; its checksum is over what precedes it."""
    head = HEAD % b"number %d" % number
    lines = max(1, (octets - len(head) - SUM_LINE_BYTES) // _LINE_BYTES)
    digest = hashlib.sha256(b"%d" % number).hexdigest().encode()
    text = head + (digest[:_LINE_BYTES - 2] + b"\r\n") * lines
    return text + SUM + hashlib.sha256(text).hexdigest().encode() + b"\r\n"


def number_in(octets):
    """The number that a message says."""
    found = _NUMBER.search(octets[:_HEAD_BYTES_MAX])
    return int(found.group(1)) if found else None


def whole_number(path):
    """The number of a message kept with LF lines; None when it is not whole, or not one of ours.
    Lines of a client or server before its first line are theirs."""
    left = path.stat().st_size - SUM_LINE_BYTES
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES_MAX)
        start = head.find(FIRST)
        if start < 0:
            return None
        file.seek(start)
        left -= start
        while left > 0:
            piece = file.read(min(left, 1 << 20))
            left -= len(piece)
            digest.update(piece.replace(b"\n", b"\r\n"))
        ended = file.read() == SUM + digest.hexdigest().encode() + b"\n"
    return number_in(head[start:]) if ended else None


@dataclass(frozen=True)
class Kept:
    """The content of a Maildir: whole messages by number, and files that are none."""

    copies: collections.Counter
    damaged: int

    @property
    def doubled(self):
        return sum(count - 1 for count in self.copies.values())


def kept_in(maildir):
    copies, damaged = collections.Counter(), 0
    for folder in ("new", "cur"):
        for path in (maildir / folder).glob("*"):
            number = whole_number(path)
            if number is None:
                damaged += 1
            else:
                copies[number] += 1
    return Kept(copies, damaged)
