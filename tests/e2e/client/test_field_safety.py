"""What keeps mail safe while it is collected: a message is deleted on the server only when it can
be read back here, each unique id is a message, and neither a wrong clock nor a setting that was
changed empties anything."""

import json
import mailbox
import sqlite3
import time

import pytest

from harness.hostile_pop3 import HostilePop3
from harness.restante import PARTIAL

pytestmark = pytest.mark.sanitized

DAY = 24 * 60 * 60
DATA = 65
# Nothing in it tells it from the next one.
ALARM = b"Subject: disk full\r\n\r\nThe disk is full.\r\n"


def mail(number):
    return (f"Received: by mx.example.test; {number}\r\nMessage-ID: <{number}@example.test>\r\n"
            f"Subject: message {number}\r\n\r\n{'some text ' * number}\r\n").encode()


MESSAGES = [mail(number) for number in range(1, 6)]


@pytest.fixture
def serve(client):
    """serve(messages, settings of the account) -> the server"""
    servers = []

    def make(messages=(), **more):
        servers.append(HostilePop3(messages))
        client.add_account(servers[-1].port, "alice", "the secret", **more)
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def box(client):
    return client.folder / "box"


def handing_on(box, **more):
    return {"hand_on": [{"kind": "mbox", "target": str(box)}], **more}


def handed_on(box):
    return len(mailbox.mbox(box))


def add(server, message, uid=None):
    number = max(server.messages, default=0) + 1
    server.messages[number] = message
    server.uids[number] = uid or f"uid-{number}"


def listed(client):
    return len(json.loads(client.run("--format", "json", "list", "--limit", "100").stdout))


def noted(report, text):
    return any(text in note for note in report["notes"])


def archived(client):
    return sorted(client.messages())


def change_state(client, *statements):
    with sqlite3.connect(client.archive / ".restante" / "restante.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


# Safe means read back.

def cut(octets):
    return octets[:-1]


def emptied(_):
    return b""


def flipped(octets):
    return octets[:-3] + bytes([octets[-3] ^ 1]) + octets[-2:]


@pytest.mark.parametrize("damage", [cut, emptied, flipped])
def test_a_message_that_is_damaged_here_is_fetched_again_before_it_is_deleted(
        client, serve, damage):
    """The server's copy was the last good one."""
    server = serve(MESSAGES)
    client.fetch()
    path = next(path for path in client.files() if b"message 3\n" in path.read_bytes())
    path.write_bytes(damage(path.read_bytes()))
    client.change(delete="after-fetch")
    report = client.fetch_report()
    assert noted(report, "damaged or missing")
    assert server.heard(b"RETR") == len(MESSAGES) + 1
    assert archived(client) == MESSAGES and path.exists()
    assert (report["deleted"], report["fetched"]) == (len(MESSAGES), 0)
    client.run("verify")


def test_a_damaged_message_that_cannot_be_fetched_again_stays_on_the_server(client, serve):
    """Once a run is enough."""
    server = serve(MESSAGES)
    client.fetch()
    path = next(path for path in client.files() if b"message 3\n" in path.read_bytes())
    path.write_bytes(b"")
    client.change(delete="after-fetch")
    server.answers = {"RETR 3": b"-ERR not now\r\n"}
    client.fetch_report(code=PARTIAL)
    assert server.deleted == {1, 2, 4, 5}


def test_a_message_that_is_known_by_name_only_is_fetched_again(client, serve):
    """Neither a file nor a row says where it is: that is no removal."""
    server = serve(MESSAGES)
    client.fetch()
    next(path for path in client.files() if b"message 3\n" in path.read_bytes()).unlink()
    change_state(client, "DELETE FROM messages")
    client.change(delete="after-fetch")
    assert client.fetch_report()["deleted"] == len(MESSAGES)
    assert archived(client) == MESSAGES


def test_an_import_of_a_good_copy_repairs_a_damaged_message(client, serve):
    """It was "there already", and stayed as it was."""
    serve(MESSAGES)
    client.fetch()
    path = next(iter(client.files()))
    good = client.folder / "good.eml"
    good.write_bytes(path.read_bytes())
    path.write_bytes(b"rotten")
    client.run("verify", code=DATA)
    client.run("import", good, "--account", "home")
    client.run("verify")
    assert archived(client) == MESSAGES


# An id is a message.

def test_alarms_with_the_same_octets_are_as_many_messages_as_they_have_ids(client, serve, box):
    """Four alarms in one listing: counted, listed and handed on as four."""
    server = serve([ALARM] * 4, delete="after-fetch", **handing_on(box))
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["deleted"]) == (4, 0, 4)
    assert handed_on(box) == listed(client) == 4
    assert len(server.deleted) == 4


