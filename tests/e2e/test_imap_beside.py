"""docs/imap.md with the real Dovecot: its files, as they stand there, find our accounts and check
their passwords."""

import imaplib
import pathlib
import re
import subprocess

import pytest

from harness.deadline import poll
from harness.dovecot import Dovecot
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.ports import free_port
from harness.server import DEFAULT_LISTEN, Account

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAIL = b"Subject: both\r\n\r\n.a dot\r\n"

pytestmark = pytest.mark.sanitized


def block(name):
    """What the page has as the file of this name."""
    text = (ROOT / "docs/imap.md").read_text(encoding="utf-8")
    return re.search(rf"```\n# {re.escape(name)}\n(.*?)```", text, re.S)[1]


def sql_file(server):
    path = server.folder / "dovecot-sql.conf.ext"
    path.write_text(block("/etc/dovecot/dovecot-sql.conf.ext").replace(
        "/var/lib/restante", str(server.data_dir)))
    return path


def beside(server, lmtp_port):
    """As the page says, with its passdb and userdb asking our accounts.db."""
    local = block("/etc/dovecot/local.conf")
    path = str(sql_file(server))
    passdb, userdb, protocol = (
        re.search(rf"{name} \{{.*?\n\}}\n", local, re.S)[0].replace(
            "/etc/dovecot/dovecot-sql.conf.ext", path)
        for name in ("passdb", "userdb", "protocol lmtp"))
    return Dovecot(protocol, passdb=passdb, userdb=userdb, lmtp_port=lmtp_port)


@pytest.fixture(params=["argon2id", "scram-sha-256"])
def pair(make_server, request):
    """(server, dovecot): each new mail of an account with a copy is in both."""
    port = free_port()
    server = make_server({"listen": DEFAULT_LISTEN, "auth": {"password_scheme": request.param},
                          "copies": {"targets": [f"lmtp:127.0.0.1:{port}"]}})
    dovecot = beside(server, port)
    yield server, dovecot.start()
    dovecot.close()


def may_log_in(dovecot, account, password):
    try:
        with dovecot.imap(account, password):
            return True
    except imaplib.IMAP4.error:
        return False


def deliver(server, account):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(MAIL, account.name)


def test_one_name_one_password_and_the_same_mail(pair):
    server, dovecot = pair
    account, other = server.add_account(), server.add_account()
    deliver(server, account)
    server.ctl("account", "copy", account.name, "--to", f"lmtp:127.0.0.1:{dovecot.lmtp_port}",
               "--from", "waiting")
    deliver(server, account)
    both = poll(lambda: [mails for mails in [dovecot.seen_by_imap(account.name, account.password)]
                         if len(mails) == 2], 60, "both mails by IMAP")[0]
    assert all(mail.endswith(b"\r\nSubject: both\r\n\r\n.a dot\r\n") for mail in both)
    assert dovecot.seen_by_imap(other.name.upper(), other.password) == []
    assert not may_log_in(dovecot, account.name, other.password)
    with Lmtp(("127.0.0.1", dovecot.lmtp_port)) as lmtp:
        assert "STARTTLS" not in lmtp.capabilities
        lmtp.expect("MAIL FROM:<>", 250)
        lmtp.expect("RCPT TO:<nobody@example.test>", 550)


def test_what_is_changed_here_counts_there_at_once(pair):
    server, dovecot = pair
    account = server.add_account()
    server.ctl("account", "disable", account.name)
    assert not may_log_in(dovecot, account.name, account.password)
    with Lmtp(("127.0.0.1", dovecot.lmtp_port)) as lmtp:
        lmtp.deliver(MAIL, account.name)
    server.ctl("account", "enable", account.name)
    server.ctl("account", "passwd", account.name, "--password-stdin", data=b"another one 7\n")
    assert not may_log_in(dovecot, account.name, account.password)
    assert len(dovecot.seen_by_imap(account.name, "another one 7")) == 1
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account(account.name, "another one 7"))


def test_dovecot_takes_the_file_as_it_is(tmp_path):
    path = tmp_path / "dovecot.conf"
    path.write_text("ssl = no\n" + block("/etc/dovecot/local.conf"))
    said = subprocess.run(["/usr/bin/doveconf", "-n", "-c", path], capture_output=True, text=True,
                          timeout=60)
    assert said.returncode == 0 and "Error" not in said.stderr, said.stderr
    for line in ("protocols = imap lmtp", "port = 2424", "driver = sql"):
        assert line in said.stdout
