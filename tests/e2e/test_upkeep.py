"""Reclaiming and the scrub while the server works: space comes back, rot is found, nothing is lost,
and no session is disturbed."""

import threading
import time

import pytest

from harness.deadline import poll
from harness.fill import fill, small
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3

NOW = {"maildrop": {"undelete_window": "0s", "upkeep_interval": "1s"}}


def log_bytes(server):
    return sum(path.stat().st_size for path in server.data_dir.glob("maildrops/*/*.log"))


def delete(server, account, choose):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        for number in filter(choose, range(1, pop3.stat()[0] + 1)):
            pop3.ok(f"DELE {number}")
        pop3.quit()


@pytest.mark.sanitized
def test_an_emptied_maildrop_takes_no_room(make_server):
    server = make_server(NOW)
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(20):
            lmtp.deliver(numbered(number, 50_000), account.name)
        uid_before = max(uids(server, account).values())
        delete(server, account, lambda _: True)
        poll(lambda: look(server, account) and log_bytes(server) < 5_000, 60, "room is given back")
        lmtp.deliver(numbered(99), account.name)
    assert list(uids(server, account).values()) != [uid_before]
    server.restart()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).retr(1).endswith(numbered(99))


def uids(server, account):
    with Pop3(server.address("pop3")) as pop3:
        found = pop3.login(account).uids()
        pop3.quit()
        return found


def look(server, account):
    """Takes a moment, as poll() wants it."""
    uids(server, account)
    return True


@pytest.mark.sanitized
def test_steady_state_takes_at_most_twice_the_mail(make_server):
    """Mail comes and goes for long; the live mail is about 1 MB all the time."""
    server = make_server(NOW)
    account = server.add_account()
    kept = {}
    with Lmtp(server.address("lmtp")) as lmtp:
        for turn in range(30):
            for number in range(turn * 10, turn * 10 + 10):
                lmtp.deliver(numbered(number, 20_000), account.name)
            delete(server, account, lambda place: place <= 10 and turn > 4)
            if turn > 4:
                before = uids(server, account)
                assert not kept or set(kept) & set(before.values())
                kept = {uid: place for place, uid in before.items()}
        live = sum(size(server, account))

        def settled():
            look(server, account)
            return log_bytes(server) <= 2 * live + (64 << 10)

        poll(settled, 60, "at most twice the live mail")
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account)
            mails = [message for _, message in pop3.retr_all(pop3.uids())]
            pop3.quit()
    assert [mail.endswith(numbered(300 - len(mails) + at, 20_000)) for at, mail in
            enumerate(mails)] == [True] * len(mails)


def size(server, account):
    with Pop3(server.address("pop3")) as pop3:
        sizes = pop3.login(account).sizes()
        pop3.quit()
        return sizes.values()


def test_the_window_keeps_what_was_deleted(make_server):
    server = make_server({"maildrop": {"upkeep_interval": "1s", "undelete_window": "1h"}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1, 100_000), account.name)
    delete(server, account, lambda _: True)
    other = server.add_account()
    fill(server, other, "--count", 3, "--bytes", 100_000, "--days-ago", 31, "--deleted")
    server.process.wait_line(lambda line: f"upkeep account={other.name}" in line, 60)
    assert log_bytes(server) > 100_000, "the other one's is gone, this one's is not"


@pytest.mark.release
def test_a_stop_does_not_wait_for_upkeep(make_server):
    """At 64 KiB a second a pass over 20 MB would take minutes."""
    slow = {"undelete_window": "0s", "upkeep_interval": "1s", "upkeep_rate": "64KiB"}
    server = make_server({"maildrop": slow}, start=False)
    account = server.add_account()
    fill(server, account, "--count", 100, "--bytes", 100_000)
    server.start()
    delete(server, account, lambda place: place % 4 != 0)
    for _ in range(3):
        look(server, account)
    start = time.monotonic()
    server.restart()
    assert time.monotonic() - start < 5
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert [mail for _, mail in pop3.retr_all(pop3.uids())] == [
            small(number, 100_000) for number in range(4, 101, 4)]
        pop3.quit()


@pytest.mark.sanitized
def test_the_scrub_finds_rot(make_server):
    server = make_server({"maildrop": {"scrub_interval": "1s"}}, start=False)
    rotten, sound = server.add_account(), server.add_account()
    for account in (rotten, sound):
        fill(server, account, "--count", 3, "--bytes", 50_000)
    [log] = server.data_dir.glob(f"maildrops/*/{rotten.name}.log")
    with open(log, "r+b") as file:
        file.seek(log.stat().st_size // 2)
        file.write(b"?")
    server.start()
    server.process.wait_line(lambda line: f"scrub account={rotten.name} damaged=1" in line, 60)
    server.process.wait_line(lambda line: "scrub pass maildrops=2" in line, 60)
    assert not any(sound.name in line for line in server.all_log() if "damage" in line)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(rotten).err("RETR 2", "[SYS/PERM]")
        assert pop3.retr(3) == small(3, 50_000)
        pop3.quit()
    # A restart goes on with it: the file tells how far it is.
    assert server.stop() == 0
    assert " done=1\n" in (server.data_dir / "scrub").read_text()
    server.start()


class Client(threading.Thread):
    """Does `work` again and again until told to end; keeps how long each took."""

    def __init__(self, work):
        super().__init__()
        self._work, self._over, self.seconds, self.failure = work, False, [], None

    def run(self):
        try:
            while not self._over:
                start = time.monotonic()
                self._work()
                self.seconds.append(time.monotonic() - start)
        except Exception as failure:
            self.failure = failure

    def end(self):
        self._over = True
        self.join()
        if self.failure:
            raise self.failure
        return sorted(self.seconds)


@pytest.mark.release
def test_clients_do_not_notice(make_server):
    """300 MB are rewritten at the default pace, while one client polls another maildrop and mail is
    delivered to the very one that is rewritten."""
    server = make_server({"maildrop": {"upkeep_interval": "1h"}}, start=False)
    large, other, poll_box = (server.add_account() for _ in range(3))
    fill(server, large, "--count", 300, "--bytes", 1_000_000)
    server.start()
    delete(server, large, lambda place: place % 4 != 1)
    counter = iter(range(1_000_000))
    lmtp = Lmtp(server.address("lmtp"))
    lmtp.deliver(numbered(0), other.name)

    def measured():
        poller = Client(lambda: look(server, poll_box))
        sender = Client(lambda: lmtp.deliver(numbered(next(counter)), large.name))
        poller.start()
        sender.start()
        return poller, sender

    clients = measured()
    for _ in range(200):
        look(server, other)
    quiet = [client.end() for client in clients]
    server.configure({"maildrop": {"undelete_window": "0s", "upkeep_interval": "1s"}})
    clients = measured()
    since = server.process.line_count()
    server.reload()
    server.process.wait_line(
        lambda line: f"upkeep account={large.name}" in line and "reclaimed_bytes=0" not in line,
        120, since)
    busy = [client.end() for client in clients]
    lmtp.close()
    for name, before, after in zip(("polling", "delivery"), quiet, busy):
        half, most = (after[int(len(after) * share)] for share in (0.5, 0.99))
        usual = before[int(len(before) * 0.99)]
        print(f"{name}: {len(after)} times, half in {half * 1000:.1f} ms, 99 % in "
              f"{most * 1000:.1f} ms; without upkeep 99 % in {usual * 1000:.1f} ms")
        assert most < max(0.1, 5 * usual), name
