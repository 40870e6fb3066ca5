"""XUID: a server that is believed says which unique ids its messages have; a message that comes a
second time is stored once, and the log and the journal tell the two apart."""

import json

import pytest

from harness.lmtp import Lmtp, stuff
from harness.pop3 import Pop3
from harness.server import ServerFactory, listen
from harness.two_servers import OLD_LISTEN, route_to, start_old

pytestmark = pytest.mark.sanitized

MAIL = b"Subject: %d\r\n\r\n.a dot\r\n"
LISTEN = [listen("pop3", "starttls"),
          {**listen("lmtp", "starttls"), "uid_networks": ["127.0.0.1"]},
          {**listen("smtp", "starttls"), "uid_networks": ["192.0.2.0/24"],
           "proxy_networks": ["127.0.0.1"]}]


@pytest.fixture(scope="module")
def server():
    factory = ServerFactory()
    yield factory({"listen": LISTEN})
    factory.close()


def bring(server, account, uid, number):
    """The last reply."""
    with Lmtp(server.address("lmtp")) as lmtp:
        assert "XUID" in lmtp.capabilities
        lmtp.expect("MAIL FROM:<s@example.org>", 250)
        lmtp.expect(f"RCPT TO:<{account.name}> XUID={uid}", 250)
        lmtp.expect("DATA", 354)
        lmtp.send(stuff(MAIL % number))
        return lmtp.reply()


def uids(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        found = [uid.decode() for uid in pop3.uids().values()]
        pop3.quit()
    return found


def test_a_message_has_its_id_and_comes_once(server):
    account = server.add_account()
    for number in (1, 2):
        code, [text] = bring(server, account, "0001+2Ba", number)
        assert code == 250 and text.endswith(b" uid=0001+a"), text
    server.logged(rf"account={account.name} uid=0001\+a octets=[1-9]\d* xuid=new ")
    server.logged(rf"account={account.name} uid=0001\+a octets=0 xuid=known ")
    bring(server, account, "0002", 3)
    assert uids(server, account) == ["0001+a", "0002"]
    server.restart()
    assert bring(server, account, "0002", 4)[0] == 250
    assert uids(server, account) == ["0001+a", "0002"]


def test_what_was_deleted_here_does_not_come_back(server):
    account = server.add_account()
    bring(server, account, "0001", 1)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        pop3.ok("DELE 1")
        pop3.quit()
    assert bring(server, account, "0001", 1)[0] == 250
    assert uids(server, account) == []


def test_the_journal_says_what_was_stored(server):
    account = server.add_account()
    for _ in range(2):
        bring(server, account, "0007", 1)
    server.restart()  # It has written what it had.
    found = server.ctl("--format", "json", "journal", "--account", account.name,
                       "--act", "delivered")
    acts = json.loads(found.stdout)
    assert [act["detail"] for act in acts] == ["XUID", "XUID: was there, nothing stored"]
    assert {act["uid"] for act in acts} == {"0007"}


def test_an_id_of_this_very_maildrop_is_no_message(server):
    """Its log may have come from a backup of the maildrop that has the message."""
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(MAIL % 1, account.name)
    [own] = uids(server, account)
    prefix = own.split("-")[0]
    assert bring(server, account, f"{prefix}-zzzz-zzzz", 2)[0] == 550
    assert bring(server, account, own, 1)[0] == 550
    assert uids(server, account) == [own]


def test_a_mail_for_another_server_takes_its_id_along(make_server):
    """Where that one offers no XUID, the sender keeps the mail."""
    believed, stranger = (
        start_old(make_server, {"listen": [{**one, "uid_networks": networks}
                                           if one["protocol"] == "lmtp" else one
                                           for one in OLD_LISTEN]})
        for networks in (["127.0.0.1"], ["192.0.2.1"]))
    front = make_server({"listen": LISTEN, "route": [
        route_to(believed), route_to(stranger, domains=["example.org"])]})
    account, other = believed.add_account(), stranger.add_account("a@example.org")
    for _ in range(2):
        assert bring(front, account, "0001", 1)[0] == 250
    assert bring(front, other, "0001", 1)[0] == 451
    front.logged(r"not handed on .*recipient=a@example.org reason=.*XUID")
    assert uids(believed, account) == ["0001"]
    assert uids(stranger, other) == []


def test_others_are_not_believed(server):
    """Neither those of other networks, nor clients behind a proxy."""
    account = server.add_account()
    with Lmtp(server.address("smtp"), hello="EHLO") as smtp:
        assert "XUID" not in smtp.capabilities
        smtp.expect("MAIL FROM:<s@example.org>", 250)
        smtp.expect(f"RCPT TO:<{account.name}> XUID=1", 555, "5.5.4")
        smtp.expect("RSET", 250)
        smtp.expect("XCLIENT ADDR=192.0.2.1", 220)
        assert "XUID" not in smtp._hello()
