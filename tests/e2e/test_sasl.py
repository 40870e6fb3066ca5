"""SASL as clients meet it: SCRAM with and without channel binding, certificates, digests, against
real clients where Debian has one; and that no secret reaches the log."""

import base64
import hashlib
import hmac
import ssl
import subprocess

import pytest

from harness.clients import Target, curl, maildir, run
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import Account
from harness.wire import client_context

MECHANISMS = ["PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "EXTERNAL"]


def b64(data):
    return base64.b64encode(data).decode()


def make_authority(folder):
    """A CA, and a client's certificate for an address: (ca, certificate, key)."""
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    request, key = folder / "client.csr", folder / "client.key"
    certificate, extra = folder / "client.pem", folder / "client.ext"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    extra.write_text("subjectAltName=email:cert@example.test\nextendedKeyUsage=clientAuth\n")
    for command in (
            ["req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days", "30", "-subj",
             "/CN=Test CA"],
            ["req", *curve, "-keyout", key, "-out", request, "-subj", "/CN=somebody"],
            ["x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
             "-days", "30", "-extfile", extra, "-out", certificate]):
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=60)
    return ca, certificate, key


@pytest.fixture
def sasl_server(make_server):
    """Every mechanism, secrets of both kinds: alice's is SCRAM's, clear's is {PLAIN}."""
    server = make_server(start=False)
    ca, certificate, key = make_authority(server.folder)
    users = server.folder / "users"
    users.write_text("clear@example.test:{PLAIN}pencil pen\n"
                     "cert@example.test:{PLAIN}unused-secret\n")
    users.chmod(0o600)
    server.configure({
        "tls": {"client_ca": str(ca)},
        "auth": {"mechanisms": MECHANISMS},
        "server": {"log_level": "debug"},
        "accounts": {"backend": "passwd-file", "path": str(users)},
    })
    server.certificate = (certificate, key)
    return server.start()


def scram(pop3, name, password, binding=None, digest="sha256"):
    """The last answer. `binding`: (type, data)."""
    header = f"p={binding[0]},," if binding else "n,,"
    mechanism = {"sha256": "SCRAM-SHA-256", "sha1": "SCRAM-SHA-1"}[digest]
    bare = f"n={name},r=clientnonce"
    answer = pop3.command(f"AUTH {mechanism}{'-PLUS' * bool(binding)} "
                          f"{b64((header + bare).encode())}")
    if not answer.startswith(b"+ "):
        return answer
    first = base64.b64decode(answer[2:]).decode()
    fields = dict(part.split("=", 1) for part in first.split(","))
    salted = hashlib.pbkdf2_hmac(digest, password.encode(), base64.b64decode(fields["s"]),
                                 int(fields["i"]))
    sign = lambda key, text: hmac.digest(key, text.encode(), digest)
    client_key = sign(salted, "Client Key")
    final = f"c={b64(header.encode() + (binding[1] if binding else b''))},r={fields['r']}"
    message = ",".join((bare, first, final))
    signature = sign(hashlib.new(digest, client_key).digest(), message)
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    answer = pop3.command(b64(f"{final},p={b64(proof)}".encode()))
    if not answer.startswith(b"+ "):
        return answer
    expected = b"v=" + base64.b64encode(sign(sign(salted, "Server Key"), message))
    assert base64.b64decode(answer[2:]) == expected
    return pop3.command("")


@pytest.mark.sanitized
@pytest.mark.parametrize("digest", ["sha256", "sha1"])
def test_scram_and_what_it_answers_to_the_wrong(sasl_server, digest):
    address = sasl_server.address("pop3")
    with Pop3(address) as pop3:
        wrong = scram(pop3, "clear", "wrong", digest=digest)
        assert wrong.startswith(b"-ERR [AUTH]")
        assert scram(pop3, "nobody", "pencil pen", digest=digest) == wrong
        assert scram(pop3, "clear", "pencil pen", digest=digest).startswith(b"+OK")
        pop3.quit()


@pytest.mark.sanitized
def test_every_proof_opens_the_view_behind_the_name(make_server):
    server = make_server(start=False)
    users = server.folder / "users"
    users.write_text("clear@example.test:{PLAIN}pencil pen\n")
    users.chmod(0o600)
    server.configure({"auth": {"mechanisms": ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"],
                               "view_separator": "#"},
                      "accounts": {"backend": "passwd-file", "path": str(users)}})
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        assert scram(pop3, "clear#phone", "wrong").startswith(b"-ERR [AUTH]")
        assert scram(pop3, "clear#phone", "pencil pen").startswith(b"+OK")
        with Pop3(server.address("pop3")) as other:
            assert scram(other, "clear", "pencil pen", digest="sha1").startswith(b"+OK")
            other.quit()
        pop3.quit()
    account = Account("clear@example.test#Phone", "pencil pen")
    target = Target("127.0.0.1", server.port("pop3"), "none", account, 0, server.folder)
    assert curl.command(target, "--login-options", "AUTH=CRAM-MD5").strip() == b""
    for method in ("SCRAM-SHA-256", "CRAM-MD5"):
        assert server.process.wait_line(
            lambda line, said=f"method={method} view=phone": said in line, 20)