@pytest.mark.parametrize("keep", [True, False])
def test_an_alarm_comes_again_after_the_first_was_deleted(client, serve, box, keep):
    """The server has deleted it, and what only passes through has left the archive."""
    server = serve(delete="after-fetch", keep_in_archive=keep, **handing_on(box))
    for count in range(1, 4):
        add(server, ALARM)
        assert client.fetch_report()["fetched"] == 1
        assert handed_on(box) == count
        assert listed(client) == (count if keep else 0)


def test_an_alarm_comes_again_after_the_first_was_removed(client, serve):
    """And the first one stays removed."""
    server = serve([ALARM])
    client.fetch()
    next(iter(client.files())).unlink()
    add(server, ALARM)
    assert client.fetch_report()["fetched"] == 1
    assert listed(client) == len(client.files()) == 1
    client.run("reindex")
    assert client.fetch_report()["fetched"] == 0
    assert listed(client) == 1


def test_one_of_two_alarms_can_be_deleted(client, serve):
    """The other one keeps the file."""
    serve([ALARM] * 2)
    client.fetch()
    for left in (1, 0):
        first = json.loads(client.run("--format", "json", "list").stdout)[0]
        client.run("delete", f"id:{first['id']}", "--yes")
        assert listed(client) == len(client.files()) == left
    assert client.fetch_report()["fetched"] == 0


def test_after_a_renumbering_alarms_are_recognised_one_for_one(client, serve, box):
    """Content decides then, by header and by octets; what is more than before is new."""
    for has_top in (True, False):
        server = serve([ALARM] * 3 + MESSAGES, name=f"top-{has_top}", **handing_on(box))
        if not has_top:
            server.answers = {"TOP": b"-ERR unknown command\r\n"}
        name = client.accounts[-1]["name"]
        before = handed_on(box) if box.exists() else 0
        client.fetch(name)
        server.uids = {number: f"new-{number}" for number in server.uids}
        add(server, ALARM, "new-alarm")
        [report] = json.loads(client.run("--format", "json", "fetch", name).stdout)["accounts"]
        assert (report["fetched"], report["known"]) == (1, 8)
        assert handed_on(box) - before == 9


def marked_by_the_server(message):
    return b"Status: RO\r\nX-UIDL: 0123456789abcdef\r\n" + message


@pytest.mark.parametrize("keep", [True, False])
def test_a_server_that_writes_into_headers_doubles_no_mail(client, serve, box, keep):
    """A maildrop in an mbox: Status and X-UIDL appear after the first session."""
    unnamed = [b"From: a@example.test\r\nSubject: no id\r\n\r\nbody\r\n"]
    server = serve(MESSAGES + unnamed, keep_in_archive=keep, **handing_on(box))
    client.fetch()
    server.messages = {number: marked_by_the_server(message)
                       for number, message in server.messages.items()}
    report = client.fetch_report()
    assert (report["fetched"], report["known"]) == (0, 6)
    asked = server.heard(b"RETR")
    client.change(delete="after-fetch")
    assert client.fetch_report()["deleted"] == 6
    assert server.heard(b"RETR") == asked
    assert handed_on(box) == 6
    assert archived(client) == (sorted(MESSAGES + unnamed) if keep else [])


def test_another_message_under_a_known_id_is_new(client, serve, box):
    """Another body, or another Message-ID."""
    server = serve(MESSAGES, **handing_on(box))
    client.fetch()
    server.messages[1] += b"more\r\n"
    server.messages[2] = server.messages[2].replace(b"<2@", b"<2222@")
    assert client.fetch_report()["fetched"] == 2
    assert handed_on(box) == 7
    assert len(client.files()) == 7


