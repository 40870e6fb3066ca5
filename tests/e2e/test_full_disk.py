"""A disk without room: nothing that was accepted is lost, reading goes on, nothing is half deleted,
and when there is room again the service goes on by itself."""

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import numbered, split_trace
from harness.pop3 import Pop3
from harness.tiny_disk import TinyDisk

pytestmark = [pytest.mark.root, pytest.mark.sanitized]

NO_ROOM = (452, b"4.3.1")
OPTIONS = {"undelete_window": "0s", "upkeep_interval": "1s", "reserve": "1MiB"}


@pytest.fixture
def tiny(make_server):
    """(server, disk): the mail lies on a disk of 8 MB of its own, the accounts do not."""
    server = make_server(start=False)
    server.configure({"accounts": {"path": str(server.folder / "accounts.db")},
                      "maildrop": OPTIONS})
    disk = TinyDisk(server.data_dir, "8m")
    server.prefix = disk.inside
    server.start()
    yield server, disk
    server.kill()
    disk.close()


def send(server, account, number, size):
    """(code, enhanced code)"""
    with Lmtp(server.address("lmtp")) as lmtp:
        [(code, texts)] = lmtp.data(numbered(number, size), account.name)
        return code, texts[-1].split(b" ")[0]


def send_until_full(server, account, size):
    """The numbers of the mails that were accepted."""
    for number in range(10_000):
        answer = send(server, account, number, size)
        if answer[0] != 250:
            assert answer == NO_ROOM
            return list(range(number))
    raise AssertionError("the disk is not full after 10,000 mails")


def waiting(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        mails = [split_trace(mail)[1] for _, mail in pop3.retr_all(pop3.uids())]
        pop3.quit()
        return mails


def quit_deleting(server, account, choose):
    """The answer to QUIT."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        for number in filter(choose, range(1, pop3.stat()[0] + 1)):
            pop3.ok(f"DELE {number}")
        return pop3.command("QUIT")


@pytest.mark.parametrize("size", [3_000, 500_000], ids=["small", "spilled"])
def test_deliveries_are_refused_and_nothing_is_lost(tiny, size):
    server, disk = tiny
    account = server.add_account()
    pid = server.pid
    accepted = send_until_full(server, account, size)
    mails = [numbered(number, size) for number in accepted]
    assert accepted and waiting(server, account) == mails
    disk.fill_up()
    assert send(server, account, 1, 10_000) == NO_ROOM
    assert waiting(server, account) == mails
    disk.free_up()
    # An emptied maildrop needs no room to be given back; then mail comes in again.
    assert quit_deleting(server, account, lambda _: True).startswith(b"+OK")
    poll(lambda: send(server, account, 77, size)[0] == 250, 60, "room for mail again")
    poll(lambda: waiting(server, account) and disk.free_bytes() > (6 << 20), 60,
         "the room of what was deleted")
    assert waiting(server, account)[-1] == numbered(77, size)
    assert server.pid == pid and server.process.running()


def test_a_deletion_without_room_deletes_nothing(tiny):
    """The deletion of every second of 1,200 messages does not fit into the rest of a page."""
    server, disk = tiny
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(1200):
            lmtp.deliver(numbered(number), account.name)
    mails = waiting(server, account)
    disk.fill_up()
    for _ in range(2):
        answer = quit_deleting(server, account, lambda number: number % 2 == 0)
        assert answer.startswith(b"-ERR [SYS/TEMP]"), answer
        assert waiting(server, account) == mails
    disk.free_up()
    assert quit_deleting(server, account, lambda number: number % 2 == 0).startswith(b"+OK")
    assert waiting(server, account) == mails[::2]
    assert send(server, account, 1, 100)[0] == 250


def test_stop_and_start_on_a_full_disk(tiny):
    server, disk = tiny
    account = server.add_account()
    accepted = send_until_full(server, account, 20_000)
    disk.fill_up()
    mails = [numbered(number, 20_000) for number in accepted]
    server.restart()
    assert waiting(server, account) == mails
    server.kill()
    server.start()
    assert waiting(server, account) == mails
    assert send(server, account, 1, 10_000) == NO_ROOM
    disk.free_up()
    assert quit_deleting(server, account, lambda number: number > 1).startswith(b"+OK")
    poll(lambda: send(server, account, 5, 20_000)[0] == 250, 60, "room for mail again")
    assert waiting(server, account) == [mails[0], numbered(5, 20_000)]
