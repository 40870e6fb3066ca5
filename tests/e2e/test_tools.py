"""The tools that look after maildrops: check, dump, stats, repair, undelete, upkeep, backup and
restore, beside a running server where that is what they are for."""

import json
import shutil
import signal
import subprocess
import threading

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import BIN, START_SECONDS
from harness.terminal import on_a_terminal

USAGE, DATA, NO_USER, EXISTS, TEMPORARY = 64, 65, 67, 73, 75


def tool(server, *words, code=0):
    """The object that it prints."""
    result = server.ctl("--format", "json", *words, check=False)
    assert result.returncode == code, result
    return json.loads(result.stdout)


def fails(server, code, *words):
    """What stderr says; stdout must be empty."""
    result = server.ctl(*words, check=False)
    assert (result.returncode, result.stdout) == (code, b""), result
    return result.stderr.decode()


def fill(server, account, numbers, body_bytes=200):
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in numbers:
            lmtp.deliver(numbered(number, body_bytes), account.name)


def delete(server, account, numbers):
    """Deletes these message numbers; their unique ids."""
    with Pop3(server.address("pop3")) as pop3:
        uids = pop3.login(account).uids()
        for number in numbers:
            pop3.ok(f"DELE {number}")
        pop3.quit()
    return [uids[number].decode() for number in numbers]


def contents(server, account):
    """{unique id: message}"""
    with Pop3(server.address("pop3")) as pop3:
        uids = pop3.login(account).uids()
        mail = {uids[number]: message for number, message in pop3.retr_all(uids)}
        pop3.quit()
    return mail


def logs(data_dir):
    """{path below data_dir: bytes} of the maildrops' logs."""
    return {str(path.relative_to(data_dir)): path.read_bytes()
            for path in sorted(data_dir.glob("maildrops/*/*.log"))}


def log_of(server, account):
    (path,) = server.data_dir.glob(f"maildrops/*/{account.name}.log")
    return path


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def damage(server, account, number):
    """Hits the body of the mail that carries this number."""
    path = log_of(server, account)
    flip(path, path.read_bytes().index(b"Subject: number %d\r" % number))


@pytest.fixture
def kept(server, account):
    """An account with five mails."""
    fill(server, account, range(1, 6))
    return account


@pytest.mark.sanitized_long
def test_check_of_sound_maildrops(server, kept):
    delete(server, kept, [2])
    (report,) = tool(server, "maildrop", "check", kept.name)["maildrops"]
    assert report["name"] == kept.name and report["damage"] == [] and report["aside"] == []
    assert (report["messages"], report["waiting"], report["deleted"]) == (5, 4, 1)
    assert report["log_bytes"] == log_of(server, kept).stat().st_size
    names = [each["name"] for each in tool(server, "maildrop", "check", "--all")["maildrops"]]
    assert kept.name in names and len(names) == len(logs(server.data_dir))


@pytest.mark.sanitized_long
def test_check_names_what_is_damaged(server, kept):
    uids = list(contents(server, kept))
    damage(server, kept, 3)
    (report,) = tool(server, "maildrop", "check", kept.name, code=DATA)["maildrops"]
    (found,) = report["damage"]
    assert found["uid"] == uids[2].decode() and found["sequence"] == 3 and not found["at_end"]
    text = server.ctl("maildrop", "check", kept.name, check=False)
    assert text.returncode == DATA and found["uid"] in text.stdout.decode()


def test_check_beside_deliveries(server, account):
    """A write during its look is no damage."""
    fill(server, account, [1])
    ended = threading.Event()

    def send():
        with Lmtp(server.address("lmtp")) as lmtp:
            number = 2
            while not ended.is_set():
                lmtp.deliver(numbered(number, body_bytes=100_000), account.name)
                number += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for _ in range(20):
            tool(server, "maildrop", "check", account.name)
    finally:
        ended.set()
        sender.join()
    (report,) = tool(server, "maildrop", "check", account.name)["maildrops"]
    assert report["waiting"] > 1


