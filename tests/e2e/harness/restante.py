"""The client under test: its configuration, its runs, and what its archive holds."""

import hashlib
import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from . import toml
from .process import Process
from .server import BIN

RUN_SECONDS = 120

# Exit codes (sysexits, and 1: some of it failed).
OK, PARTIAL, UNAVAILABLE, TEMPORARY, PROTOCOL, NO_PERMISSION = 0, 1, 69, 75, 76, 77
CANNOT_CREATE, IO_ERROR = 73, 74

_NAME = re.compile(r"\d+\.([0-9a-f]{64})\.restante,S=(\d+)(:2,[A-Za-z]*)?$")


class Restante:
    """Not pytest's tmp_path: several are made in one test, and they are removed at once."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-client-"))
        self.archive = self.folder / "archive"
        self.config_path = self.folder / "client.toml"
        self.prefix = []  # The words before every run's.
        self.accounts = []
        self.top = {}  # Further keys and tables of the configuration.
        self.write()

    def write(self):
        self.config_path.touch(mode=0o600)  # There are passwords in it.
        self.config_path.write_text(
            toml.dumps({"archive": str(self.archive), **self.top,
                        "account": self.accounts}) + "\n")

    def add_account(self, port, user, password, **more):
        """On 127.0.0.1, without TLS unless `more` says so; the first is called "home"."""
        name = more.pop("name", "home" if not self.accounts else f"home{len(self.accounts) + 1}")
        self.accounts.append({"name": name, "host": "127.0.0.1", "port": port, "tls": "none",
                              "user": user, "password": password, **more})
        self.write()
        return name

    def change(self, **settings):
        """Of the last account; None removes."""
        for key, value in settings.items():
            self.accounts[-1].pop(key, None)
            if value is not None:
                self.accounts[-1][key] = value
        self.write()

    def command(self, *words):
        return [*map(str, self.prefix), str(BIN / "restante"), "--config", str(self.config_path),
                *map(str, words)]

    def run(self, *words, code=OK, data=b"", prefix=()):
        """Runs to the end; the exit code must be `code`, unless that is None."""
        result = subprocess.run([*map(str, prefix), *self.command(*words)], input=data,
                                capture_output=True, timeout=RUN_SECONDS, check=False)
        said = result.stderr.decode("utf-8", "replace")
        assert "Sanitizer: " not in said, said
        assert code is None or result.returncode == code, \
            f"restante {' '.join(map(str, words))}: exit {result.returncode}\n{said}"
        return result

    def fetch(self, *words, code=OK, prefix=()):
        return self.run("fetch", *words, code=code, prefix=prefix)

    def fetch_report(self, *words, code=OK):
        """The report on the first account, as JSON says it."""
        result = self.run("--format", "json", "fetch", *words, code=code)
        return json.loads(result.stdout)["accounts"][0]

    def start(self, *words):
        """A run in the background."""
        return Process(self.command(*words))

    def files(self, account="home"):
        """{path: sha256 by its name} of every message file of ours."""
        found = {}
        for folder in ("new", "cur"):
            for path in (self.archive / account / folder).glob("*"):
                name = _NAME.match(path.name)
                assert name, f"a strange file: {path}"
                found[path] = name.group(1)
        return found

    def messages(self, account="home"):
        """Every message as it was received; fails when a file is not what its name says, or when
        a content is there twice."""
        found = []
        files = self.files(account)
        assert len(set(files.values())) == len(files), "a message is in the archive twice"
        for path, sha256 in files.items():
            octets = path.read_bytes()
            if hashlib.sha256(octets).hexdigest() != sha256:
                octets = octets.replace(b"\n", b"\r\n")
            assert hashlib.sha256(octets).hexdigest() == sha256, f"damaged: {path}"
            found.append(octets)
        return found

    def leftovers(self, account="home"):
        """What is in tmp/."""
        return list((self.archive / account / "tmp").glob("*"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def interrupt(process):
    """Ctrl-C; the exit code."""
    process.signal(signal.SIGINT)
    return process.wait(RUN_SECONDS)
