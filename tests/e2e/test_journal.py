"""The journal of acts: where a message is, who deleted it and when it came, found by one command;
and mail, which never waits for it."""

import json
import shutil

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, Account
from harness.starting import CONFIG_ERROR, start_fails

pytestmark = pytest.mark.sanitized


def mail(number):
    return b"Message-ID: <%d@example.org>\r\nSubject: x\r\n\r\nhello\r\n" % number


def deliver(server, account, number):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(mail(number), account.name)


def acts(server, *options):
    """As `restantectl journal` finds them; the server writes them within a second."""
    found = server.ctl("--format", "json", "journal", *options)
    return json.loads(found.stdout)


def wait_for(server, count, *options):
    poll(lambda: len(acts(server, *options)) >= count, 30, f"{count} acts")
    found = acts(server, *options)
    assert len(found) == count, found
    return found


def test_the_way_of_a_message(make_server):
    """It came, was fetched, deleted and brought back: one search says who did what."""
    server = make_server()
    alice, bob = server.add_account(), server.add_account()
    deliver(server, alice, 1)
    deliver(server, bob, 2)
    with Pop3(server.address("pop3")) as pop3:
        [uid] = pop3.login(alice).uids().values()
        assert len(list(pop3.retr_all([1]))) == 1
        pop3.ok("DELE 1")
        pop3.quit()
    server.ctl("maildrop", "undelete", alice.name)
    found = wait_for(server, 4, "--uid", uid.decode())
    assert [act["act"] for act in found] == ["delivered", "retrieved", "deleted", "undeleted"]
    assert {act["account"] for act in found} == {alice.name}
    delivered, retrieved, deleted, undeleted = found
    assert delivered["message_id"] == "<1@example.org>"
    assert delivered["octets"] == retrieved["octets"] == deleted["octets"]
    assert retrieved["from"] == "127.0.0.1" and retrieved["session"] == deleted["session"]
    assert undeleted["user"] and "undelete" in undeleted["detail"]
    assert acts(server, "--message-id", "1@example.org") == [delivered]
    assert [act["act"] for act in acts(server, "--account", bob.name, "--act", "delivered")]


def test_a_login_is_said_before_what_it_did(make_server):
    """By which device, into which view, how and from where; once a session."""
    server = make_server()
    account = server.add_account()
    made = server.ctl("device", "add", account.name, "Phone", "--view", "own").stdout.decode()
    for number in (1, 2):
        deliver(server, account, number)
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.login(Account(account.name, made.split()[-1]))
        assert len(list(pop3.retr_all([1, 2]))) == 2
        pop3.ok("DELE 1")
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:  # A deletion alone.
        pop3.login(account).ok("DELE 2")
        pop3.quit()
    wait_for(server, 2, "--act", "deleted")
    phone, own = acts(server, "--act", "logged-in")
    assert (phone["account"], phone["device"], phone["view"], phone["from"]) == (
        account.name, "Phone", "phone", "127.0.0.1")
    assert phone["detail"] and "octets" not in phone and "uid" not in phone
    assert "device" not in own and "view" not in own
    of_phone = acts(server, "--session", phone["session"])
    assert [act["act"] for act in of_phone] == ["logged-in", "retrieved", "retrieved", "deleted"]
    assert {(act["device"], act["view"]) for act in of_phone} == {("Phone", "phone")}
    assert [act["act"] for act in acts(server, "--session", own["session"])] == [
        "logged-in", "deleted"]


def test_polls_are_one_line_an_hour(make_server):
    server = make_server()
    account = server.add_account()
    for _ in range(3):
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account)
            pop3.quit()
    deliver(server, account, 1)
    wait_for(server, 1, "--act", "delivered")
    [poll_] = acts(server, "--act", "polled")
    assert (poll_["account"], poll_["count"]) == (account.name, 1)
    assert poll_["from"] == "127.0.0.1" and poll_["detail"] and poll_["session"]
    assert not acts(server, "--act", "logged-in")


def test_what_was_typed_for_a_name_is_not_in_it(make_server):
    """Failed logins are, by the name of an account or by a hash."""
    server = make_server()
    account = server.add_account()
    for name in (account.name, "hunter2-my-password"):
        with Pop3(server.address("pop3")) as pop3:
            pop3.ok(f"USER {name}")
            pop3.err("PASS wrong")
    known, unknown = wait_for(server, 2, "--act", "login-failed")
    assert known["account"] == account.name and "USER" in known["detail"]
    assert unknown["account"].startswith("hash:")
    folder = server.data_dir / "journal"
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"hunter2" not in path.read_bytes() and b"wrong\"" not in path.read_bytes()


