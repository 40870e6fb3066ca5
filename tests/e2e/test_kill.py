"""SIGKILL in the midst of deliveries, QUITs and rewritings, restart, and every promise still holds.
The moment is chosen by counting answers, so that nothing has to sleep."""

import itertools
import os
import random
import signal
import threading

import pytest

from harness.ledger import Ledger
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import is_sanitized

ROUNDS = 25 if is_sanitized() else 200
MAILDROPS = 3
SENDERS = 3
LAST_MOMENT = 400  # Answers in a round, at most.
SPILLED_BYTES = 400_000  # More than the server keeps in memory.
# Deleted mail is reclaimed at once, so that the server is rewriting most of the time.
RECLAIMING = {"undelete_window": "0s", "upkeep_interval": "1s", "upkeep_rate": "1GiB"}


class Moment:
    """Kills the server when `count` answers have come."""

    def __init__(self, server, count):
        self._pid, self._left = server.pid, count
        self._lock = threading.Lock()
        self.passed = False

    def answer(self):
        with self._lock:
            self._left -= 1
            if self._left == 0:
                # First, since another thread may meet the end before kill() has returned.
                self.passed = True
                os.kill(self._pid, signal.SIGKILL)


class Round:
    """One life of the server under load. A failed check of a thread is raised by run()."""

    def __init__(self, server, accounts, ledgers, counter, seed):
        self.server, self.accounts, self.ledgers = server, accounts, ledgers
        self.counter = counter
        self.seed = seed
        self.moment = Moment(server, random.Random(seed).randint(1, LAST_MOMENT))
        self.failures = []

    def work(self):
        return [(self.send, index) for index in range(SENDERS)] + \
            [(self.collect, index) for index in range(MAILDROPS)]

    def run(self):
        threads = [threading.Thread(target=self.until_killed, args=item) for item in self.work()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]
        self.server.kill()  # Only the corpse is left to be collected.

    def until_killed(self, work, index):
        chance = random.Random(self.seed * 100 + index * 2 + (work == self.send))
        try:
            while not self.moment.passed:
                work(index, chance)
        except Exception as error:
            killed = self.moment.passed and isinstance(error, OSError)
            if not killed:
                self.failures.append(error)
                self.moment.passed = True  # Ends the others.

    def send(self, _, chance):
        """A connection with a few mails to some of the maildrops."""
        with Lmtp(self.server.address("lmtp")) as lmtp:
            for _ in range(chance.randint(1, 10)):
                number = next(self.counter)
                places = chance.sample(range(MAILDROPS), chance.randint(1, MAILDROPS))
                size = SPILLED_BYTES if chance.random() < 0.05 else chance.randint(1, 20_000)
                for place in places:
                    self.ledgers[place].sending(number)
                lmtp.begin([self.accounts[place].name for place in places])
                lmtp.send(numbered(number, size) + b".\r\n")
                for place in places:
                    code, texts = lmtp.reply()
                    assert code == 250, texts
                    self.ledgers[place].accepted(number)
                    self.moment.answer()

    def collect(self, place, chance):
        """A POP3 session that deletes some."""
        ledger = self.ledgers[place]
        with Pop3(self.server.address("pop3")) as pop3:
            pop3.login(self.accounts[place])
            found = ledger.read(pop3)
            share = chance.choice([0, 0.6, 0.6, 1])
            chosen = [number for number in found if chance.random() < share]
            for number in chosen:
                pop3.ok(f"DELE {number}")
            ledger.quitting(found[number] for number in chosen)
            pop3.ok("QUIT")
            ledger.quit_answered()
            self.moment.answer()


def settle(server, accounts, ledgers):
    present = 0
    for account, ledger in zip(accounts, ledgers):
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account)
            present += ledger.settle(pop3)
            pop3.quit()
    return present


@pytest.mark.sanitized
@pytest.mark.kill
@pytest.mark.seconds(900)
def test_kill_9_breaks_no_promise(make_server):
    server = make_server({"maildrop": RECLAIMING}, start=False)
    accounts = [server.add_account() for _ in range(MAILDROPS)]
    ledgers = [Ledger() for _ in accounts]
    counter = itertools.count(1)
    first_seed = int(os.environ.get("RESTANTE_KILL_SEED", "1"))
    server.start()
    for seed in range(first_seed, first_seed + ROUNDS):
        print(f"seed {seed}")
        Round(server, accounts, ledgers, counter, seed).run()
        server.start()
        print(f"  {settle(server, accounts, ledgers)} messages")
    for account, ledger in zip(accounts, ledgers):
        with Pop3(server.address("pop3")) as pop3:
            ledger.compare_all(pop3.login(account))
            pop3.quit()
    # Unless SIGKILL came between question and answer, nothing was tested.
    assert sum(ledger.was_open for ledger in ledgers) > ROUNDS
    assert sum("reclaimed_bytes=" in line for line in server.all_log()) > ROUNDS
    assert server.stop() == 0
