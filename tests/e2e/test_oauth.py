"""Logging in with access tokens, against an issuer on loopback that also fails in every way."""

import base64
import json

import pytest

from harness.clients import Target, curl
from harness.deadline import poll
from harness.issuer import Issuer, Key
from harness.pop3 import Pop3
from harness.server import Account

pytestmark = pytest.mark.sanitized_long


@pytest.fixture
def issuer(tmp_path):
    with Issuer(tmp_path) as made:
        yield made


def oauth(issuer, **more):
    """[oauth] by keys; None takes a key away."""
    settings = {"issuer": issuer.url, "audience": issuer.audience, "timeout": "2s",
                "jwks_url": issuer.url + "/keys", "ca_file": str(issuer.authority.certificate)}
    return {"oauth": {key: value for key, value in (settings | more).items() if value is not None}}


def introspection(issuer, folder, **more):
    (folder / "client.secret").touch(mode=0o600)
    (folder / "client.secret").write_text(issuer.client[1] + "\n")
    return oauth(issuer, **({"jwks_url": None, "introspection_url": issuer.url + "/introspect",
                             "client_id": issuer.client[0],
                             "client_secret_file": str(folder / "client.secret")} | more))


def bearer(name, token):
    return base64.b64encode(f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode()).decode()


def log_in(server, name, token, mechanism="OAUTHBEARER"):
    """The answer to a login; a failure's challenge is answered as the RFCs say."""
    if mechanism == "XOAUTH2":
        text = f"user={name}\x01auth=Bearer {token}\x01\x01"
        initial = base64.b64encode(text.encode()).decode()
    else:
        initial = bearer(name, token)
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        answer = pop3.command(f"AUTH {mechanism}")
        assert answer.startswith(b"+ "), answer
        answer = pop3.command(initial)
        if answer.startswith(b"+ "):
            challenge = json.loads(base64.b64decode(answer[2:]))
            assert challenge["status"], challenge
            answer = pop3.command("AQ==")
        if answer.startswith(b"+OK"):
            pop3.quit()
        return answer


def good(answer):
    return answer.startswith(b"+OK")


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_jwt_lets_its_owner_in(make_server, issuer, mechanism, algorithm):
    issuer.keys = [Key(algorithm, "k")]
    server = make_server(oauth(issuer))
    alice, bob = server.add_account(), server.add_account()
    token = issuer.token(alice.name)
    assert good(log_in(server, alice.name, token, mechanism))
    assert good(log_in(server, alice.name.split("@")[0].upper(), token, mechanism))
    assert b"[AUTH]" in log_in(server, bob.name, token, mechanism)
    assert issuer.count("/keys") == 1
    assert not any(token in line or token.split(".")[2] in line for line in server.all_log())


def test_worthless_tokens(make_server, issuer):
    server = make_server(oauth(issuer))
    alice = server.add_account()
    strange = Key("RS256", "first")
    for token in (issuer.token(alice.name, key=strange), issuer.token(alice.name, exp=1),
                  issuer.token(alice.name, aud="web"),
                  issuer.token(alice.name, iss="https://x.test")):
        assert b"[AUTH]" in log_in(server, alice.name, token)
    for token in (issuer.token("nobody"), issuer.token(alice.name, header={"typ": "JWT"}),
                  issuer.token(alice.name, header={"crit": ["exp"]}), "opaque"):
        assert b"[AUTH]" in log_in(server, alice.name, token)
    assert b"[AUTH]" in log_in(server, "nobody", issuer.token("nobody"))
    server.ctl("account", "disable", alice.name)
    assert b"[AUTH]" in log_in(server, alice.name, issuer.token(alice.name))


def test_a_new_key_is_found_at_once(make_server, issuer):
    server = make_server(oauth(issuer, scope="mail.read"))
    alice = server.add_account()
    # A new one, a second new one, and one that takes the name of an old one.
    for key, claim, scope in ((issuer.keys[0], "scope", "mail.read"),
                              (Key("ES256", "second"), "scp", "x mail.read"),
                              (Key("EdDSA", "third"), "scp", ["x", "mail.read"]),
                              (Key("RS256", "third"), "scope", ["mail.read"])):
        issuer.keys = [key]
        answer = log_in(server, alice.name, issuer.token(alice.name, **{claim: scope}))
        assert good(answer), (key.kid, answer)
    before = issuer.count("/keys")
    forged = [issuer.token(alice.name, key=Key("RS256", "third"), scope="mail.read")] * 10
    assert not any(good(log_in(server, alice.name, token)) for token in forged)
    assert issuer.count("/keys") - before <= 3, "strangers make no storm"


