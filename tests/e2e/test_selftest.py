"""`restantectl selftest`: a mail through every listener and back, and what it says when a part of
that does not work."""

import itertools
import json
import os

import pytest

from harness.certs import make_certificate
from harness.pop3 import Pop3
from harness.server import listen

pytestmark = pytest.mark.sanitized

_hosts = itertools.count(1)


def own_address():
    """No other server has its ports: it is told to restantectl, which cannot ask the server."""
    return f"127.{90 + os.getpid() % 100}.{os.getpid() // 100 % 250}.{next(_hosts)}"


def doors(host):
    return [listen("pop3", "starttls", f"{host}:11110"),
            listen("pop3", "implicit", f"{host}:11995"),
            listen("lmtp", "none", f"{host}:11024"), listen("smtp", "starttls", f"{host}:11025"),
            listen("http", "none", f"{host}:11080"), listen("pop3", "none", "127.0.0.1:0")]


def selftest(server, *words, code=0, data=b""):
    ran = server.ctl("--format", "json", "selftest", "--no-dns", *words, check=False, data=data)
    assert ran.returncode == code, ran
    found = json.loads(ran.stdout)["findings"] if ran.stdout else []
    return {one["what"]: (one["verdict"], one["detail"]) for one in found}


@pytest.fixture
def host():
    return own_address()


def test_a_mail_goes_in_and_out_by_every_listener(make_server, host):
    server = make_server({"listen": doors(host)})
    found = selftest(server)
    for way in ("lmtp", "smtp"):
        port = {"lmtp": 11024, "smtp": 11025}[way]
        assert found[f"{way} {host}:{port}"][0] == "ok", found
        assert "took a mail" in found[f"{way} {host}:{port}"][1]
    for port in (11110, 11995):
        verdict, detail = found[f"pop3 {host}:{port}"]
        assert verdict == "ok" and "octet for octet, by TLSv1.3" in detail, found
    assert found["pop3 127.0.0.1:0"][0] == "skipped"
    assert "clients warn" in found["trust in mail.example.test"][1], "self-signed"
    assert any(what.startswith("certificate ") and seen[0] == "ok" for what, seen in found.items())
    assert "restante-selftest" not in server.ctl("account", "list").stdout.decode()
    listed = server.ctl("maildrop", "list", "restante-selftest@example.test").stdout.decode()
    assert listed.count("deleted") >= 2, listed
    text = server.ctl("selftest", "--no-dns").stdout.decode()
    assert f"ok       pop3 {host}:11110" in text, text


def test_what_does_not_work_is_named(make_server, host):
    server = make_server({"listen": doors(host)})
    server.stop()
    ran = server.ctl("selftest", "--no-dns", check=False)
    assert ran.returncode == 69
    assert b"is the server running" in ran.stderr
    assert f"failed   lmtp {host}:11024" in ran.stdout.decode(), ran.stdout
    assert b"restante-selftest" not in server.ctl("account", "list").stdout


def test_a_certificate_that_ends_is_told(make_server, host, tmp_path):
    certificate, key = make_certificate(tmp_path, "short", ["mail.example.test"], days=3)
    server = make_server({"listen": doors(host), "tls": {"certificate": str(certificate),
                                                         "private_key": str(key)}})
    verdict, detail = selftest(server)[f"certificate {certificate}"]
    assert verdict == "warning" and "renew it" in detail


def test_an_account_of_ones_own(make_server, host, tmp_path):
    """Accounts that only their own tools may make are tried by one that is there."""
    users = tmp_path / "users"
    users.touch(0o600)
    users.write_text("alice:{PLAIN}secret\n")
    server = make_server({"listen": doors(host),
                          "accounts": {"backend": "passwd-file", "path": str(users)}})
    assert selftest(server, code=64) == {}
    with Pop3((host, 11110)) as pop3:
        assert pop3.command("USER alice").startswith(b"+OK")
    found = selftest(server, "--account", "alice", "--password-stdin", data=b"secret\n")
    assert found[f"pop3 {host}:11995"][0] == "ok", found
    listed = server.ctl("maildrop", "list", "alice@example.test").stdout.decode().splitlines()
    assert all("deleted" in line for line in listed[1:]), listed
    wrong = selftest(server, "--account", "alice", "--password-stdin", data=b"wrong\n", code=69)
    assert wrong[f"pop3 {host}:11110"][0] == "failed" and "[AUTH]" in wrong[f"pop3 {host}:11110"][1]
