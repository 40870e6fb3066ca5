"""Programs that set themselves up: what restanted answers Thunderbird, Outlook and Apple's devices,
and what strangers do not learn."""

import http.client
import plistlib
import re
import subprocess
import xml.etree.ElementTree

import pytest

from harness.certs import Authority
from harness.server import BIN, DEFAULT_LISTEN, listen

pytestmark = pytest.mark.sanitized_long

THUNDERBIRD = "/mail/config-v1.1.xml"
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"
OUTLOOK = "/autodiscover/autodiscover.xml"
APPLE = "/email.mobileconfig"
REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
SETTINGS = {"domains": ["example.test", "example.org"], "name": "Ann & Bob",
            "submissions": "smtp.example.test", "submission": "smtp.example.test:5587"}


def page_listener(tls="none", serve=("autoconfig",), address="127.0.0.1:0"):
    return {**listen("http", tls, address), "serve": list(serve)}


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ca")


@pytest.fixture
def server(make_server, authority):
    """With a public page, one over TLS, and one of this machine that has all."""
    certificate, key = authority.issue("server", ["mail.example.test", "autoconfig.example.test"])
    return make_server({
        "tls": {"certificate": str(certificate), "private_key": str(key)},
        "listen": [*DEFAULT_LISTEN, page_listener(), page_listener("implicit"),
                   page_listener(serve=("status", "metrics", "autoconfig"))],
        "autoconfig": SETTINGS})


def ask(server, target, host="autoconfig.example.test", method="GET", body=None, index=0):
    connection = http.client.HTTPConnection(*server.address("http", "none", index), timeout=30)
    connection.request(method, target, body=body, headers={"Host": host})
    response = connection.getresponse()
    return response.status, response.read().decode("utf-8", "replace"), response


def ask_outlook(server, address, host="example.test", before=""):
    body = (f'<?xml version="1.0" encoding="utf-8"?>{before}<Autodiscover xmlns="{REQUEST}">'
            "<Request>"
            f"<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{RESPONSE}"
            "</AcceptableResponseSchema></Request></Autodiscover>")
    return ask(server, OUTLOOK, host, "POST", body)


def test_thunderbird_reads_the_servers_at_both_addresses(server):
    status, text, response = ask(server, THUNDERBIRD + "?emailaddress=ann%40example.test")
    assert status == 200 and response.getheader("Content-Type").startswith("text/xml")
    root = xml.etree.ElementTree.fromstring(text)
    assert (root.tag, root.get("version")) == ("clientConfig", "1.1")
    provider = root.find("emailProvider")
    assert provider.get("id") == provider.findtext("domain") == "example.test"
    assert provider.findtext("displayName") == "Ann & Bob"
    keys = ("hostname", "port", "socketType", "authentication", "username")
    servers = [(each.get("type"), *(each.findtext(key) for key in keys)) for each in provider
               if each.tag.endswith("Server")]
    rest = ("password-cleartext", "%EMAILADDRESS%")
    assert servers == [("pop3", "mail.example.test", "995", "SSL", *rest),
                       ("pop3", "mail.example.test", "110", "STARTTLS", *rest),
                       ("smtp", "smtp.example.test", "465", "SSL", *rest),
                       ("smtp", "smtp.example.test", "5587", "STARTTLS", *rest)]
    assert ask(server, WELL_KNOWN, "example.test")[1] == text


def test_outlook_reads_the_first_of_each_kind(server):
    status, text, response = ask_outlook(server, "ann@example.test")
    assert status == 200 and response.getheader("Cache-Control") == "no-store"
    root = xml.etree.ElementTree.fromstring(text)
    account = root.find(f"{{{RESPONSE}}}Response/{{{RESPONSE}}}Account")
    found = {}
    for protocol in account.findall(f"{{{RESPONSE}}}Protocol"):
        values = {each.tag.split("}")[1]: each.text for each in protocol}
        found[values["Type"]] = values
    assert list(found) == ["POP3", "SMTP"]
    assert (found["POP3"]["Server"], found["POP3"]["Port"]) == ("mail.example.test", "995")
    assert (found["POP3"]["SSL"], found["POP3"]["SPA"]) == ("on", "off")
    assert found["POP3"]["LoginName"] == "ann@example.test"
    assert (found["SMTP"]["Server"], found["SMTP"]["Port"]) == ("smtp.example.test", "465")


def test_each_name_of_a_domain_gets_the_same(server):
    """There is one account, and nothing tells which."""
    there, absent = server.add_account().name, "nobody@example.test"
    for target in (THUNDERBIRD + "?emailaddress=", APPLE + "?email="):
        assert ask(server, target + there)[:2] == ask(server, target + absent)[:2]
    first, second = (ask_outlook(server, name)[1].replace(name, "NAME") for name in (there, absent))
    assert first == second
    assert not any(there in line for line in server.all_log() if "autoconfig session" in line)


def test_apples_profile_is_a_plist_with_what_a_device_needs(server):
    status, text, response = ask(server, APPLE, "example.test")
    assert status == 200
    assert response.getheader("Content-Type") == "application/x-apple-aspen-config"
    profile = plistlib.loads(text.encode())
    assert profile["PayloadType"] == "Configuration" and profile["PayloadVersion"] == 1
    mail, = profile["PayloadContent"]
    assert mail["PayloadType"] == "com.apple.mail.managed"
    assert mail["EmailAccountType"] == "EmailTypePOP"
    for way, host, port in (("Incoming", "mail.example.test", 995),
                            ("Outgoing", "smtp.example.test", 465)):
        assert mail[way + "MailServerHostName"] == host
        assert mail[way + "MailServerPortNumber"] == port
        assert mail[way + "MailServerUseSSL"] is True
        assert mail[way + "MailServerAuthentication"] == "EmailAuthPassword"
    assert "EmailAddress" not in mail


