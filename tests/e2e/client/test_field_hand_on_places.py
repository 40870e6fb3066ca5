"""Where mail is handed on to: folders that take the place of a provider's own collector, Gmail
itself, hooks, and the several people of one catch-all account."""

import base64
import imaplib
import json
import subprocess

import pytest

from harness.dovecot import PASSWORD, Dovecot
from harness.gmail import Gmail
from harness.grants import GrantingIssuer
from harness.hostile_pop3 import HostilePop3
from harness.restante import PARTIAL
from harness.targets import ImapTarget, MailTarget

pytestmark = pytest.mark.sanitized_long

RECEIVED = ("Received: from a.example by mx.example.test (Postfix); "
            "Fri, 28 Nov 2025 10:00:01 +0100")


def mail(number, *fields):
    lines = [f"Subject: message {number}", f"Message-ID: <{number}@field>", *fields]
    return ("\r\n".join(lines) + f"\r\n\r\ntext {number}\r\n").encode()


@pytest.fixture
def collect(client):
    """collect(messages, target …, setting=…) makes an account whose mail goes there."""
    servers = []

    def make(messages, *targets, **settings):
        servers.append(HostilePop3(messages))
        client.add_account(servers[-1].port, "alice", "the secret", hand_on=list(targets),
                           **settings)
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def mailbox_server():
    made = Dovecot().start()
    yield made
    made.close()


class Box:
    """A user of Dovecot and what an IMAP client sees."""

    def __init__(self, dovecot):
        self.user = dovecot.add_account()
        self.imap = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
        self.imap.login(self.user, PASSWORD)
        self.address = f"imap://127.0.0.1:{dovecot.imap_port}"

    def target(self, folder="INBOX", **more):
        return {"kind": "imap", "target": f"{self.address}/{folder}", "tls": "none",
                "user": self.user, "password": PASSWORD, **more}

    def fetch(self, folder="INBOX"):
        assert self.imap.select(folder)[0] == "OK"
        return b"".join(part for part in self.imap.fetch("1:*", "(FLAGS INTERNALDATE)")[1] if part)


@pytest.fixture
def box(mailbox_server):
    made = Box(mailbox_server)
    yield made
    made.imap.logout()


def test_appended_mail_is_unread_and_has_its_own_date(client, collect, box):
    """It was not seen yet, and it did not come today."""
    collect([mail(1, RECEIVED, "Date: Thu, 27 Nov 2025 09:00:00 +0000"),
             mail(2, "Date: Thu, 27 Nov 2025 09:00:00 +0000")], box.target())
    client.fetch()
    seen = box.fetch()
    assert b"\\Seen" not in seen
    assert b"28-Nov-2025 09:00:01 +0000" in seen
    assert b"27-Nov-2025 09:00:00 +0000" in seen


def test_mail_is_marked_as_read_where_the_owner_wants_it(client, collect, box):
    collect([mail(1)], box.target(seen=True))
    client.fetch()
    assert b"\\Seen" in box.fetch()


@pytest.mark.parametrize("name, wire", [
    ("Gel\u00f6scht", '"Gel&APY-scht"'), ("[Gmail] All Mail", '"[Gmail] All Mail"'),
    ("R%26D", '"R&-D"')])
def test_folders_may_have_any_name(client, collect, box, name, wire):
    assert box.imap.create(wire)[0] == "OK"
    collect([mail(1)], box.target(name))
    client.fetch()
    assert b"INTERNALDATE" in box.fetch(wire)


def test_a_folder_that_is_not_there_is_told_before_any_mail_is_sent(client, collect, box):
    collect([mail(1), mail(2)], box.target("Nowhere"))
    report = client.fetch_report(code=PARTIAL)
    assert any('folder "Nowhere" is not there' in note for note in report["notes"])
    assert box.imap.create("Nowhere")[0] == "OK"
    client.fetch()
    assert box.fetch("Nowhere").count(b"INTERNALDATE") == 2


def test_an_address_without_a_folder_is_the_inbox(client, collect, box):
    collect([mail(1)], {**box.target(), "target": box.address})
    client.fetch()
    assert b"INTERNALDATE" in box.fetch()


