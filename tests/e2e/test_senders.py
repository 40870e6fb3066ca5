"""Debian's senders bring mail in: swaks, smtp-source, and a running Postfix with us behind it."""

import re
import smtplib
import subprocess

import pytest

from harness import messages
from harness.pop3 import Pop3
from harness.postfix import Postfix


def waiting(server, account, count):
    """The messages of a maildrop; a new session sees what was answered 250 before it."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [message for _, message in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    assert len(found) == count
    return found


def swaks(server, protocol, recipient, *options, data, expected=0):
    port = server.port("lmtp" if protocol == "LMTP" else "smtp")
    words = ["swaks", "--protocol", protocol, "--server", "127.0.0.1", "--port", port,
             "--from", "swaks@example.org", "--to", recipient, "--data", "-", *options]
    result = subprocess.run([str(word) for word in words], input=data, capture_output=True,
                            timeout=60, check=False)
    assert result.returncode == expected, result.stdout.decode() + result.stderr.decode()
    return result.stdout.decode()


# swaks' SMTP says HELO, ESMTP says EHLO. RFC 3848 names what Received says.
@pytest.mark.sanitized_long
@pytest.mark.parametrize("protocol,options,received_with", [
    ("LMTP", (), b"LMTP"), ("LMTP", ("-tls",), b"LMTPS"), ("SMTP", (), b"SMTP"),
    ("ESMTP", (), b"ESMTP"), ("ESMTP", ("-tls",), b"ESMTPS"),
])
def test_swaks(server, account, protocol, options, received_with):
    mail = messages.COMMON["dot lines"] + b"end\r\n"
    swaks(server, protocol, account.name, *options, data=mail.replace(b"\r\n", b"\n"))
    (received,) = waiting(server, account, 1)
    trace, rest = messages.split_trace(received)
    # swaks 20201014 ends every mail with a blank line more.
    assert rest.rstrip(b"\r\n") == mail.rstrip(b"\r\n")
    assert re.search(rb"\swith\s+" + received_with + rb"[\s;]", trace), trace


@pytest.mark.parametrize("protocol", ["LMTP", "ESMTP"])
def test_swaks_is_told_of_an_unknown_user(server, account, protocol):
    talk = swaks(server, protocol, "nobody@example.test", data=b"Subject: x\n\nx\n", expected=24)
    assert "550 5.1.1" in talk


@pytest.mark.parametrize("protocol,option", [("lmtp", ["-L"]), ("smtp", [])])
def test_smtp_source(server, account, protocol, option):
    """20 messages of 5 kB over 5 connections at once."""
    subprocess.run(["/usr/sbin/smtp-source", *option, "-s", "5", "-m", "20", "-l", "5000", "-d",
                    "-f", "source@example.org", "-t", account.name,
                    f"inet:127.0.0.1:{server.port(protocol)}"],
                   check=True, capture_output=True, timeout=60)
    for message in waiting(server, account, 20):
        assert len(message) > 5000


@pytest.fixture
def postfix(server):
    relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"])
    try:
        yield relay.start()
    finally:
        relay.stop()


def submit(relay, sender, recipients, mail):
    with smtplib.SMTP("127.0.0.1", relay.port, timeout=60) as smtp:
        smtp.sendmail(sender, recipients, mail)


@pytest.mark.root
def test_postfix_hands_mail_over(server, postfix):
    first, second = server.add_account(), server.add_account()
    for mail in messages.COMMON.values():
        submit(postfix, "sender@example.org", [first.name, second.name], mail)
    for count in range(2 * len(messages.COMMON)):
        line = wait_delivery(postfix, count)
        assert "status=sent (250 2" in line, line
    for account in (first, second):
        received = waiting(server, account, len(messages.COMMON))
        bodies = [message.partition(b"\r\n\r\n")[2] for message in received]
        sent = [mail.partition(b"\r\n\r\n")[2] for mail in messages.COMMON.values()]
        messages.assert_same(bodies, sent)
        for message in received:
            assert message.startswith(b"Return-Path: <sender@example.org>\r\n")


def wait_delivery(relay, count):
    """The log line of delivery number `count`."""
    seen = iter(range(count + 1))
    return relay.process.wait_line(
        lambda line: "status=" in line and next(seen) == count, 60)


@pytest.mark.root
def test_postfix_is_told_of_an_unknown_user(server, postfix):
    """Its notice about the refusal comes back to the sender, who has an account here."""
    sender = server.add_account()
    submit(postfix, sender.name, ["nobody@example.test"], b"Subject: x\r\n\r\nx\r\n")
    assert "status=bounced" in postfix.wait_log("to=<nobody@example.test>", "status=")
    postfix.wait_log(f"to=<{sender.name}>", "status=sent (250 2")
    (notice,) = waiting(server, sender, 1)
    assert re.match(rb"Return-Path: <>\r\n", notice)
    assert b"550 5.1.1" in notice


@pytest.mark.root
def test_postfix_uses_our_starttls(server, account):
    relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"],
                    "lmtp_tls_security_level = encrypt\nlmtp_tls_loglevel = 1")
    try:
        relay.start()
        submit(relay, "sender@example.org", [account.name], b"Subject: x\r\n\r\nx\r\n")
        relay.wait_log("status=sent")
        (received,) = waiting(server, account, 1)
        assert b"with LMTPS" in messages.split_trace(received)[0]
    finally:
        relay.stop()
