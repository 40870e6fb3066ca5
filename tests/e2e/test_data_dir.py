"""A data_dir that was in use is known as such: when its file system, or a part of it, is gone, mail
and logins wait, and nothing is begun in its place."""

import re
import shutil
import subprocess

import pytest

from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import BIN, START_SECONDS, listen
from harness.wire import Wire

pytestmark = pytest.mark.sanitized

LISTEN = [listen("pop3", "none"), listen("lmtp", "none"), listen("http", "none")]
MARK = "installation"


def http(server, path):
    with Wire(server.address("http", "none")) as wire:
        wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return wire.drain()


def metric(server, name):
    return int(re.search(rb"^restante_%s (\d+)$" % name.encode(), http(server, "/metrics"),
                         re.MULTILINE).group(1))


def run_once(server):
    """A start that ends by itself."""
    return subprocess.run([BIN / "restanted", "--config", server.config_path],
                          capture_output=True, timeout=START_SECONDS, check=False)


def answer_to_mail(server, account, number=1):
    with Lmtp(server.address("lmtp", "none")) as lmtp:
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        code, texts = lmtp.command(f"RCPT TO:<{account.name}>")
        if code != 250:
            return code
        lmtp.expect("DATA", 354)
        lmtp.send(numbered(number) + b".\r\n")
        return lmtp.reply()[0]


def answer_to_login(server, account):
    with Pop3(server.address("pop3", "none")) as pop3:
        return pop3.try_login(account)


def messages(server, account):
    with Pop3(server.address("pop3", "none")) as pop3:
        pop3.login(account)
        count = pop3.stat()[0]
        pop3.quit()
        return count


def refused(server, account):
    assert answer_to_login(server, account).startswith(b"-ERR [SYS/TEMP]")
    assert answer_to_mail(server, account) // 100 == 4


def test_maildrops_that_go_away_are_not_begun_anew(make_server):
    """Login said "+OK 0 0", and mail was answered 250 into a new folder."""
    server = make_server({"listen": LISTEN})
    warm, cold = server.add_account(), server.add_account()
    server.logged(r"data_dir is new: begins with no mail path=\S+/data installation=[0-9a-f]{32}$")
    for account in (warm, cold):
        assert answer_to_mail(server, account) == 250
    server.restart()
    assert messages(server, warm) == 1
    maildrops, aside = server.data_dir / "maildrops", server.folder / "aside"
    maildrops.rename(aside)
    # The first question finds it out; then it holds for all.
    refused(server, cold)
    refused(server, warm)
    server.logged(r"critical data_dir lost path=\S+ reason=.* is its file system mounted\?")
    assert metric(server, "data_dir_lost") == 1
    assert b"503" in http(server, "/health").split(b"\r\n")[0]
    assert server.ctl("deliver", cold.name, data=b"Subject: x\n\nx\n", check=False).returncode == 75
    assert server.ctl("maildrop", "list", cold.name, check=False).returncode == 75
    assert server.ctl("backup", server.folder / "copy", check=False).returncode == 75
    assert not maildrops.exists(), "nothing was begun"
    maildrops.mkdir()  # A mount point.
    refused(server, cold)
    assert list(maildrops.iterdir()) == []
    server.restart()
    refused(server, cold)
    maildrops.rmdir()
    aside.rename(maildrops)
    for account in (warm, cold):
        assert answer_to_mail(server, account) == 250
        assert messages(server, account) == 2
    server.logged("warning data_dir is back")
    assert metric(server, "data_dir_lost") == 0


def test_a_data_dir_that_is_gone_is_not_begun_anew(make_server):
    server = make_server({"listen": LISTEN})
    account = server.add_account()
    assert answer_to_mail(server, account) == 250
    server.ctl("backup", server.folder / "copy")
    assert server.stop() == 0
    aside = server.folder / "aside"
    server.data_dir.rename(aside)
    for is_there in (False, True):
        if is_there:
            server.data_dir.mkdir(0o700)  # A mount point.
        ended = run_once(server)
        assert ended.returncode == 75 and b"is its file system mounted?" in ended.stderr
        told = server.ctl("account", "list", check=False)
        assert told.returncode == 75 and b"is its file system mounted?" in told.stderr
        assert not is_there or list(server.data_dir.iterdir()) == []
    # A restore puts another in its place, and should the old one come back, that is seen, too.
    server.ctl("restore", server.folder / "copy")
    server.start()
    assert messages(server, account) == 1
    assert server.stop() == 0
    shutil.rmtree(server.data_dir)
    aside.rename(server.data_dir)
    ended = run_once(server)
    assert ended.returncode == 75 and b"belongs to installation" in ended.stderr
    (server.folder / "data.witness" / MARK).unlink()  # As that line says.
    server.start()
    assert messages(server, account) == 1


def test_the_data_of_an_earlier_version_is_marked(make_server):
    server = make_server({"listen": LISTEN})
    account = server.add_account()
    assert answer_to_mail(server, account) == 250
    assert server.stop() == 0
    for folder in (server.data_dir, server.data_dir / "maildrops"):
        (folder / MARK).unlink()
    shutil.rmtree(server.folder / "data.witness")
    assert server.ctl("maildrop", "list", account.name).stdout.count(b"waiting") == 1
    server.start()
    server.logged("data_dir of an earlier version: marked path=")
    assert messages(server, account) == 1
    for folder in (server.data_dir, server.data_dir / "maildrops", server.folder / "data.witness"):
        assert re.fullmatch(r"restante installation [0-9a-f]{32}\n", (folder / MARK).read_text())
