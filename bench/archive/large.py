"""What a large archive costs: messages of some 2.4 kB, which are made up here, are imported,
indexed, listed, verified, exported and backed up. Prints a table in Markdown: wall and processor
seconds, the peak of memory, and how many times the mail's octets were given to the disk.

usage: large.py RESTANTE [--messages N]   (default: 100,000; takes a GB of room in --folder)"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

WORDS = 60_000
POLL_SECONDS = 0.02  # How often the octets written so far are looked at.


def make_mbox(path, count):
    """Words come as in texts: few are common, most are rare."""
    chosen = random.Random(5)
    words = [f"w{chosen.randrange(1 << 20):05x}" for _ in range(WORDS)]

    def line(length):
        return " ".join(words[int(WORDS * chosen.random() ** 3)] for _ in range(length))

    with open(path, "w", encoding="ascii") as box:
        for i in range(count):
            body = "\n".join(line(11) for _ in range(chosen.randrange(8, 50)))
            box.write(
                f"From a@example.org Mon Jan  1 10:00:00 2024\nSubject: {line(2)} {i}\n"
                f"From: person{i % 500} <p{i % 500}@example.org>\nTo: me@example.net\n"
                f"Date: Mon, {i % 28 + 1:02} Jan 2024 10:{i // 60 % 60:02}:{i % 60:02} +0000\n"
                f"Message-ID: <{i}@example.org>\n\n{body}\n\n")
    return path.stat().st_size


def written_by(process):
    try:
        lines = pathlib.Path(f"/proc/{process.pid}/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0  # It has ended.
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def measure(command, environment):
    """(wall seconds, processor seconds, peak octets of memory, octets written)"""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    written = 0
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        written = max(written, written_by(process))
        time.sleep(POLL_SECONDS)
    if status:
        sys.exit(f"{command}: {process.stderr.read().decode()}")
    return (time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024,
            written)


def steps(folder, mbox):
    return [("import of an mbox", ["import", "--account", "home", mbox]),
            ("the first list: its index", ["list", "-n", "1"]),
            ("list of all", ["list", "-n", "1000000000"]),
            ("list of all, jsonl", ["--format", "jsonl", "list", "-n", "1000000000"]),
            ("verify", ["verify"]),
            ("export to an mbox", ["export", "--to", "mbox", folder / "all.mbox"]),
            ("backup", ["backup", folder / "backup"]),
            ("backup --incremental, nothing new", ["backup", "--incremental", folder / "backup"])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("restante", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--folder", default=None, help="where it is tried; default: TMPDIR")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restante-large-", dir=options.folder) as name:
        folder = pathlib.Path(name)
        mail = make_mbox(folder / "mail.mbox", options.messages)
        (folder / "c.toml").write_text(f'archive = "{folder}/archive"\n', encoding="utf-8")
        environment = dict(os.environ, HOME=name, LC_ALL="C.UTF-8")
        print(f"{options.messages} messages, {mail / 1e6:.0f} MB\n")
        print("| step | wall, s | processor, s | peak of memory, MiB | written ÷ mail |")
        print("|---|--:|--:|--:|--:|")
        for step, words in steps(folder, folder / "mail.mbox"):
            wall, processor, memory, written = measure(
                [options.restante.resolve(), "--config", folder / "c.toml", *words], environment)
            print(f"| {step} | {wall:.1f} | {processor:.1f} | {memory / 2**20:.0f} | "
                  f"{written / mail:.1f} |", flush=True)


if __name__ == "__main__":
    main()
