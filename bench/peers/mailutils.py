"""GNU Mailutils' pop3d, with Maildirs and passwords by MD5, which is the cheapest that it takes."""

import subprocess

from harness.mailutils import Mailutils as Server

from .common import PASSWORD


class Mailutils:
    name = "mailutils"
    is_server = True
    connections_max = 4  # With more at a time some are never answered.
    workloads = frozenset(("poll", "poll-uidl-20", "fetch"))

    def __init__(self, place):
        self._place = place
        self._server = Server(PASSWORD, "-1")

    def version(self):
        told = subprocess.run(["/usr/sbin/pop3d", "--version"], capture_output=True, text=True,
                              check=True, timeout=60)
        return told.stdout.splitlines()[0]

    def prepare(self, groups):
        for group in groups:
            for user in group.users():
                self._server.add_account(user.partition("@")[0])
            self.refill(group)

    def refill(self, group):
        octets = self._place.mail(group.message_bytes).read_bytes()
        for user in group.users():
            self._server.deliver(user, [octets] * group.messages)

    def start(self):
        self._server.start()

    def target(self, _protocol, _group):
        """(process id of the daemon, port)"""
        return self._server.process.pid, self._server.port

    def close(self):
        self._server.close()
