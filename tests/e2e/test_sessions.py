"""POP3 sessions over real sockets: the lock, lost connections, limits, deliveries meanwhile."""

import re
import socket
from dataclasses import replace

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import COMMON, assert_delivered, numbered, number_of, split_trace
from harness.pop3 import Pop3, login_when_free
from harness.server import listen
from harness.wire import Wire


def deliver(server, account, mails):
    with Lmtp(server.address("lmtp")) as lmtp:
        for mail in mails:
            lmtp.deliver(mail, account.name)
        lmtp.quit()


@pytest.mark.sanitized
def test_quit_deletes_and_numbers_never_shift(server, account):
    deliver(server, account, [numbered(n) for n in range(5)])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        sizes, uids = pop3.sizes(), pop3.uids()
        pop3.ok("DELE 2")
        pop3.ok("DELE 4")
        for command in ("RETR 2", "DELE 2", "LIST 2", "UIDL 4", "TOP 2 0"):
            pop3.err(command)
        assert list(pop3.sizes()) == list(pop3.uids()) == [1, 3, 5]
        assert pop3.stat() == (3, sizes[1] + sizes[3] + sizes[5])
        assert number_of(split_trace(pop3.retr(5))[1]) == 4
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert list(pop3.uids().values()) == [uids[1], uids[3], uids[5]]
        pop3.quit()


@pytest.mark.sanitized
@pytest.mark.parametrize("end", ["close", "abort"])
def test_a_lost_connection_deletes_nothing_and_frees_the_lock(server, account, end):
    deliver(server, account, [numbered(n) for n in range(3)])
    lost = Pop3(server.address("pop3")).login(account)
    for number in (1, 2, 3):
        lost.ok(f"DELE {number}")
    getattr(lost, end)()
    with login_when_free(server.address("pop3"), account) as pop3:
        assert list(pop3.sizes()) == [1, 2, 3]
        pop3.quit()


def test_a_connection_lost_within_a_message_frees_the_lock(server, account):
    deliver(server, account, [b"Subject: big\r\n\r\n" + b"line of a big message\r\n" * 500_000])
    lost = Pop3(server.address("pop3"), receive_bytes=4096).login(account)
    lost.ok("RETR 1")
    lost.abort()
    with login_when_free(server.address("pop3"), account) as pop3:
        assert len(pop3.sizes()) == 1
        pop3.quit()


@pytest.mark.sanitized
def test_a_second_session_is_refused(server, account):
    with Pop3(server.address("pop3")) as first:
        first.login(account)
        with Pop3(server.address("pop3")) as second:
            second.ok(f"USER {account.name}")
            second.err(f"PASS {account.password}", "[IN-USE]")
            first.quit()
            second.login(account).quit()


@pytest.mark.sanitized
def test_a_delivery_shows_in_the_next_session_only(server, account):
    deliver(server, account, [numbered(1)])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        deliver(server, account, [numbered(2)])
        assert pop3.stat()[0] == 1
        pop3.ok("DELE 1")
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        (message,) = (pop3.retr(number) for number in pop3.sizes())
        assert number_of(split_trace(message)[1]) == 2
        pop3.quit()


@pytest.mark.sanitized
def test_restantectl_delivers_beside_the_running_server(server, account):
    """Two processes append to one maildrop."""
    deliver(server, account, [numbered(1)])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        mail = numbered(2)
        server.ctl("deliver", account.name, data=mail.replace(b"\r\n", b"\n"))
        assert pop3.stat()[0] == 1
        pop3.quit()
    deliver(server, account, [numbered(3)])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [message for _, message in pop3.retr_all(pop3.sizes())]
        assert len(found) == len(set(pop3.uids().values())) == 3
        for number, message in enumerate(found, 1):
            assert message.endswith(numbered(number))
        pop3.quit()


@pytest.mark.parametrize("last,left", [("QUIT\r\n", 1), ("", 2)])
def test_a_half_closed_connection(server, account, last, left):
    """As `printf … | nc -N` leaves it: what was asked is answered, and only QUIT deletes."""
    deliver(server, account, [numbered(1), numbered(2)])
    with Pop3(server.address("pop3")) as pop3:
        pop3.send(f"USER {account.name}\r\nPASS {account.password}\r\nDELE 1\r\n{last}".encode())
        pop3.socket.shutdown(socket.SHUT_WR)
        assert pop3.drain().count(b"+OK") == 3 + bool(last)
    with login_when_free(server.address("pop3"), account) as pop3:
        assert pop3.stat()[0] == left
        pop3.quit()


