"""restantectl migrate from Maildirs: what a client saw at Dovecot or Courier it sees here: the same
unique ids, the same sizes, the same octets, in the same order."""

import json
import os
import pwd
import re
import subprocess

import pytest

from harness.courier import Courier
from harness.dovecot import PASSWORD, Dovecot
from harness.lmtp import Lmtp
from harness.messages import COMMON, numbered
from harness.moved import look, look_here
from harness.pop3 import Pop3
from harness.server import BIN, Account

MAIL = [*COMMON.values(), *(numbered(number) for number in range(20))]
NO_USER, DATA, UNAVAILABLE, USAGE = 67, 65, 69, 64

# pop3_uidl_format of Dovecot 2.3.
FORMATS = ["%08Xu%08Xv", "%u", "%v.%u", "UID%u-%v", "%f", "%g", "%Mf"]


@pytest.fixture(params=FORMATS, ids=lambda text: text.replace("%", ""))
def uidl_format(request):
    return request.param


@pytest.fixture
def make_dovecot():
    made = []

    def make(settings=""):
        made.append(Dovecot(settings).start())
        return made[-1]
    yield make
    for dovecot in made:
        dovecot.close()


@pytest.fixture(scope="module")
def dovecot():
    made = Dovecot().start()
    yield made
    made.close()


def look_there(dovecot, user):
    return look(("127.0.0.1", dovecot.port), user, PASSWORD)


def maildir(dovecot, user):
    return dovecot.folder / "mail" / user


def migrate(server, *words, check=True):
    """The report."""
    result = server.ctl("--format", "json", "migrate", *map(str, words), check=check)
    return json.loads(result.stdout)


def filled(dovecot, mail=MAIL):
    user = dovecot.add_account()
    dovecot.deliver(user, mail)
    return user, look_there(dovecot, user)


def test_dovecots_formats(server, account, make_dovecot, uidl_format):
    dovecot = make_dovecot(f"pop3_uidl_format = {uidl_format}")
    user, there = filled(dovecot)
    report = migrate(server, maildir(dovecot, user), "--account", account.name,
                     "--uidl-format", uidl_format, "--verify")
    assert report["moved"] == report["accounts"][0]["same"] == len(MAIL)
    assert look_here(server, account) == there


@pytest.mark.sanitized
def test_lines_of_lf(server, account, dovecot):
    """As Postfix delivers; sizes are those with CRLF."""
    user, there = filled(dovecot, [message.replace(b"\r\n", b"\n") for message in MAIL])
    migrate(server, maildir(dovecot, user), "--account", account.name)
    assert look_here(server, account) == there


def test_ids_and_order_that_an_earlier_move_has_left(server, account, dovecot):
    """P and O of dovecot-uidlist: Dovecot itself was moved to."""
    user, _ = filled(dovecot, MAIL[:5])
    uids = maildir(dovecot, user) / "dovecot-uidlist"
    header, *lines = uids.read_text().splitlines()
    kept = ["Pabc O3", "P O1", "Gguid3", "P<a!~> O2", ""]
    lines = [line.replace(" ", f" {more} " if more else " ", 1)
             for line, more in zip(lines, kept)]
    uids.write_text("\n".join([header, *lines]) + "\n")
    there = look_there(dovecot, user)
    assert "abc" in [uid.decode() for uid in there.uids]
    migrate(server, maildir(dovecot, user), "--account", account.name)
    assert look_here(server, account) == there


def test_each_night_and_once_at_the_end(server, account, dovecot):
    user, _ = filled(dovecot, MAIL[:4])
    source = maildir(dovecot, user)
    assert migrate(server, source, "--account", account.name)["moved"] == 4
    # No client has looked since: the old server has given these no id.
    dovecot.deliver(user, MAIL[4:6])
    report = migrate(server, source, "--account", account.name)
    assert (report["moved"], report["unnumbered"]) == (0, 2)
    there = look_there(dovecot, user)
    assert migrate(server, source, "--account", account.name)["moved"] == 2
    assert look_here(server, account) == there
    # Mail that is deleted here stays so.
    with Pop3(server.address("pop3")) as session:
        session.login(account)
        session.ok("DELE 1")
        session.ok("QUIT")
    dovecot.deliver(user, MAIL[6:7])
    report = migrate(server, source, "--account", account.name, "--final")
    assert (report["moved"], report["accounts"][0]["deleted_here"]) == (1, 1)
    assert len(look_here(server, account).uids) == 6
    # The old server was not stopped after all, and gives it another id.
    look_there(dovecot, user)
    report = migrate(server, source, "--account", account.name, "--final", "--verify")
    assert (report["moved"], report["differences"]) == (0, 0)


def test_arrival_is_kept(server, account, dovecot):
    user, _ = filled(dovecot, MAIL[:1])
    path = next((maildir(dovecot, user) / "cur").iterdir())
    os.utime(path, (1_000_000_000, 1_000_000_000))
    migrate(server, maildir(dovecot, user), "--account", account.name)
    listed = json.loads(server.ctl("--format", "json", "maildrop", "list", account.name).stdout)
    messages = listed["messages"] if isinstance(listed, dict) else listed
    assert messages[0]["arrived"].startswith("2001-09-09T01:46:40")


