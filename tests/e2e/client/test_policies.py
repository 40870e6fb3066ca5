"""What `restante fetch` makes of listings that lie, of messages that cannot be fetched, and of what
an account wants to be left out or left on the server."""

import pytest

from harness.hostile_pop3 import HANG_UP, HostilePop3
from harness.restante import IO_ERROR, OK, PARTIAL
from harness.tiny_disk import TinyDisk

pytestmark = pytest.mark.sanitized_long

DELETE = {"delete": "after-fetch"}


def mail(number, lines=1, more=""):
    return f"Subject: message {number}\r\n{more}\r\n".encode() + b"text of some length\r\n" * lines


MESSAGES = [mail(number) for number in range(1, 5)]


@pytest.fixture
def serve(client):
    """serve(messages, settings of the account, ...) -> the server"""
    servers = []

    def make(messages=MESSAGES, more=None, answers=None):
        servers.append(HostilePop3(messages, answers))
        client.add_account(servers[-1].port, "alice", "the secret",
                           **{"reply_timeout": "20s", **(more or {})})
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def archived(client):
    return sorted(client.messages())


def noted(report, text):
    return any(text in note for note in report["notes"])


NOTHING = {"STAT": b"+OK 0 0\r\n", "LIST": b"+OK\r\n.\r\n", "UIDL": b"+OK\r\n.\r\n"}


def test_an_empty_listing_after_a_full_one_fetches_nothing_again(client, serve):
    server = serve()
    client.fetch()
    server.answers = NOTHING
    assert noted(client.fetch_report(), "missing from the listing")
    server.answers = {}
    report = client.fetch_report()
    assert (report["fetched"], report["known"]) == (0, 0)
    assert server.heard(b"RETR") == len(MESSAGES)


@pytest.mark.parametrize("answers", [
    {"STAT": b"+OK 7 700\r\n"},
    {"LIST": b"+OK\r\n1 60\r\n2 60\r\n.\r\n"},
    {"UIDL": b"+OK\r\n1 uid-1\r\n2 uid-2\r\n3 uid-3\r\n.\r\n"},
], ids=["STAT", "LIST", "UIDL"])
def test_a_listing_that_contradicts_itself_is_fetched_from_and_deletes_nothing(
        client, serve, answers):
    server = serve(more=DELETE, answers=answers)
    report = client.fetch_report()
    assert noted(report, "contradicts itself") and noted(report, "nothing is deleted")
    assert archived(client) == sorted(MESSAGES)
    assert server.heard(b"DELE") == 0
    server.answers = {}
    assert client.fetch_report()["deleted"] == len(MESSAGES)
    assert archived(client) == sorted(MESSAGES)


def test_a_message_that_ends_the_session_does_not_keep_the_others_back(client, serve):
    server = serve(more=DELETE, answers={"RETR 2": HANG_UP})
    report = client.fetch_report(code=PARTIAL)
    assert [failure["number"] for failure in report["failures"]] == [2]
    assert archived(client) == sorted(MESSAGES[:1] + MESSAGES[2:])
    assert server.deleted == {1, 3, 4}
    # Not asked for again at once; and later it comes.
    asked = server.heard(b"RETR")
    assert client.fetch_report()["waiting"] == 1
    assert server.heard(b"RETR") == asked


def test_a_message_that_came_at_the_second_attempt_is_no_failure(client, serve):
    broken = [HANG_UP]
    server = serve(more=DELETE, answers={
        "RETR 2": lambda session, _: broken.pop() if broken else session._retr("2")})
    assert client.fetch_report()["fetched"] == len(MESSAGES)
    assert archived(client) == sorted(MESSAGES)
    assert server.deleted == {1, 2, 3, 4}


@pytest.mark.parametrize("code, again", [("[SYS/PERM] ", False), ("[SYS/TEMP] ", True),
                                         ("", True)])
def test_a_refused_message_is_reported_and_the_rest_comes(client, serve, code, again):
    server = serve(more=DELETE, answers={"RETR 3": f"-ERR {code}it is broken\r\n".encode()})
    report = client.fetch_report(code=PARTIAL)
    [failure] = report["failures"]
    assert (failure["number"], failure["again"]) == (3, again)
    assert "it is broken" in failure["reason"]
    assert archived(client) == sorted(MESSAGES[:2] + MESSAGES[3:])
    assert server.deleted == {1, 2, 4}
    assert client.fetch_report()["waiting"] == int(again)
    assert server.heard(b"RETR") == len(MESSAGES)


def test_a_message_that_never_ends_does_not_fill_the_disk(client, serve):
    piece = (b"x" * 998 + b"\r\n") * 1000

    def endless(session, _):
        session.send(b"+OK\r\n")
        while True:
            session.socket.sendall(piece)

    server = serve(more=DELETE, answers={"RETR 1": endless})
    report = client.fetch_report(code=PARTIAL)
    assert "does not end" in report["failures"][0]["reason"]
    assert archived(client) == sorted(MESSAGES[1:])
    assert server.deleted == {2, 3, 4}
    assert client.leftovers() == []


