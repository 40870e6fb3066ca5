"""Kills a program at a chosen system call: strace delivers SIGKILL when a thread is about to make
its n-th call of a kind, so that every boundary between two steps can be hit, in the program as it
is."""

import collections
import re
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
