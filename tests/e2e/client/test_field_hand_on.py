"""Hand-on as a queue that people can see: waiting mail is told and never forgotten, in the order of
arrival, while targets fail and the configuration changes."""

import json
import sqlite3
import time

import pytest

from harness.hostile_pop3 import HANG_UP, HostilePop3
from harness.ports import free_port
from harness.restante import PARTIAL
from harness.targets import ImapTarget, MailTarget

pytestmark = pytest.mark.sanitized_long

FIVE_DAYS = 5 * 86400


def mail(number, *fields):
    lines = [f"Subject: message {number}", f"Message-ID: <{number}@field>", *fields]
    return ("\r\n".join(lines) + f"\r\n\r\ntext {number}\r\n").encode()


SUBJECTS = [f"message {number}" for number in range(1, 6)]


@pytest.fixture
def server():
    with HostilePop3([mail(number) for number in range(1, 6)]) as made:
        yield made


@pytest.fixture
def target():
    with MailTarget() as made:
        yield made


@pytest.fixture
def imap():
    with ImapTarget() as made:
        yield made


def collect(client, server, *targets, **settings):
    client.add_account(server.port, "alice", "the secret", hand_on=list(targets), **settings)


def lmtp(target, **more):
    return {"kind": "lmtp", "target": f"127.0.0.1:{target.port}", "recipient": "b@example.test",
            **more}


def smtp(target, **more):
    return {"kind": "smtp", "target": f"smtp://127.0.0.1:{target.port}", "tls": "none",
            "recipient": "b@example.test", **more}


def folder(imap, name="INBOX", **more):
    return {"kind": "imap", "target": f"imap://127.0.0.1:{imap.port}/{name}", "tls": "none",
            "user": "g", "password": "x", **more}


def nobody():
    return f"127.0.0.1:{free_port()}"


def change_queue(client, sql):
    with sqlite3.connect(client.archive / ".restante" / "restante.db") as database:
        database.execute(sql)
    database.close()


def make_due(client):
    """As if the wait were over."""
    change_queue(client, "UPDATE hand_on SET retry_after = 0")


def queue(client, *words):
    return json.loads(client.run("--format", "json", "queue", "list", *words).stdout)


def test_a_mistyped_recipient_that_is_corrected_gets_what_waited(client, server, target):
    """No row has to be moved by hand, with a name or without."""
    target.answers["RCPT"] = b"550 5.1.1 no such user\r\n"
    collect(client, server, lmtp(target, recipient="bob@exmaple.test"))
    client.fetch(code=PARTIAL)
    target.answers.clear()
    client.change(hand_on=[lmtp(target, recipient="bob@example.test")])
    assert client.fetch_report()["handed_on"] == 5
    assert target.subjects() == SUBJECTS


def test_mail_that_only_passes_through_survives_a_corrected_port(client, server, target):
    """The server's copy is gone by then."""
    collect(client, server, {**lmtp(target), "target": nobody()}, keep_in_archive=False,
            delete="after-fetch")
    client.fetch(code=PARTIAL)
    assert server.deleted == {1, 2, 3, 4, 5}
    client.change(hand_on=[lmtp(target)])
    client.fetch()
    assert target.subjects() == SUBJECTS
    assert client.files() == {}


def test_a_named_target_may_change_in_all_but_its_name(client, server, target):
    """Also where others are added beside it."""
    collect(client, server, {**lmtp(target), "target": nobody(), "name": "gmail"})
    client.fetch(code=PARTIAL)
    box = client.folder / "box"
    client.change(hand_on=[{"kind": "mbox", "target": str(box)}, smtp(target, name="gmail")])
    assert client.fetch_report()["handed_on"] == 5
    assert target.subjects() == SUBJECTS
    assert not box.exists()


