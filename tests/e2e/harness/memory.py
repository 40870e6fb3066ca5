"""What lies in the memory of a process: every private mapping that it can write to, heaps, stacks
and all. Needs the right to look (root, or the same user where ptrace is not restricted)."""

import os
import pathlib

PAGE = os.sysconf("SC_PAGE_SIZE")


def _writable(pid):
    """(low, high, name) of what is there at all: stacks are mostly promised, not used."""
    span = None
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            span = [int(number, 16) for number in words[0].split("-")]
            wanted = words[1].startswith("rw") and words[-1] not in ("[vvar]", "[vsyscall]")
            name = words[5] if len(words) > 5 else ""
        elif wanted and words[0] == "Rss:" and words[1] != "0":
            yield *span, name


def _used(pid, low, high):
    """The pages of a span that are there, as spans."""
    with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        pagemap.seek(low // PAGE * 8)
        flags = pagemap.read((high - low) // PAGE * 8)[7::8]
    start = None
    for index, flag in enumerate(flags + b"\0"):
        there = flag & 0xc0  # In memory, or swapped out.
        if there and start is None:
            start = index
        elif not there and start is not None:
            yield low + start * PAGE, low + index * PAGE
            start = None


def find(pid, needles, around=24):
    """{needle: [where and what is there]} of those that are found."""
    found = {}
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for begin, end, name in _writable(pid):
            for start, high in _used(pid, begin, end):
                try:
                    memory.seek(start)
                    data = memory.read(high - start)
                except OSError:
                    continue  # Unmapped meanwhile.
                for needle in needles:
                    at = data.find(needle)
                    if at >= 0:
                        text = bytes(data[max(0, at - around):at + len(needle) + around])
                        found.setdefault(needle, []).append(f"{start + at:x} {name} {text!r}")
    return found
