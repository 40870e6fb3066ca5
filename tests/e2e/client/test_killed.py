"""SIGKILL before every system call by which `restante fetch` changes something, and at random ones:
server and archive together hold every message, the archive holds none twice, and the next run goes
on. RESTANTE_KILL_ROUNDS rounds each (0: every step once), from RESTANTE_KILL_SEED on."""

import os
import random

import pytest

from harness.deadline import poll
from harness.fetched import DovecotMaildrop, OurMaildrop
from harness.killing import MOMENTS, STEPS, count_steps, run_killed
from harness.messages import assert_same, numbered
from harness.restante import OK

pytestmark = pytest.mark.kill

ROUNDS = int(os.environ.get("RESTANTE_KILL_ROUNDS", "12"))
SEED = int(os.environ.get("RESTANTE_KILL_SEED", "1"))
A_ROUND = 3  # New messages in each round.
SETTLE_EVERY = 4  # Rounds; so that a run that goes on after a kill is killed, too.


@pytest.fixture(params=["restanted", "dovecot"])
def maildrop(request, server, dovecot):
    return DovecotMaildrop(dovecot) if request.param == "dovecot" else OurMaildrop(server)


class Witness:
    """The mail that was sent, and the facts that must hold after each run, however it ended."""

    def __init__(self, client, maildrop, deletes):
        self.client, self.maildrop, self.deletes = client, maildrop, deletes
        self.sent = []
        self.kills = 0

    def deliver(self):
        start = len(self.sent)
        self.sent += self.maildrop.deliver(
            numbered(n, 100 + 3000 * (n % 5)) for n in range(start, start + A_ROUND))

    def kill(self, call, number):
        self.kills += run_killed(self.client.command("fetch"), call, number)
        here, there = self.archived(), self.maildrop.messages()
        assert set(here) | set(there) == set(self.sent), f"lost, killed at {call} {number}"
        if not self.deletes:
            assert_same(there, self.sent)

    def archived(self):
        if not (self.client.archive / "home").is_dir():
            return []
        return self.client.messages()

    def settle(self):
        """An undisturbed run makes everything good."""
        # Our server may still hold the maildrop for the client that was killed.
        poll(lambda: self.client.fetch(code=None).returncode == OK, 60, "a run that succeeds")
        assert_same(self.client.messages(), self.sent)
        assert_same(self.maildrop.messages(), [] if self.deletes else self.sent)
        assert self.client.leftovers() == []


def steps_of(witness, calls):
    """Every (call, number) of a run with new mail, when there is a database already."""
    witness.deliver()
    witness.client.fetch()
    witness.deliver()
    log = witness.client.folder / "strace"
    counts = count_steps(witness.client.command("fetch"), calls, log)
    assert {"fdatasync", "rename", "sendto"} <= set(counts), counts
    return [(call, number) for call, count in sorted(counts.items())
            for number in range(1, count + 1)]


@pytest.mark.seconds(3600)
@pytest.mark.parametrize("deletes", [False, True], ids=["keep", "delete"])
@pytest.mark.parametrize("calls", [STEPS, MOMENTS], ids=["steps", "moments"])
def test_kill_9_loses_nothing_and_doubles_nothing(client, maildrop, deletes, calls):
    client.add_account(maildrop.port, maildrop.user, maildrop.password,
                       delete="after-fetch" if deletes else "never")
    witness = Witness(client, maildrop, deletes)
    steps = steps_of(witness, calls)
    rounds = ROUNDS or len(steps)
    chance = random.Random(SEED)
    chosen = list(steps)
    chance.shuffle(chosen)
    while len(chosen) < rounds:
        chosen.append(chance.choice(steps))
    for number, (call, count) in enumerate(chosen[:rounds]):
        print(f"round {number}: {call} {count}")
        witness.deliver()
        witness.kill(call, count)
        if number % SETTLE_EVERY == SETTLE_EVERY - 1:
            witness.settle()
    witness.settle()
    assert witness.kills > rounds / 2, f"only {witness.kills} of {rounds} rounds were killed"
