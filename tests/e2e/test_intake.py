"""Mail in by LMTP and SMTP over real sockets: who gets it, what is refused and with which code."""

import pytest

from harness.lmtp import Lmtp
from harness.messages import ALL, assert_delivered, numbered
from harness.pop3 import Pop3
from harness.server import ServerFactory

DIALECTS = {"lmtp": "LHLO", "smtp": "EHLO"}


def connect(server, protocol, **options):
    return Lmtp(server.address(protocol), hello=DIALECTS[protocol], **options)


def waiting(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [message for _, message in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    return found


@pytest.mark.sanitized_long
@pytest.mark.parametrize("tls", ["none", "starttls"])
@pytest.mark.parametrize("protocol", DIALECTS)
def test_every_kind_of_message(server, account, protocol, tls):
    with connect(server, protocol, tls=tls) as sender:
        for mail in ALL.values():
            sender.deliver(mail, account.name)
        sender.quit()
    received = waiting(server, account)
    assert len(received) == len(ALL)
    for mail, message in zip(ALL.values(), received):
        assert_delivered(message, mail)


@pytest.mark.sanitized_long
@pytest.mark.parametrize("protocol", DIALECTS)
def test_an_empty_message(server, account, protocol):
    with connect(server, protocol) as sender:
        sender.deliver(b"", account.name)
    (message,) = waiting(server, account)
    assert_delivered(message, b"")


@pytest.mark.sanitized_long
@pytest.mark.parametrize("protocol", DIALECTS)
@pytest.mark.parametrize("size", [1, 7, 300, 1 << 20])
def test_bdat(server, account, protocol, size):
    """RFC 3030: chunks of any size, nothing stuffed, nothing ends at a dot."""
    mail = ALL["dot lines"] + b"line\r\n" * 100
    chunks = [mail[start:start + size] for start in range(0, len(mail), size)]
    with connect(server, protocol) as sender:
        sender.expect("MAIL FROM:<sender@example.org>", 250)
        sender.expect(f"RCPT TO:<{account.name}>", 250)
        for number, chunk in enumerate(chunks, 1):
            last = b" LAST" if number == len(chunks) else b""
            sender.send(b"BDAT %d%s\r\n" % (len(chunk), last) + chunk)
            assert sender.reply()[0] == 250
    (message,) = waiting(server, account)
    assert_delivered(message, mail)


@pytest.mark.sanitized_long
def test_several_recipients_each_get_their_own(server):
    accounts = [server.add_account() for _ in range(3)]
    with connect(server, "lmtp") as sender:
        names = [account.name for account in accounts]
        sender.expect("MAIL FROM:<sender@example.org>", 250)
        sender.expect(f"RCPT TO:<{names[0]}>", 250)
        sender.expect("RCPT TO:<nobody@example.test>", 550, "5.1.1")
        sender.expect(f"RCPT TO:<{names[1]}>", 250)
        sender.expect(f"RCPT TO:<{names[2]}>", 250)
        sender.expect("DATA", 354)
        sender.send(numbered(1) + b".\r\n")
        # RFC 2033 s.4.2: one for each recipient that was accepted.
        assert [sender.reply()[0] for _ in range(3)] == [250] * 3
        sender.expect("NOOP", 250)
    for account in accounts:
        (message,) = waiting(server, account)
        assert_delivered(message, numbered(1))
        assert f"\r\nDelivered-To: {account.name}\r\n".encode() in message


@pytest.mark.parametrize("protocol", DIALECTS)
def test_no_relaying(server, protocol):
    with connect(server, protocol) as sender:
        sender.expect("MAIL FROM:<sender@example.org>", 250)
        sender.expect("RCPT TO:<someone@elsewhere.example>", 550, "5.7.1")
        sender.expect("RCPT TO:<someone%elsewhere.example@example.test>", 550, "5.1.1")
        code, _ = sender.command("DATA")
        assert code in (503, 554)


def test_subaddress_and_case(server, account):
    local, domain = account.name.split("@")
    with connect(server, "lmtp") as sender:
        for recipient in (f"{local}+lists@{domain}", f"{local.upper()}@{domain.upper()}",
                          f'"{local}"@{domain}'):
            sender.deliver(b"Subject: x\r\n\r\nx\r\n", recipient)
    assert len(waiting(server, account)) == 3


def test_aliases_and_catch_all(make_server):
    server = make_server({"accounts": {"postmaster": "carol@example.test"}})
    alice, bob, carol = (server.add_account(f"{name}@example.test")
                         for name in ("alice", "bob", "carol"))
    server.ctl("alias", "add", "team@example.test", alice.name, bob.name)
    server.ctl("alias", "add", "@other.test", carol.name)
    with connect(server, "lmtp") as sender:
        sender.deliver(numbered(1), "team@example.test")
        sender.deliver(numbered(2), "anything@other.test")
        sender.deliver(numbered(3), ["team@example.test", alice.name])
        sender.deliver(numbered(4), "postmaster@example.test")
        sender.deliver(numbered(5), "Postmaster")
        sender.expect("MAIL FROM:<>", 250)
        sender.expect("RCPT TO:<nobody@example.test>", 550, "5.1.1")
    counts = {account.name: len(waiting(server, account)) for account in (alice, bob, carol)}
    assert counts[bob.name] == 2
    assert counts[carol.name] == 3
    # Reached twice by mail 3; once is enough, twice is what a server may do that delivers for
    # each recipient (RFC 2033 s.4.2).
    assert counts[alice.name] in (2, 3)


@pytest.mark.sanitized_long
@pytest.mark.parametrize("protocol", DIALECTS)
def test_too_large(make_server, protocol):
    server = make_server({"limits": {"message_size": "64KiB"}})
    account = server.add_account()
    with connect(server, protocol) as sender:
        assert "SIZE 65536" in sender.capabilities
        sender.expect("MAIL FROM:<sender@example.org> SIZE=65537", 552, "5.3.4")
        big = b"Subject: big\r\n\r\n" + b"0123456789\r\n" * 10_000
        (code, texts), = sender.data(big, account.name)
        assert code == 552 and texts[0].startswith(b"5.3.4")
        sender.deliver(numbered(1), account.name)
    (message,) = waiting(server, account)
    assert_delivered(message, numbered(1))


BARE = {
    "lf": b"Subject: x\r\n\r\none\ntwo\r\n",
    "cr": b"Subject: x\r\n\r\none\rtwo\r\n",
    "lf dot lf": b"Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@example.org>\r\n",
    "lf dot crlf": b"Subject: x\r\n\r\none\n.\r\nMAIL FROM:<evil@example.org>\r\n",
    "crlf dot lf": b"Subject: x\r\n\r\none\r\n.\nMAIL FROM:<evil@example.org>\r\n",
    "crlf dot cr": b"Subject: x\r\n\r\none\r\n.\rMAIL FROM:<evil@example.org>\r\n",
    "cr dot cr": b"Subject: x\r\n\r\none\r.\rMAIL FROM:<evil@example.org>\r\n",
    "in the header": b"Subject: x\nX-Two: y\r\n\r\none\r\n",
}


@pytest.fixture(scope="module")
def refusing_server():
    factory = ServerFactory()
    yield factory({"smtp": {"bare_newlines": "refuse"}})
    factory.close()


@pytest.mark.sanitized_long
@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("protocol", DIALECTS)
def test_bare_newlines_are_refused_by_setting(refusing_server, protocol, name):
    """Nothing of it is stored, and nothing behind a false end is taken for a command."""
    server, account = refusing_server, refusing_server.add_account()
    with connect(server, protocol) as sender:
        sender.begin([account.name])
        sender.send(BARE[name] + b".\r\nNOOP\r\n")
        code, texts = sender.reply()
        assert 500 <= code <= 599 and texts[0].startswith(b"5."), texts
        assert sender.reply()[0] == 250  # NOOP's: the mail ended at CRLF . CRLF only.
        sender.quit()
    assert waiting(server, account) == []


@pytest.fixture(scope="module")
def keeping_server():
    factory = ServerFactory()
    yield factory({"smtp": {"bare_newlines": "keep"}})
    factory.close()


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("protocol", DIALECTS)
def test_bare_newlines_are_kept_by_setting(keeping_server, protocol, name):
    account = keeping_server.add_account()
    mail = BARE[name]
    with connect(keeping_server, protocol) as sender:
        sender.begin([account.name])
        # Sent stuffed where a CRLF comes before the dot; the far side takes that dot away.
        sender.send(mail.replace(b"\r\n.", b"\r\n..") + b".\r\nNOOP\r\n")
        assert sender.reply()[0] == 250
        assert sender.reply()[0] == 250
        sender.quit()
    (message,) = waiting(keeping_server, account)
    assert_delivered(message, mail)


@pytest.mark.sanitized_long
@pytest.mark.parametrize("end", ["close", "abort"])
def test_a_mail_cut_off_is_not_delivered(server, account, end):
    sender = connect(server, "lmtp")
    sender.begin([account.name])
    sender.send(numbered(1))
    getattr(sender, end)()
    with connect(server, "lmtp") as sender:
        sender.deliver(numbered(2), account.name)
    (message,) = waiting(server, account)
    assert_delivered(message, numbered(2))


def test_loops_are_refused(server, account):
    mail = b"Received: by a.example; now\r\n" * 101 + b"Subject: x\r\n\r\nx\r\n"
    with connect(server, "lmtp") as sender:
        (code, texts), = sender.data(mail, account.name)
        assert code == 554 and texts[0].startswith(b"5.4.6")
    assert waiting(server, account) == []


@pytest.mark.parametrize("command,code,enhanced", [
    ("RCPT TO:<x@example.test>", 503, "5.5.1"),
    ("DATA", 503, "5.5.1"),
    ("MAIL FROM:", 501, "5.1.7"),
    ("MAIL FROM:<a@example.org> BOGUS=1", 555, "5.5.4"),
    ("BOGUS", 500, "5.5.1"),
    ("VRFY x", 252, "2."),
    ("NOOP", 250, "2.0.0"),
    ("EHLO x", 500, "5.5.1"),
])
def test_replies_carry_their_codes(server, command, code, enhanced):
    with connect(server, "lmtp") as sender:
        sender.expect(command, code, enhanced)


def test_null_sender_and_utf8(server, account):
    with connect(server, "smtp") as sender:
        sender.deliver(b"Subject: x\r\n\r\nx\r\n", account.name, sender="")
        sender.deliver("Subject: Gr\u00fc\u00dfe\r\n\r\nx\r\n".encode(), account.name,
                       sender="j\u00fcrgen@example.org", parameters=" SMTPUTF8 BODY=8BITMIME")
    first, second = waiting(server, account)
    assert first.startswith(b"Return-Path: <>\r\n")
    assert second.startswith("Return-Path: <j\u00fcrgen@example.org>\r\n".encode())
