"""How fast the archive answers, and how large its index is: N made-up messages (words by Zipf's
law, a tenth with HTML, a twentieth with an attachment, a fiftieth in Japanese), or the files of
--mail, are put into a Maildir as `restante fetch` names them; `restante reindex` indexes them; then
each kind of query is asked: by the command, a process for each, and by the library alone. With
--before, an older program has an archive of its own, and they take turns.

usage: archive_search.py RESTANTE [N] [--folder DIR] [--mail DIR] [--before PROGRAM] [--json FILE]
       (RESTANTE's folder has archive_search, too, when it was built with -DRESTANTE_BENCH=ON)"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

QUERIES = [  # What it is called, the query, its order and offset.
    ("a rare word", "w40000", "date", 0),
    ("a common word", "w20", "date", 0),
    ("the commonest word", "w0", "date", 0),
    ("the commonest word, ranked", "w0", "rank", 0),
    ("two words, ranked", "w30 w300", "rank", 0),
    ("one of three words, ranked", "w5 or w50 or w500", "rank", 0),
    ("a phrase", '"w1 w0"', "date", 0),
    ("a phrase, ranked", '"w1 w0"', "rank", 0),
    ("a rare phrase", '"w700 w800"', "date", 0),
    ("Japanese", "会議", "date", 0),
    ("a prefix", "w399*", "date", 0),
    ("a word in the subject", "subject:w3", "date", 0),
    ("from a sender", "from:sender12@example.com", "date", 0),
    ("a month", "date:2025-03", "date", 0),
    ("large ones", "size:20k..", "date", 0),
    ("of an account", "account:home", "date", 0),
    ("unread, with attachments", "is:unread has:attachment", "date", 0),
    ("read", "is:read", "date", 0),
    ("everything but a word", "not w0", "date", 0),
    ("a word but no other", "w20 -w0", "date", 0),
    ("page 1000", "w0", "date", 20000),
]
PAGE = 20
ROUNDS = 7
CHARACTERS = "今日会議資料送付明後確認予定変更連絡担当者東京大阪電話番号注文請求書"


def words(random_, count, cumulative):
    return " ".join(f"w{i}" for i in random_.choices(range(len(cumulative)), cum_weights=cumulative,
                                                     k=count))


def arrival(number):
    return 1700000000 + number * 900


def message(random_, number, cumulative):
    body = words(random_, random_.randint(50, 700), cumulative)
    if number % 50 == 3:
        body = "".join(random_.choices(CHARACTERS, k=400))
    lines = "\n".join(body[i:i + 76] for i in range(0, len(body), 76))
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(arrival(number)))
    head = (f"Received: from mx{number % 7}.example.net by mail.example.com with ESMTPS "
            f"id {number:x}; {date}\n"
            f"From: Sender {number % 500} <sender{number % 500}@example.com>\n"
            f"To: me@example.com\nSubject: {words(random_, 6, cumulative)}\nDate: {date}\n"
            f"Message-ID: <{number}@example.com>\nMIME-Version: 1.0\n")
    if number % 20 == 0:
        data = base64.encodebytes(random_.randbytes(20000)).decode()
        return (f"{head}Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\n{lines}\n--xx\n"
                f"Content-Type: application/pdf; name=file{number}.pdf\n"
                f"Content-Transfer-Encoding: base64\n\n{data}--xx--\n")
    if number % 10 == 1:
        return (f"{head}Content-Type: text/html; charset=utf-8\n\n"
                f"<html><body><p>{lines}</p></body>\n")
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{lines}\n"


def made_up(count):
    random_ = random.Random(1)
    cumulative, total = [], 0.0
    for rank in range(50000):
        total += 1 / (rank + 2)
        cumulative.append(total)
    return (message(random_, number, cumulative).encode() for number in range(count))


def files_of(folder):
    paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return (path.read_bytes().replace(b"\r\n", b"\n") for path in paths)


def fill(folder, messages):
    """Returns how many there are, and their octets as received."""
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    count = octets = 0
    for number, text in enumerate(messages):
        received = text.replace(b"\n", b"\r\n")
        octets += len(received)
        count += 1
        name = f"{arrival(number)}.{hashlib.sha256(received).hexdigest()}.restante,S={len(text)}"
        (folder / "cur" / f"{name}:2,{'S' if number % 3 else ''}").write_bytes(text)
    (folder.parent.parent / "filled.json").write_text(json.dumps([count, octets]))
    return count, octets


class Subject:
    """A program with an archive of its own."""

    def __init__(self, program, folder, maildir):
        self.program = pathlib.Path(program).resolve()
        self.archive = folder / "mail"
        if maildir != self.archive / "home" and not self.archive.exists():
            shutil.copytree(maildir, self.archive / "home", copy_function=os.link)
        config = folder / "restante.toml"
        config.write_text(f'archive = "{self.archive}"\n')
        self.command = [self.program, "--config", config, "--format", "json"]

    def index(self):
        """Seconds, and bytes by table."""
        begin = time.monotonic()
        subprocess.run(self.command + ["reindex"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        took = time.monotonic() - begin
        with sqlite3.connect(self.archive / ".restante" / "restante.db") as opened:
            tables = opened.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name "
                                    "ORDER BY 2 DESC").fetchall()
        return took, dict(tables)

    def ask(self, verb, query, order, offset):
        """Milliseconds of processor and wall, and the hits on the page."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        done = subprocess.run(
            self.command + [verb, "-n", str(PAGE), "--sort", order, "--offset", str(offset), query],
            check=True, stdout=subprocess.PIPE)
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return 1000 * cpu, 1000 * wall, len(json.loads(done.stdout))

    def library(self, query, order, offset):
        """The same without a process around it; None: it was not built."""
        program = self.program.parent / "archive_search"
        if not program.exists():
            return None
        return json.loads(subprocess.run(
            [program, self.archive, str(ROUNDS), order, str(PAGE), str(offset), "lines", query],
            check=True, stdout=subprocess.PIPE).stdout)


