"""Accounts in a real slapd: by bind and by secret, in the clear on loopback, with StartTLS and with
ldaps; what happens when it is down, hangs, or is changed."""

import base64
import hashlib

import pytest

from harness import backends
from harness.certs import make_certificate
from harness.slapd import BASE, SERVICE, Slapd

NAME, PASSWORD = "alice@example.test", "al!ce's pässword"


@pytest.fixture(scope="module")
def slapd():
    made = Slapd([
        {"uid": "alice", "mail": NAME, "password": PASSWORD},
        {"uid": "twin1", "mail": "twin@example.test", "password": "x"},
        {"uid": "twin2", "mail": "twin@example.test", "password": "x"},
        {"uid": "dave", "mail": "dave@example.test", "password": PASSWORD,
         "description": "team@example.test"},
    ]).start()
    yield made
    made.close()


def ldap_accounts(slapd, **more):
    settings = {"backend": "ldap", "uri": slapd.uri, "base": BASE, "bind_dn": SERVICE,
                "bind_password_file": str(slapd.password_file()),
                "filter": "(&(objectClass=inetOrgPerson)(mail={name}))",
                "alias_filter": "(description={name})", "ca_file": str(slapd.certificate),
                "timeout": "2s", "default_domain": "example.test"}
    settings.update(more)
    return {key: value for key, value in settings.items() if value is not None}


VARIANTS = {
    "bind": {},
    "secret": {"password": "secret"},
    "starttls": {"start_tls": True},
    "ldaps": {"uri": None},
}


@pytest.mark.sanitized
@pytest.mark.parametrize("variant", VARIANTS)
def test_accounts_in_ldap(make_server, slapd, variant):
    more = dict(VARIANTS[variant])
    if variant == "ldaps":
        more["uri"] = slapd.tls_uri
    if variant == "secret":
        slapd.modify("alice", userPassword="{PLAIN}" + PASSWORD)
    else:
        slapd.modify("alice", userPassword=PASSWORD)
    server = make_server({"accounts": ldap_accounts(slapd, **more)})
    backends.check_logins(server, NAME, PASSWORD)
    backends.check_mail(server, NAME, PASSWORD)
    assert backends.rcpt(server, "team@example.test") == 250
    assert backends.rcpt(server, "x@elsewhere.test") == 550


@pytest.mark.parametrize("variant", ["bind", "secret"])
def test_hostile_names(make_server, slapd, variant):
    stored = "{PLAIN}" + PASSWORD if variant == "secret" else PASSWORD
    slapd.modify("alice", userPassword=stored)
    server = make_server({"accounts": ldap_accounts(slapd, **VARIANTS[variant])})
    backends.check_hostile_names(server, NAME, PASSWORD)


def test_hashes_of_ldap(make_server, slapd):
    """Salted hashes as LDAP has them, read as a secret."""
    salt = b"12345678"
    for scheme, digest in (("SSHA", "sha1"), ("SSHA256", "sha256"), ("SSHA512", "sha512")):
        hashed = hashlib.new(digest, PASSWORD.encode() + salt).digest() + salt
        slapd.modify("dave", userPassword=f"{{{scheme}}}" + base64.b64encode(hashed).decode())
        server = make_server({"accounts": ldap_accounts(slapd, password="secret")})
        backends.assert_logs_in(server, "dave@example.test", PASSWORD)
        backends.assert_refused(server, "dave@example.test", PASSWORD + "x")
        server.stop()


def test_two_entries_of_one_name_are_no_login(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd)})
    backends.assert_unavailable(server, "twin@example.test", "x")
    server.process.wait_line(lambda line: "two entries" in line, 30)


def test_a_certificate_of_another_is_an_outage(make_server, slapd, tmp_path):
    other, _ = make_certificate(tmp_path, "other", ["127.0.0.1"])
    for more in ({"uri": slapd.tls_uri}, {"start_tls": True}):
        server = make_server({"accounts": ldap_accounts(slapd, ca_file=str(other), **more)})
        backends.assert_unavailable(server, NAME, PASSWORD)
        server.stop()


def test_a_wrong_password_of_the_service_is_an_outage(make_server, slapd, tmp_path):
    (tmp_path / "password").touch(mode=0o600)
    (tmp_path / "password").write_text("wrong\n")
    server = make_server(
        {"accounts": ldap_accounts(slapd, bind_password_file=str(tmp_path / "password"))})
    backends.assert_unavailable(server, NAME, PASSWORD)


