"""Bounds on the server's memory: a peer that does not read, and mail that is large (VmHWM, the
peak, so that nothing is missed between two looks)."""

import pytest

from harness.deadline import Deadline
from harness.lmtp import Lmtp
from harness.messages import COMMON, large
from harness.pop3 import Pop3, exact_unstuff

pytestmark = pytest.mark.release

GROWTH_KB = 8 << 10
BIG = large(50 << 20)


@pytest.fixture
def busy(make_server):
    """A server that has done a little of everything, and two accounts. Their first login is behind
    them: argon2id takes 19 MB for a moment."""
    server = make_server()
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(COMMON["plain"], account.name)
    other = server.add_account()
    sessions(server, account, 3)
    sessions(server, other, 3)
    return server, account, other


def sessions(server, account, count):
    """Whole sessions one after the other: the server is alive, and time goes by."""
    for _ in range(count):
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account).quit()


def test_large_mail_in(busy):
    server, account, _ = busy
    server.reset_memory_peak()
    before = server.memory_kb()
    with Lmtp(server.address("lmtp")) as lmtp:
        for _ in range(2):
            lmtp.deliver(BIG, account.name)
    assert server.memory_kb() - before < GROWTH_KB


def test_a_slow_reader_of_a_large_message(busy):
    server, account, other = busy
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(BIG, account.name)
    server.reset_memory_peak()
    before = server.memory_kb()
    with Pop3(server.address("pop3"), receive_bytes=4096) as pop3:
        pop3.login(account)
        pop3.send(b"RETR 2\r\n" * 3)
        sessions(server, other, 100)
        assert server.memory_kb() - before < GROWTH_KB
        for _ in range(3):
            assert pop3.line().startswith(b"+OK")
            assert exact_unstuff(pop3.until_dot()).endswith(BIG)
        pop3.quit()
    assert server.memory_kb() - before < GROWTH_KB


def test_a_pipeline_that_the_client_does_not_read(busy):
    """10,000 RETRs of 10 kB: 100 MB of answers. The server stops reading too, so not even all of
    the commands get in."""
    server, account, other = busy
    mail = b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 570
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(mail, account.name)
    server.reset_memory_peak()
    before = server.memory_kb()
    with Pop3(server.address("pop3"), receive_bytes=4096) as pop3:
        pop3.login(account)
        sent = send_while_possible(pop3, b"RETR 2\r\n" * 10_000)
        sessions(server, other, 100)
        assert server.memory_kb() - before < GROWTH_KB
        answers = sent // len(b"RETR 2\r\n")
        for _ in range(answers):
            assert pop3.line().startswith(b"+OK")
            assert pop3.until_dot().endswith(mail)
    assert server.memory_kb() - before < GROWTH_KB


@pytest.mark.parametrize("commands", [b"NOOP\r\n", b"LIST\r\nUIDL\r\n"])
def test_a_flood_of_small_commands(busy, commands):
    """Answers that the client does not read: in the end the server stops reading."""
    server, account, _ = busy
    with Lmtp(server.address("lmtp")) as lmtp:
        for _ in range(2000):
            lmtp.deliver(COMMON["empty body"], account.name)
    server.reset_memory_peak()
    before = server.memory_kb()
    with Pop3(server.address("pop3"), receive_bytes=4096) as pop3:
        pop3.login(account)
        sent = send_while_possible(pop3, commands * ((64 << 20) // len(commands)))
        assert sent < 32 << 20
        assert server.memory_kb() - before < GROWTH_KB
        pop3.abort()


def test_a_flood_of_lmtp_commands(busy):
    server, _, _ = busy
    server.reset_memory_peak()
    before = server.memory_kb()
    with Lmtp(server.address("lmtp"), receive_bytes=4096) as lmtp:
        assert send_while_possible(lmtp, b"NOOP\r\n" * (10 << 20)) < 32 << 20
        assert server.memory_kb() - before < GROWTH_KB
        lmtp.abort()


def send_while_possible(wire, data):
    """Sends until the peer takes no more for a moment; returns how many bytes went."""
    wire.socket.settimeout(1)
    deadline = Deadline(30)
    sent = 0
    try:
        while sent < len(data) and not deadline.expired():
            sent += wire.socket.send(data[sent:sent + 65536])
    except TimeoutError:
        pass
    wire.socket.settimeout(60)
    return sent


def test_many_idle_connections(busy):
    """400 connections that say nothing cost less than 40 kB each."""
    server, _, _ = busy
    before = server.memory_kb("VmRSS")
    connections = [Pop3(server.address("pop3")) for _ in range(400)]
    grown = server.memory_kb("VmRSS") - before
    for connection in connections:
        connection.close()
    assert grown < 400 * 40
