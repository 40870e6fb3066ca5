"""Whether a server answers at a port."""

import socket


def greets(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
            return peer.recv(1) != b""
    except OSError:
        return False
