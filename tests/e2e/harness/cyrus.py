"""A Cyrus server of its own on loopback, for the client: mail goes in by its lmtpd and comes out by
its pop3d, both started by its master. Every password is right. tools/unpack.sh brings it."""

import os
import pathlib
import poplib
import pwd
import re
import shutil
import signal
import smtplib
import tempfile

from .deadline import poll
from .dovecot import answers
from .ports import free_port
from .process import Process

START_SECONDS = 60
ROOT = pathlib.Path(__file__).resolve().parents[3] / "build/unpacked"
PROGRAMS = ROOT / "usr/lib/cyrus/bin"
LIBRARIES = ROOT / "usr/lib/x86_64-linux-gnu"

_ADDED = re.compile(rb"^Message-ID: <cmu-lmtpd-.*\r\nDate: .*\r\n", re.M)


class Cyrus:
    def __init__(self, settings="", lmtp_port=None):
        """`settings`: more lines of imapd.conf. `lmtp_port`: LMTP there, too."""
        assert PROGRAMS.exists(), f"{PROGRAMS} is missing: run tools/unpack.sh"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-cyrus-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for path in (self.folder, self.folder / "db", self.folder / "spool"):
            path.mkdir(exist_ok=True)
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        self._config = self.folder / "imapd.conf"
        self._config.write_text(
            f"configdirectory: {self.folder}/db\n"
            f"partition-default: {self.folder}/spool\ndefaultpartition: default\n"
            f"cyrus_user: {self._owner.pw_name}\nservername: example.test\n"
            "sasl_pwcheck_method: alwaystrue\nsasl_mech_list: PLAIN\nallowplaintext: yes\n"
            "autocreate_post: yes\nautocreate_quota: 0\nduplicatesuppression: no\n"
            "expunge_mode: immediate\ndelete_mode: immediate\n" + settings)
        more = f'  tcp cmd="{self._program("lmtpd")} -a" listen="127.0.0.1:{lmtp_port}"\n' \
            if lmtp_port else ""
        self._services = self.folder / "cyrus.conf"
        self._services.write_text(
            f'START {{\n  recover cmd="{self._program("ctl_cyrusdb")} -r"\n}}\n'
            f'SERVICES {{\n  pop3 cmd="{self._program("pop3d")}" listen="127.0.0.1:{self.port}"\n'
            f'  lmtp cmd="{self._program("lmtpd")} -a" listen="{self.folder}/lmtp"\n{more}}}\n')
        self._number = 0
        self.process = None

    def _program(self, name):
        return f"{PROGRAMS / name} -C {self._config}"

    def start(self):
        self.process = Process(
            [*self._program("master").split(" "), "-M", self._services, "-D",
             "-l", "1024", "-p", self.folder / "master.pid"],
            env={**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES)})
        poll(lambda: answers(self.port, self.process), START_SECONDS, "an answer of Cyrus")
        return self

    def add_account(self):
        """The name; the mailbox is made by the first mail."""
        self._number += 1
        return f"user{self._number}"

    def deliver(self, account, messages):
        with smtplib.LMTP(str(self.folder / "lmtp")) as lmtp:
            for message in messages:
                assert lmtp.sendmail("sender@example.org", [account], message) == {}

    @staticmethod
    def as_sent(message):
        """Without the trace that Cyrus puts before it and the fields it puts into its header."""
        return _ADDED.sub(b"", message[message.index(b"\r\nFrom: ") + 2:], count=1)

    def count(self, account):
        session = poplib.POP3("127.0.0.1", self.port, timeout=START_SECONDS)
        session.user(account)
        session.pass_("any")
        count, _ = session.stat()
        session.quit()
        return count

    def stop(self):
        self.process.signal(signal.SIGTERM)  # Its children end, too.
        self.process.wait(START_SECONDS)
        self.process = None

    def close(self):
        if self.process:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
