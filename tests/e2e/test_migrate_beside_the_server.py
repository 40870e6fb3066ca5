"""SIGKILL of the server while `restantectl migrate` brings mail into a maildrop of it, and of
migrate while the server delivers into the same one: nothing is there twice, nothing that was
answered is lost, and the next run goes on."""

import itertools
import random
import subprocess
import threading

import pytest

from harness.lmtp import Lmtp
from harness.messages import number_of, numbered, split_trace
from harness.moved import look_here
from harness.server import BIN

pytestmark = pytest.mark.kill

MESSAGES = 300
NEW = 900_000  # Numbers from here on came by LMTP.


@pytest.fixture
def mailbox(tmp_path):
    folder = tmp_path / "old"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    lines = ["3 V1700000000 N9999 G88\n"]
    for number in range(1, MESSAGES + 1):
        name = f"{1_600_000_000 + number}.M1P1.test"
        (folder / "cur" / f"{name}:2,S").write_bytes(numbered(number))
        lines.append(f"{number} :{name}\n")
    (folder / "dovecot-uidlist").write_text("".join(lines))
    return folder


class Sender(threading.Thread):
    """Delivers until the server is gone, or until it is told to stop."""

    def __init__(self, server, account, first):
        super().__init__()
        self.address, self.name_here, self.numbers = (
            server.address("lmtp"), account.name, itertools.count(first))
        self.answered, self.sent = set(), set()
        self.some, self.over = threading.Event(), threading.Event()
        self.start()

    def run(self):
        try:
            with Lmtp(self.address) as lmtp:
                while not self.over.is_set():
                    number = next(self.numbers)
                    self.sent.add(number)
                    [(code, _)] = lmtp.data(numbered(number), self.name_here)
                    assert code == 250
                    self.answered.add(number)
                    self.some.set()
        except OSError:
            pass  # The server was killed.
        finally:
            self.some.set()


class Round:
    def __init__(self, server, mailbox, chance):
        self.server, self.mailbox, self.chance = server, mailbox, chance
        self.account = server.add_account()
        self.answered, self.sent = set(), set()

    def run(self):
        """Who was killed."""
        victims = self.chance.choice([("server",), ("migrate",), ("server", "migrate")])
        sender = Sender(self.server, self.account, NEW)
        sender.some.wait()
        process = self.migrate("migrate" in victims)
        if "server" in victims:
            # Somewhere between the start of migrate and its end.
            for _ in range(self.chance.randint(0, 30)):
                if process.poll() is not None:
                    break
                sender.some.clear()
                sender.some.wait()
            self.server.kill()
        _, said = process.communicate(timeout=300)
        sender.over.set()
        sender.join()
        assert process.returncode == 0 or "migrate" in victims, said.decode()
        if "server" in victims:
            self.server.start()
        self.check(sender)
        return set(victims) if process.returncode else {"server"} & set(victims)

    def migrate(self, to_be_killed):
        words = [str(BIN / "restantectl"), "--config", str(self.server.config_path), "migrate",
                 str(self.mailbox), "--account", self.account.name]
        if to_be_killed:
            call, most = self.chance.choice([("pwritev", 200), ("fdatasync", 4), ("openat", 300)])
            words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                     f"inject={call}:signal=SIGKILL:when={self.chance.randint(1, most)}", *words]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def check(self, sender):
        self.server.ctl("migrate", str(self.mailbox), "--account", self.account.name, "--verify")
        here = look_here(self.server, self.account)
        wanted = [b"%08x6553f100" % number for number in range(1, MESSAGES + 1)]
        old = [(uid, text) for uid, text in zip(here.uids, here.messages) if uid in set(wanted)]
        assert old == [(uid, numbered(int(uid[:8], 16))) for uid in wanted]
        came = [number_of(split_trace(text)[1])
                for uid, text in zip(here.uids, here.messages) if uid not in set(wanted)]
        assert len(set(came)) == len(came), "a message is there twice"
        assert sender.answered <= set(came) <= sender.sent


def kill_and_go_on(server, mailbox, rounds, seed):
    chance = random.Random(seed)
    killed = set()
    for _ in range(rounds):
        killed |= Round(server, mailbox, chance).run()
    assert killed == {"server", "migrate"}, f"seed {seed}"


def test_a_few_rounds(server, mailbox):
    kill_and_go_on(server, mailbox, 8, seed=1)


@pytest.mark.long
@pytest.mark.seconds(3000)
def test_fifty_rounds(server, mailbox):
    kill_and_go_on(server, mailbox, 50, seed=2)
