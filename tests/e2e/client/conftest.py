"""The start of most tests of the client: a client with nothing in it, and another's server."""

import ssl
import types

import pytest

from harness.certs import make_certificate
from harness.dovecot import Dovecot
from harness.hostile_pop3 import HostilePop3
from harness.restante import Restante
from harness.sized_messages import MESSAGES


@pytest.fixture
def client():
    made = Restante()
    yield made
    made.close()


@pytest.fixture(scope="module")
def dovecot():
    made = Dovecot().start()
    yield made
    made.close()


@pytest.fixture
def hostile(client):
    """hostile(...) -> a server that the client's one account is on."""
    servers = []

    def make(messages=MESSAGES, answers=None, address="127.0.0.1", **more):
        servers.append(HostilePop3(messages, answers, address=address))
        client.add_account(servers[-1].port, "alice", "the secret",
                           **{"reply_timeout": "30s", "delete": "after-fetch", **more})
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def certificate(tmp_path):
    """The server's and the client's, which is its own authority."""
    file, key = make_certificate(tmp_path, "both", ["127.0.0.1", "localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return types.SimpleNamespace(certificate=file, key=key, authority=file, context=context)
