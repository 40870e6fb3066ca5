"""A file that was found good once is not checked again: a stamp is an empty file named by the hash
of all that the result depends on."""

import hashlib
import os
import pathlib
import re
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

_INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.M)


@lru_cache(maxsize=None)
def _content(path):
    return path.read_bytes()


@lru_cache(maxsize=None)
def _direct(path, roots):
    found = set()
    for name in _INCLUDE.findall(_content(path)):
        for root in (path.parent, *roots):
            candidate = (root / name.decode()).resolve()
            if candidate.is_file():
                found.add(candidate)
                break
    return frozenset(found)


def closure(path, roots):
    """The file and all of ours that it includes, by way of `roots` or the includer's folder."""
    seen, todo = set(), [path.resolve()]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += _direct(current, tuple(roots))
    return sorted(seen)


def key_of(paths, *settings):
    """A name that changes when a file or a setting does."""
    digest = hashlib.sha256()
    for part in [*map(str, settings), *(f"{path}\0".encode() + _content(path) for path in paths)]:
        part = part.encode() if isinstance(part, str) else part
        digest.update(b"%d\0" % len(part) + part)
    return digest.hexdigest()


class Stamps:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def has(self, key):
        return (self.folder / key).exists()

    def add(self, key):
        (self.folder / key).touch()

    def keep_only(self, keys):
        """Forgets what no file of the present tree has."""
        for stamp in self.folder.iterdir():
            if stamp.name not in keys:
                stamp.unlink()


def check_all(jobs, stamps, check):
    """`jobs` is {name: key}; check(name) is the output of a failure, or empty. Runs those without
    a stamp side by side, prints what failed (last, where a log that is cut short keeps it), and
    returns the number of failures."""
    todo = sorted(name for name, key in jobs.items() if not stamps.has(key))
    print(f"{len(jobs) - len(todo)} of {len(jobs)} are unchanged", flush=True)
    failures = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, output in zip(todo, pool.map(check, todo)):
            if output:
                failures[name] = output
            else:
                stamps.add(jobs[name])
    stamps.keep_only(set(jobs.values()))
    for name, output in failures.items():
        print(f"{name}:\n{output}", flush=True)
    return len(failures)
