"""What is wrong with the back ends is found before a port is open, and by --check-config --ask
before anybody logs in: each with the line of its key."""

import re
import subprocess

import pytest

from harness.asking import asked, check, mistakes
from harness.certs import Authority
from harness.issuer import Issuer
from harness.ports import free_port
from harness.process import Process
from harness.server import BIN, START_SECONDS
from harness.slapd import BASE, SERVICE, Slapd


@pytest.fixture(scope="module")
def slapd():
    made = Slapd([{"uid": "alice", "mail": "alice@example.test", "password": "alices",
                   "employeeType": "team@example.test"}]).start()
    yield made
    made.close()


def ldap(slapd, **more):
    settings = {"backend": "ldap", "uri": slapd.uri, "base": BASE, "bind_dn": SERVICE,
                "bind_password_file": str(slapd.password_file()), "timeout": "20s",
                "ca_file": str(slapd.certificate), "alias_filter": "(employeeType={name})",
                "filter": "(&(objectClass=inetOrgPerson)(mail={name}))"}
    return settings | more


POSTGRESQL = {"backend": "postgresql", "connection": "host=127.0.0.1",
              "account_query": "SELECT name, secret FROM person WHERE name = $1"}


def test_a_filter_that_is_none_opens_no_port(make_server, slapd):
    server = make_server({"accounts": {
        **ldap(slapd, filter="(&(mail={name})(!(x)"),
        "next": [POSTGRESQL,
                 ldap(slapd, filter="(mail{name})", alias_filter="(mail={nome})"),
                 POSTGRESQL | {"connection": "host", "alias_query": "SELECT $4"}]}}, start=False)
    keys = {"accounts.filter", "accounts.next.filter", "accounts.next.alias_filter",
            "accounts.next.connection", "accounts.next.alias_query"}
    for result in (check(server), check(server, "--ask")):
        assert result.returncode == 78
        assert set(mistakes(server, result)) == keys, result.stderr
    process = Process([BIN / "restanted", "--config", server.config_path])
    assert process.wait(START_SECONDS) == 78
    told = [line for line in process.lines() if ": accounts." in line]
    assert len(told) == len(keys) == len(process.lines()), process.lines()


def test_ldap_is_asked(make_server, slapd, tmp_path):
    server = make_server({"accounts": ldap(slapd)}, start=False)
    result = check(server, "--ask")
    assert result.returncode == 0 and "answers" in result.stdout, result.stderr
    assert asked(make_server, ldap(slapd, uri=slapd.tls_uri)) == {}
    other = Authority(tmp_path, "other-ca").certificate
    (tmp_path / "wrong").touch(mode=0o600)
    (tmp_path / "wrong").write_text("not it\n")
    for key, more in (
            ("uri", {"uri": f"ldap://127.0.0.1:{free_port()}"}),
            ("uri", {"uri": f"{slapd.uri} ldap://127.0.0.1:{free_port()}"}),
            ("bind_dn", {"bind_password_file": str(tmp_path / "wrong")}),
            ("bind_dn", {"bind_dn": f"cn=nobody,{BASE}"}),
            ("base", {"base": "dc=nowhere"}),
            ("filter", {"filter": "(mial={name})"}),
            ("filter", {"base": SERVICE}),
            ("name_attribute", {"name_attribute": "description"}),
            ("maildrop_attribute", {"maildrop_attribute": "uid", "default_domain": None}),
            ("secret_attribute", {"password": "secret", "secret_attribute": "description"})):
        assert list(asked(make_server, ldap(slapd, **more))) == [f"accounts.{key}"], (key, more)
    told = asked(make_server, ldap(slapd, uri=slapd.tls_uri, ca_file=str(other)))
    assert set(told) <= {"accounts.uri", "accounts.ca_file"} and told


def test_a_password_is_tried_where_it_is_kept(make_server, slapd):
    server = make_server({"accounts": ldap(slapd)}, start=False)

    def tried(name, password):
        result = server.ctl("account", "test", name, "--password-stdin", check=False,
                            data=password.encode() + b"\n")
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    code, out, _ = tried("alice", "alices")
    assert code == 0 and "password      right" in out and "reason" not in out
    code, out, err = tried("alice", "wrong")
    assert code == 77 and "password      wrong" in out, out
    assert re.search("reason .*Invalid credentials", out) and "Invalid credentials" in err
    code, out, err = tried("team@example.test", "alices")
    assert code == 67 and "target        alice@example.test" in out and "is an alias" in err


def test_pam_and_the_issuer_are_asked(make_server, tmp_path):
    (tmp_path / "users").write_text("alice:\n")
    (tmp_path / "restante").write_text("auth required pam_deny.so\n")
    pam = {"backend": "pam", "service": "restante", "service_dir": str(tmp_path),
           "users": str(tmp_path / "users")}
    with Issuer(tmp_path) as issuer:
        oauth = {"issuer": issuer.url, "audience": issuer.audience,
                 "jwks_url": issuer.url + "/keys", "ca_file": str(issuer.authority.certificate)}
        assert asked(make_server, pam, oauth=oauth) == {}
        (tmp_path / "users").write_text("al@\n")
        assert list(asked(make_server, pam)) == ["accounts.users"]
        (tmp_path / "users").write_text("alice:\n")
        (tmp_path / "restante").write_text("auth required pam_no_such_module.so\n")
        issuer.mode = "garbage"
        assert set(asked(make_server, pam, oauth=oauth)) == {"accounts.service", "oauth.jwks_url"}
    (tmp_path / "restante").unlink()
    server = make_server({"accounts": pam}, start=False)
    result = check(server)
    assert result.returncode == 78 and list(mistakes(server, result)) == ["accounts.service"]


def test_ask_goes_with_check_config(tmp_path):
    result = subprocess.run([BIN / "restanted", "--ask", "--config", tmp_path / "x"],
                            capture_output=True, timeout=START_SECONDS, check=False)
    assert result.returncode == 64 and b"--check-config" in result.stderr
