"""Mail of accounts that live on another server: handed on by LMTP, and nothing is lost on the
way."""

import re

import pytest

from harness.lmtp import Lmtp, stuff
from harness.ports import free_port
from harness.server import ServerFactory, listen
from harness.two_servers import FREE, deliver, log_in, route_to, start_new, start_old

MAIL = b"Subject: %d\r\n\r\n.a dot\r\n"
BIG = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 10000

pytestmark = pytest.mark.sanitized


@pytest.fixture(scope="module")
def pair():
    """(old, new): accounts of example.test are at the old one, those of example.org here."""
    factory = ServerFactory()
    old = start_old(factory)
    yield old, start_new(factory, [route_to(old)])
    factory.close()


def waiting(server, account):
    with log_in(server, account) as pop3:
        mails = [body for _, body in pop3.retr_all(pop3.sizes())]
        pop3.ok("QUIT")
    return mails


def test_each_recipient_has_its_answer(pair):
    old, new = pair
    there, also, here = old.add_account(), old.add_account(), new.add_account("a@example.org")
    to = [there.name, here.name, "nobody@example.test", also.name]
    with Lmtp(new.address("lmtp")) as lmtp:
        verdicts = lmtp.data(MAIL % 1, to)
        assert [code for code, _ in verdicts] == [250, 250, 550, 250], verdicts
    for server, account in ((old, there), (old, also), (new, here)):
        (mail,) = waiting(server, account)
        assert mail.endswith(MAIL % 1)
        assert (b"by mail.example.test" in mail)
    assert waiting(old, there)[0].count(b"Received: ") == 2
    new.logged(rf"handed on route=127.0.0.1:\d+ recipient={there.name} reply=\"?250")
    new.logged(r"not handed on .*recipient=nobody@example.test reason=\"?550")


def test_as_it_came(pair):
    old, new = pair
    account = old.add_account()
    deliver(new, account, BIG, MAIL % 2)
    big, small = waiting(old, account)
    assert big.endswith(b"\r\n" + BIG) and small.endswith(b"\r\n" + MAIL % 2)


def test_an_envelope_of_smtp_has_one_place(pair):
    old, new = pair
    there, here = old.add_account(), new.add_account("b@example.org")
    # Known there alone, and as an account with a route.
    routed = old.add_account("c@example.test")
    new.ctl("account", "add", routed.name, "--password-stdin", data=b"unused\n")
    new.ctl("account", "route", routed.name, route_to(old)["pop3"])
    with Lmtp(new.address("smtp"), hello="EHLO") as smtp:
        for first, second in ((there, here), (here, there), (routed, here), (here, routed)):
            smtp.expect("MAIL FROM:<sender@example.org>", 250)
            smtp.expect(f"RCPT TO:<{first.name}>", 250)
            smtp.expect(f"RCPT TO:<{second.name}>", 452, "4.5.3")
            smtp.expect(f"RCPT TO:<{first.name}>", 250)
            smtp.expect("DATA", 354)
            smtp.send(stuff(MAIL % 1))
            assert smtp.reply()[0] == 250
    assert len(waiting(old, there)) == len(waiting(old, routed)) == 1
    assert len(waiting(new, here)) == 2


def test_later_while_it_is_down_and_lost_is_nothing(make_server):
    old = start_old(make_server)
    account = old.add_account()
    new = start_new(make_server, [route_to(old)])
    route = new.config["route"][0]
    old.stop()
    with Lmtp(new.address("lmtp")) as lmtp:
        ((code, _),) = lmtp.data(MAIL % 1, [account.name])
        assert code == 451
    listeners = [listen("pop3", "implicit"), listen("lmtp", "starttls", route["lmtp"])]
    old.configure({**old.config, "listen": listeners})
    old.start()
    deliver(new, account, MAIL % 1)
    assert len(waiting(old, account)) == 1


def test_a_full_mailbox_is_the_senders_to_hear(pair):
    old, new = pair
    account = old.add_account()
    old.ctl("account", "quota", account.name, "--messages", "1")
    deliver(new, account, MAIL % 1)
    with Lmtp(new.address("lmtp")) as lmtp:
        ((code, texts),) = lmtp.data(MAIL % 2, [account.name])
        assert (code, texts[0][:5]) == (552, b"5.2.2")


def test_loop_ends(make_server):
    """Two servers that each take the other for the right one."""
    ports = [free_port(), free_port()]
    servers = []
    for own, other in (ports, reversed(ports)):
        servers.append(make_server({
            "listen": [listen("lmtp", "none", f"127.0.0.1:{own}")], **FREE,
            "route": [{"pop3": "pop3s://127.0.0.1:995", "lmtp": f"127.0.0.1:{other}",
                       "domains": ["example.test"]}]}))
    with Lmtp(servers[0].address("lmtp", "none")) as lmtp:
        ((code, texts),) = lmtp.data(MAIL % 1, ["alice@example.test"])
        assert (code, texts[0][:5]) == (554, b"5.4.6")
    # By the Received of a few rounds, long before a message may have no more of them.
    assert sum(line.count(" info lmtp mail=") for server in servers
               for line in server.all_log()) < 40


def test_without_lmtp_mail_waits_or_stays(make_server, pair):
    old, _ = pair
    route = route_to(old)
    del route["lmtp"]
    new = start_new(make_server, [route])
    known = new.add_account("known@example.test", "secret")
    with Lmtp(new.address("lmtp")) as lmtp:
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        lmtp.expect("RCPT TO:<nobody@example.test>", 451)
    deliver(new, known, MAIL % 1)
    new.ctl("account", "route", known.name, "here")
    assert len(waiting(new, known)) == 1


def test_route_that_is_not_configured_keeps_mail_back(make_server, pair):
    old, _ = pair
    new = start_new(make_server, [route_to(old, domains=[])])
    account = new.add_account("alice@example.test", "secret")
    new.ctl("account", "route", account.name, route_to(old)["pop3"])
    new.stop()
    new.configure({"listen": new.config["listen"], **FREE})
    new.start()
    with Lmtp(new.address("lmtp")) as lmtp:
        ((code, _),) = lmtp.data(MAIL % 1, [account.name])
        assert code == 451
    assert re.search("mail waits account=alice@example.test", "\n".join(new.all_log()))