def test_a_target_that_gets_a_name_gets_no_mail_twice(client, server, target):
    collect(client, server, lmtp(target))
    client.fetch()
    client.change(hand_on=[lmtp(target, name="work")])
    assert client.fetch_report()["handed_on"] == 0
    server.messages[6], server.uids[6] = mail(6), "uid-6"
    assert client.fetch_report()["handed_on"] == 1


def test_mail_for_a_target_that_is_gone_is_told_until_it_is_moved(client, server, target):
    collect(client, server, {**lmtp(target), "target": nobody(), "name": "old"})
    client.fetch(code=PARTIAL)
    client.change(hand_on=[lmtp(target, name="new"), smtp(target, name="other")])
    said = client.run("--quiet", "fetch", code=PARTIAL).stderr.decode()
    assert "5 wait for old" in said
    client.run("queue", "move", "--target", "old", "--to", "new")
    client.fetch()
    assert target.subjects() == SUBJECTS


def test_the_queue_can_be_looked_at_and_changed(client, server, target):
    target.answers["END"] = b"554 5.7.1 looks like spam, see https://example.test/why\r\n"
    server.messages = {1: mail(1), 2: mail(2)}
    collect(client, server, lmtp(target, name="work"))
    client.fetch(code=PARTIAL)
    rows = queue(client)
    assert [row["target"] for row in rows] == ["work", "work"]
    assert all("554 5.7.1 looks like spam, see https://example.test/why" in row["reason"]
               for row in rows)
    text = client.run("queue").stdout.decode()
    assert "message 1" in text and "waiting" in text
    target.answers.clear()
    client.run("queue", "drop", str(rows[1]["id"]))
    client.fetch(code=PARTIAL)
    assert target.subjects() == []
    client.run("queue", "retry", "--all")
    client.fetch()
    assert target.subjects() == ["message 1"]
    assert queue(client) == []
    assert len(client.files()) == 2


def test_changes_of_the_queue_name_what_they_mean(client, server, target):
    collect(client, server, {**lmtp(target), "target": nobody(), "name": "work"})
    client.fetch(code=PARTIAL)
    client.run("queue", "drop", code=64)
    client.run("queue", "drop", "99", code=66)
    client.run("queue", "move", "--all", "--to", "nowhere", code=66)
    assert len(queue(client, "--target", "work")) == 5
    assert queue(client, "--target", "other") == []


def test_a_target_that_is_down_is_a_failure_each_time_also_with_quiet(client, server, target):
    collect(client, server, {**lmtp(target), "target": nobody(), "name": "work"})
    for _ in range(2):
        said = client.run("--quiet", "fetch", code=PARTIAL).stderr.decode()
        assert "work" in said and "refused" in said
    report = client.fetch_report(code=PARTIAL)
    assert report["complete"] is False
    assert report["targets"][0]["name"] == "work"
    assert report["targets"][0]["waiting"] == 5


def test_what_waits_for_its_time_is_told_in_each_run(client, server, target):
    server.messages = {1: mail(1)}
    target.answers["END"] = b"452 4.2.2 mailbox full\r\n"
    collect(client, server, lmtp(target, name="work"))
    for _ in range(2):
        said = client.run("--quiet", "fetch", code=PARTIAL).stderr.decode()
        assert "452 4.2.2 mailbox full" in said
    assert target.offered == 1


@pytest.mark.parametrize("make", [lmtp, smtp])
def test_many_mails_go_over_one_connection_in_the_order_of_arrival(client, server, target, make):
    collect(client, server, make(target))
    client.fetch()
    assert target.subjects() == SUBJECTS
    assert target.connections == 1


def test_many_mails_go_into_a_folder_with_one_login(client, server, imap):
    collect(client, server, folder(imap))
    client.fetch()
    assert imap.subjects() == SUBJECTS
    assert imap.connections == 1
    assert imap.heard(b"AUTHENTICATE") + imap.heard(b"LOGIN") == 1