@pytest.mark.parametrize("mechanism", [b"XOAUTH2", b"OAUTHBEARER"])
def test_a_folder_behind_oauth_takes_a_token(client, collect, mechanism):
    with ImapTarget() as imap:
        imap.mechanisms = b"AUTH=" + mechanism
        collect([mail(1)], {"kind": "imap", "target": f"imap://127.0.0.1:{imap.port}/INBOX",
                            "tls": "none", "user": "g@example.test",
                            "token_command": "echo the-token"})
        client.fetch()
        assert imap.subjects() == ["message 1"]
        login = [line for line in imap.commands if b"AUTHENTICATE" in line][0].split(b" ")
        assert login[2] == mechanism
        proof = base64.b64decode(login[3])
        assert b"Bearer the-token" in proof and b"g@example.test" in proof


@pytest.fixture
def issuer(tmp_path):
    with GrantingIssuer(tmp_path, person="alice@example.test") as made:
        yield made


def gmail_target(gmail, **more):
    return {"kind": "gmail", "name": "gmail", "target": gmail.url,
            "token_command": f"echo {gmail.token}", **more}


def test_gmail_gets_mail_with_labels_over_one_connection(client, collect):
    messages = [mail(number) for number in range(1, 4)]
    with Gmail("the-token") as gmail:
        collect(messages, gmail_target(gmail))
        client.fetch()
        assert [octets for _, octets in gmail.mails] == messages
        assert {tuple(labels) for labels, _ in gmail.mails} == {("INBOX", "UNREAD")}
        assert gmail.queries[0]["internalDateSource"] == "dateHeader"
        assert gmail.connections == 1

def test_gmail_gets_the_labels_that_are_configured(client, collect):
    with Gmail("the-token") as gmail:
        collect([mail(1)], gmail_target(gmail, labels=["Label_7"]))
        client.fetch()
        assert gmail.mails == [(["Label_7"], mail(1))]


def test_gmail_logs_in_once_and_is_told_by_name(client, collect, issuer):
    """The target has a login of its own beside that of its account."""
    with Gmail("none yet") as gmail:
        client.prefix = ["env", f"XDG_STATE_HOME={client.folder}/state"]
        client.top = {"issuer": [issuer.settings()]}
        collect([mail(1)], {"kind": "gmail", "name": "gmail", "target": gmail.url,
                            "oauth": "test"})
        said = client.run("--quiet", "fetch", code=PARTIAL).stderr.decode()
        assert "restante account login home:gmail" in said
        client.run("account", "login", "home:gmail")
        kept = json.loads((client.folder / "state/restante/tokens/home:gmail.json").read_text())
        gmail.token = kept["access_token"]
        client.fetch()
        assert len(gmail.mails) == 1


