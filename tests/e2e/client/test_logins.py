"""Logins without a password, through a whole session: access tokens at Dovecot, which asks their
issuer about them, and a client's certificate (EXTERNAL) at our server."""

import hashlib

import pytest

from harness.certs import der
from harness.dovecot import Dovecot
from harness.issuer import Issuer
from harness.restante import Restante
from harness.signer import Signer

pytestmark = pytest.mark.sanitized_long

REFUSED = 77
MESSAGE = b"Subject: x\r\n\r\nText\r\n"
MECHANISMS = ["OAUTHBEARER", "XOAUTH2"]


@pytest.fixture
def client():
    made = Restante()
    yield made
    made.close()


class AskedIssuer(Issuer):
    client = ("dovecot", "secret")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    # Without TLS: how Dovecot checks its certificate is not what is tested.
    with AskedIssuer(tmp_path_factory.mktemp("issuer"), tls=False) as made:
        yield made


@pytest.fixture(scope="module")
def dovecot(issuer, tmp_path_factory):
    settings = tmp_path_factory.mktemp("dovecot") / "oauth2.conf"
    asked = issuer.url.replace("http://", "http://{}:{}@".format(*issuer.client))
    settings.write_text(f"""introspection_mode = post
introspection_url = {asked}/introspect
username_attribute = sub
active_attribute = active
active_value = true
""")
    made = Dovecot(f"""auth_mechanisms = plain oauthbearer xoauth2
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {settings}
}}""").start()
    yield made
    made.close()


def with_token(client, dovecot, token, **more):
    user = dovecot.add_account()
    dovecot.deliver(user, [MESSAGE])
    client.add_account(dovecot.tls_port, user, None, tls="implicit",
                       ca_file=str(dovecot.certificate), token_command=f"echo {token}", **more)
    client.change(password=None)
    return user


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_dovecot_by_a_token(issuer, dovecot, client, mechanism):
    token = f"tok.en-{mechanism}+/=="
    user = with_token(client, dovecot, token, mechanism=mechanism, delete="after-fetch")
    issuer.opaque_token(token, user)
    report = client.fetch_report()
    assert (report["login_method"], report["fetched"], report["deleted"]) == (mechanism, 1, 1)
    assert client.messages() == [MESSAGE]
    assert dovecot.messages(user) == []


def test_dovecot_by_the_token_login_that_we_like_best(issuer, dovecot, client):
    user = with_token(client, dovecot, "best")
    issuer.opaque_token("best", user)
    assert client.fetch_report()["login_method"] == "OAUTHBEARER"


def test_dovecot_takes_a_token_longer_than_its_lines_first_did(issuer, dovecot, client):
    token = "x" * 6000
    user = with_token(client, dovecot, token, mechanism="XOAUTH2")
    issuer.opaque_token(token, user)
    assert client.fetch_report()["fetched"] == 1


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_dovecot_refuses_a_token_and_the_session_ends(issuer, dovecot, client, mechanism):
    """What the server says of it as JSON is answered, as the mechanisms want, and told."""
    user = with_token(client, dovecot, "worthless", mechanism=mechanism)
    said = client.fetch(code=REFUSED).stderr
    assert f"login of {user} by {mechanism}".encode() in said and b"worthless" not in said
    assert client.files() == {}


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def with_certificate(make_server, signer, client):
    """with_certificate(mode) -> (server, account): an account of a server that believes the signer,
    in the client's configuration with the certificate that it has signed."""
    def make(mode):
        server = make_server({"tls": {"client_ca": str(signer.certificate)}})
        account = server.add_account()
        server.ctl("deliver", account.name, data=MESSAGE)
        certificate, key = signer.issue("somebody", [account.name])
        pin = hashlib.sha256(der(server.data_dir / "self-signed.pem")).hexdigest()
        client.add_account(server.port("pop3", mode), account.name, None, tls=mode, pins=[pin],
                           client_certificate=str(certificate), client_key=str(key),
                           mechanism="EXTERNAL", delete="after-fetch")
        client.change(password=None)
        return server, account
    return make


@pytest.mark.parametrize("mode", ["implicit", "starttls"])
def test_a_certificate_instead_of_a_password(with_certificate, client, mode):
    server, account = with_certificate(mode)
    report = client.fetch_report()
    assert (report["login_method"], report["fetched"], report["deleted"]) == ("EXTERNAL", 1, 1)
    assert client.messages()[0].endswith(MESSAGE)
    server.logged(f"user={account.name} method=EXTERNAL")


def test_a_certificate_for_another_host_is_refused(with_certificate, signer, client):
    _, account = with_certificate("implicit")
    signer.issue("somebody", ["other@example.test"])  # The same files.
    said = client.fetch(code=REFUSED).stderr
    assert account.name.encode() in said and b"EXTERNAL" in said
    assert client.files() == {}
