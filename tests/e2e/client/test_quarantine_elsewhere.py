"""Mail leaves the quarantine for a mailbox on another disk, where no file can be renamed to: it is
copied. Killed at any step, or with a disk that fails, each message is in one of them or in both,
and the next try leaves it in the mailbox, once."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

import pytest

from harness.fetched import OurMaildrop
from harness.killing import count_steps, run_killed
from harness.messages import assert_same, numbered
from harness.restante import IO_ERROR, PARTIAL

pytestmark = pytest.mark.kill

ROUNDS = int(os.environ.get("RESTANTE_KILL_ROUNDS", "24"))
SEED = int(os.environ.get("RESTANTE_KILL_SEED", "1"))
# The calls that copy, publish and remove; the database is nothing new here.
CALLS = ("write", "fdatasync", "fsync", "rename", "unlink", "openat")


@pytest.fixture
def elsewhere(client):
    """The account's mailbox is in memory; its quarantine stays where the archive is."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-disk-", dir="/dev/shm"))
    assert folder.stat().st_dev != client.folder.stat().st_dev
    client.archive.mkdir(mode=0o700)
    (client.archive / "home").symlink_to(folder)
    yield folder
    shutil.rmtree(folder)


class Quarantined:
    """Mail that no clamd has scanned, and what must hold while its owner lets it in."""

    def __init__(self, client, server):
        self.client, self.maildrop, self.sent = client, OurMaildrop(server), []
        client.top["clamd"] = f"unix:{client.folder}/no-clamd"
        client.add_account(self.maildrop.port, self.maildrop.user, self.maildrop.password,
                           delete="after-fetch")

    def deliver(self):
        start = len(self.sent)
        self.sent += self.maildrop.deliver(numbered(n, 3000) for n in range(start, start + 2))
        self.client.fetch(code=PARTIAL)

    def release(self):
        """The command that lets everything in; nothing: there is nothing."""
        listed = json.loads(self.client.run("--format", "json", "quarantine", "list").stdout)
        ids = [entry["id"] for entry in listed]
        return self.client.command("quarantine", "release", "--yes", *ids) if ids else None

    def held(self):
        folder = self.client.archive / ".restante/quarantine/home/new"
        return [path.read_bytes().replace(b"\n", b"\r\n") for path in folder.iterdir()]

    def check(self, when):
        assert set(self.client.messages()) | set(self.held()) == set(self.sent), when

    def settle(self):
        if command := self.release():
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        assert_same(self.client.messages(), self.sent)
        assert self.held() == [] and self.client.leftovers() == []
        assert self.release() is None


@pytest.mark.seconds(1800)
def test_kill_9_on_the_way_to_another_disk(client, server, elsewhere):
    mail = Quarantined(client, server)
    mail.deliver()
    counts = count_steps(mail.release(), CALLS, client.folder / "strace")
    assert counts["rename"] == 4, counts  # Two that fail, and two of copies.
    steps = [(call, number) for call in CALLS for number in range(1, counts[call] + 1)]
    random.Random(SEED).shuffle(steps)
    kills = 0
    for call, number in steps[:ROUNDS or len(steps)]:
        mail.deliver()
        kills += run_killed(mail.release(), call, number)
        mail.check(f"{call} {number}")
        mail.settle()
    assert kills >= min(ROUNDS or len(steps), len(steps)) - 2
    assert list(elsewhere.glob("new/*"))


def test_nothing_leaves_the_quarantine_by_a_failed_sync(client, server, elsewhere):
    mail = Quarantined(client, server)
    mail.deliver()
    failed = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(elsewhere / "new"),
         "-e", "inject=fsync:error=EIO", *mail.release()],
        capture_output=True, timeout=60, check=False)
    assert failed.returncode == IO_ERROR, failed
    assert b"/home/new" in failed.stderr
    assert sorted(mail.held()) == sorted(mail.sent)
    mail.settle()