def test_a_server_that_brings_deleted_messages_back_is_left_alone_in_the_end(client, serve):
    server = serve(more=DELETE)
    for _ in range(4):
        assert client.fetch_report()["deleted"] == len(MESSAGES)
        server.deleted.clear()
    report = client.fetch_report()
    assert (report["deleted"], report["fetched"]) == (0, 0)
    assert noted(report, "come back")
    assert archived(client) == sorted(MESSAGES)


def test_an_id_that_is_given_to_another_message_hides_nothing(client, serve):
    server = serve(more=DELETE)
    client.fetch()
    fresh = [mail(number + 10) for number in range(4)]
    server.messages = dict(enumerate(fresh, 1))
    server.deleted.clear()
    assert client.fetch_report()["fetched"] == 4
    assert archived(client) == sorted(MESSAGES + fresh)


def test_without_unique_ids_headers_tell_what_is_here(client, serve):
    messages = [b"Message-ID: <%d@example.test>\r\n" % number + text
                for number, text in enumerate(MESSAGES)]
    server = serve(messages, answers={"UIDL": b"-ERR unknown command\r\n"})
    server.capabilities = ["USER", "TOP", "PIPELINING"]
    assert client.fetch_report()["fetched"] == len(MESSAGES)
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["octets"]) == (0, len(MESSAGES), 0)
    assert server.heard(b"RETR") == len(MESSAGES)


def test_without_unique_ids_and_top_the_content_tells(client, serve):
    server = serve(answers={"UIDL": b"-ERR unknown command\r\n",
                            "TOP": b"-ERR unknown command\r\n"})
    server.capabilities = ["USER"]
    for _ in range(2):
        client.fetch()
        assert archived(client) == sorted(MESSAGES)
    client.change(**DELETE)
    assert client.fetch_report()["deleted"] == len(MESSAGES)
    assert server.deleted == {1, 2, 3, 4}


@pytest.mark.parametrize("headers_first", [False, True])
def test_a_header_rule_leaves_messages_out(client, serve, headers_first):
    listed = mail(9, 500, "List-Id: Friends <friends.example.test>\r\n")
    server = serve([*MESSAGES, listed], more={
        **DELETE, "headers_first": headers_first,
        "skip": [{"field": "list-id", "contains": "FRIENDS"}]})
    report = client.fetch_report()
    assert (report["fetched"], report["skipped"]) == (4, 1)
    assert archived(client) == sorted(MESSAGES)
    assert server.deleted == {1, 2, 3, 4}
    assert server.heard(b"RETR") == (4 if headers_first else 5)
    assert client.fetch_report()["skipped"] == 0
    assert server.heard(b"RETR") == (4 if headers_first else 5)


def test_large_messages_stay_until_they_are_wanted(client, serve):
    large = mail(9, 500)
    server = serve([*MESSAGES, large], more={**DELETE, "max_size": "1KiB"})
    assert client.fetch_report()["skipped"] == 1
    assert server.deleted == {1, 2, 3, 4}
    client.change(max_size=None)
    assert client.fetch_report()["fetched"] == 1
    assert server.deleted == {1, 2, 3, 4, 5}


def test_a_limited_number_stays_on_the_server(client, serve):
    server = serve(more={"keep_messages": 3})
    assert client.fetch_report()["deleted"] == 1
    assert server.deleted == {1}
    client.change(keep_messages=None, keep_size=f"{len(MESSAGES[0])}B")
    client.fetch()
    assert server.deleted == {1, 2, 3}
    assert archived(client) == sorted(MESSAGES)


def test_keep_deletes_nothing_this_time(client, serve):
    server = serve(more=DELETE)
    assert client.fetch_report("--keep")["deleted"] == 0
    assert server.deleted == set()


@pytest.mark.root
def test_a_full_disk_loses_nothing(client, serve):
    large = [mail(number, 5000) for number in range(1, 121)]
    server = serve(large, more=DELETE)
    disk = TinyDisk(client.archive, "8m")
    try:
        client.prefix = disk.inside
        said = client.fetch(code=IO_ERROR).stderr.decode()
        assert "No space left" in said or "disk is full" in said, said
        assert server.deleted == set()
        disk_full = client.fetch(code=None)
        assert disk_full.returncode == IO_ERROR
        # Each message that is there is whole.
        configured, client.archive = client.archive, disk.path
        assert set(archived(client)) < set(large)
        client.archive = configured
    finally:
        disk.close()
    client.prefix = []
    client.fetch(code=IO_ERROR)  # That disk is gone: another archive is begun deliberately.
    client.run("archive", "init", "--new")
    assert client.fetch_report(code=OK)["fetched"] == 120
    assert archived(client) == sorted(large)
    assert len(server.deleted) == 120
