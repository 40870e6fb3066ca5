"""How long `restantectl journal` looks through ten million lines that are in the page cache.

  bench/journal/run [--lines N] [--format json]
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import time

import lines

ROUNDS = 3
BIN = pathlib.Path(os.environ["RESTANTE_BIN"])


def questions(count):
    """What operators ask, of a mail in the middle."""
    number = count // lines.LINES_A_MAIL // 2
    return {
        "by unique id": ["--uid", lines.uid_of(number)],
        "by Message-ID": ["--message-id", lines.message_id_of(number)],
        "by account": ["--account", lines.account(number * 7919)],
        "who deleted it": ["--account", lines.account(number * 7919), "--uid",
                           lines.uid_of(number), "--act", "deleted"],
        "a Message-ID that is not there": ["--message-id", "none@example.com"],
        "the failed logins": ["--act", "login-failed"],
    }


def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def ask(config, words):
    """(lines found, seconds, seconds of processor)."""
    before, began = used(), time.monotonic()
    found = subprocess.run([BIN / "restantectl", "--config", config, "--format", "json", "journal",
                            "--limit", "0", *words], check=True, capture_output=True).stdout
    return len(json.loads(found or "[]")), time.monotonic() - began, used() - before


def measure(folder, count):
    config = folder / "restanted.toml"
    config.write_text(f'data_dir = "{folder}/data"\n')
    (folder / "data").mkdir(mode=0o700)
    octets = lines.write(folder / "data" / "journal", count)
    rows = []
    for name, words in questions(count).items():
        rounds = [ask(config, words) for _ in range(ROUNDS + 1)][1:]
        seconds, processor = (sorted(each[i] for each in rounds)[ROUNDS // 2] for i in (1, 2))
        rows.append({"question": name, "found": rounds[0][0], "seconds": round(seconds, 2),
                     "processor": round(processor, 2)})
    return {"lines": count, "octets": octets, "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(pathlib.Path(folder), options.lines)
    if options.format == "json":
        print(json.dumps(result, indent=1))
        return
    print(f"{result['lines']:,} lines, {result['octets'] / 1e9:.2f} GB")
    print("| question | acts found | seconds | processor |\n|---|---|---|---|")
    for row in result["rows"]:
        print(f"| {row['question']} | {row['found']} | {row['seconds']:.2f} s "
              f"| {row['processor']:.2f} s |")


if __name__ == "__main__":
    main()
