"""A Postfix of its own on loopback: configuration, queue and port are the test's, it runs only as
long as the test, and hands everything for the test's domains to our LMTP. Postfix needs root."""

import pathlib
import shutil
import subprocess
import tempfile

from .ports import free_port
from .process import Process

_DAEMONS = "/usr/lib/postfix/sbin"
_SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


class Postfix:
    """`transport` as in virtual_transport; `settings` are lines for main.cf."""

    def __init__(self, transport, domains, settings=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-postfix-"))
        self.folder.chmod(0o755)  # Its daemons run as the user postfix.
        self._main = f"""
compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = {_DAEMONS}
maillog_file = /dev/stdout
myhostname = relay.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = {", ".join(domains)}
virtual_transport = {transport}
local_transport = error:no local mail here
default_transport = error:no mail leaves here
alias_maps =
alias_database =
{settings}
"""
        self.port = None
        self.process = None

    def start(self):
        (self.folder / "etc").mkdir()
        (self.folder / "queue").mkdir()
        (self.folder / "data").mkdir()
        shutil.chown(self.folder / "data", "postfix", "postfix")
        (self.folder / "etc/main.cf").write_text(self._main)
        for _ in range(5):  # Another program may take the port before Postfix binds it.
            self.port = free_port()
            (self.folder / "etc/master.cf").write_text(_SERVICES.format(port=self.port))
            subprocess.run(["postfix", "-c", self.folder / "etc", "check"], check=True,
                           capture_output=True, timeout=60)
            self.process = Process([f"{_DAEMONS}/master", "-c", self.folder / "etc", "-s"],
                                   env={"MAIL_CONFIG": str(self.folder / "etc"),
                                        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
            if self._up():
                return self
        raise AssertionError("Postfix found no port:\n" + "\n".join(self.process.lines()))

    def _up(self):
        try:
            self.process.wait_line(lambda line: "daemon started" in line, 60)
            return True
        except AssertionError:
            self.process.kill()
            return False

    def wait_log(self, *words, seconds=60):
        return self.process.wait_line(lambda line: all(word in line for word in words), seconds)

    def flush(self):
        """Tries all that waits at once."""
        subprocess.run(["postqueue", "-c", self.folder / "etc", "-f"], check=True,
                       capture_output=True, timeout=60)

    def stop(self):
        if self.process and self.process.running():
            subprocess.run(["postfix", "-c", self.folder / "etc", "stop"], check=False,
                           capture_output=True, timeout=60)
            self.process.wait(60)
        shutil.rmtree(self.folder)
