"""restanted with its defaults, a thread a processor, and accounts in its database."""

import subprocess

from harness.server import BIN, ServerFactory

from .common import evict

MINUTES = 60


class Restanted:
    name = "restanted"
    protocols = ("pop3", "pop3s", "lmtp")
    is_server = True
    connections_max = 10**9

    def __init__(self, place):
        self._place = place
        self._factory = ServerFactory()
        self._server = self._factory({
            "tls": {"certificate": str(place.certificate), "private_key": str(place.key)},
            "limits": {"connections": 100000},  # The workload on idle connections has 10,000.
        }, start=False)

    def version(self):
        return subprocess.run([BIN / "restanted", "--version"], capture_output=True, text=True,
                              check=True, timeout=60).stdout.strip()

    def prepare(self, groups):
        lines = "".join(f"{user}:{self._place.secret(group)}\n"
                        for group in groups for user in group.users())
        words = [BIN / "restantectl", "--config", self._server.config_path, "account", "import",
                 "-"]
        # The bench does not print its words on each account.
        subprocess.run(words, input=lines.encode(), stdout=subprocess.DEVNULL, check=True,
                       timeout=60 * MINUTES)
        for group in groups:
            self.refill(group)

    def refill(self, group):
        if group.messages == 0:
            return
        words = [BIN / "fill-maildrop", self._server.data_dir, "--count", str(group.messages),
                 "--accounts", self._place.accounts(group),
                 "--message", self._place.mail(group.message_bytes)]
        subprocess.run(words, check=True, timeout=60 * MINUTES)

    def start(self):
        self._server.start()

    def target(self, protocol, _group):
        """(process id, port)"""
        port = self._server.port("lmtp") if protocol == "lmtp" else \
            self._server.port("pop3", "implicit" if protocol == "pop3s" else "starttls")
        return self._server.pid, port

    def stop(self):
        self._server.stop()

    def forget(self, group):
        """What the page cache has of these maildrops; while it is stopped."""
        evict((self._server.data_dir / "maildrops").glob(f"*/{group.name}[0-9]*"))

    def close(self):
        self._factory.close()
