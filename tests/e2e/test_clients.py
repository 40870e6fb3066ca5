"""Debian's POP3 clients fetch, keep and delete mail that is hard to carry."""

import importlib
import pathlib
import shutil
import tempfile
from dataclasses import replace

import pytest

from harness import messages
from harness.clients import Target, curl
from harness.lmtp import Lmtp
from harness.pop3 import login_when_free

CLIENTS = {name: importlib.import_module(f"harness.clients.{name}")
           for name in ("curl", "fetchmail", "mpop", "getmail", "s_nail", "poplib", "net_pop3")}
# With sanitizers each client in one mode, and each mode with some client.
QUICK = {("curl", "starttls"), ("fetchmail", "implicit"), ("mpop", "none"), ("getmail", "none"),
         ("s_nail", "starttls"), ("poplib", "implicit"), ("net_pop3", "none")}
PAIRS = [pytest.param(name, tls, marks=[pytest.mark.sanitized] * ((name, tls) in QUICK))
         for name, module in CLIENTS.items() for tls in module.TLS]


@pytest.fixture
def folder():
    """Outside pytest's own folder, which only the user himself may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="restante-client-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def target(server, account, folder):
    """target(tls, mails, keep) -> Target: with `mails` waiting in a maildrop of its own."""

    def make(tls, mails, keep=False):
        with Lmtp(server.address("lmtp")) as lmtp:
            for mail in mails:
                lmtp.deliver(mail, account.name)
        mode = "implicit" if tls == "implicit" else "starttls"
        return Target("127.0.0.1", server.port("pop3", mode), tls, account, len(mails), folder,
                      keep)

    return make


def waiting(server, account):
    """What is in the maildrop. A client that keeps everything may have left without QUIT."""
    with login_when_free(server.address("pop3"), account) as pop3:
        found = [message for _, message in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    return found


@pytest.mark.parametrize("name,tls", PAIRS)
def test_client_fetches_and_deletes(server, target, name, tls):
    client, goal = CLIENTS[name], target(tls, list(messages.COMMON.values()))
    expected = waiting(server, goal.account)
    stored = client.fetch(goal)
    messages.assert_same(stored, [client.stored(one) for one in expected])
    assert waiting(server, goal.account) == []


@pytest.mark.parametrize("name,tls", PAIRS)
def test_client_keeps(server, target, name, tls):
    client, goal = CLIENTS[name], target(tls, list(messages.COMMON.values())[:3], keep=True)
    expected = waiting(server, goal.account)
    stored = client.fetch(goal)
    messages.assert_same(stored, [client.stored(one) for one in expected])
    assert waiting(server, goal.account) == expected


@pytest.mark.parametrize("name,mail", [
    (name, mail) for name, module in CLIENTS.items() for mail in messages.RAW
    if mail not in getattr(module, "SPOILS", ())])
def test_client_fetches_what_is_hardly_mail(server, target, name, mail):
    client, goal = CLIENTS[name], target("none", [messages.RAW[mail], messages.COMMON["plain"]])
    expected = waiting(server, goal.account)
    messages.assert_delivered(expected[0], messages.RAW[mail])
    stored = client.fetch(goal)
    messages.assert_same(stored, [client.stored(one) for one in expected])
    assert waiting(server, goal.account) == []


@pytest.mark.parametrize("name", CLIENTS)
def test_client_fetches_a_large_message(server, target, name):
    client, goal = CLIENTS[name], target("none", [messages.large(20 << 20)])
    (expected,) = waiting(server, goal.account)
    messages.assert_same(client.fetch(goal), [client.stored(expected)])
    assert waiting(server, goal.account) == []


@pytest.mark.parametrize("name", ["curl", "poplib"])
def test_client_lists_the_sizes(server, target, name):
    client, goal = CLIENTS[name], target("none", list(messages.ALL.values()))
    assert client.sizes(goal) == [len(message) for message in waiting(server, goal.account)]


@pytest.mark.parametrize("option", ["", "AUTH=PLAIN", "AUTH=LOGIN"])
@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_curl_logs_in_by_every_mechanism(server, target, tls, option):
    goal = target(tls, [messages.COMMON["plain"]])
    words = ["--login-options", option] if option else []
    (expected,) = waiting(server, goal.account)
    assert curl.command(goal, *words, path="1") == expected
    uidl = curl.command(goal, *words, "--request", "UIDL")
    assert uidl.startswith(b"1 ") and uidl.endswith(b"\r\n")


def test_curl_is_told_of_a_wrong_password(server, target):
    goal = target("none", [])
    wrong = replace(goal, account=replace(goal.account, password="wrong"))
    curl.command(wrong, expected=(67,))  # CURLE_LOGIN_DENIED
