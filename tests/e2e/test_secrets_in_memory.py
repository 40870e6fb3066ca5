"""A password that was said is nowhere in the server's memory when its session is over: not in the
buffers of the connection or of OpenSSL, not in a string that grew, not where it was compared. What
is looked for are pieces of it, since freeing memory spoils the first octets; each password is
random, and nothing else happens between its session and the look. Not here: what libldap frees
after a bind, which it does not wipe (docs/authentication.md)."""

import base64
import crypt
import itertools
import secrets

import pytest

from harness import memory
from harness.deadline import poll
from harness.issuer import Issuer
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.turnstile import Turnstile
from harness.two_servers import deliver, route_to, start_new, start_old

CHANNELS = ["none", "starttls", "implicit"]
PIECE = 10  # Octets of a secret that are enough to betray it.


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def pieces(text):
    """Two parts of the text, neither of which is its beginning."""
    middle = len(text) // 2
    return [text[middle:middle + PIECE].encode(), text[-PIECE - 4:-4].encode()]


class Whole:
    """Sends a line at once."""

    @staticmethod
    def say(pop3, line):
        return pop3.command(line)


class Cut:
    """Sends a line in parts, so that the server has to keep them; the end together with what
    follows."""

    @staticmethod
    def say(pop3, line):
        at = len(line) * 2 // 3
        for part in (line[:5], line[5:at]):
            pop3.send(part.encode())
            pop3.socket.getpeername()
        return pop3.command(line[at:])


def password_line(pop3, name, password, say):
    pop3.ok(f"USER {name}")
    return say(pop3, f"PASS {password}")


def plain(pop3, name, password, say):
    return say(pop3, "AUTH PLAIN " + b64(f"\0{name}\0{password}"))


def plain_asked(pop3, name, password, say):
    assert pop3.command("AUTH PLAIN").startswith(b"+ ")
    return say(pop3, b64(f"\0{name}\0{password}"))


def login(pop3, name, password, say):
    assert pop3.command("AUTH LOGIN").startswith(b"+ ")
    assert pop3.command(b64(name)).startswith(b"+ ")
    return say(pop3, b64(password))


def traces(name, password):
    """The password, and what the mechanisms make of it."""
    return [piece for text in (password, b64(password), b64(f"\0{name}\0{password}")[-40:])
            for piece in pieces(text)]


def assert_forgotten(server, needles):
    """Soon after the end of a session, which the client sees a moment before all of it is gone."""
    found = {}

    def gone():
        found.clear()
        found.update(memory.find(server.pid, needles))
        return not found
    try:
        poll(gone, 5, "it is forgotten")
    except AssertionError:
        raise AssertionError("\n".join(str(item) for item in found.items())) from None


def session(server, channel, attempt):
    """attempt(pop3) in a session that ends by QUIT; its answer."""
    tls = "implicit" if channel == "implicit" else "starttls"
    with Pop3(server.address("pop3", tls), channel) as pop3:
        answer = attempt(pop3)
        pop3.quit()
        return answer


@pytest.mark.release
def test_a_password_is_found_while_it_is_there(make_server):
    """Or the other tests would prove nothing."""
    server = make_server()
    password = secrets.token_hex(24)
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok("USER somebody")
        pop3.send(f"PASS {password}".encode())
        poll(lambda: memory.find(server.pid, pieces(password)), 20, "it is found")


@pytest.mark.release
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("mechanism", [password_line, plain, plain_asked, login])
def test_a_password_is_forgotten(make_server, mechanism, channel):
    server = make_server()
    for way, right in itertools.product((Whole, Cut), (True, False)):
        password = secrets.token_hex(24)
        account = server.add_account(password=password if right else None)
        answer = session(server, channel, lambda pop3:
                         mechanism(pop3, account.name, password, way.say))
        assert answer.startswith(b"+OK" if right else b"-ERR [AUTH]"), answer
        assert_forgotten(server, traces(account.name, password))


def try_both(server, name, password):
    """The right password and a wrong one are forgotten alike."""
    for said, verdict in ((password, b"+OK"), (secrets.token_hex(24), b"-ERR [AUTH]")):
        answer = session(server, "implicit", lambda pop3:
                         plain(pop3, name, said, Whole.say))
        assert answer.startswith(verdict), answer
        assert_forgotten(server, traces(name, said))


