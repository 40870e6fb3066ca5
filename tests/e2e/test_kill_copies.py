"""SIGKILL of the server before any of its system calls that change something, while copies go out:
no mail that was answered 250 is missing anywhere, a target has one twice at most for each kill that
fell between its 250 and our record, and an account here has each once."""

import collections
import contextlib
import random
import re

import pytest

from harness.deadline import poll
from harness.killing import act_and_kill, count_steps_of, has_ended
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import login_when_free
from harness.server import is_sanitized
from harness.targets import MailTarget
from harness.wire import Closed

pytestmark = pytest.mark.kill

MAILS = 4


def number_of(mail):
    return int(re.search(rb"^Subject: number (\d+)", mail, re.M)[1])


class Rounds:
    def __init__(self, make_server, target, seed):
        self.chance = random.Random(seed)
        self.target = target
        place = f"lmtp:127.0.0.1:{target.port}"
        self.server = make_server({"copies": {"targets": [place]}})
        self.account, self.other = self.server.add_account(), self.server.add_account()
        self.server.ctl("account", "copy", self.account.name, "--to", place)
        self.server.ctl("account", "copy", self.account.name, "--to",
                        f"account:{self.other.name}", "--label", "other")
        self.next = 0
        self.accepted = set()
        self.killed = 0
        self.steps = count_steps_of(self.server.pid, self.deliver_and_await,
                                    self.server.folder / "strace")
        assert self.steps.get("fdatasync", 0) > 2

    def deliver(self):
        with Lmtp(self.server.address("lmtp")) as lmtp:
            for _ in range(MAILS):
                number, self.next = self.next, self.next + 1
                [(code, _)] = lmtp.data(numbered(number), [self.account.name])
                if code == 250:
                    self.accepted.add(number)

    def seen(self):
        return collections.Counter(map(number_of, list(self.target.mails)))

    def deliver_and_await(self):
        with contextlib.suppress(Closed, OSError):  # The server is killed meanwhile.
            self.deliver()
        with contextlib.suppress(AssertionError):
            poll(lambda: has_ended(self.server.pid) or self.accepted <= set(self.seen()), 20,
                 "all copies")

    def run_one(self):
        call = self.chance.choice(sorted(self.steps))
        self.killed += act_and_kill(self.server.pid, self.deliver_and_await, call,
                                    self.chance.randint(1, self.steps[call]))
        self.server.kill()
        self.server.start()
        poll(lambda: self.accepted <= set(self.seen()), 120, "each mail at its target")

    def mails_of(self, account):
        with login_when_free(self.server.address("pop3"), account) as pop3:
            found = [number_of(pop3.retr(number)) for number in pop3.uids()]
            pop3.ok("QUIT")
            return found

    def check(self, rounds):
        own = set(self.mails_of(self.account))
        assert self.accepted <= own
        # A mail may be there whose 250 was never heard.
        poll(lambda: own <= set(self.seen()), 120, "each mail of the maildrop at its target")
        twice = sum(self.seen().values()) - len(self.seen())
        assert twice <= rounds, f"{twice} more than once, of {rounds} kills"
        poll(lambda: own <= set(self.mails_of(self.other)), 120, "each mail in the other maildrop")
        assert sorted(self.mails_of(self.other)) == sorted(own), "once, whatever happened"


def kill_and_go_on(make_server, kills, seed):
    """In a round that does not come to its call, the server is killed at its end."""
    with MailTarget() as target:
        run = Rounds(make_server, target, seed)
        rounds = 0
        while run.killed < kills and rounds < 5 * kills:
            run.run_one()
            rounds += 1
        run.check(rounds)
        assert run.killed == kills, f"{run.killed} kills in {rounds} rounds, seed {seed}"


def test_a_few_rounds(make_server):
    kill_and_go_on(make_server, 2 if is_sanitized() else 4, seed=1)


@pytest.mark.long
@pytest.mark.seconds(3000)
def test_fifty_rounds(make_server):
    kill_and_go_on(make_server, 50, seed=2)
