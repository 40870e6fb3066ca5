"""`restante account add` without a server: what the domain publishes by HTTPS comes first, and is
believed as far as its certificate goes. With a real restanted, a real DNS and curl's library, in a
network of their own, where port 443 is free."""

import pytest

from harness.certs import Authority
from harness.own_dns import OwnDns
from harness.restante import Restante
from harness.server import DEFAULT_LISTEN, listen

pytestmark = [pytest.mark.sanitized_long, pytest.mark.root]

AUTOCONFIG, POP = "autoconfig.example.test", "pop.elsewhere.test"
HTTPS = {**listen("http", "implicit", "127.0.0.1:443"), "serve": ["autoconfig"]}
PORT, NO_HOST, REFUSED = 1995, 68, 77
POP3S = listen("pop3", "implicit", f"127.0.0.1:{PORT}")


@pytest.fixture
def dns():
    made = OwnDns()
    yield made
    made.close()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ca")


@pytest.fixture
def publish(make_server, dns, authority):
    """Starts a server outside of the mail's domain; its page is under `web_hosts` by certificate
    and under `reached` by DNS."""
    def start(web_hosts, reached, more=()):
        certificate, key = authority.issue("server", [POP, *web_hosts])
        server = make_server({
            "tls": {"certificate": str(certificate), "private_key": str(key)},
            "listen": [*DEFAULT_LISTEN, POP3S, HTTPS],
            "autoconfig": {"domains": ["example.test"], "hostname": POP, "pop3s_port": PORT,
                           "pop3_port": 0}}, start=False)
        server.prefix = dns.prefix
        server.start()
        dns.serve(*(f"--address=/{name}/127.0.0.1" for name in (POP, *reached)), *more)
        return server
    return start


@pytest.fixture
def client(dns):
    made = Restante()
    made.prefix = dns.prefix
    made.config_path.write_text(f'archive = "{made.archive}"\n')
    yield made
    made.close()


def add(client, server, authority, code=0):
    account = server.add_account()
    server.ctl("deliver", account.name, data=b"Subject: x\r\n\r\nx\r\n")
    return client.run("account", "add", account.name, "--name", "home", "--ca-file",
                      authority.certificate, "--password-command", f"echo {account.password}",
                      code=code).stderr.decode()


@pytest.mark.parametrize("name, url", [
    (AUTOCONFIG, f"https://{AUTOCONFIG}/mail/config-v1.1.xml"),
    ("example.test", "https://example.test/.well-known/autoconfig/mail/config-v1.1.xml"),
])
def test_what_the_domain_publishes_is_taken_unasked(dns, publish, client, authority, name, url):
    """The server is outside of the domain; HTTPS proves who says so. No SRV record is needed."""
    server = publish([name], [name])
    said = add(client, server, authority)
    assert f"{url} names {POP}:{PORT}" in said
    assert f'host = "{POP}"' in client.config_path.read_text()
    assert client.fetch_report()["fetched"] == 1
    assert not any("query[SRV]" in line for line in dns.asked())


def test_a_page_without_the_domains_certificate_is_not_believed(dns, publish, client, authority):
    """A DNS that lies leads to another's page, and from there to another's server."""
    server = publish(["evil.test"], [AUTOCONFIG])
    before = client.config_path.read_text()
    said = add(client, server, authority, code=NO_HOST)
    assert f"not used: https://{AUTOCONFIG}/mail/config-v1.1.xml: " in said
    assert f"{POP}:{PORT}" not in said
    assert client.config_path.read_text() == before


def test_the_dns_is_asked_next_and_is_believed_less(dns, publish, client, authority):
    server = publish(["evil.test"], [AUTOCONFIG],
                     [f"--srv-host=_pop3s._tcp.example.test,{POP},{PORT},0,1"])
    said = add(client, server, authority, code=REFUSED)
    assert f"the DNS of example.test names {POP}:{PORT}" in said
    assert f"--host {POP} --port {PORT}" in said


def test_what_is_published_comes_before_the_dns(dns, publish, client, authority):
    server = publish([AUTOCONFIG], [AUTOCONFIG, "wrong.example.test"],
                     ["--srv-host=_pop3s._tcp.example.test,wrong.example.test,1,0,1"])
    said = add(client, server, authority)
    assert f"trying {POP}:{PORT} … is there" in said and "wrong.example.test" not in said
