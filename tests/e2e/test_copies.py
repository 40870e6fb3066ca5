"""Copies: each new mail of an account goes to a further server or account, once it is durable here;
nothing is lost on the way, and what cannot go is kept and told."""

import json
import re

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import login_when_free
from harness.server import listen
from harness.targets import MailTarget

pytestmark = pytest.mark.sanitized

LATER, NEVER = b"452 4.2.2 mailbox full\r\n", b"550 5.7.1 not this one\r\n"


def start(make_server, *targets, **overrides):
    names = [f"lmtp:127.0.0.1:{target.port}" for target in targets]
    names += [f"smtp:127.0.0.1:{target.port}" for target in targets]
    return make_server({"copies": {"targets": names}, **overrides})


def copy_to(server, account, target, *options, scheme="lmtp"):
    place = target if isinstance(target, str) else f"{scheme}:127.0.0.1:{target.port}"
    server.ctl("account", "copy", account.name, "--to", place, *options)
    await_known(server, account)


def await_known(server, account):
    """The running server has seen the copies as they are now."""
    shown = json.loads(server.ctl("--format", "json", "account", "copy", "list",
                                  account.name).stdout)["copies"]
    labels = ",".join(one["label"] + ("(paused)" if one["paused"] else "") for one in shown)
    server.logged(rf"copies known account={account.name} copies={re.escape(labels)}$")


def deliver(server, account, *numbers, sender="sender@example.org"):
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in numbers:
            lmtp.deliver(numbered(number), account.name, sender=sender)


def queue(server):
    return json.loads(server.ctl("--format", "json", "copies").stdout)["copies"]


def await_queue(server, **wanted):
    """The one copy, when it is as wanted."""
    def look():
        (found,) = queue(server)
        fits = all(value in found[key] if isinstance(value, str) else found[key] == value
                   for key, value in wanted.items())
        return found if fits else None
    return poll(look, 60, f"a copy that is {wanted}")


def mails_in(server, account):
    with login_when_free(server.address("pop3"), account) as pop3:
        found = {uid: pop3.retr(number) for number, uid in pop3.uids().items()}
        pop3.ok("QUIT")
        return found


def numbers(mails):
    return sorted(int(re.search(rb"Subject: number (\d+)", mail)[1]) for mail in mails)


@pytest.mark.parametrize("scheme", ["lmtp", "smtp"])
def test_new_mail_goes_there_as_it_came(make_server, scheme):
    with MailTarget() as target:
        server = start(make_server, target)
        account = server.add_account()
        deliver(server, account, 0)
        copy_to(server, account, target, "--as", "far@example.org", scheme=scheme)
        deliver(server, account, 1)
        deliver(server, account, 2, sender="")
        await_queue(server, waiting=0)
        poll(lambda: len(target.mails) == 2, 60, "two mails at the target")
        assert numbers(target.mails) == [1, 2], "what came before the copy was made stays here"
        assert target.heard(b"MAIL FROM:<sender@example.org>") == 1
        assert target.heard(b"MAIL FROM:<>") == 1
        assert target.heard(b"RCPT TO:<far@example.org>") == 2
        kept = [mail for mail in mails_in(server, account).values() if b"number 1" in mail]
        assert kept[0].split(b"\r\n", 1)[1] == target.mails[0], "all but the Return-Path"
        assert not target.mails[0].startswith(b"Return-Path")
        server.logged(r"copy sent account=\S+ copy=copy target=\S+ uid=\S+ octets=\d+ reply=")
        poll(lambda: server.ctl("journal", "--account", account.name, "--act",
                                "copied").stdout.count(b"copied") == 2, 60, "two acts")


def test_what_is_refused_for_now_is_tried_again(make_server):
    with MailTarget({"END": lambda n: LATER if n == 1 else None}) as target:
        server = start(make_server, target)
        account = server.add_account()
        copy_to(server, account, target)
        deliver(server, account, 1)
        found = await_queue(server, waiting=1, reason="452 4.2.2")
        assert found["set_aside"] == 0 and found["next_try"]
        server.ctl("copies", "retry", account.name)
        await_queue(server, waiting=0)
        assert numbers(target.mails) == [1]


