"""CPU time of a POP3 server process for one session and for one RETR, in nanoseconds of its own CPU
clock. The load is one client that waits for each answer."""

import socket
import statistics
import time
from dataclasses import dataclass

SESSIONS = 1500  # In one round.
RETRS = 3000
MESSAGES = 20
MESSAGE_BYTES = 10 * 1024


@dataclass(frozen=True)
class Subject:
    """A running server to be measured."""

    name: str
    pid: int
    address: tuple
    user: str
    password: str


def cpu_ns(pid):
    """User and kernel time of all threads of another process: clock_getcpuclockid(3), which Python
    does not have."""
    return time.clock_gettime_ns(((~pid) << 3) | 2)


class _Client:
    def __init__(self, subject):
        self._socket = socket.create_connection(subject.address, timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect(b"\r\n")

    def _expect(self, end):
        data = b""
        while not data.endswith(end):
            part = self._socket.recv(1 << 16)
            if not part:
                break
            data += part
        if not data.startswith(b"+OK") or not data.endswith(end):
            raise AssertionError(f"unexpected: {data[:200]!r}")

    def command(self, text, end=b"\r\n"):
        self._socket.sendall(text)
        self._expect(end)

    def close(self):
        self._socket.close()


def _open(subject):
    client = _Client(subject)
    client.command(f"USER {subject.user}\r\n".encode())
    client.command(f"PASS {subject.password}\r\n".encode())
    return client


def _quit(client):
    client.command(b"QUIT\r\n")
    client.close()


def poll(subject):
    """SESSIONS times USER PASS STAT QUIT; nanoseconds a session."""
    start = cpu_ns(subject.pid)
    for _ in range(SESSIONS):
        client = _open(subject)
        client.command(b"STAT\r\n")
        _quit(client)
    return (cpu_ns(subject.pid) - start) / SESSIONS


def retr(subject):
    """RETRS times RETR of 10 kB in one session; nanoseconds each."""
    client = _open(subject)
    start = cpu_ns(subject.pid)
    for number in range(RETRS):
        client.command(b"RETR %d\r\n" % (number % MESSAGES + 1), b"\r\n.\r\n")
    spent = cpu_ns(subject.pid) - start
    _quit(client)
    return spent / RETRS


JOBS = {"session USER-PASS-STAT-QUIT": poll, "RETR of 10 kB": retr}


def compare(subjects, rounds):
    """{job: {subject's name: median ns}}. The subjects take turns in every round, so that what else
    the machine does falls on all of them."""
    times = {job: {subject.name: [] for subject in subjects} for job in JOBS}
    for round_number in range(rounds + 1):
        for job, run in JOBS.items():
            for subject in subjects:
                spent = run(subject)
                if round_number > 0:  # The first warms up.
                    times[job][subject.name].append(spent)
    return {job: {name: statistics.median(values) for name, values in by_name.items()}
            for job, by_name in times.items()}


def ratios(medians, subject, yardstick):
    return {job: by_name[subject] / by_name[yardstick] for job, by_name in medians.items()}

