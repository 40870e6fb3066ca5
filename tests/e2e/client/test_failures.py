"""Failures that other programs have had with real servers, by the numbers of docs/failures.md:
those about loss and doubling that no other test has."""

import json
import re
import threading

import pytest

from harness.fetched import DovecotMaildrop
from harness.hostile_pop3 import HostilePop3
from harness.messages import assert_same, numbered
from harness.pop3 import Pop3
from harness.restante import PARTIAL, interrupt
from harness.server import ROOT, Account

pytestmark = pytest.mark.sanitized_long

DELETE = {"delete": "after-fetch"}
FAILURES = 51  # The rows of docs/failures.md.


def mail(number):
    return f"Subject: message {number}\r\n\r\n".encode() + b"Some text of it.\r\n" * 20


@pytest.fixture
def serve(client):
    """serve(messages, settings of the account, ...) -> the server"""
    servers = []

    def make(messages, more=None, answers=None):
        servers.append(HostilePop3(messages, answers))
        client.add_account(servers[-1].port, "alice", "the secret",
                           **{"reply_timeout": "20s", **(more or {})})
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def maildrop(dovecot):
    return DovecotMaildrop(dovecot)


def connect(client, maildrop, **settings):
    client.add_account(maildrop.port, maildrop.user, maildrop.password, **settings)


def test_f1_sessions_that_always_end_early_get_on(client, serve):
    """A message that came whole is never asked for again, so every session is of new ones."""
    messages = [mail(number) for number in range(60)]
    server = serve(messages)
    server.cut_after = 6000
    before = 0
    for _ in range(3):
        report = client.fetch_report(code=None)
        kept = client.messages()
        assert report["known"] == 0 and len(kept) == before + report["fetched"]
        before = len(kept)
    server.cut_after = None
    waiting = client.fetch_report(code=None)["waiting"]
    kept = client.messages()
    assert len(kept) + waiting == len(messages) and set(kept) <= set(messages)
    assert before > 30


def test_f8_f43_numbers_may_change_and_the_archive_does_not(client, maildrop):
    """Another program deletes the first message: those behind it get other numbers."""
    sent = maildrop.deliver([numbered(n) for n in range(12)])
    connect(client, maildrop)
    client.fetch()
    account = Account(maildrop.user, maildrop.password)
    with Pop3(("127.0.0.1", maildrop.port)) as other:
        other.login(account)
        other.ok("DELE 1")
        other.ok("QUIT")
    report = client.fetch_report()
    assert (report["listed"], report["fetched"], report["known"], report["octets"]) == (11, 0, 0, 0)
    assert_same(client.messages(), sent)


def test_f9_a_message_id_is_no_identity(client, maildrop):
    same = b"Message-ID: <the-same@example.org>\r\n"
    sent = maildrop.deliver([same + numbered(1), same + numbered(2), same + numbered(1) + b"x\r\n"])
    connect(client, maildrop, **DELETE)
    client.fetch()
    assert_same(client.messages(), sent)
    listed = json.loads(client.run("--format", "json", "list").stdout)
    assert len(listed) == 3


def test_f10_looking_often_brings_nothing_twice(client, serve):
    looks = threading.Semaphore(0)

    def counted(session, argument):
        looks.release()
        return session._uidl(argument)

    messages = [mail(number) for number in range(4)]
    server = serve(messages, {"interval": "1s"}, {"UIDL": counted})
    process = client.start("fetch", "--watch")
    for _ in range(4):
        assert looks.acquire(timeout=60)
    assert interrupt(process) == 0
    assert server.heard(b"RETR") == len(messages)
    assert_same(client.messages(), messages)


def test_f28_a_message_id_of_15_kb_is_a_message_like_others(client, maildrop):
    long_id = b"Message-ID: <" + b"x" * 15_000 + b"@example.org>\r\n"
    folded = b"References: " + b" <y@example.org>\r\n" * 1000
    sent = maildrop.deliver([long_id + numbered(1), folded + numbered(2), numbered(3)])
    connect(client, maildrop)
    client.fetch()
    assert_same(client.messages(), sent)
    listed = json.loads(client.run("--format", "json", "list").stdout)
    assert len(listed) == 3
    assert json.loads(client.run("--format", "json", "search", "subject:number").stdout)
    assert client.fetch_report()["fetched"] == 0


def test_f34_messages_that_never_come_do_not_hold_up_new_ones(client, serve):
    messages = [mail(number) for number in range(70)]
    server = serve(messages, DELETE, {
        f"RETR {number}": b"-ERR [SYS/TEMP] not this one\r\n" for number in range(1, 61)})
    report = client.fetch_report(code=PARTIAL)
    assert (report["fetched"], report["deleted"]) == (10, 10)
    asked = server.heard(b"RETR")
    server.messages[71], server.uids[71] = mail(71), "uid-71"
    report = client.fetch_report()
    assert (report["fetched"], report["waiting"]) == (1, 60)
    assert server.heard(b"RETR") == asked + 1
    assert len(server.deleted) == 11


def test_f37_a_message_that_is_changed_here_is_not_deleted_there(client, maildrop):
    """A program that takes attachments out of kept mail: what the server has is the last whole
    copy."""
    sent = maildrop.deliver([numbered(n) for n in range(3)])
    connect(client, maildrop, delete="when-removed-locally")
    client.fetch()
    path = sorted(client.files())[0]
    path.write_bytes(path.read_bytes()[:60])
    assert client.fetch_report()["deleted"] == 0
    assert_same(maildrop.messages(), sent)
    assert client.run("verify", code=None).returncode != 0


@pytest.mark.parametrize("more", [DELETE, {}], ids=["delete", "keep"])
def test_f38_a_server_that_shows_some_at_a_time_and_hides_what_was_fetched(client, serve, more):
    """Without a deletion: each session lists the next few, and never again what was retrieved."""
    messages = {number: mail(number) for number in range(1, 25)}
    server = serve([], more)
    for first in range(1, 25, 4):
        server.messages = {number: messages[number] for number in range(first, first + 4)}
        server.uids = {number: f"uid-{number}" for number in server.messages}
        client.fetch(code=None)
        kept = client.messages()
        for number in server.deleted:
            assert messages[number] in kept
    assert_same(client.messages(), messages.values())


def test_every_failure_has_a_row_and_every_row_a_test():
    rows = re.findall(r"^\| (F-[^|]*) \|.*\| (.*) \|$", (ROOT / "docs/failures.md").read_text(),
                      re.MULTILINE)
    numbers = [int(number) for names, _ in rows for number in re.findall(r"F-(\d+)", names)]
    assert sorted(numbers) == list(range(1, FAILURES + 1))
    here = "".join(path.read_text() for path in (ROOT / "tests/e2e/client").glob("test_*.py"))
    units = "".join(path.read_text() for path in (ROOT / "src").rglob("*_test.cc"))
    for names, tests in rows:
        found = [f"def {name}(" in here for name in re.findall(r"`(test_\w+)`", tests)]
        found += [any((ROOT / "src").rglob(f"{name}.cc"))
                  for name in re.findall(r"`(\w+_test)`", tests)]
        found += [f", {name}" in units for name in re.findall(r"\b(F\d+\w*)…", tests)]
        found += [f"{name}" in units for name in re.findall(r"`([A-Z]\w+)`", tests)]
        assert found and all(found), f"{names}: {tests}"
