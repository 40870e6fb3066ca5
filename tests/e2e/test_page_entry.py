"""The status page beyond the Unix socket: over TLS alone, for those who bring the listener's token
or the password of an operator's account, and under [limits] like any login."""

import base64
import contextlib
import http.client
import re
import ssl
import urllib.parse

import pytest
from harness.browser import browser
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, listen
from selenium.webdriver.common.by import By

SECONDS = 30
TOKEN = "c0ffee-0123456789-0123456789"
GUARDED = ["/", "/?range=year", "/status", "/metrics"]


@pytest.fixture
def make(make_server):
    """A listener with a token, one with TLS and without, and one in the clear."""
    def made(**limits):
        server = make_server(start=False)
        token = server.write_secret("token", TOKEN + "\n")
        with_token = {**listen("http", "implicit"), "token_file": str(token)}
        server.configure({
            "listen": [*DEFAULT_LISTEN, with_token, listen("http", "implicit"),
                       listen("http", "none")],
            "auth": {"plaintext": "always"},
            "limits": {"trusted_networks": [], "failed_login_delay": "0s", **limits}})
        return server.start()
    return made


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def ask(server, target="/", key=None, index=0, source="127.0.0.1", **headers):
    """(status, headers, body)."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        *server.address("http", "implicit", index), timeout=SECONDS, context=context,
        source_address=(source, 0))
    with contextlib.closing(connection):
        keys = {"Authorization": key} if key else {}
        connection.request("GET", target, headers={"Host": "localhost", **keys, **headers})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


def status(*words, **more):
    return ask(*words, **more)[0]


@pytest.mark.sanitized
def test_the_token_opens_all_that_is_for_operators(make):
    server = make()
    for target in GUARDED:
        code, headers, body = ask(server, target)
        assert code == 401, target
        assert [value.split()[0] for value in headers.get_all("WWW-Authenticate")] == [
            "Bearer", "Basic"]
        assert "restantectl account operator" in body
        assert status(server, target, f"Bearer {TOKEN}") == 200, target
        assert status(server, target, f"Bearer {TOKEN[:-1]}") == 401, target
    assert status(server, "/health") == 200
    for target in (f"/?token={TOKEN}", f"/?access_token={TOKEN}"):
        assert status(server, target) == 404
        assert status(server, target, f"Bearer {TOKEN}") == 404
    assert status(server, key=f"Bearer {TOKEN}", Host="evil.example") == 421
    assert status(server, key=f"Bearer {TOKEN}", index=1) == 401, "a listener without a token"
    assert "Bearer" not in str(ask(server, index=1)[1].get_all("WWW-Authenticate"))
    assert status(server, "/metrics", index=1) == 200, "as before, without a token"
    body = ask(server, "/metrics", f"Bearer {TOKEN}")[2]
    assert re.search(r'restante_page_logins_total\{outcome="good"\} [1-9]', body)
    assert re.search(r'restante_page_logins_total\{outcome="wrong"\} [1-9]', body)
    assert not any(TOKEN in line for line in server.all_log())


@pytest.mark.sanitized
def test_an_operators_password_opens_it_and_no_others(make):
    server = make()
    alice, bob = server.add_account(), server.add_account()
    phone = server.ctl("device", "add", alice.name, "phone").stdout.decode().split()[-1]
    assert status(server, key=basic(alice.name, alice.password)) == 401, "no operator yet"
    server.ctl("account", "operator", alice.name)
    assert "operator      yes" in server.ctl("account", "show", alice.name).stdout.decode()
    for index in (0, 1):
        assert status(server, key=basic(alice.name, alice.password), index=index) == 200
    assert status(server, "/metrics", basic(alice.name, alice.password)) == 200
    for key in (basic(alice.name, "wrong"), basic(bob.name, bob.password),
                basic(alice.name, phone), basic("nobody", "x"), basic(alice.name, ""),
                "Basic " + "A" * 40, "Digest x", "Basic"):
        assert status(server, key=key) == 401, key
    with Pop3(server.address("pop3")) as mail:
        mail.login(type(alice)(alice.name, phone)).quit()  # It is good for mail.
    server.ctl("account", "disable", alice.name)
    assert status(server, key=basic(alice.name, alice.password)) == 401
    server.ctl("account", "enable", alice.name)
    server.ctl("account", "operator", alice.name, "--off")
    assert status(server, key=basic(alice.name, alice.password)) == 401
    assert not any(alice.password in line for line in server.all_log())


@pytest.mark.sanitized
def test_failed_tries_count_as_failed_logins(make):
    server = make(failed_logins=3)
    alice = server.add_account()
    server.ctl("account", "operator", alice.name)
    for n in range(2):
        assert status(server, key=basic(alice.name, f"guess {n}"), source="127.0.1.1") == 401
        assert status(server, key=f"Bearer {TOKEN}{n}", source="127.0.1.2") == 401
    with Pop3(server.address("pop3"), source="127.0.1.1") as mail:
        mail.command(f"USER {alice.name}")
        assert mail.command("PASS guess 3").startswith(b"-ERR [AUTH]")
    assert status(server, key=f"Bearer {TOKEN}2", source="127.0.1.2") == 401
    # From now on these addresses are not heard, with the right words neither.
    assert status(server, key=basic(alice.name, alice.password), source="127.0.1.1") == 429
    assert status(server, key=f"Bearer {TOKEN}", source="127.0.1.2") == 429
    with Pop3(server.address("pop3"), source="127.0.1.2") as mail:
        mail.command(f"USER {alice.name}")
        assert mail.command(f"PASS {alice.password}").startswith(b"-ERR [SYS/TEMP]")
    assert status(server, key=basic(alice.name, alice.password), source="127.0.1.3") == 200
    assert status(server, key=f"Bearer {TOKEN}", source="127.0.1.3") == 200
    server.logged(r"http login failed session=\S+ peer=127.0.1.1:\d+ user=" + alice.name +
                  r" method=basic reason=")
    server.logged(r"http login failed session=\S+ peer=127.0.1.2:\d+ user=\"\" method=token "
                  r'reason="wrong token"$')
    server.logged(r"http login refused .* method=token reason=limits.failed_logins$")
    acts = server.ctl("journal", "--act", "login-failed", "--format", "json").stdout.decode()
    assert acts.count('"page, basic:') == 3 and acts.count('"page, token:') == 4
    assert alice.password not in acts and TOKEN not in acts


def test_in_the_clear_nothing_opens_it(make):
    server = make()
    connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", "/", headers={"Host": "localhost",
                                                "Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        assert response.status == 403
        body = response.read().decode()
        assert 'tls = "implicit"' in body and "unix:/run/restante/http.sock" in body
        assert response.headers.get("WWW-Authenticate") is None, "no browser may ask for it here"


def test_a_reload_takes_another_token(make):
    server = make()
    other = "another-token-0123456789"
    server.write_secret("token", other)
    server.ctl("reload")
    assert status(server, key=f"Bearer {other}") == 200
    assert status(server, key=f"Bearer {TOKEN}") == 401
    (server.folder / "token").chmod(0o644)  # The reload is refused, and the old one holds.
    assert server.ctl("reload", check=False).returncode == 78
    assert status(server, key=f"Bearer {other}") == 200


def test_a_browser_asks_its_user(make):
    server = make()
    alice = server.add_account()
    server.ctl("account", "operator", alice.name)
    host, port = server.address("http", "implicit")
    name, password = (urllib.parse.quote(word, safe="") for word in (alice.name, alice.password))
    with browser(1200, 900, more=["--ignore-certificate-errors"]) as driver:
        driver.get(f"https://{name}:{password}@{host}:{port}/")
        assert driver.find_element(By.TAG_NAME, "h1").text == "mail.example.test"
        assert driver.execute_script("return document.styleSheets.length") == 1
        driver.find_element(By.LINK_TEXT, "hour").click()
        assert driver.current_url.endswith("/?range=hour")
        assert driver.find_element(By.TAG_NAME, "h1").text == "mail.example.test"
        assert not driver.get_log("browser")
