"""`restante account …` and `restante probe`: finding, testing and adding accounts."""

import json
import os
import pty
import re
import string
import subprocess

import pytest

from harness.dovecot import PASSWORD, Dovecot
from harness.server import BIN

pytestmark = pytest.mark.sanitized_long


def probe(client, *words, code=0):
    return json.loads(client.run("--format", "json", "probe", *words, code=code).stdout)


def test_probe_of_our_server(server, client):
    port = server.port("pop3", "implicit")
    authority = server.data_dir / "self-signed.pem"
    client.run("probe", "127.0.0.1", "--port", port, code=77)  # This certificate is not trusted.
    seen = probe(client, "127.0.0.1", "--port", port, code=77)
    assert not seen["trusted"] and seen["certificate_sha256"] in seen["distrust"]
    assert seen["tls_version"] == "TLSv1.3"
    assert seen["password_login"] == "PLAIN"  # No account has SCRAM's keys.
    assert seen["token_login"] == ""
    assert "UIDL" in seen["capabilities"]
    pinned = probe(client, "127.0.0.1", "--port", port, "--pin", seen["certificate_sha256"])
    assert pinned["trusted"]
    by_name = probe(client, "localhost", "--port", port, "--ca-file", authority, code=None)
    assert by_name["certificate_sha256"] == seen["certificate_sha256"]


def test_probe_before_and_after_stls(server, client):
    seen = probe(client, "127.0.0.1", "--port", server.port("pop3"), "--tls", "starttls", code=77)
    assert "STLS" in seen["capabilities_before_tls"]
    assert "STLS" not in seen["capabilities"]
    clear = client.run("probe", f"127.0.0.1:{server.port('pop3')}", "--tls", "none")
    assert b"everybody on the way can read along" in clear.stdout


def test_probe_of_dovecot(client):
    dovecot = Dovecot().start()
    try:
        seen = probe(client, "127.0.0.1", "--port", dovecot.tls_port, code=77)
        assert "Dovecot" in seen["greeting"]
        assert "SCRAM-SHA-256" in seen["mechanisms"].split()
        shown = client.run("probe", "127.0.0.1", "--port", dovecot.port, "--tls", "none",
                           "--verbose")
        assert b"> CAPA" in shown.stderr
    finally:
        dovecot.stop()


def test_account_test_logs_in_and_shows_no_secret(server, client):
    account = server.add_account()
    server.ctl("deliver", account.name, data=b"Subject: x\r\n\r\nx\r\n")
    client.add_account(server.port("pop3"), account.name, account.password)
    shown = client.run("account", "test", "home", "--verbose")
    assert re.match(rb"home: logged in by \S+; 1 message \(", shown.stdout)
    assert b"< +OK" in shown.stderr
    assert account.password.encode() not in shown.stderr
    client.change(password="Mistyped")
    client.run("account", "test", "home", code=77)


@pytest.mark.parametrize("taken", ["address", "local part"])
def test_add_finds_the_login_name(client, taken):
    """The whole address first, then what is before the @; each with one and the same password."""
    letters = string.ascii_letters + string.digits + ".-_" + ("@" if taken == "address" else "")
    dovecot = Dovecot(f"auth_username_chars = {letters}").start()
    expected = dovecot.add_account("alice@example.test" if taken == "address" else "alice")
    log = client.folder / "asked"
    try:
        client.config_path.write_text(f'archive = "{client.archive}"\n')
        words = ["account", "add", "alice@example.test", "--name", "work", "--host", "127.0.0.1",
                 "--port", dovecot.tls_port, "--ca-file", dovecot.certificate]
        command = f"echo x >> {log}; echo "
        added = client.run(*words, "--password-command", command + PASSWORD)
        assert f"logged in as {expected} by ".encode() in added.stderr
        assert f'user = "{expected}"' in client.config_path.read_text()
        assert log.read_text() == "x\n"
        before = client.config_path.read_text()
        words[4] = "other"
        client.run(*words, "--password-command", command + "Mistyped", code=77)
        if taken == "local part":  # A name that was given is not guessed at.
            client.run(*words, "--password-command", command + PASSWORD,
                       "--user", "alice@example.test", code=77)
        assert client.config_path.read_text() == before
    finally:
        dovecot.stop()


def test_add_appends_what_it_has_tested(server, client):
    account = server.add_account()
    pin = probe(client, "127.0.0.1", "--port", server.port("pop3", "implicit"),
                code=77)["certificate_sha256"]
    client.config_path.write_text(f'archive = "{client.archive}"  # and nothing else')
    before = client.config_path.read_text()
    words = ["account", "add", account.name, "--name", "work", "--host", "127.0.0.1",
             "--port", server.port("pop3", "implicit"),
             "--password-command", f"printf '%s\\n' {account.password}"]
    refused = client.run(*words, code=77)
    assert f"--pin {pin}".encode() in refused.stderr
    assert client.config_path.read_text() == before
    printed = client.run(*words, "--pin", pin, "--print")
    assert printed.stdout.startswith(b"[[account]]\nname = \"work\"\n")
    assert client.config_path.read_text() == before
    client.run(*words, "--pin", pin)
    assert client.config_path.read_text().startswith(before)
    assert b"no new mail" in client.run("fetch", "work").stdout
    assert b"already" in client.run(*words, "--pin", pin, code=73).stderr


def test_add_tests_the_password_before_it_writes(server, client):
    account = server.add_account()
    before = client.config_path.read_text()
    client.run("account", "add", account.name, "--name", "work", "--host", "127.0.0.1",
               "--port", server.port("pop3"), "--tls", "none",
               "--password-command", "echo Mistyped", code=77)
    assert client.config_path.read_text() == before


def test_add_asks_only_on_a_terminal(server, client):
    client.run("account", "add", code=64)
    client.run("account", "add", "me@example.com", code=64)
    account = server.add_account()
    terminal, inside = pty.openpty()
    fresh = client.folder / "new" / "restante.toml"
    process = subprocess.Popen(
        ["setsid", "--ctty", BIN / "restante", "--config", fresh, "account", "add", "--host",
         "127.0.0.1", "--port", str(server.port("pop3")), "--tls", "none"],
        stdin=inside, stdout=subprocess.PIPE, stderr=inside)
    os.close(inside)
    seen = b""
    for question, answer in ((b"Mail address: ", account.name), (b"[work]: ", ""),
                             (b"each time): ", ""), (b"Password of ", account.password)):
        while question not in seen:
            seen += os.read(terminal, 1000)
        seen = seen.split(question, 1)[1]
        os.write(terminal, answer.encode() + b"\n")
    while True:  # What it says at the end; the terminal ends with the program.
        try:
            piece = os.read(terminal, 1000)
        except OSError:
            break
        seen += piece
    assert process.wait(60) == 0, seen
    process.stdout.close()
    os.close(terminal)
    assert account.password.encode() not in seen
    text = fresh.read_text()
    assert 'archive = "~/Mail/restante"' in text and f'user = "{account.name}"' in text
    assert fresh.stat().st_mode & 0o777 == 0o600


def test_list_and_show(client):
    client.add_account(995, "me", "Secret1234", tls="implicit")
    shown = client.run("account", "show", "home")
    assert b"in the configuration" in shown.stdout and b"Secret1234" not in shown.stdout
    listed = json.loads(client.run("--format", "json", "account", "list").stdout)
    assert [account["name"] for account in listed] == ["home"]
    assert PASSWORD.encode() not in shown.stdout
