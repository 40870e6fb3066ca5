"""CPU time and memory of a server with all its processes, those that have ended included."""

import os
import pathlib

from measure import cpu_ns

_TICK = os.sysconf("SC_CLK_TCK")


def tree(root):
    """The process and all that come from it."""
    children = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(path)
        if fields:
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, wanted = [], [root]
    while wanted:
        found.append(wanted.pop())
        wanted += children.get(found[-1], [])
    return found


def _stat(path):
    """The fields from the third on (state, parent, …): the second may have blanks in it."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_seconds(root):
    """User and kernel time so far: of the processes that live by their own clocks, of those that
    have ended by what their parents were told (in ticks)."""
    spent = 0.0
    for pid in tree(root):
        fields = _stat(pathlib.Path(f"/proc/{pid}/stat"))
        if not fields:
            continue
        spent += (int(fields[13]) + int(fields[14])) / _TICK
        try:
            spent += cpu_ns(pid) / 1e9
        except OSError:
            continue  # Ended meanwhile.
    return spent


def memory_kb(root):
    """Proportional set size: what they share counts once."""
    total = 0
    for pid in tree(root):
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines()
                     if line.startswith("Pss:"))
    return total
