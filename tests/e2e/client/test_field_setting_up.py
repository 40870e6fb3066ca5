"""What a person is asked: whom the password goes to, what is deleted, and what an account is. No
answer is lost, and no question is painted over."""

import os
import threading

import pytest

from harness.certs import Authority
from harness.deadline import Deadline
from harness.hostile_pop3 import HostilePop3
from harness.numbered_mail import mail
from harness.own_dns import OwnDns
from harness.restante import UNAVAILABLE, Restante
from harness.terminal import SECONDS, Terminal

pytestmark = pytest.mark.sanitized_long


# The password goes to no wrong name.


@pytest.fixture
def dns():
    made = OwnDns()
    yield made
    made.close()


@pytest.fixture
def elsewhere(make_server, dns, tmp_path):
    """Starts a server outside of the mail's domain, which the DNS names; its certificate has
    `hosts`. Gives a client, the words of `account add`, what is there once it has asked for the
    password, and the port."""
    authority = Authority(tmp_path, "ca")

    def start(hosts):
        certificate, key = authority.issue("server", hosts)
        server = make_server({"tls": {"certificate": str(certificate), "private_key": str(key)}},
                             start=False)
        server.prefix = dns.prefix
        server.start()
        account = server.add_account()
        server.ctl("deliver", account.name, data=mail(1))
        port = server.port("pop3", "implicit")
        dns.serve("--address=/mail.elsewhere.test/127.0.0.1",
                  f"--srv-host=_pop3s._tcp.example.test,mail.elsewhere.test,{port},0,1")
        client = Restante()
        client.prefix = dns.prefix
        client.config_path.write_text(f'archive = "{client.archive}"\n')
        asked = client.folder / "asked"
        words = ["account", "add", account.name, "--name", "home", "--ca-file",
                 authority.certificate, "--password-command",
                 f"echo x >>{asked}; echo {account.password}"]
        made.append(client)
        return client, words, asked, port
    made = []
    yield start
    for client in made:
        client.close()


@pytest.mark.root
def test_a_server_outside_of_the_domain_gets_no_password_unasked(elsewhere):
    """A spoofed answer of the DNS names a server that has a certificate for itself."""
    client, words, asked, port = elsewhere(["mail.elsewhere.test"])
    before = client.config_path.read_text()
    for how in ((), ("--no-test",), ("--print",)):
        refused = client.run(*words, *how, code=77)
        assert f"--host mail.elsewhere.test --port {port}".encode() in refused.stderr
        assert not asked.exists() and refused.stdout == b""
        assert client.config_path.read_text() == before
    client.run(*words, "--host", "mail.elsewhere.test", "--port", port)
    assert client.fetch_report()["fetched"] == 1


@pytest.mark.root
def test_a_person_is_asked_before_a_server_outside_gets_the_password(elsewhere):
    """No goes on to the names within the domain; yes logs in."""
    client, words, asked, _ = elsewhere(["mail.elsewhere.test"])
    for answer in ("n", "y"):
        terminal = Terminal(client.command(*words))
        terminal.answer(b"your password? [y/N]: ", answer)
        if answer == "n":
            assert not asked.exists()
            terminal.answer(b"(empty: end): ", "")
        assert (terminal.end() == 0) == (answer == "y"), terminal.shown
        assert asked.exists() == (answer == "y")


@pytest.mark.root
@pytest.mark.parametrize("hosts", [["mail.elsewhere.test", "example.test"], ["example.test"]])
def test_a_certificate_that_names_the_domain_is_as_good_as_a_yes(elsewhere, hosts):
    client, words, _, _ = elsewhere(hosts)
    client.run(*words)
    written = client.config_path.read_text()
    assert ('tls_name = "example.test"' in written) == (len(hosts) == 1)
    assert client.fetch_report()["fetched"] == 1


# Questions that can be seen.


def test_a_question_is_seen_and_the_sessions_live_on(client):
    """The other account goes on, and draws nothing over it; both servers hear of us meanwhile."""
    go_on = threading.Event()

    def held_back(session, _):
        assert go_on.wait(SECONDS)
        return session._retr(_)

    with HostilePop3([mail(1)]) as first, \
            HostilePop3([mail(2), mail(3)], {"RETR": held_back}) as second:
        for name, server in (("a", first), ("b", second)):
            client.add_account(server.port, "u", "p", name=name, delete="after-fetch")
        terminal = Terminal(client.command("fetch", "--confirm"))
        question = b"Delete 1 message of a on the server? [y/N] "
        place = terminal.wait(question)
        go_on.set()
        deadline = Deadline(SECONDS)
        while not (first.heard(b"NOOP") and second.heard(b"NOOP")):
            assert not deadline.expired()
            terminal._read(0.1)
        assert terminal.look()[place:] == b"", "something was drawn over the question"
        terminal.answer(question, "y")
        terminal.answer(b"messages of b on the server? [y/N] ", "n")
        assert terminal.end() == 0
        assert (first.deleted, second.deleted) == ({1}, set())


