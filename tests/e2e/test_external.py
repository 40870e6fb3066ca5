"""Logging in by a client's certificate (EXTERNAL), with real clients too: whom it names, and names
that would mean something elsewhere. What is no name at all is in certificate_identity_test.cc."""

import base64
import ssl
import subprocess

import pytest
from cryptography import x509

from harness.clients import Target, curl, maildir, run
from harness.deadline import poll
from harness.hostile_names import HOSTILE_NAMES, HOSTILE_NAMES_IN_SASL
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import BIN, Account
from harness.signer import Signer
from harness.wire import Wire, client_context

NAME = "cert@example.test"


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def server(make_server, signer):
    made = make_server({"tls": {"client_ca": str(signer.certificate)}})
    made.add_account(NAME)
    made.add_account("other@example.test")
    return made


def log_in(server, certificate, name="", delete=False):
    """The answer to EXTERNAL; `name`: as whom."""
    context = client_context()
    context.load_cert_chain(*certificate)
    said = base64.b64encode(name.encode()).decode() or "="
    with Pop3(server.address("pop3", "implicit"), "implicit", context) as pop3:
        answer = pop3.command(f"AUTH EXTERNAL {said}")
        if answer.startswith(b"+OK"):
            if delete:
                pop3.ok("DELE 1")
            pop3.quit()
        return answer


@pytest.mark.sanitized
def test_the_common_name_counts_where_there_is_no_address(server, signer):
    assert log_in(server, signer.issue(NAME)).startswith(b"+OK")
    assert log_in(server, signer.issue("CERT")).startswith(b"+OK"), "the default domain's"
    assert log_in(server, signer.issue("somebody")).startswith(b"-ERR [AUTH]")
    server.logged("user=cert@example.test method=EXTERNAL")


@pytest.mark.sanitized
def test_a_label_behind_the_name_chooses_a_view(make_server, signer):
    server = make_server({"tls": {"client_ca": str(signer.certificate)},
                          "auth": {"view_separator": "#"}, "limits": {"failed_login_delay": "0s"}})
    owner = server.add_account(NAME)
    server.add_account("other@example.test")
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: for every device\r\n\r\n", owner.name)
    certificate = signer.issue(NAME)
    for label in ("phone", "tablet"):
        assert log_in(server, certificate, f"{NAME}#{label}", delete=True).startswith(b"+OK")
        server.logged(f"user=cert@example.test method=EXTERNAL.* view={label}")
    assert log_in(server, certificate, delete=True).startswith(b"+OK"), "the default view's own"
    assert log_in(server, certificate, f"{NAME}#no view").startswith(b"-ERR [AUTH]")
    assert log_in(server, certificate, "other@example.test#phone").startswith(b"-ERR [AUTH]")


@pytest.mark.sanitized
def test_an_address_counts_before_the_common_name(server, signer):
    assert log_in(server, signer.issue("other@example.test", [NAME])).startswith(b"+OK")
    server.logged("user=cert@example.test method=EXTERNAL")
    assert log_in(server, signer.issue(NAME, ["nobody@example.test"])).startswith(b"-ERR [AUTH]")


@pytest.mark.sanitized
def test_a_certificate_of_another_authority_is_no_login(server, signer, tmp_path):
    """Also one that calls itself by the same name."""
    (tmp_path / "other").mkdir()
    stranger = Signer(tmp_path / "other")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        log_in(server, stranger.issue(NAME, [NAME]))
    server.logged("tls failed .*reason=.*client certificate: ")
    assert log_in(server, signer.issue(NAME)).startswith(b"+OK")


@pytest.fixture
def revoking(make_server, signer):
    """A server that looks at a list of revoked certificates, at first an empty one."""
    made = make_server({"tls": {"client_ca": str(signer.certificate), "watch_interval": "1s",
                                "client_crl": str(signer.revoke())},
                        "limits": {"failed_login_delay": "0s"}})
    made.add_account(NAME)
    return made


@pytest.mark.sanitized
def test_a_certificate_that_was_lost_is_locked_out_without_a_restart(revoking, signer):
    lost = signer.issue(NAME)
    lost_text = lost[0].read_bytes()
    assert log_in(revoking, lost).startswith(b"+OK")
    signer.revoke(lost_text)
    revoking.logged("tls: changed files are in use")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        log_in(revoking, lost)
    revoking.logged("tls failed .*reason=.*client certificate: certificate revoked")
    assert log_in(revoking, signer.issue(NAME)).startswith(b"+OK"), "a new one of the same owner"


@pytest.mark.sanitized
def test_a_tls_session_does_not_outlive_the_revocation(revoking, signer):
    lost = signer.issue(NAME)
    lost_text = lost[0].read_bytes()
    context = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.load_cert_chain(*lost)
    with Pop3(revoking.address("pop3", "implicit"), "implicit", context) as pop3:
        pop3.ok("AUTH EXTERNAL =")
        session = pop3.socket.session
        pop3.quit()
    signer.revoke(lost_text)
    revoking.logged("tls: changed files are in use")
    with Wire(revoking.address("pop3", "implicit")) as wire, \
            pytest.raises((ssl.SSLError, ConnectionError)):
        wire.start_tls(context, session=session)
        wire.line()