def measure(subjects, asked):
    """For each subject: medians of the rounds, in which they take turns."""
    name, query, order, offset = asked
    rows = [{"name": name, "query": query} for _ in subjects]
    for verb in ("list", "search"):
        rounds = [[subject.ask(verb, query, order, offset) for subject in subjects]
                  for _ in range(ROUNDS)]
        for i, row in enumerate(rows):
            row[f"{verb}_cpu_ms"] = statistics.median(turn[i][0] for turn in rounds)
            row[f"{verb}_wall_ms"] = statistics.median(turn[i][1] for turn in rounds)
            row["hits"] = rounds[0][i][2]
    for subject, row in zip(subjects, rows):
        row["library"] = subject.library(query, order, offset)
    return rows


def show(rows):
    now, *before = rows
    library = now["library"]
    line = f"{now['name']:27} {now['hits']:3}"
    line += f" {library['cpu_ms']:7.1f} {library['wall_ms']:7.1f}" if library else " " * 16
    for verb in ("list", "search"):
        line += f" {now[verb + '_cpu_ms']:7.1f} {now[verb + '_wall_ms']:7.1f}"
        for old in before:
            line += f" {old[verb + '_cpu_ms'] / now[verb + '_cpu_ms']:5.2f}x"
    print(line, flush=True)


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("count", nargs="?", type=int, default=100000)
    parser.add_argument("--folder")
    parser.add_argument("--mail")
    parser.add_argument("--before")
    parser.add_argument("--json")
    return parser.parse_args(arguments)


def main(arguments):
    asked = read_arguments(arguments)
    folder = pathlib.Path(asked.folder or tempfile.mkdtemp(prefix="archive-search-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    maildir = folder / "mail" / "home"
    if maildir.exists():
        count, octets = json.loads((folder / "filled.json").read_text())
    else:
        count, octets = fill(maildir, files_of(asked.mail) if asked.mail else made_up(asked.count))
    subjects = [Subject(asked.program, folder, maildir)]
    if asked.before:
        (folder / "before").mkdir(exist_ok=True)
        subjects.append(Subject(asked.before, folder / "before", maildir))
    result = {"messages": count, "octets": octets, "subjects": [], "queries": []}
    for subject in subjects:
        took, tables = subject.index()
        total = sum(tables.values())
        words_share = sum(tables[name] for name in tables if re.match("search_", name)) / octets
        print(f"{subject.program}: {count} messages, {octets / 1e6:.0f} MB; reindex {took:.0f} s; "
              f"database {total / 1e6:.0f} MB, {100 * total / octets:.1f} % of the mail, "
              f"its words {100 * words_share:.1f} %")
        result["subjects"].append({"program": str(subject.program), "reindex_s": took,
                                   "share": total / octets, "tables": tables})
    ratio = "before" if asked.before else ""
    print(f"{'milliseconds, medians':27} {'hit':>3} {'library':>7} {'wall':>7} {'list':>7} "
          f"{'wall':>7} {ratio:6} {'search':>6} {'wall':>7} {ratio}")
    for query in QUERIES:
        rows = measure(subjects, query)
        show(rows)
        result["queries"].append(rows)
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
