"""`restante fetch` as a program: data, talk, exit codes, dry runs, signals."""

import fcntl
import json
import os
import pty
import socket
import sqlite3
import subprocess
from contextlib import closing

import pytest

from harness.deadline import poll
from harness.restante import PARTIAL, interrupt

pytestmark = pytest.mark.sanitized_long


def deliver(server, account, count, first=0):
    for number in range(first, first + count):
        server.ctl("deliver", account.name,
                   data=f"Subject: {number}\r\n\r\nMessage {number}\r\n".encode())


def test_everything_comes_once(server, client):
    account = server.add_account()
    deliver(server, account, 5)
    client.add_account(server.port("pop3"), account.name, account.password)
    report = client.fetch_report()
    assert (report["fetched"], report["complete"], report["error"]) == (5, True, None)
    assert len(client.messages()) == 5
    again = client.run("fetch")
    assert again.stdout == b"home: no new mail\n"
    assert len(client.messages()) == 5


def test_text_for_people(server, client):
    account = server.add_account()
    deliver(server, account, 1)
    client.add_account(server.port("pop3"), account.name, account.password, delete="after-fetch")
    dry = client.run("fetch", "--dry-run")
    assert b"home: 1 would be fetched" in dry.stdout
    assert not client.files()
    kept = client.run("fetch", "--keep")
    assert kept.stdout.startswith(b"home: 1 new (")
    assert b"deleted" not in kept.stdout
    assert b"1 deleted on the server" in client.run("fetch").stdout
    assert client.run("--quiet", "fetch").stdout == b""


def test_one_bad_account_does_not_hold_up_the_others(server, client):
    account = server.add_account()
    deliver(server, account, 2)
    client.add_account(server.port("pop3"), account.name, "Mistyped", name="bad")
    client.add_account(server.port("pop3"), account.name, account.password, name="good")
    result = client.run("--format", "jsonl", "fetch", code=PARTIAL)
    reports = {report["account"]: report
               for report in map(json.loads, result.stdout.splitlines())}
    assert reports["bad"]["error"]["code"] == "auth"
    assert reports["good"]["fetched"] == 2
    assert b"restante: bad: " in result.stderr
    assert b"Mistyped" not in result.stderr + result.stdout
    assert client.run("fetch", "bad", code=77).returncode == 77


def test_disabled_accounts_only_by_name(server, client):
    account = server.add_account()
    deliver(server, account, 1)
    client.add_account(server.port("pop3"), account.name, account.password, enabled=False)
    assert b"no accounts to fetch" in client.run("fetch").stderr
    assert b"1 new" in client.run("fetch", "home").stdout


def test_exit_codes_of_servers_that_are_not_there(client):
    client.add_account(1, "u", "p")
    client.run("fetch", code=69)
    client.change(host="no-such-host.invalid")
    client.run("fetch", code=68)
    assert client.run("fetch", "hom", code=66).stderr == \
        b'restante: there is no account "hom" (home?); there are: home\n'


def test_no_question_is_asked_without_a_terminal(server, client):
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password)
    client.change(password=None)
    assert b"configure password_command" in client.run("fetch", code=77).stderr


def test_deletions_are_shown_and_asked_for(server, client):
    account = server.add_account()
    deliver(server, account, 2)
    client.add_account(server.port("pop3"), account.name, account.password, delete="after-fetch")
    client.run("fetch", "--confirm", code=64)  # No person to ask.
    for answer, left in ((b"n\n", 2), (b"y\n", 0)):
        terminal, inside = pty.openpty()
        process = subprocess.Popen(client.command("fetch", "--confirm"), stdin=inside,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(inside)
        os.write(terminal, answer)
        said, shown = process.communicate(timeout=60)
        os.close(terminal)
        assert process.returncode == 0, shown
        assert shown.count(b"home: delete ") == 2
        assert b"Delete 2 messages of home on the server? [y/N]" in shown
        assert (b"2 deleted on the server" in said) == (left == 0)


def test_ctrl_c_ends_it_cleanly(client):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        client.add_account(silent.getsockname()[1], "u", "p")
        process = client.start("fetch")
        held = silent.accept()  # Closed when it goes.
        assert interrupt(process) == 130
        held[0].close()


def test_watch_goes_on_and_takes_up_a_changed_configuration(server, client):
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password, interval="1s")
    process = client.start("--format", "jsonl", "fetch", "--watch")
    process.wait_line(lambda line: "watching 1 account" in line, 60)
    deliver(server, account, 1)
    first = process.wait_line(lambda line: '"fetched":1' in line, 60)
    assert json.loads(first)["account"] == "home"
    good = client.config_path.read_text()
    client.config_path.write_text(good + "nonsense = 1\n")
    process.wait_line(lambda line: "nonsense: unknown key" in line, 60)
    client.config_path.write_text(good.replace("home", "house"))
    process.wait_line(lambda line: "the configuration has changed" in line, 60)
    process.wait_line(lambda line: '"account":"house"' in line, 60)
    assert interrupt(process) == 0


