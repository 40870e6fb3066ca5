"""Mail that breaks clients and servers: each is CRLF lines, as a sender hands it over."""

import hashlib

HEAD = b"From: a@example.org\r\nTo: b@example.test\r\nSubject: %s\r\n\r\n"


def _mail(name, body):
    return HEAD % name.encode() + body


_LONG_LINE = b"x" * 100_000

# Every client gets these.
COMMON = {
    "plain": _mail("plain", b"hello\r\n"),
    "dot lines": _mail("dots", b".\r\n..\r\n.x\r\n...\r\nmiddle . dot\r\n.\r\n"),
    "ends with dot": _mail("end", b"text\r\n.\r\n"),
    "empty body": _mail("empty", b""),
    "blank lines": _mail("blank", b"\r\n\r\n\r\n"),
    "8-bit": _mail("8-bit", "Gr\u00fc\u00dfe, \u20ac\r\n".encode()
                   + bytes(range(0xa0, 0x100)) + b"\r\n"),
    "From line": _mail("from", b"\r\nFrom here on\r\n>From quoted\r\n"),
    "control": _mail("control", b"a\x01\x02\x08\x0b\x1b\x7f\ttab  trailing  \r\n"),
}

# A whole message that is not mail by RFC 5322, and what only some clients keep.
RAW = {
    "first byte dot": b".first\r\n..second\r\n\r\n.\r\n",
    "no header": b"just a line without a colon\r\nand one more\r\n",
    "only blank line": b"\r\n",
    "header only": b"Subject: no blank line follows\r\n",
    "long line": _mail("long", _LONG_LINE + b"\r\n." + _LONG_LINE + b"\r\n"),
    "nul": _mail("nul", b"a\0b\r\n\0\r\n"),
    "8-bit header": "Subject: Gr\u00fc\u00dfe\r\n\r\nbody\r\n".encode(),
    "dot pairs": _mail("pairs", b"..\r\n" * 2000),
    "space first": b" starts with a space\r\nSubject: x\r\n\r\nbody\r\n",
}

ALL = {**COMMON, **RAW}


def large(size, seed=b"large"):
    """A message of about `size` bytes that no two places of are alike, with dots at line starts."""
    lines = []
    length = 0
    number = 0
    while length < size:
        line = b".%d %s\r\n" % (number, hashlib.sha256(seed + b"%d" % number).hexdigest().encode())
        lines.append(line * 13)
        length += len(lines[-1])
        number += 1
    return _mail("large", b"".join(lines))


def numbered(number, body_bytes=200):
    """A message that carries its number and a checksum of itself."""
    filler = hashlib.sha256(b"%d" % number).hexdigest().encode()
    body = (filler + b"\r\n") * (body_bytes // 66 + 1)
    text = HEAD % (b"number %d" % number) + body
    return text + b"checksum " + hashlib.sha256(text).hexdigest().encode() + b"\r\n"


def number_of(message):
    """The number of a `numbered` message without its trace lines; fails when a byte is wrong."""
    text, mark, rest = message.rpartition(b"checksum ")
    assert mark and rest == hashlib.sha256(text).hexdigest().encode() + b"\r\n", message[-300:]
    start = text.index(b"Subject: number ") + len(b"Subject: number ")
    return int(text[start:text.index(b"\r\n", start)])


TRACE = [b"Return-Path", b"X-Original-To", b"Delivered-To", b"Received"]


def split_trace(message):
    """(trace, rest) of a message whose own first line is a header field. Fails unless the trace is
    exactly our four fields, in order (RFC 5321 s.4.4)."""
    position = 0
    for name in TRACE:
        assert message.startswith(name + b": ", position), message[position:position + 100]
        position = message.index(b"\r\n", position) + 2
        while message[position:position + 1] in (b" ", b"\t"):
            position = message.index(b"\r\n", position) + 2
    return message[:position], message[position:]


def assert_delivered(received, sent):
    """`received` is `sent` below the four trace fields, byte for byte."""
    assert received.endswith(sent), f"{received[:600]!r} does not end with {sent[:200]!r}"
    trace = received[:len(received) - len(sent)]
    names = [line.split(b":")[0] for line in trace.split(b"\r\n")[:-1] if line[:1] not in b" \t"]
    assert trace.endswith(b"\r\n") and names == TRACE, trace


def assert_same(got, wanted):
    """Two lists of messages, in any order; says where the first difference is (pytest's own
    comparison of large bytes takes minutes)."""
    assert len(got) == len(wanted), f"{len(got)} messages instead of {len(wanted)}"
    for left, right in zip(sorted(got), sorted(wanted)):
        if left == right:
            continue
        at = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b),
                  min(len(left), len(right)))
        start = max(0, at - 60)
        raise AssertionError(f"differ at byte {at} of {len(left)} and {len(right)}: "
                             f"{left[start:at + 60]!r} instead of {right[start:at + 60]!r}")
