"""What broke behind proxies, on [::], and for devices that know old TLS: one test a finding."""

import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import urllib.request

import pytest
from harness.certs import make_certificate
from harness.deadline import poll
from harness.dovecot import PASSWORD, Dovecot, free_port
from harness.lmtp import Lmtp
from harness.messages import split_trace
from harness.nginx import Nginx
from harness.pop3 import Pop3
from harness.process import Process
from harness.restante import Restante
from harness.server import Account, ServerFactory, listen
from harness.signer import Signer
from harness.wire import Closed, Wire, client_context

SILENT = "127.0.8.20"  # Refusals are logged once in ten seconds for each address.
PROXY = {"proxy_networks": ["127.0.0.1", SILENT]}
HEADERS = {"proxy_protocol": True, **PROXY}
V2 = b"\r\n\r\n\x00\r\nQUIT\n"
# By number of the listeners of one protocol and kind of TLS: 0 is for everybody.
XCLIENT, HEADER, NGINX = 1, 2, 3
LISTEN = [listen("http", "none"),
          listen("pop3", "starttls"), {**listen("pop3", "starttls"), **PROXY},
          {**listen("pop3", "starttls"), **HEADERS},
          {**listen("pop3", "starttls"), **HEADERS, "plaintext": "always"},
          listen("pop3", "implicit"), {**listen("pop3", "implicit"), **HEADERS},
          listen("smtp", "starttls"), {**listen("smtp", "starttls"), **PROXY},
          listen("lmtp", "starttls"), {**listen("lmtp", "starttls"), **PROXY}]


@pytest.fixture(scope="module")
def server():
    factory = ServerFactory()
    made = factory(start=False)
    made.signer = Signer(made.folder)
    made.configure({"listen": LISTEN, "tls": {"client_ca": str(made.signer.certificate)},
                    "auth": {"plaintext": "loopback", "password_scheme": "scram-sha-256"},
                    "limits": {"failed_logins": 3, "failed_login_delay": "0s"}})
    yield made.start()
    factory.close()


def metric(server, name):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        return int(re.search(rf"^restante_{name} (\d+)$", answer.read().decode(), re.M).group(1))


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


def header(client, tlvs=b"", port=1234):
    rest = socket.inet_aton(client) + socket.inet_aton("192.0.2.99") + struct.pack("!HH", port, 995)
    return V2 + struct.pack("!BBH", 0x21, 0x11, len(rest + tlvs)) + rest + tlvs


OVER_TLS = tlv(0x20, b"\x01\0\0\0\0" + tlv(0x21, b"TLSv1.2") + tlv(0x23, b"ECDHE-RSA-AES128-SHA"))


class Behind(Pop3):
    """A session behind a header."""

    def __init__(self, server, words, tls="starttls", index=HEADER, context=None, source=None):
        Wire.__init__(self, server.address("pop3", tls, index), source=source)
        self.send(words)
        if tls == "implicit":
            self.start_tls(context)
        self.greeting = self.line()
        assert self.greeting.startswith(b"+OK"), self.greeting


def to_xclient(server, source=None):
    """A connection to the listener that believes 127.0.0.1."""
    return Pop3(server.address("pop3", index=XCLIENT), source=source)


def mechanisms(pop3):
    lines = pop3.lines("CAPA")
    return next((line.split()[1:] for line in lines if line.startswith(b"SASL")), [])


@pytest.fixture(scope="module")
def haproxy(server):
    """TLS ends there, or there is none; what it says is send-proxy-v2-ssl's."""
    certificate, key = make_certificate(server.folder, "haproxy", ["127.0.0.1"])
    bundle = server.folder / "haproxy.both"
    bundle.write_text(certificate.read_text() + key.read_text())
    ports = {"tls": free_port(), "clear": free_port()}
    host, port = server.address("pop3", index=HEADER)
    config = server.folder / "haproxy.cfg"
    config.write_text(f"""
global
  maxconn 100
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend tls
  bind 127.0.0.1:{ports["tls"]} ssl crt {bundle}
  default_backend restante
frontend clear
  bind 127.0.0.1:{ports["clear"]}
  default_backend restante
backend restante
  server mail {host}:{port} send-proxy-v2-ssl
""")
    process = Process(["haproxy", "-db", "-f", config])

    def attempt():
        assert process.running(), "\n".join(process.lines())
        try:
            Pop3(("127.0.0.1", ports["clear"])).close()
            return True
        except (ConnectionError, Closed):
            return False

    poll(attempt, 30, "haproxy passes a connection on")
    yield ports
    process.kill()


def test_tls_at_haproxy_locks_nobody_out(server, haproxy):
    """The client has TLS: its password is let in, and the log has its address and its TLS."""
    account = server.add_account()
    with Pop3(("127.0.0.1", haproxy["tls"]), "implicit", source="127.0.8.1") as pop3:
        assert b"STLS" not in pop3.lines("CAPA")
        pop3.login(account).quit()
    line = server.logged(rf"pop3 session=\S+ .*user={account.name} ")
    assert re.search(r"peer=127\.0\.8\.1:\d+ tls=TLSv1\.3 ", line), line


