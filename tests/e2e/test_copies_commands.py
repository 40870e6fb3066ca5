"""restantectl's part of copies: what may be copied where, what waits, what goes with an account.
No server runs: nothing is sent."""

import json
import sqlite3
import time

import pytest

DOMAIN = "example.test"
LMTP, SMTP = "lmtp:127.0.0.1:9", "smtp:relay.example.test:25"
USAGE, DATA, NO_USER, UNAVAILABLE, EXISTS = 64, 65, 67, 69, 73


class Office:
    """Two accounts, alice and bob."""

    def __init__(self, server):
        self.server = server
        for name in ("alice", "bob"):
            self.ctl("account", "add", name, "--password-stdin", data=b"secret\n")

    def ctl(self, *words, data=b""):
        return self.server.ctl(*words, data=data)

    def json(self, *words):
        return json.loads(self.ctl("--format", "json", *words).stdout)

    def fails(self, code, *words):
        result = self.server.ctl(*words, check=False)
        assert (result.returncode, result.stdout) == (code, b""), result
        return result.stderr.decode()

    def copy(self, name, *options):
        return self.json("account", "copy", name, *options)

    def deliver(self, name, *subjects):
        for subject in subjects:
            self.ctl("deliver", name, data=f"Subject: {subject}\r\n\r\ntext\r\n".encode())

    def labels(self, name):
        return [one["label"] for one in self.json("account", "copy", "list", name)["copies"]]

    def views(self, name):
        views = self.json("maildrop", "views", name)["views"]
        return {one["view"]: one for one in views if one["copy"]}

    def waiting(self, name, label="copy"):
        return self.views(name)[label]["messages"]

    def note(self, label, uid, *, tries=1, aside=False, reason="", wait=3600):
        """As the server notes that a message of alice's, or the target (no uid), has failed."""
        now = int(time.time() * 1000)
        file = self.server.data_dir / "copies.db"
        if not file.exists():
            self.ctl("copies", "retry")
        database = sqlite3.connect(file)
        with database:
            database.execute("INSERT INTO setback VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
                             (f"alice@{DOMAIN}", label, uid, tries, now, now + wait * 1000,
                              int(aside), reason))
        database.close()


@pytest.fixture
def office(make_server):
    return Office(make_server({"copies": {"targets": [LMTP, SMTP]},
                               "route": [{"pop3": "pop3s://far.test", "domains": ["far.test"]}]},
                              start=False))


@pytest.mark.sanitized
def test_a_copy_is_made_listed_and_removed(office):
    office.deliver("alice", "before")
    made = office.copy("alice", "--to", LMTP)
    assert made == {"name": f"alice@{DOMAIN}", "label": "copy", "target": LMTP, "waiting": 0}
    office.copy("alice", "--to", "smtp:Relay.example.test", "--as", "al@far.example", "--instead",
                "--keep-ids", "--from", "waiting")
    office.copy("bob", "--to", "account:ALICE", "--label", "Team")
    first, second, third = office.json("account", "copy", "list")["copies"]
    assert first.pop("created").endswith("Z")
    assert first == {"account": f"alice@{DOMAIN}", "label": "copy", "target": LMTP, "as": "",
                     "instead": False, "keep_ids": False, "paused": False}
    assert (second["label"], second["target"], second["as"]) == ("copy-2", SMTP, "al@far.example")
    assert second["instead"] and second["keep_ids"]
    assert (third["label"], third["target"]) == ("team", f"account:alice@{DOMAIN}")
    office.deliver("alice", "after")
    assert office.waiting("alice") == 1 and office.waiting("alice", "copy-2") == 2
    assert "2 messages wait" in office.fails(USAGE, "account", "copy", "remove", "alice", "copy-2")
    removed = office.json("account", "copy", "remove", "alice", "copy-2", "--yes")
    assert removed == {"name": f"alice@{DOMAIN}", "label": "copy-2", "not_sent": 2}
    assert office.labels("alice") == ["copy"] and list(office.views("alice")) == ["copy"]
    assert office.json("maildrop", "stats", "alice")["maildrops"][0]["messages"] == 2
    lines = office.ctl("account", "copy", "list").stdout.decode().splitlines()
    assert lines[0].split() == ["ACCOUNT", "LABEL", "TARGET", "AS", "OPTIONS", "STATE", "CREATED"]
    assert len({line.find(" on ") for line in lines[1:]}) == 1


