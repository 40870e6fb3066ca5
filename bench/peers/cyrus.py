"""Cyrus: its pop3d and lmtpd under its master; every password is right, which is the cheapest.
Its mail goes in by LMTP, so that only some workloads are worth the time."""

import re
import subprocess

from harness.cyrus import LIBRARIES, PROGRAMS
from harness.cyrus import Cyrus as Server
from harness.lmtp import Lmtp
from harness.ports import free_port

SETTINGS = "virtdomains: userid\ndefaultdomain: example.test\n"
RECIPIENTS = 64  # Of one delivery, which is then stored once.


class Cyrus:
    name = "cyrus"
    is_server = True
    connections_max = 200  # A process each.
    workloads = frozenset(("poll", "poll-uidl-20", "poll-uidl-many", "fetch", "fetch-pipelined",
                           "huge", "deliver-1", "deliver-16"))

    def __init__(self, place):
        self._place = place
        self._lmtp = free_port()
        self._server = Server(SETTINGS, self._lmtp)

    def version(self):
        told = subprocess.run([PROGRAMS / "master", "-V"], capture_output=True, text=True,
                              check=False, timeout=60,
                              env={"LD_LIBRARY_PATH": str(LIBRARIES), "PATH": "/usr/bin"})
        found = re.search(r"\d+\.\d+\.\d+\S*", told.stdout + told.stderr)
        return f"Cyrus {found[0]}" if found else "Cyrus"

    def prepare(self, groups):
        self._server.start()
        for group in groups:
            self.refill(group)
        self._server.stop()

    def refill(self, group):
        octets = self._place.mail(group.message_bytes).read_bytes()
        users = group.users()
        with Lmtp(("127.0.0.1", self._lmtp)) as lmtp:
            for begin in range(0, len(users), RECIPIENTS):
                for _ in range(group.messages):
                    lmtp.deliver(octets, users[begin:begin + RECIPIENTS])

    def start(self):
        self._server.start()

    def target(self, protocol, _group):
        """(process id of the master, port)"""
        port = self._lmtp if protocol == "lmtp" else self._server.port
        return self._server.process.pid, port

    def stop(self):
        self._server.stop()

    def close(self):
        self._server.close()
