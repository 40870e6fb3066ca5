"""restanted under test: its folder, its configuration, its life. Ports are always chosen by the
kernel and read from the log; nothing here sleeps."""

import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass

from . import toml
from .process import Process

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("RESTANTE_BIN", ROOT / "build/release/bin")).resolve()
START_SECONDS = 60  # Generous: sanitizer builds on a busy machine.
STOP_SECONDS = 60

_LISTENING = re.compile(r"listening protocol=(\w+) address=(\S+) tls=(\w+)")


def is_sanitized():
    """Of the programs under test; slower by far, and bounds of time and memory do not hold."""
    server = BIN / "restanted"
    return server.is_file() and any(name in server.read_bytes()
                                    for name in (b"__asan_init", b"__tsan_init"))


def listen(protocol, tls, address="127.0.0.1:0"):
    return {"protocol": protocol, "address": address, "tls": tls}


DEFAULT_LISTEN = [
    listen("pop3", "starttls"), listen("pop3", "implicit"),
    listen("lmtp", "starttls"), listen("smtp", "starttls"),
]


@dataclass(frozen=True)
class Account:
    name: str
    password: str


class Server:
    """Not started by the constructor: accounts may be added first."""

    def __init__(self, folder, overrides=None):
        self.folder = pathlib.Path(folder)
        self.data_dir = self.folder / "data"
        self.config_path = self.folder / "restante.toml"
        self.prefix = []  # The words before those of every program of this server.
        self.process = None
        self.log = []  # Of all the lives before this one.
        self._addresses = {}
        self._accounts = 0
        self.configure(overrides or {})

    def configure(self, overrides):
        self.config = toml.merged({
            "hostname": "mail.example.test",
            "data_dir": str(self.data_dir),
            "listen": DEFAULT_LISTEN,
            "accounts": {"default_domain": "example.test"},
            "server": {"allow_root": True},  # CI and containers run the tests as root.
        }, overrides)
        text = toml.dumps(self.config) + "\n"
        self.config_path.write_text(text)
        if "password=" in text:  # The server insists on it.
            self.config_path.chmod(0o600)

    def write_secret(self, name, text):
        """A file beside the configuration that only its owner may read: the server insists on
        it."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def start(self):
        self.process = Process([*self.prefix, BIN / "restanted", "--config", self.config_path])
        self.process.wait_line(lambda line: re.search(r"\bready\b", line), START_SECONDS)
        self._addresses = {}
        for line in self.process.lines():
            found = _LISTENING.search(line)
            if found:
                self._addresses.setdefault(found.group(1, 3), []).append(found.group(2))
        return self

    def address(self, protocol, tls="starttls", index=0):
        """(host, port), or the path of a unix socket."""
        text = self._addresses[protocol, tls][index]
        if text.startswith("unix:"):
            return text[len("unix:"):]
        host, port = text.rsplit(":", 1)
        return host.strip("[]"), int(port)

    def port(self, protocol, tls="starttls"):
        return self.address(protocol, tls)[1]

    @property
    def pid(self):
        return self.process.pid

    def all_log(self):
        return self.log + (self.process.lines() if self.process else [])

    def logged(self, pattern):
        """The first line of this life in which the pattern is found; awaited, since what a client
        has seen may be logged a moment later."""
        return self.process.wait_line(re.compile(pattern).search, START_SECONDS)

    def _ended(self, code):
        self.log += self.process.lines()
        self.process = None
        return code

    def terminate(self):
        """Asks it to end; stop() waits."""
        self.process.signal(signal.SIGTERM)

    def stop(self):
        """Ends it in order and returns the exit code."""
        self.terminate()
        return self._ended(self.process.wait(STOP_SECONDS))

    def wait(self):
        return self._ended(self.process.wait(STOP_SECONDS))

    def kill(self):
        """SIGKILL: nothing is finished, nothing is flushed."""
        if self.process:
            self.process.kill()
            self._ended(None)

    def restart(self):
        assert self.stop() == 0
        return self.start()

    def reload(self):
        self.process.signal(signal.SIGHUP)

    def ctl(self, *words, data=b"", check=True):
        """Runs restantectl; a failure fails the test unless `check` is False."""
        result = subprocess.run([*self.prefix, BIN / "restantectl", "--config", self.config_path,
                                 *words],
                                input=data, capture_output=True, timeout=START_SECONDS,
                                check=False)
        if check and result.returncode != 0:
            raise AssertionError(f"restantectl {' '.join(map(str, words))}: exit "
                                 f"{result.returncode}\n{result.stderr.decode()}")
        return result

    def add_account(self, name=None, password=None):
        """A new account, by default with a name and a password of its own."""
        self._accounts += 1
        name = name or f"user{self._accounts}@example.test"
        password = password or secrets.token_urlsafe(12)
        self.ctl("account", "add", name, "--password-stdin", data=password.encode() + b"\n")
        return Account(name, password)

    def memory_kb(self, key="VmHWM"):
        """From /proc/PID/status: VmHWM is the peak, VmRSS what it holds now."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise AssertionError(key)

    def reset_memory_peak(self):
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")


alive = []  # Every server of a factory that is not closed: their logs explain a failure.


class ServerFactory:
    """Makes servers, and in the end kills them and removes their folders."""

    def __init__(self):
        self._made = []

    def __call__(self, overrides=None, start=True):
        # Not pytest's tmp_path: unix socket paths must be short.
        server = Server(tempfile.mkdtemp(prefix="restante-"), overrides)
        self._made.append(server)
        alive.append(server)
        if start:
            server.start()
        return server

    def close(self):
        reports = []
        for server in self._made:
            server.kill()
            alive.remove(server)
            shutil.rmtree(server.folder)
            if any("Sanitizer: " in line for line in server.log):
                reports += server.log
        assert not reports, "a sanitizer has reported:\n" + "\n".join(reports[-200:])