@pytest.mark.parametrize("code,words,told", [
    (USAGE, ["maildrop", "check"], "--all"),
    (USAGE, ["maildrop", "check", "--all", "--rate", "fast"], "--rate"),
    (USAGE, ["maildrop", "stats"], "--all"),
    (USAGE, ["maildrop", "dump"], "--file"),
    (USAGE, ["maildrop", "undelete", "x", "--since", "yesterday"], "--since"),
    (USAGE, ["backup"], "DIR"),
    (USAGE, ["restore"], "DIR"),
    (NO_USER, ["maildrop", "check", "nobody"], "nobody"),
    (NO_USER, ["maildrop", "stats", "nobody"], "nobody"),
    (NO_USER, ["maildrop", "dump", "nobody"], "nobody"),
    (NO_USER, ["maildrop", "repair", "nobody"], "nobody"),
    (NO_USER, ["maildrop", "undelete", "nobody"], "nobody"),
    (NO_USER, ["backup", "verify", "/no/such/folder"], "/no/such/folder"),
    (EXISTS, ["backup", "/etc"], "/etc"),
])
def test_failures_are_one_line_and_a_code(server, code, words, told):
    said = fails(server, code, *words)
    assert told in said and said.startswith("restantectl: ") and said.count("\n") == 1, said


def test_an_account_without_mail(server, account):
    (report,) = tool(server, "maildrop", "check", account.name)["maildrops"]
    assert report["messages"] == 0 and report["damage"] == []
    (stats,) = tool(server, "maildrop", "stats", account.name)["maildrops"]
    assert stats["messages"] == 0 and stats["last_delivery"] is None


def test_stats(server, kept):
    delete(server, kept, [1, 2])
    (stats,) = tool(server, "maildrop", "stats", kept.name)["maildrops"]
    assert (stats["messages"], stats["deleted"]) == (3, 2)
    assert stats["octets"] == sum(map(len, contents(server, kept).values()))
    assert 0 < stats["dead_bytes"] < stats["log_bytes"]
    assert stats["last_delivery"].endswith("Z")


@pytest.mark.sanitized_long
def test_dump(server, kept):
    uids = [uid.decode() for uid in contents(server, kept)]
    delete(server, kept, [1, 2])
    result = server.ctl("--format", "json", "maildrop", "dump", kept.name)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["uid"] for line in lines[:5]] == uids
    assert [line["type"] for line in lines[5:]] == ["deletion"]
    assert lines[5]["says"] == "deleted 1-2"
    assert {line["state"] for line in lines} == {"ok"}
    # The file alone, without a configuration.
    copy = server.folder / "copy"
    shutil.copy(log_of(server, kept), copy)
    alone = subprocess.run([BIN / "restantectl", "--format", "json", "maildrop", "dump", "--file",
                            copy], capture_output=True, check=False)
    assert (alone.returncode, alone.stdout) == (0, result.stdout)
    flip(copy, lines[2]["offset"] + 20)
    text = subprocess.run([BIN / "restantectl", "maildrop", "dump", "--file", copy],
                          capture_output=True, check=False)
    assert text.returncode == DATA and b"damaged" in text.stdout and uids[2].encode() \
        not in text.stdout


@pytest.mark.sanitized_long
def test_undelete(server, kept):
    before = contents(server, kept)
    gone = delete(server, kept, [2, 4])
    would = tool(server, "maildrop", "undelete", kept.name, "--dry-run")
    assert would["undeleted"] == gone and would["dry_run"]
    assert len(contents(server, kept)) == 3
    assert fails(server, NO_USER, "maildrop", "undelete", kept.name, "--uid", "none")
    assert tool(server, "maildrop", "undelete", kept.name, "--uid", gone[1])["undeleted"] \
        == [gone[1]]
    assert tool(server, "maildrop", "undelete", kept.name, "--since", "1d")["undeleted"] \
        == [gone[0]]
    assert contents(server, kept) == before
    assert tool(server, "maildrop", "undelete", kept.name)["undeleted"] == []


def test_upkeep(make_server):
    server = make_server({"maildrop": {"undelete_window": "0s"}})
    account = server.add_account()
    fill(server, account, range(1, 40), body_bytes=5000)
    delete(server, account, range(1, 39))
    before = contents(server, account)
    size = log_of(server, account).stat().st_size
    reports = []

    def is_reclaimed():
        # While the server's own upkeep is at it, this one leaves it alone.
        ran = server.ctl("--format", "json", "maildrop", "upkeep", account.name, check=False)
        assert ran.returncode in (0, 75), ran
        if ran.returncode == 0:
            reports.append(json.loads(ran.stdout))
        return log_of(server, account).stat().st_size < size / 4
    poll(is_reclaimed, 60, "room is given back")
    assert all(report["expired"] == 0 for report in reports)
    assert contents(server, account) == before
    fill(server, account, [99])
    assert len(contents(server, account)) == 2
    tool(server, "maildrop", "check", account.name)


