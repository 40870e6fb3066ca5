"""Mail arrives, however untidy its sender; and each refusal leaves a line."""

import http.client
import pathlib
import re
import smtplib
import subprocess

import pytest

from harness.lmtp import Lmtp
from harness.messages import split_trace
from harness.pop3 import Pop3
from harness.postfix import Postfix
from harness.server import BIN, DEFAULT_LISTEN, ROOT, ServerFactory, listen

HELLO = {"lmtp": "LHLO", "smtp": "EHLO"}
MAIL = b"Subject: x\r\n\r\nx\r\n"
SRS = ("SRS0=3Ypr33=QM=crm.example.org=bounce+b.25211.6039846.eb7e7e8ba282f9d0"
       "@fwd.example.net")
# As ezmlm, Mailman and SendGrid have them, and then some.
LONG = "bounces+2309175-" + "a-long-token." * 30 + "x=example.com@em123.example.org"


@pytest.fixture(scope="module")
def server():
    factory = ServerFactory()
    yield factory({"listen": DEFAULT_LISTEN + [listen("http", "none")]})
    factory.close()


def connect(server, protocol="smtp"):
    return Lmtp(server.address(protocol), hello=HELLO[protocol])


def waiting(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [message for _, message in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    return found


def the_mail(server, account):
    (message,) = waiting(server, account)
    return message


def send(sender, mail_from, rcpt_to, mail=MAIL, code=250):
    """One mail with these lines of the envelope as they are."""
    sender.expect(mail_from, 250)
    sender.expect(rcpt_to, 250)
    sender.expect("DATA", 354)
    sender.send(mail + b".\r\n")
    assert sender.reply()[0] == code


# Addresses.

@pytest.mark.parametrize("protocol", HELLO)
@pytest.mark.parametrize("sender", [SRS, LONG])
def test_long_senders_arrive_and_stay_whole(server, account, protocol, sender):
    """SRS and VERP make local parts far over 64 octets, and paths over 256."""
    with connect(server, protocol) as connection:
        send(connection, f"MAIL FROM:<{sender}> SIZE=100 BODY=8BITMIME",
             f"RCPT TO:<{account.name}>")
    assert the_mail(server, account).startswith(f"Return-Path: <{sender}>\r\n".encode())


def test_a_subaddress_may_hold_a_long_token(server, account):
    """user+<confirmation token>: the account's name has a limit, the address has none."""
    local, domain = account.name.split("@")
    target = f"{local}+{'t' * 400}@{domain}"
    with connect(server) as connection:
        send(connection, "MAIL FROM:<a@b.example>", f"RCPT TO:<{target}>")
    assert f"for <{target}>".encode() in the_mail(server, account)


def test_an_account_with_too_long_a_name_is_refused_in_words(server):
    done = server.ctl("account", "add", "a" * 65 + "@example.test", "--password-stdin",
                      data=b"x\n", check=False)
    assert done.returncode != 0
    assert b"at most 64 octets" in done.stderr


@pytest.mark.parametrize("command,path", [
    ("MAIL FROM:<try..this.@docomo.example>", '"try..this."@docomo.example'),
    ("MAIL FROM:printer@x.example", "printer@x.example"),
    ("MAIL FROM: printer@x.example SIZE=100 BODY=7bit", "printer@x.example"),
    ("MAIL FROM:Scanner <printer@x.example>", "printer@x.example"),
    ("MAIL FROM:<printer@x.example>SIZE=100", "printer@x.example"),
    ("MAIL FROM:<printer@x.example> SIZE= ", "printer@x.example"),
    ("MAIL FROM:<root>", "root@mail.example.test"),
    ("MAIL FROM:<root@(none)>", "root@?none?"),
    ("MAIL FROM:<p@x.example.>", "p@x.example"),
    ("MAIL FROM:<http:bounce@x.example>", '"http:bounce"@x.example'),
    ("MAIL FROM:< >", ""),
])
def test_untidy_senders_are_taken(server, account, command, path):
    """Phones, printers, old programs: their mail arrives, and Return-Path is well formed."""
    with connect(server) as connection:
        send(connection, command, f"RCPT TO:<{account.name}>")
    assert the_mail(server, account).startswith(f"Return-Path: <{path}>\r\n".encode())


@pytest.mark.parametrize("form", ["RCPT TO:{0}", "RCPT TO: {0} ", "RCPT TO:<{0}.>",
                                  "RCPT TO:Somebody <{0}>"])
def test_untidy_recipients_are_found(server, account, form):
    with connect(server) as connection:
        send(connection, "MAIL FROM:<a@b.example>", form.format(account.name))
    the_mail(server, account)


@pytest.mark.parametrize("hello,shown", [
    (b"EHLO M\xc3\xbcller-PC", b"M??ller-PC"), (b"EHLO M\xfcller", b"M?ller"),
    (b"EHLO my pc", b"my?pc"), (b"HELO ", b"unknown"), (b"EHLO", b"unknown"),
    (b"EHLO a)\t(b;c", b"a???b?c"),
])
def test_any_name_in_helo_is_taken(server, account, hello, shown):
    """No mail is lost for a host's odd name, and Received stays well formed."""
    with connect(server) as connection:
        connection.expect(hello, 250)
        send(connection, "MAIL FROM:<a@b.example>", f"RCPT TO:<{account.name}>")
    trace, _ = split_trace(the_mail(server, account))
    assert b"Received: from " + shown + b" ([127.0.0.1])\r\n" in trace


def test_an_account_with_odd_dots_is_reached_by_both_spellings(server):
    account = server.add_account("a..b.@example.test")
    with connect(server) as connection:
        send(connection, "MAIL FROM:<a@b.example>", "RCPT TO:<a..b.@example.test>")
        send(connection, "MAIL FROM:<a@b.example>", 'RCPT TO:<"a..b."@example.test>')
    assert len(waiting(server, account)) == 2


def test_strict_addresses_are_a_setting(make_server):
    server = make_server({"smtp": {"addresses": "strict"}})
    account = server.add_account()
    with connect(server) as connection:
        connection.expect("MAIL FROM:<a..b@c.example>", 501, "5.1.7")
        connection.expect("MAIL FROM:a@c.example", 501, "5.5.2")
        connection.expect("EHLO my pc", 501, "5.5.4")
        send(connection, f"MAIL FROM:<{SRS}>", f"RCPT TO:<{account.name}>")
    server.logged(r"smtp refused .*a\.\.b@c\.example.*tolerant")
    the_mail(server, account)


# Line ends.

def body(message):
    return split_trace(message)[1]


def test_curl_sends_a_file_with_lf(server, account, tmp_path):
    """`curl -T` sends a file as it is, and stuffs no dot behind an LF."""
    (tmp_path / "m").write_bytes(b"Subject: x\n\n.profile\nbody\n.\n")
    subprocess.run(["curl", "-sS", f"smtp://127.0.0.1:{server.port('smtp')}", "--mail-from",
                    "a@b.example", "--mail-rcpt", account.name, "-T", tmp_path / "m"],
                   check=True, capture_output=True, timeout=60)
    expected = b"Subject: x\r\n\r\n.profile\r\nbody\r\n.\r\n"
    assert body(the_mail(server, account)).rstrip(b"\r\n") == expected.rstrip(b"\r\n")


def test_smtplib_sends_octets_with_lf(server, account):
    """smtplib sends bytes as they are, and stuffs each dot behind an LF."""
    with smtplib.LMTP("127.0.0.1", server.port("lmtp")) as lmtp:
        lmtp.sendmail("a@b.example", [account.name], b"Subject: x\n\n.profile\n..\nbody\n")
    expected = b"Subject: x\r\n\r\n.profile\r\n..\r\nbody\r\n"
    assert body(the_mail(server, account)).rstrip(b"\r\n") == expected.rstrip(b"\r\n")


@pytest.mark.parametrize("protocol", HELLO)
def test_bdat_brings_bare_lfs(server, account, protocol):
    """As Microsoft 365 does: nothing is stuffed, chunks are cut anywhere."""
    chunks = [b"Subject: x\n\r", b"\nline\n.\n..dots\r", b"\r\na\rb\n"]
    with connect(server, protocol) as connection:
        connection.expect("MAIL FROM:<a@b.example>", 250)
        connection.expect(f"RCPT TO:<{account.name}>", 250)
        for number, chunk in enumerate(chunks, 1):
            last = b" LAST" if number == len(chunks) else b""
            connection.send(b"BDAT %d%s\r\n" % (len(chunk), last) + chunk)
            assert connection.reply()[0] == 250
    assert body(the_mail(server, account)) == (
        b"Subject: x\r\n\r\nline\r\n.\r\n..dots\r\na b\r\n")


@pytest.mark.sanitized
@pytest.mark.parametrize("protocol", HELLO)
@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n..\r",
                                 b"\r\n.\r\r\n", b"\n..\n", b"\r.\r"])