def test_what_is_refused_for_ever_is_set_aside_and_told(make_server):
    with MailTarget({"END": lambda n: NEVER if n == 1 else None}) as target:
        server = start(make_server, target, alarm={"to": "operator@example.test", "interval": "1s"})
        operator = server.add_account("operator@example.test")
        account = server.add_account()
        copy_to(server, account, target)
        deliver(server, account, 1, 2)
        await_queue(server, waiting=0, set_aside=1, reason="550 5.7.1")
        poll(lambda: numbers(target.mails) == [2], 60, "the next one goes")
        poll(lambda: any(b"Copies of mail do not go out" in mail
                         for mail in mails_in(server, operator).values()), 60, "the alarm")
        shown = json.loads(server.ctl("--format", "json", "copies", "show", account.name,
                                      "copy").stdout)
        uid = shown["messages"][0]["uid"]
        server.ctl("copies", "drop", account.name, "copy", "--uid", uid)
        await_queue(server, waiting=0, set_aside=0)
        assert len(mails_in(server, account)) == 2, "its owner has it all the same"


def test_a_target_that_is_down_gets_all_of_it_later(make_server):
    with MailTarget({"GREETING": b"421 closed for now\r\n"}) as target:
        server = start(make_server, target)
        account = server.add_account()
        copy_to(server, account, target)
        deliver(server, account, 1, 2, 3)
        server.logged(r"copy not sent .*421 closed for now")
        await_queue(server, waiting=3, reason="421 closed for now")
        target.answers.clear()
        server.ctl("copies", "retry")
        await_queue(server, waiting=0)
        assert numbers(target.mails) == [1, 2, 3]


def test_killed_behind_the_answer_sends_once_more_and_loses_nothing(make_server):
    with MailTarget() as target:
        server = start(make_server, target)
        account = server.add_account()
        copy_to(server, account, target)

        def kill(offered):
            if offered == 1:
                server.process.kill()

        target.answers["END"] = kill
        deliver(server, account, 1)
        poll(lambda: target.offered == 1, 60, "the message")
        server.kill()
        server.start()
        await_queue(server, waiting=0)
        assert numbers(target.mails) in ([1], [1, 1])
        assert len(mails_in(server, account)) == 1


def test_a_copy_for_an_account_here_comes_once(make_server):
    server = start(make_server)
    account, other = server.add_account(), server.add_account()
    copy_to(server, account, f"account:{other.name}")
    copy_to(server, other, f"account:{account.name}", "--label", "back")
    deliver(server, account, 1, 2)
    poll(lambda: len(mails_in(server, other)) == 2, 60, "both copies")
    # Back to where it came from, and no further.
    poll(lambda: len(mails_in(server, account)) == 4, 60, "the copies of the copies")
    poll(lambda: sum(one["set_aside"] for one in queue(server)) == 2, 60, "the end of the loop")
    assert len(mails_in(server, other)) == 2


def test_instead_keeps_nothing_here(make_server):
    with MailTarget() as one, MailTarget({"END": lambda n: LATER if n == 1 else None}) as two:
        server = start(make_server, one, two)
        account = server.add_account()
        copy_to(server, account, one, "--instead", "--label", "one")
        copy_to(server, account, two, "--instead", "--label", "two")
        deliver(server, account, 1)
        poll(lambda: numbers(one.mails) == [1] and two.offered == 1, 60, "both were asked")
        assert len(mails_in(server, account)) == 1, "not all have it"
        server.ctl("copies", "retry")
        poll(lambda: not mails_in(server, account), 60, "an empty maildrop")
        assert numbers(two.mails) == [1]


def test_paused_and_resumed(make_server):
    with MailTarget() as target:
        server = start(make_server, target)
        account = server.add_account()
        copy_to(server, account, target)
        server.ctl("account", "copy", "pause", account.name, "copy")
        await_known(server, account)
        deliver(server, account, 1)
        await_queue(server, waiting=1, state="paused")
        server.ctl("account", "copy", "resume", account.name, "copy")
        await_queue(server, waiting=0)
        assert numbers(target.mails) == [1]


def test_a_second_server_has_the_same_ids(make_server):
    lmtp = {**listen("lmtp", "starttls"), "uid_networks": ["127.0.0.1"]}
    second = make_server({"listen": [listen("pop3", "starttls"), lmtp]})
    twin = second.add_account("twin@example.test")
    first = make_server({"copies": {"targets": [f"lmtp:127.0.0.1:{second.port('lmtp')}"]}})
    account = first.add_account("twin@example.test")
    deliver(first, account, 1)
    copy_to(first, account, f"lmtp:127.0.0.1:{second.port('lmtp')}", "--keep-ids", "--from", "all")
    deliver(first, account, 2, 3)
    poll(lambda: len(mails_in(second, twin)) == 3, 60, "all copies")
    assert sorted(mails_in(first, account)) == sorted(mails_in(second, twin))
