"""What the server and the line can give: asks for everything at once and keeps nothing. No client
can be faster. With --list it stops after UIDL; with --keep each message becomes a file of the
Maildir, synced, and nothing more: what the disk gives, too.

usage: reader.py HOST PORT USER PASSWORD [--list | --keep MAILDIR]"""

import os
import pathlib
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

PIECE_BYTES = 1 << 18
END = b"\r\n.\r\n"
SYNCING = 16  # Files at a time, as ours.


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

    def bodies(self, count):
        """The same, but each of them."""
        for _ in range(count):
            pieces = [self._held]
            tail = self._held
            while END not in tail:
                pieces.append(self._socket.recv(PIECE_BYTES))
                tail = tail[-len(END) + 1:] + pieces[-1]
            body, self._held = b"".join(pieces).split(END, 1)
            yield body.split(b"\r\n", 1)[1] + b"\r\n"


class Keeper:
    """Writes each message into a file, syncs it, gives it its name; in the end the folder."""

    def __init__(self, maildir):
        self._tmp, self._new = pathlib.Path(maildir) / "tmp", pathlib.Path(maildir) / "new"
        self._room = threading.Semaphore(2 * SYNCING)

    def keep(self, bodies):
        done = []
        with ThreadPoolExecutor(SYNCING) as pool:
            for number, body in enumerate(bodies):
                self._room.acquire()
                done.append(pool.submit(self._write, str(number), body))
        for one in done:
            one.result()
        folder = os.open(self._new, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _write(self, name, body):
        try:
            with open(self._tmp / name, "xb", buffering=0) as file:
                file.write(body)
                os.fdatasync(file.fileno())
            os.rename(self._tmp / name, self._new / name)
        finally:
            self._room.release()


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
        if "--keep" in options:
            Keeper(options[-1]).keep(reader.bodies(count))
        else:
            reader.skip_bodies(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
