"""Courier's POP3 server on loopback, for the client. Only its part behind the login is Courier's:
the login itself is ours, since Courier's needs a daemon of the whole machine. tools/unpack.sh
brings it."""

import os
import pathlib
import shutil
import socketserver
import subprocess
import tempfile
import threading

from .quiet_server import QuietServer

ROOT = pathlib.Path(__file__).resolve().parents[3] / "build/unpacked"
PROGRAM = ROOT / "usr/lib/courier/courier/courierpop3d"
LIBRARIES = (ROOT / "usr/lib", ROOT / "usr/lib/x86_64-linux-gnu")
PASSWORD = "the-mailboxes"
LINE_MAX = 512
SECONDS = 60


class _Login(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(SECONDS)
        self._say("+OK Hello there.")
        user = ""
        while True:
            verb, _, argument = self._line().partition(" ")
            if verb.upper() == "USER":
                user = argument
                self._say("+OK Password required.")
            elif verb.upper() == "PASS" and argument == PASSWORD:
                return self.server.courier.serve(user, self.request)
            elif verb.upper() in ("QUIT", ""):
                return self._say("+OK Better luck next time.")
            else:
                self._say("-ERR Invalid command.")

    def _say(self, text):
        self.request.sendall(text.encode() + b"\r\n")

    def _line(self):
        """Read octet by octet: what follows the login is not ours."""
        line = b""
        while not line.endswith(b"\n") and len(line) < LINE_MAX:
            octet = self.request.recv(1)
            if not octet:
                return ""
            line += octet
        return line.decode("latin-1").rstrip("\r\n")


class Courier:
    def __init__(self):
        assert PROGRAM.exists(), f"{PROGRAM} is missing: run tools/unpack.sh"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-courier-"))
        self._number = 0
        self._server = QuietServer(("127.0.0.1", 0), _Login)
        self._server.courier = self
        self.port = self._server.server_address[1]

    def start(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def serve(self, user, connection):
        paths = ":".join([*map(str, LIBRARIES), os.environ.get("LD_LIBRARY_PATH", "")])
        connection.setblocking(True)
        subprocess.run([PROGRAM, self.folder / user], stdin=connection, stdout=connection,
                       stderr=subprocess.DEVNULL, check=False, timeout=SECONDS,
                       env={**os.environ, "LD_LIBRARY_PATH": paths, "AUTHENTICATED": user,
                            "HOME": str(self.folder)})

    def add_account(self):
        """The name; the password is PASSWORD."""
        self._number += 1
        name = f"user{self._number}"
        for folder in ("", "cur", "new", "tmp"):
            (self.folder / name / folder).mkdir()
        return name

    def deliver(self, account, messages):
        """As Courier's Maildirs have them: lines end in LF."""
        for message in messages:
            self._number += 1
            path = self.folder / account / "new" / f"{1_600_000_000 + self._number}.M1P1.test"
            path.write_bytes(message.replace(b"\r\n", b"\n"))

    @staticmethod
    def as_sent(message):
        return message

    def count(self, account):
        return sum(1 for folder in ("new", "cur")
                   for _ in (self.folder / account / folder).iterdir())

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)
