"""Faults of listeners: [::], and devices that know old TLS only. One test a finding."""

import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.request

import pytest
from harness.dovecot import PASSWORD, Dovecot
from harness.pop3 import Pop3
from harness.ports import free_port
from harness.restante import Restante
from harness.server import ServerFactory, listen
from harness.wire import Closed


def metric(server, name):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        return int(re.search(rf"^restante_{name} (\d+)$", answer.read().decode(), re.M).group(1))


def test_all_of_the_machine_is_both_families(make_server):
    """And IPv4 that comes to [::] is IPv4 in the log, in lists and in the rules about loopback."""
    server = make_server({"listen": [{**listen("pop3", "starttls", "[::]:0"),
                                      "networks": ["127.0.0.0/8", "::1"]}, listen("lmtp", "none")],
                          "auth": {"plaintext": "loopback"}})
    account = server.add_account()
    port = server.port("pop3")
    with Pop3(("127.0.0.1", port), source="127.0.8.1") as pop3:
        pop3.login(account).quit()
    assert " peer=127.0.8.1:" in server.logged(rf"pop3 session=\S+ .*user={account.name} ")
    with socket.create_connection(("::1", port), 60) as six:
        assert six.recv(3) == b"+OK"


def test_both_families_may_have_a_listener_each(make_server):
    """As before: [::] beside 0.0.0.0, or beside one IPv4 address, is for IPv6."""
    for host in ("0.0.0.0", "127.0.0.1"):
        port = free_port()
        server = make_server({"listen": [listen("pop3", "starttls", f"[::]:{port}"),
                                         listen("smtp", "starttls", f"{host}:{port}")]})
        with socket.create_connection(("::1", port), 60) as six:
            assert six.recv(3) == b"+OK"
        with socket.create_connection(("127.0.0.1", port), 60) as four:
            assert four.recv(4) == b"220 "
        server.stop()


# OpenSSL's own configuration, for programs as they were: Debian's holds them to TLS 1.2.
OLD_OPENSSL = """openssl_conf = a
[a]
ssl_conf = b
[b]
system_default = c
[c]
MinProtocol = TLSv1
MaxProtocol = TLSv1.1
CipherString = DEFAULT:@SECLEVEL=0
"""
OLD = {"tls_min_version": "1.0", "networks": ["127.0.9.0/24"]}
TWISTED = r"""
import sys
from twisted.internet import defer, endpoints, protocol, task
from twisted.mail.pop3client import POP3Client

class Client(POP3Client):
    def serverGreeting(self, challenge):
        self.factory.greeted(self)

def main(reactor, host, port, user, password):
    done = defer.Deferred()
    def greeted(client):
        session = client.login(user.encode(), password.encode())
        session.addCallback(lambda _: client.stat())
        session.addCallback(lambda result: client.quit())
        session.chainDeferred(done)
    factory = protocol.Factory.forProtocol(Client)
    factory.greeted = greeted
    end = endpoints.TCP4ClientEndpoint(reactor, host, int(port), bindAddress=("127.0.9.3", 0))
    end.connect(factory).addErrback(done.errback)
    return done

task.react(main, sys.argv[1:])
"""
PERL = r"""
use Net::POP3; use IO::Socket::SSL;
my ($host, $port, $user, $password) = @ARGV;
my $pop = Net::POP3->new($host, Port => $port, SSL => 1, SSL_verify_mode => 0,
    LocalAddr => "127.0.9.2", SSL_version => "TLSv1", SSL_cipher_list => "DEFAULT:\@SECLEVEL=0",
    Timeout => 60)
    or die "no connection: $@ $IO::Socket::SSL::SSL_ERROR";
print "logged in ", $pop->login($user, $password), " by ", $pop->get_sslversion, "\n";
$pop->quit;
"""