@pytest.mark.release
@pytest.mark.parametrize("method", [crypt.METHOD_SHA512, crypt.METHOD_BLOWFISH, crypt.METHOD_MD5])
def test_with_hashes_of_crypt(make_server, method):
    password = secrets.token_hex(24)
    server = make_server(start=False)
    users = server.write_secret("users", f"alice:{crypt.crypt(password, method)}\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)}})
    try_both(server.start(), "alice@example.test", password)


@pytest.mark.release
def test_with_secrets_for_scram(make_server):
    server = make_server({"auth": {"password_scheme": "scram-sha-256"}})
    account = server.add_account(password=secrets.token_hex(24))
    try_both(server, account.name, account.password)


@pytest.mark.release
def test_with_pam(make_server, tmp_path):
    password = secrets.token_hex(24)
    (tmp_path / "pam").mkdir()
    (tmp_path / "users").write_text(f"alice:{crypt.crypt(password, crypt.METHOD_SHA512)}\n")
    (tmp_path / "pam" / "restante").write_text(
        f"auth required pam_pwdfile.so pwdfile={tmp_path}/users\n"
        "account required pam_permit.so\n")
    server = make_server({"accounts": {"backend": "pam", "service_dir": str(tmp_path / "pam"),
                                       "users": str(tmp_path / "users")}})
    try_both(server, "alice@example.test", password)


@pytest.mark.release
@pytest.mark.parametrize("way", ["jwt", "introspection"])
def test_tokens(make_server, tmp_path, way):
    with Issuer(tmp_path) as issuer:
        settings = {"issuer": issuer.url, "audience": issuer.audience,
                    "ca_file": str(issuer.authority.certificate)}
        if way == "jwt":
            settings["jwks_url"] = issuer.url + "/keys"
        else:
            secret = tmp_path / "client.secret"
            secret.touch(mode=0o600)
            secret.write_text(issuer.client[1] + "\n")
            settings |= {"introspection_url": issuer.url + "/introspect",
                         "client_id": issuer.client[0], "client_secret_file": str(secret)}
        server = make_server({"oauth": settings})
        name = server.add_account().name
        token = issuer.token(name) if way == "jwt" else issuer.opaque_token(
            secrets.token_hex(200), name)
        for said, verdict in ((token, b"+OK"), (token[:-8] + "AAAAAAAA", b"-ERR [AUTH]")):
            message = f"n,a={name},\x01auth=Bearer {said}\x01\x01"

            def attempt(pop3):
                answer = pop3.command(f"AUTH OAUTHBEARER {b64(message)}")
                return pop3.command("AQ==") if answer.startswith(b"+ ") else answer
            answer = session(server, "implicit", attempt)
            assert answer.startswith(verdict), answer
            assert_forgotten(server, pieces(said) + pieces(b64(message)[-60:]))


@pytest.fixture
def old(make_server):
    """Another server, with a turnstile before it."""
    server = start_old(make_server)
    server.turnstile = Turnstile(server.port("pop3", "implicit"))
    yield server
    server.turnstile.close()


def start_before(make_server, old, **migrate):
    route = route_to(old, pop3=f"pop3s://127.0.0.1:{old.turnstile.port}")
    return start_new(make_server, [route], {"migrate": migrate})


def add_far_account(old):
    account = old.add_account(password=secrets.token_hex(24))
    deliver(old, account, numbered(1), numbered(2))
    return account.name, account.password


@pytest.mark.release
@pytest.mark.parametrize("mechanism", [password_line, plain])
def test_of_an_account_on_another_server(make_server, old, mechanism):
    """While its session goes on there."""
    server = start_before(make_server, old)
    name, password = add_far_account(old)
    for said, verdict in ((password, b"+OK"), (secrets.token_hex(24), b"-ERR [AUTH]")):
        with Pop3(server.address("pop3", "implicit"), "implicit") as pop3:
            answer = mechanism(pop3, name, said, Whole.say)
            assert answer.startswith(verdict), answer
            assert_forgotten(server, traces(name, said))
            pop3.quit()


@pytest.mark.release
@pytest.mark.parametrize("mechanism", [password_line, plain])
def test_of_a_user_who_comes_over(make_server, old, mechanism):
    """The old server is asked, the account is made, and the mail is brought, all with it."""
    server = start_before(make_server, old, on_login=["example.test"])
    name, password = add_far_account(old)
    for said, verdict in ((secrets.token_hex(24), b"-ERR [AUTH]"), (password, b"+OK")):
        answer = session(server, "implicit", lambda pop3: mechanism(pop3, name, said, Whole.say))
        assert answer.startswith(verdict), answer
        assert_forgotten(server, traces(name, said))
    server.logged(f"moved here account={name}")


@pytest.mark.release
@pytest.mark.parametrize("ends_well", [True, False])
def test_of_a_user_who_leaves_while_the_mail_comes(make_server, old, ends_well):
    """The move has the password as long as it lasts, and no longer."""
    server = start_before(make_server, old, on_login=["example.test"], wait="1s")
    name, password = add_far_account(old)
    old.turnstile.hold(2)
    answer = session(server, "implicit", lambda pop3: plain(pop3, name, password, Whole.say))
    assert answer.startswith(b"-ERR [SYS/TEMP]"), answer
    old.turnstile.await_held()
    assert memory.find(server.pid, pieces(password))
    if not ends_well:
        old.kill()
    old.turnstile.release()
    server.logged(f"{'moved here' if ends_well else 'not moved here yet'} account={name}")
    assert_forgotten(server, traces(name, password))
