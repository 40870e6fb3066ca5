"""restantectl migrate --folders: mail that POP3 never showed goes into further accounts."""

import json
import subprocess

import pytest

from harness.dovecot import Dovecot
from harness.messages import numbered
from harness.moved import look_here
from harness.server import Account

NO_USER, USAGE = 67, 64
FOLDERS = {"Archive": 3, "Archive.2020": 2, "Old mail": 1}


class Old:
    def __init__(self, settings=""):
        self.dovecot = Dovecot(settings).start()
        self.words = ["doveadm", "-c", str(self.dovecot.folder / "dovecot.conf")]
        self.user = self.dovecot.add_account("alice@example.test")
        numbers = iter(range(100))
        self.mail = {name: [numbered(next(numbers)) for _ in range(count)]
                     for name, count in {"INBOX": 2, **FOLDERS}.items()}
        for name, messages in self.mail.items():
            if name != "INBOX":
                self.run("mailbox", "create", "-u", self.user, name)
            for message in messages:
                self.run("save", "-u", self.user, "-m", name, data=message)

    def run(self, *words, data=b""):
        subprocess.run([*self.words, *words], input=data, check=True, capture_output=True,
                       timeout=120)


@pytest.fixture(params=["maildir", "mdbox"])
def old(request):
    made = Old("" if request.param == "maildir" else "mail_location = mdbox:~/mdbox\n"
               "namespace inbox {\n  inbox = yes\n  separator = .\n}\n")
    made.source = str(made.dovecot.folder / "mail" / made.user) if request.param == "maildir" \
        else f"doveadm:{made.user}"
    yield made
    made.dovecot.close()


def migrate(server, old, *words, check=True):
    result = server.ctl("--format", "json", "migrate", "--doveadm", " ".join(old.words),
                        old.source, "--account", old.user, *words, check=check)
    return result.returncode, json.loads(result.stdout)


def text_of(server, name, password):
    return look_here(server, Account(name, password)).messages


def test_into_accounts_that_are_made(make_server, old):
    server = make_server()
    alice = server.add_account(old.user)
    _, report = migrate(server, old)
    assert report["moved"] == 2  # As ever: the others are named.
    assert sorted(folder["messages"] for folder in report["accounts"][0]["other_folders"]) == \
        [1, 2, 3]

    # The accounts must be there, and are not made unless that was asked for.
    code, report = migrate(server, old, "--folders", check=False)
    assert code == NO_USER and report["moved"] == 0
    assert "no account alice+archive@example.test here: make it, or say --make" in \
        [account.get("failure", "").partition(": ")[2] for account in report["accounts"]]

    server.add_account("alice+archive@example.test", "another")
    _, report = migrate(server, old, "--folders", "--make", "--dry-run")
    assert report["to_move"] == 6
    _, report = migrate(server, old, "--folders", "--make", "--verify")
    assert (report["moved"], report["differences"]) == (6, 0)
    assert {folder["account"] for folder in report["accounts"][0]["other_folders"]} == {
        "alice+archive@example.test", "alice+archive.2020@example.test",
        "alice+old_mail@example.test"}
    assert text_of(server, "alice+archive@example.test", "another") == old.mail["Archive"]
    for account, folder in (("alice+archive.2020", "Archive.2020"), ("alice+old_mail", "Old mail")):
        assert text_of(server, account + "@example.test", alice.password) == old.mail[folder]
    assert text_of(server, old.user, alice.password) == old.mail["INBOX"]
    # And nothing twice; the rule is told.
    assert migrate(server, old, "--folders", "--make")[1]["moved"] == 0
    told = server.ctl("migrate", "--doveadm", " ".join(old.words), old.source, "--account",
                      old.user, "--folders")
    assert b"the folder .Archive of alice@example.com is alice+archive@example.com" in told.stderr
    assert b"for alice+old_mail@example.test" in told.stdout


def test_make_alone_means_nothing(server):
    result = server.ctl("migrate", "/x", "--all", "--make", check=False)
    assert result.returncode == USAGE and b"--folders" in result.stderr
