"""LDAP as offices have it, in a real slapd: several names for one person, entries that are disabled
or locked, hashes of other programs, certificates that do not fit, a second server."""

import contextlib
import re
import socket
import ssl
import threading

import pytest

from harness import backends
from harness.certs import Authority, make_certificate
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import Account
from harness.slapd import BASE, SERVICE, Slapd

D = "example.test"
PASSWORD = "geheim"
POLICY = f"cn=policy,{BASE}"

# What Active Directory's people have, and OpenLDAP's policy of passwords.
SCHEMA = """
moduleload ppolicy
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.55555.1 NAME 'windowsAccount' SUP top AUXILIARY
  MAY ( sAMAccountName $ userPrincipalName $ userAccountControl ) )
"""
ENTRIES = f"""dn: {POLICY}
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 2

dn: ou=branch,{BASE}
objectClass: organizationalUnit
ou: branch
"""

# By slappasswd with its module argon2; unit tests have the others.
HASHES = {
    "argon2": "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$X6NbW/mrwohwwNwLRVkCcA$"
              "Kpu0UhMxrj7hkYRY0+/OjNqdN+zjZgOJNL75F6mfeM8",
    "plain": PASSWORD,
}
NOT_VERIFIED = {
    "sasl": ("{SASL}sasl@example.test", "scheme SASL cannot be verified"),
    "none": (None, "its entry has no userPassword"),
    "future": ("{FUTURE-9}x", "scheme FUTURE-9 cannot be verified"),
}


def person(uid, mail=None, password=PASSWORD, **more):
    return {"uid": uid, "mail": mail or f"{uid}@{D}", "password": password, **more}


@pytest.fixture(scope="module")
def slapd():
    windows = {"objectClass": "windowsAccount"}
    made = Slapd(
        [person("mia", [f"mia@{D}", "mia.meier@branch.test"], description=f"alt@{D}", **windows,
                sAMAccountName="mmeier", userPrincipalName="mia.m@corp.example.test"),
         person("smith", f"john@{D}"), person("jsmith", f"smith@{D}"),
         person("twin", f"twin.a@{D}"), person("twin", f"twin.b@{D}", unit="branch"),
         person("off", userAccountControl="514", **windows),
         person("on", userAccountControl="512", **windows),
         person("locked"), person("taker", employeeType="mail-only"),
         *[person(uid, password=stored) for uid, stored in HASHES.items()],
         *[person(uid, password=stored) for uid, (stored, _) in NOT_VERIFIED.items()],
         person("ssha", password="{SSHA}!lL4kvWvpabTbHJ6MVnMNoLEzejn0xiik")],
        schema=SCHEMA, entries=ENTRIES,
        overlays=f'overlay ppolicy\nppolicy_default "{POLICY}"').start()
    yield made
    made.close()


def ldap_accounts(slapd, **more):
    settings = {"backend": "ldap", "uri": slapd.uri, "base": BASE, "bind_dn": SERVICE,
                "bind_password_file": str(slapd.password_file()),
                "filter": "(|(mail={name})(uid={local})(sAMAccountName={local})"
                          "(userPrincipalName={name}))",
                "name_attribute": "mail uid sAMAccountName userPrincipalName",
                "maildrop_attribute": "uid", "windows_domain": "CORP",
                "alias_filter": "(description={name})",
                "disabled_filter": "(|(userAccountControl:1.2.840.113556.1.4.803:=2)"
                                   "(pwdAccountLockedTime=*))",
                "no_login_filter": "(employeeType=mail-only)",
                "ca_file": str(slapd.certificate), "timeout": "2s", "default_domain": D}
    settings.update(more)
    return {key: value for key, value in settings.items() if value is not None}


def stat(server, name):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account(name, PASSWORD))
        count = pop3.stat()[0]
        pop3.quit()
    return count


def rcpt_texts(server, address):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        return lmtp.command(f"RCPT TO:<{address}>".encode())


