"""The classes of holes that other mail servers had (docs/threats.md), where a server as a whole has
to show that it has none: acts before a login leave no cost behind, no client ends another's login,
and mail is never parsed at a price."""

import base64
import os
import pathlib

import pytest

from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.wire import Wire

GROWTH_KB = 8 << 10
MARKS_GROWTH_KB = 1 << 10
ROUNDS = 400
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


def half_a_handshake(server, _):
    wire = Wire(server.address("pop3", "implicit"))
    wire.send(CLIENT_HELLO)
    wire.abort()


def half_a_handshake_after_stls(server, _):
    pop3 = Pop3(server.address("pop3"))
    pop3.ok("STLS")
    pop3.send(CLIENT_HELLO)
    pop3.abort()


def an_exchange_cut_off(server, number):
    pop3 = Pop3(server.address("pop3"))
    assert pop3.command(("AUTH PLAIN", "AUTH LOGIN")[number % 2]).startswith(b"+ ")
    pop3.send(b"A" * 15000)
    pop3.abort()


def bad_base64(server, _):
    with Pop3(server.address("pop3")) as pop3:
        for _ in range(5):
            pop3.err(b"AUTH PLAIN " + b"=" * 8000)


def another_server_name(server, number):
    """CVE-2017-15130: a name that was never heard of left its configuration behind."""
    with Wire(server.address("pop3", "implicit")) as wire:
        wire.start_tls(server_hostname=f"x{number}.{'y' * 50}.example.test")
        assert wire.line().startswith(b"+OK")


@pytest.mark.release
@pytest.mark.parametrize("act", [half_a_handshake, half_a_handshake_after_stls,
                                 an_exchange_cut_off, bad_base64, another_server_name])
def test_what_comes_before_a_login_leaves_nothing_behind(server, act):
    """CVE-2014-3430, CVE-2015-3420, CVE-2017-15132, CVE-2020-12673."""
    for number in range(ROUNDS):
        act(server, number)
    before = server.memory_kb("VmRSS")
    for number in range(ROUNDS, 3 * ROUNDS):
        act(server, number)
    with Pop3(server.address("pop3")) as pop3:
        pop3.quit()
    assert server.memory_kb("VmRSS") - before < GROWTH_KB


@pytest.mark.sanitized
def test_no_client_ends_the_login_of_another(server, account):
    """CVE-2025-59028: bad base64 in one session ended the exchanges of all."""
    others = []
    for mechanism in ("PLAIN", "LOGIN"):
        other = Pop3(server.address("pop3"))
        assert other.command(f"AUTH {mechanism}").startswith(b"+ ")
        others.append(other)
    for data in (b"!", b"=", b"A", b"A===", b"\xff" * 4, b"A" * 16000, b"*", b""):
        with Pop3(server.address("pop3")) as bad:
            bad.send(b"AUTH PLAIN\r\n" + data + b"\r\n")
            assert bad.line().startswith(b"+ ") and bad.line().startswith(b"-ERR")
            bad.abort()
    plain, login = others
    plain.ok(encoded(b"\0" + account.name.encode() + b"\0" + account.password.encode()))
    plain.quit()
    assert login.command(encoded(account.name.encode())).startswith(b"+ ")
    login.ok(encoded(account.password.encode()))
    login.quit()


def encoded(data):
    return base64.b64encode(data)


HOSTILE_NAMES = [
    b"%n%n%s%s", b"%u@%d", b"${HOME}", b"$(id)", b"`id`", b"../../etc/passwd", b"/etc/shadow",
    b"x' OR '1'='1", b"x'; DROP TABLE accounts; --", b'x" OR ""="', b"*)(uid=*", b"*", b"\\2a",
    b"a\r\nlogin user=forged", b"a\nlogin user=forged", b"a\rb", b"\x1b[31mred", b"\xff\xfe",
    b"\xc3\x28", b"\xed\xa0\x80", b"j\xc3\xb6rg", b"a@b@c", b"@", b"@example.test", b"a@",
    b"=" * 20, b'"quoted"', b"user= address=192.0.2.1 result=ok", b"n" * 320, b"n" * 1000,
]


