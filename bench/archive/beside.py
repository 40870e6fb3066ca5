"""The archive beside mu and notmuch: each takes in and indexes the same mail, and is asked the
same. Prints a table in Markdown: processor seconds (user and system) and wall time of taking in,
bytes of the index on the disk, and the median wall time of one query's whole command.

usage: beside.py RESTANTE MAIL [--rounds N] [--messages N]   (MAIL: a folder, a message a file)
With fewer messages than N they come again, under other Message-IDs."""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from processor import cost_of

# What is asked, of restante, mu and notmuch.
QUERIES = [
    ("a word", "invoice", "invoice", "invoice"),
    ("the commonest word", "the", "the", "the"),
    ("two words", "free money", "free money", "free money"),
    ("a phrase", '"open source"', '"open source"', '"open source"'),
    ("a beginning", "develop*", "develop*", "develop*"),
    ("in the subject", "subject:linux", "subject:linux", "subject:linux"),
    ("from a sender", "from:example.com", "from:example.com", "from:example.com"),
]


class Subject:
    """A program with a folder of its own."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        self.environment = dict(os.environ, HOME=str(self.folder), LC_ALL="C.UTF-8",
                                NOTMUCH_CONFIG=str(self.folder / "notmuch-config"))

    def run(self, *words):
        """Processor and wall seconds."""
        return cost_of(words, self.environment)

    def wall(self, *words):
        """Wall seconds alone, without perf's start."""
        begin = time.monotonic()
        subprocess.run([str(word) for word in words], check=True, env=self.environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.monotonic() - begin


def bytes_in(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Restante(Subject):
    def __init__(self, program, folder):
        super().__init__("restante", folder)
        (self.folder / "restante.toml").write_text(f'archive = "{self.folder}/mail"\n')
        self.command = [pathlib.Path(program).resolve(), "--config",
                        self.folder / "restante.toml"]

    def take_in(self, mail):
        steps = [self.run(*self.command, "import", mail, "--account", "home"),
                 self.run(*self.command, "list", "-n", "1")]
        return sum(step[0] for step in steps), sum(step[1] for step in steps)

    def index_bytes(self):
        return bytes_in(self.folder / "mail" / ".restante")

    def ask(self, query):
        return self.wall(*self.command, "list", "-n", "50", query)


class Mu(Subject):
    def __init__(self, folder):
        super().__init__("mu", folder)
        self.home = f"--muhome={self.folder}/mu"

    def take_in(self, mail):
        steps = [self.run("mu", "init", f"--maildir={mail}", self.home),
                 self.run("mu", "index", "--quiet", self.home)]
        return sum(step[0] for step in steps), sum(step[1] for step in steps)

    def index_bytes(self):
        return bytes_in(self.folder / "mu")

    def ask(self, query):
        return self.wall("sh", "-c", 'mu find "$@" || test $? = 2 -o $? = 4', "sh", self.home,
                         "--maxnum=50", query)


class Notmuch(Subject):
    def __init__(self, folder):
        super().__init__("notmuch", folder)

    def take_in(self, mail):
        (self.folder / "notmuch-config").write_text(
            f"[database]\npath={mail}\nmail_root={mail}\n[search]\nexclude_tags=\n")
        self.index = mail / ".notmuch"
        return self.run("notmuch", "new", "--quiet")

    def index_bytes(self):
        return bytes_in(self.index)

    def ask(self, query):
        return self.wall("notmuch", "search", "--limit=50", query)


def put(messages, count, folder):
    """As a Maildir, which all three read; their octets together."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    octets = 0
    for number in range(count):
        again, one = divmod(number, len(messages))
        message = messages[one].read_bytes()
        if again:
            message = re.sub(rb"(?im)^message-id:\s*<", b"Message-ID: <%d." % again, message, 1)
        (folder / "cur" / f"{number}.x:2,S").write_bytes(message)
        octets += len(message)
    return octets


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("mail", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=0, help="default: those that are there")
    asked = parser.parse_args(arguments)
    messages = sorted(path for path in asked.mail.rglob("*")
                      if path.is_file() and path.suffix != ".json")
    with tempfile.TemporaryDirectory(prefix="archive-beside-") as name:
        folder = pathlib.Path(name)
        count = asked.messages or len(messages)
        octets = put(messages, count, folder / "mail")
        subjects = [Restante(asked.program, folder), Mu(folder), Notmuch(folder)]
        print(f"{count} messages, {octets / 1e6:.0f} MB\n")
        print("| | " + " | ".join(subject.name for subject in subjects) + " |\n|---|---|---|---|")
        taken = [subject.take_in(folder / "mail") for subject in subjects]
        print("| taking in, CPU s (wall s) | "
              + " | ".join(f"{cpu:.1f} ({wall:.1f})" for cpu, wall in taken) + " |")
        print("| index, MB | "
              + " | ".join(f"{subject.index_bytes() / 1e6:.1f}" for subject in subjects) + " |")
        for what, *queries in QUERIES:
            cells = []
            for subject, query in zip(subjects, queries):
                walls = [subject.ask(query) for _ in range(asked.rounds)]
                cells.append(f"{1000 * statistics.median(walls):.0f}")
            print(f"| {what}, ms | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
