"""Further servers from Debian: GNU Mailutils, which writes its unique ids into the messages and
lists other sizes than it sends, Courier, and Cyrus, whose unique ids say its mailboxes' age. Each
message once, whatever they do to it."""

import pytest

from harness.courier import Courier
from harness.cyrus import Cyrus
from harness.dovecot import PASSWORD
from harness.mailutils import Mailutils
from harness.messages import COMMON, numbered
from harness.relay import Relay

pytestmark = pytest.mark.sanitized


@pytest.fixture(scope="module")
def mailutils():
    made = Mailutils().start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def courier():
    made = Courier().start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def cyrus():
    made = Cyrus().start()
    yield made
    made.close()


@pytest.fixture(params=["mailutils", "courier", "cyrus"])
def host(request):
    return request.getfixturevalue(request.param)


def received(client, host):
    return sorted(host.as_sent(message) for message in client.messages())


def test_each_message_comes_once(client, host):
    sent = [*COMMON.values(), *(numbered(n) for n in range(50))]
    user = host.add_account()
    host.deliver(user, sent)
    client.add_account(host.port, user, PASSWORD, tls="none")
    for _ in range(3):
        client.fetch()
        assert received(client, host) == sorted(sent)
    assert host.count(user) == len(sent)
    client.run("verify")


def test_what_was_fetched_is_deleted(client, host):
    sent = [numbered(n) for n in range(30)]
    user = host.add_account()
    host.deliver(user, sent)
    client.add_account(host.port, user, PASSWORD, tls="none", delete="after-fetch")
    assert client.fetch_report()["deleted"] == 30
    assert host.count(user) == 0
    assert received(client, host) == sorted(sent)


@pytest.mark.parametrize("after", [1000, 20_000, 60_000])
def test_a_cut_network_costs_nothing(client, host, after):
    sent = [numbered(n, 2000) for n in range(60)]
    user = host.add_account()
    host.deliver(user, sent)
    client.add_account(host.port, user, PASSWORD, tls="none", delete="after-fetch")
    with Relay(host.port, cut_after=after) as relay:
        client.change(port=relay.port)
        client.fetch(code=None)
    client.change(port=host.port)
    client.fetch()
    assert received(client, host) == sorted(sent)
    assert host.count(user) == 0
