"""What testssl.sh and sslscan say of a server with a certificate of an authority that they trust:
nothing above low. testssl.sh runs the checks that judge the server (protocols, ciphers, forward
secrecy, certificate, vulnerabilities); its lists of all ciphers and its client simulation take
minutes and judge nothing more. Behind STLS stands the same TLS: there, only long runs try all."""

import json
import subprocess
import xml.etree.ElementTree as xml

import pytest

from harness.certs import Authority

MODES = ["implicit", "starttls"]
CHECKS = ["--protocols", "--std", "--fs", "--server-defaults", "--vulnerable"]
FOUND = {"SSLv3", "TLS1", "TLS1_1", "cert_chain_of_trust"}
FOUND_BY_ALL = FOUND | {"cipherlist_NULL", "PFS", "ROBOT", "LUCKY13", "secure_client_renego",
                        "CRIME_TLS"}


@pytest.fixture(scope="module")
def authority_and_server():
    from harness.server import ServerFactory
    factory = ServerFactory()
    server = factory(start=False)
    authority = Authority(server.folder, "ca")
    certificate, key = authority.issue(
        "server", ["localhost"], ["127.0.0.1"], days=180,
        more=["crlDistributionPoints=URI:http://localhost/crl"])
    chain = server.folder / "chain.pem"
    chain.write_text(certificate.read_text() + authority.certificate.read_text())
    server.configure({"tls": {"certificate": str(chain), "private_key": str(key)}})
    yield authority, server.start()
    factory.close()


# The others are OK, INFO, LOW, and what testssl.sh says of itself (DEBUG, WARN).
ABOVE_LOW = ("MEDIUM", "HIGH", "CRITICAL", "FATAL")


@pytest.mark.seconds(900)
@pytest.mark.parametrize("mode, checks, found", [
    ("implicit", CHECKS, FOUND_BY_ALL),
    ("starttls", ["--protocols", "--server-defaults"], FOUND),
    pytest.param("starttls", CHECKS, FOUND_BY_ALL, marks=pytest.mark.long)])
def test_testssl_finds_nothing_above_low(authority_and_server, tmp_path, mode, checks, found):
    authority, server = authority_and_server
    report = tmp_path / "report.json"
    options = ["--starttls", "pop3"] if mode == "starttls" else []
    done = subprocess.run(
        ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none",
         "--add-ca", authority.certificate, "--jsonfile", report, *checks, *options,
         f"localhost:{server.port('pop3', mode)}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=850, check=False)
    findings = json.loads(report.read_text())
    said = {entry["id"]: entry for entry in findings}
    # That it has looked at all of it, and can tell.
    assert said["TLS1_3"]["severity"] == "OK" and said["TLS1_2"]["severity"] == "OK", done.stdout
    assert found <= set(said), sorted(found - set(said))
    bad = [entry for entry in findings if entry["severity"] in ABOVE_LOW]
    assert not bad, bad


@pytest.mark.parametrize("mode", MODES)
def test_sslscan_sees_only_strong_ciphers(authority_and_server, mode):
    _, server = authority_and_server
    options = ["--starttls-pop3"] if mode == "starttls" else []
    done = subprocess.run(["sslscan", "--xml=-", "--no-colour", *options,
                           f"127.0.0.1:{server.port('pop3', mode)}"],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=250, check=True)
    scan = xml.fromstring(done.stdout).find("ssltest")
    enabled = {(protocol.get("type"), protocol.get("version"))
               for protocol in scan.iter("protocol") if protocol.get("enabled") == "1"}
    assert enabled == {("tls", "1.2"), ("tls", "1.3")}
    ciphers = list(scan.iter("cipher"))
    assert len(ciphers) >= 5
    for cipher in ciphers:
        # Its word for TLS 1.3's is "acceptable"; others are medium, weak, anonymous and null.
        assert cipher.get("strength") in ("strong", "acceptable"), cipher.attrib
        assert int(cipher.get("bits")) >= 128, cipher.attrib
    # Debian's sslscan cannot try compression and leaves it out; testssl.sh (CRIME) can.
    assert all(entry.get("supported") == "0" for entry in scan.iter("compression"))
    assert scan.find("renegotiation").get("supported") == "0"
    assert all(entry.get("vulnerable") == "0" for entry in scan.iter("heartbleed"))
