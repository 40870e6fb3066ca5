"""A TCP proxy whose answers can be held back: a back end that is slow, for as long as a test wants.
Questions always get through."""

import contextlib
import socket
import threading


class Gate:
    """In front of 127.0.0.1:`port`; its own port is `self.port`."""

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._is_open = True
        self._held = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        with self._changed:
            self._is_open = False

    def release(self):
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def await_held(self, count, seconds=60):
        """Until `count` answers are held back."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._held >= count, seconds), \
                f"{self._held} answers are held, not {count}"

    @property
    def held(self):
        return self._held

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
            for pump, pair in ((self._ask, (inner, outer)), (self._answer, (outer, inner))):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    def _ask(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _answer(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._changed:
                    self._held += 1
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._is_open, 600)
                    self._held -= 1
                target.sendall(data)
        source.close()
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
