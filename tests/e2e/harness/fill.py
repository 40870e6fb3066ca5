"""Large and old maildrops, made by tests/tools/fill_maildrop.cc, and what their messages are."""

import hashlib
import subprocess

from .server import BIN

BLOCK_BYTES = 65536
_LINE = b"%04d " + b"x" * 57 + b"\r\n"
_BLOCK = b"".join(_LINE % line for line in range(BLOCK_BYTES // 64 - 1))


def block(number):
    """64 KiB that tell their place."""
    return _BLOCK + b"%062d\r\n" % number


def small(number, filler_bytes=0):
    """Message `number` without blocks."""
    return b"Subject: fill %d\r\n\r\n" % number + (b"x" * 62 + b"\r\n") * -(-filler_bytes // 64)


def fill(server, account, *options):
    """Fills the maildrop as the options of fill-maildrop say."""
    words = [BIN / "fill-maildrop", server.data_dir, account.name, *map(str, options)]
    result = subprocess.run(words, capture_output=True, timeout=600, check=False)
    assert result.returncode == 0, result.stderr.decode()


class BlockReader:
    """Checks the rest of a message of any size, made of blocks, as it comes."""

    def __init__(self, blocks):
        self._blocks = blocks
        self._next = 0
        self._held = b""

    def take(self, data):
        self._held += data
        while len(self._held) >= BLOCK_BYTES:
            got, self._held = self._held[:BLOCK_BYTES], self._held[BLOCK_BYTES:]
            assert got == block(self._next), f"block {self._next}: {hashlib.md5(got).hexdigest()}"
            self._next += 1

    def finish(self):
        assert (self._next, self._held) == (self._blocks, b"")
