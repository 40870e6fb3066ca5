"""What users of the client have to be told, and asked, before and after: whom their password goes
to, what is deleted, which account fails, what is new."""

import datetime
import email
import json
import os
import pathlib
import pty
import re
import select
import socket
import sqlite3
import threading

import pytest

from harness.certs import Authority
from harness.deadline import Deadline
from harness.hostile_pop3 import HostilePop3
from harness.own_dns import OwnDns
from harness.restante import PARTIAL, UNAVAILABLE, Restante, interrupt

pytestmark = pytest.mark.sanitized_long

SECONDS = 60
ROOT = pathlib.Path(__file__).resolve().parents[3]


def mail(number, subject=None):
    return (f"From: a@example.test\r\nSubject: {subject or number}\r\n"
            f"Message-ID: <{number}@lab>\r\n\r\nMessage {number}\r\n").encode()


class Terminal:
    """A program on a terminal of its own; `shown` is all that it has shown so far."""

    def __init__(self, command, environment=()):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(environment or {"TERM": "xterm"})
            os.execvp(command[0], [str(word) for word in command])
        self.shown = b""
        self.code = None

    def _read(self, seconds):
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            piece = b""
        self.shown += piece
        return bool(piece)

    def wait(self, text, since=0):
        """Until it has shown the text; the place behind it."""
        deadline = Deadline(SECONDS)
        while text not in self.shown[since:]:
            assert not deadline.expired() and self._read(deadline.remaining()), \
                f"never shown: {text}\n{self.shown.decode('utf-8', 'replace')}"
        return self.shown.index(text, since) + len(text)

    def answer(self, question, line):
        place = self.wait(question, getattr(self, "place", 0))
        self.place = place
        os.write(self.descriptor, line.encode() + b"\n")
        return place

    def look(self):
        """Takes in what is there already."""
        while select.select([self.descriptor], [], [], 0)[0] and self._read(0):
            pass
        return self.shown

    def end(self):
        """All that it says up to its end; the exit code."""
        while self._read(SECONDS):
            pass
        os.close(self.descriptor)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code


# Nobody gets the password by a name.


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
        question = b"Delete these 1 messages of a on the server? [y/N] "
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


# From cron.


def test_quiet_is_silent_unless_something_is_wrong(client):
    with HostilePop3([mail(1)]) as server:
        client.add_account(server.port, "u", "p")
        for _ in range(2):
            result = client.run("--quiet", "fetch")
            assert (result.stdout, result.stderr) == (b"", b"")
    assert client.run("--quiet", "fetch", code=UNAVAILABLE).stderr


def test_a_quit_without_an_answer_is_told(client):
    """Also with --quiet, and in JSON: what was to be deleted may be there still."""
    with HostilePop3([mail(1)], {"QUIT": b"-ERR not now\r\n"}) as server:
        client.add_account(server.port, "u", "p", delete="after-fetch")
        told = client.run("--quiet", "--format", "json", "fetch", code=None)
        report = json.loads(told.stdout)["accounts"][0]
        assert told.returncode != 0 and not report["complete"] and report["unconfirmed"]
        assert b"messages are not known to be deleted" in told.stderr


def test_json_and_errors_are_utf8_whatever_the_server_says(client):
    with HostilePop3([mail(1), mail(2)], {"RETR 1": b"-ERR \xfcber\xff voll\r\n"}) as server:
        server.uids = {1: "uid-\xe4", 2: "uid-\u00f6"}
        client.add_account(server.port, "u", "p")
        for form in ("json", "jsonl"):
            told = client.run("--format", form, "fetch", code=None)
            told.stderr.decode("utf-8")
            for line in told.stdout.decode("utf-8").splitlines():
                json.loads(line)


# How the accounts stand.


def status(client, code, *words):
    return json.loads(client.run("--format", "json", "status", *words, code=code).stdout)


def backdate(client, seconds):
    """As if all that is noted were that much older."""
    with sqlite3.connect(client.archive / ".restante/restante.db") as opened:
        for column in ("attempted", "succeeded", "failed", "failing_since", "told"):
            opened.execute(f"UPDATE runs SET {column} = {column} - ? WHERE {column} > 0",
                           (seconds,))


