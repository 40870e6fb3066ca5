"""Users of an old server who come over when they log in: [migrate] on_login."""

import contextlib
import json
import threading

import pytest

from harness.certs import make_certificate
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.moved import look, look_here
from harness.old_server import OldServer, hand_in
from harness.pop3 import Pop3
from harness.server import Account, ServerFactory, listen
from harness.two_servers import log_in
from harness.wire import Closed
from test_routes import metric

BEING_MOVED = b"-ERR [SYS/TEMP] your mail is being moved, try again in a minute"
BIG = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 3000

pytestmark = pytest.mark.sanitized


@pytest.fixture(scope="module")
def old():
    server = OldServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def shared(old):
    factory = ServerFactory()
    yield old.start_new(factory)
    factory.close()


@pytest.fixture(autouse=True)
def released(old):
    yield
    old.turnstile.release()
    old.mail_turnstile.release()


def answer(server, account):
    """To PASS."""
    with Pop3(server.address("pop3", "implicit"), "implicit") as pop3:
        said = pop3.try_login(account)
        if said.startswith(b"+OK"):
            pop3.ok("QUIT")
        return said


def is_account(server, account):
    return server.ctl("account", "show", account.name, check=False).returncode == 0


def route_of(server, account):
    return server.ctl("account", "route", account.name).stdout.decode().strip()


def waiting(server, account):
    """A login under way: what it hears is in the list when it is over."""
    heard = []

    def ask():
        with contextlib.suppress(Closed, OSError):  # The server may be killed meanwhile.
            heard.append(answer(server, account))
    thread = threading.Thread(target=ask)
    thread.start()
    return thread, heard


def comes_over(server, account):
    """As a mail client would: again and again, for as long as it is told to try again."""
    def attempt():
        said = answer(server, account)
        assert said.startswith((b"+OK", b"-ERR [SYS/TEMP]")), said
        return said.startswith(b"+OK")
    poll(attempt, 120, f"{account.name} is here")
    assert route_of(server, account) == "here"


def test_user_comes_over(old, shared):
    alice = old.add_user(5)
    there = old.seen_by(alice)
    made, moved = (metric(shared, f"migrate_accounts_{name}_total") for name in ("made", "moved"))
    here = look(shared.address("pop3", "implicit"), alice.name, alice.password, "implicit")
    assert here == there
    assert route_of(shared, alice) == "here"
    entry = json.loads(shared.ctl("--format", "json", "account", "show", alice.name).stdout)
    assert "ARGON2ID" in json.dumps(entry)
    assert metric(shared, "migrate_accounts_made_total") == made + 1
    assert metric(shared, "migrate_accounts_moved_total") == moved + 1
    shared.logged(rf"account made at its login account={alice.name} route=pop3s://127")
    shared.logged(rf"mail brought account={alice.name} .*messages=5")
    shared.logged(rf"moved here account={alice.name}")
    # From now on nothing is asked there, and mail is for here.
    asked = old.turnstile.connections
    assert hand_in(shared, alice.name, numbered(100)) == [250]
    assert look_here(shared, alice).uids[:5] == there.uids
    assert len(look_here(shared, alice).uids) == 6
    assert answer(shared, Account(alice.name, "wrong")).startswith(b"-ERR [AUTH]")
    assert old.turnstile.connections == asked
    assert old.seen_by(alice) == there


def test_one_canonical_name(old, shared):
    there = old.add_user(2, "alice2@example.test")
    for name in ("ALICE2@Example.TEST", "alice2@example.test", "Alice2"):
        assert answer(shared, Account(name, there.password)).startswith(b"+OK")
    assert shared.ctl("account", "list").stdout.decode().lower().count("alice2") == 1
    assert len(look_here(shared, there).uids) == 2


def test_wrong_password_makes_nothing(old, shared):
    bob = old.add_user()
    failed = metric(shared, "logins_failed_total")
    refused = metric(shared, "migrate_passwords_refused_total")
    assert answer(shared, Account(bob.name, "wrong")).startswith(b"-ERR [AUTH]")
    assert not is_account(shared, bob)
    assert metric(shared, "logins_failed_total") == failed + 1
    assert metric(shared, "migrate_passwords_refused_total") == refused + 1
    shared.logged(rf"pop3 login failed .*user={bob.name} .*reason=\"?pop3s://")
    assert answer(shared, bob).startswith(b"+OK")


