"""Dovecot: with the process settings that Debian installs, and tuned by its manual's advice for
many short sessions. Both keep mail in Maildirs, as its LMTP would have written it, and passwords
in clear in a passwd-file (the cheapest there is), or as argon2id where a workload says so."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from harness.deadline import poll
from harness.ports import free_port
from harness.process import Process

from .common import evict
from .probe import greets

START_SECONDS = 60
LINKS_MAX = 10000  # To one file; file systems have limits.

# Processes that live on and serve many clients, passwords remembered, no flags written by POP3.
TUNED = """
auth_cache_size = 32M
pop3_no_flag_updates = yes
pop3_fast_size_lookups = yes
maildir_very_dirty_syncs = yes
service pop3-login {
  service_count = 0
  client_limit = 20000
  process_min_avail = 2
}
service pop3 {
  service_count = 0
  client_limit = 400
  process_min_avail = 2
}
service lmtp {
  service_count = 0
  process_min_avail = 16
}
"""


class Dovecot:
    protocols = ("pop3", "pop3s", "lmtp")
    is_server = True

    def __init__(self, place, tuned):
        self.name = "dovecot tuned" if tuned else "dovecot"
        # As installed there are 100 processes of pop3-login, and one serves one TLS session.
        self.connections_max = 10**9 if tuned else 90
        self._place = place
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-dovecot-"))
        self._folder.chmod(0o755)
        self._ports = {protocol: free_port() for protocol in self.protocols}
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._owner = (owner.pw_uid, owner.pw_gid)
        self._mail = self._folder / "mail"
        self._mail.mkdir()
        os.chown(self._mail, *self._owner)
        self._config = self._folder / "dovecot.conf"
        self._config.write_text(self._configuration(owner) + (TUNED if tuned else ""))
        self._process = None
        self._number = 0

    def _configuration(self, owner):
        own = "" if os.geteuid() == 0 else f"""
default_internal_user = {owner.pw_name}
default_internal_group = {owner.pw_gid}
default_login_user = {owner.pw_name}
"""
        ports = self._ports
        return f"""
base_dir = {self._folder}/run
state_dir = {self._folder}/state
log_path = {self._folder}/log
protocols = pop3 lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self._place.certificate}
ssl_key = <{self._place.key}
disable_plaintext_auth = no
auth_username_chars =
mail_location = maildir:{self._mail}/%u
mail_max_userip_connections = 0
{own}
service anvil {{
  chroot =
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {ports["pop3"]}
  }}
  inet_listener pop3s {{
    port = {ports["pop3s"]}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {ports["lmtp"]}
  }}
}}
passdb {{
  driver = passwd-file
  args = {self._folder}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={self._mail}/%u
}}
"""

    def version(self):
        return subprocess.run(["/usr/sbin/dovecot", "--version"], capture_output=True, text=True,
                              check=True, timeout=60).stdout.strip()

    def prepare(self, groups):
        users = self._folder / "users"
        users.write_text("".join(f"{user}:{self._place.secret(group)}::::::\n"
                                 for group in groups for user in group.users()))
        users.chmod(0o644)
        for group in groups:
            if not group.read_at_start:  # It does not look at maildrops when it starts.
                self.refill(group)

    def refill(self, group):
        """Its LMTP stores LF, and the sizes of both forms in the name. Messages that are alike are
        links to one file: quicker to make, and if anything quicker to read."""
        self._number -= self._number % -LINKS_MAX  # Each call begins with a file of its own.
        octets = self._place.mail(group.message_bytes).read_bytes()
        text = octets.replace(b"\r\n", b"\n")
        for user in group.users():
            for part in ("", "cur", "new", "tmp") if group.messages else ():
                path = self._mail / user / part
                path.mkdir(exist_ok=True)
                os.chown(path, *self._owner)
            for _ in range(group.messages):
                self._number += 1
                name = (f"{1_600_000_000 + self._number}.M1P1.bench,S={len(text)},"
                        f"W={len(octets)}")
                path = self._mail / user / "new" / name
                if self._number % LINKS_MAX == 1:
                    first = path
                    path.write_bytes(text)
                    os.chown(path, *self._owner)
                else:
                    os.link(first, path)

    def start(self):
        self._process = Process(["/usr/sbin/dovecot", "-F", "-c", self._config])
        for port in self._ports.values():
            if port != self._ports["pop3s"]:
                poll(lambda port=port: greets(port) or self._check(), START_SECONDS,
                     "an answer of Dovecot")

    def _check(self):
        log = self._folder / "log"
        assert self._process.running(), log.read_text() if log.exists() else self._process.lines()

    def target(self, protocol, _group):
        """(process id of the master, port)"""
        return self._process.pid, self._ports[protocol]

    def stop(self):
        self._process.popen.terminate()
        self._process.wait(START_SECONDS)
        self._process = None

    def forget(self, group):
        evict(path for user in group.users() for path in (self._mail / user).rglob("*"))

    def close(self):
        if self._process:
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