@pytest.mark.sanitized_long
def test_repair(make_server):
    server = make_server()
    account = server.add_account()
    fill(server, account, range(1, 6))
    before = contents(server, account)
    uids = list(before)
    damage(server, account, 3)
    report = tool(server, "maildrop", "repair", account.name)
    (item,) = report["set_aside"]
    assert item["uid"] == uids[2].decode()
    assert b"number 3" in open(report["aside"], "rb").read().replace(b"Rubject", b"Subject")
    del before[uids[2]]
    assert contents(server, account) == before
    (checked,) = tool(server, "maildrop", "check", account.name)["maildrops"]
    assert len(checked["aside"]) == 1
    assert tool(server, "maildrop", "repair", account.name)["set_aside"] == []


@pytest.mark.sanitized_long
def test_backup_and_restore(make_server):
    """Every byte and every unique id, from a server in use into an empty directory."""
    server, other = make_server(), make_server(start=False)
    accounts = [server.add_account() for _ in range(3)]
    for account in accounts:
        fill(server, account, range(1, 20))
    delete(server, accounts[0], [3, 4])
    before = {account.name: contents(server, account) for account in accounts}
    folder = server.folder / "backup"
    made = tool(server, "backup", str(folder))
    assert made["serial"] == 1 and made["damage"] == []
    verified = tool(server, "backup", "verify", str(folder))
    assert verified["messages"] == 57 and verified["problems"] == []
    restored = tool(other, "restore", str(folder), "--without-config")
    assert restored["skipped"] == ["config/restante.toml"]
    assert logs(other.data_dir) == logs(server.data_dir)
    other.start()
    for account in accounts:
        assert contents(other, account) == before[account.name]
    tool(other, "maildrop", "check", "--all")


@pytest.mark.sanitized_long
def test_incremental_backup_equals_a_full_one(make_server):
    server = make_server()
    grows, stays, vanishes = (server.add_account() for _ in range(3))
    for account in (grows, stays, vanishes):
        fill(server, account, range(1, 10))
    one, two = server.folder / "one", server.folder / "two"
    full = tool(server, "backup", str(one))
    fill(server, grows, range(10, 13))
    delete(server, grows, [1])
    log_of(server, vanishes).unlink()
    more = tool(server, "backup", str(one), "--incremental")
    assert more["serial"] == 2 and 0 < more["copied_bytes"] < full["copied_bytes"] / 3
    tool(server, "backup", str(two))
    for number, folder in enumerate((one, two)):
        target = make_server(start=False)
        tool(target, "restore", str(folder), "--without-config")
        assert logs(target.data_dir) == logs(server.data_dir), number
    again = tool(server, "backup", str(one), "--incremental")
    assert again["copied_bytes"] == 0


def test_backup_beside_deliveries(make_server):
    """Mail that was answered 250 before a backup began is in it; mail that comes meanwhile is whole
    or not in it."""
    server, other = make_server(), make_server(start=False)
    account = server.add_account()
    folder = server.folder / "backup"
    ended = threading.Event()
    answered = [0]

    def send():
        with Lmtp(server.address("lmtp")) as lmtp:
            while not ended.is_set():
                lmtp.deliver(numbered(answered[0] + 1, body_bytes=50_000), account.name)
                answered[0] += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        poll(lambda: answered[0] >= 5, START_SECONDS, "the first deliveries")
        for _ in range(5):
            at_least = answered[0]
            tool(server, "backup", str(folder), "--incremental")
            verified = tool(server, "backup", "verify", str(folder))
            assert verified["messages"] >= at_least and verified["problems"] == []
    finally:
        ended.set()
        sender.join()
    tool(other, "restore", str(folder), "--without-config")
    (copy,), (original,) = logs(other.data_dir).values(), logs(server.data_dir).values()
    assert original.startswith(copy)