@pytest.mark.sanitized
def test_hostile_names_are_wrong_names_and_nothing_else(make_server):
    """CVE-2019-10691, CVE-2017-2669, CVE-2026-24031, CVE-2004-0777: each is refused, and none puts
    a line or a key of its own into the log."""
    server = make_server()
    account = server.add_account()
    lines_before = len(server.all_log())
    for name in HOSTILE_NAMES:
        with Pop3(server.address("pop3")) as pop3:
            pop3.err(b"AUTH PLAIN " + encoded(b"\0" + name + b"\0" + account.password.encode()))
            if not set(name) & set(b"\r\n\0"):
                pop3.send(b"USER " + name + b"\r\n")
                if pop3.line().startswith(b"+OK"):
                    pop3.err(b"PASS %n%s%n" + name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()
    for line in server.all_log()[lines_before:]:
        outside = "".join(line.split('"')[::2])
        assert line.isascii() and line.isprintable(), line
        assert "forged" not in outside and "192.0.2.1" not in outside, line


def nested_mime(size):
    levels = size // 120
    head = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    parts = [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1)
             for i in range(levels)]
    return head + b"".join(parts)


COSTLY = {
    "nested": nested_mime,
    "addresses": lambda size: b"To: " + b"<a@b>,\r\n " * (size // 9) + b"<c@d>\r\n\r\nx\r\n",
    "fields": lambda size: b"X: y\r\n" * (size // 6) + b"\r\nx\r\n",
    "one field": lambda size: b"X: " + (b"(" * 900 + b"\r\n ") * (size // 903) + b"\r\n\r\nx\r\n",
    "empty lines": lambda size: b"A: b\r\n\r\n" + b"\r\n" * (size // 2),
    "dots": lambda size: b"A: b\r\n\r\n" + b".\r\n" * (size // 3),
    "no header": lambda size: b"\r\n" * 2 + b"(" * 900 + b"\r\n" + b"x" * 70 * (size // 71),
}
MAIL_BYTES = 2 << 20


def processor_seconds(server):
    fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def price(server, mail):
    """Of taking it in, listing it, its beginning ten times, and handing it out three times."""
    account = server.add_account()
    before = processor_seconds(server)
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(mail, account.name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert pop3.stat()[0] == 1 and len(pop3.uids()) == 1
        for _ in range(10):
            pop3.ok("TOP 1 5")
            pop3.until_dot()
        for _ in range(3):
            pop3.ok("RETR 1")
            pop3.until_dot()
        pop3.quit()
    return processor_seconds(server) - before


@pytest.mark.release
def test_no_mail_is_costly_to_parse(server):
    """CVE-2020-12100, CVE-2024-23184, CVE-2026-27859: nesting and huge headers. Nothing here parses
    MIME, so each costs about what as many bytes of plain text do."""
    plain = b"Subject: plain\r\n\r\n" + (b"x" * 70 + b"\r\n") * (MAIL_BYTES // 72)
    price(server, plain)  # Warm.
    usual = price(server, plain)
    for name, make in COSTLY.items():
        cost = price(server, make(MAIL_BYTES))
        assert cost < 4 * usual + 0.5, f"{name}: {cost} s, plain text: {usual} s"


@pytest.mark.release
def test_marks_that_come_and_go_leave_nothing_behind(server, account):
    """Dovecot's pop3_deleted_flag overflow, and the leak of DELE, RSET, DELE: some octets each
    time, so that it takes many times and a close look to see one."""
    with Lmtp(server.address("lmtp")) as lmtp:
        for text in (b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n"):
            lmtp.deliver(text, account.name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        marks(pop3, 20_000)
        before = server.memory_kb("VmRSS")
        marks(pop3, 40_000)
        assert server.memory_kb("VmRSS") - before < MARKS_GROWTH_KB
        pop3.ok("DELE 2")
        pop3.ok("RETR 1")
        pop3.until_dot()
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert b"Subject: 1" in pop3.retr(1) and pop3.stat()[0] == 1
        pop3.quit()


def marks(pop3, rounds):
    for _ in range(rounds // 100):
        pop3.send(b"DELE 1\r\nDELE 1\r\nRSET\r\n" * 100)
        for _ in range(100):
            assert pop3.line().startswith(b"+OK") and pop3.line().startswith(b"-ERR")
            assert pop3.line().startswith(b"+OK")


def test_a_tls_client_that_says_no_more_is_closed(make_server):
    """Half a handshake holds its connection no longer than a login may take."""
    server = make_server({"limits": {"login_timeout": "3s"}})
    with Wire(server.address("pop3", "implicit")) as wire:
        wire.send(CLIENT_HELLO)
        wire.drain()
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok("STLS")
        pop3.send(CLIENT_HELLO)
        pop3.drain()
    with Pop3(server.address("pop3")) as pop3:
        pop3.quit()
