"""The operator is told by mail what is wrong: once when it begins, once when it is over, and not
again by a restart."""

import os

import pytest

from harness.certs import make_certificate
from harness.deadline import poll
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, Account

pytestmark = pytest.mark.sanitized

SECONDS = 30
BOSS = Account("boss@example.test", "the boss's own")


def mails(server):
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.login(BOSS)
        texts = [pop3.retr(number).decode() for number in range(1, pop3.stat()[0] + 1)]
        pop3.quit()
    return texts


def told(server, count):
    """The mails of the operator, of which there are `count` in the end."""
    poll(lambda: len(mails(server)) >= count, SECONDS, f"{count} alarms")
    found = mails(server)
    assert len(found) == count
    return found


@pytest.fixture
def server(make_server):
    made = make_server(start=False)
    certificate, key = make_certificate(made.folder, "short", days=10)
    made.configure({"alarm": {"to": BOSS.name, "interval": "1s"},
                    "tls": {"certificate": certificate, "private_key": key, "watch_interval": "1s"},
                    "listen": DEFAULT_LISTEN})
    made.start()
    made.add_account(BOSS.name, BOSS.password)
    made.certificate, made.key = certificate, key
    return made


def test_a_certificate_that_ends_is_told_once_and_so_is_its_end(server):
    [begun] = told(server, 1)
    assert "A certificate ends soon" in begun and "What to do: Renew it." in begun
    assert str(server.certificate) in begun
    server.restart()
    server.process.wait_line(lambda line: "alarm kind=certificate" in line, SECONDS)
    new = make_certificate(server.folder, "long", days=90)
    for fresh, old in zip(new, (server.certificate, server.key)):
        os.replace(fresh, old)
    begun_again, over = told(server, 2)
    assert begun_again == begun and "Subject: " in over and ": over: A certificate" in over


def test_a_full_disk_does_not_keep_the_mail_that_says_so(server):
    told(server, 1)
    server.configure({**server.config, "maildrop": {"reserve": "8TiB"}})
    server.reload()
    mail = told(server, 2)[1]
    assert "The disk is nearly full" in mail and "Still so:" in mail


def test_an_old_backup_is_told(server, tmp_path):
    told(server, 1)
    server.ctl("backup", tmp_path / "backup")
    noted = server.data_dir / "backup-folders"
    os.utime(noted, (1_000_000_000, 1_000_000_000))
    assert "The last backup is old" in told(server, 2)[1]
    server.ctl("backup", tmp_path / "backup", "--incremental")
    assert ": over: The last backup is old" in told(server, 3)[2]


def test_an_address_that_nobody_has_is_said_at_the_start(server):
    server.configure({"alarm": {"to": "nobody@example.test"}})
    since = server.process.line_count()
    server.reload()
    line = server.process.wait_line(lambda line: "alarm.to:" in line, SECONDS, since)
    assert "nobody@example.test is no address of ours" in line