def test_a_profile_is_signed_and_signed_anew_at_a_reload(make_server, authority, tmp_path):
    """In the sandbox, which has to let the key be read again."""
    def configure(name):
        certificate, key = authority.issue(name, [name])
        key.chmod(0o600)
        return {**SETTINGS, "profile_certificate": str(certificate), "profile_key": str(key)}

    def signer():
        connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=30)
        connection.request("GET", APPLE, headers={"Host": "example.test"})
        (tmp_path / "profile").write_bytes(connection.getresponse().read())
        verified = subprocess.run(
            ["openssl", "cms", "-verify", "-inform", "DER", "-in", tmp_path / "profile", "-CAfile",
             authority.certificate, "-purpose", "any", "-signer", tmp_path / "signer"],
            check=True, capture_output=True, timeout=60)
        assert plistlib.loads(verified.stdout)["PayloadType"] == "Configuration"
        return subprocess.run(["openssl", "x509", "-in", tmp_path / "signer", "-noout", "-subject"],
                              check=True, capture_output=True, timeout=60).stdout.decode()

    overrides = {"listen": [*DEFAULT_LISTEN, page_listener()],
                 "autoconfig": configure("first.test")}
    server = make_server(overrides)
    assert "first.test" in signer()
    server.configure({**overrides, "autoconfig": configure("second.test")})
    server.reload()
    server.logged("reloaded")
    assert "second.test" in signer()


@pytest.mark.parametrize("host", ["", "evil.test", "127.0.0.1", "www.example.test",
                                  "example.test.evil.test"])
def test_other_hosts_and_pages_are_not_there(server, host):
    for target in (THUNDERBIRD, WELL_KNOWN, APPLE):
        assert ask(server, target, host)[0] == 404
    assert ask_outlook(server, "ann@example.test", host)[0] == 404
    assert ask(server, THUNDERBIRD + "?emailaddress=ann%40example.com")[0] == 404


def test_a_public_listener_serves_autoconfig_alone(server):
    for target in ("/metrics", "/status", "/health", "/"):
        assert ask(server, target)[0] == 404
        assert ask(server, target, index=1)[0] == (403 if target == "/" else 200)
    assert ask(server, THUNDERBIRD, index=1)[0] == 200
    mixed = page_listener(serve=("metrics", "autoconfig"), address="0.0.0.0:0")
    server.configure({"listen": [*DEFAULT_LISTEN, mixed], "autoconfig": SETTINGS})
    checked = subprocess.run([BIN / "restanted", "--check-config", "--config", server.config_path],
                             capture_output=True, timeout=60, check=False)
    assert checked.returncode == 78
    assert b"listen.serve: \"autoconfig\" is for everybody" in checked.stdout + checked.stderr


def test_it_speaks_tls(server, authority):
    host, port = server.address("http", "implicit")
    name = "autoconfig.example.test"
    done = subprocess.run(["curl", "-sS", "--fail", "--cacert", authority.certificate, "--resolve",
                           f"{name}:{port}:{host}", f"https://{name}:{port}{THUNDERBIRD}"],
                          check=True, capture_output=True, timeout=60)
    assert b"clientConfig" in done.stdout
    server.logged(r"autoconfig session=\S+ peer=\S+ host=autoconfig.example.test:\d+ "
                  r"path=/mail/config-v1.1.xml status=200")


def test_no_entity_is_followed(server):
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    status, text, _ = ask_outlook(server, "&e;@example.test", before=doctype)
    assert status == 200 and "<ErrorCode>600</ErrorCode>" in text and "LoginName" not in text


def test_a_body_is_bounded(server):
    def post(size, headers=None, index=0):
        connection = http.client.HTTPConnection(*server.address("http", "none", index), timeout=30)
        body = b"x" * size if headers is None else iter([b"x" * size])
        try:
            connection.request("POST", OUTLOOK, body=body,
                               headers={"Host": "example.test", **(headers or {})},
                               encode_chunked=headers is not None)
            return connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            return "closed"

    assert post(64 << 10) == 200
    assert post((64 << 10) + 1) in (413, "closed")
    assert post(64 << 10, {"Transfer-Encoding": "chunked"}) == 200
    assert post((64 << 10) + 1, {"Transfer-Encoding": "chunked"}) in (413, "closed")
    assert ask(server, THUNDERBIRD)[0] == 200


def test_a_word_is_given_to_who_waits_for_one(server):
    """.NET's clients ask before they send a body."""
    done = subprocess.run(
        ["curl", "-sS", "-v", "-H", "Expect: 100-continue", "-H", "Host: example.test", "--data",
         "x" * 2000, "http://{}:{}{}".format(*server.address("http", "none"), OUTLOOK)],
        check=True, capture_output=True, timeout=60)
    assert b"HTTP/1.1 100 Continue" in done.stderr and b"ErrorCode" in done.stdout


def test_the_lines_for_the_dns(server):
    said = server.ctl("autoconfig", "example.org").stdout.decode()
    assert re.search(r"^_pop3s\._tcp\.example\.org\. +IN SRV +0 1 995 mail\.example\.test\.$", said,
                     re.M)
    assert "example.test. " not in said.replace("mail.example.test.", "")
    assert len(server.ctl("autoconfig").stdout.splitlines()) == 2 * len(said.splitlines())
    assert server.ctl("autoconfig", "example.net", check=False).returncode == 67
