"""Checks that hold for every back end of accounts, so that each is tested by the same ones."""

import base64
import select

from .deadline import poll
from .hostile_names import HOSTILE_NAMES, HOSTILE_NAMES_IN_SASL
from .lmtp import Lmtp
from .pop3 import Pop3
from .server import Account


def answer_to(server, name, password):
    """Of a login in a session of its own."""
    with Pop3(server.address("pop3")) as pop3:
        answer = pop3.try_login(Account(name, password))
        if answer.startswith(b"+OK"):
            pop3.quit()
        return answer


def assert_logs_in(server, name, password):
    answer = answer_to(server, name, password)
    assert answer.startswith(b"+OK"), answer


def assert_refused(server, name, password):
    answer = answer_to(server, name, password)
    assert answer.startswith(b"-ERR [AUTH]"), answer


def assert_unavailable(server, name, password):
    """Never taken for a wrong password, and never left waiting."""
    answer = answer_to(server, name, password)
    assert answer.startswith(b"-ERR [SYS/TEMP]"), answer


def rcpt(server, address):
    """The code that RCPT is answered with."""
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        address = address if isinstance(address, bytes) else address.encode()
        return lmtp.command(b"RCPT TO:<" + address + b">")[0]


def deliver(server, address):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: hello\r\n\r\nhello\r\n", address)


def check_logins(server, name, password):
    """Right, wrong and unknown, by every spelling of the name."""
    assert_logs_in(server, name, password)
    assert_logs_in(server, name.upper(), password)
    for wrong in (password + "x", password[:-1], password.swapcase(), " " + password):
        assert_refused(server, name, wrong)
    assert_refused(server, "stranger@example.test", password)
    assert_refused(server, "stranger@elsewhere.test", password)
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {name}")
        assert pop3.command("PASS ").startswith(b"-ERR")
    assert_logs_in(server, name, password)


def check_mail(server, name, password):
    assert rcpt(server, name) == 250
    assert rcpt(server, "stranger@example.test") == 550
    deliver(server, name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account(name, password))
        assert pop3.stat()[0] == 1
        pop3.quit()


def check_hostile_names(server, name, password):
    """Each is answered as any unknown name is: no outage, no login, no other's mail."""
    for hostile in HOSTILE_NAMES:
        with Pop3(server.address("pop3")) as pop3:
            answer = pop3.command(b"USER " + hostile)
            if answer.startswith(b"+OK"):
                answer = pop3.command(f"PASS {password}")
            assert answer.startswith(b"-ERR") and b"[SYS" not in answer, (hostile, answer)
    for hostile in HOSTILE_NAMES + HOSTILE_NAMES_IN_SASL:
        response = base64.b64encode(b"\0" + hostile + b"\0" + password.encode())
        with Pop3(server.address("pop3")) as pop3:
            answer = pop3.command(b"AUTH PLAIN " + response)
            assert answer.startswith(b"-ERR") and b"[SYS" not in answer, (hostile, answer)
    for hostile in HOSTILE_NAMES:
        quoted = b'"' + hostile.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        code = rcpt(server, quoted + b"@example.test")
        assert code // 100 == 5, (hostile, code)
    assert_logs_in(server, name, password)


def await_login(server, name, password):
    """A back end that came back is used again by itself."""
    poll(lambda: answer_to(server, name, password).startswith(b"+OK"), 30, "the back end is back")


def await_refusal(server, name, password):
    poll(lambda: answer_to(server, name, password).startswith(b"-ERR [AUTH]"), 30, "a refusal")


def check_others_during_a_hang(server, waiting, others):
    """While one login waits for the back end that hangs, the others' are answered; and it is told
    that it cannot be let in for now, within a bound. The server must have one thread for sessions
    (or another one may be what waits), and a timeout that is long for a login."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {waiting[0]}")
        pop3.send(f"PASS {waiting[1]}\r\n".encode())
        for name, password in others:
            assert_logs_in(server, name, password)
        assert not select.select([pop3.socket], [], [], 0)[0], "the others had to wait, too"
        answer = pop3.line()
        assert answer.startswith(b"-ERR [SYS/TEMP]"), answer
    assert rcpt(server, waiting[0]) == 451


def answer_from(server, source, name, password):
    """As answer_to, with a client address of 127/8."""
    with Pop3(server.address("pop3"), source=source) as pop3:
        return pop3.try_login(Account(name, password))