def test_status_says_which_account_fails_and_since_when(client):
    with HostilePop3([mail(1)]) as server:
        client.add_account(server.port, "u", "p", name="good")
        client.add_account(1, "u", "p", name="bad")
        assert not status(client, PARTIAL)["well"]  # Never collected.
        client.fetch(code=PARTIAL)
        told = status(client, PARTIAL)
        good, bad = told["accounts"]
        assert good["well"] and good["last_success"] and good["last_failure"] is None
        assert bad["state"] == "failing" and "127.0.0.1:1" in bad["reason"]
        assert bad["last_success"] is None and bad["failing_since"] == bad["last_failure"]
        line = client.run("status", "--check", code=1).stdout
        assert line.startswith(b"WARNING: bad: failing since ") and line.count(b"\n") == 1
        backdate(client, 7 * 3600)
        assert b"CRITICAL" in client.run("status", "--check", code=2).stdout
        client.run("account", "pause", "bad")
        client.fetch()
        assert status(client, 0)["well"]
        assert client.run("--quiet", "status", "--check").stdout == b""
        table = client.run("status").stdout
        assert b"good" in table and b"paused" in table


def test_an_account_that_nobody_collects_any_more_is_late(client):
    with HostilePop3() as server:
        client.add_account(server.port, "u", "p", interval="5m")
        client.fetch()
        status(client, 0)
        backdate(client, 16 * 60)
        assert status(client, PARTIAL)["accounts"][0]["state"] == "late"
        status(client, 0, "--within", "1h")


def test_a_target_that_fails_has_a_state_of_its_own(client):
    with HostilePop3([mail(1)]) as server, socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
        closed.close()
        client.add_account(server.port, "u", "p", hand_on=[
            {"kind": "lmtp", "target": f"127.0.0.1:{port}", "recipient": "b@example.test"}])
        client.fetch(code=None)
        account = status(client, PARTIAL)["accounts"][0]
        target = account["targets"][0]
        assert account["well"] and not target["well"]
        assert target["waiting"] == 1 and target["reason"]


def test_a_fetch_that_nobody_sees_tells_when_it_has_failed_for_long(client):
    """Once, as a message in the archive's own account."""
    client.add_account(1, "u", "p", name="bad", tell_after="2h")
    client.fetch(code=UNAVAILABLE)
    assert not client.files("restante")
    backdate(client, 2 * 3600)
    for _ in range(2):
        client.fetch(code=UNAVAILABLE)
    (octets,) = client.messages("restante")
    message = email.message_from_bytes(octets)
    assert message["Subject"].startswith("restante: bad: mail is not collected since ")
    assert "127.0.0.1:1" in message.get_payload()
    listed = json.loads(client.run("--format", "json", "list", "account:restante").stdout)
    assert len(listed) == 1
    client.change(tell_after="off")
    backdate(client, 30 * 86400)
    client.fetch(code=UNAVAILABLE)
    assert len(client.messages("restante")) == 1


def test_systemd_hears_who_fails(client):
    with HostilePop3() as server, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        client.add_account(1, "u", "p", name="bad", interval="1h")
        client.add_account(server.port, "u", "p", name="good", interval="1s")
        notices.bind(str(client.folder / "notify"))
        notices.settimeout(SECONDS)
        client.prefix = ["env", f"NOTIFY_SOCKET={client.folder}/notify"]
        process = client.start("--quiet", "fetch", "--watch")
        told = b""
        while not told.startswith(b"STATUS=1 of 2 accounts fail: bad; last look: good: "):
            told = notices.recv(4096)
        assert interrupt(process) == 0
    unit = (ROOT / "packaging/systemd/restante-fetch.service").read_text()
    assert re.findall(r"^SuccessExitStatus=(.*)$", unit, re.M) == ["75"]


# Setting up.


def test_account_add_loses_nothing_that_was_typed(server, client):
    """No server found, a name that is taken, a certificate that nobody signed, a wrong password:
    each is asked for again, and the rest is kept."""
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


# What is new, for programs.


def test_new_mail_comes_as_events(client):
    with HostilePop3([mail(1, "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="), mail(2)]) as server:
        client.add_account(server.port, "u", "p")
        lines = [json.loads(line) for line in
                 client.run("--format", "jsonl", "fetch").stdout.splitlines()]
        assert [line["type"] for line in lines] == ["message", "message", "account"]
        assert all(line["version"] == 2 for line in lines)
        first = lines[0]
        assert (first["account"], first["uid"], first["subject"]) == ("home", "uid-1", "Grüße")
        assert pathlib.Path(first["file"]) in client.files()
        shown = json.loads(client.run("--format", "json", "show", first["id"]).stdout)
        assert shown["sha256"] == first["sha256"] and lines[2]["fetched"] == 2
        again = client.run("--format", "jsonl", "fetch").stdout.splitlines()
        assert [json.loads(line)["type"] for line in again] == ["account"]


