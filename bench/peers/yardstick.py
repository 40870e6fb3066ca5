"""The yardstick: a process for each kind of maildrop, in clear and with TLS. It keeps nothing, so
it takes no mail in."""

from harness.process import Process
from harness.server import BIN

START_SECONDS = 60


class Yardstick:
    name = "yardstick"
    protocols = ("pop3", "pop3s")
    is_server = False  # Has no accounts, no memory to speak of, nothing to start or to fill.

    def __init__(self, place):
        self._place = place
        self._running = {}

    def version(self):
        return "epoll, canned replies, sendfile"

    def prepare(self, groups):
        pass

    def start(self):
        pass

    def refill(self, group):
        pass

    def target(self, protocol, group):
        """(process id, port)"""
        key = (protocol, group.messages, group.message_bytes)
        if key not in self._running:
            words = [str(group.messages), self._place.mail(group.message_bytes)]
            if protocol == "pop3s":
                words += [self._place.certificate, self._place.key]
            process = Process([BIN / "yardstick", *words])
            line = process.wait_line(lambda text: text.startswith("listening "), START_SECONDS)
            self._running[key] = (process, int(line.split()[1]))
        process, port = self._running[key]
        return process.pid, port

    def stop(self):
        for process, _ in self._running.values():
            process.kill()
        self._running.clear()

    close = stop
