"""Retention: what is announced, what is deleted by itself, and what must not be."""

import pytest

from harness.fill import fill, small
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3, login_when_free

pytestmark = pytest.mark.sanitized

SOON = {"upkeep_interval": "1s"}
SECONDS = 60


def expire(pop3):
    [found] = [line for line in pop3.lines("CAPA") if line.startswith(b"EXPIRE")]
    return found


def count(server, account):
    with Pop3(server.address("pop3")) as pop3:
        messages = pop3.login(account).stat()[0]
        pop3.quit()
        return messages


def wait_for(server, text):
    server.process.wait_line(lambda line: text in line, SECONDS)


def test_expire_is_announced(make_server):
    server = make_server({"maildrop": {"retention_days": 30}})
    first, second = server.add_account(), server.add_account()

    def announced(account):
        with Pop3(server.address("pop3")) as pop3:
            before = expire(pop3)
            after = expire(pop3.login(account))
            pop3.quit()
            return before, after

    assert announced(first) == (b"EXPIRE 30", b"EXPIRE 30")
    server.ctl("account", "retention", first.name, "--days", "never")
    assert announced(first) == (b"EXPIRE 30 USER", b"EXPIRE NEVER")
    server.ctl("account", "retention", second.name, "--days", "7", "--from", "retrieval")
    assert announced(first) == (b"EXPIRE 7 USER", b"EXPIRE NEVER")
    assert announced(second) == (b"EXPIRE 7 USER", b"EXPIRE 7")
    server.ctl("account", "retention", first.name, "--days", "default")
    server.ctl("account", "retention", second.name, "--days", "default")
    assert announced(second) == (b"EXPIRE 30", b"EXPIRE 30")
    server.configure({"maildrop": {}, "listen": server.config["listen"]})
    server.reload()
    wait_for(server, "reloaded")
    assert announced(second) == (b"EXPIRE NEVER", b"EXPIRE NEVER")


def test_days_from_arrival(make_server):
    server = make_server({"maildrop": {"retention_days": 30, **SOON}}, start=False)
    account, keeper, gone = (server.add_account() for _ in range(3))
    server.ctl("account", "retention", keeper.name, "--days", "never")
    for owner in (account, keeper, gone):
        fill(server, owner, "--count", 3, "--days-ago", 31)
    fill(server, account, "--count", 2, "--days-ago", 29)
    server.ctl("account", "remove", gone.name)
    server.start()
    wait_for(server, f"upkeep account={account.name} expired=3 ")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert [message for _, message in pop3.retr_all(pop3.uids())] == [small(1), small(2)]
        pop3.quit()
    assert count(server, keeper) == 3
    listed = server.ctl("maildrop", "list", gone.name).stdout.decode()
    assert listed.count("waiting") == 3, "the mail of a removed account stays"
    # Expired mail does not come back.
    server.restart()
    assert count(server, account) == 2


def test_days_from_retrieval(make_server):
    rule = {"retention_days": 30, "retention_from": "retrieval"}
    server = make_server({"maildrop": {**rule, **SOON}}, start=False)
    seen, unseen = server.add_account(), server.add_account()
    fill(server, seen, "--count", 3, "--days-ago", 31, "--retrieved")
    fill(server, unseen, "--count", 3, "--days-ago", 31)
    server.start()
    wait_for(server, f"upkeep account={seen.name} expired=3 ")
    assert count(server, seen) == 0
    assert count(server, unseen) == 3, "nobody has fetched it"


@pytest.mark.parametrize("start,noted", [("retrieval", True), ("arrival", False)])
def test_a_retrieval_is_noted_at_quit_where_it_counts(make_server, start, noted):
    server = make_server({"maildrop": {"retention_days": 30, "retention_from": start}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
    [log] = server.data_dir.glob("maildrops/*/*.log")
    before = log.stat().st_size

    def session(command, end):
        pop3 = login_when_free(server.address("pop3"), account)
        pop3.lines(command)
        if end == "QUIT":
            pop3.quit()
        else:
            pop3.abort()
        return log.stat().st_size > before

    assert not session("TOP 1 0", "QUIT")
    assert not session("RETR 1", "abort"), "only QUIT ends a session"
    assert session("RETR 1", "QUIT") == noted
    assert count(server, account) == 1


def test_reload_changes_the_default(make_server):
    server = make_server({"maildrop": SOON}, start=False)
    account = server.add_account()
    fill(server, account, "--count", 3, "--days-ago", 31)
    server.start()
    assert count(server, account) == 3
    server.configure({"maildrop": {"retention_days": 30, **SOON}})
    server.reload()
    wait_for(server, f"upkeep account={account.name} expired=3 ")
    assert count(server, account) == 0


def test_a_session_keeps_what_it_has_seen(make_server):
    """Nothing expires under a session; as soon as it is over, the next pass goes on."""
    server = make_server({"maildrop": {"undelete_window": "0s", **SOON}}, start=False)
    account, other = server.add_account(), server.add_account()
    for owner in (account, other):
        fill(server, owner, "--count", 5, "--days-ago", 31)
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        for owner in (account, other):
            server.ctl("account", "retention", owner.name, "--days", "30")
        wait_for(server, f"upkeep account={other.name} expired=5 ")
        assert [message for _, message in pop3.retr_all(range(1, 6))] == [
            small(number) for number in range(1, 6)]
        pop3.ok("DELE 1")
        pop3.quit()
    wait_for(server, f"upkeep account={account.name} expired=4 ")
    assert count(server, account) == 0


def test_the_clerk_shows_retentions(make_server):
    server = make_server(start=False)
    server.add_account("a")
    for words in (["--days", "0"], ["--days", "-1"], ["--days", "36501"], ["--days", "1d"],
                  ["--from", "login"]):
        result = server.ctl("account", "retention", "a", *words, check=False)
        assert result.returncode == 64 and words[0].encode() in result.stderr, result
    server.ctl("account", "retention", "a", "--days", "30", "--from", "retrieval")
    assert "30 days from retrieval" in server.ctl("account", "show", "a").stdout.decode()
    server.ctl("account", "retention", "a", "--days", "never")
    assert "retention     never" in server.ctl("account", "show", "a").stdout.decode()


def test_a_passwd_file_has_the_defaults(make_server):
    server = make_server(start=False)
    users = server.write_secret("users", "alice@example.test:{PLAIN}secret\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)},
                      "maildrop": {"retention_days": 30}})
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        assert expire(pop3) == b"EXPIRE 30"
    server.ctl("account", "retention", "alice", "--days", "1")
    with Pop3(server.address("pop3")) as pop3:
        assert expire(pop3) == b"EXPIRE 1 USER"