def test_passwords_are_asked_for_one_at_a_time_and_seen(client):
    """A third account, which needs none, is fetched meanwhile and draws nothing over the prompt."""
    go_on = threading.Event()

    def held_back(session, argument):
        assert go_on.wait(SECONDS)
        return session._retr(argument)

    with HostilePop3([mail(1)]) as first, HostilePop3([mail(2)]) as second, \
            HostilePop3([mail(3)], {"RETR": held_back}) as third:
        for name, server in (("a", first), ("b", second)):
            client.add_account(server.port, f"user-{name}", "x", name=name)
            client.change(password=None)
        client.add_account(third.port, "u", "p", name="c")
        terminal = Terminal(client.command("fetch"))
        place = 0
        for _ in range(2):
            place = terminal.wait(b"Password of user-", place)
            user = terminal.shown[place:place + 1].decode()
            place = terminal.wait(b" at 127.0.0.1: ", place)
            go_on.set()
            deadline = Deadline(SECONDS)
            while not third.heard(b"QUIT"):
                assert not deadline.expired()
                terminal._read(0.1)
            assert terminal.look()[place:] == b"", "something was drawn over the prompt"
            os.write(terminal.descriptor, f"secret-{user}\n".encode())
        assert terminal.end() == 0, terminal.shown
        assert b"PASS secret-a" in first.commands and b"PASS secret-b" in second.commands


# Setting up.


def test_account_add_loses_nothing_that_was_typed(server, client):
    """No server found, a name that is taken, a self-signed certificate, a wrong password: each is
    asked for again, and the rest is kept."""
    account = server.add_account()
    port = server.port("pop3", "implicit")
    client.add_account(1, "u", "p", name="work")
    terminal = Terminal(client.command("account", "add", "--host", "127.0.0.1:1"))
    terminal.answer(b"Mail address: ", "nobody")
    terminal.answer(b"Mail address: ", account.name)
    terminal.answer(b"Name of the account [", "work")
    terminal.answer(b"already", "")
    terminal.answer(b"each time): ", "file")
    terminal.answer(b"HOST:PORT (empty: end): ", f"127.0.0.1:{port}")
    place = terminal.wait(b"this certificate? SHA-256 ", terminal.place)
    terminal.answer(b"[y/N]: ", "y")
    terminal.answer(b"Password of ", "Mistyped")
    terminal.answer(b"to try again with", "")
    terminal.answer(b"Password of ", account.password)
    assert terminal.end() == 0, terminal.shown
    name = account.name.split("@")[1].split(".")[0]
    assert f"next: restante fetch {name}".encode() in terminal.shown
    written = client.config_path.read_text()
    assert terminal.shown[place:place + 64].decode() in written
    assert account.password not in written and account.password.encode() not in terminal.shown
    kept = client.folder / f"{name}.password"
    assert kept.stat().st_mode & 0o777 == 0o600
    client.run("fetch", name)


def test_who_gives_up_gets_the_line_to_go_on_with(client):
    terminal = Terminal(client.command("account", "add", "me@example.test", "--name", "my box",
                                       "--host", "127.0.0.1:1"))
    terminal.answer(b"Name of the account [", "box")
    terminal.answer(b"each time): ", "pass show box")
    terminal.answer(b"(empty: end): ", "")
    assert terminal.end() == UNAVAILABLE
    assert (b"restante account add me@example.test --name box --host 127.0.0.1 --port 1 "
            b"--password-command 'pass show box'") in terminal.shown


def test_an_account_is_edited_paused_and_resumed(client):
    with HostilePop3([mail(1)]) as server:
        client.add_account(1, "u", "p")
        text = client.config_path.read_text()
        client.config_path.write_text("# My own words.\n" + text)
        client.run("account", "edit", "home", f"port={server.port}", "interval=10m")
        assert client.fetch_report()["fetched"] == 1
        assert client.config_path.read_text().startswith("# My own words.\n")
        before = client.config_path.read_text()
        assert b"prot: unknown key" in client.run("account", "edit", "home", "prot=1",
                                                  code=78).stderr
        assert client.config_path.read_text() == before
        client.run("account", "pause", "home")
        assert b"no accounts to fetch" in client.fetch().stderr
        client.run("account", "resume", "home")
        assert b"no new mail" in client.fetch().stdout
