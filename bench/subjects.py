"""Starts what is measured: the yardstick, and restanted with one thread, an argon2id account and 20
messages of 10 kB."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from harness.lmtp import Lmtp  # noqa: E402
from harness.process import Process  # noqa: E402
from harness.server import BIN, ServerFactory  # noqa: E402

import measure  # noqa: E402


def _mail():
    head = b"Subject: measured\r\n\r\n"
    line = b"x" * 64 + b"\r\n"
    return head + line * ((measure.MESSAGE_BYTES - len(head)) // len(line))


def build_yardstick(folder):
    """The one of the build, or one made on the spot."""
    built = BIN / "yardstick"
    if built.is_file():
        return built
    program = pathlib.Path(folder) / "yardstick"
    subprocess.run([os.environ.get("CXX", "clang++-16"), "-std=c++20", "-O2",
                    ROOT / "bench/yardstick/main.cc", "-lssl", "-lcrypto",
                    "-o", program], check=True, timeout=120)
    return program


class Yardstick:
    def __init__(self, folder):
        self.process = Process([build_yardstick(folder)])

    def subject(self):
        line = self.process.wait_line(lambda text: text.startswith("listening "), 60)
        return measure.Subject("yardstick", self.process.pid, ("127.0.0.1", int(line.split()[1])),
                               "user", "password")

    def close(self):
        self.process.kill()


class Restanted:
    def __init__(self):
        self._factory = ServerFactory()
        self._server = self._factory({"server": {"threads": 1}},
                                     start=False)

    def subject(self):
        account = self._server.add_account()
        self._server.start()
        with Lmtp(self._server.address("lmtp")) as lmtp:
            for _ in range(measure.MESSAGES):
                lmtp.deliver(_mail(), account.name)
        return measure.Subject("restanted", self._server.pid, self._server.address("pop3"),
                               account.name, account.password)

    def close(self):
        self._factory.close()
