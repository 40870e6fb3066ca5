"""Passwords and tokens in a real keyring (gnome-keyring, by secret-tool), and notifications of new
mail, on a session bus of the tests' own."""

import hashlib
import json

import pytest

from harness.certs import der
from harness.desktop import Desktop
from harness.grants import GrantingIssuer
from harness.messages import numbered
from harness.restante import Restante, interrupt

pytestmark = pytest.mark.sanitized_long

REFUSED = 77
MESSAGE = b"Subject: x\r\n\r\nText\r\n"


@pytest.fixture
def desktop():
    made = Desktop()
    yield made
    made.close()


@pytest.fixture
def client(desktop):
    made = Restante()
    made.prefix = [*desktop.prefix, f"XDG_STATE_HOME={made.folder}/state"]
    yield made
    made.close()


@pytest.fixture
def issuer(tmp_path):
    with GrantingIssuer(tmp_path) as made:
        yield made


def test_a_password_from_the_keyring(server, account, desktop, client):
    """It is put there by the very command that the refusal shows."""
    desktop.start_keyring()
    server.ctl("deliver", account.name, data=MESSAGE)
    client.add_account(server.port("pop3"), account.name, None, keyring=True)
    client.change(password=None)
    refused = client.fetch(code=REFUSED).stderr.decode()
    words = refused[refused.index("secret-tool store "):].split()
    assert words[3:] == ["host", "127.0.0.1", "service", "pop3", "user", account.name]
    # Without a line's end, as secret-tool itself reads it from a terminal.
    desktop.secret_tool(*words[1:], secret=account.password.encode())
    assert client.fetch_report()["fetched"] == 1


def test_a_wrong_password_in_the_keyring(server, account, desktop, client):
    desktop.start_keyring()
    desktop.secret_tool("store", "--label=x", "host", "127.0.0.1", "service", "pop3", "user",
                        account.name, secret=b"Mistyped")
    client.add_account(server.port("pop3"), account.name, None, keyring=True)
    client.change(password=None)
    said = client.fetch(code=REFUSED).stderr
    assert b"Mistyped" not in said and account.name.encode() in said


def without_a_keyring(client, reason):
    said = client.fetch(code=REFUSED).stderr
    assert b"the keyring (secret-tool)" in said and reason in said
    # A missing keyring is no reason to look for a password, or to log in anew.
    assert b"put it there" not in said and b"account login" not in said


def test_without_a_keyring_it_says_so(server, account, desktop, client):
    client.add_account(server.port("pop3"), account.name, None, keyring=True)
    client.change(password=None)
    without_a_keyring(client, b"org.freedesktop.secrets")
    client.prefix = [*client.prefix, "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere"]
    without_a_keyring(client, b"Could not connect")
    client.prefix = [*client.prefix, "PATH=/nowhere"]
    without_a_keyring(client, b"No such file")


def test_without_a_keyring_tokens_are_not_taken_for_missing(issuer, desktop, client):
    client.top = {"issuer": [issuer.settings(keyring=True)]}
    client.add_account(1, "me", None, oauth="test")
    client.change(password=None)
    without_a_keyring(client, b"org.freedesktop.secrets")


def test_tokens_in_the_keyring(make_server, issuer, desktop, client):
    """Login, fetching, refreshing: no token is ever in a file."""
    desktop.start_keyring()
    server = make_server({"oauth": {"issuer": issuer.url, "audience": issuer.audience,
                                    "jwks_url": issuer.url + "/keys",
                                    "ca_file": str(issuer.authority.certificate)}})
    account = server.add_account()
    server.ctl("deliver", account.name, data=MESSAGE)
    issuer.person, issuer.life = account.name, 30  # So short that each session wants a new one.
    client.top = {"issuer": [issuer.settings(keyring=True)]}
    pin = hashlib.sha256(der(server.data_dir / "self-signed.pem")).hexdigest()
    client.add_account(server.port("pop3", "implicit"), account.name, None, tls="implicit",
                       pins=[pin], oauth="test")
    client.change(password=None)
    assert b"restante account login home" in client.fetch(code=REFUSED).stderr
    client.run("account", "login", "home")
    kept = [in_keyring(desktop)]
    assert client.fetch_report()["fetched"] == 1
    kept.append(in_keyring(desktop))
    assert kept[0]["refresh_token"] != kept[1]["refresh_token"]
    assert issuer.refresh_tokens == {kept[1]["refresh_token"]}
    for path in client.folder.rglob("*"):
        octets = path.read_bytes() if path.is_file() else b""
        assert not any(tokens[name].encode() in octets for tokens in kept
                       for name in ("access_token", "refresh_token")), path


def in_keyring(desktop):
    return json.loads(desktop.secret_tool("lookup", "service", "restante-oauth", "account", "home"))


def test_new_mail_is_notified_and_nothing_else(server, account, desktop, client):
    desktop.start_notifications()
    client.add_account(server.port("pop3"), account.name, account.password, notify=True,
                       interval="1s")
    process = client.start("fetch", "--watch")
    process.wait_line(lambda line: "watching 1 account" in line, 60)
    for number in range(2):
        server.ctl("deliver", account.name, data=numbered(number))
    shown = json.loads(desktop.notified(lambda line: "new message" in line))
    assert shown[:2] == ["restante", "New mail: home"]
    assert interrupt(process) == 0


def test_without_a_desktop_it_goes_on(server, account, desktop, client):
    """No service has the notifications' name on this bus, and that is no news."""
    client.add_account(server.port("pop3"), account.name, account.password, notify=True,
                       interval="1s")
    process = client.start("fetch", "--watch")
    process.wait_line(lambda line: "watching 1 account" in line, 60)
    for number in (1, 2):
        before = process.line_count()
        server.ctl("deliver", account.name, data=numbered(number))
        process.wait_line(lambda line: "1 new" in line, 60, before)
        assert len(client.messages()) == number
    assert interrupt(process) == 0
    assert not any("Notifications" in line for line in process.lines())