REFUSED = [
    (USAGE, ["account", "copy"], "NAME"),
    (USAGE, ["account", "copy", "alice"], "--to"),
    (DATA, ["account", "copy", "alice", "--to", "imap:x"], "lmtp:host:port"),
    (NO_USER, ["account", "copy", "alice", "--to", "lmtp:127.0.0.1:10"], "copies.targets"),
    (NO_USER, ["account", "copy", "alice", "--to", "account:nobody"], f"nobody@{DOMAIN}"),
    (UNAVAILABLE, ["account", "copy", "alice", "--to", "account:Alice"], "itself"),
    (NO_USER, ["account", "copy", "nobody", "--to", LMTP], f"nobody@{DOMAIN}"),
    (DATA, ["account", "copy", "alice", "--to", LMTP, "--as", "a b"], "--as"),
    (DATA, ["account", "copy", "alice", "--to", "account:bob", "--as", "b@x.test"], "--as"),
    (DATA, ["account", "copy", "alice", "--to", LMTP, "--label", "a/b"], "a-z"),
    (DATA, ["account", "copy", "alice", "--to", LMTP, "--from", "never"], "30d"),
    (EXISTS, ["account", "copy", "alice", "--to", LMTP, "--label", "phone"], "--label"),
    (NO_USER, ["account", "copy", "pause", "alice", "copy"], "no such copy"),
    (NO_USER, ["account", "copy", "remove", "alice", "copy"], "no such copy"),
    (NO_USER, ["account", "copy", "remove", "alice", "phone"], "no such copy"),
    (NO_USER, ["copies", "show", "alice", "copy"], "no such copy"),
    (USAGE, ["copies", "drop", "alice", "copy"], "--uid"),
]


def test_what_cannot_be_copied_is_refused_and_leaves_nothing(office):
    office.ctl("device", "add", "alice", "phone", "--view", "own")
    for code, words, told in REFUSED:
        assert told in office.fails(code, *words), words
    assert office.labels("alice") == [] and office.views("alice") == {}


def test_an_account_elsewhere_has_no_copy(office):
    office.ctl("account", "add", "carol@far.test", "--password-stdin", data=b"x\n")
    words = ("account", "copy", "carol@far.test", "--to", LMTP)
    assert "another server" in office.fails(UNAVAILABLE, *words)
    office.fails(UNAVAILABLE, "account", "copy", "alice", "--to", "account:carol@far.test")
    office.ctl("account", "route", "carol@far.test", "here")
    office.ctl(*words)
    refused = office.fails(UNAVAILABLE, "account", "route", "carol@far.test", "pop3s://far.test")
    assert "account copy remove" in refused
    office.ctl("account", "copy", "remove", "carol@far.test", "copy")
    office.ctl("account", "route", "carol@far.test", "pop3s://far.test")


@pytest.mark.sanitized
def test_the_queue_is_shown_retried_and_dropped(office):
    office.copy("alice", "--to", LMTP)
    office.copy("bob", "--to", SMTP)
    office.deliver("alice", 1, 2, 3)
    shown = office.json("copies", "show", "alice")["messages"]
    assert [one["tries"] for one in shown] == [0, 0, 0]
    first, second, _ = (one["uid"] for one in shown)
    office.note("copy", first, aside=True, reason="550 5.1.1 no such user")
    office.note("copy", second, tries=4, reason="452 4.2.2 full\x1b[1m")
    alice, bob = office.json("copies")["copies"]
    assert (alice["waiting"], alice["set_aside"], alice["state"]) == (2, 1, "on"), alice
    assert alice["reason"].startswith("452") and alice["next_try"] and alice["oldest"]
    assert (bob["waiting"], bob["set_aside"], bob["oldest"], bob["next_try"]) == (0, 0, None, None)
    table = office.ctl("copies").stdout.decode()
    assert "\x1b" not in table and "452 4.2.2 full" in table
    one, two, three = office.json("copies", "show", "alice", "copy")["messages"]
    assert one["set_aside"] and one["next_try"] is None and one["reason"].startswith("550")
    assert (two["tries"], two["set_aside"], three["reason"]) == (4, False, "")
    assert office.json("copies", "retry", "alice", "copy", "--uid", first) == {"retried": 1}
    assert office.json("copies")["copies"][0]["set_aside"] == 0
    assert "unique id" in office.fails(NO_USER, "copies", "retry", "alice", "--uid", "none")
    assert "waits" in office.fails(NO_USER, "copies", "drop", "alice", "copy", "--uid", "none")
    dropped = office.json("copies", "drop", "alice", "copy", "--uid", first)
    assert dropped == {"name": f"alice@{DOMAIN}", "label": "copy", "dropped": [first]}
    assert office.waiting("alice") == 2
    listed = office.json("maildrop", "list", "alice")["messages"]
    assert [one["deleted"] for one in listed] == [False] * 3, "its owner keeps it"
    office.ctl("maildrop", "undelete", "alice", "--view", "copy", "--uid", first)
    assert office.waiting("alice") == 3, "it goes out once more"