@pytest.mark.sanitized
def test_one_person_is_one_maildrop_by_every_name(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd)})
    names = [f"mia@{D}", "mia.meier@branch.test", "mia", "mmeier", "mia.m@corp.example.test",
             "CORP\\mmeier", "corp\\mia"]
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: one\r\n\r\nx\r\n",
                     [f"mia@{D}", "mia.meier@branch.test", f"alt@{D}", f"MMEIER@{D}"])
    assert [stat(server, name) for name in names] == [1] * len(names)
    backends.assert_refused(server, "OTHER\\mia", PASSWORD)
    backends.assert_refused(server, "mia", PASSWORD + "x")
    # A renamed person finds the mail of before, and the old name is unknown.
    slapd.modify("mia", mail=f"mia.schulz@{D}")
    assert stat(server, f"mia.schulz@{D}") == 1
    assert backends.rcpt(server, "mia.meier@branch.test") == 550
    # Tools know the maildrop by its own name; the address goes before a user of that name.
    listed = [server.ctl("maildrop", "list", name).stdout for name in (f"mia.schulz@{D}", "mia")]
    assert listed[0] == listed[1] and b" waiting " in listed[0]
    backends.deliver(server, f"smith@{D}")
    assert (stat(server, "jsmith"), stat(server, f"john@{D}")) == (1, 0)
    # Two entries that would read each other's mail get none, and the operator knows.
    backends.assert_unavailable(server, f"twin.a@{D}", PASSWORD)
    assert backends.rcpt(server, f"twin.b@{D}") == 451
    server.logged("ou=branch.*would have one maildrop")
    # All of it is remembered, under each name.
    slapd.freeze()
    try:
        assert stat(server, f"mia.schulz@{D}") == 1
    finally:
        slapd.thaw()


def test_without_an_attribute_for_it_the_first_address_names_the_maildrop(make_server, slapd):
    both = [f"mia.one@{D}", f"mia.two@{D}"]
    slapd.modify("mia", mail=both)
    server = make_server({"accounts": ldap_accounts(
        slapd, filter="(mail={name})", name_attribute="mail", maildrop_attribute=None)})
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: one\r\n\r\nx\r\n", [*reversed(both), f"alt@{D}"])
    assert [stat(server, name) for name in both] == [1, 1]
    # An address that leads to two entries opens no maildrop but the person's own.
    slapd.modify("on", mail=[both[0], f"on@{D}"])
    backends.deliver(server, f"on@{D}")
    assert (stat(server, f"on@{D}"), stat(server, both[0])) == (1, 1)
    slapd.modify("on", mail=f"on@{D}")
    listed = server.ctl("account", "test", both[1]).stdout.decode()
    assert both[0] in listed and both[1] not in listed, listed


def test_a_name_that_only_the_filter_knows_is_told(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd, name_attribute="mail",
                                                    maildrop_attribute=None)})
    backends.assert_logs_in(server, f"smith@{D}", PASSWORD)
    backends.assert_refused(server, "jsmith", PASSWORD)
    server.logged(f"no such account: uid=jsmith,{BASE} is found, but has this name in none of "
                  "accounts.name_attribute: mail")


def test_disabled_entries_get_nothing_and_others_only_mail(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd, cache_time="0s")})
    backends.assert_logs_in(server, "on", PASSWORD)
    backends.assert_refused(server, "off", PASSWORD)
    code, texts = rcpt_texts(server, f"off@{D}")
    assert code == 550 and b"5.2.1" in b" ".join(texts), texts
    backends.assert_logs_in(server, "locked", PASSWORD)
    for _ in range(2):
        backends.assert_refused(server, "locked", "wrong")
    backends.assert_refused(server, "locked", PASSWORD)
    assert backends.rcpt(server, f"locked@{D}") == 550
    backends.assert_refused(server, "taker", PASSWORD)
    assert backends.rcpt(server, f"taker@{D}") == 250


@pytest.mark.sanitized
def test_each_hash_is_verified_or_named(make_server, slapd):
    server = make_server({"accounts": ldap_accounts(slapd, password="secret")})
    for uid in HASHES:
        backends.assert_logs_in(server, uid, PASSWORD)
        backends.assert_refused(server, uid, PASSWORD + "x")
    for uid, (_, reason) in NOT_VERIFIED.items():
        for password in (PASSWORD, "wrong"):
            assert backends.answer_to(server, uid, password).startswith(b"-ERR [SYS/PERM]"), uid
        server.logged(f"account {uid}@{D}: {reason}")
        assert backends.rcpt(server, f"{uid}@{D}") == 250
    backends.assert_refused(server, "ssha", PASSWORD)  # The "!" locks it.


