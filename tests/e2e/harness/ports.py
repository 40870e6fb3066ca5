"""Ports for servers that can't be told to take any free one. A port that the system named a moment
ago may be named again, to the next question or to a connection on its way out, so these lie beside
the range that the system gives from, and each is one process's for as long as it runs."""

import os
import pathlib
import socket

FIRST, END = 10_000, 65_536
_held = []  # Sockets whose names say which ports are taken: they end with the process.


def _candidates():
    """Ports that the system itself never gives, from another place on in each process."""
    given = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    low, high = map(int, given.split())
    ports = [port for port in range(FIRST, END) if not low <= port <= high]
    start = os.getpid() * 97 % len(ports)
    return ports[start:] + ports[:start]


def _claim(port):
    """Whether no other process of these tests has `port`. The name is of this network alone, as the
    port is."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0restante-port-{port}")
    except OSError:
        name.close()
        return False
    _held.append(name)
    return True


def _unused(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free():
    for port in _candidates():
        if _claim(port) and _unused(port):
            yield port


_ports = _free()


def free_port():
    """A port of 127.0.0.1 that nothing listens on, and that no other call gives, in any process."""
    return next(_ports)
