#!/usr/bin/python3
"""What an archive account costs deliveries: the rate without one and with 1, 4 and 16 logs, in
turns in one run, for several numbers of connections. Run by bench/archived/run."""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import load_client  # noqa: E402
from machine import facts  # noqa: E402
from peers.common import PASSWORD, Group, Workplace  # noqa: E402
from peers.restanted import Restanted  # noqa: E402

ARCHIVE = "archive@example.test"
LOGS = (0, 1, 4, 16)
CONNECTIONS = (1, 16, 64)
DELIVERIES = 10  # Mails in one LMTP session.
INBOX = Group("inbox", 256)


class Archiving(Restanted):
    """restanted with an archive of this number of logs; 0: none."""

    def __init__(self, place, logs):
        super().__init__(place)
        self._logs = logs
        if logs:
            self._server.configure({**self._server.config, "accounts": {
                "default_domain": "example.test", "archive_account": ARCHIVE,
                "archive_logs": logs}})

    def make_accounts(self):
        self.prepare([INBOX])
        for number in range(1, self._logs + 1):
            self._server.add_account(ARCHIVE if number == 1 else
                                     ARCHIVE.replace("@", f"-{number}@"), PASSWORD)


def compare(options):
    """{connections: {logs: {figure: median}}}"""
    found = {connections: {logs: [] for logs in LOGS} for connections in CONNECTIONS}
    with tempfile.TemporaryDirectory(prefix="restante-bench-") as folder:
        place = Workplace(folder)
        servers = {logs: Archiving(place, logs) for logs in LOGS}
        try:
            for server in servers.values():
                server.make_accounts()
                server.start()
            for number in range(-1, options.rounds):  # The first is not counted.
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
                for connections in CONNECTIONS:
                    for logs, server in servers.items():
                        words = ["--workload", "deliver", "--connections", connections,
                                 "--deliveries", DELIVERIES, "--seconds", options.seconds]
                        result = load_client.measure(server.target("lmtp", INBOX),
                                                     place.accounts(INBOX), words, DELIVERIES,
                                                     "step_us")
                        if number >= 0:
                            found[connections][logs].append(result)
        finally:
            for server in servers.values():
                server.close()
    return {connections: {logs: {figure: statistics.median(one[figure] for one in rounds)
                                 for figure in rounds[0]}
                          for logs, rounds in by_logs.items()}
            for connections, by_logs in found.items()}


def text(medians):
    lines = [f"{'connections':>11}{'logs':>6}{'per second':>12}{'of none':>9}{'CPU us':>9}"
             f"{'50 % ms':>9}{'99 % ms':>9}"]
    for connections, by_logs in medians.items():
        for logs, one in by_logs.items():
            lines.append(f"{connections:11}{logs or 'none':>6}{one['per_second']:12,.0f}"
                         f"{one['per_second'] / by_logs[0]['per_second']:9.2f}"
                         f"{one['cpu_us']:9.1f}{one['p50_us'] / 1000:9.2f}"
                         f"{one['p99_us'] / 1000:9.2f}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench archived", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="that are counted (default: 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    machine, medians = facts(), compare(options)
    if options.format == "json":
        print(json.dumps({"machine": machine, "rounds": options.rounds, "medians": medians}))
        return
    print(f"{machine['date']}, {machine['processors']} x {machine['cpu']}, load average "
          f"{machine['load_average']}; medians of {options.rounds} rounds")
    print(text(medians))


if __name__ == "__main__":
    main()
