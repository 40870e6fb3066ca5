"""One connection with exact bytes: nothing is decoded, normalised or guessed. Every call is bounded
by the connection's timeout."""

import socket
import ssl
import struct

TIMEOUT = 60.0


class Closed(ConnectionError):
    """The peer ended the connection where bytes were awaited."""


def client_context(**attributes):
    """Trusts any certificate: the server's is self-signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name, value in attributes.items():
        setattr(context, name, value)
    return context


class Wire:
    """`address` is (host, port) or the path of a unix socket; `source`: the address to come
    from."""

    def __init__(self, address, timeout=TIMEOUT, receive_bytes=None, source=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(address)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def start_tls(self, context=None, server_hostname=None, session=None):
        assert not self._buffer, f"bytes in clear behind the go-ahead: {bytes(self._buffer)!r}"
        context = context or client_context()
        self.socket = context.wrap_socket(self.socket, server_hostname=server_hostname,
                                          session=session)

    def send(self, data):
        self.socket.sendall(data)

    def _fill(self):
        try:
            data = self.socket.recv(1 << 18)
        except (ConnectionError, ssl.SSLEOFError) as error:
            raise Closed(f"connection lost: {error}") from None
        if not data:
            raise Closed(f"connection ended; unread: {bytes(self._buffer[:200])!r}")
        self._buffer += data

    def line(self):
        """The next line without its CRLF."""
        end = self._buffer.find(b"\r\n")
        while end < 0:
            self._fill()
            end = self._buffer.find(b"\r\n")
        line = bytes(self._buffer[:end])
        del self._buffer[:end + 2]
        return line

    def until_dot(self):
        """A multi-line answer as it came over the wire: still dot-stuffed, without the final dot
        line."""
        position = 0
        while True:
            if self._buffer.startswith(b".\r\n"):
                end = 0
                break
            end = self._buffer.find(b"\r\n.\r\n", position)
            if end >= 0:
                end += 2
                break
            position = max(0, len(self._buffer) - 4)
            self._fill()
        data = bytes(self._buffer[:end])
        del self._buffer[:end + 3]
        return data

    def at_least(self, count):
        """Reads until `count` bytes are buffered; they stay buffered."""
        while len(self._buffer) < count:
            self._fill()

    def pieces(self, count):
        """The next `count` bytes as they come, in pieces; nothing is kept."""
        while count:
            if not self._buffer:
                self._fill()
            piece = bytes(self._buffer[:count])
            del self._buffer[:len(piece)]
            count -= len(piece)
            yield piece

    def drain(self):
        """Everything up to the end of the connection."""
        try:
            while True:
                self._fill()
        except Closed:
            data = bytes(self._buffer)
            self._buffer.clear()
            return data

    def close(self):
        self.socket.close()

    def abort(self):
        """Ends the connection with RST: as a crashed client or a pulled cable in the end does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
