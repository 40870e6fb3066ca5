"""One attacker does not stop others: 200 ordinary users log in, each from an address of its own,
while one address floods, POP3 or SMTP. In time, and with bounded memory."""

import concurrent.futures
import json
import sqlite3
import sys
import threading
import time

import pytest
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.process import Process
from harness.server import ROOT, Account

USERS = 200
AT_ONCE = 2  # 200 users who poll every few minutes meet that often.
ATTACKER = "127.66.6.6"
ATTACKS_OF_A_KIND = 60  # Four kinds: more than connections_per_address.
LOGIN_SECONDS = 1.0
# What the flood may cost: its 200 connections, a quarter of them in a handshake, and the hashes
# under way (19 MiB each, one a processor, which calm logins take, too).
MEMORY_KB = 64 << 10
SPOOL = 8 << 20  # The most that unfinished mail of the attacker may take of the disk.


def add_users(server, kind):
    """Of one kind, with one password: hashing 400 takes longer than the test."""
    model = server.add_account(f"{kind}@example.test")
    with sqlite3.connect(server.data_dir / "accounts.db") as database:
        secret, = database.execute("SELECT secret FROM account WHERE name = ?",
                                   (model.name,)).fetchone()
    assert secret.startswith("{ARGON2ID}"), secret
    names = [f"{kind}{number}@example.test" for number in range(USERS)]
    server.ctl("account", "import", "-",
               data="".join(f"{name}:{secret}\n" for name in names).encode())
    return [Account(name, model.password) for name in names]


def log_in(server, user, source):
    """Seconds from the connection to the open maildrop, through TLS."""
    start = time.monotonic()
    with Pop3(server.address("pop3", "implicit"), "implicit", source=source) as pop3:
        pop3.login(user)
        seconds = time.monotonic() - start
        pop3.quit()
    return seconds


def log_in_all(server, users, network):
    """Sorted seconds."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        waits = [pool.submit(log_in, server, user,
                             f"127.{network}.{place // 100}.{place % 100 + 1}")
                 for place, user in enumerate(users)]
        return sorted(wait.result() for wait in waits)


def describe(name, seconds):
    return (f"{name}: median {seconds[len(seconds) // 2] * 1000:.0f} ms, 99th percentile "
            f"{percentile_99(seconds) * 1000:.0f} ms, worst {seconds[-1] * 1000:.0f} ms")


def percentile_99(seconds):
    return seconds[-(len(seconds) // 100) - 1]


@pytest.mark.release
@pytest.mark.alone
def test_two_hundred_users_log_in_while_one_address_floods(make_server, capsys):
    server = make_server({"auth": {"plaintext": "always"}, "limits": {"trusted_networks": []}})
    calm, stormy = add_users(server, "calm"), add_users(server, "stormy")
    before = log_in_all(server, calm, 10)
    server.reset_memory_peak()
    log_in(server, stormy.pop(), "127.9.9.9")  # A hash under way, as in the flood.
    memory_before = server.memory_kb()

    (host, starttls), (_, implicit) = (server.address("pop3", tls)
                                       for tls in ("starttls", "implicit"))
    flood = Process([sys.executable, ROOT / "tests/e2e/harness/flood.py", ATTACKER, host, starttls,
                     implicit, ATTACKS_OF_A_KIND])
    flood.wait_line(lambda line: json.loads(line)["turned away"] > 50, 60)
    during = log_in_all(server, stormy, 11)
    done = json.loads(flood.lines()[-1])
    assert flood.running()
    flood.kill()

    memory = server.memory_kb()
    with capsys.disabled():
        print("\n" + describe(f"{USERS} logins in a calm", before))
        print(describe(f"{len(during)} logins in a flood", during))
        print("the flood: " + ", ".join(f"{count} {what}" for what, count in done.items()))
        print(f"peak memory: {memory_before >> 10} MiB, in the flood {memory >> 10} MiB")
    assert all(done.values()), done  # Each kind was really there.
    assert percentile_99(during) < LOGIN_SECONDS
    assert memory < memory_before + MEMORY_KB
    assert server.stop() == 0


class Mail(threading.Thread):
    """The own MTA, which is trusted, brings one mail after the other."""

    def __init__(self, server, recipient):
        super().__init__()
        self.server, self.recipient = server, recipient
        self.seconds, self.failure = [], None
        self.ended = threading.Event()

    def run(self):
        try:
            while not self.ended.is_set():
                start = time.monotonic()
                with Lmtp(self.server.address("lmtp")) as lmtp:
                    lmtp.deliver(b"Subject: x\r\n\r\n" + b"x" * 2000 + b"\r\n", [self.recipient])
                    self.seconds.append(time.monotonic() - start)
                    lmtp.quit()
                self.ended.wait(0.05)
        except Exception as failure:  # Told by the test's own thread.
            self.failure = failure

    def stop(self):
        """Sorted seconds."""
        self.ended.set()
        self.join()
        assert self.failure is None, self.failure
        return sorted(self.seconds)


def is_at_work(done):
    """Each kind of attack has been there, and many connections were turned away."""
    return all(done.values()) and done["turned away"] > 50


@pytest.mark.release
@pytest.mark.alone
def test_two_hundred_users_log_in_and_mail_comes_while_one_address_floods_smtp(make_server, capsys):
    server = make_server({"auth": {"plaintext": "always"},
                          "limits": {"trusted_networks": ["127.0.0.1"], "smtp_timeout": "5s",
                                     "message_size": "2MiB", "spool_per_address": SPOOL}})
    users, postbox = add_users(server, "owner"), server.add_account()
    log_in(server, users.pop(), "127.9.9.9")
    server.reset_memory_peak()
    log_in(server, users.pop(), "127.9.9.9")
    memory_before = server.memory_kb()
    host, port = server.address("smtp")
    flood = Process([sys.executable, ROOT / "tests/e2e/harness/smtp_flood.py", ATTACKER, host, port,
                     postbox.name, ATTACKS_OF_A_KIND])
    flood.wait_line(lambda line: is_at_work(json.loads(line)), 60)
    mail = Mail(server, postbox.name)
    mail.start()
    during = log_in_all(server, users, 12)
    delivered = mail.stop()
    done = json.loads(flood.lines()[-1])
    assert flood.running()
    flood.kill()

    memory = server.memory_kb()
    with capsys.disabled():
        print("\n" + describe(f"{len(during)} logins in a flood of SMTP", during))
        print(describe(f"{len(delivered)} mails by LMTP meanwhile", delivered))
        print("the flood: " + ", ".join(f"{count} {what}" for what, count in done.items()))
        print(f"peak memory: {memory_before >> 10} MiB, in the flood {memory >> 10} MiB")
    assert all(done.values()), done  # Each kind was really there.
    assert percentile_99(during) < LOGIN_SECONDS
    assert delivered[-1] < LOGIN_SECONDS
    assert memory < memory_before + MEMORY_KB
    lines = [line for line in server.all_log() if ATTACKER in line]
    assert len(lines) < 200, "a flood fills no log"
    assert server.stop() == 0
