"""A mail on its last step: several addresses of one account, envelopes that are large or slow,
where a mail is and who did what, and who is told that a maildrop fills up."""

import contextlib
import fcntl
import json
import os
import re
import struct

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import large, numbered, split_trace
from harness.pop3 import Pop3, exact_unstuff
from harness.postfix import Postfix

APPEND_LOCK_AT = 1 << 62  # src/maildrop/log: the octet that who appends has locked.
F_OFD_SETLK = 37
DONE = re.compile(rb"^2\.0\.0 Delivered, safe on disk mail=(\S+) uid=(\S+)$")


def fields(message, name):
    """The values of the fields of this name in our trace header."""
    header = message.split(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.partition(b": ")[2].decode() for line in header if line.startswith(name + b": ")]


def waiting(server, account):
    """The messages; that LIST, and RETR's first line, count them right is checked by the way."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        sizes = pop3.sizes()
        messages = []
        for number, octets in sizes.items():
            assert f"{octets} octets".encode() in pop3.ok(f"RETR {number}")
            messages.append(exact_unstuff(pop3.until_dot()))
            assert len(messages[-1]) == octets
        pop3.quit()
        return messages


@contextlib.contextmanager
def append_lock(server, account):
    """Holds what a delivery to this account waits for, as another process would."""
    shown = json.loads(server.ctl("--format", "json", "account", "show", account.name).stdout)
    handle = os.open(shown["maildrop"], os.O_RDWR)
    try:
        fcntl.fcntl(handle, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET,
                                                     APPEND_LOCK_AT, 1, 0))
        yield
    finally:
        os.close(handle)


def import_accounts(server, count):
    """`count` accounts at once, without logins."""
    lines = "".join(f"bulk{number}@example.test:{{PLAIN}}x\n" for number in range(count))
    server.ctl("account", "import", "-", data=lines.encode())
    return [f"bulk{number}@example.test" for number in range(count)]


def acts(server):
    return [json.loads(line) for line in (server.data_dir / "acts.log").read_text().splitlines()]


def kept(server, name):
    """How many messages an account has, without a session."""
    listed = json.loads(server.ctl("--format", "json", "maildrop", "list", name).stdout)
    return len(listed["messages"])


# Several addresses of one account.

@pytest.mark.sanitized
def test_two_people_behind_one_catch_all_are_both_named(make_server):
    """A mail to several addresses of one account is one copy with every address, once each."""
    server = make_server()
    office = server.add_account("office@example.test")
    other = server.add_account("other@example.test")
    server.ctl("alias", "add", "@example.test", "office")
    to = ["ann@example.test", "bob@example.test", "other@example.test", "ann@EXAMPLE.test",
          '"x y"@example.test']
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), to)
    [message] = waiting(server, office)
    assert fields(message, b"X-Original-To") == ["ann@example.test", "bob@example.test",
                                                 '"x y"@example.test']
    assert fields(message, b"Delivered-To") == ["office@example.test"]
    assert message.endswith(numbered(1))
    [message] = waiting(server, other)
    assert fields(message, b"X-Original-To") == ["other@example.test"]
    split_trace(message)


def test_a_maildrop_that_is_sorted_later_gets_a_copy_for_each_address(make_server):
    """By setting for all, and by account; the change counts at the next mail."""
    server = make_server({"accounts": {"several_addresses": "each"}})
    sorted_later = server.add_account("sorted@example.test")
    one = server.add_account("one@example.test")
    server.ctl("alias", "add", "@a.test", "sorted")
    server.ctl("alias", "add", "@b.test", "one")
    server.ctl("account", "addresses", "one", "one")
    to = ["x@a.test", "x@b.test", "y@a.test", "y@b.test"]
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), to)
    # Copies of one mail come in any order.
    copies = [fields(message, b"X-Original-To") for message in waiting(server, sorted_later)]
    assert sorted(copies) == [["x@a.test"], ["y@a.test"]]
    assert [fields(message, b"X-Original-To") for message in waiting(server, one)] == \
        [["x@b.test", "y@b.test"]]
    shown = json.loads(server.ctl("--format", "json", "account", "show", "one").stdout)
    assert shown["several_addresses"] == "one"
    server.ctl("account", "addresses", "one", "default")
    with Lmtp(server.address("smtp"), hello="EHLO") as smtp:
        smtp.deliver(numbered(2), to)
    assert len(waiting(server, one)) == 3
    assert server.ctl("account", "addresses", "one", "two", check=False).returncode == 64


def test_a_passwd_file_says_who_gets_a_copy_for_each(make_server):
    """The extra field several_addresses, with or without userdb_ before it."""
    server = make_server(start=False)
    (server.folder / "users").write_text(
        "one@example.test:{PLAIN}x\neach@example.test:{PLAIN}x::::::several_addresses=each\n")
    (server.folder / "users").chmod(0o600)
    (server.folder / "aliases").write_text("@a.test: one@example.test\n"
                                           "@b.test: each@example.test\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(server.folder / "users"),
                                   "aliases": str(server.folder / "aliases")}})
    server.start()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), ["x@a.test", "x@b.test", "y@a.test", "y@b.test"])
    assert [kept(server, name) for name in ("one", "each")] == [1, 2]


def test_no_address_adds_a_header_of_its_own(make_server):
    """With any envelope address the trace header is four fields and the mail is below."""
    server = make_server()
    account = server.add_account("office@example.test")
    server.ctl("alias", "add", "@example.test", "office")
    token = "t" * 40
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), [f"office+{token}@example.test"])
        lmtp.deliver(numbered(2), ['"a\\\\ b\\": c"@example.test'])
        code, _ = lmtp.command(b'MAIL FROM:<s@example.org>')
        assert code == 250
        assert lmtp.command(b'RCPT TO:<"a\rX-Evil: 1"@example.test>')[0] >= 500
    first, second = waiting(server, account)
    assert fields(first, b"X-Original-To") == [f"office+{token}@example.test"]
    assert fields(second, b"X-Original-To") == ['"a\\\\ b\\": c"@example.test']
    for message, number in ((first, 1), (second, 2)):
        assert split_trace(message)[1] == numbered(number)


# One answer a recipient, in time.

@pytest.mark.sanitized
def test_lmtp_answers_each_recipient_as_it_is_stored(make_server):
    """A recipient who has the mail is answered while another maildrop of the envelope is still
    waited for."""
    server = make_server()
    names = import_accounts(server, 60)
    last = server.add_account("last@example.test")
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), last.name)  # Makes the file that is locked.
        with append_lock(server, last):
            lmtp.begin([*names, last.name])
            lmtp.send(numbered(2) + b".\r\n")
            for _ in names:
                assert lmtp.reply()[0] == 250
        assert lmtp.reply()[0] == 250
    assert len(waiting(server, last)) == 2


def test_answers_keep_the_order_of_the_recipients(make_server):
    """A recipient in the middle that waits holds up the answers behind it, not the mail."""
    server = make_server({"maildrop": {"quota_warning": 0}})
    accounts = [server.add_account(name) for name in
                ("a@example.test", "b@example.test", "c@example.test", "d@example.test")]
    server.ctl("account", "quota", "d", "--octets", "2000")
    with Lmtp(server.address("lmtp")) as lmtp:
        for account in accounts:
            lmtp.deliver(numbered(1), account.name)
        with append_lock(server, accounts[1]):
            lmtp.begin([account.name for account in accounts])
            lmtp.send(numbered(2, 3000) + b".\r\n")
            assert lmtp.reply()[0] == 250
            poll(lambda: kept(server, accounts[2].name) == 2, 60, "c has it, though b has not")
        assert [lmtp.reply()[0] for _ in range(3)] == [250, 250, 552]


def test_an_envelope_that_would_fill_the_disk_comes_in_parts(make_server):
    """Octets times recipients: 452 at RCPT by SIZE=; the sender comes back with the rest."""
    server = make_server({"limits": {"envelope_size": "256KiB"}})
    names = import_accounts(server, 4)
    mail = large(100_000)
    with Lmtp(server.address("smtp"), hello="EHLO") as smtp:
        smtp.expect(f"MAIL FROM:<s@example.org> SIZE={len(mail)}", 250)
        taken = []
        for name in names:
            code, texts = smtp.command(f"RCPT TO:<{name}>")
            if code == 250:
                taken.append(name)
            else:
                assert (code, texts[0].split()[0]) == (452, b"4.5.3")
        assert taken == names[:2]
        smtp.expect("RSET", 250)
        for part in (names[:2], names[2:]):
            smtp.deliver(mail, part, parameters=f" SIZE={len(mail)}")
    for name in names:
        assert kept(server, name) == 1


@pytest.mark.parametrize("hello", ["LHLO", "EHLO"])
def test_an_envelope_that_says_no_size_is_stored_for_all_or_none(make_server, hello):
    """Without SIZE= the budget is looked at while the mail comes in, before anything is stored."""
    server = make_server({"limits": {"envelope_size": "256KiB"}})
    names = import_accounts(server, 3)
    address = server.address("lmtp" if hello == "LHLO" else "smtp")
    with Lmtp(address, hello=hello) as wire:
        for code, texts in wire.data(large(100_000), names):
            assert (code, texts[0].split()[0]) == (452, b"4.5.3")
        assert wire.data(large(200_000), names[:1])[0][0] == 250  # One is always taken.
        assert wire.data(large(100_000), names[1:])[0][0] == 250
    for name in names:
        assert kept(server, name) == 1


def test_an_alias_to_many_counts_as_many(make_server):
    """A recipient costs as many copies as it has accounts."""
    server = make_server({"limits": {"envelope_size": "256KiB"}})
    names = import_accounts(server, 4)
    server.ctl("alias", "add", "team", *names[:3])
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.expect("MAIL FROM:<s@example.org> SIZE=80000", 250)
        lmtp.expect("RCPT TO:<team@example.test>", 250)
        lmtp.expect(f"RCPT TO:<{names[3]}>", 452, "4.5.3")


# Where is my mail.

@pytest.mark.sanitized
def test_a_mail_is_found_by_what_its_sender_was_told(make_server):
    """The 250, the log, the trace header and UIDL name the same mail and the same message."""
    server = make_server()
    account = server.add_account()
    mail = (b"Received: from x by mx.example.net (Postfix) with ESMTP id 4f2Axyz;\r\n"
            b"\tSun, 29 Nov 2026 00:00:00 +0000\r\nMessage-ID:\r\n <m1@example.org>\r\n\r\nx\r\n")
    with Lmtp(server.address("lmtp")) as lmtp:
        [(code, [text])] = lmtp.data(mail, account.name)
        assert code == 250
        mail_id, uid = (part.decode() for part in DONE.match(text).groups())
    line = server.logged(rf" lmtp mail={re.escape(mail_id)} ")
    [message] = waiting(server, account)
    assert f" id {mail_id}\r\n".encode() in message
    for part in (f"recipient={account.name}", f"account={account.name}", f"uid={uid}",
                 f"octets={len(message)}", "message_id=<m1@example.org>", 'queue_id="4f2Axyz"'):
        assert f" {part}" in line, line
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert pop3.uids() == {1: uid.encode()}


def test_several_recipients_have_a_line_each(make_server):
    """Each recipient's line names its account and its unique id."""
    server = make_server()
    first, second = server.add_account(), server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        replies = lmtp.data(numbered(1), [first.name, second.name])
    for account, (code, [text]) in zip((first, second), replies):
        assert code == 250
        mail_id, uid = (part.decode() for part in DONE.match(text).groups())
        server.logged(rf"mail={re.escape(mail_id)} recipient={account.name} "
                      rf"account={account.name} uid={uid} octets=\d+ message_id=- queue_id=-")


