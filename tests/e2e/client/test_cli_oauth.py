"""Access tokens of the client: logging in by a code and by a browser, refreshing, against an issuer
on loopback; the mail comes from a restanted that believes it."""

import hashlib
import json
import urllib.error
import urllib.request

import pytest

from harness.certs import der
from harness.grants import GrantingIssuer
from harness.restante import Restante

pytestmark = pytest.mark.sanitized_long


@pytest.fixture
def issuer(tmp_path):
    with GrantingIssuer(tmp_path) as made:
        yield made


@pytest.fixture
def mail(issuer, make_server):
    """(a server that takes the issuer's tokens, an account with one message)"""
    server = make_server({"oauth": {"issuer": issuer.url, "audience": issuer.audience,
                                    "jwks_url": issuer.url + "/keys",
                                    "ca_file": str(issuer.authority.certificate)}})
    account = server.add_account()
    server.ctl("deliver", account.name, data=b"Subject: x\r\n\r\nx\r\n")
    issuer.person = account.name
    return server, account


@pytest.fixture
def client(issuer, mail):
    server, account = mail
    made = Restante()
    made.prefix = ["env", f"XDG_STATE_HOME={made.folder}/state"]
    made.top = {"issuer": [issuer.settings()]}
    pin = hashlib.sha256(der(server.data_dir / "self-signed.pem")).hexdigest()
    made.add_account(server.port("pop3", "implicit"), account.name, None, tls="implicit",
                     pins=[pin], oauth="test")
    made.change(password=None)
    yield made
    made.close()


def tokens(client):
    path = client.folder / "state" / "restante" / "tokens" / "home.json"
    assert path.stat().st_mode & 0o777 == 0o600
    return json.loads(path.read_text())


def test_without_a_login_it_says_how_to_log_in(client):
    assert b"restante account login home" in client.run("fetch", code=77).stderr


def test_a_code_on_another_device(issuer, client):
    person, issuer.person = issuer.person, None
    process = client.start("account", "login", "home")
    process.wait_line(lambda line: "and type   ABCD-EFGH" in line, 60)
    assert issuer.asking.wait(60)  # It asks, and the code is not typed yet.
    issuer.person = person
    assert process.wait(60) == 0
    assert set(issuer.asked) == {"authorization_pending"}
    report = client.fetch_report()
    assert (report["fetched"], report["login_method"]) == (1, "OAUTHBEARER")


def test_tokens_are_refreshed_and_each_refresh_token_is_used_once(issuer, client):
    issuer.life = 30  # So near its end that every session wants a new one.
    client.run("account", "login", "home")
    seen = {tokens(client)["refresh_token"]}
    for _ in range(3):
        client.run("fetch")
        seen.add(tokens(client)["refresh_token"])
    assert len(seen) == 4
    assert issuer.refresh_tokens == {tokens(client)["refresh_token"]}
    issuer.refresh_tokens.clear()
    refused = client.run("fetch", code=77).stderr
    assert b"takes its refresh token no longer" in refused
    assert b"restante account login home" in refused


def test_a_token_that_lives_is_not_asked_for_again(issuer, client):
    client.run("account", "login", "home")
    asked = issuer.count("/token")
    client.run("fetch")
    client.run("fetch")
    assert issuer.count("/token") == asked


def test_a_browser_with_pkce(issuer, client):
    process = client.start("account", "login", "home", "--browser", "--no-open")
    address = process.wait_line(lambda line: "/authorize?" in line, 60).strip()
    back = issuer.visit(address)
    for wrong in (back.split("?")[0], back + "x", back.split("?")[0] + "favicon.ico"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(wrong, timeout=20)
    with urllib.request.urlopen(back, timeout=20) as page:
        assert b"restante has what it needs" in page.read()
    assert process.wait(60) == 0
    assert client.fetch_report()["fetched"] == 1


def test_refusals_and_failures_say_what_they_are(issuer, client):
    issuer.person = "refuses"
    assert b"the issuer refuses: access_denied" in client.run("account", "login", "home",
                                                              code=77).stderr
    issuer.mode = "garbage"
    assert b"is no JSON object" in client.run("account", "login", "home", code=76).stderr
    issuer.mode = "500"
    assert b"HTTP status 500" in client.run("account", "login", "home", code=69).stderr
    issuer.mode = "redirect"
    assert b"HTTP status 302" in client.run("account", "login", "home", code=69).stderr
    issuer.mode = "endless"
    assert b"too long" in client.run("account", "login", "home", code=76).stderr
    issuer.mode = "good"
    client.top = {"issuer": [issuer.settings(ca_file=str(client.config_path))]}
    client.write()
    client.run("account", "login", "home", code=69)


def test_a_token_command(issuer, client, mail):
    client.change(oauth=None, token_command=f"echo {issuer.token(mail[1].name)}")
    assert client.fetch_report()["login_method"] == "OAUTHBEARER"
    client.change(mechanism="XOAUTH2")
    assert client.fetch_report()["login_method"] == "XOAUTH2"


def test_no_secret_is_printed(issuer, client):
    shown = client.run("account", "login", "home")
    kept = tokens(client)
    tested = client.run("account", "test", "home", "--verbose")
    for output in (shown.stdout, shown.stderr, tested.stdout, tested.stderr):
        assert kept["access_token"].encode() not in output
        assert kept["refresh_token"].encode() not in output