@pytest.mark.sanitized_long
def test_damage_in_a_backup(make_server):
    server, other = make_server(), make_server(start=False)
    account = server.add_account()
    fill(server, account, range(1, 4))
    folder = server.folder / "backup"
    tool(server, "backup", str(folder))
    (stored,) = folder.glob("maildrops/*/*.log.1")
    flip(stored, stored.read_bytes().index(b"number 2"))
    report = tool(server, "backup", "verify", str(folder), code=DATA)
    assert {problem["stored"] for problem in report["problems"]} \
        == {str(stored.relative_to(folder))}
    alone = subprocess.run([BIN / "restantectl", "backup", "verify", folder], capture_output=True,
                           check=False)
    assert alone.returncode == DATA and b"message 2" in alone.stdout
    assert "--despite-damage" in fails(other, DATA, "restore", str(folder))
    assert logs(other.data_dir) == {}
    assert tool(other, "restore", str(folder), "--despite-damage", code=DATA)["problems"] > 0
    (checked,) = tool(other, "maildrop", "check", "--all", code=DATA)["maildrops"]
    assert checked["waiting"] == 3 and len(checked["damage"]) == 1


def test_an_interrupted_backup_leaves_the_one_before(make_server):
    server = make_server()
    account = server.add_account()
    fill(server, account, range(1, 10))
    folder = server.folder / "backup"
    first = tool(server, "backup", str(folder))
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(10, body_bytes=8 << 20), account.name)
    manifest = (folder / "MANIFEST").read_bytes()
    slow = subprocess.Popen([BIN / "restantectl", "--config", server.config_path, "backup", folder,
                             "--incremental", "--rate", "1MiB"], stdout=subprocess.PIPE)
    (stored,) = folder.glob("maildrops/*/*.log.1")
    size = stored.stat().st_size
    poll(lambda: stored.stat().st_size > size, START_SECONDS, "the backup writes")
    assert "backup" in fails(server, TEMPORARY, "backup", str(folder))
    slow.kill()
    slow.communicate()
    assert (folder / "MANIFEST").read_bytes() == manifest
    verified = tool(server, "backup", "verify", str(folder))
    assert verified["bytes"] == first["bytes"] and verified["problems"] == []
    tool(server, "backup", str(folder), "--incremental")
    assert tool(server, "backup", "verify", str(folder))["messages"] == 10


def test_restore_refuses_a_place_in_use(make_server):
    server, other = make_server(), make_server()
    folder = server.folder / "backup"
    tool(server, "backup", str(folder))
    assert "serves" in fails(other, TEMPORARY, "restore", str(folder))
    assert other.stop() == 0
    assert "not empty" in fails(other, EXISTS, "restore", str(folder))


def test_passwd_files_are_backed_up(make_server):
    overrides = {"accounts": {"backend": "passwd-file", "path": "users", "aliases": "aliases"}}
    server, other = (make_server(overrides, start=False) for _ in range(2))
    server.write_secret("users", "alice:{PLAIN}x\n")
    (server.folder / "aliases").write_text("team: alice\n")
    (other.folder / "aliases").write_text("mine: alice\n")
    server.ctl("deliver", "team", data=b"Subject: x\n")
    folder = server.folder / "backup"
    # The accounts, the aliases, what is set for accounts, the configuration, a maildrop.
    assert tool(server, "backup", str(folder))["files"] == 5
    assert "aliases" in fails(other, EXISTS, "restore", str(folder))
    (other.folder / "aliases").unlink()
    restored = tool(other, "restore", str(folder), "--without-config")
    assert restored["skipped"] == ["config/restante.toml"]
    for name in ("users", "aliases"):
        assert (other.folder / name).read_text() == (server.folder / name).read_text()


def test_the_bar_is_for_terminals(server, account):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1, body_bytes=2 << 20), account.name)
    command = [BIN / "restantectl", "--config", server.config_path, "maildrop", "check",
               account.name, "--rate", "4MiB"]
    shown, code = on_a_terminal(command)
    assert code == 0 and "MiB/s" in shown and " left" in shown and "%  [" in shown
    assert shown.rsplit("\x1b[K", 1)[1].lstrip("\x1b[1m").startswith("NAME")
    quiet = server.ctl("maildrop", "check", account.name, "--rate", "4MiB")
    assert quiet.stderr == b"" and b"\x1b" not in quiet.stdout


def test_a_check_ends_at_ctrl_c(server, account):
    fill(server, account, [1])
    slow = subprocess.Popen([BIN / "restantectl", "--config", server.config_path, "maildrop",
                             "check", account.name, "--rate", "1B"])
    slow.send_signal(signal.SIGINT)
    assert slow.wait(START_SECONDS) == -signal.SIGINT
