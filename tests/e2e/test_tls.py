"""TLS as clients meet it: implicit and by STLS/STARTTLS, what an attacker slips in before it, the
certificate by name, resumption, old versions, and a new certificate without a dropped session."""

import os
import ssl

import pytest

from harness.certs import der, make_certificate
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.wire import Wire, client_context

MODES = ["implicit", "starttls"]


@pytest.mark.sanitized
@pytest.mark.parametrize("mode", MODES)
def test_a_session_over_tls(server, account, mode):
    with Pop3(server.address("pop3", mode), tls=mode) as pop3:
        capabilities = pop3.lines("CAPA")
        assert b"STLS" not in capabilities
        pop3.err("STLS")
        assert pop3.login(account).stat() == (0, 0)
        pop3.quit()


@pytest.mark.sanitized
def test_commands_behind_stls_are_forgotten(server, account):
    """RFC 2595 s.4; CVE-2011-0411 is the same mistake in SMTP servers."""
    injected = f"USER {account.name}\r\nPASS {account.password}\r\nSTAT\r\nNOO".encode()
    with Pop3(server.address("pop3")) as pop3:
        pop3.send(b"STLS\r\n" + injected)
        assert pop3.line().startswith(b"+OK")
        pop3.start_tls()
        # The half command in clear must not become the beginning of this one, and no reply to
        # the injected commands may come before the answer to CAPA.
        assert b"USER" in pop3.lines("CAPA")
        pop3.err("STAT")
        pop3.err(f"PASS {account.password}")
        pop3.login(account).quit()