def test_what_has_arrived_since_can_be_asked_for(client):
    def ids(*words):
        return [one["id"] for one in
                json.loads(client.run("--format", "json", "list", *words).stdout)]

    with HostilePop3([mail(number) for number in range(1, 4)]) as server:
        client.add_account(server.port, "u", "p")
        client.fetch()
    everything = sorted(ids())
    assert sorted(ids(f"id:{everything[1]}..")) == everything[1:]
    assert ids(f"id:{everything[0]}..{everything[0]}") == everything[:1]
    assert sorted(ids("arrived:today")) == sorted(ids("--since", "1h")) == everything
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    assert ids("--since", tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"), "subject:1 or subject:2") == []
    client.run("list", "--since", "1h or x", code=64)


def test_json_is_one_value_whatever_is_asked(client):
    with HostilePop3([mail(1), mail(2)]) as server:
        client.add_account(server.port, "u", "p")
        client.fetch()
    numbers = [one["id"] for one in json.loads(client.run("--format", "json", "list").stdout)]
    one = json.loads(client.run("--format", "json", "show", numbers[0]).stdout)
    assert one["attachments"] == one["files"] == []
    both = json.loads(client.run("--format", "json", "show", *numbers).stdout)
    assert [each["id"] for each in both] == numbers
    some = client.run("--format", "json", "show", numbers[0], 999, code=66)
    assert [each["id"] for each in json.loads(some.stdout)] == numbers[:1]
    explained = client.run("--format", "json", "list", "--explain", "id:3..")
    assert json.loads(explained.stdout)["query"] == "id:[3,)"


def tables_of(page):
    """{heading: {key: type}} of a page of Markdown whose tables begin with | key | type |."""
    found = {}
    for section in re.split(r"^## ", page, flags=re.M)[1:]:
        rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+?) \|", section, re.M)
        if rows:
            found[section.split("\n", 1)[0].strip()] = dict(rows)
    return found


TYPES = {"text": str, "number": int, "yes or no": bool, "list": list, "object": dict}


def check(value, keys, heading):
    assert set(value) == set(keys), heading
    for key, kind in keys.items():
        kind, _, nullable = kind.partition(" or null")
        optional = keys[key].endswith(" or null")
        if value[key] is None:
            assert optional, f"{heading}: {key}"
        else:
            assert type(value[key]) is TYPES[kind], f"{heading}: {key}"


def test_json_is_as_its_page_says(client):
    """Every key that is printed stands in docs/json.md with its type, and the other way round."""
    pages = tables_of((ROOT / "docs/json.md").read_text())
    with HostilePop3([mail(1), mail(2)], {"RETR 2": b"-ERR no\r\n"}) as server:
        client.add_account(server.port, "u", "p", hand_on=[
            {"kind": "mbox", "target": str(client.folder / "box")}])
        lines = [json.loads(line) for line in
                 client.run("--format", "jsonl", "fetch", code=None).stdout.splitlines()]

    def said(*words, code=0):
        return json.loads(client.run("--format", "json", *words, code=code).stdout)

    check(lines[0], pages["A message that has come"], "message")
    check(lines[1], pages["An account that was fetched"], "account")
    check(lines[1]["failures"][0], pages["A failure"], "failure")
    entry = said("list")[0]
    check(entry, pages["A message in a list"], "list")
    check(said("search", "Message")[0], pages["A message that was searched for"], "search")
    check(said("show", entry["id"]), pages["A message that is shown"], "show")
    told = said("status", code=PARTIAL)
    check(told, pages["How the accounts stand"], "status")
    check(told["accounts"][0], pages["How one account stands"], "status of an account")
    check(told["accounts"][0]["targets"][0], pages["How a target stands"], "status of a target")
    (client.folder / "m.eml").write_bytes(mail(3))
    check(said("import", client.folder / "m.eml"), pages["What an import came to"], "import")
    check(said("export", "--to", "mbox", client.folder / "all"), pages["What an export came to"],
          "export")
    next(iter(client.files())).unlink()
    check(said("verify", "--accept")[0], pages["What was accepted"], "verify --accept")
    check(said("account", "list")[0], pages["An account of the configuration"], "account list")
