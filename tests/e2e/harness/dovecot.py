"""A Dovecot of its own on loopback, a POP3 server for the client, or an IMAP server that copies go
to: configuration, accounts, mail and ports are the test's. Mail is put into and read from its
Maildirs directly; it is served as it lies there, octet by octet, since its lines end in CRLF. Mail
that comes by LMTP has its lines' ends as this system has them."""

import contextlib
import imaplib
import os
import pathlib
import poplib
import pwd
import re
import shutil
import signal
import tempfile

from .certs import make_certificate
from .deadline import poll
from .ports import free_port
from .process import Process

START_SECONDS = 60
PASSWORD = "the-mailboxes"


def answers(port, process):
    """Whether a POP3 server that is starting answers; fails when it has ended."""
    try:
        poplib.POP3("127.0.0.1", port, timeout=START_SECONDS).quit()
        return True
    except (OSError, poplib.error_proto):
        assert process.running(), "\n".join(process.lines())
        return False


class Dovecot:
    """`settings`: further lines of its configuration, as in "pop3_uidl_format = %g". `passdb`: who
    knows the passwords, instead of one for all; `userdb`: and the names, with the mail where it is
    by default. `lmtp_port`: it takes mail there; mailboxes are made by their first mail."""

    def __init__(self, settings="", passdb=None, userdb=None, lmtp_port=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-dovecot-"))
        self.folder.chmod(0o755)
        self.port, self.tls_port, self.imap_port = free_port(), free_port(), free_port()
        self.lmtp_port = lmtp_port
        self._names = userdb
        self._passdb = passdb or f"passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}"
        self.certificate, self.key = make_certificate(self.folder, "dovecot", ["127.0.0.1"])
        # Dovecot does not read mail as root.
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._mail = self.folder / "mail"
        self._mail.mkdir()
        if lmtp_port:
            os.chown(self._mail, self._owner.pw_uid, self._owner.pw_gid)
        self._number = 0
        self._config = self.folder / "dovecot.conf"
        self._config.write_text(self._configuration() + self._lmtp() + settings + "\n")
        self.process = None

    def _configuration(self):
        own = "" if os.geteuid() == 0 else f"""
default_internal_user = {self._owner.pw_name}
default_internal_group = {self._owner.pw_gid}
default_login_user = {self._owner.pw_name}
"""
        return f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = /dev/stderr
protocols = pop3 imap{" lmtp" if self.lmtp_port else ""}
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{self.key}
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256
mail_location = maildir:{self._mail}/%u
mail_max_userip_connections = 100
auth_failure_delay = 0 secs
{own}
service anvil {{
  chroot =
  # An address that has failed is not held up.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {self.port}
  }}
  inet_listener pop3s {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
{self._passdb}
{self._userdb()}
"""

    def _userdb(self):
        fields = f"uid={self._owner.pw_uid} gid={self._owner.pw_gid} home={self._mail}/%u"
        if self._names is None:
            return f"userdb {{\n  driver = static\n  args = {fields}\n}}"
        return re.sub(r"override_fields = .*", f"override_fields = {fields}", self._names)

    def _lmtp(self):
        return f"""
hostname = dovecot.example.test
postmaster_address = postmaster@example.test
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.lmtp_port}
  }}
}}
""" if self.lmtp_port else ""

    def start(self):
        self.process = Process(["/usr/sbin/dovecot", "-F", "-c", self._config])
        poll(lambda: answers(self.port, self.process), START_SECONDS, "an answer of Dovecot")
        return self

    def add_account(self, name=None):
        """The name; the password is PASSWORD."""
        self._number += 1
        name = name or f"user{self._number}"
        for folder in ("", "cur", "new", "tmp"):
            path = self._mail / name / folder
            path.mkdir()
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        return name

    def deliver(self, account, messages):
        for message in messages:
            self._number += 1
            # The second begins the name: the order of arrival is that of the numbers.
            name = f"{1_600_000_000 + self._number}.M1P1.test"
            path = self._mail / account / "tmp" / name
            path.write_bytes(message)
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
            # Whole before it is there: a session still open moves what is new.
            path.rename(self._mail / account / "new" / name)

    def messages(self, account):
        """What it holds now, in the order of arrival."""
        paths = [path for folder in ("new", "cur")
                 for path in (self._mail / account / folder).iterdir()]
        return [path.read_bytes() for path in sorted(paths, key=lambda path: path.name)]

    @contextlib.contextmanager
    def imap(self, account, password=PASSWORD):
        """An imaplib session that is logged in."""
        session = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=START_SECONDS)
        try:
            session.login(account, password)
            yield session
        finally:
            session.logout()

    def seen_by_imap(self, account, password=PASSWORD, folder="INBOX"):
        """The messages of a folder, in their order."""
        with self.imap(account, password) as session:
            session.select(folder, readonly=True)
            _, found = session.search(None, "ALL")
            return [session.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in found[0].split()]

    def remove(self, account, chosen=lambda message: True):
        """As another program would: behind its back."""
        for folder in ("new", "cur"):
            for path in (self._mail / account / folder).iterdir():
                if chosen(path.read_bytes()):
                    path.unlink()

    def renumber(self, account):
        """All messages get new unique ids: another UIDVALIDITY, which Dovecot itself would take
        from the clock."""
        uids = self._mail / account / "dovecot-uidlist"
        header = uids.read_text().splitlines()[0].split()
        for path in (self._mail / account).glob("dovecot*"):
            path.unlink()
        validity = int(header[1].removeprefix("V")) + 1
        uids.write_text(f"{header[0]} V{validity} N1 {' '.join(header[3:])}\n")
        os.chown(uids, self._owner.pw_uid, self._owner.pw_gid)

    def stop(self):
        self.process.signal(signal.SIGTERM)
        self.process.wait(START_SECONDS)
        self.process = None

    def close(self):
        if self.process:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