def test_a_target_that_does_not_answer_holds_up_all(office):
    office.copy("alice", "--to", LMTP)
    office.deliver("alice", 1)
    office.note("copy", "", reason="Connection refused")
    (alice,) = office.json("copies")["copies"]
    assert (alice["waiting"], alice["reason"]) == (1, "Connection refused") and alice["next_try"]
    office.ctl("account", "copy", "pause", "alice", "copy")
    assert office.json("copies")["copies"][0]["state"] == "paused"
    assert office.json("copies", "retry", "alice") == {"retried": 1}
    office.ctl("account", "copy", "remove", "alice", "copy", "--yes")
    office.copy("alice", "--to", LMTP)
    assert office.json("copies")["copies"][0]["reason"] == "", "its notes went with it"


def test_a_copy_says_why_nothing_can_go_out(office):
    office.copy("alice", "--to", LMTP)
    office.copy("bob", "--to", SMTP)
    office.server.configure({"copies": {"targets": [SMTP]}})
    alice, bob = office.json("copies")["copies"]
    assert (alice["state"], bob["state"]) == ("no target", "on")
    for log in (office.server.data_dir / "maildrops").rglob("*"):
        if log.is_file():
            log.unlink()
    assert office.json("copies")["copies"][1]["state"] == "no view"
    office.ctl("account", "copy", "remove", "bob", "copy")


def test_its_view_is_the_copys_alone(office):
    office.copy("alice", "--to", LMTP)
    office.deliver("alice", 1)
    words = (("drop-view", "alice", "copy"), ("set-role", "alice", "copy", "reader"))
    for each in words:
        assert "account copy remove" in office.fails(UNAVAILABLE, "maildrop", *each)
    view = office.views("alice")["copy"]
    assert view["holds"] and not view["device"] and view["messages"] == 1
    line = office.ctl("maildrop", "views", "alice").stdout.decode().splitlines()[2]
    assert line.split()[:3] == ["copy", "copy", "yes"], line


@pytest.mark.sanitized
def test_what_goes_with_an_account(office):
    office.copy("alice", "--to", LMTP)
    office.copy("bob", "--to", "account:alice")
    office.deliver("alice", 1)
    assert "has a copy" in office.fails(UNAVAILABLE, "account", "remove", "alice")
    assert "account copy remove" in office.fails(UNAVAILABLE, "account", "purge", "alice", "--yes")
    office.ctl("account", "rename", "alice", "anna", "--no-alias")
    assert office.json("account", "copy", "list", "bob")["copies"][0]["target"] == \
        f"account:anna@{DOMAIN}"
    first, _ = office.json("copies")["copies"]
    assert (first["account"], first["waiting"]) == (f"anna@{DOMAIN}", 1)
    shown = office.json("account", "show", "anna")["copies"]
    assert [one["target"] for one in shown] == [LMTP]
    assert b"copy          copy: " + LMTP.encode() in office.ctl("account", "show", "anna").stdout
    listed = office.json("account", "list")["accounts"]
    assert [len(one["copies"]) for one in listed] == [1, 1]
    office.ctl("account", "copy", "remove", "bob", "copy")
    office.ctl("account", "purge", "anna", "--yes")
    assert office.json("copies")["copies"] == []
    acts = (office.server.data_dir / "acts.log").read_text()
    assert '"account copy"' in acts and '"account copy remove"' in acts