def test_no_other_line_end_ends_a_message(server, account, protocol, end):
    """SMTP smuggling: what follows is text of the one message, and no command."""
    smuggled = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\nx" % account.name.encode()
    with connect(server, protocol) as connection:
        send(connection, "MAIL FROM:<a@b.example>", f"RCPT TO:<{account.name}>",
             b"Subject: x\r\n\r\none" + end + smuggled + b"\r\n")
        connection.expect("NOOP", 250)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        (size,) = pop3.sizes().values()
        ((_, message),) = pop3.retr_all([1])
    assert len(message) == size
    assert smuggled + b"\r\n" in message
    assert message.count(b"\r") == message.count(b"\n") == message.count(b"\r\n")


def test_a_client_that_ends_lines_in_lf_is_told(server):
    """At once, instead of waiting for ever; nothing is executed."""
    with Lmtp(server.address("smtp"), hello="EHLO") as connection:
        connection.send(b"NOOP\n")
        code, texts = connection.reply()
        assert code == 500 and b"CRLF" in texts[0]
        connection.send(b"QUIT\n")
        code, texts = connection.reply()
        assert code == 500 and b"CRLF" in texts[0]
        assert connection.drain() == b""


# postmaster (RFC 5321 s.4.5.1).

def check_config(server):
    done = subprocess.run([BIN / "restanted", "--check-config", "--config", server.config_path],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_missing_postmaster_is_warned_of(make_server):
    """The server starts all the same, and says what to set."""
    server = make_server(start=False)
    assert "accounts.postmaster" in check_config(server)
    server.start()
    assert "set it to an account" in server.logged("accounts.postmaster: ")
    with connect(server) as connection:
        connection.expect("MAIL FROM:<>", 250)
        connection.expect("RCPT TO:<postmaster>", 550, "5.1.1")
    server.add_account("postmaster@example.test")
    assert "postmaster" not in check_config(server)
    server.restart()
    assert not [line for line in server.process.lines() if "accounts.postmaster" in line]


@pytest.mark.parametrize("recipient", ["postmaster", "PostMaster", "postmaster@example.test",
                                       "POSTMASTER@other.test"])
def test_postmaster_reaches_the_account_that_is_named(make_server, recipient):
    server = make_server({"accounts": {"postmaster": "carol@example.test"}}, start=False)
    carol = server.add_account("carol@example.test")
    server.add_account("dave@other.test")
    assert "postmaster" not in check_config(server)
    server.start()
    assert not [line for line in server.process.lines() if "accounts.postmaster" in line]
    with connect(server) as connection:
        send(connection, "MAIL FROM:<>", f"RCPT TO:<{recipient}>")
        send(connection, "MAIL FROM:<>", f"RCPT TO:{recipient}")
    assert len(waiting(server, carol)) == 2


def test_postmaster_alone_is_that_of_the_hosts_domain(make_server):
    server = make_server(start=False)
    text = server.config_path.read_text()
    server.config_path.write_text(re.sub(r'^default_domain.*\n', "", text, flags=re.M))
    account = server.add_account("postmaster@example.test")
    server.start()
    with connect(server) as connection:
        send(connection, "MAIL FROM:<>", "RCPT TO:<postmaster>")
    the_mail(server, account)
    assert not [line for line in server.process.lines() if "accounts.postmaster" in line]


# Each refusal leaves a line.

def metrics(server):
    connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return dict(re.findall(r'^restante_smtp_refused_total\{kind="(\w+)"\} (\d+)$', text, re.M))


def refuse(server, command, code, before=()):
    with connect(server) as connection:
        for line in before:
            connection.command(line)
        assert connection.command(command)[0] == code


@pytest.mark.parametrize("kind,command,code,words", [
    ("syntax", "FROB", 500, "FROB .*500 5.5.1"),
    ("syntax", b"NO\nOP", 500, "500 5.5.2"),
    ("sequence", "RCPT TO:<a@b>", 503, "RCPT TO.*503 5.5.1"),
    ("address", "MAIL FROM:<@>", 501, r"MAIL FROM:<@>.*501 5\.1\.7"),
    ("address", "MAIL FROM:<j\u00fcrgen@b.example>", 553, "553 5.6.7"),
    ("parameter", "MAIL FROM:<a@b.example> FOO=1", 555, "FOO=1.*555 5.5.4"),
    ("size", "MAIL FROM:<a@b.example> SIZE=99999999999", 552,
     "552 5.3.4.*limits.message_size"),
])
def test_a_refused_command_leaves_a_line(server, kind, command, code, words):
    """With the command, the reply, and what an operator can act on; and it is counted."""
    before = int(metrics(server)[kind])
    refuse(server, command, code)
    server.logged(r"smtp refused session=\S+ peer=127\.0\.0\.1:\d+ command=.*" + words)
    assert int(metrics(server)[kind]) == before + 1


def test_a_refused_message_leaves_a_line(make_server):
    server = make_server({"smtp": {"bare_newlines": "refuse"},
                          "limits": {"message_size": "64KiB"}})
    account = server.add_account()
    for mail, words in [
            (b"Subject: x\r\n\r\na\nb\r\n", "554 5.6.0.*normalize"),
            (b"Received: x\r\n" * 101 + b"\r\n", "554 5.4.6.*Received"),
            (b"Subject: x\r\n\r\n" + b"x" * 70000 + b"\r\n", "552 5.3.4.*limits.message_size")]:
        with connect(server, "lmtp") as connection:
            ((code, _),) = connection.data(mail, account.name)
            assert code >= 500
        server.logged(r"lmtp refused .*command=DATA .*" + words)


def test_a_session_that_we_end_leaves_a_line(make_server):
    """A time-out, and too many bad commands."""
    server = make_server({"limits": {"smtp_timeout": "1s"}})
    with connect(server) as connection:
        assert connection.reply()[0] == 421
    server.logged(r'smtp refused .*"421 4\.4\.2".*limits\.smtp_timeout')
    with connect(server) as connection:
        codes = [connection.command("FROB")[0] for _ in range(21)]
        assert codes[-1] == 421
    server.logged(r'smtp refused .*"421 4\.7\.0"')


def test_a_failed_starttls_leaves_a_line(server):
    """curl does not trust the self-signed certificate."""
    before = int(metrics(server)["tls"])
    done = subprocess.run(
        ["curl", "-sS", "--ssl-reqd", f"smtp://127.0.0.1:{server.port('smtp')}", "-T", "-",
         "--mail-from", "a@b.example", "--mail-rcpt", "c@example.test"],
        input=MAIL, capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    server.logged("smtp refused .*command=STARTTLS .*reason=")
    assert int(metrics(server)["tls"]) == before + 1


def test_a_flood_of_refusals_cannot_fill_the_log(make_server):
    """One line for each reply in ten seconds; another kind of refusal is told all the same."""
    server = make_server()
    with connect(server) as connection:
        for _ in range(300):
            connection.expect("MAIL FROM:<a@b.example> SIZE=99999999999", 552)
        connection.expect("MAIL FROM:<@>", 501)
    server.logged("smtp refused .*501 5.1.7")
    refused = [line for line in server.process.lines() if "smtp refused" in line]
    assert len(refused) <= 12  # A slow machine may take a few times ten seconds.


def test_no_password_gets_into_the_log(server):
    with connect(server) as connection:
        connection.expect("AUTH PLAIN AGFsaWNlAHNlc2FtZQ==", 502)
        connection.expect("c2VzYW1l", 500)
        connection.expect("sesame", 500)
    server.logged('command="AUTH PLAIN"')
    assert not [line for line in server.process.lines() if "c2VzYW1l" in line or "sesame" in line
                or "AGFsaWNlAHNlc2FtZQ" in line]


# Behind Postfix, by the README's own lines.

def readme_lines():
    text = pathlib.Path(ROOT / "README.md").read_text()
    section = text.partition("## Behind Postfix")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```(\w*)\n(.*?)^```\n", section, re.S | re.M)
    lines = "".join(text for language, text in blocks if not language).splitlines()
    return [line for line in lines if not line.startswith("virtual_")]


@pytest.mark.root
def test_postfix_refuses_an_unknown_recipient_at_its_door(server, account):
    """And hands over mail with a long SRS sender, once an account is there within a minute."""
    outside = ["mynetworks = 192.0.2.0/24", "smtpd_relay_restrictions = reject_unauth_destination",
               "address_verify_poll_delay = 1"]
    relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"],
                    "\n".join(outside + readme_lines()))
    try:
        relay.start()
        with smtplib.SMTP("127.0.0.1", relay.port, timeout=60) as smtp:
            smtp.ehlo("client.example")
            assert smtp.mail("a@b.example")[0] == 250
            code, text = smtp.rcpt("nobody@example.test")
            # Postfix asks us meanwhile, and says 450 until it knows.
            assert code in (450, 550), text
            relay.wait_log("to=<nobody@example.test>", "status=undeliverable")
            assert smtp.rcpt("nobody@example.test")[0] == 550
            assert smtp.rcpt("someone@elsewhere.example")[0] == 554
        with smtplib.SMTP("127.0.0.1", relay.port, timeout=60) as smtp:
            smtp.sendmail(SRS, [account.name], MAIL)
        assert "status=sent" in relay.wait_log(f"to=<{account.name}>", "status=sent")
    finally:
        relay.stop()
    assert the_mail(server, account).startswith(f"Return-Path: <{SRS}>\r\n".encode())
