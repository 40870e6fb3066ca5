"""The recipes of docs/moving-in.md: from Dovecot in an evening, user by user, from a hoster by
POP3; and back."""

import json

import pytest

from harness.deadline import poll
from harness.dovecot import PASSWORD, Dovecot
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.moved import look, look_here
from harness.old_server import OldServer
from harness.postfix import Postfix
from harness.server import Account
from test_senders import submit as submit_from


def look_there(dovecot, user):
    return look(("127.0.0.1", dovecot.port), user, PASSWORD)


def submit(relay, recipient, mail):
    submit_from(relay, "sender@example.org", [recipient], mail)


def migrate(server, *words):
    return json.loads(server.ctl("--format", "json", "migrate", *words).stdout)


def test_from_dovecot_in_an_evening_and_back(make_server):
    dovecot = Dovecot().start()
    try:
        users = [dovecot.add_account(f"{name}@example.test") for name in ("alice", "bob", "carol")]
        for number, user in enumerate(users):
            dovecot.deliver(user, [numbered(10 * number + each) for each in range(4)])
            look_there(dovecot, user)

        server = make_server(start=False)
        passwords = server.write_secret("users", "".join(
            f"{user}:{{PLAIN}}{PASSWORD}:1000:1000::/home/x::\n" for user in users))
        server.ctl("account", "import", str(passwords))
        source = str(dovecot.folder / "mail" / "%u")
        assert migrate(server, source, "--all", "--dry-run")["to_move"] == 12
        assert migrate(server, source, "--all")["moved"] == 12

        # A day later: one has looked, one has not, and one has deleted something.
        for user in users[:2]:
            dovecot.deliver(user, [numbered(100)])
        there = {user: look_there(dovecot, user) for user in users}
        dovecot.deliver(users[1], [numbered(101)])
        assert migrate(server, source, "--all")["moved"] == 2

        dovecot.stop()
        report = migrate(server, source, "--all", "--final", "--verify")
        assert (report["moved"], report["failed_accounts"], report["differences"]) == (1, 0, 0)
        server.start()
        here = {user: look_here(server, Account(user, PASSWORD)) for user in users}
        for user in (users[0], users[2]):
            assert here[user] == there[user]
        assert here[users[1]].uids[:-1] == there[users[1]].uids
        assert here[users[1]].messages == [*there[users[1]].messages, numbered(101)]

        # Back: nothing has changed there.
        server.stop()
        dovecot.start()
        assert {user: look_there(dovecot, user).uids[:5] for user in users} == \
            {user: seen.uids for user, seen in there.items()}
    finally:
        dovecot.close()


def test_from_a_hoster_by_pop3_only(make_server):
    hoster = Dovecot().start()
    try:
        users = [hoster.add_account(f"{name}@example.test") for name in ("alice", "bob")]
        for number, user in enumerate(users):
            hoster.deliver(user, [numbered(10 * number + each) for each in range(4)])
        server = make_server()
        accounts = server.write_secret("users.csv", "name,password\n" + "".join(
            f"{user},{PASSWORD}\n" for user in users))
        passwords = server.write_secret("passwords", "".join(
            f"{user} - {PASSWORD}\n" for user in users))
        server.ctl("account", "import", str(accounts))
        words = (f"pop3s://127.0.0.1:{hoster.tls_port}", "--map", str(passwords), "--ca-file",
                 str(hoster.certificate))
        assert migrate(server, *words, "--dry-run")["to_move"] == 8
        assert migrate(server, *words)["moved"] == 8

        # The record of the MX is in caches still: mail comes to both.
        hoster.deliver(users[0], [numbered(100)])
        with Lmtp(server.address("lmtp")) as lmtp:
            [(code, _)] = lmtp.data(numbered(200), users[0])
            assert code == 250
        there = {user: look_there(hoster, user) for user in users}
        report = migrate(server, *words, "--verify")
        assert (report["moved"], report["failed_accounts"], report["differences"]) == (1, 0, 0)

        alice, bob = (look_here(server, Account(user, PASSWORD)) for user in users)
        assert bob == there[users[1]]
        assert set(there[users[0]].uids) < set(alice.uids) and len(alice.uids) == 6
        assert [text for uid, text in zip(alice.uids, alice.messages)
                if uid in there[users[0]].uids] == there[users[0]].messages
        # Back: nothing has changed there.
        assert look_there(hoster, users[0]) == there[users[0]]
    finally:
        hoster.close()


