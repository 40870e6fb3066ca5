"""postsrsd on loopback: rewrites the senders of mail that Postfix passes on to strangers, so that
their checks by SPF hold. tools/unpack.sh brings it."""

import pathlib
import shutil
import socket
import tempfile

from .deadline import poll
from .ports import free_port
from .process import Process

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "build/unpacked/usr/sbin/postsrsd"


class Srs:
    """For mail of `domain`; `settings` are the lines for Postfix's main.cf."""

    def __init__(self, domain):
        assert PROGRAM.exists(), f"{PROGRAM} is missing: run tools/unpack.sh"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-srs-"))
        (self.folder / "secret").write_text("of-this-test\n")
        self.forward, self.reverse = free_port(), free_port()
        self.settings = (f"sender_canonical_maps = tcp:127.0.0.1:{self.forward}\n"
                         "sender_canonical_classes = envelope_sender\n"
                         f"recipient_canonical_maps = tcp:127.0.0.1:{self.reverse}\n"
                         "recipient_canonical_classes = envelope_recipient,header_recipient\n")
        self._process = Process([PROGRAM, "-d", domain, "-s", self.folder / "secret",
                                 "-f", self.forward, "-r", self.reverse, "-l", "127.0.0.1", "-4"])
        poll(self._answers, 60, "an answer of postsrsd")

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.forward), 60):
                return True
        except OSError:
            assert self._process.running(), "\n".join(self._process.lines())
            return False

    def close(self):
        self._process.kill()
        shutil.rmtree(self.folder)