def test_a_refused_mail_has_its_reason(make_server):
    server = make_server({"maildrop": {"quota_octets": 20_000, "quota_warning": 0}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.begin([account.name])
        lmtp.send(b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n" * 20_000 + b".\r\n")
        [(code, _)] = lmtp.verdicts([account.name])
        assert code == 552
    [refused] = wait_for(server, 1, "--act", "not-delivered")
    assert refused["account"] == account.name and refused["detail"]


def test_mail_goes_on_without_it(make_server):
    """The journal's folder is gone: what it lost is told when it can write again."""
    server = make_server()
    account = server.add_account()
    folder, away = server.data_dir / "journal", server.data_dir / "away"
    deliver(server, account, 1)
    wait_for(server, 1, "--act", "delivered")
    folder.rename(away)
    for number in range(2, 5):
        deliver(server, account, number)
    with Pop3(server.address("pop3")) as pop3:
        assert len(pop3.login(account).uids()) == 4
        pop3.quit()
    # Written means: not waiting any more, so that it is lost before the folder comes back.
    server.restart()
    shutil.rmtree(folder, ignore_errors=True)
    away.rename(folder)
    deliver(server, account, 5)
    assert [act["message_id"] for act in wait_for(server, 2, "--act", "delivered")] == [
        "<1@example.org>", "<5@example.org>"]


def test_a_killed_server_has_written_what_is_older_than_a_second(make_server):
    server = make_server()
    account = server.add_account()
    deliver(server, account, 1)
    wait_for(server, 1, "--act", "delivered")
    server.kill()
    server.start()
    deliver(server, account, 2)
    wait_for(server, 2, "--act", "delivered")


def test_a_purged_account_leaves_lines_without_its_name(make_server):
    server = make_server()
    account, other = server.add_account(), server.add_account()
    deliver(server, account, 1)
    deliver(server, other, 2)
    wait_for(server, 2, "--act", "delivered")
    server.ctl("account", "purge", account.name, "--yes")
    first, second = acts(server, "--act", "delivered")
    assert first["account"].startswith("hash:") and second["account"] == other.name
    for path in (server.data_dir / "journal").iterdir():
        assert account.name.encode() not in path.read_bytes()
    deliver(server, other, 3)
    wait_for(server, 3, "--act", "delivered")


def test_commands_are_acts_too(make_server):
    server = make_server()
    account = server.add_account()
    server.ctl("account", "quota", account.name, "--octets", "1MiB")
    [act] = [act for act in acts(server, "--account", account.name)
             if act["detail"].startswith("account quota")]
    assert act["act"] == "account" and act["user"]


def test_mistakes(make_server):
    server = make_server(start=False)
    assert server.ctl("journal", check=False).returncode == 67
    server.start()
    wrong = server.ctl("journal", "--since", "yesterday", check=False)
    assert wrong.returncode == 64 and b"--since" in wrong.stderr


def test_it_may_have_a_folder_of_its_own(make_server, tmp_path):
    server = make_server(start=False)
    folder = tmp_path / "acts"
    settings = {"listen": DEFAULT_LISTEN, "journal": {"path": str(folder)},
                "server": {"allow_root": True, "sandbox": "auto"}}
    server.configure(settings)
    account = server.add_account()
    server.start()
    deliver(server, account, 7)
    poll(lambda: acts(server, "--act", "delivered"), 30, "the delivery in the journal")
    [act] = acts(server, "--message-id", "7@example.org")
    assert act["account"] == account.name
    assert folder.stat().st_mode & 0o777 == 0o700 and list(folder.glob("acts-*.jsonl"))
    assert not (server.data_dir / "journal").exists()
    server.ctl("account", "passwd", account.name, "--password-stdin", data=b"another one\n")
    last = acts(server, "--act", "account")[-1]
    assert last["detail"].startswith("account passwd")
    assert server.stop() == 0
    folder.chmod(0o750)
    code, words = start_fails(server)
    assert code == CONFIG_ERROR and "journal.path" in words and "chmod 0700" in words
    server.configure({**settings, "journal": {"path": str(server.data_dir) + "/"}})
    code, words = start_fails(server)
    assert code == CONFIG_ERROR and "journal.path: must be a folder of its own" in words