def indexed(client):
    """How many messages are in the index; asked of the database, for any command would index."""
    with closing(sqlite3.connect(client.archive / ".restante/restante.db")) as opened:
        return opened.execute("SELECT count(*) FROM messages WHERE indexed = 1").fetchone()[0]


def test_what_was_fetched_is_indexed(server, client):
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password, interval="1s")
    deliver(server, account, 3)
    client.fetch("--dry-run")
    client.fetch("--no-index")
    assert indexed(client) == 0
    client.fetch()
    assert indexed(client) == 3
    process = client.start("fetch", "--watch")
    deliver(server, account, 2, first=3)
    poll(lambda: indexed(client) == 5, 60, "an index of what the watcher brought")
    assert interrupt(process) == 0


def test_a_failing_index_never_fails_a_fetch(server, client):
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password)
    deliver(server, account, 1)
    client.fetch()
    # Another process is indexing.
    deliver(server, account, 1, first=1)
    with open(client.archive / ".restante/.index.lock", "r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        assert client.fetch_report()["fetched"] == 1
    assert indexed(client) == 1
    # It is broken.
    with closing(sqlite3.connect(client.archive / ".restante/restante.db")) as opened:
        opened.execute("DROP TABLE attachments")  # Nothing is renamed under one who has it open.
    deliver(server, account, 1, first=2)
    result = client.fetch()
    assert b"1 new" in result.stdout and b"not indexed yet" in result.stderr
    client.run("reindex")
    assert len(json.loads(client.run("--format", "json", "list").stdout)) == 3


def test_systemd_is_told_how_the_watcher_is(server, client):
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password, interval="1s")
    deliver(server, account, 1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(client.folder / "notify"))
        notices.settimeout(60)
        client.prefix = ["env", f"NOTIFY_SOCKET={client.folder}/notify"]
        process = client.start("--quiet", "fetch", "--watch")
        told = [notices.recv(4096)]
        while not any(b"1 new" in notice for notice in told):
            told.append(notices.recv(4096))
        assert b"READY=1\nSTATUS=watching 1 account" in told
        assert any(notice.startswith(b"STATUS=home: 1 new (") for notice in told)
        assert interrupt(process) == 0
        while told[-1] != b"STOPPING=1":
            told.append(notices.recv(4096))


def test_systemd_is_told_that_the_watcher_lives(server, client):
    """As often as it asks; also while work by the configuration of before goes on."""
    account = server.add_account()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, \
            socket.create_server(("127.0.0.1", 0)) as silent:
        client.add_account(server.port("pop3"), account.name, account.password, interval="1h")
        client.add_account(silent.getsockname()[1], "u", "p", interval="1h")
        notices.bind(str(client.folder / "notify"))
        notices.settimeout(60)
        silent.settimeout(60)
        client.prefix = ["env", f"NOTIFY_SOCKET={client.folder}/notify", "WATCHDOG_USEC=200000"]

        def lives(times):
            while times > 0:
                times -= notices.recv(4096) == b"WATCHDOG=1"

        def changed():
            return any("the configuration has changed" in line for line in process.lines())

        process = client.start("fetch", "--watch")
        waiting, _ = silent.accept()
        lives(5)
        client.change(interval="2h")
        lives(20)
        assert not changed()  # One account still waits for a greeting.
        waiting.close()
        while not changed():
            lives(1)
        lives(5)
        assert interrupt(process) == 0


def test_watch_backs_off_and_says_so(client):
    client.add_account(1, "u", "p", interval="1s")
    process = client.start("fetch", "--watch")
    process.wait_line(lambda line: "home: next try in 2 s" in line, 60)
    process.wait_line(lambda line: "home: next try in 4 s" in line, 60)
    assert interrupt(process) == 0
