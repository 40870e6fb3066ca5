"""Servers as they are out there: listings that are refused, quotas, throttling, unique ids that are
none, silence. Each is got along with, or named."""

import json
import signal
import socket
import time

import pytest

from harness.hostile_pop3 import HANG_UP, SILENCE
from harness.restante import OK, PARTIAL, interrupt
from harness.sized_messages import MESSAGES, mail

pytestmark = pytest.mark.sanitized_long


# Servers as they are.

@pytest.mark.parametrize("verb", ["LIST", "UIDL"])
def test_an_empty_maildrop_without_a_listing(client, hostile, verb):
    """That there is nothing to list is no failure, and mail that comes later is fetched."""
    server = hostile([], {verb: b"-ERR no messages\r\n"})
    client.fetch()
    del server.answers[verb]
    server.messages, server.uids = {1: MESSAGES[0]}, {1: "uid-1"}
    client.fetch()
    assert client.messages() == [MESSAGES[0]]


@pytest.mark.parametrize("end", [HANG_UP, SILENCE], ids=["hangs up", "is silent"])
def test_a_server_that_dies_of_capa(client, hostile, end):
    """It is fetched from without CAPA, and not asked for it again for a while."""
    server = hostile(answers={"CAPA": end}, reply_timeout="1s")
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    asked = server.heard(b"CAPA")
    client.fetch()
    assert server.heard(b"CAPA") == asked


def test_an_address_that_is_silent_is_passed_over(client, hostile, tmp_path):
    """The name has two addresses; the first one takes the connection and says nothing."""
    server = hostile(address="127.0.0.3", reply_timeout="1s", host="two.test")
    hosts = tmp_path / "hosts"  # Neither is what getaddrinfo() likes better.
    hosts.write_text("127.0.0.2 two.test\n127.0.0.3 two.test\n")
    with socket.create_server(("127.0.0.2", server.port)) as silent:
        client.fetch(prefix=["unshare", "--mount", "sh", "-c",
                             f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"])
        silent.setblocking(False)
        silent.accept()[0].close()
    assert sorted(client.messages()) == sorted(MESSAGES)


def test_a_quota_of_the_day_ends_the_asking(client, hostile):
    """After ten refusals alike the rest is left alone, and comes when there is quota again."""
    messages = [mail(number, 150 + number) for number in range(1, 61)]
    left = [20]

    def quota(session, argument):
        left[0] -= 1
        if left[0] >= 0:
            return session._retr(argument)
        return f"-ERR limit of the day exceeded ({argument})\r\n".encode()

    server = hostile(messages, {"RETR": quota}, window=5)
    said = client.fetch(code=PARTIAL).stderr.decode()
    assert "the rest is left to the next run" in said
    assert len(client.messages()) == 20
    assert server.heard(b"RETR") <= 20 + 10 + 5
    assert said.count("limit of the day") <= 17
    del server.answers["RETR"]
    client.fetch("--retry")
    assert sorted(client.messages()) == sorted(messages)


def test_what_was_refused_for_good_can_be_asked_for_again(client, hostile):
    """[SYS/PERM] is no verdict for ever: the server may be repaired."""
    server = hostile(answers={"RETR 3": b"-ERR [SYS/PERM] damaged\r\n"})
    client.fetch(code=PARTIAL)
    client.fetch()
    assert server.heard(b"RETR") == len(MESSAGES)
    del server.answers["RETR 3"]
    client.fetch("--retry")
    assert sorted(client.messages()) == sorted(MESSAGES)


def test_a_server_that_throttles_is_given_time(client, hostile):
    """It hangs up after some messages: the run waits longer and longer before it comes back."""
    messages = [mail(number, 150 + number) for number in range(1, 31)]
    logins = []

    def throttled(session, argument):
        session.served = getattr(session, "served", 0) + 1
        return HANG_UP if session.served > 10 else session._retr(argument)

    def login(session, _):
        logins.append(time.monotonic())
        session.logged_in = True
        return b"+OK\r\n"

    hostile(messages, {"RETR": throttled, "PASS": login})
    for _ in range(2):
        client.fetch(code=None)
    assert len(client.messages()) == len(messages)
    assert len(logins) < 10


def test_blank_lines_are_nothing(client, hostile):
    """Before the greeting, behind replies and behind listings."""
    server = hostile()
    server.greeting = b"\r\n\r\n+OK ready\r\n\r\n"
    server.answers["UIDL"] = lambda session, _: session._uidl("") + b"\r\n"
    server.answers["RETR"] = lambda session, argument: session._retr(argument) + b"\r\n"
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.deleted == set(server.messages)


@pytest.mark.parametrize("uids", [
    {2: "uid-1"}, {1: "an id", 2: "an other id"}, {1: "u" * 2000, 2: "v" * 5000}, {1: "", 2: ""},
    {1: "\xe4\xff", 2: "\xe4"}], ids=["equal", "blanks", "long", "none", "8-bit"])
def test_odd_unique_ids_stop_no_deletion(client, hostile, uids):
    """All is fetched once and deleted, also what has no id of its own."""
    server = hostile()
    server.uids |= uids
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.deleted == set(server.messages)


def test_hangup_reads_the_configuration_again(client, hostile):
    """SIGHUP does not end `fetch --watch`: it looks at once, as the configuration says now."""
    server = hostile(interval="1h")
    process = client.start("fetch", "--watch")
    try:
        process.wait_line(lambda line: "12 new" in line, 60)
        server.messages |= {20: mail(20, 200)}
        server.uids |= {20: "uid-20"}
        seen = process.line_count()
        process.signal(signal.SIGHUP)
        process.wait_line(lambda line: "1 new" in line, 60, since=seen)
    finally:
        assert interrupt(process) == OK


# What is told of a run.

def test_a_quit_without_an_answer(client, hostile):
    """The server has deleted and gone: the next look of the same run finds that out."""
    def gone(session, _):
        session.server.deleted |= session.marked
        return HANG_UP

    server = hostile(answers={"QUIT": gone})
    report = client.fetch_report(code=None)
    assert server.deleted == set(server.messages)
    assert report["unconfirmed"] == 0 and report["deleted"] == len(MESSAGES)
    assert report["error"] is None


def test_what_is_not_known_to_be_deleted_is_said(client, hostile):
    """QUIT is refused in each session of the run: each message counts once, and stderr tells."""
    hostile(MESSAGES[:2], {"QUIT": b"-ERR disk is full\r\n"})
    result = client.run("--format", "json", "fetch", code=None)
    assert result.returncode != OK
    [report] = json.loads(result.stdout)["accounts"]
    assert report["unconfirmed"] == 2
    assert "2 messages" in result.stderr.decode()
    assert any("2 messages" in note for note in report["notes"])


def test_a_message_that_fails_is_one(client, hostile):
    """It has failed; that it waits for its next try is the same message."""
    hostile(MESSAGES[:4], {"RETR 2": HANG_UP})
    report = client.fetch_report(code=PARTIAL)
    assert len(report["failures"]) == 1 and report["waiting"] == 0


def test_a_size_that_cannot_be_read_keeps_to_max_size(client, hostile):
    """A size that LIST does not say is seen while the message comes; the small one is fetched all
    the same."""
    messages = [mail(1, 200_000), mail(2, 300)]
    server = hostile(messages, {"LIST": b"+OK\r\n1 ten\r\n2 -5\r\n.\r\n"}, max_size="1KiB",
                     delete="never")
    report = client.fetch_report()
    assert client.messages() == [messages[1]]
    assert any("size" in note for note in report["notes"])
    before = server.heard(b"RETR")
    client.fetch()
    assert server.heard(b"RETR") == before
