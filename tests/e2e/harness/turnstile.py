"""A TCP proxy that holds one connection up: it gets some octets of its answers, and the rest when
the test says so."""

import contextlib
import socket
import threading


class Turnstile:
    """In front of 127.0.0.1:`port`; its own port is `self.port`."""

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._rules = {}  # {connection: octets that pass}
        self._held = set()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, connection, after=0):
        """The `connection`th from now on, 1 being the next one."""
        with self._changed:
            self._rules[self.connections + connection] = after

    def await_held(self, seconds=60):
        with self._changed:
            assert self._changed.wait_for(lambda: self._held, seconds), "nothing is held up"

    def release(self):
        with self._changed:
            self._rules.clear()
            self._changed.notify_all()

    def release_held(self):
        """Those that are held now; rules for later ones stay."""
        with self._changed:
            for number in self._held:
                self._rules.pop(number, None)
            self._changed.notify_all()

    def close(self):
        self.release()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                inner = self._listener.accept()[0]
                outer = socket.create_connection(("127.0.0.1", self._target), 60)
            except OSError:
                return
            self.connections += 1
            for pump, words in ((self._ask, (inner, outer)),
                                (self._answer, (outer, inner, self.connections))):
                threading.Thread(target=pump, args=words, daemon=True).start()

    def _ask(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def _answer(self, source, target, number):
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                passed += len(data)
                self._wait(number, passed)
                target.sendall(data)
        source.close()
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _wait(self, number, passed):
        with self._changed:
            while passed > self._rules.get(number, passed):
                self._held.add(number)
                self._changed.notify_all()
                self._changed.wait(600)
            self._held.discard(number)