@pytest.mark.root
def test_user_by_user_behind_one_address(make_server):
    old = OldServer()
    relay = None
    try:
        users = [old.add_user(4, f"{name}@example.test") for name in ("alice", "bob", "carol")]
        there = {user: old.seen_by(user) for user in users}

        # All are passed on, and their mail with them.
        server = old.start_new(make_server, {"migrate": {}})
        relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"]).start()
        submit(relay, users[0].name, numbered(100))
        poll(lambda: len(old.seen_by(users[0]).uids) == 5, 60, "the mail at the old server")
        server.stop()
        relay.stop()
        server.configure({**server.config, "migrate": {"on_login": ["example.test"]}})
        server.start()
        relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"]).start()

        # The first comes; mail is for here, and of the others for there.
        alice, bob, carol = users
        here = look_here(server, alice)
        assert here.uids[:4] == there[alice].uids and len(here.uids) == 5
        for user in (alice, bob):
            submit(relay, user.name, numbered(200))
        poll(lambda: len(look_here(server, alice).uids) == 6, 60, "the mail here")
        poll(lambda: len(old.seen_by(bob).uids) == 5, 60, "the mail there")
        here = look_here(server, bob)
        assert here.uids[:4] == there[bob].uids and len(here.uids) == 5
        listed = server.ctl("account", "list").stdout.decode()
        assert alice.name in listed and bob.name in listed and carol.name not in listed

        # Who has not come is moved by hand.
        passwords = server.write_secret("passwords", f"{carol.name} - {carol.password}\n")
        accounts = server.write_secret("users.csv",
                                       f"name,password\n{carol.name},{carol.password}\n")
        server.ctl("account", "import", str(accounts))
        migrate(server, f"pop3s://127.0.0.1:{old.dovecot.tls_port}", "--map", str(passwords),
                "--ca-file", str(old.dovecot.certificate))
        server.ctl("account", "route", carol.name, "here")
        assert look_here(server, carol) == there[carol]

        # One goes back: his mail is there still.
        server.ctl("account", "route", bob.name, old.route()["pop3"])
        assert look_here(server, bob).uids[:4] == there[bob].uids
        submit(relay, bob.name, numbered(300))
        poll(lambda: len(old.seen_by(bob).uids) == 6, 60, "the mail there")
    finally:
        if relay:
            relay.stop()
        old.close()


@pytest.mark.root
def test_from_a_hoster_with_passwords_learnt_at_login(make_server):
    hoster = OldServer()
    relays = []
    try:
        alice, bob = (hoster.add_user(4, f"{name}@example.test") for name in ("alice", "bob"))
        there = {user: hoster.seen_by(user) for user in (alice, bob)}
        server = hoster.start_new(make_server, {"route": {"lmtp": None}})
        relays.append(Postfix(f"lmtp:inet:127.0.0.1:{hoster.lmtp_port}", ["example.test"]).start())
        relays.append(Postfix(
            f"smtp:[127.0.0.1]:{server.port('smtp')}", ["example.test"],
            f"smtp_fallback_relay = [127.0.0.1]:{relays[0].port}").start())

        # Mail for who is not here goes to the hoster's MX.
        submit(relays[1], alice.name, numbered(100))
        poll(lambda: len(hoster.seen_by(alice).uids) == 5, 60, "the mail at the hoster")
        here = look_here(server, alice)
        assert here.uids[:4] == there[alice].uids and len(here.uids) == 5
        for user in (alice, bob):
            submit(relays[1], user.name, numbered(200))
        poll(lambda: len(look_here(server, alice).uids) == 6, 60, "the mail here")
        poll(lambda: len(hoster.seen_by(bob).uids) == 5, 60, "the mail at the hoster")
        assert len(look_here(server, bob).uids) == 5
        assert len(hoster.seen_by(alice).uids) == 5
    finally:
        for relay in relays:
            relay.stop()
        hoster.close()
