"""SIGKILL of restantectl migrate before any of its system calls that change something: the next run
goes on, and each message is there once, with its id, its octets and in its place."""

import random

import pytest

from harness.killing import STEPS, count_steps, run_killed
from harness.messages import numbered
from harness.moved import look_here
from harness.server import BIN, is_sanitized

pytestmark = pytest.mark.kill

MESSAGES = 2100  # More than two batches.


@pytest.fixture
def mailbox(tmp_path):
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    lines = ["3 V1700000000 N9999 G88\n"]
    for number in range(1, MESSAGES + 1):
        name = f"{1_600_000_000 + number}.M1P1.test"
        (tmp_path / "cur" / f"{name}:2,S").write_bytes(numbered(number))
        lines.append(f"{number} :{name}\n")
    (tmp_path / "dovecot-uidlist").write_text("".join(lines))
    return tmp_path


def kill_and_go_on(server, mailbox, rounds, seed):
    chance = random.Random(seed)

    def command(account):
        return [str(BIN / "restantectl"), "--config", str(server.config_path), "migrate",
                str(mailbox), "--account", account.name]
    steps = count_steps(command(server.add_account()), STEPS, server.folder / "strace")
    assert steps.get("fdatasync", 0) + steps.get("fsync", 0) > 2
    wanted = [b"%08x6553f100" % number for number in range(1, MESSAGES + 1)]
    killed = 0
    for _ in range(rounds):
        account = server.add_account()
        call = chance.choice(sorted(steps))
        killed += run_killed(command(account), call, chance.randint(1, steps[call]))
        # And once more where it goes on.
        call = chance.choice(sorted(steps))
        killed += run_killed(command(account), call, chance.randint(1, steps[call]))
        server.ctl("migrate", str(mailbox), "--account", account.name, "--verify")
        here = look_here(server, account)
        assert here.uids == wanted, f"seed {seed}"
        assert here.messages == [numbered(number) for number in range(1, MESSAGES + 1)]
    assert killed > 0


def test_a_few_rounds(server, mailbox):
    kill_and_go_on(server, mailbox, 2 if is_sanitized() else 6, seed=1)


@pytest.mark.long
@pytest.mark.seconds(3000)
def test_fifty_rounds(server, mailbox):
    kill_and_go_on(server, mailbox, 50, seed=2)