def test_limits_hold_before_the_old_server_is_asked(old, make_server):
    server = old.start_new(make_server, {"limits": {
        "failed_logins": 2, "failed_login_delay": "0s", "trusted_networks": []}})
    bob = old.add_user()
    for wrong in ("one", "another"):
        assert answer(server, Account(bob.name, wrong)).startswith(b"-ERR [AUTH]")
    asked = old.turnstile.connections
    assert answer(server, bob).startswith(b"-ERR [SYS/TEMP]")
    assert old.turnstile.connections == asked
    server.logged(r"pop3 login refused .*limits\.failed_logins")


def test_old_server_is_who_it_says_it_is(old, make_server, tmp_path):
    bob = old.add_user()
    another, _ = make_certificate(tmp_path, "another", ["127.0.0.1"])
    server = old.start_new(make_server, {"route": {"ca_file": str(another)}})
    assert answer(server, bob).startswith(b"-ERR [SYS/TEMP]")
    assert not is_account(server, bob)
    assert metric(server, "migrate_passwords_unasked_total") == 1


def test_waits_no_longer_than_it_may_and_the_move_goes_on(old, make_server):
    """Meanwhile mail comes on both sides, and is there once."""
    server = old.start_new(make_server, wait="1s")
    carol = old.add_user()
    old.dovecot.deliver(carol.name, [BIG])
    there = old.seen_by(carol)
    old.turnstile.hold(2, after=100_000)  # The first was the question.
    assert answer(server, carol) == BEING_MOVED
    old.turnstile.await_held()
    # A second login neither gets in nor begins a second move.
    assert answer(server, carol) == BEING_MOVED
    assert answer(server, Account(carol.name, "wrong")).startswith(b"-ERR [AUTH]")
    assert route_of(server, carol).startswith("moving from pop3s://")
    assert hand_in(server, carol.name, numbered(50)) == [250]  # To the old server still.
    assert len(old.seen_by(carol).uids) == len(there.uids) + 1
    old.dovecot.deliver(carol.name, [numbered(51)])
    old.turnstile.hold(1)  # What came meanwhile.
    old.turnstile.release_held()
    poll(lambda: "mail by" not in route_of(server, carol), 60, "the route has turned")
    assert hand_in(server, carol.name, numbered(52)) == [250]  # Here, by now.
    assert answer(server, carol) == BEING_MOVED
    old.dovecot.deliver(carol.name, [numbered(53)])
    old.turnstile.release()
    comes_over(server, carol)
    here = look_here(server, carol)
    assert here.uids[:len(there.uids)] == there.uids
    at_end = [text.split(b"Subject: ")[1].split(b"\r\n")[0] for text in here.messages]
    assert sorted(at_end[len(there.uids):]) == [b"number 50", b"number 51", b"number 52",
                                                b"number 53"]
    assert len(set(here.uids)) == len(here.uids) == len(there.uids) + 4


def test_mail_that_is_on_its_way_there_when_the_route_turns(old, make_server):
    """It arrives at the old server behind our back, and is fetched before anybody logs in."""
    server = old.start_new(make_server, wait="1s")
    ivan = old.add_user()
    old.mail_turnstile.hold(1)
    codes = []
    sender = threading.Thread(target=lambda: codes.extend(
        hand_in(server, ivan.name, numbered(60))))
    sender.start()
    old.mail_turnstile.await_held()
    assert answer(server, ivan) == BEING_MOVED
    poll(lambda: "mail by" not in route_of(server, ivan), 60, "the route has turned")
    assert answer(server, ivan) == BEING_MOVED
    assert "moving from" in route_of(server, ivan)
    old.mail_turnstile.release()
    sender.join(60)
    assert codes == [250]
    comes_over(server, ivan)
    here = look_here(server, ivan)
    assert here == old.seen_by(ivan) and len(here.uids) == 4


def kill_while_held(old, server, account, connection, after=0):
    """The server dies while this question waits for its answer."""
    old.turnstile.hold(connection, after)
    thread, _ = waiting(server, account)
    old.turnstile.await_held()
    server.kill()
    old.turnstile.release()
    thread.join(60)


