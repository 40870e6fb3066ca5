"""What the field broke in the store: damage that was given out, one maildrop that stopped all
others, a message that could not be brought back, a clock that ran ahead."""

import contextlib
import fcntl
import json
import os
import re
import struct
import threading
import time
import urllib.request

import pytest
from harness.fill import fill as fill_maildrop
from harness.lmtp import Lmtp, stuff
from harness.messages import numbered
from harness.pop3 import Pop3, login_when_free, unstuff
from harness.server import DEFAULT_LISTEN, listen
from harness.wire import Closed

DATA, UNAVAILABLE, TEMPORARY = 65, 69, 75
F_OFD_SETLK = 37
APPEND_LOCK_AT = 1 << 62
PATIENCE = 2  # Seconds that the server waits for a lock in these tests.

pytestmark = pytest.mark.sanitized


def log_of(server, account):
    (path,) = server.data_dir.glob(f"maildrops/*/{account.name}.log")
    return path


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def deliver(server, account, *messages):
    with Lmtp(server.address("lmtp")) as lmtp:
        for message in messages:
            lmtp.deliver(message, account.name)


def long_mail(octets):
    head = b"Subject: a long one\r\nX-Filler: first\r\n\r\n"
    line = b"%06d and so on to the end of the line\r\n"
    lines = [line % number for number in range(octets // len(line % 0) + 1)]
    return head + b"".join(lines)


# TOP of damaged messages.

def answer(server, account, command):
    """(first line, the rest, whether the final dot was seen) of one multi-line answer."""
    with login_when_free(server.address("pop3"), account) as pop3:
        first = b""
        try:
            first = pop3.command(command)
            if not first.startswith(b"+OK"):
                return first, b"", True
            return first, pop3.until_dot(), True
        except Closed:
            return first, b"", False


@pytest.mark.parametrize("octets", [3_000, 216_000, 700_000])
def test_top_of_a_damaged_message_is_never_given_as_whole(make_server, octets):
    """A client that decides by headers is not shown a wrong one: -ERR, or no final dot."""
    server = make_server()
    account = server.add_account()
    good = long_mail(octets)
    deliver(server, account, good)
    path = log_of(server, account)
    log = path.read_bytes()
    begin = log.index(b"Subject: a long one")
    end = log.rindex(b"end of the line\r\n") + len(b"end of the line\r\n")
    places = [begin + 9, begin + 60, begin + (end - begin) // 2, end - 70_000, end - 1]
    for at in sorted({max(place, begin + 1) for place in places}):
        flip(path, at)
        for lines in (0, 100, 10_000_000):
            first, _, dot = answer(server, account, f"TOP 1 {lines}")
            assert first.startswith(b"-ERR [SYS/PERM]") or not dot, (at - begin, lines, first)
        first, _, dot = answer(server, account, "RETR 1")
        assert first.startswith(b"-ERR [SYS/PERM]") or not dot
        flip(path, at)
    for lines in (0, 1, 100, 10_000_000):
        first, text, dot = answer(server, account, f"TOP 1 {lines}")
        assert first.startswith(b"+OK") and dot
        assert unstuff(text).endswith(b"".join(good.partition(b"\r\n\r\n")[:2]) +
                                      b"".join(good.partition(b"\r\n\r\n")[2]
                                               .splitlines(True)[:lines]))


def test_a_damaged_record_header_hides_the_message_and_no_other(make_server):
    """A message of which nothing is known any more is not given out; the others are served
    whole."""
    server = make_server()
    account = server.add_account()
    deliver(server, account, numbered(1, 300), long_mail(200_000), numbered(3, 300))
    assert server.stop() == 0
    path = log_of(server, account)
    log = path.read_bytes()
    flip(path, log.index(b"Return-Path", log.index(b"number 1\r")) - 20)
    path.with_suffix(".idx").unlink(missing_ok=True)
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        uids = pop3.login(account).uids()
        assert len(uids) == 2
        for number, wanted in zip(uids, (1, 3)):
            pop3.ok(f"TOP {number} 0")
            assert b"Subject: number %d\r" % wanted in pop3.until_dot()


# One maildrop whose lock is held.

@contextlib.contextmanager
def held(path):
    """As a program that has the log's append lock, and does not give it back."""
    with open(path, "r+b") as file:
        lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, APPEND_LOCK_AT, 1, 0)
        fcntl.fcntl(file, F_OFD_SETLK, lock)
        yield


class Senders:
    """Mails to one account at the same time; their verdicts."""

    def __init__(self, server, account, count):
        self.codes = []
        self._guard = threading.Lock()
        self._sent = threading.Barrier(count + 1)
        self._threads = [threading.Thread(target=self._send, args=(server, account, number))
                         for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _send(self, server, account, number):
        with Lmtp(server.address("lmtp"), timeout=120) as lmtp:
            lmtp.begin([account.name])
            lmtp.send(stuff(numbered(number, 300)))
            self._sent.wait(60)
            ((code, _),) = lmtp.verdicts([account.name])
        with self._guard:
            self.codes.append(code)

    def all_sent(self):
        self._sent.wait(60)
        return self

    def wait(self):
        for thread in self._threads:
            thread.join()
        return self.codes


def use(server, account, number):
    """An ordinary customer: mail comes, is fetched and deleted."""
    deliver(server, account, numbered(number, 300))
    with Pop3(server.address("pop3")) as pop3:
        uids = pop3.login(account).uids()
        for message_number, message in pop3.retr_all(uids):
            assert b"Subject: number %d\r" % number in message
            pop3.ok(f"DELE {message_number}")
        pop3.quit()


def hold_up(make_server, seconds, others):
    server = make_server({"maildrop": {"lock_timeout": f"{seconds}s"}})
    stuck = server.add_account()
    accounts = [server.add_account() for _ in range(others)]
    deliver(server, stuck, numbered(1, 300))
    with held(log_of(server, stuck)):
        began = time.monotonic()
        senders = Senders(server, stuck, 70).all_sent()
        for number, account in enumerate(accounts):
            use(server, account, number)
        served = time.monotonic() - began
        assert senders.wait() == [451] * 70
        refused = time.monotonic() - began
    assert served < refused or refused < 2 * seconds + 20, (served, refused)
    deliver(server, stuck, numbered(2, 300))
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(stuck).stat()[0] == 2
        pop3.quit()
    return server


def test_one_locked_maildrop_does_not_stop_the_others(make_server):
    """70 mails wait for a locked maildrop: all other customers are served, the 70 are told to come
    again, and when it is free mail goes on."""
    hold_up(make_server, PATIENCE, 5)


@pytest.mark.long
def test_one_maildrop_locked_for_a_minute_does_not_stop_the_others(make_server):
    """The same with the time that a real stop takes."""
    hold_up(make_server, 60, 20)


def test_the_owner_of_a_locked_maildrop_is_told_to_come_again(make_server):
    """A login that would have to wait ends by a deadline with [SYS/TEMP], and not as if another
    session had it."""
    server = make_server({"maildrop": {"lock_timeout": "1s"}})
    account = server.add_account()
    deliver(server, account, numbered(1, 300))
    assert server.stop() == 0
    server.start()  # So that it is not in memory.
    with held(log_of(server, account)), Pop3(server.address("pop3"), timeout=60) as pop3:
        assert pop3.try_login(account).startswith(b"-ERR [SYS/TEMP]")
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat()[0] == 1
        pop3.quit()


def test_sigterm_ends_the_server_while_a_lock_is_held(make_server):
    """Each waiting peer is answered within the grace, and the server is gone."""
    server = make_server({"maildrop": {"lock_timeout": "120s"},
                          "limits": {"shutdown_grace": "2s"}})
    account = server.add_account()
    deliver(server, account, numbered(1, 300))
    with held(log_of(server, account)):
        senders = Senders(server, account, 3).all_sent()
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 30, "well within lock_timeout"
        assert set(senders.wait()) <= {421, 451}, "none is delivered, all may come again"


# Healing.

def tool(server, *words, code=0):
    result = server.ctl("--format", "json", *words, check=False)
    assert result.returncode == code, result
    return json.loads(result.stdout)


@pytest.fixture
def backed_up(make_server):
    """A server with five mails in one maildrop, and a backup of them."""
    server = make_server()
    account = server.add_account()
    deliver(server, account, *(numbered(number, 500) for number in range(1, 6)))
    folder = server.folder / "backup"
    server.ctl("backup", str(folder))
    return server, account, folder


def damage(server, account, number):
    path = log_of(server, account)
    flip(path, path.read_bytes().index(b"Subject: number %d\r" % number) + 9)


def contents(server, account):
    with Pop3(server.address("pop3")) as pop3:
        uids = pop3.login(account).uids()
        mail = {uids[number]: message for number, message in pop3.retr_all(uids)}
        pop3.quit()
    return mail


def test_a_damaged_message_comes_back_from_a_backup_with_its_id(backed_up):
    """One command, beside the running server; the client does not download anything twice."""
    server, account, folder = backed_up
    before = contents(server, account)
    damage(server, account, 2)
    damage(server, account, 4)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).err("RETR 2", "[SYS/PERM]")
        pop3.quit()
    deliver(server, account, numbered(6, 500))
    healed = tool(server, "maildrop", "heal", account.name, "--from", str(folder))
    assert [item["sequence"] for item in healed["healed"]] == [2, 4] and healed["left"] == []
    after = contents(server, account)
    assert {uid: message for uid, message in after.items() if uid in before} == before
    assert len(after) == 6
    server.ctl("maildrop", "check", account.name)
    assert tool(server, "maildrop", "heal", account.name, "--from", str(folder))["healed"] == []


def test_heal_takes_nothing_but_the_very_octets(backed_up):
    """A backup that is damaged, too, or of another account, changes nothing, and says so."""
    server, account, folder = backed_up
    damage(server, account, 2)
    (stored,) = folder.glob(f"maildrops/*/{account.name}.log.1")
    flip(stored, stored.read_bytes().index(b"Subject: number 2\r") + 9)
    refused = tool(server, "maildrop", "heal", account.name, "--from", str(folder), code=DATA)
    assert refused["healed"] == [] and refused["left"][0]["sequence"] == 2
    other = server.add_account()
    deliver(server, other, numbered(1, 500))
    result = server.ctl("maildrop", "heal", other.name, "--from", str(folder), check=False)
    assert result.returncode == DATA and b"no maildrop of" in result.stderr


def test_an_operator_can_read_and_export_messages(backed_up):
    """Without the owner's password; damaged ones are named, and never given out."""
    server, account, folder = backed_up
    mail = contents(server, account)
    uids = list(mail)
    assert server.ctl("maildrop", "show", account.name, uids[2].decode()).stdout == mail[uids[2]]
    assert server.ctl("maildrop", "show", account.name, "3").stdout == mail[uids[2]]
    damage(server, account, 3)
    shown = server.ctl("maildrop", "show", account.name, "3", check=False)
    assert (shown.returncode, shown.stdout) == (DATA, b"") and b"damaged" in shown.stderr
    target = server.folder / "exported"
    exported = server.ctl("maildrop", "export", account.name, "--to", str(target), check=False)
    assert exported.returncode == DATA and uids[2] in exported.stderr
    files = sorted(target.iterdir())
    assert [file.name for file in files] == [f"{n:012}.eml" for n in (1, 2, 4, 5)]
    assert [file.read_bytes() for file in files] == [mail[uids[n]] for n in (0, 1, 3, 4)]
    mbox = server.ctl("maildrop", "export", account.name, "--to", "mbox", check=False)
    assert mbox.returncode == DATA and mbox.stdout.count(b"\nSubject: number ") == 4
    assert mbox.stdout.startswith(b"From MAILER-DAEMON ") and b"\r" not in mbox.stdout


# The clock.

def set_good_time(server, days_ago):
    """As if the server had run last `days_ago`: by its clock it has jumped since."""
    milliseconds = int((time.time() - days_ago * 86_400) * 1000)
    (server.data_dir / "clock").write_text(f"good_until={milliseconds}\n")


def metric(server, name):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=30) as text:
        return int(re.search(rf"^restante_{name} (\d+)$", text.read().decode(), re.M).group(1))


def test_a_clock_that_jumped_deletes_nothing_until_it_is_confirmed(make_server):
    """Retention waits, loudly, also over a restart; then it goes on."""
    server = make_server({"listen": [*DEFAULT_LISTEN, listen("http", "none")],
                          "maildrop": {"retention_days": 30, "upkeep_interval": "1s"}},
                         start=False)
    account = server.add_account()
    fill_maildrop(server, account, "--count", 3, "--days-ago", 31)
    set_good_time(server, 3650)
    for _ in range(2):
        server.start()
        server.logged(r"critical clock: it is 87\d\d\d hours ahead")
        server.logged("nothing was done, the clock is")
        assert metric(server, "clock_doubtful") == 1
        assert len(contents(server, account)) == 3
        assert server.stop() == 0
    refused = server.ctl("maildrop", "upkeep", account.name, check=False)
    assert refused.returncode == TEMPORARY and b"--confirm-clock" in refused.stderr
    server.start()
    server.logged("nothing was done, the clock is")
    server.ctl("upkeep", "--confirm-clock")
    server.logged(f"upkeep account={account.name} expired=3 ")
    assert metric(server, "clock_doubtful") == 0


# Backups.

def test_a_restore_that_left_something_out_says_so_by_its_code(make_server):
    """A script must not take half a restore for a whole one."""
    server = make_server()
    account = server.add_account()
    deliver(server, account, numbered(1, 500))
    folder = server.folder / "backup"
    server.ctl("backup", str(folder))
    for words, code in (([], DATA), (["--without-config"], 0)):
        other = make_server(start=False)
        restored = tool(other, "restore", str(folder), *words, code=code)
        assert restored["skipped"] == ["config/restante.toml"]
        other.start()
        assert len(contents(other, account)) == 1
