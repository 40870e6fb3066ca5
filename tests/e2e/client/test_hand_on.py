"""Mail that `restante fetch` hands on: by LMTP and SMTP to our server, to programs, to mbox files;
what cannot be handed on yet stays in the queue, and nothing is lost between."""

import mailbox

import pytest

from harness.dovecot import PASSWORD, Dovecot
from harness.hostile_pop3 import HostilePop3
from harness.messages import assert_delivered
from harness.pop3 import Pop3
from harness.ports import free_port
from harness.restante import OK, PARTIAL

pytestmark = pytest.mark.sanitized_long

MESSAGES = [
    f"Subject: message {number}\r\n\r\n.dot\r\nFrom here\r\n{'x' * 70 * number}\r\n".encode()
    for number in range(1, 4)]


@pytest.fixture
def collect(client):
    """collect(target, settings) makes an account whose mail goes to the target."""
    servers = []

    def make(*targets, **settings):
        servers.append(HostilePop3(MESSAGES))
        client.add_account(servers[-1].port, "alice", "the secret", hand_on=list(targets),
                           **settings)
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def arrived(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [message for _, message in pop3.retr_all(pop3.uids())]
        pop3.quit()
        return found


def assert_arrived(server, account):
    found = arrived(server, account)
    assert len(found) == len(MESSAGES)
    for received, sent in zip(sorted(found, key=len), MESSAGES):
        assert_delivered(received, sent)


def host_and_port(address):
    return f"{address[0]}:{address[1]}"


@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_another_server_gets_each_message_once(client, collect, server, account, kind):
    target = host_and_port(server.address(kind))
    collect({"kind": kind, "target": f"smtp://{target}" if kind == "smtp" else target,
             "recipient": account.name, "tls": "none"})
    report = client.fetch_report()
    assert (report["handed_on"], report["to_hand_on"]) == (3, 0)
    assert client.fetch_report()["handed_on"] == 0
    assert_arrived(server, account)
    assert sorted(client.messages()) == sorted(MESSAGES)


@pytest.mark.parametrize("password, comes", [(PASSWORD, True), ("wrong", False)])
def test_an_imap_folder_gets_each_message_once(client, collect, password, comes):
    dovecot = Dovecot().start()
    try:
        user = dovecot.add_account()
        collect({"kind": "imap", "target": f"imap://127.0.0.1:{dovecot.imap_port}/INBOX",
                 "user": user, "password": password, "tls": "none"})
        code = OK if comes else PARTIAL
        report = client.fetch_report(code=code)
        assert report["to_hand_on"] == (0 if comes else 3)
        client.fetch(code=code)
        # Dovecot stores lines as they are on this system.
        found = [message.replace(b"\n", b"\r\n") for message in dovecot.messages(user)]
        assert sorted(found) == (sorted(MESSAGES) if comes else [])
    finally:
        dovecot.close()


def test_a_server_that_is_down_gets_it_later(client, collect, server, account):
    nobody = free_port()
    collect({"kind": "lmtp", "target": f"127.0.0.1:{nobody}", "recipient": account.name})
    report = client.fetch_report(code=PARTIAL)
    assert (report["fetched"], report["handed_on"], report["to_hand_on"]) == (3, 0, 3)
    assert any("not handed on yet" in note for note in report["notes"])
    assert client.fetch_report(code=PARTIAL)["to_hand_on"] == 3


def test_a_recipient_that_is_refused_keeps_no_other_waiting(client, collect, server, account):
    target = host_and_port(server.address("lmtp"))
    collect({"kind": "lmtp", "target": target, "recipient": "nobody@example.test"},
            {"kind": "lmtp", "target": target, "recipient": account.name})
    report = client.fetch_report(code=PARTIAL)
    assert (report["handed_on"], report["to_hand_on"]) == (3, 3)
    assert_arrived(server, account)


def test_mail_that_passes_through_leaves_the_archive_and_the_server(client, collect):
    box = client.folder / "box"
    server = collect({"kind": "mbox", "target": str(box)}, keep_in_archive=False,
                     delete="after-fetch")
    client.fetch()
    assert client.files() == {}
    assert server.deleted == {1, 2, 3}
    with open(box, "rb") as file:
        assert file.read().count(b"\n>From here\n") == 3
    mails = [mail["Subject"] for mail in mailbox.mbox(box)]
    assert sorted(mails) == ["message 1", "message 2", "message 3"]
    server.deleted.clear()
    client.fetch()
    assert len(mailbox.mbox(box)) == 3


def test_mail_that_passes_through_stays_until_it_is_taken(client, collect):
    flag = client.folder / "open"
    collect({"kind": "command", "command": ["/bin/sh", "-c", f"test -e {flag} || exit 75"]},
            keep_in_archive=False, delete="after-fetch")
    assert client.fetch_report(code=PARTIAL)["to_hand_on"] == 3
    assert sorted(client.messages()) == sorted(MESSAGES)


def test_mail_that_passed_through_does_not_count_as_removed(client, collect):
    """That it is not in the archive any more looks like no accident there."""
    server = collect({"kind": "mbox", "target": str(client.folder / "box")},
                     keep_in_archive=False, delete="after-fetch")
    server.messages = {number: b"Subject: %d\r\n\r\nx\r\n" % number for number in range(1, 31)}
    server.uids = {number: f"uid-{number}" for number in server.messages}
    client.fetch("--keep")
    assert client.files() == {} and server.deleted == set()
    client.fetch()
    assert len(server.deleted) == 30


def test_a_program_gets_the_message_and_no_command_line(client, collect):
    folder = client.folder
    line = f'cat > "{folder}/$RESTANTE_SHA256"; echo $RESTANTE_ACCOUNT >> {folder}/who'
    collect({"kind": "command", "command": ["/bin/sh", "-c", line]})
    assert client.fetch_report()["handed_on"] == 3
    got = [path.read_bytes() for path in folder.iterdir() if len(path.name) == 64]
    assert sorted(got) == sorted(message.replace(b"\r\n", b"\n") for message in MESSAGES)
    assert (folder / "who").read_text() == "home\n" * 3


def test_the_hook_is_told_of_each_new_message_once(client, collect):
    log = client.folder / "log"
    collect(on_message=f'test -r "$RESTANTE_PATH" && '
                       f'printf "%s|%s\\n" "$RESTANTE_ACCOUNT" "$RESTANTE_SUBJECT" >> {log}')
    client.fetch()
    client.fetch()
    assert sorted(log.read_text().splitlines()) == [
        "home|message 1", "home|message 2", "home|message 3"]


def test_a_hook_gets_hostile_subjects_as_text(client):
    pwned = client.folder / "pwned"
    message = f"Subject: $(touch {pwned}); `touch {pwned}`\r\n\r\n".encode()
    log = client.folder / "log"
    with HostilePop3([message]) as server:
        client.add_account(server.port, "alice", "the secret",
                           on_message=f'printf "%s" "$RESTANTE_SUBJECT" > {log}')
        client.fetch()
    assert log.read_text() == f"$(touch {pwned}); `touch {pwned}`"
    assert not pwned.exists()
