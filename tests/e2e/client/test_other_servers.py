"""Further servers from Debian: GNU Mailutils, which writes its unique ids into the messages and
lists other sizes than it sends, Courier, Cyrus, and popa3d, which has the same unique id for many.
Each message once, with all that they do to it."""

import pytest

from harness.courier import Courier
from harness.cyrus import Cyrus
from harness.dovecot import PASSWORD
from harness.mailutils import Mailutils
from harness.messages import COMMON, numbered
from harness.popa3d import Popa3d
from harness.relay import Relay

pytestmark = pytest.mark.sanitized_long


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


@pytest.fixture(scope="module")
def popa3d():
    made = Popa3d().start()
    yield made
    made.close()


@pytest.fixture(params=["mailutils", "courier", "cyrus",
                        pytest.param("popa3d", marks=pytest.mark.root)])
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


@pytest.mark.root
def test_a_unique_id_for_all_loses_nothing(client, popa3d):
    """A message that shares its id is known by its content, and deleted when that is safe."""
    sent = [numbered(n) for n in range(10)]
    user = popa3d.add_account()
    popa3d.deliver(user, sent, marked=False)
    client.add_account(popa3d.port, user, PASSWORD, tls="none", delete="after-fetch")
    for number in range(10, 13):
        client.fetch(code=None)
        assert received(client, popa3d) == sorted(sent)
        sent.append(numbered(number))
        popa3d.deliver(user, sent[-1:], marked=False)
    assert popa3d.count(user) == 1
