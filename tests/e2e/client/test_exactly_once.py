"""The promise of `restante fetch`: server and archive together hold every message, and the archive
none twice, after every failure. Against our server and Debian's Dovecot."""

import socket

import pytest

from harness import corpus, restante
from harness.fetched import DovecotMaildrop, OurMaildrop
from harness.messages import ALL, assert_same, numbered
from harness.relay import Relay

pytestmark = pytest.mark.sanitized


@pytest.fixture(params=["restanted", "dovecot"])
def maildrop(request, server, dovecot):
    """A new, empty maildrop of one of the servers."""
    if request.param == "dovecot":
        return DovecotMaildrop(dovecot)
    return OurMaildrop(server)


def connect(client, maildrop, **settings):
    client.add_account(maildrop.port, maildrop.user, maildrop.password, **settings)


def test_each_message_comes_once_octet_by_octet(client, maildrop):
    mails = dict(ALL)
    if isinstance(maildrop, DovecotMaildrop):
        del mails["first byte dot"]  # Dovecot 2.3 does not stuff it.
    sent = maildrop.deliver([*mails.values(), *(numbered(n) for n in range(50))])
    connect(client, maildrop)
    for _ in range(3):
        client.fetch()
        assert_same(client.messages(), sent)
    assert_same(maildrop.messages(), sent)
    assert client.leftovers() == []


def test_new_mail_is_added_and_old_mail_is_not_asked_for(client, maildrop):
    first = maildrop.deliver([numbered(1), numbered(2)])
    connect(client, maildrop)
    assert client.fetch_report()["fetched"] == 2
    second = maildrop.deliver([numbered(3)])
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["listed"]) == (1, 0, 3)
    assert_same(client.messages(), first + second)


def test_deletion_after_fetch_leaves_the_server_empty(client, maildrop):
    sent = maildrop.deliver([numbered(n) for n in range(30)])
    connect(client, maildrop, delete="after-fetch")
    assert client.fetch_report()["deleted"] == 30
    assert maildrop.messages() == []
    assert_same(client.messages(), sent)
    assert client.fetch_report()["fetched"] == 0


def test_several_accounts_at_once_share_an_archive(client, server, dovecot):
    sent = {}
    for maildrop in (OurMaildrop(server), DovecotMaildrop(dovecot), DovecotMaildrop(dovecot)):
        first = 1000 * len(sent)
        messages = maildrop.deliver(numbered(n) for n in range(first, first + 150))
        name = client.add_account(maildrop.port, maildrop.user, maildrop.password,
                                  delete="after-fetch")
        sent[name] = messages
    client.fetch()
    for name, messages in sent.items():
        assert_same(client.messages(name), messages)
    assert client.fetch_report()["listed"] == 0


def test_a_dry_run_changes_nothing(client, maildrop):
    sent = maildrop.deliver([numbered(1), numbered(2)])
    connect(client, maildrop, delete="after-fetch")
    report = client.fetch_report("--dry-run")
    assert len(report["would_fetch"]) == len(report["would_delete"]) == 2
    assert client.files() == {}
    assert_same(maildrop.messages(), sent)
    assert client.fetch_report()["fetched"] == 2


def test_messages_that_are_the_same_are_kept_once_and_all_deleted(client, maildrop):
    same = numbered(1)
    maildrop.deliver_raw([same, same, numbered(2)])
    connect(client, maildrop, delete="after-fetch")
    client.fetch()
    kept = len(client.messages())
    # Our server marks each delivery with a trace header of its own; Dovecot's are the same octets.
    assert kept == (2 if isinstance(maildrop, DovecotMaildrop) else 3)
    assert maildrop.messages() == []


def test_renumbered_messages_are_recognised_and_not_deleted_in_that_run(client, dovecot):
    maildrop = DovecotMaildrop(dovecot)
    sent = maildrop.deliver([b"Message-ID: <%d@example.test>\r\n" % n + numbered(n, 100 * n)
                             for n in range(40)])
    connect(client, maildrop)
    client.fetch()
    maildrop.renumber()
    client.change(delete="after-fetch")
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["deleted"]) == (0, 40, 0)
    assert report["octets"] == 0, "headers should have told"
    assert any("new unique ids" in note for note in report["notes"])
    assert_same(maildrop.messages(), sent)
    assert_same(client.messages(), sent)
    assert client.fetch_report()["deleted"] == 40
    assert maildrop.messages() == []