@pytest.mark.parametrize("kind", ["sdbox", "mdbox"])
@pytest.mark.parametrize("uidl_format", ["%08Xu%08Xv", "%g"], ids=["numbers", "guid"])
def test_other_mailboxes_by_doveadm(server, account, make_dovecot, tmp_path, kind, uidl_format):
    """`doveadm backup` makes a Maildir of them, with all that ids are made of."""
    dovecot = make_dovecot(f"pop3_uidl_format = {uidl_format}\nmail_location = {kind}:~/{kind}\n")
    user = dovecot.add_account()
    owner = dovecot._owner
    os.chown(maildir(dovecot, user), owner.pw_uid, owner.pw_gid)
    doveadm = ["doveadm", "-c", dovecot._config]
    for message in MAIL[8:20]:
        subprocess.run([*doveadm, "save", "-u", user], input=message, check=True, timeout=60)
    there = look_there(dovecot, user)
    copy = maildir(dovecot, user) / "copy"
    for _ in range(2):  # The second brings what is new.
        subprocess.run([*doveadm, "backup", "-u", user, f"maildir:{copy}:LAYOUT=fs"],
                       check=True, timeout=60)
        migrate(server, copy, "--account", account.name, "--uidl-format", uidl_format)
    assert look_here(server, account) == there


def test_couriers_ids(server, account):
    courier = Courier().start()
    try:
        user = courier.add_account()
        courier.deliver(user, MAIL)
        address = ("127.0.0.1", courier.port)
        there = look(address, user, PASSWORD)
        # A second list, of other ids, and mail whose name is not the youngest.
        early = courier.folder / user / "new" / "1500000000.M1P1.test"
        early.write_bytes(b"Subject: early\n\nx\n")
        there = look(address, user, PASSWORD)
        migrate(server, courier.folder / user, "--account", account.name)
        here = look_here(server, account)
        assert (here.uids, here.messages) == (there.uids, there.messages)
    finally:
        courier.close()


def test_names_where_there_is_no_list(server, account, tmp_path):
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "20.b:2,S").write_bytes(b"Subject: b\n\n.\n")
    (tmp_path / "new" / "3.a").write_bytes(b"Subject: a\n\n")
    migrate(server, tmp_path, "--account", account.name)
    assert look_here(server, account).uids == [b"3.a", b"20.b"]


def test_ids_that_cannot_be_kept(server, account, dovecot):
    user, _ = filled(dovecot, MAIL[:3])
    uids = maildir(dovecot, user) / "dovecot-uidlist"
    header, *lines = uids.read_text().splitlines()
    lines = [line.replace(" ", f" {more} ", 1)
             for line, more in zip(lines, ["P" + "x" * 71, "Ptwin", "Ptwin"])]
    uids.write_text("\n".join([header, *lines]) + "\n")
    result = server.ctl("migrate", str(maildir(dovecot, user)), "--account", account.name)
    assert b"2 ids could not be kept" in result.stderr and b"SHA-256" in result.stderr
    here = look_here(server, account)
    assert re.fullmatch(rb"[0-9a-f]{64}", here.uids[0]) and here.uids[1:] == [b"twin", b"twin-2"]
    assert migrate(server, maildir(dovecot, user), "--account", account.name)["moved"] == 0


def test_all_accounts_by_a_template(make_server, dovecot):
    server = make_server()
    seen = {}
    for number in range(3):
        account = server.add_account(f"all{number}@example.test")
        name = account.name.partition("@")[0]
        dovecot.add_account(name)
        dovecot.deliver(name, MAIL[:number + 2])
        seen[account] = look_there(dovecot, name)
    absent = server.add_account("never-had-mail@example.test")
    source = str(dovecot.folder / "mail" / "%n")
    assert migrate(server, source, "--all", "--dry-run")["to_move"] == 9
    report = migrate(server, source, "--all", "--jobs", "4", "--verify")
    assert (report["moved"], report["failed_accounts"]) == (9, 0)
    assert [row["account"] for row in report["accounts"] if row.get("absent")] == [absent.name]
    for account, there in seen.items():
        assert look_here(server, account) == there


def test_all_finds_the_maildrop_of_an_account_that_was_renamed(make_server, dovecot):
    """Not one under the new name, which would never be opened; and the old server knows the first
    name."""
    server = make_server()
    account = server.add_account("first@example.test")
    dovecot.add_account("first")
    dovecot.deliver("first", MAIL[:2])
    there = look_there(dovecot, "first")
    server.ctl("account", "rename", account.name, "second@example.test")
    assert migrate(server, str(dovecot.folder / "mail" / "%n"), "--all")["moved"] == 2
    assert look_here(server, Account("second@example.test", account.password)) == there


