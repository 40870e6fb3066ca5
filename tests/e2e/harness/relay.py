"""A relay between the client and a server on loopback, which after a number of octets from the
server cuts every connection or stops passing anything on."""

import selectors
import socket
import threading


class Relay:
    """`cut_after`, `stall_after`: octets from the server, of all connections together. After a cut
    new connections are refused."""

    def __init__(self, port, cut_after=None, stall_after=None):
        self._target = ("127.0.0.1", port)
        self._cut_after, self._stall_after = cut_after, stall_after
        self._passed = 0
        self._lock = threading.Lock()
        self._stalled = threading.Event()
        self._closing, self._close = socket.socketpair()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = []
        self._start(self._accept)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._close.close()
        for thread in self._threads:
            thread.join(30)
        self._listener.close()
        self._closing.close()

    def wait_stalled(self, seconds=60):
        assert self._stalled.wait(seconds), "the server has sent less than was awaited"

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _wait(self, *sockets):
        """Those that are readable; empty when the relay closes."""
        with selectors.DefaultSelector() as selector:
            for each in (self._closing, *sockets):
                selector.register(each, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
        return [] if self._closing in ready else ready

    def _accept(self):
        while self._wait(self._listener):
            client, _ = self._listener.accept()
            if self._is_cut():
                client.close()
                continue
            self._start(self._relay, client, socket.create_connection(self._target))

    def _is_cut(self):
        return self._cut_after is not None and self._passed >= self._cut_after

    def _relay(self, client, server):
        with client, server:
            while ready := self._wait(client, server):
                try:
                    if not all(self._pass_on(each, client, server) for each in ready):
                        return
                except OSError:
                    return

    def _pass_on(self, source, client, server):
        data = source.recv(65536)
        if not data:
            return False
        if source is client:
            server.sendall(data)
            return True
        with self._lock:
            allowed = self._allowed(len(data))
            self._passed += allowed
        client.sendall(data[:allowed])
        if self._stall_after is not None and self._passed >= self._stall_after:
            self._stalled.set()
            self._wait()
            return False
        return not self._is_cut()

    def _allowed(self, count):
        for limit in (self._cut_after, self._stall_after):
            if limit is not None:
                count = min(count, max(0, limit - self._passed))
        return count
