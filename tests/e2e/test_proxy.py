"""PROXY headers, from haproxy and made by hand: whose are believed, and what for."""

import socket
import ssl
import struct

import pytest
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import split_trace
from harness.pop3 import Pop3
from harness.ports import free_port
from harness.process import Process
from harness.server import DEFAULT_LISTEN, ServerFactory, listen
from harness.wire import Closed, Wire

PROXIED = {"proxy_protocol": True, "proxy_networks": ["127.0.0.1"]}
LISTEN = [*DEFAULT_LISTEN,
          {**listen("pop3", "starttls"), **PROXIED},
          {**listen("pop3", "implicit"), **PROXIED},
          {**listen("lmtp", "starttls"), **PROXIED}]
V2 = b"\r\n\r\n\x00\r\nQUIT\n"


def header_v1(client, port=1234):
    return f"PROXY TCP4 {client} 192.0.2.99 {port} 110\r\n".encode()


def header_v2(client, port=1234, command=0x21):
    rest = socket.inet_aton(client) + socket.inet_aton("192.0.2.99") + struct.pack("!HH", port, 110)
    rest += b"\x04\x00\x05nothi"  # A TLV that says nothing.
    return V2 + struct.pack("!BBH", command, 0x11, len(rest)) + rest


def proxied(server, header, protocol="pop3", tls="starttls", source=None):
    wire = Wire(server.address(protocol, tls, 1), source=source)
    wire.send(header)
    return wire


@pytest.fixture(scope="module")
def server():
    factory = ServerFactory()
    yield factory({"listen": LISTEN, "auth": {"plaintext": "loopback"},
                   "limits": {"connections_per_address": 2, "failed_login_delay": "0s"}})
    factory.close()


class ProxiedPop3(Pop3):
    """A session behind a header that the test sends itself."""

    def __init__(self, server, header, tls="starttls"):
        Wire.__init__(self, server.address("pop3", tls, 1))
        self.send(header)
        if tls == "implicit":
            self.start_tls()
        self.greeting = self.line()
        assert self.greeting.startswith(b"+OK"), self.greeting


def test_the_client_of_the_header_is_who_is_logged(server):
    account = server.add_account()
    for client, header in [("192.0.2.1", header_v1("192.0.2.1")),
                           ("192.0.2.2", header_v2("192.0.2.2"))]:
        for tls in ("starttls", "implicit"):
            with ProxiedPop3(server, header, tls) as pop3:
                if tls == "starttls":
                    pop3.ok("STLS")
                    pop3.start_tls()
                pop3.login(account).quit()
        server.logged(rf"peer={client}:1234 tls=\S.* user={account.name} ")


def test_a_header_in_pieces_with_tls_behind_it(server):
    account = server.add_account()
    with Wire(server.address("pop3", "implicit", 1)) as wire:
        for octet in header_v2("192.0.2.3"):
            wire.send(bytes([octet]))
        wire.start_tls()
        assert wire.line().startswith(b"+OK")
        wire.send(f"USER {account.name}\r\nPASS {account.password}\r\nQUIT\r\n".encode())
        assert [wire.line()[:3] for _ in range(3)] == [b"+OK"] * 3


def test_the_header_and_the_first_command_in_one_segment(server):
    with ProxiedPop3(server, header_v1("192.0.2.4") + b"CAPA\r\n") as pop3:
        assert pop3.line().startswith(b"+OK")
        assert b"STLS" in pop3.until_dot()