# A clock that is wrong.

def shift(days):
    """Sets what was seen back by `days`."""
    return f"UPDATE uids SET first_seen = first_seen - {days * DAY}, seen_day = seen_day - {days}"


def last_run(seconds_ago):
    return ("INSERT OR REPLACE INTO meta VALUES ('fetch.last_run.home', "
            f"'{max(1, int(time.time()) - seconds_ago)}')")


def doubted(seconds_ago):
    return ("INSERT OR REPLACE INTO meta VALUES ('fetch.clock_doubted.home', "
            f"'{int(time.time()) - seconds_ago}')")


@pytest.mark.parametrize("settings", [{"delete": "after-days", "after_days": 30},
                                      {"keep_messages": 1}], ids=["days", "oldest"])
@pytest.mark.parametrize("jump", [365 * 56, 40, -2])
def test_a_clock_that_jumped_deletes_nothing_until_it_has_agreed_for_a_day(
        client, serve, settings, jump):
    """The last run was in 1970, weeks ago, or is still to come."""
    server = serve(MESSAGES)
    client.fetch()
    client.change(**settings)
    change_state(client, shift(60), last_run(jump * DAY))
    for _ in range(2):
        report = client.fetch_report()
        assert report["deleted"] == 0 and noted(report, "the clock has jumped")
    change_state(client, doubted(25 * 60 * 60), last_run(60 * 60 * 2))
    assert client.fetch_report()["deleted"] == (4 if "keep_messages" in settings else 5)
    assert len(server.deleted) >= 4


def test_mail_goes_by_its_age_when_the_clock_goes_on(client, serve):
    """Four weeks between two looks are no jump."""
    serve(MESSAGES, delete="after-days", after_days=25)
    client.fetch()
    change_state(client, shift(28), last_run(28 * DAY))
    assert client.fetch_report()["deleted"] == len(MESSAGES)


def test_mail_that_was_seen_on_one_day_only_does_not_go_by_its_age(client, serve):
    """An archive of an older version does not know on how many days it was."""
    server = serve(MESSAGES, delete="after-days", after_days=30)
    client.fetch()
    change_state(client, shift(60), "UPDATE uids SET seen_days = 0, seen_day = 0")
    assert client.fetch_report()["deleted"] == 0
    change_state(client, "UPDATE uids SET seen_day = seen_day - 1")
    assert client.fetch_report()["deleted"] == len(MESSAGES)
    assert len(server.deleted) == len(MESSAGES)


def test_what_failed_while_the_clock_was_ahead_is_tried_again(client, serve):
    """Not in ten years."""
    server = serve(MESSAGES)
    server.answers = {"RETR 3": b"-ERR not now\r\n"}
    client.fetch(code=PARTIAL)
    server.answers = {}
    assert client.fetch_report()["waiting"] == 1
    change_state(client, f"UPDATE uids SET retry_after = retry_after + {3650 * DAY}")
    assert client.fetch_report()["fetched"] == 1


# Mail that only passes through.

def test_keep_in_archive_leaves_alone_what_came_before(client, serve, box):
    """Changed to false, it emptied the archive backwards."""
    server = serve(MESSAGES, delete="after-fetch", **handing_on(box))
    client.fetch()
    client.change(keep_in_archive=False)
    client.fetch()
    assert archived(client) == MESSAGES
    add(server, mail(9))
    report = client.fetch_report()
    assert noted(report, "1 message was handed on and has left the archive")
    assert archived(client) == MESSAGES
    assert handed_on(box) == 6


def test_a_new_mbox_is_durable_with_its_name(client, serve):
    """Its folder is synced before the message counts as taken."""
    target = client.folder / "mail" / "box"
    target.parent.mkdir()
    serve(MESSAGES[:1], **handing_on(target))
    log = client.folder / "calls"
    # The sanitizer cannot look for leaks in a program that is traced.
    client.fetch(prefix=["env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-qq", "-y",
                         "-e", "trace=fsync", "-o", log])
    assert f"<{target.parent}>)" in log.read_text()
    assert handed_on(target) == 1
