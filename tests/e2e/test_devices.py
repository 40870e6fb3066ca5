"""Passwords for single devices: made and taken back beside a running server, good for every way of
logging in by password, listed with their last use."""

import json
import re

import pytest

from harness.deadline import poll
from harness.pop3 import Pop3
from harness.wire import client_context

FORM = re.compile(rb"^(?:[abcdefghjkmnpqrstvwxyz]{5}-){3}[abcdefghjkmnpqrstvwxyz]{5}\n$")


def make(server, account, label):
    made = server.ctl("device", "add", account.name, label)
    assert FORM.match(made.stdout), made.stdout
    return made.stdout.decode().strip()


def devices(server, account):
    shown = json.loads(server.ctl("--format", "json", "device", "list", account.name).stdout)
    assert shown["name"] == account.name
    return {device.pop("label"): device for device in shown["devices"]}


def lets_in(server, name, password):
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {name}")
        answer = pop3.command(f"PASS {password}")
        if answer.startswith(b"+OK"):
            pop3.ok("QUIT")
        return answer.startswith(b"+OK")


@pytest.mark.sanitized
def test_a_device_logs_in_until_it_is_removed(server):
    account = server.add_account()
    phone, laptop = make(server, account, "phone"), make(server, account, "Alice's laptop")
    assert phone != laptop
    for password in (phone, laptop, account.password, phone.upper(), phone.replace("-", "")):
        assert lets_in(server, account.name, password)
    assert server.process.wait_line(
        lambda line: f"user={account.name} method=USER device=phone " in line, 20)
    server.ctl("device", "remove", account.name, "phone")
    for _ in range(2):
        assert not lets_in(server, account.name, phone)
    assert lets_in(server, account.name, laptop)
    assert lets_in(server, account.name, account.password)
    assert list(devices(server, account)) == ["Alice's laptop"]
    server.ctl("account", "disable", account.name)
    assert not lets_in(server, account.name, laptop)
    assert not any(secret in line for line in server.all_log()
                   for secret in (phone, laptop, phone.replace("-", "")))


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_devices_log_in_by_sasl(server, mechanism):
    import poplib
    from base64 import b64encode
    account = server.add_account()
    phone = make(server, account, "phone")
    connection = poplib.POP3(*server.address("pop3"), timeout=30)
    connection.stls(client_context())

    def answer(text):
        return connection._shortcmd(b64encode(text.encode()).decode())
    if mechanism == "PLAIN":
        connection._shortcmd("AUTH PLAIN")
        assert answer(f"\0{account.name}\0{phone}").startswith(b"+OK")
    else:
        connection._shortcmd("AUTH LOGIN")
        answer(account.name)
        assert answer(phone).startswith(b"+OK")
    connection.quit()


def test_the_last_use_is_written_down(make_server):
    server = make_server()
    account = server.add_account()
    phone = make(server, account, "phone")
    make(server, account, "laptop")
    assert devices(server, account)["phone"]["last_used"] is None
    assert lets_in(server, account.name, phone)
    assert server.stop() == 0
    listed = devices(server, account)
    assert listed["phone"]["last_used"] >= listed["phone"]["created"]
    assert listed["laptop"]["last_used"] is None
    text = server.ctl("device", "list", account.name).stdout.decode().splitlines()
    assert text[0].split()[:4] == ["LABEL", "CREATED", "LAST", "USED"]
    assert text[1].split()[0] == "laptop" and text[1].split()[2] == "never"
    assert text[1].split()[3:] == ["shared", "each", "yes", "0"]


def test_the_last_use_is_written_while_the_server_runs(make_server):
    server = make_server({"tls": {"watch_interval": "1s"}})
    account = server.add_account()
    phone = make(server, account, "phone")
    assert lets_in(server, account.name, phone)
    poll(lambda: devices(server, account)["phone"]["last_used"], 30, "the last use")
    assert lets_in(server, account.name, phone)


@pytest.mark.parametrize("code,words,told", [
    (73, ["add", "alice", "phone"], "phone"),
    (67, ["add", "nobody", "phone"], "no such account"),
    (65, ["add", "alice", "a\nb"], "label"),
    (65, ["add", "alice", ""], "label"),
    (65, ["add", "alice", "x" * 65], "label"),
    (67, ["remove", "alice", "tablet"], "no such device"),
    (67, ["remove", "nobody", "phone"], "no such account"),
    (67, ["list", "nobody"], "no such account"),
    (64, ["add", "alice"], "LABEL"),
])
def test_mistakes(make_server, code, words, told):
    server = make_server(start=False)
    account = server.add_account("alice@example.test")
    make(server, account, "phone")
    failed = server.ctl("device", *words, check=False)
    assert (failed.returncode, failed.stdout) == (code, b"")
    assert told in failed.stderr.decode() and failed.stderr.count(b"\n") == 1
