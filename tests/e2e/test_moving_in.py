"""The recipes of docs/moving-in.md: from Dovecot in an evening, from a hoster by POP3; and back."""

import json

from harness.dovecot import PASSWORD, Dovecot
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.moved import look, look_here
from harness.server import Account


def look_there(dovecot, user):
    return look(("127.0.0.1", dovecot.port), user, PASSWORD)


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
