"""SIGKILL under the load of eight devices of one account: each gets every message exactly once, and
what all of them have deleted does not stay."""

import itertools
import json
import os
from types import SimpleNamespace

import pytest

from harness.ledger import Ledger
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import is_sanitized
from test_kill import RECLAIMING, Round, settle

ROUNDS = 10 if is_sanitized() else 50
DEVICES = 8
SENDERS = 2


class DevicesRound(Round):
    """Mail comes to one account; every device has a ledger of its own."""

    def work(self):
        return [(self.send, index) for index in range(SENDERS)] + \
            [(self.collect, index) for index in range(DEVICES)]

    def send(self, _, chance):
        with Lmtp(self.server.address("lmtp")) as lmtp:
            for _ in range(chance.randint(1, 6)):
                number = next(self.counter)
                for ledger in self.ledgers:
                    ledger.sending(number)
                lmtp.begin([self.accounts[0].address])
                lmtp.send(numbered(number, chance.randint(1, 8_000)) + b".\r\n")
                code, texts = lmtp.reply()
                assert code == 250, texts
                for ledger in self.ledgers:
                    ledger.accepted(number)
                self.moment.answer()


@pytest.mark.sanitized
@pytest.mark.kill
@pytest.mark.seconds(900)
def test_eight_devices_get_every_message_once(make_server):
    server = make_server({"maildrop": RECLAIMING, "auth": {"view_separator": "#"}}, start=False)
    account = server.add_account()
    labels = ["", "#desk", "#phone", "#tablet", "#a", "#b", "#c", "#d"]
    logins = [SimpleNamespace(name=account.name + label, password=account.password,
                              address=account.name) for label in labels]
    server.start()
    for login in logins:  # Makes the views, before there is mail.
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(login).ok("QUIT")
    server.stop()
    ledgers = [Ledger() for _ in logins]
    counter = itertools.count(1)
    first_seed = int(os.environ.get("RESTANTE_KILL_SEED", "1"))
    server.start()
    for seed in range(first_seed, first_seed + ROUNDS):
        print(f"seed {seed}")
        DevicesRound(server, logins, ledgers, counter, seed).run()
        server.start()
        print(f"  {settle(server, logins, ledgers)} messages in all views")
    for login, ledger in zip(logins, ledgers):
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(login)
            ledger.compare_all(pop3)
            for number in pop3.uids():
                pop3.ok(f"DELE {number}")
            pop3.ok("QUIT")
    assert sum(ledger.was_open for ledger in ledgers) > ROUNDS
    assert server.stop() == 0
    server.ctl("maildrop", "upkeep", account.name)
    stats = json.loads(server.ctl("--format", "json", "maildrop", "stats", account.name).stdout)
    assert stats["maildrops"][0]["messages"] == stats["maildrops"][0]["deleted"] == 0, stats