@pytest.mark.parametrize(("connection", "after"), [(1, 0), (2, 0), (2, 100_000), (3, 0)])
def test_killed_at_any_step_it_is_resumed(old, make_server, connection, after):
    server = old.start_new(make_server)
    dave = old.add_user()
    old.dovecot.deliver(dave.name, [BIG, numbered(9)])
    there = old.seen_by(dave)
    kill_while_held(old, server, dave, connection, after)
    server.start()
    assert is_account(server, dave) == (connection > 1)
    old.dovecot.deliver(dave.name, [numbered(10)])
    comes_over(server, dave)
    here = look_here(server, dave)
    assert here.uids[:len(there.uids)] == there.uids
    assert here.messages == [*there.messages, numbered(10)]


def test_a_name_that_was_here_is_never_made_again(old, shared):
    removed, purged, renamed, disabled, alias = (old.add_user(1) for _ in range(5))
    for account in (removed, purged, renamed, disabled):
        shared.ctl("account", "add", account.name, "--password-stdin", data=b"another\n")
    shared.ctl("account", "remove", removed.name)
    shared.ctl("account", "purge", purged.name, "--yes")
    shared.ctl("account", "rename", renamed.name, "new-name@example.test", "--no-alias")
    shared.ctl("account", "disable", disabled.name)
    shared.ctl("alias", "add", alias.name, "new-name@example.test")
    made, asked = metric(shared, "migrate_accounts_made_total"), old.turnstile.connections
    for account in (removed, purged, renamed, disabled, alias):
        assert answer(shared, account).startswith(b"-ERR [AUTH]"), account.name
    assert metric(shared, "migrate_accounts_made_total") == made
    assert old.turnstile.connections == asked
    # Only its operator makes it again.
    shared.ctl("account", "add", purged.name, "--password-stdin", data=b"another\n")
    shared.ctl("account", "route", purged.name, "here")
    assert answer(shared, Account(purged.name, "another")).startswith(b"+OK")


def test_so_many_at_once(old, make_server):
    server = old.start_new(make_server, checks=1)
    first, second = old.add_user(), old.add_user()
    old.turnstile.hold(1)
    thread, heard = waiting(server, first)
    old.turnstile.await_held()
    asked = old.turnstile.connections
    for account in (first, second):
        said = answer(server, account)
        assert said.startswith(b"-ERR [SYS/TEMP]") and said != BEING_MOVED, said
    assert old.turnstile.connections == asked
    old.turnstile.release()
    thread.join(60)
    assert heard[0].startswith(b"+OK")
    comes_over(server, second)


def test_mail_for_those_who_are_not_here_yet(old, make_server):
    erin = old.add_user(0)
    server = old.start_new(make_server)
    assert hand_in(server, erin.name, numbered(1)) == [250]
    assert [text.endswith(numbered(1)) for text in old.seen_by(erin).messages] == [True]
    assert not is_account(server, erin)
    without = old.start_new(make_server, {"route": {"lmtp": None}})
    with Lmtp(without.address("lmtp")) as lmtp:
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        lmtp.expect(f"RCPT TO:<{erin.name}>", 451)


def test_whose_move_fails_is_told_to_try_again_and_the_operator_why(old, make_server):
    server = old.start_new(make_server, {"maildrop": {"reserve": "1000TiB"}})
    frank = old.add_user()
    assert answer(server, frank) == BEING_MOVED
    server.logged(rf"not moved here yet account={frank.name} route=pop3s://.* reason=")
    assert metric(server, "migrate_moves_failed_total") == 1
    server.stop()
    server.configure({key: value for key, value in server.config.items() if key != "maildrop"})
    server.start()
    comes_over(server, frank)


def test_sessions_that_another_server_passes_on_do_not_come_over(old, make_server):
    grace = old.add_user()
    server = old.start_new(make_server, {"listen": [
        {**listen("pop3", "implicit"), "proxy_networks": ["127.0.0.1"]}]})
    with Pop3(server.address("pop3", "implicit"), "implicit") as pop3:
        pop3.ok("XCLIENT ADDR=192.0.2.1")
        assert pop3.try_login(grace).startswith(b"-ERR [SYS/TEMP]")
    assert not is_account(server, grace)


def test_off_by_default(old, make_server):
    heidi = old.add_user(2)
    server = old.start_new(make_server, {"migrate": {}})
    with log_in(server, heidi) as pop3:
        assert len(pop3.uids()) == 2
        pop3.ok("QUIT")
    assert not is_account(server, heidi)