def test_a_changed_password_counts_at_once(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()
    server.ctl("account", "passwd", account.name, "--password-stdin", data=b"changed\n")
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.try_login(account).startswith(b"-ERR [AUTH]")
        pop3.login(replace(account, password="changed")).quit()


def test_connections_are_limited(make_server):
    server = make_server({"limits": {"connections": 3}})
    kept = [Pop3(server.address("pop3")) for _ in range(3)]
    with Wire(server.address("pop3")) as wire:
        assert wire.drain().startswith(b"-ERR [SYS/TEMP]")
    for pop3 in kept:
        pop3.ok("CAPA")
        pop3.until_dot()
        pop3.quit()

    def answered():
        with Wire(server.address("pop3")) as wire:
            return wire.line().startswith(b"+OK")

    poll(answered, 20, "a connection is taken again")


def test_wrong_passwords_end_the_connection(server, account):
    with Pop3(server.address("pop3")) as pop3:
        answers = []
        for _ in range(5):
            pop3.ok(f"USER {account.name}")
            answers.append(pop3.command("PASS wrong"))
        assert all(answer.startswith(b"-ERR [AUTH]") for answer in answers)
        pop3.drain()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()


def test_unknown_names_are_answered_like_wrong_passwords(server, account):
    def answer(name):
        with Pop3(server.address("pop3")) as pop3:
            return pop3.command(f"USER {name}"), pop3.command("PASS wrong")

    assert answer(account.name) == answer("nobody@example.test") == answer("x@elsewhere.example")


def test_bad_commands_end_the_connection(server):
    with Pop3(server.address("pop3")) as pop3:
        pop3.send(b"BOGUS\r\n" * 100)
        assert pop3.drain().count(b"-ERR") < 50


@pytest.mark.parametrize("protocol,tls,words", [
    ("pop3", "starttls", rb"\+OK [^\r\n]*\r\n"),  # RFC 1939 s.3: closed without a response.
    ("pop3", "implicit", rb""),
    ("lmtp", "starttls", rb"220 [^\r\n]*\r\n421 4\.[^\r\n]*\r\n"),  # RFC 5321 s.3.8.
])
def test_a_connection_that_says_nothing_is_closed(make_server, protocol, tls, words):
    server = make_server({"limits": {"login_timeout": "1s", "smtp_timeout": "1s"}})
    with Wire(server.address(protocol, tls)) as wire:
        assert re.fullmatch(words, wire.drain())


def test_a_trickling_login_is_closed(make_server):
    """The time to log in is one for all commands, not one for each."""
    server = make_server({"limits": {"login_timeout": "1s"}})
    with Pop3(server.address("pop3")) as pop3:
        pop3.socket.settimeout(30)
        commands = 0
        try:
            while commands < 1_000_000:
                pop3.ok("CAPA")
                pop3.until_dot()
                commands += 1
        except (AssertionError, ConnectionError):
            pass
        assert commands < 1_000_000


def test_unix_sockets(make_server):
    server = make_server(start=False)
    server.configure({"listen": [
        listen("pop3", "none", f"unix:{server.folder}/pop3"),
        listen("lmtp", "none", f"unix:{server.folder}/lmtp")]})
    account = server.add_account()
    server.start()
    for mail in COMMON.values():
        with Lmtp(server.address("lmtp", "none")) as lmtp:
            lmtp.deliver(mail, account.name)
    with Pop3(server.address("pop3", "none")) as pop3:
        pop3.login(account)
        for mail, (_, message) in zip(COMMON.values(), pop3.retr_all(pop3.sizes())):
            assert_delivered(message, mail)
        pop3.quit()
    server.kill()  # Leaves the sockets' names behind, which must not be in the way.
    server.start()
    with Pop3(server.address("pop3", "none")) as pop3:
        assert pop3.login(account).stat()[0] == len(COMMON)
        pop3.quit()


@pytest.mark.sanitized
@pytest.mark.parametrize("cut", [1, 7, 1000])
def test_pipelined_commands_in_any_cut(server, account, cut):
    """The bytes of one whole session, sent `cut` at a time."""
    deliver(server, account, [COMMON["dot lines"]])
    script = (f"CAPA\r\nUSER {account.name}\r\nPASS {account.password}\r\nSTAT\r\nLIST\r\nUIDL\r\n"
              "RETR 1\r\nTOP 1 1\r\nNOOP\r\nDELE 1\r\nRSET\r\nRETR 1\r\nQUIT\r\n").encode()
    with Pop3(server.address("pop3")) as pop3:
        for start in range(0, len(script), cut):
            pop3.send(script[start:start + cut])
        answer = pop3.drain()
    assert answer.count(b"\r\n+OK") == 12 and b"-ERR" not in answer