class Silent:
    """Takes connections and says nothing."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self._socket.close()


class TlsServer:
    """Shows a certificate, and goes away."""

    def __init__(self, certificate, key):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        while True:
            try:
                taken, _ = self._socket.accept()
            except OSError:
                return
            with taken, contextlib.suppress(OSError):
                taken.settimeout(30)
                self._context.wrap_socket(taken, server_side=True).close()

    def __exit__(self, *_):
        self._socket.close()


@pytest.fixture
def account_test(make_server, slapd):
    """What `account test` says of an LDAP at this address."""
    server = make_server({"accounts": ldap_accounts(slapd)}, start=False)

    def ask(**more):
        server.configure({"accounts": ldap_accounts(slapd, **more)})
        done = server.ctl("account", "test", "on", "--password-stdin",
                          data=PASSWORD.encode() + b"\n", check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    return ask


def test_each_reason_of_an_outage_is_told(account_test, slapd, tmp_path):
    other, _ = make_certificate(tmp_path, "other", ["127.0.0.1"])
    authority = Authority(tmp_path, "authority")
    expired = authority.issue("expired", addresses=["127.0.0.1"], days=-1)
    foreign = slapd.tls_uri.replace("127.0.0.1", "127.0.0.2")
    with Silent() as silent, TlsServer(*expired) as old:
        for more, reason in [
                ({"uri": slapd.tls_uri, "ca_file": str(other)}, "signed by no authority in"),
                ({"start_tls": True, "ca_file": str(other)}, "signed by no authority in"),
                ({"uri": slapd.tls_uri, "ca_file": None}, "no authority in /etc/ssl/certs"),
                ({"uri": foreign}, "its certificate is for 127.0.0.1, not for 127.0.0.2"),
                ({"uri": f"ldaps://127.0.0.1:{old.port}", "ca_file": str(authority.certificate)},
                 "its certificate has expired"),
                ({"uri": "ldap://127.0.0.1:1"}, "connect: Connection refused"),
                ({"uri": f"ldaps://127.0.0.1:{silent.port}", "timeout": "1s"},
                 "TLS: no answer within 1000 ms"),
                ({"uri": f"ldap://127.0.0.1:{slapd.tls_port}"}, "closed the connection")]:
            code, said = account_test(**more)
            assert code == 75 and reason in said, (more, said)


def test_a_chain_with_an_authority_between(make_server, tmp_path):
    """The operator has the one at the top; the server shows the one between, or forgets to."""
    top = Authority(tmp_path, "top")
    between = Authority(tmp_path, "between", above=top)
    leaf, key = between.issue("leaf", addresses=["127.0.0.1"])
    chain = tmp_path / "chain.pem"
    chain.write_bytes(leaf.read_bytes() + between.certificate.read_bytes())
    server = make_server(start=False)
    for shown, fault in [(chain, None), (leaf, "signed by no authority in .*top.pem .*between")]:
        slapd = Slapd([person("al")], schema=SCHEMA, certificate=(shown, key)).start()
        try:
            for way in ({"uri": slapd.tls_uri}, {"start_tls": True}):
                server.configure({"accounts": ldap_accounts(slapd, **way,
                                                            ca_file=str(top.certificate))})
                done = server.ctl("account", "test", f"al@{D}", "--password-stdin",
                                  data=PASSWORD.encode() + b"\n", check=False)
                said = (done.stdout + done.stderr).decode()
                assert done.returncode == (75 if fault else 0), said
                assert fault is None or re.search(fault, said), said
        finally:
            slapd.close()


class Forwarder:
    """A proxy in front of a port of this machine that can stop passing answers on."""

    def __init__(self, port):
        self._target, self._passes, self.connections = port, threading.Event(), 0
        self._passes.set()

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self):
        while True:
            try:
                client, _ = self._socket.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self.connections += 1
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._passes.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def hang(self):
        self._passes.clear()

    def __exit__(self, *_):
        self._passes.set()
        self._socket.close()


def test_a_second_server_answers_for_the_first(make_server, account_test, slapd):
    with Silent() as silent:
        for first, second in (("ldap", slapd.uri), ("ldaps", slapd.tls_uri)):
            code, said = account_test(uri=f"{first}://127.0.0.1:{silent.port} {second}")
            assert code == 0 and "password      right" in said, said
    with Forwarder(slapd.port) as first:
        uri = f"ldap://127.0.0.1:{first.port} {slapd.uri}"
        server = make_server({"accounts": ldap_accounts(slapd, uri=uri, cache_time="0s")})
        backends.assert_logs_in(server, "on", PASSWORD)
        before = first.connections
        assert before
        first.hang()
        for _ in range(3):
            backends.assert_logs_in(server, "on", PASSWORD)
            assert backends.rcpt(server, f"on@{D}") == 250
        assert first.connections == before, "asked again, though it did not answer a moment ago"
        assert not [line for line in server.all_log() if "back end down" in line]
