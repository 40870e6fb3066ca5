"""How fast the archive answers, and how large its index is: N made-up messages (words by Zipf's
law, a tenth with HTML, a twentieth with an attachment) are put into a Maildir as `restante fetch`
names them; `restante reindex` indexes them; then each kind of query is asked, a process for each.

usage: archive_search.py RESTANTE [N [FOLDER]]      (100000 messages in a new folder)"""

import base64
import hashlib
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

QUERIES = [
    ("a rare word", ["w40000"]),
    ("a common word", ["w20"]),
    ("the commonest word", ["w0"]),
    ("the commonest word, ranked", ["w0", "--sort", "rank"]),
    ("two words, ranked", ["w30", "w300", "--sort", "rank"]),
    ("a phrase", ['"w1 w0"']),
    ("a prefix", ["w399*"]),
    ("from a sender", ["from:sender12@example.com"]),
    ("a month", ["date:2025-03"]),
    ("unread, with attachments", ["is:unread", "has:attachment"]),
    ("everything but a word", ["not", "w0"]),
    ("page 1000", ["w0", "--offset", "20000"]),
]
ROUNDS = 7


def words(random_, count, cumulative):
    return " ".join(f"w{i}" for i in random_.choices(range(len(cumulative)), cum_weights=cumulative,
                                                     k=count))


def message(random_, number, cumulative):
    body = words(random_, random_.randint(50, 700), cumulative)
    lines = "\n".join(body[i:i + 76] for i in range(0, len(body), 76))
    day = number * 1800 % 86400
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000",
                         time.gmtime(1700000000 + number * 900 + day))
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


def fill(folder, count):
    random_ = random.Random(1)
    cumulative, total = [], 0.0
    for rank in range(50000):
        total += 1 / (rank + 2)
        cumulative.append(total)
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    octets = 0
    for number in range(count):
        text = message(random_, number, cumulative).encode()
        received = text.replace(b"\n", b"\r\n")
        octets += len(received)
        name = (f"{1700000000 + number}.{hashlib.sha256(received).hexdigest()}"
                f".restante,S={len(text)}")
        (folder / "cur" / f"{name}:2,{'S' if number % 3 else ''}").write_bytes(text)
    return octets


def main(arguments):
    program = str(pathlib.Path(arguments[0]).resolve())
    count = int(arguments[1]) if len(arguments) > 1 else 100000
    folder = pathlib.Path(arguments[2] if len(arguments) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    mail = folder / "mail"
    config = folder / "restante.toml"
    config.write_text(f'archive = "{mail}"\n')
    octets = fill(mail / "home", count) if not mail.exists() else \
        sum(file.stat().st_size for file in (mail / "home" / "cur").iterdir())
    command = [program, "--config", str(config), "--format", "json"]
    begin = time.monotonic()
    subprocess.run(command + ["reindex"], check=True, stdout=subprocess.DEVNULL)
    print(f"{count} messages, {octets / 1e6:.0f} MB; reindex {time.monotonic() - begin:.0f} s")
    database = (mail / ".restante" / "restante.db").stat().st_size
    print(f"database {database / 1e6:.0f} MB: {100 * database / octets:.1f} % of the mail")
    for name, query in QUERIES:
        for verb in ("list", "search"):
            times = []
            for _ in range(ROUNDS):
                begin = time.monotonic()
                done = subprocess.run(command + [verb, "-n", "20"] + query, check=True,
                                      stdout=subprocess.PIPE)
                times.append(1000 * (time.monotonic() - begin))
            hits = len(json.loads(done.stdout))
            print(f"{name:28} {verb:7} {hits:3} hits  {statistics.median(times):7.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
