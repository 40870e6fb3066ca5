"""What every server under measurement has: accounts in groups, their mail, ports, a process."""

import contextlib
import os
import pathlib
import resource
import sqlite3
import subprocess
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from harness.certs import make_certificate  # noqa: E402
from harness.server import BIN, ServerFactory  # noqa: E402

PASSWORD = "measured-password"


@dataclass(frozen=True)
class Group:
    """Accounts that are alike: `messages` of `message_bytes` lie in each maildrop. `scheme`: how
    the servers keep the password."""

    name: str
    accounts: int
    messages: int = 0
    message_bytes: int = 10240
    scheme: str = "PLAIN"
    read_at_start: bool = False  # Its mail is there for servers that look at all of it.

    def users(self):
        return [f"{self.name}{number}@example.test" for number in range(self.accounts)]


def takes_part(peer, workload):
    """Servers in all workloads or in those that they name; what is none, as a bound only."""
    if not peer.is_server:
        return workload.bound == peer.name
    return workload.name in getattr(peer, "workloads", (workload.name,))


class Workplace:
    """The folder of one run: certificate, mails, and a file of accounts for each group."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)  # Servers that are not root read from it.
        self.certificate, self.key = make_certificate(self.folder, "bench", ["127.0.0.1"])
        self._secrets = {"PLAIN": "{PLAIN}" + PASSWORD}

    def mail(self, octets):
        """A file with the mail of about this size, in wire form, with its checksum in it."""
        path = self.folder / f"mail.{octets}"
        if not path.exists():
            with path.open("wb") as file:
                subprocess.run([BIN / "load", "--print-message", "--message-bytes", str(octets)],
                               stdout=file, check=True, timeout=60)
        return path

    def accounts(self, group):
        """Lines: name password."""
        path = self.folder / f"accounts.{group.name}"
        if not path.exists():
            path.write_text("".join(f"{user} {PASSWORD}\n" for user in group.users()))
        return path

    def secret(self, group):
        """As a passwd-file has it, the same for all accounts of a group."""
        if group.scheme not in self._secrets:
            self._secrets[group.scheme] = _argon2id()
        return self._secrets[group.scheme]


def _argon2id():
    """Hashed by restantectl, with the cost that it gives new passwords."""
    factory = ServerFactory()
    try:
        server = factory(start=False)
        server.add_account("hashed@example.test", PASSWORD)
        with contextlib.closing(sqlite3.connect(server.data_dir / "accounts.db")) as database:
            return database.execute("SELECT secret FROM account").fetchone()[0]
    finally:
        factory.close()


def evict(paths):
    """Writes these files out and drops them from the page cache; links to one file count once."""
    for path in {path.stat().st_ino: path for path in paths if path.is_file()}.values():
        with path.open("rb") as file:
            os.fdatasync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def descriptors():
    """Raises the limit on open files as far as it goes, for what is started from here on."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
