"""restantectl migrate from mbox files, as Dovecot and GNU Mailutils have served them."""

import json
import os
import shutil

import pytest

from harness.dovecot import PASSWORD, Dovecot
from harness.mailutils import Mailutils
from harness.moved import look, look_here

FROM = b"From a@example.org Mon Jan  1 00:00:%02d 2024\n"


def mbox(*messages):
    return b"".join(FROM % number + message + b"\n" for number, message in enumerate(messages))


INNER = b"x\n\nFrom a@b Mon Jan  1 00:00:01 2024\nSubject: inner\n\ny\n"
MAIL = mbox(
    b"From: a@example.org\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <1@x>\nStatus: RO\n"
    b"\nbody 1\n>From quoted\nFrom no separator\n\n",
    b"Subject: two\nX-Status: A\nReceived: from x\n\tby y; now\nReceived: from z\n\n.dot\n",
    b"Subject: three\nX-UIDL: abcde\nDate: x\n\nb3\n",
    b"Subject: counted\nContent-Length: %d\n\n" % len(INNER) + INNER,
    b"Subject: wrongly counted\nContent-Length: 5\n\nmore than five\n",
    b"Subject: empty\n\n",
    b"Subject: no body\n")


def migrate(server, *words, check=True):
    return json.loads(server.ctl("--format", "json", "migrate", *map(str, words),
                                 check=check).stdout)


class MboxDovecot(Dovecot):
    def __init__(self, settings=""):
        super().__init__()
        home = self.folder / "homes"
        home.mkdir()
        os.chown(home, self._owner.pw_uid, self._owner.pw_gid)
        os.chown(self._mail, self._owner.pw_uid, self._owner.pw_gid)
        text = self._config.read_text().replace(f"home={self._mail}/%u", f"home={home}/%u")
        self._config.write_text(f"{text}{settings}\nmail_privileged_group =\n"
                                f"mail_location = mbox:{home}/%u/mail:INBOX={self._mail}/%u\n")

    def put(self, user, text):
        path = self._mail / user
        path.write_bytes(text)
        os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        return path

    def look(self, user):
        return look(("127.0.0.1", self.port), user, PASSWORD)


@pytest.fixture(params=["%08Xu%08Xv", "%v.%u", "%m"], ids=lambda text: text.replace("%", ""))
def served(request):
    made = MboxDovecot(f"pop3_uidl_format = {request.param}").start()
    yield made, request.param
    made.close()


def test_dovecots_ids_and_octets(server, account, served):
    dovecot, uidl_format = served
    path = dovecot.put("alice", MAIL)
    there = dovecot.look("alice") if uidl_format != "%m" else None
    if uidl_format == "%m":  # The same id for all without such fields: no uids() of the harness.
        path = dovecot.put("alice", mbox(b"Date: 1\n\nx\n", b"Date: 2\n\ny\n"))
        there = dovecot.look("alice")
    report = migrate(server, path, "--account", account.name, "--uidl-format", uidl_format,
                     "--verify")
    assert report["moved"] == report["accounts"][0]["same"] == len(there.uids)
    assert look_here(server, account) == there


def test_mail_without_a_number_waits_for_the_last_run(server, account):
    dovecot = MboxDovecot().start()
    try:
        path = dovecot.put("bob", MAIL)
        there = dovecot.look("bob")
        with path.open("ab") as file:
            file.write(FROM % 50 + b"Subject: late\n\nlate\n\n")
        report = migrate(server, "mbox:" + str(path), "--account", account.name)
        assert (report["moved"], report["unnumbered"]) == (len(there.uids), 1)
        report = migrate(server, path, "--account", account.name, "--final")
        assert report["moved"] == 1
        # It gets a number after all: known again by its content.
        dovecot.look("bob")
        assert migrate(server, path, "--account", account.name, "--final")["moved"] == 0
    finally:
        dovecot.close()


def test_arrival_is_that_of_the_from_line(server, account, tmp_path):
    file = tmp_path / "mbox"
    file.write_bytes(b"From a@b Mon Jan  1 01:00:00 2024 +0100\nX-UIDL: u1\nSubject: x\n\ny\n\n")
    migrate(server, file, "--account", account.name)
    listed = json.loads(server.ctl("--format", "json", "maildrop", "list", account.name).stdout)
    messages = listed["messages"] if isinstance(listed, dict) else listed
    assert messages[0]["arrived"].startswith("2024-01-01T00:00:00")
    assert look_here(server, account).uids == [b"u1"]


def test_mailutils_ids(server, account):
    mailutils = Mailutils()
    text = mailutils._config.read_text()
    mailutils._config.write_text(text.replace("mailbox-type maildir", "mailbox-type mbox"))
    try:
        user = mailutils.add_account()
        inbox = mailutils._inbox(user)
        shutil.rmtree(inbox)
        inbox.write_bytes(MAIL)
        os.chown(inbox, mailutils._owner.pw_uid, mailutils._owner.pw_gid)
        mailutils.start()
        # The first session writes the ids into the file, and more.
        look(("127.0.0.1", mailutils.port), user, PASSWORD)
        there = look(("127.0.0.1", mailutils.port), user, PASSWORD)
        migrate(server, inbox, "--account", account.name)
        here = look_here(server, account)
        assert here.uids == there.uids
        for ours, theirs in zip(here.messages, there.messages):
            assert ours.partition(b"\r\n\r\n")[2] == theirs.partition(b"\r\n\r\n")[2]
    finally:
        mailutils.close()


def test_what_is_no_mbox(server, account, tmp_path):
    (tmp_path / "text").write_text("nothing of mail\n")
    result = server.ctl("migrate", str(tmp_path / "text"), "--account", account.name, check=False)
    assert result.returncode == 65 and b"no mbox" in result.stderr
