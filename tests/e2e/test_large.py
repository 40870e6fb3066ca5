"""Sizes: many messages, large ones, and totals beyond 32 bits; with bounds on time and memory that
the release build has to keep."""

import os
import shutil
import subprocess
import time

import pytest

from harness.fill import BLOCK_BYTES, BlockReader, block, fill, small
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import BIN, Account

pytestmark = pytest.mark.release

WARM_SECONDS = 0.020
COLD_SECONDS = 0.200
GROWTH_KB = 8 << 10


def add_plain(server, name):
    """An account whose password costs no time to check."""
    server.ctl("account", "import", "-", data=f"{name}:{{PLAIN}}secret\n".encode())
    return Account(name, "secret")


def login_seconds(server, account, count):
    """From PASS to its answer."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {account.name}")
        start = time.monotonic()
        pop3.ok(f"PASS {account.password}")
        seconds = time.monotonic() - start
        assert pop3.stat()[0] == count
        pop3.quit()
    return seconds


def evict(server):
    """Takes the mail out of the page cache, as if it had not been read for long."""
    for path in server.data_dir.glob("maildrops/*/*"):
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def test_100_000_messages_open_fast(make_server):
    server = make_server(start=False)
    account = add_plain(server, "many@example.test")
    fill(server, account, "--count", 100_000, "--bytes", 500)
    assert list(server.data_dir.glob("maildrops/*/*.idx")), "the index is there"

    def cold():
        evict(server)
        server.start()
        seconds = login_seconds(server, account, 100_000)
        assert server.stop() == 0
        return seconds

    colds = [cold() for _ in range(5)]
    server.start()
    warms = [login_seconds(server, account, 100_000) for _ in range(10)]
    for name, seconds in (("cold", colds), ("warm", warms)):
        print(name, [f"{second * 1000:.1f} ms" for second in seconds])
    assert min(colds) < COLD_SECONDS and min(warms) < WARM_SECONDS


def test_a_million_messages(make_server):
    server = make_server(start=False)
    account = add_plain(server, "million@example.test")
    fill(server, account, "--count", 1_000_000)
    server.start()
    before = server.memory_kb()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        octets = sum(len(small(10 ** digits)) * 9 * 10 ** digits for digits in range(6))
        assert pop3.stat() == (1_000_000, octets + len(small(1_000_000)))
        uids = pop3.lines("UIDL")
        assert len(set(uids)) == 1_000_000 and uids[-1].startswith(b"1000000 ")
        assert pop3.retr(1_000_000) == small(1_000_000)
        assert pop3.retr(1) == small(1)
        for number in range(1, 1_000):
            pop3.ok(f"DELE {number}")
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat()[0] == 999_001
        pop3.quit()
    # 64 bytes a message, a few times over.
    assert server.memory_kb() - before < 400 << 10


def send_blocks(server, account, blocks):
    """A message of `blocks` blocks below a small header, by LMTP."""
    with Lmtp(server.address("lmtp"), timeout=300) as lmtp:
        lmtp.begin([account.name])
        lmtp.send(small(0))
        for number in range(blocks):
            lmtp.send(block(number))
        lmtp.send(b".\r\n")
        [(code, texts)] = lmtp.verdicts([account.name])
        assert code == 250, texts


def retrieve_blocks(pop3, number, octets, blocks):
    """RETR, compared as it comes."""
    pop3.ok(f"RETR {number}")
    header = octets - blocks * BLOCK_BYTES
    b"".join(pop3.pieces(header))
    reader = BlockReader(blocks)
    for piece in pop3.pieces(octets - header):
        reader.take(piece)
    reader.finish()
    assert pop3.line() == b"."


@pytest.mark.seconds(900)
def test_2_gib_and_more(make_server):
    """A message just under 2 GiB comes in by LMTP; with two of 1.2 GiB behind it the maildrop, its
    log and every sum are beyond 4 GiB."""
    blocks = [(2 << 30) // BLOCK_BYTES - 1, 19_200, 19_200]
    server = make_server({"limits": {"message_size": "2GiB"}})
    free = shutil.disk_usage(server.folder).free
    assert free > 9 << 30, f"{server.folder} needs 9 GiB, {free >> 20} MiB are free"
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()  # argon2id takes its memory before we look.
    server.reset_memory_peak()
    before = server.memory_kb()
    send_blocks(server, account, blocks[0])
    assert server.memory_kb() - before < GROWTH_KB, "while it came in"
    fill(server, account, "--count", 2, "--blocks", blocks[1])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        sizes = list(pop3.sizes().values())
        assert pop3.stat() == (3, sum(sizes)) and sum(sizes) > 4 << 30
        assert sizes[1] == len(small(1)) + blocks[1] * BLOCK_BYTES
        retrieve_blocks(pop3, 1, sizes[0], blocks[0])
        retrieve_blocks(pop3, 3, sizes[2], blocks[2])
        pop3.ok("DELE 1")
        pop3.quit()
    assert server.memory_kb() - before < GROWTH_KB, "while it went out"
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat() == (2, sizes[1] + sizes[2])
        pop3.quit()


@pytest.mark.parametrize("has_index", [True, False], ids=["index", "log"])
def test_a_cold_login_takes_little_more_than_what_stays(make_server, has_index):
    """One of a million messages took twice what it needs: a limit of memory ended all sessions."""
    server = make_server(start=False)
    account = add_plain(server, "many@example.test")
    fill(server, account, "--count", 200_000, "--bytes", 100)
    if not has_index:
        next(server.data_dir.glob("maildrops/*/*.idx")).unlink()
    server.start()
    login_seconds(server, account, 200_000)
    assert server.memory_kb() - server.memory_kb("VmRSS") < 8 << 10
    assert server.stop() == 0
    # Nor does what writes the index, or the tools that go over all of it.
    listing = subprocess.run(  # Its own memory: a child of Python begins with Python's.
        ["/usr/bin/time", "-f", "%M", BIN / "restantectl", "--config", server.config_path,
         "maildrop", "list", account.name], capture_output=True, timeout=60, check=True)
    assert listing.stdout.count(b"\n") == 200_001
    assert int(listing.stderr) < 45 << 10, "KiB"