def test_a_map(server, dovecot, tmp_path):
    accounts = [server.add_account() for _ in range(2)]
    users = [filled(dovecot, MAIL[:2])[0] for _ in range(2)]
    lines = [f"{account.name} maildir:{maildir(dovecot, user)}"
             for account, user in zip(accounts, users)]
    file = tmp_path / "map"
    file.write_text("\n".join([*lines, "nobody@example.test /x", f"{accounts[0].name} /y"]) + "\n")
    result = server.ctl("--format", "json", "migrate", "--map", str(file), check=False)
    assert result.returncode in (NO_USER, DATA)
    assert f"{file}:3: no account nobody@example.test".encode() in result.stderr
    assert f"{file}:4: second line for".encode() in result.stderr
    assert json.loads(result.stdout)["moved"] == 4


@pytest.mark.parametrize("words", [
    (), ("/x",), ("/x", "--account", "a", "--all"), ("/x", "--all"), ("--account", "a"),
    ("/x", "--account", "a", "--uidl-format", "%z"),
    ("imap://x", "--account", "user1@example.test"),
])
def test_words_that_do_not_go_together(server, account, words):
    assert server.ctl("migrate", *words, check=False).returncode == USAGE


def test_an_unknown_account_is_told_what_to_do(server, dovecot):
    result = server.ctl("migrate", str(dovecot.folder), "--account", "nobody@example.test",
                        check=False)
    assert result.returncode == NO_USER and b"account add" in result.stderr


def test_a_quota_is_said_before(server, account, dovecot):
    user, there = filled(dovecot, MAIL[:3])
    server.ctl("account", "quota", account.name, "--messages", "2")
    result = server.ctl("migrate", str(maildir(dovecot, user)), "--account", account.name,
                        check=False)
    assert result.returncode == UNAVAILABLE and b"its quota is 2" in result.stderr
    assert look_here(server, account).uids == []
    migrate(server, maildir(dovecot, user), "--account", account.name, "--ignore-limits")
    assert look_here(server, account) == there


def test_what_is_damaged_is_named_and_skipped(server, account, dovecot):
    user, there = filled(dovecot, MAIL[:3])
    cur = maildir(dovecot, user) / "cur"
    second = sorted(cur.iterdir())[1]
    second.unlink()
    second.symlink_to("/etc/passwd")
    (maildir(dovecot, user) / ".Sent" / "cur").mkdir(parents=True)
    (maildir(dovecot, user) / ".Sent" / "cur" / "1.a:2,S").write_bytes(b"Subject: sent\n\n")
    result = server.ctl("migrate", str(maildir(dovecot, user)), "--account", account.name,
                        check=False)
    assert result.returncode == DATA
    assert second.name.encode() in result.stdout and b"no regular file" in result.stdout
    assert b"folder .Sent: 1 message," in result.stdout
    assert look_here(server, account).uids == [there.uids[0], there.uids[2]]


def test_verify_finds_a_difference(server, account, dovecot):
    user, _ = filled(dovecot, MAIL[:2])
    source = maildir(dovecot, user)
    migrate(server, source, "--account", account.name)
    path = sorted((source / "cur").iterdir())[0]
    when = path.stat().st_mtime
    path.write_bytes(path.read_bytes().replace(b"example", b"exbmple"))
    os.utime(path, (when, when))
    report = migrate(server, source, "--account", account.name, "--verify", check=False)
    assert report["differences"] == 1
    assert "other octets" in report["accounts"][0]["differences"][0]["why"]


def give_to(folder, user):
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user)


def test_beside_a_server_that_delivers(server, account, dovecot):
    """Mail that comes meanwhile stays, and neither waits for the other's end."""
    user, there = filled(dovecot, [numbered(number) for number in range(1500)])
    with Lmtp(server.address("lmtp")) as lmtp:
        moving = subprocess.Popen(
            [BIN / "restantectl", "--config", server.config_path, "--quiet", "migrate",
             maildir(dovecot, user), "--account", account.name])
        for number in range(30):
            lmtp.deliver(numbered(9000 + number), [account.name])
        assert moving.wait(120) == 0
    here = look_here(server, account)
    assert len(here.uids) == 1530
    old = set(there.uids)
    assert [uid for uid in here.uids if uid in old] == there.uids
    with Pop3(server.address("pop3")) as session:
        session.login(account)
        assert session.stat()[0] == 1530


@pytest.mark.root
def test_root_reads_what_only_another_may_read(make_server, dovecot):
    """The server's user may not read vmail's files, and its files must stay its own."""
    user, there = filled(dovecot, MAIL[:3])
    maildir(dovecot, user).chmod(0o700)
    server = make_server(start=False)
    account = server.add_account()
    server.folder.chmod(0o755)
    daemon = pwd.getpwnam("daemon")
    give_to(server.data_dir, daemon.pw_uid)
    migrate(server, maildir(dovecot, user), "--account", account.name)
    owners = {path.stat().st_uid for path in server.data_dir.rglob("*")}
    assert owners == {daemon.pw_uid}
    give_to(server.data_dir, 0)
    server.start()
    assert look_here(server, account) == there
