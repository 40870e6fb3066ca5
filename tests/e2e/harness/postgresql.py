"""A PostgreSQL of its own: cluster, socket and port are the test's. Runs as the user postgres when
the tests are root's, since it refuses to be root's itself."""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile

from .certs import make_certificate
from .deadline import poll
from .ports import free_port
from .process import Process, freeze

START_SECONDS = 120
PASSWORD = "the service's"


def _programs():
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return versions[-1].parent


def as_user():
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--"] \
        if os.geteuid() == 0 else []


class Postgresql:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-pg-"))
        self.port = free_port()
        certificate, key = make_certificate(self.folder, "server", ["localhost"])
        key.chmod(0o600)
        self.certificate = certificate
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, certificate, key):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        (self.folder / "password").write_text(PASSWORD + "\n")
        self._run("initdb", "-D", self._data, "-U", "mail", "-A", "scram-sha-256", "-E", "UTF8",
                  "--locale=C", f"--pwfile={self.folder}/password", "--no-sync")
        self.process = None

    @property
    def _data(self):
        return str(self.folder / "data")

    def _run(self, program, *words):
        subprocess.run([*as_user(), _programs() / program, *words], check=True,
                       capture_output=True, timeout=START_SECONDS, cwd="/")

    @property
    def conninfo(self):
        """Over TLS, with the server's certificate checked."""
        return (f"host=localhost hostaddr=127.0.0.1 port={self.port} dbname=postgres user=mail "
                f"password='{PASSWORD}' sslmode=verify-full sslrootcert={self.certificate}"
                ).replace("the service's", "the service\\'s")

    def start(self):
        self.process = Process([*as_user(), _programs() / "postgres", "-D", self._data,
                                "-p", str(self.port), "-k", self.folder,
                                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                                "-c", "ssl=on", "-c", f"ssl_cert_file={self.certificate}",
                                "-c", f"ssl_key_file={self.certificate.with_suffix('.key')}"],
                               cwd="/")
        poll(lambda: self._psql("SELECT 1").returncode == 0, START_SECONDS, "PostgreSQL's answer")
        return self

    def _psql(self, sql):
        return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.conninfo],
                              input=sql.encode(), capture_output=True, timeout=START_SECONDS,
                              check=False, cwd="/")

    def conninfo_of(self, role, password):
        """The same for another role; an empty password: the one that libpq finds."""
        words = self.conninfo.replace("user=mail", f"user={role}")
        secret = f"password='{password}'" if password else ""
        return re.sub(r"password='(\\.|[^'])*'", secret, words)

    def sql(self, text):
        result = self._psql(text)
        if result.returncode != 0:
            raise AssertionError(result.stderr.decode())
        return result.stdout.decode()

    def _children(self):
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                                timeout=60, check=False)
        return [int(word) for word in listed.stdout.split()]

    def freeze(self):
        """It takes connections and never answers."""
        for pid in [self.process.pid, *self._children()]:
            freeze(pid)

    def thaw(self):
        for pid in [*self._children(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):  # A child that ends by itself.
                os.kill(pid, signal.SIGCONT)

    def stop(self):
        self.process.signal(signal.SIGINT)  # Fast: connections are ended.
        self.process.wait(START_SECONDS)
        self.process = None

    def close(self):
        if self.process:
            self.thaw()
            self.process.signal(signal.SIGQUIT)
            self.process.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)