def test_a_client_without_tls_at_haproxy_still_sends_no_password(server, haproxy):
    with Pop3(("127.0.0.1", haproxy["clear"]), source="127.0.8.2") as pop3:
        pop3.err("USER somebody", "no password in the clear")
        assert b"STLS" in pop3.lines("CAPA")
        pop3.ok("STLS")
        pop3.start_tls()
        pop3.ok("USER somebody")


@pytest.fixture(scope="module")
def nginx(server):
    made = Nginx({"pop3": server.address("pop3", index=NGINX),
                  "smtp": server.address("smtp", index=XCLIENT)})
    yield made
    made.close()


def test_tls_at_nginx_works_by_a_listener_of_its_own(server, nginx):
    """listen.plaintext opens that one listener, and no other."""
    account = server.add_account()
    with Pop3(("127.0.0.1", nginx.pop3s_port), "implicit", source="127.0.8.3") as pop3:
        pop3.login(account).quit()
    assert " peer=127.0.8.3:" in server.logged(rf"pop3 session=\S+ .*user={account.name} ")
    with Behind(server, header("192.0.2.1")) as pop3:
        pop3.err("USER somebody", "no password in the clear")


def test_nginx_brings_smtp_with_its_default_xclient(server, nginx):
    """Its clients stand in Received and in the log."""
    account = server.add_account()
    with Lmtp(("127.0.0.1", nginx.smtp_port), hello="EHLO", source="127.0.8.4") as smtp:
        smtp.expect("MAIL FROM:<sender@example.org>", 250)
        smtp.expect(f"RCPT TO:<{account.name}>", 250)
        smtp.expect("DATA", 354)
        smtp.expect(b"Subject: x\r\n\r\nx\r\n.", 250)
    with Pop3(server.address("pop3")).login(account) as pop3:
        assert b"[127.0.8.4]" in split_trace(pop3.retr(1))[0]
    server.logged(r"smtp mail=\S+ peer=127\.0\.8\.4:")


@pytest.fixture(scope="module")
def dovecot(server):
    """A login proxy in front of the server, with STLS between the two."""
    host, port = server.address("pop3", index=XCLIENT)
    made = Dovecot()
    text = made._config.read_text()
    made._config.write_text(text.replace(
        f"args = password={PASSWORD}",
        f"args = proxy=y nopassword=y host={host} port={port} starttls=any-cert"))
    yield made.start()
    made.close()


def refused_until(server, proxy, name, passwords, pattern):
    """Logins from one address, each of them refused, until the server has logged the pattern.
    Dovecot refuses some by itself: it lets nobody through for a moment after a refusal."""
    for password in passwords:
        with Pop3(("127.0.0.1", proxy.port), source="127.0.8.5") as pop3:
            assert pop3.try_login(Account(name, password)).startswith(b"-ERR")
        if any(re.search(pattern, line) for line in server.process.lines()):
            return
    pytest.fail(f"never logged: {pattern}")


def test_clients_behind_dovecot_are_themselves(server, dovecot):
    """Wrong passwords of one are not another's, and the address is not trusted because it is said
    to be of this machine."""
    account = server.add_account()
    wrong = server.add_account()
    locked = r"pop3 login refused session=\S+ peer=127\.0\.8\.5:\d+ user={} .*limits\.failed_logins"
    refused_until(server, dovecot, wrong.name, [f"wrong{number}" for number in range(100)],
                  locked.format(wrong.name))
    refused_until(server, dovecot, account.name, [account.password] * 100,
                  locked.format(account.name))
    for _ in range(100):
        with Pop3(("127.0.0.1", dovecot.port), source="127.0.8.6") as pop3:
            reply = pop3.try_login(account)
            if not reply.startswith(b"-ERR [SYS/TEMP]"):
                break
    assert reply.startswith(b"+OK"), reply
    assert " peer=127.0.8.6:" in server.logged(rf"pop3 session=\S+ .*user={account.name} ")


def test_xclient_is_for_known_proxies_only(server):
    """From others: not announced, refused, logged, counted."""
    before = metric(server, "xclient_refused_total")
    with to_xclient(server, source="127.0.8.7") as pop3:
        assert b"XCLIENT" not in pop3.greeting
        assert b"XCLIENT" not in pop3.lines("CAPA")
        pop3.err("XCLIENT ADDR=192.0.2.1")
    with Lmtp(server.address("smtp", index=XCLIENT), hello="EHLO", source="127.0.8.7") as smtp:
        assert not any("XCLIENT" in line for line in smtp.capabilities)
        smtp.expect("XCLIENT ADDR=192.0.2.1", 550, "5.7.1")
    with Pop3(server.address("pop3")) as pop3:
        pop3.err("XCLIENT ADDR=192.0.2.1")
    server.logged(r'connection refused peer=127\.0\.8\.7:\d+ '
                  r'reason="XCLIENT: not in listen\.proxy_networks"')
    assert metric(server, "xclient_refused_total") == before + 3