def test_a_stranger_is_told_the_mail_and_not_the_message(make_server):
    """A unique id says how much mail an account gets: only LMTP and trusted networks hear it."""
    server = make_server({"limits": {"trusted_networks": []}})
    account = server.add_account()
    with Lmtp(server.address("smtp"), hello="EHLO") as smtp:
        assert not any(line.startswith("XFORWARD") for line in smtp.capabilities)
        smtp.expect("XFORWARD IDENT=4f2A", 502)
        [(code, [text])] = smtp.data(numbered(1), account.name)
        assert code == 250 and re.fullmatch(rb"2\.0\.0 Delivered, safe on disk mail=\S+", text)
    with Lmtp(server.address("lmtp")) as lmtp:
        [(code, [text])] = lmtp.data(numbered(2), account.name)
        assert code == 250 and DONE.match(text)


@pytest.mark.root
def test_postfix_and_we_name_the_mail_alike(make_server):
    """Postfix's queue id (XFORWARD) is in our line, and our mail id in Postfix's."""
    server = make_server()
    account = server.add_account()
    relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"],
                    "lmtp_send_xforward_command = yes\n")
    try:
        relay.start()
        with Lmtp(("127.0.0.1", relay.port), hello="EHLO") as smtp:
            [(code, [text])] = smtp.data(numbered(1), account.name)
            assert code == 250
        queue_id = text.decode().rsplit(" ", 1)[1]
        sent = relay.wait_log(f"{queue_id}: to=<{account.name}>", "status=sent")
    finally:
        relay.stop()
    mail_id = re.search(r" mail=(\S+) uid=", sent).group(1)
    assert f"queue_id={queue_id} client=127.0.0.1" in server.logged(rf"mail={re.escape(mail_id)} ")