def test_a_machine_without_a_browser_takes_a_pasted_address(client, collect, issuer):
    with Gmail("none yet") as gmail:
        client.prefix = ["env", f"XDG_STATE_HOME={client.folder}/state"]
        client.top = {"issuer": [issuer.settings()]}
        collect([mail(1)], {"kind": "gmail", "name": "gmail", "target": gmail.url,
                            "oauth": "test"})
        login = subprocess.Popen(client.command("account", "login", "home:gmail", "--paste"),
                                 stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        address = next(line for line in login.stderr if b"/authorize?" in line).decode().strip()
        login.communicate(issuer.visit(address).encode() + b"\n", timeout=60)
        assert login.returncode == 0
        kept = json.loads((client.folder / "state/restante/tokens/home:gmail.json").read_text())
        gmail.token = kept["access_token"]
        client.fetch()
        assert len(gmail.mails) == 1


def test_what_gmail_says_is_told_and_only_its_verdict_on_a_mail_holds_that_mail(client, collect):
    with Gmail("the-token") as gmail:
        gmail.answers = [gmail.refusal(400, "Invalid message", "invalidArgument")]
        collect([mail(1), mail(2)], gmail_target(gmail))
        report = client.fetch_report(code=PARTIAL)
        assert "Gmail: 400 Invalid message" in " ".join(report["notes"])
        assert [octets for _, octets in gmail.mails] == [mail(2)]


@pytest.mark.parametrize("code, message, reason, cure", [
    (403, "Insufficient Permission", "insufficientPermissions", "gmail.insert"),
    (429, "User-rate limit exceeded", "rateLimitExceeded", "429 User-rate limit")])
def test_a_refusal_of_all_costs_gmail_one_request(client, collect, code, message, reason, cure):
    with Gmail("the-token") as gmail:
        gmail.answers = [gmail.refusal(code, message, reason)]
        collect([mail(1), mail(2)], gmail_target(gmail))
        report = client.fetch_report(code=PARTIAL)
        assert cure in " ".join(report["notes"])
        assert gmail.requests == 1
        client.fetch()
        assert len(gmail.mails) == 2


def test_a_hook_that_fails_is_tried_again(client, collect):
    log = client.folder / "log"
    collect([mail(1)], on_message=f"test -e {log} || exit 1; echo $RESTANTE_ID >> {log}")
    said = client.run("--quiet", "fetch", code=PARTIAL).stderr.decode()
    assert "on_message" in said
    log.touch()
    client.run("queue", "retry", "--all")
    client.fetch()
    client.fetch()
    number = json.loads(client.run("--format", "json", "list").stdout)[0]["id"]
    assert log.read_text() == f"{number}\n"


def test_a_hook_runs_with_any_subject(client, collect):
    """A field may be longer than a program's environment may hold."""
    log = client.folder / "log"
    folded = "Subject: " + "\r\n ".join("x" * 900 for _ in range(160))
    collect([(folded + "\r\n\r\nlong\r\n").encode(),
             b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n"],
            on_message=f'printf "%.8s\\n" "$RESTANTE_SUBJECT" >> {log}')
    client.fetch()
    assert log.read_text().splitlines()[0] == "xxxxxxxx"
    assert log.read_text().splitlines()[1].startswith("Gr\u00fc")


def test_what_a_hook_prints_is_shown(client, collect):
    collect([mail(1)], on_message="echo seen $RESTANTE_SUBJECT")
    assert "on_message: seen message 1" in client.fetch().stderr.decode()


def envelope(number, *addresses):
    return mail(number, *[f"X-Original-To: {each}" for each in addresses], RECEIVED,
                "X-Original-To: boss@example.test", RECEIVED)


def test_a_catch_all_account_is_sorted_by_envelope_address(client, collect):
    """Never to all; and what the sender wrote decides nothing."""
    with MailTarget() as ann, MailTarget() as kids, MailTarget() as boss, MailTarget() as rest:
        def to(name, target, *addresses):
            where = {"kind": "lmtp", "target": f"127.0.0.1:{target.port}",
                     "recipient": f"{name}@here.test", "name": name}
            return {**where, "addresses": list(addresses)} if addresses else where

        collect([envelope(1, "Ann@example.test"), envelope(2, "x@kids.example.test"),
                 envelope(3, "nobody@example.test"), envelope(4),
                 envelope(5, "<ann@example.test>", "y@kids.example.test")],
                to("ann", ann, "ann@example.test"), to("kids", kids, "@kids.example.test"),
                to("boss", boss, "boss@example.test"), to("rest", rest),
                envelope="X-Original-To", envelope_host="mx.example.test", unsorted="rest",
                keep_in_archive=False)
        client.fetch()
        assert ann.subjects() == ["message 1", "message 5"]
        assert kids.subjects() == ["message 2", "message 5"]
        assert boss.subjects() == []
        assert rest.subjects() == ["message 3", "message 4"]
        assert client.files() == {}


def test_sorting_needs_a_place_for_mail_that_names_no_account(client, collect):
    collect([], {"kind": "mbox", "target": "/x", "addresses": ["a@x.test"]},
            envelope="X-Original-To")
    said = client.fetch(code=78).stderr.decode()
    assert "envelope_host" in said and "unsorted" in said
