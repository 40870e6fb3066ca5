"""Everything at once, so that threads meet: deliveries, sessions, metrics, reloads, upkeep and
scrub on a few maildrops, restantectl beside them, and an end in the midst of it. Against the build
with the thread sanitizer (./dev test tsan) a race is an exit code; otherwise it is a smoke test."""

import http.client
import itertools
import threading

import pytest

from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, is_sanitized, listen

ROUNDS = 15 if is_sanitized() else 40  # Of each client.
CLIENTS = 3  # Of each kind.
BUSY = {"undelete_window": "0s", "upkeep_interval": "1s", "upkeep_rate": "1GiB",
        "scrub_interval": "1s", "scrub_rate": "1GiB", "retention_days": 1,
        "retention_from": "retrieval", "quota_messages": 200}


class Crowd:
    """Threads that run until they are done, or, after stop(), until the server is gone."""

    def __init__(self):
        self.stopping = False
        self._threads, self._failures = [], []

    def start(self, work, *arguments):
        thread = threading.Thread(target=self._run, args=(work, *arguments))
        thread.start()
        self._threads.append(thread)

    def _run(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as failure:  # The words of an ending server are test_shutdown.py's.
            if not self.stopping:
                self._failures.append(repr(failure))

    def join(self):
        for thread in self._threads:
            thread.join()
        assert not self._failures, self._failures


def rounds(crowd, endless):
    for number in itertools.count() if endless else range(ROUNDS):
        if crowd.stopping:
            return
        yield number


def send(crowd, server, accounts, endless):
    """A connection of its own for a few mails each, over both protocols, in clear and by TLS."""
    for number in rounds(crowd, endless):
        protocol, hello = (("lmtp", "LHLO"), ("smtp", "EHLO"))[number % 2]
        with Lmtp(server.address(protocol), hello=hello,
                  tls=("none", "starttls")[number // 2 % 2]) as sender:
            for account in accounts:
                code, texts = sender.data(numbered(number), [account.name])[0]
                assert code == 250 or texts[-1].startswith(b"4."), texts
            if number % 5 == 0:  # More than is kept in memory.
                sender.data(b"S: x\r\n\r\n" + b"y" * 70 + b"\r\n" * 200_000, [accounts[0].name])


def collect(crowd, server, account, endless):
    """Reads all, deletes half; now and then hangs up instead of QUIT, or forgets its password."""
    for number in rounds(crowd, endless):
        tls = ("none", "starttls", "implicit")[number % 3]
        with Pop3(server.address("pop3", "implicit" if tls == "implicit" else "starttls"),
                  tls=tls) as pop3:
            if number % 7 == 3:
                pop3.ok(f"USER {account.name}")
                pop3.command("PASS wrong")
            if not pop3.try_login(account).startswith(b"+OK"):
                continue  # Another one's session.
            numbers = sorted(pop3.sizes())[:20]
            read = [message for message, _ in pop3.retr_all(numbers)]
            for message in read[::2]:
                pop3.ok(f"DELE {message}")
            if number % 4:
                pop3.quit()


def watch(crowd, server, endless):
    for _ in rounds(crowd, endless):
        connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=60)
        connection.request("GET", "/metrics")
        assert connection.getresponse().status == 200
        connection.close()


def reload(crowd, server, endless):
    for _ in rounds(crowd, endless):
        lines = server.process.line_count()
        server.reload()
        server.process.wait_line(lambda line: " reloaded" in line or "stopping" in line, 60,
                                 since=lines)


def clerk(crowd, server, accounts, endless):
    for number in rounds(crowd, endless):
        account = accounts[number % len(accounts)]
        server.ctl("deliver", account.name, data=b"Subject: x\n\ny\n", check=False)
        server.ctl("maildrop", "upkeep", account.name, check=False)
        server.ctl("account", "disable", accounts[-1].name)
        server.ctl("account", "enable", accounts[-1].name)


def crowd_of(server, accounts, endless):
    crowd = Crowd()
    for index in range(CLIENTS):
        crowd.start(send, crowd, server, accounts[:-1], endless)
        crowd.start(collect, crowd, server, accounts[index], endless)
        crowd.start(collect, crowd, server, accounts[0], endless)
    crowd.start(watch, crowd, server, endless)
    crowd.start(reload, crowd, server, endless)
    crowd.start(clerk, crowd, server, accounts, endless)
    return crowd


@pytest.fixture
def busy(make_server):
    server = make_server({"maildrop": BUSY, "server": {"threads": 4},
                          "limits": {"idle_maildrops": 2},
                          "listen": [*DEFAULT_LISTEN, listen("http", "none")]})
    return server, [server.add_account() for _ in range(CLIENTS + 1)]


@pytest.mark.threads
@pytest.mark.seconds(600)
def test_everything_at_once(busy):
    server, accounts = busy
    crowd_of(server, accounts, endless=False).join()
    assert server.stop() == 0


@pytest.mark.threads
@pytest.mark.seconds(600)
def test_the_end_in_the_midst_of_it(busy):
    server, accounts = busy
    crowd = crowd_of(server, accounts, endless=True)
    lines = server.process.line_count()
    server.process.wait_line(lambda line: " pop3 session=" in line and "ended=" in line, 120,
                             since=lines)
    crowd.stopping = True
    server.terminate()
    assert server.process.wait(120) == 0
    crowd.join()