@pytest.mark.sanitized
def test_a_name_given_before_stls_is_forgotten(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {account.name}")
        pop3.ok("STLS")
        pop3.start_tls()
        pop3.err(f"PASS {account.password}")
        pop3.login(account).quit()


@pytest.mark.sanitized
@pytest.mark.parametrize("protocol,hello", [("lmtp", "LHLO"), ("smtp", "EHLO")])
def test_commands_behind_starttls_are_forgotten(server, account, protocol, hello):
    """RFC 3207 s.4.2."""
    with Lmtp(server.address(protocol), hello=hello) as lmtp:
        assert "STARTTLS" in lmtp.capabilities
        lmtp.send(b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\nRCP")
        assert lmtp.reply()[0] == 220
        lmtp.start_tls()
        code, _ = lmtp.command(f"RCPT TO:<{account.name}>")
        assert code == 503
        code, lines = lmtp.command(f"{hello} again.example.test")
        assert code == 250 and b"STARTTLS" not in lines
        lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", account.name)
        lmtp.quit()


def test_no_stls_after_login(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        pop3.err("STLS")
        pop3.quit()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_session_is_resumed(server, mode, version):
    context = client_context(minimum_version=ssl.TLSVersion[version],
                             maximum_version=ssl.TLSVersion[version])

    def connect(session=None):
        wire = Wire(server.address("pop3", mode))
        if mode == "starttls":
            wire.line()
            wire.send(b"STLS\r\n")
            assert wire.line().startswith(b"+OK")
        wire.start_tls(context, session=session)
        wire.send(b"QUIT\r\n")
        wire.drain()  # TLS 1.3 sends its tickets behind the handshake.
        return wire

    with connect() as first:
        assert not first.socket.session_reused
        session = first.socket.session
    with connect(session) as second:
        assert second.socket.session_reused
        assert second.socket.version() == version.replace("_", ".")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_tls_1_1_is_refused(server, mode):
    # Security level 0, or OpenSSL would refuse on this side already.
    context = client_context(minimum_version=ssl.TLSVersion.TLSv1_1,
                             maximum_version=ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION|tlsv1 alert protocol version"):
        Pop3(server.address("pop3", mode), tls=mode, context=context)


def presented(address, mode, name):
    """The certificate that a client asking for `name` is given."""
    with Wire(address) as wire:
        if mode == "starttls":
            wire.line()
            wire.send(b"STLS\r\n")
            assert wire.line().startswith(b"+OK")
        wire.start_tls(server_hostname=name)
        return wire.socket.getpeercert(binary_form=True)


def test_the_name_asked_for_chooses_the_certificate(make_server):
    server = make_server(start=False)
    one = make_certificate(server.folder, "one", ["mail.one.example"])
    two = make_certificate(server.folder, "two", ["mail.two.example", "*.wild.example"])
    server.configure({"tls": {
        "certificate": one[0], "private_key": one[1],
        "sni": [{"certificate": two[0], "private_key": two[1]}]}})
    server.start()
    for mode in MODES:
        for name, expected in [("mail.one.example", one), ("mail.two.example", two),
                               ("MAIL.two.example", two), ("x.wild.example", two),
                               ("other.example", one), (None, one)]:
            assert presented(server.address("pop3", mode), mode, name) == der(expected[0]), name


def test_sighup_brings_a_new_certificate_and_drops_no_session(make_server):
    server = make_server(start=False)
    certificate, key = make_certificate(server.folder, "current")
    server.configure({"tls": {"certificate": certificate, "private_key": key}})
    account = server.add_account()
    server.start()
    address = server.address("pop3", "implicit")
    with Pop3(address, tls="implicit") as pop3, Lmtp(server.address("lmtp"), "starttls") as lmtp:
        pop3.login(account)
        old = der(certificate)
        assert presented(address, "implicit", None) == old
        make_certificate(server.folder, "current")
        new = der(certificate)
        server.reload()
        poll(lambda: presented(address, "implicit", None) == new, 30, "the new certificate")
        assert pop3.stat() == (0, 0)
        lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", account.name)
        assert pop3.socket.getpeercert(binary_form=True) == old
        pop3.quit()


def test_sighup_with_a_broken_certificate_changes_nothing(make_server):
    server = make_server(start=False)
    certificate, key = make_certificate(server.folder, "current")
    server.configure({"tls": {"certificate": certificate, "private_key": key}})
    server.start()
    old = der(certificate)
    certificate.write_text("not a certificate\n")
    since = server.process.line_count()
    server.reload()
    server.process.wait_line(lambda line: "current.pem" in line, 30, since)
    assert presented(server.address("pop3", "implicit"), "implicit", None) == old


def test_the_self_signed_certificate_stays_the_same(make_server):
    server = make_server()
    first = presented(server.address("pop3", "implicit"), "implicit", None)
    server.restart()
    assert presented(server.address("pop3", "implicit"), "implicit", None) == first
    assert any("self-signed" in line for line in server.all_log())


def test_clear_text_on_a_tls_port_is_closed(server):
    with Wire(server.address("pop3", "implicit")) as wire:
        wire.send(b"USER x\r\n" * 3)
        assert b"+OK" not in wire.drain()
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.quit()


def test_a_handshake_cut_off_costs_nothing(server):
    """Neither a descriptor nor a place among the connections: both are as before."""
    def cut_off(count):
        for _ in range(count):
            wire = Wire(server.address("pop3", "implicit"))
            wire.send(b"\x16\x03\x01\x02\x00\x01")
            wire.abort()
        with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
            pop3.quit()

    def descriptors():
        return len(os.listdir(f"/proc/{server.pid}/fd"))

    cut_off(1)
    before = descriptors()
    cut_off(20)
    poll(lambda: descriptors() <= before, 20, "the descriptors are given back")


@pytest.mark.parametrize("mode", ["none", "starttls"])
def test_passwords_in_clear_can_be_forbidden(make_server, mode):
    server = make_server({"auth": {"plaintext": "never"}})
    account = server.add_account()
    with Pop3(server.address("pop3"), tls=mode) as pop3:
        if mode == "starttls":
            pop3.login(account).quit()
            return
        capabilities = pop3.lines("CAPA")
        assert b"STLS" in capabilities and b"USER" not in capabilities
        assert not any(line.startswith(b"SASL") and b"PLAIN" in line for line in capabilities)
        pop3.err(f"USER {account.name}")
        pop3.err("AUTH PLAIN")
