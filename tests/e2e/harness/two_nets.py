"""A server's network and a client's, with one cable between them that can be cut: two network
namespaces of the tests' own. Needs root."""

import contextlib
import ctypes
import os
import subprocess

from .process import Process

START_SECONDS = 60
SERVER, CLIENT = "10.9.0.1", "10.9.0.2"
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class TwoNets:
    """`prefix` is what a program is started by to run in the server's network."""

    def __init__(self):
        self._server, self._client = self._network(), self._network()
        self.prefix = ["nsenter", f"--target={self._server.pid}", "--net", "--"]
        self._in(self._server, "ip", "link", "add", "cable", "type", "veth", "peer", "name",
                 "cable", "netns", str(self._client.pid))
        for process, address in ((self._server, SERVER), (self._client, CLIENT)):
            self._in(process, "ip", "address", "add", f"{address}/24", "dev", "cable")
            self._in(process, "ip", "link", "set", "cable", "up")

    @staticmethod
    def _network():
        process = Process(["unshare", "--net", "sh", "-c",
                           "ip link set lo up && echo inside && exec tail -f /dev/null"])
        process.wait_line(lambda line: line == "inside", START_SECONDS)
        return process

    @staticmethod
    def _in(process, *command):
        done = subprocess.run(["nsenter", f"--target={process.pid}", "--net", "--", *command],
                              capture_output=True, text=True, timeout=START_SECONDS, check=False)
        assert done.returncode == 0, (command, done.stderr)
        return done.stdout

    def cut(self):
        """Packets from the server to the client are lost from now on, without a word to either."""
        self._in(self._server, "ip", "route", "add", "blackhole", CLIENT)

    def sockets(self):
        """What the server's kernel knows of its connections, with their timers."""
        return self._in(self._server, "ss", "--tcp", "--no-header", "--options", "--numeric")

    @contextlib.contextmanager
    def _inside(self, process):
        """Sockets belong to the network that they are made in, wherever their thread goes."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{process.pid}/ns/net", os.O_RDONLY)
        try:
            assert _libc.setns(there, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            yield
        finally:
            assert _libc.setns(home, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            os.close(home)
            os.close(there)

    def at_client(self):
        return self._inside(self._client)

    def at_server(self):
        return self._inside(self._server)

    def close(self):
        self._client.kill()
        self._server.kill()
