"""Where passwords come from: each way gets the mail, and none shows the password."""

import os
import pty
import subprocess

import pytest

from harness.restante import Restante

pytestmark = pytest.mark.sanitized_long


@pytest.fixture
def account(server):
    return server.add_account()


@pytest.fixture
def client(server, account):
    made = Restante()
    made.add_account(server.port("pop3"), account.name, None)
    made.change(password=None)
    yield made
    made.close()


def logs_in(client, account):
    shown = client.run("account", "test", "home", "--verbose")
    assert b"logged in by PLAIN" in shown.stdout
    assert account.password.encode() not in shown.stdout + shown.stderr


def test_a_command_by_a_shell_or_without(client, account):
    client.change(password_command=f"printf '%s' '{account.password}' | cat")
    logs_in(client, account)
    client.change(password_command=["printf", "%s\\n", account.password])
    logs_in(client, account)


def test_a_file(client, account):
    path = client.folder / "password"
    path.touch(mode=0o600)
    path.write_text(account.password + "\nmore\n")
    client.change(password_file="password")  # Beside the configuration.
    logs_in(client, account)
    path.chmod(0o644)
    assert b"chmod 600 it" in client.run("account", "test", "home", code=77).stderr


def test_the_keyring_by_secret_tool(client, account):
    folder = client.folder / "bin"
    folder.mkdir()
    tool = folder / "secret-tool"
    tool.write_text(f"""#!/bin/sh
[ "$*" = "lookup host 127.0.0.1 service pop3 user {account.name}" ] || exit 1
printf '%s' '{account.password}'
""")
    tool.chmod(0o755)
    client.prefix = ["env", f"PATH={folder}:/usr/bin:/bin"]
    client.change(keyring=True)
    logs_in(client, account)
    client.change(user="nobody")
    refused = client.run("account", "test", "home", code=77).stderr
    assert b"secret-tool store --label=restante host 127.0.0.1 service pop3 user nobody" in refused


def test_a_person_is_asked_once_without_echo(client, account):
    terminal, inside = pty.openpty()
    process = subprocess.Popen(["setsid", "--ctty", *client.command("fetch")], stdin=inside,
                               stdout=subprocess.PIPE, stderr=inside)
    os.close(inside)
    seen = b""
    while b"Password of" not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, account.password.encode() + b"\n")
    while True:
        try:
            seen += os.read(terminal, 1000)
        except OSError:  # The terminal ends with the program.
            break
    assert process.wait(60) == 0, seen
    assert b"no new mail" in process.stdout.read()
    process.stdout.close()
    os.close(terminal)
    assert seen.count(b"Password of") == 1
    assert account.password.encode() not in seen


def test_commands_that_fail_say_so(client):
    client.change(password_command="exit 3")
    assert b"password_command of home ended with 3" in client.run("fetch", code=77).stderr
    client.change(password_command="/no/such/program")
    client.change(password_command=["/no/such/program"])
    assert b"/no/such/program" in client.run("fetch", code=77).stderr
