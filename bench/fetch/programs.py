"""The programs that are compared. Each is told where to collect from and writes into a Maildir; all
but restante are Debian's. None of them uses TLS: what is compared is the collecting.

prepare(job) writes the configuration, command(job) is what is run, as often as wanted, maildir(job)
is where the mail is then."""

import pathlib
import sys
from dataclasses import dataclass

from harness.server import BIN

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Job:
    folder: pathlib.Path  # The program's own.
    port: int
    user: str
    password: str
    delete: bool  # On the server, what is collected.
    only_new: bool = False  # Nothing is new: the reader stops at the listing.

    def maildir(self):
        return self.folder / "mail"

    def write(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def make_maildir(self):
        for name in ("cur", "new", "tmp"):
            (self.maildir() / name).mkdir(parents=True, exist_ok=True)


class Program:
    keeps = True

    def maildir(self, job):
        return job.maildir()


class Reader(Program):
    """The ceiling: no client can be faster."""

    name, keeps = "(reader)", False

    def prepare(self, job):
        job.make_maildir()

    def command(self, job):
        return [sys.executable, HERE / "reader.py", "127.0.0.1", job.port, job.user, job.password,
                *(["--list"] if job.only_new else [])]


class Keeper(Reader):
    """The ceiling of those that keep each message in a file of its own, and sync it."""

    name = "(keeper)"

    def command(self, job):
        more = [] if job.only_new else ["--keep", job.maildir()]
        return [*super().command(job), *more]


class Restante(Program):
    name = "restante"

    def prepare(self, job):
        job.write("restante.toml", f"""archive = "{job.folder}/archive"
[[account]]
name = "home"
host = "127.0.0.1"
port = {job.port}
tls = "none"
user = "{job.user}"
password = "{job.password}"
delete = "{'after-fetch' if job.delete else 'never'}"
""")

    def command(self, job):
        # The others have no index.
        return [BIN / "restante", "--config", job.folder / "restante.toml", "fetch", "--no-index"]

    def maildir(self, job):
        return job.folder / "archive" / "home"


class Mpop(Program):
    name = "mpop"

    def prepare(self, job):
        job.make_maildir()
        job.write("mpoprc", f"""account default
host 127.0.0.1
port {job.port}
tls off
auth user
user {job.user}
password {job.password}
delivery maildir {job.maildir()}
keep {'off' if job.delete else 'on'}
uidls_file {job.folder}/uidls
""")

    def command(self, job):
        return ["mpop", "--file", job.folder / "mpoprc", "--quiet"]


class Fetchmail(Program):
    """It has no Maildir of its own: procmail, one process a message, writes into one."""

    name = "fetchmail"

    def prepare(self, job):
        job.make_maildir()
        rules = job.write("procmailrc", f":0\n{job.maildir()}/\n")
        job.write("fetchmailrc", f"""set no bouncemail
set invisible
set no syslog
poll 127.0.0.1 protocol pop3 service {job.port} no dns uidl
  user '{job.user}' password '{job.password}'
  sslproto '' no rewrite {'no keep' if job.delete else 'keep'}
  mda 'procmail -m {rules}'
""")

    def command(self, job):
        return ["fetchmail", "--silent", "--fetchmailrc", job.folder / "fetchmailrc",
                "--idfile", job.folder / "ids", "--pidfile", job.folder / "pid"]


class Getmail(Program):
    name = "getmail6"

    def prepare(self, job):
        job.make_maildir()
        job.write("getmailrc", f"""[retriever]
type = SimplePOP3Retriever
server = 127.0.0.1
port = {job.port}
username = {job.user}
password = {job.password}
timeout = 120
[destination]
type = Maildir
path = {job.maildir()}/
[options]
verbose = 0
read_all = false
delete = {str(job.delete).lower()}
received = false
delivered_to = false
""")

    def command(self, job):
        return ["getmail", "--getmaildir", job.folder, "--rcfile", job.folder / "getmailrc"]


PROGRAMS = [Restante(), Mpop(), Getmail(), Fetchmail(), Reader(), Keeper()]