def test_xclient_is_said_once(server):
    with to_xclient(server) as pop3:
        assert pop3.greeting.startswith(b"+OK [XCLIENT] ")
        assert b"XCLIENT" in pop3.lines("CAPA")
        pop3.ok("XCLIENT ADDR=192.0.2.1 PORT=4 SESSION=a TTL=4")
        assert b"XCLIENT" not in pop3.lines("CAPA")
        pop3.err("XCLIENT ADDR=192.0.2.2")
    with Lmtp(server.address("lmtp", index=XCLIENT)) as lmtp:
        assert any(line.startswith("XCLIENT ") for line in lmtp.capabilities)
        lmtp.expect("XCLIENT ADDR=IPV6:2001:db8::7 NAME=[UNAVAILABLE]", 220)
        lmtp.expect("MAIL FROM:<a@example.org>", 503)
        assert not any("XCLIENT" in line for line in lmtp._hello())
        lmtp.expect("XCLIENT ADDR=192.0.2.2", 550, "5.7.1")


def test_whom_a_proxy_names_is_not_this_machine(server):
    """auth.plaintext = "loopback" held for the proxy a moment before."""
    with to_xclient(server) as pop3:
        pop3.ok("USER somebody")
        pop3.ok("XCLIENT ADDR=127.0.0.1 PORT=4")
        pop3.err("USER somebody", "no password in the clear")
        pop3.ok("STLS")
        pop3.start_tls()
        pop3.ok("USER somebody")


def test_a_name_that_a_proxy_says_logs_nobody_in(server):
    """LOGIN of XCLIENT; the name in a certificate of the TLS field, or the proxy's own."""
    account = server.add_account()
    with to_xclient(server) as pop3:
        pop3.ok(f"XCLIENT ADDR=192.0.2.1 LOGIN={account.name.replace('@', '+40')}")
        pop3.err("STAT")
    certificate = tlv(0x20, b"\x07\0\0\0\0" + tlv(0x21, b"TLSv1.3")
                      + tlv(0x22, account.name.encode()))
    with Behind(server, header("192.0.2.1", certificate)) as pop3:
        offered = mechanisms(pop3)
        assert b"PLAIN" in offered and b"EXTERNAL" not in offered
        pop3.err("AUTH EXTERNAL =")
    context = client_context()
    context.load_cert_chain(*server.signer.issue(account.name))
    with Pop3(server.address("pop3", "implicit"), "implicit", context) as pop3:
        assert b"EXTERNAL" in mechanisms(pop3)  # It is good for who connects himself.
    with Behind(server, header("192.0.2.1", certificate), "implicit", 1, context) as pop3:
        offered = mechanisms(pop3)
        assert b"SCRAM-SHA-256" in offered
        assert not {b"EXTERNAL", b"SCRAM-SHA-256-PLUS"} & set(offered)
        pop3.err("AUTH EXTERNAL =")


def test_the_tls_field_is_the_clients_in_the_log(server):
    account = server.add_account()
    with Behind(server, header("192.0.2.8", OVER_TLS)) as pop3:
        pop3.login(account).quit()
    assert ' peer=192.0.2.8:1234 tls="TLSv1.2 ECDHE-RSA-AES128-SHA" ' in server.logged(
        rf"pop3 session=\S+ .*user={account.name} ")


def test_whom_a_header_names_is_not_trusted(server):
    """127.0.0.0/8 is in trusted_networks, but only who connects himself is."""
    account = server.add_account()
    for number in range(3):
        with Behind(server, header("127.0.8.9", OVER_TLS)) as pop3:
            pop3.ok("USER nobody@example.test")
            pop3.err(f"PASS wrong{number}", "[AUTH]")
    with Behind(server, header("127.0.8.9", OVER_TLS)) as pop3:
        pop3.ok(f"USER {account.name}")
        pop3.err(f"PASS {account.password}", "[SYS/TEMP]")


def test_a_proxy_that_sends_no_header_is_told(server):
    before = metric(server, "proxy_header_missing_total")
    with Wire(server.address("pop3", "starttls", HEADER), source=SILENT) as wire:
        assert wire.drain() == b""  # POP3's server speaks first: both would wait for ever.
    server.logged(rf'connection refused peer={SILENT}:\d+ reason="no PROXY header came within '
                  r'5 s; does the proxy send it \(send-proxy-v2\)\?"')
    assert metric(server, "proxy_header_missing_total") == before + 1


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
def old_tls(server):
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