@pytest.mark.parametrize("mode", ["hang", "500", "garbage", "redirect", "endless"])
def test_an_issuer_that_fails_is_temporary(make_server, issuer, tmp_path, mode):
    issuer.mode = mode
    server = make_server(introspection(issuer, tmp_path))
    alice = server.add_account()
    issuer.opaque_token("opaque", alice.name)
    assert b"[SYS/TEMP]" in log_in(server, alice.name, "opaque")
    if mode == "endless":  # Not read until the time is up.
        server.logged("the answer is too long")
    assert issuer.count("/introspect") == 1 and issuer.count("/introspect?again") == 0
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(alice).quit()  # Passwords have nothing to do with it.
    issuer.mode = "good"
    poll(lambda: good(log_in(server, alice.name, "opaque")), 60, "it comes back by itself")


def test_keys_outlive_their_issuer(make_server, issuer):
    server = make_server(oauth(issuer))
    alice = server.add_account()
    token = issuer.token(alice.name)
    assert good(log_in(server, alice.name, token))
    issuer.mode = "500"
    assert good(log_in(server, alice.name, token))


def test_an_issuer_by_another_authority_is_not_believed(make_server, issuer, tmp_path):
    (tmp_path / "other").mkdir()
    with Issuer(tmp_path / "other") as other:
        server = make_server(oauth(issuer, ca_file=str(other.authority.certificate)))
        alice = server.add_account()
        assert b"[SYS/TEMP]" in log_in(server, alice.name, issuer.token(alice.name))
        assert issuer.requests == []
    assert any("certificate" in line for line in server.all_log())


def test_opaque_tokens_are_asked_about(make_server, issuer, tmp_path):
    server = make_server(introspection(issuer, tmp_path))
    alice, bob = server.add_account(), server.add_account()
    issuer.opaque_token("to/ken+1==", alice.name)
    for _ in range(3):
        assert good(log_in(server, alice.name, "to/ken+1=="))
    assert issuer.count("/introspect") == 1, "remembered for a moment"
    assert b"[AUTH]" in log_in(server, bob.name, "to/ken+1==")
    assert b"[AUTH]" in log_in(server, alice.name, "other")
    assert good(log_in(server, "", issuer.token(alice.name))) is False
    assert not any("to/ken" in line or issuer.client[1] in line for line in server.all_log())


def test_a_wrong_client_secret_is_the_operators_trouble(make_server, issuer, tmp_path):
    server = make_server(introspection(issuer, tmp_path, client_id="other"))
    alice = server.add_account()
    issuer.opaque_token("opaque", alice.name)
    assert b"[SYS/TEMP]" in log_in(server, alice.name, "opaque")
    server.logged("401")


def test_keys_from_a_file(make_server, issuer, tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [key.jwk for key in issuer.keys]}))
    server = make_server(oauth(issuer, jwks_url=None, jwks_file=str(keys)))
    alice = server.add_account()
    assert good(log_in(server, alice.name, issuer.token(alice.name)))
    assert issuer.requests == []


def test_without_oauth_no_token_is_taken(server):
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        assert not any(b"BEARER" in line or b"XOAUTH2" in line for line in pop3.lines("CAPA"))
        pop3.err("AUTH OAUTHBEARER")


@pytest.mark.parametrize("first", [True, False])
def test_who_checks_tokens_is_settled_at_the_start(make_server, issuer, first):
    def offered():
        with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
            return any(b"OAUTHBEARER" in line for line in pop3.lines("CAPA"))

    server = make_server(oauth(issuer) if first else {})
    assert offered() == first
    server.configure({} if first else oauth(issuer))
    lines = server.process.line_count()
    server.reload()
    server.process.wait_line(lambda line: " reloaded" in line, 60, since=lines)
    assert offered() == first


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
def test_curl_with_a_token(make_server, issuer, mechanism):
    # curl takes OAUTHBEARER when it may, against its options.
    server = make_server(oauth(issuer) | {"auth": {"mechanisms": [mechanism]}})
    alice = server.add_account()
    target = Target("127.0.0.1", server.port("pop3", "implicit"), "implicit",
                    Account(alice.name, ""), 0, server.folder)
    words = ["--login-options", f"AUTH={mechanism}", "--oauth2-bearer"]
    assert curl.command(target, *words, issuer.token(alice.name)).strip() == b""
    server.logged(f"user={alice.name} method={mechanism}")
    curl.command(target, *words, issuer.token("nobody"), expected=(67,))