def test_a_server_that_takes_one_mail_a_connection_gets_all(client, server, target):
    target.answers["MAIL"] = lambda offered: (
        b"421 4.7.0 one mail a connection\r\n" if target.connections <= offered else None)
    collect(client, server, lmtp(target))
    client.fetch()
    assert target.subjects() == SUBJECTS
    assert target.connections == 5


@pytest.mark.parametrize("make", [lmtp, smtp])
@pytest.mark.parametrize("step, words", [
    ("RCPT", b"550-5.1.1 no such user,\r\n550 5.1.1 see https://example.test/why\r\n"),
    ("GREETING", b"554 5.7.1 not from you, see https://example.test/why\r\n")])
def test_a_target_that_refuses_everybody_costs_one_connection(client, server, target, make, step,
                                                              words):
    """And says why in its own words; when it is repaired, it gets all at once."""
    target.answers[step] = words
    collect(client, server, make(target))
    report = client.fetch_report(code=PARTIAL)
    assert "see https://example.test/why" in " ".join(report["notes"])
    assert (target.connections, target.offered, report["to_hand_on"]) == (1, 0, 5)
    target.answers.clear()
    client.fetch()
    assert target.subjects() == SUBJECTS


def test_a_relay_says_why_it_refuses_a_mail(client, server, target):
    server.messages = {1: mail(1)}
    target.answers["END"] = b"554 5.7.1 looks like spam, see https://example.test/why\r\n"
    collect(client, server, smtp(target))
    report = client.fetch_report(code=PARTIAL)
    assert "554 5.7.1 looks like spam, see https://example.test/why" in " ".join(report["notes"])


def test_a_refused_login_is_told_in_the_servers_words(client, server, imap):
    imap.answers["AUTHENTICATE"] = b"NO [ALERT] Application-specific password required\r\n"
    collect(client, server, folder(imap))
    report = client.fetch_report(code=PARTIAL)
    assert "Application-specific password required" in " ".join(report["notes"])


def test_a_slow_target_has_the_mail_once(client, server, target):
    """A short timeout does not count once the mail was offered."""
    server.messages = {1: mail(1)}
    asked = []

    def slow(_):
        asked.append(time.sleep(2.5))  # The fault itself, not a wait for anything.

    target.answers["END"] = slow
    collect(client, server, lmtp(target, timeout="2s"))
    client.fetch()
    client.fetch()
    assert len(target.mails) == len(asked) == 1


def test_a_mail_that_was_offered_and_not_answered_is_told_as_that(client, server, target):
    server.messages = {1: mail(1)}
    target.answers["END"] = HANG_UP
    collect(client, server, lmtp(target))
    report = client.fetch_report(code=PARTIAL)
    assert "offered and not answered" in " ".join(report["notes"])
    waits = []
    for _ in range(3):
        make_due(client)
        client.fetch(code=PARTIAL)
        waits.append(queue(client)[0]["next_try"])
    assert waits == sorted(set(waits))
    assert target.offered == 4


def test_what_fails_for_five_days_is_given_up_into_a_list_and_told(client, server, target):
    server.messages = {1: mail(1)}
    target.answers["END"] = b"554 5.7.1 looks like spam\r\n"
    collect(client, server, lmtp(target, name="work"))
    client.fetch(code=PARTIAL)
    change_queue(client, "UPDATE hand_on SET retry_after = 0, attempts = 9, "
                         f"failed = failed - {FIVE_DAYS}")
    report = client.fetch_report(code=PARTIAL)
    assert (report["given_up"], report["to_hand_on"]) == (1, 0)
    assert "given up after five days" in " ".join(report["notes"])
    assert [row["state"] for row in queue(client)] == ["given up"]
    assert client.fetch_report()["targets"][0]["given_up"] == 1
    status = client.run("status", code=None)
    assert b"1 given up" in status.stdout and status.returncode != 0
    assert target.offered == 2
    target.answers.clear()
    client.run("queue", "retry", "--target", "work")
    client.fetch()
    assert target.subjects() == ["message 1"]
