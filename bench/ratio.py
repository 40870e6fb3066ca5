#!/usr/bin/python3
"""Compares restanted with the yardstick: CPU of the server for a session and for a RETR
(docs/performance.md). Run by bench/run."""

import argparse
import json
import tempfile

import measure
from subjects import Restanted, Yardstick


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="that are counted (default: 9)")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restante-bench-") as folder:
        yardstick, restanted = Yardstick(folder), Restanted()
        try:
            medians = measure.compare([yardstick.subject(), restanted.subject()], options.rounds)
        finally:
            yardstick.close()
            restanted.close()
    if options.format == "json":
        print(json.dumps(medians))
        return
    print(f"CPU of the server, median of {options.rounds} rounds, in microseconds")
    print(f"{'':30}{'yardstick':>10}{'restanted':>10}{'ratio':>7}")
    for job, ratio in measure.ratios(medians, "restanted", "yardstick").items():
        times = medians[job]
        print(f"{job:30}{times['yardstick'] / 1e3:10.1f}{times['restanted'] / 1e3:10.1f}"
              f"{ratio:7.2f}")


if __name__ == "__main__":
    main()
