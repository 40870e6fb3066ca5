#!/usr/bin/python3
"""Compares restante with mpop, getmail6 and fetchmail, all collecting from restanted and Dovecot on
this machine into Maildirs (docs/performance.md). Run by bench/fetch/run."""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tests/e2e")]

import workloads  # noqa: E402
from servers import SERVERS  # noqa: E402

WORST = ("lost", "doubled", "damaged", "on_disk")  # Not medians: one lost message is one too many.
VERSIONS = {"mpop": ["mpop", "--version"], "fetchmail": ["fetchmail", "-V"],
            "getmail6": ["getmail", "--version"], "dovecot": ["dovecot", "--version"],
            "procmail": ["procmail", "-v"]}


def summary(counted):
    """One record of all rounds: medians, and the worst of what must not happen."""
    result = {}
    for key in counted[0]:
        values = [each[key] for each in counted]
        worst = min if key == "on_disk" else max
        result[key] = worst(values) if key in WORST else statistics.median(values)
    return result


def measure(chosen, rounds):
    """[{workload, server, program, …}], as the table has them."""
    servers = {name: SERVERS[name]() for name in {n for w in chosen for n in w.servers}}
    rows = []
    try:
        for workload in chosen:
            print(f"measuring {workload.name} …", file=sys.stderr, flush=True)
            counted = {}
            for server, program, record in workloads.records(workload, servers, rounds):
                counted.setdefault((server, program), []).append(record)
            for (server, program), records in counted.items():
                rows.append({"workload": workload.name, "server": server, "program": program,
                             "rounds": len(records), **summary(records)})
    except AssertionError:
        for server in servers.values():
            print(f"{server.name}:", *server.log()[-20:], sep="\n", file=sys.stderr)
        raise
    finally:
        for server in servers.values():
            server.close()
    return rows


def versions():
    found = {}
    for name, command in VERSIONS.items():
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        match = re.search(r"\d+\.\d+[\w.]*", said.stdout + said.stderr)
        found[name] = match.group() if match else "?"
    return found


def cell(row, key, form):
    return form(row[key]) if key in row else "–"


def table(rows):
    """Markdown. The ratio is that of the wall time to restante's."""
    lines = ["| workload | server | program | wall | ratio | CPU | peak memory | on disk | lost |"
             " doubled |",
             "|---|---|---|--:|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        ours = next(other for other in rows if other["program"] == "restante" and
                    all(other[key] == row[key] for key in ("workload", "server")))
        ratio = f"{row['wall_s'] / ours['wall_s']:.2f}" if "wall_s" in row else "–"
        lines.append(
            f"| {row['workload']} | {row['server']} | {row['program']} "
            f"| {cell(row, 'wall_s', '{:.2f} s'.format)} | {ratio} "
            f"| {cell(row, 'cpu_s', '{:.2f} s'.format)} "
            f"| {cell(row, 'peak_kb', lambda kb: f'{kb / 1024:.1f} MB')} "
            f"| {cell(row, 'on_disk', str)} | {cell(row, 'lost', str)} "
            f"| {cell(row, 'doubled', str)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many (default: 5)")
    parser.add_argument("--quick", action="store_true",
                        help="one round of a fortieth of each; the rows keep their names")
    parser.add_argument("--only", default="", help="workloads whose names this regex finds")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    chosen = list(workloads.quick() if options.quick else workloads.FULL)
    chosen = [workload for workload in chosen if re.search(options.only, workload.name)]
    if not chosen:
        parser.error(f"no workload's name matches '{options.only}'")
    rows = measure(chosen, options.rounds)
    if options.format == "json":
        print(json.dumps({"versions": versions(), "rows": rows}))
    else:
        print(", ".join(f"{name} {version}" for name, version in versions().items()))
        print(table(rows))


if __name__ == "__main__":
    main()
