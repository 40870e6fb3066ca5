"""The archive account: every accepted mail is in it first, once, with its whole envelope; and a
mail that it does not take reaches no recipient."""

import json
import re
import smtplib
import urllib.request

import pytest

from harness.asking import check
from harness.deadline import poll
from harness.killing import act_and_kill, count_steps_of
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.postfix import Postfix
from harness.server import DEFAULT_LISTEN, Account, listen
from harness.two_servers import log_in, route_to, start_new, start_old

pytestmark = pytest.mark.sanitized

SECONDS = 30
ARCHIVE = Account("archive@example.test", "the auditor's own")
SENDER = "sender@example.org"


def mail(number):
    return b"Message-ID: <%d@example.org>\r\nTo: list@example.org\r\n\r\nnumber %d\r\n" % (
        number, number)


def waiting(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [text for _, text in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    return found


def numbers(messages):
    """Of the mails, in their order."""
    return [int(re.search(rb"\r\nnumber (\d+)\r\n", text).group(1)) for text in messages]


def fields(message):
    """The fields that the server put before the mail, up to its Received."""
    trace = message[:message.index(b"Received: ")].replace(b"\r\n\t", b" ").decode()
    return [tuple(line.split(": ", 1)) for line in trace.split("\r\n") if line]


def put(server, number, recipients, hello="LHLO"):
    """The codes that the mail got."""
    protocol = "lmtp" if hello == "LHLO" else "smtp"
    with Lmtp(server.address(protocol), hello=hello) as sender:
        codes = [code for code, _ in sender.data(mail(number), recipients, sender=SENDER)]
        sender.quit()
    return codes


def with_archive(**more):
    """Without warnings of quotas: they would be mails in it, too."""
    return {"accounts": {"archive_account": ARCHIVE.name, **more}, "maildrop": {"quota_warning": 0}}


def fails(server):
    """How many mails the archive did not take, by the metrics."""
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=SECONDS) as page:
        text = page.read().decode()
    return int(re.search(r'^restante_archive_mails_total\{outcome="failed"\} (\d+)', text,
                         re.M).group(1))


@pytest.fixture
def server(make_server):
    made = make_server(with_archive())
    made.add_account(ARCHIVE.name, ARCHIVE.password)
    return made


@pytest.mark.parametrize("hello", ["LHLO", "EHLO"])
def test_one_copy_has_the_whole_envelope(server, hello):
    alice, bob = server.add_account(), server.add_account()
    server.ctl("alias", "add", "team", alice.name, bob.name)
    hidden = alice.name.replace("@", "+bcc@")
    to = [hidden, bob.name, "team@example.test"]
    assert set(put(server, 1, to, hello)) == {250}
    (archived,) = waiting(server, ARCHIVE)
    assert archived.endswith(mail(1))
    assert fields(archived) == [
        ("Return-Path", f"<{SENDER}>"), ("X-Envelope-From", f"<{SENDER}>"),
        ("X-Envelope-To", ", ".join(f"<{name}>" for name in to)), ("Delivered-To", ARCHIVE.name)]
    for account in (alice, bob):
        (own,) = waiting(server, account)
        assert b"X-Envelope" not in own and own.endswith(mail(1))
        assert (hidden.encode() in own) == (account == alice), "a Bcc is nobody else's business"
    # One act for the archive, beside those of the recipients.
    server.logged(rf"archived account={ARCHIVE.name} uid=\S+ octets=\d+")


def test_a_thousand_recipients_are_all_there(make_server):
    server = make_server({**with_archive(), "limits": {"recipients": 1000}})
    server.add_account(ARCHIVE.name, ARCHIVE.password)
    alice = server.add_account()
    to = [alice.name.replace("@", f"+{number}@") for number in range(1000)]
    assert set(put(server, 1, to, "EHLO")) == {250}
    (archived,) = waiting(server, ARCHIVE)
    assert all(len(line) <= 998 for line in archived.split(b"\r\n"))
    assert dict(fields(archived))["X-Envelope-To"] == ", ".join(f"<{name}>" for name in to)


def test_a_full_archive_puts_off_all_mail(make_server):
    boss = Account("boss@example.test", "the boss's own")
    server = make_server({**with_archive(), "alarm": {"to": boss.name, "interval": "1s"},
                          "listen": [*DEFAULT_LISTEN, listen("http", "none")]})
    alice = server.add_account()
    server.add_account(boss.name, boss.password)
    server.add_account(ARCHIVE.name, ARCHIVE.password)
    server.ctl("account", "quota", ARCHIVE.name, "--messages", "1")
    assert put(server, 1, [alice.name]) == [250]
    assert put(server, 2, [alice.name, boss.name]) == [451, 451]
    assert put(server, 2, [alice.name], "EHLO") == [451]
    assert numbers(waiting(server, alice)) == numbers(waiting(server, ARCHIVE)) == [1]
    assert fails(server) == 2
    told = server.logged(r"not archived, .*account=archive@example.test")
    assert "quota" in told and "docs/archive.md" in told
    server.logged(r"alarm kind=archive what=.*archive@example.test")
    poll(lambda: waiting(server, boss), SECONDS, "the alarm's mail")
    (alarm,) = waiting(server, boss)
    assert b"The archive takes no mail" in alarm and b"restantectl" in alarm
    server.ctl("account", "quota", ARCHIVE.name, "--messages", "none")
    assert put(server, 2, [alice.name]) == [250]
    assert numbers(waiting(server, ARCHIVE)) == numbers(waiting(server, alice)) == [1, 2]


def test_a_damaged_archive_puts_off_all_mail(server):
    alice = server.add_account()
    assert put(server, 1, [alice.name]) == [250]
    server.stop()
    (log,) = server.data_dir.glob(f"maildrops/*/{ARCHIVE.name}.log")
    log.write_bytes(b"\xff" * log.stat().st_size)
    server.start()
    assert put(server, 2, [alice.name]) == [451]
    assert numbers(waiting(server, alice)) == [1]
    server.logged(r"not archived, .*account=archive@example.test")


def test_what_is_refused_at_the_end_is_in_it(server):
    """The archive comes first; whether an own maildrop is full is known only then."""
    alice = server.add_account()
    server.ctl("account", "quota", alice.name, "--octets", "300")
    assert put(server, 1, [alice.name]) == [552]
    assert waiting(server, alice) == [] and numbers(waiting(server, ARCHIVE)) == [1]


def test_which_account_is_missing_is_said(make_server):
    server = make_server(with_archive(archive_logs=3), start=False)
    server.add_account(ARCHIVE.name, ARCHIVE.password)
    server.add_account("archive-3@example.test")
    server.start()
    told = server.logged(r"alarm kind=archive")
    assert "archive-2@example.test" in told and "archive-3@" not in told
    checked = check(server)
    assert checked.returncode == 0
    assert re.findall(r"no account (\S+),", checked.stderr) == ["archive-2@example.test"]
    found = json.loads(server.ctl("--format", "json", "selftest", "--no-dns",
                                  check=False).stdout)["findings"]
    assert {one["what"]: one["verdict"] for one in found if one["what"].startswith("archive")} == {
        "archive archive@example.test": "ok", "archive archive-2@example.test": "failed",
        "archive archive-3@example.test": "ok"}
    # A mail whose turn it is at the missing one waits; the others go on.
    alice = server.add_account()
    codes = {code for number in range(30) for code in put(server, number, [alice.name])}
    assert codes == {250, 451}


def test_several_logs_share_the_mail(make_server):
    server = make_server(with_archive(archive_logs=4))
    logs = [ARCHIVE, *(Account(f"archive-{number}@example.test", "the auditor's own")
                       for number in (2, 3, 4))]
    for account in logs:
        server.add_account(account.name, account.password)
    alice = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in range(60):
            lmtp.deliver(mail(number), [alice.name])
    shares = [numbers(waiting(server, account)) for account in logs]
    assert all(len(share) > 3 for share in shares), shares
    assert sorted(sum(shares, [])) == list(range(60))


def test_mail_for_another_server_is_archived_before_it_goes(make_server):
    old = start_old(make_server)
    there = old.add_account()
    new = start_new(make_server, [route_to(old)])
    new.configure({**new.config, **with_archive(archive_account="archive@example.org")})
    new.restart()
    archive = new.add_account("archive@example.org")
    assert put(new, 1, [there.name]) == [250]
    old.stop()
    # Archived, and not handed on: the sender's next try brings it into the archive again.
    assert put(new, 2, [there.name]) == [451]

    def at(server, account):
        with log_in(server, account) as pop3:
            return numbers(text for _, text in pop3.retr_all(pop3.sizes()))

    assert at(new, archive) == [1, 2]
    new.ctl("account", "quota", archive.name, "--messages", "1")
    old.start()
    assert put(new, 3, [there.name]) == [451]
    assert at(old, there) == [1]


def test_postfix_brings_later_what_was_put_off(server):
    alice = server.add_account()
    server.ctl("account", "quota", ARCHIVE.name, "--messages", "1")
    assert put(server, 1, [alice.name]) == [250]
    relay = Postfix(f"lmtp:inet:127.0.0.1:{server.port('lmtp')}", ["example.test"]).start()
    try:
        with smtplib.SMTP("127.0.0.1", relay.port, timeout=SECONDS) as client:
            client.sendmail(SENDER, [alice.name], mail(2))
        relay.wait_log("status=deferred", "451")
        assert numbers(waiting(server, alice)) == [1]
        server.ctl("account", "quota", ARCHIVE.name, "--messages", "none")
        relay.flush()
        relay.wait_log("status=sent")
    finally:
        relay.stop()
    assert numbers(waiting(server, alice)) == numbers(waiting(server, ARCHIVE)) == [1, 2]


@pytest.mark.kill
@pytest.mark.seconds(300)
def test_a_kill_at_any_step_leaves_no_mail_outside_the_archive(server, tmp_path):
    """Before each write and each sync of one delivery: the archive has what the maildrop has."""
    alice = server.add_account()
    assert put(server, 0, [alice.name]) == [250]
    calls = ("pwrite64", "pwritev", "pwritev2", "writev", "fdatasync")
    steps = count_steps_of(server.pid, lambda: put(server, 1, [alice.name]), tmp_path / "calls",
                           calls)
    accepted, number, alone = [0, 1], 1, 0
    for call, count in sorted(steps.items()):
        for step in range(1, count + 1):
            number += 1
            answers = []

            def act(number=number, answers=answers):
                try:
                    answers += put(server, number, [alice.name])
                except OSError:
                    pass  # Killed.

            act_and_kill(server.pid, act, call, step)
            server.kill()
            server.start()
            if answers == [250]:
                accepted.append(number)
            own, archived = (numbers(waiting(server, one)) for one in (alice, ARCHIVE))
            assert set(own) <= set(archived) and len(own) == len(set(own))
            assert set(accepted) <= set(own)
            alone += number in archived and number not in own
    assert alone, "no kill came between the archive and the maildrop"
