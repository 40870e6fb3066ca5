"""How the client gets in: against restanted and Dovecot, in clear, by STLS and by TLS, with each
login, through real proxies, by IPv6."""

import poplib
import socket

import pytest

from harness.dovecot import PASSWORD
from harness.proxies import Proxy
from harness.server import ServerFactory, listen

pytestmark = pytest.mark.sanitized_long

UNAVAILABLE, TEMPORARY, REFUSED = 69, 75, 77
MESSAGE = b"Subject: x\r\n\r\nText\r\n"
SCRAM = {"auth": {"mechanisms": ["SCRAM-SHA-256", "PLAIN", "LOGIN"],
                  "password_scheme": "scram-sha-256"}}
MODES = {"none": "starttls", "starttls": "starttls", "implicit": "implicit"}  # Client's: server's.


@pytest.fixture(scope="module")
def server():
    factory = ServerFactory()
    yield factory(SCRAM)
    factory.close()


@pytest.fixture(params=["socks5", "http"])
def proxy(request):
    made = Proxy(request.param)
    yield made
    made.close()


@pytest.fixture
def mailbox(server, account):
    server.ctl("deliver", account.name, data=MESSAGE)
    return account


def authority(server):
    """The certificate that it has made for itself."""
    return str(next(server.data_dir.glob("*.pem")))


def only_message(client):
    messages = client.messages()
    assert len(messages) == 1
    return messages[0]


def method_of(client):
    """How it got in, with the one message."""
    report = client.fetch_report()
    assert only_message(client).endswith(MESSAGE)
    return report["login_method"]


@pytest.mark.parametrize("tls, method", [("none", "SCRAM-SHA-256"),
                                         ("starttls", "SCRAM-SHA-256-PLUS"),
                                         ("implicit", "SCRAM-SHA-256-PLUS")])
def test_restanted(server, mailbox, client, tls, method):
    client.add_account(server.port("pop3", MODES[tls]), mailbox.name, mailbox.password, tls=tls,
                       ca_file=authority(server))
    assert method_of(client) == method


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "PLAIN", "LOGIN", "USER"])
def test_restanted_by_a_named_mechanism(server, mailbox, client, mechanism):
    client.add_account(server.port("pop3", "implicit"), mailbox.name, mailbox.password,
                       tls="implicit", ca_file=authority(server), mechanism=mechanism)
    assert method_of(client) == mechanism


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_dovecot(dovecot, client, tls):
    user = dovecot.add_account()
    dovecot.deliver(user, [MESSAGE])
    client.add_account(dovecot.tls_port if tls == "implicit" else dovecot.port, user, PASSWORD,
                       tls=tls, ca_file=str(dovecot.certificate))
    assert method_of(client) == "SCRAM-SHA-256"
    client.change(password="another")
    said = client.fetch(code=REFUSED).stderr
    assert user.encode() in said and b"another" not in said


def test_a_wrong_password_is_tried_once(server, account, client):
    client.add_account(server.port("pop3"), account.name, "Mistyped")
    client.fetch(code=REFUSED)
    failures = [line for line in server.all_log() if account.name in line and "auth" in line]
    assert len(failures) <= 1, failures


def test_a_mailbox_in_use_is_worth_another_try(server, mailbox, client):
    holder = poplib.POP3("127.0.0.1", server.port("pop3"), timeout=60)
    holder.user(mailbox.name)
    holder.pass_(mailbox.password)
    client.add_account(server.port("pop3"), mailbox.name, mailbox.password)
    assert b"[IN-USE]" in client.fetch(code=TEMPORARY).stderr
    holder.quit()
    client.fetch()
    assert only_message(client).endswith(MESSAGE)


def test_through_a_proxy(server, mailbox, client, proxy):
    client.add_account(server.port("pop3", "implicit"), mailbox.name, mailbox.password,
                       tls="implicit", ca_file=authority(server), proxy=proxy.url())
    assert method_of(client) == "SCRAM-SHA-256-PLUS"


def test_through_a_proxy_in_clear_without_the_password(server, mailbox, client, proxy):
    """The other side of a proxy is not this machine, wherever the proxy is."""
    client.add_account(server.port("pop3"), mailbox.name, mailbox.password, proxy=proxy.url())
    assert method_of(client) == "SCRAM-SHA-256"
    client.change(mechanism="PLAIN")
    assert b"use TLS" in client.fetch(code=REFUSED).stderr


def test_a_proxy_that_refuses(server, mailbox, client, proxy):
    client.add_account(server.port("pop3"), mailbox.name, mailbox.password,
                       proxy=proxy.url(password="wrong"))
    said = client.fetch(code=REFUSED).stderr
    assert b"proxy" in said and b"wrong" not in said
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client.change(proxy=proxy.url(), port=unused.getsockname()[1])
        assert b"proxy" in client.fetch(code=None).stderr
        client.change(proxy=f"{proxy.kind}://127.0.0.1:{unused.getsockname()[1]}")
        assert b"Connection refused" in client.fetch(code=UNAVAILABLE).stderr


def test_ipv6(make_server, client):
    server = make_server({**SCRAM, "listen": [listen("pop3", "implicit", "[::1]:0")]})
    account = server.add_account()
    server.ctl("deliver", account.name, data=MESSAGE)
    client.add_account(server.port("pop3", "implicit"), account.name, account.password, host="::1",
                       tls="implicit", ca_file=authority(server))
    assert method_of(client) == "SCRAM-SHA-256-PLUS"