def test_what_was_removed_from_the_archive_is_not_fetched_again(client, maildrop):
    sent = maildrop.deliver([numbered(n) for n in range(3)])
    connect(client, maildrop, delete="when-removed-locally")
    client.fetch()
    path = next(path for path in client.files() if b"number 1\n" in path.read_bytes())
    path.unlink()
    # Until its owner says that it is meant, it is only missing.
    assert client.fetch_report()["deleted"] == 0
    client.run("verify", "--accept", "--as-deleted")
    assert client.fetch_report()["deleted"] == 1
    assert_same(maildrop.messages(), [sent[0], sent[2]])
    assert_same(client.messages(), [sent[0], sent[2]])


def test_an_archive_that_lost_its_mail_deletes_nothing(client, maildrop):
    sent = maildrop.deliver([numbered(n) for n in range(30)])
    connect(client, maildrop, delete="when-removed-locally")
    client.fetch()
    for path in client.files():
        path.unlink()
    report = client.fetch_report()
    assert report["deleted"] == 0
    assert any("30 messages are missing" in note for note in report["notes"])
    assert_same(maildrop.messages(), sent)
    # Also when all of them are said to be deleted: this many at once need one more question.
    client.run("verify", "--accept", "--as-deleted")
    report = client.fetch_report()
    assert report["deleted"] == 0
    assert any("30 messages are missing" in note for note in report["notes"])
    assert_same(maildrop.messages(), sent)


def test_mail_readers_may_rename_files(client, maildrop):
    sent = maildrop.deliver([numbered(n) for n in range(3)])
    connect(client, maildrop)
    client.fetch()
    for path in client.files():
        path.rename(client.archive / "home" / "cur" / (path.name + ":2,S"))
    maildrop.deliver([numbered(3)])
    client.fetch()
    assert_same(client.messages(), sent + maildrop.messages()[3:])


def test_two_runs_at_once_do_not_meet(client, maildrop):
    """The second finds the account locked, while the first waits for its server."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connect(client, maildrop)
        client.change(port=silent.getsockname()[1])
        first = client.start("fetch")
        connection, _ = silent.accept()
        result = client.fetch(code=restante.TEMPORARY)
        assert b"another restante" in result.stderr
        connection.close()
        assert first.wait(restante.RUN_SECONDS) != 0


@pytest.mark.parametrize("after", [0, 1, 40, 1000, 20_000, 60_000, 200_000])
def test_a_cut_network_costs_nothing(client, maildrop, after):
    sent = maildrop.deliver([numbered(n, 2000) for n in range(60)])
    connect(client, maildrop, delete="after-fetch")
    with Relay(maildrop.port, cut_after=after) as relay:
        client.change(port=relay.port)
        client.fetch(code=None)
    held = set(maildrop.messages()) | set(client.messages())
    assert held == set(sent)
    client.change(port=maildrop.port)
    client.fetch()
    assert_same(client.messages(), sent)
    assert maildrop.messages() == []


def test_ctrl_c_ends_it_cleanly(client, maildrop):
    sent = maildrop.deliver([numbered(n, 5000) for n in range(100)])
    connect(client, maildrop)
    with Relay(maildrop.port, stall_after=100_000) as relay:
        client.change(port=relay.port)
        run = client.start("fetch")
        relay.wait_stalled()
        assert restante.interrupt(run) != 0
    assert client.leftovers() == []
    assert set(client.messages()) <= set(sent)
    client.change(port=maildrop.port)
    client.fetch()
    assert_same(client.messages(), sent)


@pytest.mark.corpus
@pytest.mark.seconds(900)
def test_the_corpus_arrives_once_each_byte_for_byte(client, dovecot):
    maildrop = DovecotMaildrop(dovecot)
    sent = corpus.load()
    maildrop.deliver(sent)
    connect(client, maildrop, delete="after-fetch")
    client.fetch()
    assert_same(client.messages(), sorted(set(sent)))
    assert maildrop.messages() == []
