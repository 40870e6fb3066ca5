"""A PgBouncer of the test's own before a Postgresql: it lends each transaction a session of its
own, of which there are two. Runs as the user postgres when the tests are root's."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from .deadline import poll
from .ports import free_port
from .postgresql import PASSWORD, START_SECONDS, as_user
from .process import Process


class Pgbouncer:
    def __init__(self, database, mode="transaction"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-pgbouncer-"))
        self.port = free_port()
        password = PASSWORD.replace("'", "''")
        configuration = self.folder / "pgbouncer.ini"
        configuration.write_text(f"""
[databases]
mail = host=127.0.0.1 port={database.port} dbname=postgres user=mail password='{password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 2
""")
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self.process = Process([*as_user(), "/usr/sbin/pgbouncer", configuration], cwd="/")
        poll(lambda: self._psql("SELECT 1").returncode == 0, START_SECONDS, "PgBouncer's answer")

    @property
    def conninfo(self):
        return f"host=127.0.0.1 port={self.port} dbname=mail user=mail"

    def _psql(self, sql):
        return subprocess.run(["psql", "-X", "-q", "-t", "-A", self.conninfo], input=sql.encode(),
                              capture_output=True, timeout=START_SECONDS, check=False, cwd="/")

    def sql(self, text):
        """What another client of the same sessions sees."""
        return self._psql(text).stdout.decode()

    def close(self):
        self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
