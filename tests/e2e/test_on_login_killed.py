"""SIGKILL of the server before any of its system calls that change something, while a user comes
over from an old server: the next login goes on, and each message is there once, with its id."""

import contextlib
import random

import pytest

from harness.killing import act_and_kill, count_steps_of
from harness.messages import numbered
from harness.moved import look_here
from harness.old_server import OldServer, hand_in
from harness.server import is_sanitized
from harness.wire import Closed
from test_on_login import answer, comes_over, is_account, route_of

pytestmark = pytest.mark.kill

MESSAGES = 40


@pytest.fixture(scope="module")
def old():
    server = OldServer()
    yield server
    server.close()


def try_login(server, account):
    with contextlib.suppress(Closed, OSError):  # The server is killed meanwhile.
        answer(server, account)


def number_of(mail):
    """Trace lines may stand before it."""
    number = int(mail.split(b"Subject: number ")[1].split(b"\r\n")[0])
    assert mail.endswith(numbered(number)), mail
    return number


class Rounds:
    def __init__(self, old, server, seed):
        self.old, self.server = old, server
        self.chance = random.Random(seed)
        self.killed = 0
        user = old.add_user(MESSAGES)
        self.steps = count_steps_of(server.pid, lambda: answer(server, user),
                                    server.folder / "strace")
        assert self.steps.get("fdatasync", 0) + self.steps.get("fsync", 0) > 2

    def kill_in_login(self, user):
        """Or after it, when it did not come so far."""
        call = self.chance.choice(sorted(self.steps))
        self.killed += act_and_kill(self.server.pid, lambda: try_login(self.server, user), call,
                                    self.chance.randint(1, self.steps[call]))
        self.server.kill()
        self.server.start()

    def is_here(self, user):
        return is_account(self.server, user) and route_of(self.server, user) == "here"

    def run_one(self):
        user = self.old.add_user(MESSAGES)
        there = self.old.seen_by(user)
        sent = list(range(MESSAGES))
        for number in (1000, 2000):
            self.kill_in_login(user)
            # Mail comes by both ways, as long as there are two.
            if not self.is_here(user):
                self.old.dovecot.deliver(user.name, [numbered(number)])
                sent.append(number)
            assert hand_in(self.server, user.name, numbered(number + 1)) == [250]
            sent.append(number + 1)
        comes_over(self.server, user)
        here = look_here(self.server, user)
        assert here.uids[:MESSAGES] == there.uids
        assert here.messages[:MESSAGES] == there.messages
        assert len(set(here.uids)) == len(here.uids)
        assert sorted(map(number_of, here.messages)) == sorted(sent)


def kill_and_go_on(old, make_server, rounds, seed):
    run = Rounds(old, old.start_new(make_server), seed)
    for _ in range(rounds):
        run.run_one()
    assert run.killed > 0, f"seed {seed}"


def test_a_few_rounds(old, make_server):
    kill_and_go_on(old, make_server, 2 if is_sanitized() else 4, seed=1)


@pytest.mark.long
@pytest.mark.seconds(3000)
def test_fifty_rounds(old, make_server):
    kill_and_go_on(old, make_server, 50, seed=2)
