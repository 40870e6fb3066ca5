"""Quotas: what is refused is refused in words, what is accepted is there, and the owner is told."""

import pytest

from harness.lmtp import Lmtp
from harness.messages import numbered, split_trace
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, listen

pytestmark = pytest.mark.sanitized

FULL = (552, b"5.2.2")


def verdict(reply):
    code, texts = reply
    return code, texts[-1].split(b" ")[0]


def offer(wire, message, recipients, **options):
    """(verdicts of RCPT, verdicts of the mail for those that were accepted)."""
    assert wire.command(f"MAIL FROM:<s@example.org>{options.get('parameters', '')}")[0] == 250
    at_door = [verdict(wire.command(f"RCPT TO:<{recipient}>")) for recipient in recipients]
    taken = [name for name, answer in zip(recipients, at_door) if answer[0] == 250]
    if not taken:
        wire.expect("RSET", 250)
        return at_door, []
    wire.expect("DATA", 354)
    wire.send(message + b".\r\n")
    return at_door, [verdict(reply) for reply in wire.verdicts(taken)]


def waiting(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        messages = [message for _, message in pop3.retr_all(pop3.uids())]
        pop3.quit()
        return messages


def subjects(messages):
    return [line[9:] for message in messages for line in message.split(b"\r\n")
            if line.startswith(b"Subject: ")]


def test_messages(make_server):
    server = make_server({"maildrop": {"quota_messages": 2, "quota_warning": 0}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
        lmtp.deliver(numbered(2), account.name)
        assert offer(lmtp, numbered(3), [account.name]) == ([FULL], [])
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).ok("DELE 1")
        pop3.quit()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(4), account.name)
    assert subjects(waiting(server, account)) == [b"number 2", b"number 4"]


@pytest.mark.parametrize("hello", ["LHLO", "EHLO"])
def test_octets_at_rcpt_and_after_data(make_server, hello):
    server = make_server({"maildrop": {"quota_octets": 20_000, "quota_warning": 0}})
    full, free = server.add_account(), server.add_account()
    protocol = "lmtp" if hello == "LHLO" else "smtp"
    with Lmtp(server.address(protocol), hello=hello) as wire:
        wire.deliver(numbered(1, 10_000), full.name)
        # Announced: refused before it is sent, for those who have no room.
        at_door, after = offer(wire, numbered(2, 12_000), [full.name, free.name],
                               parameters=" SIZE=12000")
        assert at_door == [FULL, (250, b"2.1.5")] and [code for code, _ in after] == [250]
        # Not announced: refused after it is sent; in SMTP with one answer for all.
        at_door, after = offer(wire, numbered(3, 12_000), [full.name])
        assert at_door == [(250, b"2.1.5")] and after == [FULL]
        # Mail that still fits is taken.
        wire.deliver(numbered(4, 5_000), full.name)
        wire.quit()
    assert subjects(waiting(server, full)) == [b"number 1", b"number 4"]
    assert subjects(waiting(server, free)) == [b"number 2"]


def test_own_quotas_hold_at_once(make_server):
    server = make_server({"maildrop": {"quota_messages": 1, "quota_warning": 0}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
        assert offer(lmtp, numbered(2), [account.name])[0] == [FULL]
        server.ctl("account", "quota", account.name, "--messages", "2")
        lmtp.deliver(numbered(3), account.name)
        assert offer(lmtp, numbered(4), [account.name])[0] == [FULL]
        server.ctl("account", "quota", account.name, "--messages", "none")
        lmtp.deliver(numbered(5), account.name)
        server.ctl("account", "quota", account.name, "--messages", "default")
        assert offer(lmtp, numbered(6), [account.name])[0] == [FULL]
        server.ctl("account", "quota", account.name, "--messages", "none", "--octets", "1")
        assert offer(lmtp, numbered(6), [account.name])[0] == [FULL]
    assert subjects(waiting(server, account)) == [b"number 1", b"number 3", b"number 5"]


def test_an_alias_to_several(make_server):
    """The others get it, and the sender is told of the one that did not."""
    server = make_server({"maildrop": {"quota_warning": 0}})
    full, free = server.add_account(), server.add_account()
    server.ctl("account", "quota", full.name, "--messages", "1")
    server.ctl("alias", "add", "team", full.name, free.name)
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), full.name)
        at_door, after = offer(lmtp, numbered(2), ["team@example.test"])
        assert at_door == [(250, b"2.1.5")] and after == [FULL]
        server.ctl("account", "quota", free.name, "--messages", "1")
        assert offer(lmtp, numbered(3), ["team@example.test"])[0] == [FULL]
    assert subjects(waiting(server, full)) == [b"number 1"]
    assert subjects(waiting(server, free)) == [b"number 2"]


def test_the_owner_is_warned_once(make_server):
    http = listen("http", "none")
    server = make_server({"maildrop": {"quota_messages": 10, "quota_warning": 50},
                          "listen": [*DEFAULT_LISTEN, http]})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(1, 9):
            lmtp.deliver(numbered(number), account.name)
    messages = waiting(server, account)
    warnings = [message for message in messages if b"From: postmaster@" in message]
    assert len(messages) == 9 and messages.index(warnings[0]) == 5
    [warning] = warnings
    assert b"\r\nTo: " + account.name.encode() + b"\r\n" in warning
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in warning
    assert b"5 messages" in warning and b"It may hold 10 messages" in warning
    # Below the level again, and over it: told again. A mailbox that is full still gets the word.
    server.ctl("account", "quota", account.name, "--messages", "9")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        for number in range(1, 7):
            pop3.ok(f"DELE {number}")
        pop3.quit()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(9, 11):
            lmtp.deliver(numbered(number), account.name)
    assert len([text for text in waiting(server, account) if b"From: postmaster@" in text]) == 1
    assert server.stop() == 0
    assert sum(f"quota warning account={account.name}" in line for line in server.log) == 2


def test_the_word_comes_into_a_full_maildrop(make_server):
    server = make_server({"maildrop": {"quota_messages": 1, "quota_warning": 100}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
        assert offer(lmtp, numbered(2), [account.name])[0] == [FULL]
    mail, warning = waiting(server, account)
    assert split_trace(mail)[1] == numbered(1)
    assert b"From: postmaster@example.test" in warning


def test_the_clerk_shows_quotas(make_server):
    server = make_server(start=False)
    server.add_account("a")
    assert server.ctl("account", "quota", "a", check=False).returncode == 64
    for words in (["--octets", "many"], ["--octets", "0"], ["--messages", "-1"],
                  ["--messages", "1", "--octets", "1PiB"]):
        result = server.ctl("account", "quota", "a", *words, check=False)
        assert result.returncode == 64 and words[-2].encode() in result.stderr, result
    assert server.ctl("account", "quota", "nobody", "--octets", "1", check=False).returncode == 67
    server.ctl("account", "quota", "a", "--octets", "1GiB", "--messages", "none")
    shown = server.ctl("account", "show", "a").stdout.decode()
    assert "quota         1GiB, any number" in shown
    assert "1GiB, any number" in server.ctl("account", "list").stdout.decode()
