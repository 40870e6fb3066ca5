"""Faults behind proxies: one test a finding."""

import re
import socket
import struct
import urllib.request

import pytest
from harness.certs import make_certificate
from harness.deadline import poll
from harness.dovecot import PASSWORD, Dovecot
from harness.lmtp import Lmtp
from harness.messages import split_trace
from harness.nginx import Nginx
from harness.pop3 import Pop3
from harness.ports import free_port
from harness.process import Process
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


def test_tls_at_haproxy_locks_no_client_out(server, haproxy):
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
    Dovecot refuses some by itself: it passes no login on for a moment after a refusal."""
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


def test_a_name_that_a_proxy_says_is_no_login(server):
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
