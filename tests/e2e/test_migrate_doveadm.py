"""restantectl migrate from what only Dovecot itself can read: sdbox, mdbox, compressed mail."""

import json
import subprocess

import pytest

from harness.dovecot import PASSWORD, Dovecot
from harness.messages import COMMON, numbered
from harness.moved import look, look_here

# Mail that looks like doveadm's own lines; a last line without its end.
TRAPS = [b"Subject: trap\r\n\r\n\f\r\nuid: 9\r\nsize.physical: 1\r\ntext:\r\nx\r\n",
         b"Subject: trap\n\n\f\nuid: 9\nsize.physical: 1\ntext:\nx\n\n"]
MAIL = [*COMMON.values(), *TRAPS, *(numbered(number) for number in range(20))]
# So long that one doveadm does not say all, and larger than what is heard at a time.
MANY = [numbered(number, 300_000 if number == 7 else 200) for number in range(1100)]
COMPRESSED = "mail_plugins = zlib\nplugin {\n  zlib_save = gz\n}\n"
KINDS = {
    "sdbox": "mail_location = sdbox:~/sdbox\n",
    "mdbox": "mail_location = mdbox:~/mdbox\nmdbox_rotate_size = 64k\n",
    "mdbox compressed": "mail_location = mdbox:~/mdbox\n" + COMPRESSED,
}


class Old:
    """A Dovecot, and what its administrator types."""

    def __init__(self, settings):
        self.dovecot = Dovecot(settings).start()
        self.words = f"doveadm -c {self.dovecot.folder}/dovecot.conf"

    def run(self, *words, data=b""):
        return subprocess.run([*self.words.split(), *words], input=data, check=True,
                              capture_output=True, timeout=120).stdout

    def deliver(self, user, messages, mailbox="INBOX"):
        for message in messages:
            self.run("save", "-u", user, "-m", mailbox, data=message)

    def look(self, user):
        return look(("127.0.0.1", self.dovecot.port), user, PASSWORD)

    def arrivals(self, user):
        return self.run("-f", "tab", "fetch", "-u", user, "date.received.unixtime", "mailbox",
                        "INBOX").split()[1:]


@pytest.fixture
def make_old():
    made = []

    def make(settings):
        made.append(Old(settings))
        return made[-1]
    yield make
    for old in made:
        old.dovecot.close()


def migrate(server, old, *words, check=True):
    result = server.ctl("--format", "json", "migrate", "--doveadm", old.words, *words, check=check)
    return json.loads(result.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_what_dovecot_keeps(server, account, make_old, kind):
    old = make_old(KINDS[kind])
    user = old.dovecot.add_account()
    old.deliver(user, MAIL)
    old.run("mailbox", "create", "-u", user, "Old mail")
    old.deliver(user, MAIL[:2], "Old mail")
    there = old.look(user)
    report = migrate(server, old, f"doveadm:{user}", "--account", account.name, "--verify")
    assert report["moved"] == report["accounts"][0]["same"] == len(MAIL)
    assert report["accounts"][0]["other_folders"] == [{"name": "Old mail", "messages": 2}]
    assert look_here(server, account) == there
    # And the next night nothing twice.
    old.deliver(user, [numbered(100)])
    assert migrate(server, old, f"doveadm:{user}", "--account", account.name)["moved"] == 1
    assert look_here(server, account) == old.look(user)


@pytest.mark.parametrize("uidl_format", ["%v.%u", "%g", "UID%u-%v"])
def test_formats_of_ids(server, account, make_old, uidl_format):
    old = make_old(KINDS["mdbox"] + f"pop3_uidl_format = {uidl_format}\n")
    user = old.dovecot.add_account()
    old.deliver(user, MAIL[:3])
    migrate(server, old, f"doveadm:{user}", "--account", account.name, "--uidl-format",
            uidl_format)
    assert look_here(server, account) == old.look(user)


def test_more_than_one_answer_holds(server, account, make_old):
    old = make_old("")  # Maildir: quick to fill.
    user = old.dovecot.add_account()
    old.dovecot.deliver(user, MANY)
    there = old.look(user)
    report = migrate(server, old, f"doveadm:{user}", "--account", account.name, "--verify")
    assert (report["moved"], report["differences"]) == (len(MANY), 0)
    assert look_here(server, account) == there


def test_what_cannot_be_asked(server, account):
    """A pattern would bring the mail of all users whom it meets."""
    for source, words, complaint in (("doveadm:*", "doveadm", "pattern"),
                                     ("doveadm:user?", "doveadm", "pattern"),
                                     ("doveadm:user", "/no/doveadm", "cannot be started"),
                                     ("doveadm:user", "/bin/false", "exit code 1"),
                                     ("doveadm:user", "/bin/echo", "not understood")):
        result = server.ctl("migrate", "--doveadm", words, source, "--account", account.name,
                            check=False)
        assert result.returncode not in (0, 70)
        assert complaint in result.stderr.decode()
