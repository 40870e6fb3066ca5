"""popa3d on loopback, for the client, in a mount namespace with users and mailboxes of its own. It
is run for each connection, as inetd does it. Its unique ids are hashes of a few header fields:
messages that no server on the way has marked all have the same one. Needs root; tools/unpack.sh
brings it."""

import pathlib
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading

from .process import Process
from .quiet_server import QuietServer

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "build/unpacked/usr/sbin/popa3d"
SECONDS = 60
MAIL_GROUP = 8
MARK = b"Received: by example.test id %d; Sun, 22 Nov 2026 05:00:00 +0000\n"
# The file or folder of ours, and what it covers.
MOUNTS = (("pam.d", "/etc/pam.d"), ("passwd", "/etc/passwd"), ("mail", "/var/mail"),
          ("lib", "/var/lib"))


class _Session(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setblocking(True)
        subprocess.run([*self.server.inside, PROGRAM], stdin=self.request, stdout=self.request,
                       stderr=subprocess.DEVNULL, check=False, timeout=SECONDS)


class Popa3d:
    def __init__(self):
        assert PROGRAM.exists(), f"{PROGRAM} is missing: run tools/unpack.sh"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-popa3d-"))
        self.folder.chmod(0o755)
        for name in ("pam.d", "lib", "lib/popa3d", "mail"):
            (self.folder / name).mkdir(mode=0o755)
        # As Debian's /var/mail. In a sticky folder fs.protected_regular = 2 would forbid root to
        # open a user's mbox for appending.
        shutil.chown(self.folder / "mail", 0, MAIL_GROUP)
        (self.folder / "mail").chmod(0o2775)
        # Every password is right.
        (self.folder / "pam.d/popa3d").write_text(
            "auth required pam_permit.so\naccount required pam_permit.so\n")
        (self.folder / "passwd").write_text("root:x:0:0::/root:/bin/false\n"
                                            "popa3d:x:901:901::/nonexistent:/bin/false\n")
        self._number = 0
        self._namespace = None
        self._server = QuietServer(("127.0.0.1", 0), _Session)
        self.port = self._server.server_address[1]

    def start(self):
        mounts = " && ".join(f"mount --bind {self.folder}/{ours} {theirs}"
                             for ours, theirs in MOUNTS)
        self._namespace = Process(
            ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c",
             f"{mounts} && echo mounted && exec tail -f /dev/null"])
        self._namespace.wait_line(lambda line: line == "mounted", SECONDS)
        self._server.inside = ["nsenter", "--mount", f"--target={self._namespace.pid}", "--"]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def add_account(self):
        self._number += 1
        name, uid = f"user{self._number}", 1000 + self._number
        with (self.folder / "passwd").open("a") as users:
            users.write(f"{name}:x:{uid}:{MAIL_GROUP}::/nonexistent:/bin/false\n")
        mailbox = self._mailbox(name)
        mailbox.touch(mode=0o600)
        shutil.chown(mailbox, uid, MAIL_GROUP)
        return name

    def _mailbox(self, account):
        return self.folder / "mail" / account

    def deliver(self, account, messages, marked=True):
        """Into an mbox, so that quoting can be undone: with one more ">" before "From "."""
        with self._mailbox(account).open("ab") as mailbox:
            for message in messages:
                self._number += 1
                text = re.sub(rb"^(>*From )", rb">\1", message.replace(b"\r\n", b"\n"), flags=re.M)
                mark = MARK % self._number if marked else b""
                mailbox.write(b"From sender@example.org Sun Nov 22 05:00:00 2026\n" + mark + text
                              + b"\n")

    @staticmethod
    def as_sent(message):
        message = re.sub(rb"\AReceived: .*\r\n", b"", message)
        return re.sub(rb"^>(>*From )", rb"\1", message, flags=re.M)

    def count(self, account):
        return len(re.findall(rb"^From ", self._mailbox(account).read_bytes(), re.M))

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        if self._namespace:
            self._namespace.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
