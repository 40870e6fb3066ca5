"""What users of the client are told in the background: by cron, `restante status` and systemd."""

import email
import json
import pathlib
import re
import socket
import sqlite3

import pytest

from harness.hostile_pop3 import HostilePop3
from harness.numbered_mail import mail
from harness.ports import free_port
from harness.restante import PARTIAL, UNAVAILABLE, interrupt
from harness.terminal import SECONDS

pytestmark = pytest.mark.sanitized_long

ROOT = pathlib.Path(__file__).resolve().parents[3]


# From cron.


def test_quiet_is_silent_unless_something_is_wrong(client):
    with HostilePop3([mail(1)]) as server:
        client.add_account(server.port, "u", "p")
        for _ in range(2):
            result = client.run("--quiet", "fetch")
            assert (result.stdout, result.stderr) == (b"", b"")
    assert client.run("--quiet", "fetch", code=UNAVAILABLE).stderr


def test_a_quit_without_an_answer_is_told(client):
    """Also with --quiet, and in JSON: what was to be deleted may be there still."""
    with HostilePop3([mail(1)], {"QUIT": b"-ERR not now\r\n"}) as server:
        client.add_account(server.port, "u", "p", delete="after-fetch")
        told = client.run("--quiet", "--format", "json", "fetch", code=None)
        report = json.loads(told.stdout)["accounts"][0]
        assert told.returncode != 0 and not report["complete"] and report["unconfirmed"]
        assert b"not known to be deleted" in told.stderr


# How the accounts stand.


def status(client, code, *words):
    return json.loads(client.run("--format", "json", "status", *words, code=code).stdout)


def backdate(client, seconds):
    """As if all that is noted were that much older."""
    with sqlite3.connect(client.archive / ".restante/restante.db") as opened:
        for column in ("attempted", "succeeded", "failed", "failing_since", "told"):
            opened.execute(f"UPDATE runs SET {column} = {column} - ? WHERE {column} > 0",
                           (seconds,))


def test_status_says_which_account_fails_and_since_when(client):
    with HostilePop3([mail(1)]) as server:
        client.add_account(server.port, "u", "p", name="good")
        client.add_account(1, "u", "p", name="bad")
        assert not status(client, PARTIAL)["well"]  # Never collected.
        client.fetch(code=PARTIAL)
        told = status(client, PARTIAL)
        good, bad = told["accounts"]
        assert good["well"] and good["last_success"] and good["last_failure"] is None
        assert bad["state"] == "failing" and "127.0.0.1:1" in bad["reason"]
        assert bad["last_success"] is None and bad["failing_since"] == bad["last_failure"]
        line = client.run("status", "--check", code=1).stdout
        assert line.startswith(b"WARNING: bad: failing since ") and line.count(b"\n") == 1
        backdate(client, 7 * 3600)
        assert b"CRITICAL" in client.run("status", "--check", code=2).stdout
        client.run("account", "pause", "bad")
        client.fetch()
        assert status(client, 0)["well"]
        assert client.run("--quiet", "status", "--check").stdout == b""
        table = client.run("status").stdout
        assert b"good" in table and b"paused" in table


def test_an_account_that_is_no_longer_collected_is_late(client):
    with HostilePop3() as server:
        client.add_account(server.port, "u", "p", interval="5m")
        client.fetch()
        status(client, 0)
        backdate(client, 16 * 60)
        assert status(client, PARTIAL)["accounts"][0]["state"] == "late"
        status(client, 0, "--within", "1h")


def test_a_target_that_fails_has_a_state_of_its_own(client):
    with HostilePop3([mail(1)]) as server:
        port = free_port()
        client.add_account(server.port, "u", "p", hand_on=[
            {"kind": "lmtp", "target": f"127.0.0.1:{port}", "recipient": "b@example.test"}])
        client.fetch(code=None)
        account = status(client, PARTIAL)["accounts"][0]
        target = account["targets"][0]
        assert account["well"] and not target["well"]
        assert target["waiting"] == 1 and target["reason"]


def test_a_fetch_in_the_background_tells_when_it_has_failed_for_long(client):
    """Once, as a message in the archive's own account."""
    client.add_account(1, "u", "p", name="bad", tell_after="2h")
    client.fetch(code=UNAVAILABLE)
    assert not client.files("restante")
    backdate(client, 2 * 3600)
    for _ in range(2):
        client.fetch(code=UNAVAILABLE)
    (octets,) = client.messages("restante")
    message = email.message_from_bytes(octets)
    assert message["Subject"].startswith("restante: bad: mail is not collected since ")
    assert "127.0.0.1:1" in message.get_payload()
    listed = json.loads(client.run("--format", "json", "list", "account:restante").stdout)
    assert len(listed) == 1
    client.change(tell_after="off")
    backdate(client, 30 * 86400)
    client.fetch(code=UNAVAILABLE)
    assert len(client.messages("restante")) == 1


def test_systemd_hears_who_fails(client):
    with HostilePop3() as server, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        client.add_account(1, "u", "p", name="bad", interval="1h")
        client.add_account(server.port, "u", "p", name="good", interval="1s")
        notices.bind(str(client.folder / "notify"))
        notices.settimeout(SECONDS)
        client.prefix = ["env", f"NOTIFY_SOCKET={client.folder}/notify"]
        process = client.start("--quiet", "fetch", "--watch")
        told = b""
        while not told.startswith(b"STATUS=1 of 2 accounts fails: bad; last look: good: "):
            told = notices.recv(4096)
        assert interrupt(process) == 0
    unit = (ROOT / "packaging/systemd/restante-fetch.service").read_text()
    assert re.findall(r"^SuccessExitStatus=(.*)$", unit, re.M) == ["75"]
