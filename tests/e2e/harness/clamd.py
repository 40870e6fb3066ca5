"""A clamd of its own, on a socket in a folder of the test and on a free port, whose only database
is what the test writes: one signature, for a word. It looks nothing up anywhere."""

import pathlib
import shutil
import socket
import tempfile

from .deadline import poll
from .ports import free_port
from .process import Process

START_SECONDS = 120
MARKER = b"restante-marker-of-the-tests"
SIGNATURE = "Restante.Test"
FOUND = SIGNATURE + ".UNOFFICIAL"  # What clamd makes of an unsigned signature.
STREAM_MAX = 1 << 20


class Clamd:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-clamd-"))
        self.path = self.folder / "socket"
        self.port = free_port()
        database = self.folder / "database"
        database.mkdir()
        (database / "local.ndb").write_text(f"{SIGNATURE}:0:*:{MARKER.hex()}\n")
        self._config = self.folder / "clamd.conf"
        self._config.write_text(
            f"Foreground yes\nDatabaseDirectory {database}\nTemporaryDirectory {self.folder}\n"
            f"LocalSocket {self.path}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\n"
            f"StreamMaxLength {STREAM_MAX}\nMaxThreads 2\nExitOnOOM yes\n")
        self.process = None

    @property
    def target(self):
        return f"unix:{self.path}"

    def start(self):
        self.process = Process(["/usr/sbin/clamd", "--config-file", self._config])
        poll(self._answers, START_SECONDS, "a clamd that answers")
        return self

    def _answers(self):
        assert self.process.running(), "\n".join(self.process.lines())
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            try:
                connection.connect(str(self.path))
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
            except OSError:
                return False

    def stop(self):
        if self.process:
            self.process.kill()
            self.process = None
        self.path.unlink(missing_ok=True)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
