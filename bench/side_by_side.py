#!/usr/bin/python3
"""Measures restanted, other servers and the yardstick with the same workloads, side by side in one
run, and prints medians and ratios (docs/performance.md). Run by bench/run."""

import argparse
import json
import signal
import sys
import tempfile

import table
from machine import facts
from peers import MAKERS
from runner import Bench
from scale import QUICK, SMALLEST, WHOLE
from workloads import all_workloads


class _Names(argparse.Action):
    def __call__(self, parser, *_):
        print("\n".join(f"{one.name:24}{one.title}" for one in all_workloads(WHOLE)))
        parser.exit()


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: minutes")
    parser.add_argument("--smallest", action="store_true", help="as the tests run it: no figures")
    parser.add_argument("--only", nargs="+", metavar="WORKLOAD", default=[],
                        help="some, by their names")
    parser.add_argument("--peers", nargs="+", choices=list(MAKERS), default=list(MAKERS))
    parser.add_argument("--rounds", type=int, help="that are counted, of each workload")
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--help-workloads", action=_Names, nargs=0, help="their names")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    return parser.parse_args()


def scale_of(options):
    scale = SMALLEST if options.smallest else QUICK if options.quick else WHOLE
    return scale.__class__(**{**vars(scale), "rounds": options.rounds or scale.rounds,
                              "seconds": options.seconds or scale.seconds})


def chosen(names, workloads):
    unknown = set(names) - {one.name for one in workloads}
    if unknown:
        sys.exit(f"no such workload: {', '.join(sorted(unknown))}")
    return [one for one in workloads if not names or one.name in names]


def measure(options):
    """The whole result, as `--format json` prints it."""
    scale = scale_of(options)
    workloads = chosen(options.only, all_workloads(scale))
    with tempfile.TemporaryDirectory(prefix="restante-bench-") as folder:
        bench = Bench(folder, scale, options.peers)
        try:
            bench.prepare(workloads)
            results = bench.run(workloads)
            versions = {peer.name: peer.version() for peer in bench.peers}
        finally:
            bench.close()
    return {"machine": facts(), "versions": versions, "rounds": scale.rounds,
            "workloads": {one.name: {"title": one.title, "unit": one.unit, "line": one.line,
                                     "peers": results[one.name],
                                     "ratios": table.ratios(results[one.name])}
                          for one in workloads if one.name in results}}


def main():
    options = arguments()
    # Folders are removed and servers ended after each of these signals.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    result = measure(options)
    print(json.dumps(result, indent=1) if options.format == "json" else table.text(result))
    failed = any("error" in figures for one in result["workloads"].values()
                 for figures in one["peers"].values())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