@pytest.fixture(scope="module")
def old_tls():
    """Beside the usual listeners, two for old devices."""
    factory = ServerFactory()
    made = factory({"listen": [listen("http", "none"), listen("pop3", "implicit"),
                               listen("lmtp", "none"),
                               {**listen("pop3", "implicit"), **OLD},
                               {**listen("pop3", "starttls"), **OLD}],
                    "auth": {"plaintext": "never"}})
    (made.folder / "openssl.cnf").write_text(OLD_OPENSSL)
    made.device = {**os.environ, "OPENSSL_CONF": str(made.folder / "openssl.cnf")}
    yield made
    factory.close()


def test_old_devices_have_a_listener_of_their_own(old_tls):
    """Twisted by STLS, Perl on the TLS port, both with TLS 1.0; warned of, logged, counted."""
    assert any("warning listen.tls_min_version: 127.0.0.1:0 takes TLS that is broken" in line
               for line in old_tls.all_log())
    before = metric(old_tls, "tls_old_handshakes_total")
    for program, address in (([sys.executable, "-W", "ignore", "-c", TWISTED],
                              old_tls.address("pop3")),
                             (["perl", "-e", PERL], old_tls.address("pop3", "implicit", 1))):
        account = old_tls.add_account()
        words = [address[0], str(address[1]), account.name, account.password]
        done = subprocess.run([*program, *words], env=old_tls.device, capture_output=True,
                              text=True, timeout=120, check=False)
        line = old_tls.logged(rf"pop3 session=\S+ .*user={account.name} ")
        assert ' tls="TLSv1 ' in line, (line, done.stdout, done.stderr)
    assert metric(old_tls, "tls_old_handshakes_total") == before + 2


def s_client(server, index, *words):
    host, port = server.address("pop3", "implicit", index)
    done = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", "-cipher",
                           "DEFAULT:@SECLEVEL=0", "-quiet", *words], input=b"QUIT\r\n",
                          capture_output=True, env=server.device, timeout=60, check=False)
    return done.stdout.decode()


def test_old_tls_is_for_that_listener_and_its_networks_alone(old_tls):
    for version in ("-tls1", "-tls1_1"):
        assert "+OK" in s_client(old_tls, 1, version, "-bind", "127.0.9.4:0")
        assert "+OK" not in s_client(old_tls, 0, version)
    before = metric(old_tls, "networks_refused_total")
    assert "+OK" not in s_client(old_tls, 1, "-tls1")  # From 127.0.0.1.
    old_tls.logged(r'connection refused peer=127\.0\.0\.1:\d+ reason="not in listen\.networks"')
    assert metric(old_tls, "networks_refused_total") == before + 1
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        Pop3(old_tls.address("pop3", "implicit", 1), "implicit")


def test_the_client_fetches_from_a_server_that_knows_old_tls_only():
    """Dovecot, held to TLS 1.0 and 1.1 by OpenSSL's own configuration."""
    dovecot = Dovecot("ssl_min_protocol = TLSv1\nssl_cipher_list = ALL:@SECLEVEL=0\n"
                      "import_environment = $import_environment OPENSSL_CONF\n")
    old = dovecot.folder / "openssl.cnf"
    old.write_text(OLD_OPENSSL)
    dovecot._config.write_text(dovecot._config.read_text().replace(
        "import_environment OPENSSL_CONF", f"import_environment OPENSSL_CONF={old}"))
    client = Restante()
    try:
        dovecot.start()
        account = dovecot.add_account()
        dovecot.deliver(account, [b"Subject: old\r\n\r\nold\r\n"])
        client.add_account(dovecot.tls_port, account, PASSWORD, tls="implicit",
                           ca_file=str(dovecot.certificate))
        refused = client.fetch(code=None)
        assert refused.returncode != 0 and b'tls_min_version = "1.0"' in refused.stderr
        client.change(tls_min_version="1.0")
        assert client.fetch().returncode == 0
        assert client.messages() == [b"Subject: old\r\n\r\nold\r\n"]
    finally:
        client.close()
        dovecot.close()