def salt_of(server, name):
    with Pop3(server.address("pop3")) as pop3:
        answer = pop3.command("AUTH SCRAM-SHA-256 " + b64(f"n,,n={name},r=x".encode()))
        text = base64.b64decode(answer[2:]).decode()
        fields = dict(part.split("=", 1) for part in text.split(","))
        return fields["s"], fields["i"]


@pytest.mark.sanitized
def test_salts_tell_nothing_not_even_by_a_restart(make_server):
    server = make_server({"auth": {"mechanisms": ["SCRAM-SHA-256"],
                                   "password_scheme": "scram-sha-256"}})
    account = server.add_account()
    names = (account.name, "nobody@example.test", "somebody@example.test")
    before = {name: salt_of(server, name) for name in names}
    assert len({salt for salt, _ in before.values()}) == len(names)
    assert len({iterations for _, iterations in before.values()}) == 1
    assert len({len(salt) for salt, _ in before.values()}) == 1
    server.ctl("account", "disable", account.name)
    assert {name: salt_of(server, name) for name in names} == before
    server.restart()
    assert {name: salt_of(server, name) for name in names} == before


@pytest.mark.sanitized
def test_scram_bound_to_the_channel(sasl_server):
    context = client_context(maximum_version=ssl.TLSVersion.TLSv1_2)
    with Pop3(sasl_server.address("pop3", "implicit"), "implicit", context) as pop3:
        words = [line for line in pop3.lines("CAPA") if line.startswith(b"SASL ")]
        assert b"SCRAM-SHA-256-PLUS" in words[0] and b"EXTERNAL" not in words[0]
        data = pop3.socket.get_channel_binding("tls-unique")
        other = bytes(len(data))
        assert scram(pop3, "clear", "pencil pen", ("tls-unique", other)).startswith(b"-ERR [AUTH]")
        assert scram(pop3, "clear", "pencil pen", ("tls-unique", data)).startswith(b"+OK")
        pop3.quit()


@pytest.mark.sanitized
def test_no_account_acts_for_another(server):
    """RFC 4616 s.2: a name to act as is another's, or one's own in another spelling."""
    alice, bob = server.add_account(), server.add_account()

    def as_if(authorization):
        with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
            return pop3.command("AUTH PLAIN " + b64(
                f"{authorization}\0{alice.name}\0{alice.password}".encode()))
    assert as_if(bob.name).startswith(b"-ERR [AUTH]")
    assert as_if("stranger").startswith(b"-ERR [AUTH]")
    for own in ("", alice.name, alice.name.upper(), alice.name.split("@")[0]):
        assert as_if(own).startswith(b"+OK"), own


@pytest.mark.sanitized
def test_a_certificate_logs_its_owner_in(sasl_server):
    context = client_context()
    context.load_cert_chain(*sasl_server.certificate)
    with Pop3(sasl_server.address("pop3"), "starttls", context) as pop3:
        pop3.err(f"AUTH EXTERNAL {b64(b'clear@example.test')}", "[AUTH]")
        pop3.ok("AUTH EXTERNAL =")
        pop3.quit()
    poll(lambda: any("user=cert@example.test method=EXTERNAL" in line
                     for line in sasl_server.all_log()), 20, "the end of the session is logged")


@pytest.mark.parametrize("method", ["scram-sha-256", "scram-sha-1", "cram-md5", "plain", "login"])
def test_mpop(sasl_server, method):
    with Lmtp(sasl_server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", "clear@example.test")
    folder = sasl_server.folder / "client"
    folder.mkdir()
    box = maildir(folder / "box")
    target = Target("127.0.0.1", sasl_server.port("pop3"), "none", None, 1, folder)
    run(["mpop", "--host", target.host, "--port", target.port, "--user", "clear@example.test",
         "--passwordeval", "echo 'pencil pen'", f"--auth={method}", "--tls=off",
         "--delivery", f"maildir,{box}", "--uidls-file", folder / "uidls"], target)
    assert len(list(box.glob("new/*"))) == 1


@pytest.mark.parametrize("method", ["CRAM-MD5", "PLAIN", "LOGIN"])
def test_curl(sasl_server, method):
    account = Account("clear@example.test", "pencil pen")
    target = Target("127.0.0.1", sasl_server.port("pop3"), "none", account, 0, sasl_server.folder)
    assert curl.command(target, "--login-options", f"AUTH={method}").strip() == b""


@pytest.mark.sanitized
def test_no_secret_is_logged(sasl_server):
    with Pop3(sasl_server.address("pop3")) as pop3:
        scram(pop3, "clear", "pencil pem")
        pop3.command("AUTH PLAIN " + b64(b"\0clear\0pencil pem"))
        pop3.ok("USER clear")
        pop3.err("PASS pencil pem")
        pop3.command("AUTH PLAIN " + b64(b"\0clear\0pencil pen"))
        pop3.quit()
    log = "\n".join(sasl_server.all_log())
    assert "method=SCRAM-SHA-256" in log and "method=PLAIN" in log and "method=USER" in log
    for secret in ("pencil pen", "pencil pem", b64(b"\0clear\0pencil pem"), "r=clientnonce"):
        assert secret not in log, secret
