"""`restante account add` finds the server in the domain's DNS (RFC 6186 s.3.3), TLS from the first
octet before STLS (RFC 8314 s.5.1): with a real DNS server and the system's resolver."""

import pytest

from harness.certs import Authority
from harness.own_dns import OwnDns
from harness.restante import Restante

pytestmark = [pytest.mark.sanitized_long, pytest.mark.root]

NO_HOST, UNAVAILABLE, TEMPORARY, REFUSED = 68, 69, 75, 77
HOST = "pop.example.test"
ADDRESS = f"--address=/{HOST}/127.0.0.1"


def srv(service, port, priority=0, weight=1, target=HOST, domain="example.test"):
    return f"--srv-host=_{service}._tcp.{domain},{target},{port},{priority},{weight}"


@pytest.fixture
def dns():
    made = OwnDns()
    yield made
    made.close()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ca")


@pytest.fixture
def server(make_server, dns, authority):
    certificate, key = authority.issue("server", [HOST])
    tls = {"certificate": str(certificate), "private_key": str(key)}
    made = make_server({"tls": tls}, start=False)
    made.prefix = dns.prefix
    return made.start()


@pytest.fixture
def client(dns):
    made = Restante()
    made.prefix = dns.prefix
    made.config_path.write_text(f'archive = "{made.archive}"\n')
    yield made
    made.close()


@pytest.fixture
def add(client, server, authority):
    """Adds the account of a new mailbox, as far as the exit code says so."""
    account = server.add_account()
    server.ctl("deliver", account.name, data=b"Subject: x\r\n\r\nx\r\n")

    def run(code=0, ca=authority.certificate):
        return client.run("account", "add", account.name, "--name", "home", "--ca-file", ca,
                          "--password-command", f"echo {account.password}", code=code)
    return run


def fetches(client):
    assert client.fetch_report()["fetched"] == 1
    return client.config_path.read_text()


def test_tls_comes_before_stls(dns, server, client, add):
    dns.serve(ADDRESS, srv("pop3", server.port("pop3")),
              srv("pop3s", server.port("pop3", "implicit"), priority=9))
    add()
    written = fetches(client)
    assert f'host = "{HOST}"' in written
    assert f"port = {server.port('pop3', 'implicit')}" in written


def test_stls_where_there_is_nothing_else(dns, server, client, add):
    dns.serve(ADDRESS, srv("pop3", server.port("pop3")))
    add()
    assert 'tls = "starttls"' in fetches(client)


def test_the_next_one_when_the_first_does_not_answer(dns, server, client, add):
    """In the order of their priorities, not in that of the answer."""
    dns.serve(ADDRESS, srv("pop3s", server.port("pop3", "implicit"), priority=20),
              srv("pop3s", 1, priority=10))
    said = add().stderr.decode()
    assert said.index(f"trying {HOST}:1 …") < said.index(
        f"trying {HOST}:{server.port('pop3', 'implicit')} … is there")
    fetches(client)


def test_a_domain_that_says_that_it_has_none(dns, server, client, add):
    dns.serve(ADDRESS, srv("pop3s", 0, target="."), srv("pop3", 0, target="."))
    said = add(code=NO_HOST).stderr
    assert b"example.test says that it has no POP3 server" in said
    guessed = ("] pop.", "] pop3.", "] mail.")
    assert not any(name in line for line in dns.asked() for name in guessed), \
        "names are guessed all the same"


def test_without_records_the_usual_names(dns, server, client, add):
    """The names are asked for; no server has their usual ports here."""
    dns.serve(ADDRESS)
    said = add(code=UNAVAILABLE).stderr
    assert b"trying pop.example.test:995" in said and b"trying mail.example.test:110" in said
    assert any("query[SRV] _pop3s._tcp.example.test" in line for line in dns.asked())


def test_a_dns_that_answers_nothing(server, client, add):
    """No server listens: it comes to an end, and says what to do."""
    assert b"--host names one" in add(code=TEMPORARY).stderr


def test_the_name_in_the_record_is_what_the_certificate_must_have(dns, server, client, add):
    """Else who can forge DNS could send us anywhere."""
    dns.serve("--address=/evil.test/127.0.0.1",
              srv("pop3s", server.port("pop3", "implicit"), target="pop.evil.test"))
    before = client.config_path.read_text()
    said = add(code=REFUSED).stderr
    assert b"pop.evil.test" in said
    assert client.config_path.read_text() == before
