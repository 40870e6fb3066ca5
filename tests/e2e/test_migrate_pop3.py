"""restantectl migrate from any server by POP3: with each user's password, or as a master user."""

import json
import os
import subprocess

import pytest

from harness.cyrus import Cyrus
from harness.dovecot import PASSWORD, Dovecot
from harness.mailutils import Mailutils
from harness.messages import COMMON, numbered
from harness.moved import look, look_here

MAIL = [*COMMON.values(), *(numbered(number) for number in range(60))]
MASTER = """
passdb {
  driver = static
  args = password=the-masters
  master = yes
}
"""
NO_PERMISSION, USAGE = 77, 64


@pytest.fixture(scope="module")
def dovecot():
    made = Dovecot(MASTER).start()
    yield made
    made.close()


def migrate(server, *words, check=True):
    result = server.ctl("--format", "json", "migrate", *map(str, words), check=check)
    return json.loads(result.stdout)


def secret(tmp_path, text):
    return closed(tmp_path / "secret", text + "\n")


def closed(path, text):
    """A file that only its owner may read: restantectl insists on it."""
    path.touch(mode=0o600)
    path.write_text(text)
    return path


@pytest.fixture(params=["pop3s", "pop3"])
def source(request, dovecot):
    """TLS from the first octet, and by STLS."""
    user = dovecot.add_account()
    dovecot.deliver(user, MAIL)
    there = look(("127.0.0.1", dovecot.port), user, PASSWORD)
    port = dovecot.tls_port if request.param == "pop3s" else dovecot.port
    return f"{request.param}://{user}@127.0.0.1:{port}", there


def test_with_the_users_password(server, account, dovecot, source, tmp_path):
    place, there = source
    words = ("--ca-file", dovecot.certificate, "--verify")
    closed(tmp_path / "map", f"{account.name} {place} {PASSWORD}\n")
    report = migrate(server, "--map", tmp_path / "map", *words)
    assert report["moved"] == report["accounts"][0]["same"] == len(MAIL)
    assert look_here(server, account) == there
    (tmp_path / "map").write_text(f"{account.name} - file:{secret(tmp_path, PASSWORD)}\n")
    assert migrate(server, place, "--map", tmp_path / "map", *words)["moved"] == 0


def test_as_a_master_user(server, account, dovecot, source, tmp_path):
    place, there = source
    migrate(server, place, "--account", account.name, "--master-user", "admin", "--password-file",
            secret(tmp_path, "the-masters"), "--ca-file", dovecot.certificate)
    assert look_here(server, account) == there


def test_a_certificate_of_an_unknown_authority(server, account, source, tmp_path):
    result = server.ctl("migrate", source[0], "--account", account.name, "--password-file",
                        str(secret(tmp_path, PASSWORD)), check=False)
    assert result.returncode == NO_PERMISSION and PASSWORD.encode() not in result.stderr
    assert look_here(server, account).uids == []


def test_a_wrong_password(server, account, dovecot, source, tmp_path):
    result = server.ctl("migrate", source[0], "--account", account.name, "--password-file",
                        str(secret(tmp_path, "wrong-one")), "--ca-file", str(dovecot.certificate),
                        check=False)
    assert result.returncode == NO_PERMISSION and b"wrong-one" not in result.stderr


def test_passwords_that_others_may_read(server, account, source, tmp_path):
    open_map = tmp_path / "map"
    open_map.write_text(f"{account.name} - {PASSWORD}\n")
    result = server.ctl("migrate", source[0], "--map", str(open_map), check=False)
    assert result.returncode == NO_PERMISSION and b"chmod 600" in result.stderr


def test_no_password(server, account, source):
    result = server.ctl("migrate", source[0], "--account", account.name, check=False)
    assert result.returncode == USAGE and b"--password-file" in result.stderr


def test_arrival_is_that_of_the_topmost_received(server, account, dovecot, tmp_path):
    user = dovecot.add_account()
    dovecot.deliver(user, [b"Received: from a by b;\r\n\tMon, 1 Jan 2024 01:00:00 +0100\r\n"
                           b"Received: x; Tue, 2 Jan 2024 00:00:00 +0000\r\n\r\nx\r\n"])
    migrate(server, f"pop3s://{user}@127.0.0.1:{dovecot.tls_port}", "--account", account.name,
            "--password-file", secret(tmp_path, PASSWORD), "--ca-file", dovecot.certificate)
    listed = json.loads(server.ctl("--format", "json", "maildrop", "list", account.name).stdout)
    messages = listed["messages"] if isinstance(listed, dict) else listed
    assert messages[0]["arrived"].startswith("2024-01-01T00:00:00")


@pytest.mark.parametrize("kind", ["sdbox", "mdbox"])
def test_dovecots_other_mailboxes(server, account, tmp_path, kind):
    """By a master user, in each of Dovecot's formats."""
    dovecot = Dovecot(f"{MASTER}\nmail_location = {kind}:~/{kind}\n").start()
    try:
        user = dovecot.add_account()
        home = dovecot.folder / "mail" / user
        os.chown(home, dovecot._owner.pw_uid, dovecot._owner.pw_gid)
        for message in MAIL[9:20]:
            subprocess.run(["doveadm", "-c", dovecot._config, "save", "-u", user], input=message,
                           check=True, timeout=60)
        there = look(("127.0.0.1", dovecot.port), user, PASSWORD)
        migrate(server, f"pop3s://{user}@127.0.0.1:{dovecot.tls_port}", "--account", account.name,
                "--master-user", "admin", "--password-file", secret(tmp_path, "the-masters"),
                "--ca-file", dovecot.certificate)
        assert look_here(server, account) == there
    finally:
        dovecot.close()


@pytest.mark.parametrize("style", ["cyrus", "dovecot", "courier", "uidonly"])
def test_cyrus(server, account, tmp_path, style):
    cyrus = Cyrus(f"uidl_format: {style}\n").start()
    try:
        user = cyrus.add_account()
        cyrus.deliver(user, [*MAIL[:1], *MAIL[9:20]])
        there = look(("127.0.0.1", cyrus.port), user, "any")
        migrate(server, f"pop3+plain://{user}@127.0.0.1:{cyrus.port}", "--account", account.name,
                "--password-file", secret(tmp_path, "any"))
        assert look_here(server, account) == there
    finally:
        cyrus.close()


def test_mailutils(server, account, tmp_path):
    mailutils = Mailutils().start()
    try:
        user = mailutils.add_account()
        mailutils.deliver(user, MAIL[9:20])
        place = f"pop3+plain://{user}@127.0.0.1:{mailutils.port}"
        words = ("--account", account.name, "--password-file", secret(tmp_path, PASSWORD))
        migrate(server, place, *words)
        there = look(("127.0.0.1", mailutils.port), user, PASSWORD)
        assert look_here(server, account).uids == there.uids
        assert migrate(server, place, *words)["moved"] == 0
    finally:
        mailutils.close()
