"""Kills a program at a chosen system call: strace delivers SIGKILL when a thread is about to make
its n-th call of a kind, so that every boundary between two steps can be hit, in the program as it
is."""

import collections
import os
import pathlib
import re
import signal
import subprocess

# What changes something outside the process: files, names, the database, the server.
STEPS = ("write", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "ftruncate",
         "sendto", "connect")
# And what only waits or looks, for kills at any moment.
MOMENTS = (*STEPS, "openat", "fcntl", "read", "pread64", "recvfrom", "poll", "newfstatat", "mmap",
           "close")

_CALL = re.compile(r"^(\d+)\s+(\w+)\(")


def count_steps(command, calls=STEPS, log="/dev/null"):
    """Runs the command to its end; {call: how often the busiest thread makes it}."""
    result = subprocess.run(
        ["strace", "-f", "-qq", "-o", str(log), "-e", "trace=" + ",".join(calls), *command],
        capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return _counted(log)


def _counted(log):
    with open(log, encoding="utf-8", errors="replace") as lines:
        counts = collections.Counter(match.groups() for match in map(_CALL.match, lines) if match)
    most = {}
    for (_, call), count in counts.items():
        most[call] = max(most.get(call, 0), count)
    return most


def run_killed(command, call, number):
    """True when it was killed before its `number`th `call`; False when it ended before that."""
    result = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
         "-e", f"inject={call}:signal=SIGKILL:when={number}", *command],
        capture_output=True, timeout=300, check=False)
    assert b"strace:" not in result.stderr, result.stderr.decode()
    return result.returncode in (-9, 137)


# And the log of a maildrop, the socket of the outgoing process, the rows of accounts.
SERVER_STEPS = (*STEPS, "writev", "pwritev", "pwritev2", "sendmsg", "linkat", "renameat2",
                "openat", "close")


class _Watch:
    """strace beside a program that runs already: its threads, and none of its children."""

    def __init__(self, pid, *options):
        self._strace = subprocess.Popen(["strace", "-f", *options, "-p", str(pid)],
                                        stderr=subprocess.PIPE, text=True)
        line = self._strace.stderr.readline()
        assert "attached" in line, line

    def detach(self):
        """While the program runs, and nothing kills it: with a dying one strace waits for ever."""
        self._strace.terminate()
        self.await_end()

    def await_end(self):
        self._strace.communicate(timeout=60)


def count_steps_of(pid, act, log, calls=SERVER_STEPS):
    """As count_steps(), of a program that runs already, while act() lasts."""
    watch = _Watch(pid, "-o", str(log), "-e", "trace=" + ",".join(calls))
    try:
        act()
    finally:
        watch.detach()
    return _counted(log)


def act_and_kill(pid, act, call, number):
    """act(), in which a thread of the program is killed before its `number`th `call`; true when it
    came so far. If not, the program is killed afterwards."""
    watch = _Watch(pid, "-o", "/dev/null", "-e", f"trace={call}", "-e",
                   f"inject={call}:signal=SIGKILL:when={number}")
    try:
        act()
    finally:
        was_killed = has_ended(pid)
        os.kill(pid, signal.SIGKILL)
        watch.await_end()
    return was_killed


def has_ended(pid):
    """Its parent need not have heard of it, and does not by this."""
    return "\nState:\tZ" in pathlib.Path(f"/proc/{pid}/status").read_text()
