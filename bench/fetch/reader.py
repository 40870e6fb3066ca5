"""What the server and the line can give: asks for everything at once and keeps nothing. No client
can be faster. With --list it stops after UIDL.

usage: reader.py HOST PORT USER PASSWORD [--list]"""

import socket
import sys

PIECE_BYTES = 1 << 18
END = b"\r\n.\r\n"


class Reader:
    def __init__(self, host, port):
        self._socket = socket.create_connection((host, port), timeout=600)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._held = b""

    def send(self, *commands):
        self._socket.sendall("".join(f"{command}\r\n" for command in commands).encode())

    def line(self):
        while b"\r\n" not in self._held:
            self._held += self._socket.recv(PIECE_BYTES)
        line, self._held = self._held.split(b"\r\n", 1)
        assert line.startswith(b"+OK"), line
        return line

    def skip_bodies(self, count):
        """`count` multi-line answers, whose first lines begin with +OK. Neither they nor mail that
        is measured have dots at the beginnings of lines."""
        tail = self._held
        while (count := count - tail.count(END)) > 0:
            tail = tail[-len(END) + 1:] + self._socket.recv(PIECE_BYTES)


def main(host, port, user, password, *options):
    reader = Reader(host, int(port))
    reader.line()
    for command in (f"USER {user}", f"PASS {password}", "STAT"):
        reader.send(command)
        answer = reader.line()
    count = int(answer.split()[1])
    if "--list" in options:
        reader.send("UIDL")
        reader.skip_bodies(1)
    else:
        reader.send(*(f"RETR {number + 1}" for number in range(count)))
        reader.skip_bodies(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
