"""A pop3d of GNU Mailutils of its own on loopback, for the client: it makes unique ids from the
time of its first look, writes them into the messages (X-UIDL) when a session ends well, and its
LIST says sizes that are not those of RETR."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from .deadline import poll
from .dovecot import answers
from .ports import free_port
from .process import Process

START_SECONDS = 60
PASSWORD = "the-mailboxes"
DOMAIN = "example.test"


class Mailutils:
    def __init__(self, password=PASSWORD, scheme="-6"):
        """`scheme`: of `openssl passwd`."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-mailutils-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._hash = subprocess.run(["openssl", "passwd", scheme, password], check=True, text=True,
                                    capture_output=True, timeout=START_SECONDS).stdout.strip()
        for name in ("domains", "locks", "homes"):
            self._make(self.folder / name)
        self._config = self.folder / "pop3d.conf"
        self._config.write_text(
            "mode daemon; foreground yes; max-children 200;\n"
            f"server 127.0.0.1:{self.port} {{ transcript no; }};\n"
            "auth { authentication generic; authorization virtdomain; };\n"
            f'virtdomain {{ passwd-dir "{self.folder}/domains"; }};\n'
            "mailbox { mailbox-type maildir; };\n"
            f'mandatory-locking {{ enable yes; lock-directory "{self.folder}/locks"; }};\n'
            "logging { syslog no; };\ntcp-wrappers { enable no; };\n")
        self._number = 0
        self.process = None

    def _make(self, path):
        path.mkdir()
        os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def start(self):
        self.process = Process(["/usr/sbin/pop3d", "--no-site-config",
                                f"--config-file={self._config}"])
        poll(lambda: answers(self.port, self.process), START_SECONDS, "an answer of Mailutils")
        return self

    def add_account(self, name=None):
        """The name with its domain; the password is the one of all."""
        self._number += 1
        name = name or f"user{self._number}"
        home = self.folder / "homes" / name
        for path in (home, self._inbox(name), *(self._inbox(name) / each
                                                for each in ("cur", "new", "tmp"))):
            self._make(path)
        with (self.folder / "domains" / DOMAIN).open("a") as domain:
            domain.write(f"{name}:{self._hash}:{self._owner.pw_uid}:{self._owner.pw_gid}::{home}:"
                         "/bin/false\n")
        return f"{name}@{DOMAIN}"

    def _inbox(self, name):
        return self.folder / "homes" / name.partition("@")[0] / "INBOX"

    def deliver(self, account, messages):
        """As its own Maildirs have them: lines end in LF."""
        for message in messages:
            self._number += 1
            path = self._inbox(account) / "new" / f"{1_600_000_000 + self._number}.M1P1.test"
            path.write_bytes(message.replace(b"\r\n", b"\n"))
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    @staticmethod
    def as_sent(message):
        """The mail as delivered, taken out of Mailutils' form."""
        return b"".join(line for line in message.splitlines(keepends=True)
                        if not line.startswith(b"X-UIDL: "))

    def count(self, account):
        return sum(1 for folder in ("new", "cur")
                   for _ in (self._inbox(account) / folder).iterdir())

    def close(self):
        if self.process:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