def test_a_client_behind_a_proxy_is_not_this_machine(server):
    """auth.plaintext = "loopback" is not for a proxy's clients, with any address that it says."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok("USER somebody")
    for header in (header_v1("127.0.0.1"), header_v2("127.0.0.1"), b"PROXY UNKNOWN\r\n",
                   header_v2("127.0.0.1", command=0x20)):
        with ProxiedPop3(server, header) as pop3:
            pop3.err("USER somebody", "no password in the clear")


def test_limits_hold_for_the_client_and_not_for_the_proxy(server):
    held = [ProxiedPop3(server, header_v1("192.0.2.5")) for _ in range(2)]
    with proxied(server, header_v1("192.0.2.5")) as third:
        assert third.drain() == b"-ERR [SYS/TEMP] too many connections, try again later\r\n"
    held += [ProxiedPop3(server, header_v2(f"192.0.2.{number}")) for number in range(20, 30)]
    server.logged(r"connection refused peer=192\.0\.2\.5:1234 "
                  r"reason=limits\.connections_per_address")
    for connection in held:
        connection.quit()


def test_the_client_stands_in_received(server):
    account = server.add_account()
    lmtp = Lmtp.__new__(Lmtp)
    Wire.__init__(lmtp, server.address("lmtp", "starttls", 1))
    lmtp.send(header_v2("192.0.2.77"))
    lmtp.hello = "LHLO"
    lmtp.greeting = lmtp.reply()
    lmtp.capabilities = lmtp._hello()
    lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", [account.name])
    with Pop3(server.address("pop3")).login(account) as pop3:
        assert b"[192.0.2.77]" in split_trace(pop3.retr(1))[0]


@pytest.mark.parametrize("words", [b"CAPA\r\n", b"QUIT\r\n", b"PROXY TCP4 1 2 3 4\r\n",
                                   b"PROXY " + b"x" * 200, V2 + b"\x21\x11\x7f\xff",
                                   b"\x16\x03\x01\x02\x00", b"\x00" * 20])
def test_nothing_but_a_header_is_taken(server, words):
    for tls in ("starttls", "implicit"):
        with proxied(server, words, tls=tls) as wire:
            try:
                assert wire.drain() == b""
            except ConnectionError:
                pass


def test_a_stranger_is_refused_and_not_believed(server):
    with proxied(server, header_v1("127.0.0.1"), source="127.0.0.9") as wire:
        try:
            assert wire.drain() == b""
        except ConnectionError:
            pass
    server.logged(r'connection refused peer=127\.0\.0\.9:\d+ '
                  r'reason="not in listen\.proxy_networks"')


def test_elsewhere_a_header_is_no_header(server):
    with Pop3(server.address("pop3")) as pop3:
        answer = pop3.command(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2")
        assert answer.startswith(b"-ERR")
        pop3.ok("USER somebody")  # Still this machine.


@pytest.fixture
def haproxy(server):
    """Its port in front of the TLS listener, for each version."""
    ports = free_port(), free_port()
    host, port = server.address("pop3", "implicit", 1)
    text = ("global\n  maxconn 100\ndefaults\n  mode tcp\n  timeout connect 10s\n"
            "  timeout client 60s\n  timeout server 60s\n")
    for own, word in zip(ports, ("send-proxy", "send-proxy-v2")):
        text += (f"frontend f{own}\n  bind 127.0.0.1:{own}\n  default_backend b{own}\n"
                 f"backend b{own}\n  server restante {host}:{port} {word} check check-send-proxy\n")
    config = server.folder / "haproxy.cfg"
    config.write_text(text)
    process = Process(["haproxy", "-db", "-f", config])
    yield dict(zip(("v1", "v2"), ports))
    process.kill()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_haproxy_passes_tls_through(server, haproxy, version):
    account = server.add_account()
    source = "127.0.7.1" if version == "v1" else "127.0.7.2"
    pop3 = connect_through(haproxy[version], source)
    pop3.login(account).quit()
    assert f" peer={source}:" in server.logged(f" user={account.name} ")


def connect_through(port, source):
    """As soon as haproxy listens."""
    def attempt():
        try:
            return Pop3(("127.0.0.1", port), "implicit", source=source)
        except (ConnectionError, ssl.SSLError, Closed):
            return None

    return poll(attempt, 30, "haproxy passes a connection on")