def test_what_a_session_deleted_is_in_the_log(make_server):
    """QUIT's line has the unique ids, at most twenty, then their count."""
    server = make_server()
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(23):
            lmtp.deliver(numbered(number), account.name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        uids = [uid.decode() for uid in pop3.uids().values()]
        pop3.ok("DELE 2")
        pop3.ok("DELE 5")
        pop3.quit()
    server.logged(rf"user={account.name} .*deleted=2 ended=quit uids={uids[1]},{uids[4]}$")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        for number in range(1, 22):
            pop3.ok(f"DELE {number}")
        pop3.quit()
    line = server.logged(rf"user={account.name} .*deleted=21 ended=quit uids=")
    assert line.endswith(" more=1") and line.count(",") == 19
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        pop3.quit()
    assert " uids=" not in server.logged(r"deleted=0 ended=quit")


def test_who_did_what_with_restantectl_is_written_down(make_server):
    """acts.log: a line of JSON an act, failed ones too; looking is no act; no secret is in it."""
    server = make_server(start=False)
    account = server.add_account("ann@example.test", "geheim-geheim")
    server.ctl("account", "quota", "ann", "--messages", "5")
    server.ctl("account", "list")
    server.ctl("account", "disable", "nobody", check=False)
    server.ctl("device", "add", "ann", "phone")
    uid = server.ctl("deliver", "ann", data=numbered(1)).stdout.decode().strip()
    written = acts(server)
    assert [(act["act"], act["words"], act["exit"]) for act in written] == [
        ("account add", [account.name, "--password-stdin"], 0),
        ("account quota", ["ann", "--messages", "5"], 0),
        ("account disable", ["nobody"], 67),
        ("device add", ["ann", "phone"], 0),
        ("deliver", ["ann"], 0)]
    assert all(act["uid"] == os.getuid() and act["user"] and act["time"] for act in written)
    assert written[-1]["delivered"][0]["uid"] == uid
    text = (server.data_dir / "acts.log").read_text()
    assert account.password not in text
    assert (server.data_dir / "acts.log").stat().st_mode & 0o777 == 0o600


# Quota.

def warnings(messages):
    return [message for message in messages
            if re.search(rb"^Subject: (Your|A) mailbox is nearly full\r$", message, re.M)]


@pytest.mark.sanitized
def test_a_smaller_quota_warns_its_owner(make_server):
    """The level was passed by no mail, but by the quota: told once, and not again with later
    mail."""
    server = make_server()
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(20):
            lmtp.deliver(numbered(number), account.name)
        server.ctl("account", "quota", account.name, "--messages", "25")
        server.ctl("account", "quota", account.name, "--messages", "22")
        assert len(warnings(waiting(server, account))) == 1
        lmtp.deliver(numbered(21), account.name)
        assert lmtp.command("MAIL FROM:<s@example.org>")[0] == 250
        assert lmtp.command(f"RCPT TO:<{account.name}>")[0] == 552
    server.restart()
    with Lmtp(server.address("lmtp")) as lmtp:
        assert lmtp.command("MAIL FROM:<s@example.org>")[0] == 250
        assert lmtp.command(f"RCPT TO:<{account.name}>")[0] == 552
    assert len(warnings(waiting(server, account))) == 1


def test_a_smaller_default_warns_who_is_over_it(make_server):
    """After a changed configuration, or a restore: by the first mail, refused or not, or upkeep."""
    server = make_server()
    refused, idle = server.add_account(), server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for account in (refused, idle):
            for number in range(3):
                lmtp.deliver(numbered(number), account.name)
    assert server.stop() == 0
    server.configure({"maildrop": {"quota_messages": 3}})
    server.start()
    with Lmtp(server.address("lmtp")) as lmtp:
        assert lmtp.command("MAIL FROM:<s@example.org>")[0] == 250
        assert lmtp.command(f"RCPT TO:<{refused.name}>")[0] == 552
    assert len(warnings(waiting(server, refused))) == 1
    assert server.stop() == 0
    server.configure({"maildrop": {"quota_messages": 3, "upkeep_interval": "1s"}})
    server.start()
    server.logged(f"quota warning account={idle.name}")
    assert len(warnings(waiting(server, idle))) == 1
    assert len(warnings(waiting(server, refused))) == 1


def test_the_operator_hears_of_full_maildrops(make_server):
    """server.operator gets a copy, once; a wrong one is told in the log and loses nothing."""
    server = make_server({"maildrop": {"quota_messages": 2, "quota_warning": 50},
                          "server": {"operator": "boss@example.test"}})
    boss, account = server.add_account("boss@example.test"), server.add_account()
    server.ctl("account", "quota", "boss", "--messages", "none")
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
    [word] = waiting(server, boss)
    assert warnings([word]) and account.name.encode() in word
    assert fields(word, b"To") == ["boss@example.test"]
    assert len(warnings(waiting(server, account))) == 1
    server.ctl("account", "remove", "boss")
    other = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), other.name)
    server.logged("server.operator")
    assert len(waiting(server, other)) == 2


@pytest.mark.parametrize("hello", ["LHLO", "EHLO"])
@pytest.mark.parametrize("reply, enhanced", [(452, b"4.2.2"), (552, b"5.2.2")])
def test_a_full_maildrop_is_refused_as_the_operator_says(make_server, hello, reply, enhanced):
    """maildrop.quota_reply, at RCPT and after the mail; 452 makes senders try again."""
    server = make_server({"maildrop": {"quota_octets": 20_000, "quota_warning": 0,
                                       "quota_reply": reply}})
    account = server.add_account()
    address = server.address("lmtp" if hello == "LHLO" else "smtp")
    with Lmtp(address, hello=hello) as wire:
        wire.deliver(numbered(1, 10_000), account.name)
        assert wire.command("MAIL FROM:<s@example.org> SIZE=12000")[0] == 250
        code, [text] = wire.command(f"RCPT TO:<{account.name}>")
        assert (code, text.split()[0]) == (reply, enhanced)
        wire.expect("RSET", 250)
        [(code, [text])] = wire.data(numbered(2, 12_000), account.name)
        assert (code, text.split()[0]) == (reply, enhanced)
    assert len(waiting(server, account)) == 1