@pytest.mark.sanitized
def test_a_list_that_has_ended_stops_certificates_and_nothing_else(revoking, signer):
    certificate = signer.issue(NAME)
    password = revoking.add_account()
    signer.revoke(days=-1)
    revoking.logged("tls: changed files are in use")
    revoking.logged(r"warning tls client_crl ended: then nobody logs in by EXTERNAL until")
    assert log_in(revoking, certificate).startswith(b"-ERR [SYS/TEMP]")
    revoking.logged(r"pop3 login refused .* method=EXTERNAL reason=.*client certificate: "
                    r"CRL has expired \(tls.client_crl\)")
    context = client_context()
    context.load_cert_chain(*certificate)
    with Pop3(revoking.address("pop3", "implicit"), "implicit", context) as pop3:
        pop3.login(password).quit()
    signer.revoke()
    poll(lambda: log_in(revoking, certificate).startswith(b"+OK"), 20, "the new list counts")


@pytest.mark.sanitized
def test_without_a_list_of_its_authority_no_certificate_counts(make_server, signer, tmp_path):
    (tmp_path / "other").mkdir()
    other = Signer(tmp_path / "other")
    other.name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "Other CA")])
    server = make_server({"tls": {"client_ca": str(signer.certificate),
                                  "client_crl": str(other.revoke())}})
    server.add_account(NAME)
    assert log_in(server, signer.issue(NAME)).startswith(b"-ERR [SYS/TEMP]")
    server.logged(r"reason=.*unable to get certificate CRL \(tls.client_crl\)")


def test_a_list_that_is_none_is_a_mistake(make_server, signer, tmp_path):
    for name, text in (("missing.pem", None), ("empty.pem", ""),
                       ("other.pem", signer.certificate.read_text()),
                       ("damaged.pem",
                        signer.revoke().read_text().replace("-----\n", "-----\nAAAA", 1))):
        if text is not None:
            (tmp_path / name).write_text(text)
        server = make_server({"tls": {"client_ca": str(signer.certificate),
                                      "client_crl": str(tmp_path / name)}}, start=False)
        result = subprocess.run([BIN / "restanted", "--config", server.config_path],
                                capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode != 0 and name in result.stderr, (name, result.stderr)


def ascii_names():
    for name in HOSTILE_NAMES + HOSTILE_NAMES_IN_SASL:
        text = name.decode("latin-1")
        if text.isascii():
            yield text


@pytest.mark.sanitized
def test_hostile_names_in_certificates_are_wrong_names(server, signer):
    """Those that are like our account's name, and then one that is not."""
    like_ours = [text.replace("alice", "cert") for text in ascii_names()]
    for text in [*like_ours, f"{NAME}\0", f"{NAME}\0.evil.test", f"\0{NAME}", "x" * 20000]:
        answer = log_in(server, signer.issue("somebody", [text]))
        assert answer.startswith(b"-ERR") and b"[SYS" not in answer, (text, answer)
    for text in (f"{NAME}\0", "gr\u00fc\u00df", "\u202ecert", "\u0441ert", "cert\u0085", "%s%n"):
        answer = log_in(server, signer.issue(text))
        assert answer.startswith(b"-ERR") and b"[SYS" not in answer, (text, answer)
    for line in server.all_log():
        assert line.isascii() and line.isprintable(), line
    assert log_in(server, signer.issue("somebody", [NAME])).startswith(b"+OK")


def with_mail(server, signer):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", NAME)
    return signer.issue("somebody", [NAME])


def test_curl_with_a_certificate(server, signer):
    certificate, key = with_mail(server, signer)
    target = Target("127.0.0.1", server.port("pop3", "implicit"), "implicit", Account(NAME, ""), 1,
                    server.folder)
    listing = curl.command(target, "--cert", certificate, "--key", key, "--login-options",
                           "AUTH=EXTERNAL")
    assert len(listing.splitlines()) == 1
    curl.command(target, "--login-options", "AUTH=EXTERNAL", expected=(67,))


def test_mpop_with_a_certificate(server, signer):
    certificate, key = with_mail(server, signer)
    folder = server.folder / "client"
    box = maildir(folder / "box")
    key.chmod(0o600)
    target = Target("127.0.0.1", server.port("pop3"), "starttls", None, 1, folder)
    run(["mpop", "--host", target.host, "--port", target.port, "--user", NAME, "--auth=external",
         "--tls=on", "--tls-starttls=on", "--tls-certcheck=off", f"--tls-cert-file={certificate}",
         f"--tls-key-file={key}", "--delivery", f"maildir,{box}",
         "--uidls-file", folder / "uidls"], target)
    assert len(list(box.glob("new/*"))) == 1