@pytest.mark.sanitized
def test_an_outage_and_its_end(make_server, slapd):
    slapd.modify("alice", userPassword=PASSWORD)
    slapd.modify("dave", userPassword=PASSWORD)
    server = make_server({"accounts": ldap_accounts(slapd)})
    backends.assert_logs_in(server, NAME, PASSWORD)
    slapd.stop()
    try:
        backends.assert_logs_in(server, NAME, PASSWORD)  # Believed for a while.
        backends.assert_unavailable(server, NAME, PASSWORD + "x")
        backends.assert_unavailable(server, "dave@example.test", PASSWORD)
        assert backends.rcpt(server, NAME) == 451
    finally:
        slapd.start()
    backends.await_login(server, "dave@example.test", PASSWORD)
    assert backends.rcpt(server, NAME) == 250
    server.process.wait_line(lambda line: "accounts back end answers again" in line, 30)
    assert sum("accounts back end down" in line for line in server.all_log()) == 1


def test_a_host_name_that_the_certificate_lacks_is_an_outage(make_server, slapd):
    uri = slapd.tls_uri.replace("127.0.0.1", "127.0.0.2")
    server = make_server({"accounts": ldap_accounts(slapd, uri=uri)})
    backends.assert_unavailable(server, NAME, PASSWORD)


@pytest.mark.parametrize("uri", ["ldap", "ldaps", "starttls"])
def test_a_server_that_hangs_holds_up_no_other_session(make_server, slapd, uri, tmp_path):
    slapd.modify("alice", userPassword=PASSWORD)
    slapd.modify("dave", userPassword=PASSWORD)
    (tmp_path / "users").touch(mode=0o600)  # The server insists on it.
    (tmp_path / "users").write_text("bob@example.test:{PLAIN}bobs\n")
    more = {"ldap": {}, "ldaps": {"uri": slapd.tls_uri}, "starttls": {"start_tls": True}}[uri]
    accounts = {"backend": "passwd-file", "path": str(tmp_path / "users"),
                "default_domain": "example.test",
                "next": [ldap_accounts(slapd, timeout="5s", default_domain=None, **more)]}
    server = make_server({"accounts": accounts, "server": {"threads": 1}})
    backends.assert_logs_in(server, NAME, PASSWORD)
    slapd.freeze()
    try:
        backends.check_others_during_a_hang(
            server, waiting=("dave@example.test", PASSWORD),
            others=[("bob@example.test", "bobs"), (NAME, PASSWORD)])
    finally:
        slapd.thaw()
    backends.await_login(server, "dave@example.test", PASSWORD)


def test_changes_count_after_the_cache_time(make_server, slapd):
    slapd.modify("alice", userPassword=PASSWORD)
    server = make_server({"accounts": ldap_accounts(slapd, cache_time="0s")})
    backends.assert_logs_in(server, NAME, PASSWORD)
    slapd.modify("alice", userPassword="changed")
    backends.assert_refused(server, NAME, PASSWORD)
    backends.assert_logs_in(server, NAME, "changed")
    slapd.modify("alice", userPassword=PASSWORD)


def test_a_new_password_ends_the_old_one_at_once(make_server, slapd):
    slapd.modify("alice", userPassword=PASSWORD)
    server = make_server({"accounts": ldap_accounts(slapd)})
    backends.assert_logs_in(server, NAME, PASSWORD)
    slapd.modify("alice", userPassword="changed")
    backends.assert_logs_in(server, NAME, PASSWORD)  # Within the cache time, as documented.
    backends.assert_logs_in(server, NAME, "changed")
    backends.assert_refused(server, NAME, PASSWORD)
    slapd.modify("alice", userPassword=PASSWORD)
    backends.assert_logs_in(server, NAME, PASSWORD)
    slapd.modify("alice", userPassword="other")
    server.reload()  # Forgets what was verified.
    backends.await_refusal(server, NAME, PASSWORD)
    slapd.modify("alice", userPassword=PASSWORD)


def test_restantectl_says_where_the_accounts_are(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd)}, start=False)
    for words in (["account", "list"], ["account", "add", NAME, "--password-stdin"],
                  ["account", "remove", NAME], ["account", "purge", "--yes", NAME]):
        refused = server.ctl(*words, data=b"x\n", check=False)
        assert refused.returncode == 69, refused
        assert b"managed elsewhere" in refused.stderr or b"this is the mail of" in refused.stderr
    shown = server.ctl("account", "show", NAME).stdout.decode()
    assert f"kept by       ldap {slapd.uri}\n" in shown
    shown = server.ctl("account", "test", NAME).stdout.decode()
    assert f"account, in ldap {slapd.uri}" in shown
    assert server.ctl("account", "test", NAME, "--password-stdin",
                      data=PASSWORD.encode() + b"\n").returncode == 0
    wrong = server.ctl("account", "test", NAME, "--password-stdin", data=b"x\n", check=False)
    assert wrong.returncode == 77
    assert server.ctl("account", "test", "nobody", check=False).returncode == 67
    assert b"target        dave@example.test" in server.ctl("account", "test", "team").stdout
    down = ldap_accounts(slapd, uri="ldap://127.0.0.1:1")
    server.configure({"accounts": down})
    assert server.ctl("account", "test", NAME, check=False).returncode == 75
