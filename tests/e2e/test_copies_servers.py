"""Copies into real servers: the same mail by IMAP from a Dovecot or a Cyrus beside us, forwarding
through a Postfix that rewrites senders, and a second Restante with the same unique ids."""

import imaplib
import re

import pytest

from harness.cyrus import Cyrus
from harness.deadline import poll
from harness.dovecot import PASSWORD
from harness.messages import numbered
from harness.old_server import OldServer
from harness.ports import free_port
from harness.postfix import Postfix
from harness.srs import Srs
from harness.lmtp import Lmtp
from harness.pop3 import Pop3, login_when_free
from harness.server import listen
from harness.targets import MailTarget


def start(make_server, target, **more):
    return make_server({"copies": {"targets": [target], **more}})


def deliver(server, account, *numbers):
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in numbers:
            lmtp.deliver(numbered(number), account.name)


def subjects(mails):
    return sorted(re.search(rb"^Subject: number (\d+)", mail, re.M)[1].decode() for mail in mails)


def by_imap(port, name, password=PASSWORD):
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login(name, password)
        _, [count] = imap.select("INBOX", readonly=True)
        return [imap.fetch(str(n), "(BODY.PEEK[])")[1][0][1] for n in range(1, int(count) + 1)]


def uids(server, account):
    with login_when_free(server.address("pop3"), account) as pop3:
        found = list(pop3.uids().values())
        pop3.ok("QUIT")
        return found


def test_the_same_mail_by_imap_from_dovecot(make_server):
    old = OldServer()
    try:
        server = start(make_server, f"lmtp:127.0.0.1:{old.lmtp_port}")
        account = server.add_account("alice@example.test")
        old.dovecot.add_account(account.name)
        deliver(server, account, 0)
        server.ctl("account", "copy", account.name, "--to", f"lmtp:127.0.0.1:{old.lmtp_port}",
                   "--from", "all")
        deliver(server, account, 1, 2)
        imap = poll(lambda: [mail for mail in [by_imap(old.dovecot.imap_port, account.name)]
                             if len(mail) == 3], 60, "three mails by IMAP")[0]
        assert subjects(imap) == ["0", "1", "2"]
        assert all(mail.startswith(b"Return-Path: <sender@example.org>") for mail in imap)
        # What is deleted here stays there, and the other way round.
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account)
            pop3.ok("DELE 1")
            pop3.ok("QUIT")
        assert len(by_imap(old.dovecot.imap_port, account.name)) == 3
    finally:
        old.close()


def test_the_same_mail_in_cyrus(make_server):
    port = free_port()
    cyrus = Cyrus(lmtp_port=port).start()
    try:
        name = cyrus.add_account()
        server = start(make_server, f"lmtp:127.0.0.1:{port}")
        account = server.add_account("alice@example.test")
        server.ctl("account", "copy", account.name, "--to", f"lmtp:127.0.0.1:{port}",
                   "--as", f"{name}@example.test")
        deliver(server, account, 1, 2)
        poll(lambda: cyrus.count(name) == 2, 60, "both mails in Cyrus")
    finally:
        cyrus.close()


def test_a_smarthost_rewrites_the_sender(make_server):
    srs = Srs("relay.example.test")
    with MailTarget() as provider:
        postfix = Postfix("error:nothing is kept here", ["relay.example.test"],
                          f"default_transport = smtp:[127.0.0.1]:{provider.port}\n" + srs.settings)
        try:
            postfix.start()
            server = start(make_server, f"smtp:127.0.0.1:{postfix.port}")
            account = server.add_account()
            server.ctl("account", "copy", account.name, "--to", f"smtp:127.0.0.1:{postfix.port}",
                       "--as", "me@provider.example")
            deliver(server, account, 1)
            poll(lambda: provider.mails, 60, "the mail at the provider")
            (sender,) = [line for line in provider.commands if line.startswith(b"MAIL FROM")]
            assert re.match(rb"MAIL FROM:<SRS0=\S+=example.org=sender@relay.example.test>", sender)
            assert provider.heard(b"RCPT TO:<me@provider.example>") == 1
            assert subjects(provider.mails) == ["1"]
        finally:
            postfix.stop()
            srs.close()


def test_a_warm_copy_has_the_same_ids_after_kills(make_server):
    second = make_server({"listen": [listen("pop3", "starttls"),
                                     {**listen("lmtp", "starttls"), "uid_networks": ["127.0.0.1"]}]})
    twin = second.add_account("twin@example.test")
    place = f"lmtp:127.0.0.1:{second.port('lmtp')}"
    first = start(make_server, place)
    account = first.add_account("twin@example.test")
    first.ctl("account", "copy", account.name, "--to", place, "--keep-ids")
    for number in range(10):
        deliver(first, account, number)
        first.kill()
        first.start()
    poll(lambda: len(uids(second, twin)) == 10, 120, "ten copies")
    assert sorted(uids(second, twin)) == sorted(uids(first, account))
