#!/usr/bin/python3
"""How many customers of an ISP this machine carries: mail comes in by LMTP and is collected by POP3
at the rate of modelled users in their peak hour, however slow the server is; the most users
are sought for whom the quality of service holds at 80, 100 and 120 % of their load.

One message a minute is the load of 200 users: a delivery a minute (to two recipients on average),
two checks of a maildrop, and what these find is retrieved and deleted. Of the checks 75 % find
nothing new, being repeated soon. Left out: clients on slow lines, and mail that leaves. The clients
run on the same processors."""

import argparse
import dataclasses
import itertools
import json
import math
import random
import signal
import subprocess
import sys
import tempfile

import load_client
import processes
from peers import MAKERS, Group, Workplace
from peers.common import descriptors

USERS_OF_A_MESSAGE = 200  # A minute.
CHECKS_OF_A_MESSAGE = 2
REPEATED = 4  # Checks of a maildrop in a row: the first finds what came, three find nothing.
BLOCKS = 20  # The maildrops of one are checked in turn, so often, before those of the next.
LOADS = (0.8, 1.0, 1.2)
ANSWER_MS, DELIVERY_MS = 5000, 60000  # For 95 % of them.
FAILED_MAX = 0.01
LATE_MAX = 0.03  # Sessions that could not be begun in time.


@dataclasses.dataclass
class Parts:
    """A server, the folder of the run, the group of maildrops, the accounts' lines, the same in the
    order in which they are checked, seconds of a measurement."""

    peer: object
    place: object
    group: object
    accounts: list
    checks: object
    seconds: float


def check_order(users):
    """Without end: each load goes on where the last one ended, so that as much is retrieved as
    comes in."""
    block = -(-len(users) // BLOCKS)
    for start in itertools.cycle(range(0, len(users), block)):
        yield from users[start:start + block] * REPEATED


def one_load(parts, users):
    """What happens in a while under the load of `users`."""
    rates = {"isp-deliver": users / USERS_OF_A_MESSAGE / 60}
    rates["isp-check"] = CHECKS_OF_A_MESSAGE * rates["isp-deliver"]
    accounts = {name: parts.place.folder / f"accounts.{name}" for name in rates}
    anybody = random.Random(users).sample(parts.accounts, len(parts.accounts))
    accounts["isp-deliver"].write_text("".join(anybody))
    next_checks = math.ceil(rates["isp-check"] * parts.seconds)
    accounts["isp-check"].write_text("".join(itertools.islice(parts.checks, next_checks)))
    pid, _ = parts.peer.target("pop3", parts.group)
    before = processes.cpu_seconds(pid)
    loads = {}
    for name, rate in rates.items():
        port = parts.peer.target("lmtp" if name == "isp-deliver" else "pop3", parts.group)[1]
        loads[name] = subprocess.Popen(load_client.command(
            port, accounts[name], ["--workload", name, "--rate", rate, "--seconds", parts.seconds,
                                   "--connections", 2000]), stdout=subprocess.PIPE, text=True)
    reports = {name: json.loads(load.communicate()[0]) for name, load in loads.items()}
    cpu = processes.cpu_seconds(pid) - before
    return {"users": round(users), "cpu": cpu / parts.seconds,
            **{name: judged(report, rates[name] * parts.seconds,
                            DELIVERY_MS if name == "isp-deliver" else ANSWER_MS)
               for name, report in reports.items()}}


def judged(report, wanted, most_ms):
    """What counts of a report, and whether it is good enough."""
    done = report["sessions"] + report["failed"]
    p95_ms = report["session_us"]["p95"] / 1000
    return {"per_second": report["sessions"] / report["seconds"], "p95_ms": p95_ms,
            "failed": report["failed"], "complaints": report["complaints"],
            "octets": report["octets"],
            "good": (done >= (1 - LATE_MAX) * wanted and p95_ms <= most_ms and
                     report["failed"] <= FAILED_MAX * max(1, done))}


def carries(parts, users):
    """The three loads, and whether all are served well enough; stops at the first that is not."""
    found = []
    for load in LOADS:
        found.append({"load": load, **one_load(parts, load * users)})
        good = all(found[-1][name]["good"] for name in ("isp-check", "isp-deliver"))
        print(f"{parts.peer.name}: {users:,.0f} users at {load:.0%}: "
              f"{'good' if good else 'not good enough'}, {found[-1]['cpu']:.2f} processors, "
              f"checks {found[-1]['isp-check']['p95_ms']:.0f} ms, deliveries "
              f"{found[-1]['isp-deliver']['p95_ms']:.0f} ms (95 %)", file=sys.stderr, flush=True)
        if not good:
            return found, False
    return found, True


def search(parts, options):
    """The most users that are carried, in steps from the first, and how they were."""
    users, best = options.users, {"users": 0}
    for _ in range(options.steps):
        found, good = carries(parts, users)
        if not good:
            return {**best, "too_many": found}
        best = {"users": round(users), "loads": found}
        users *= options.step
    return best


def measure(name, options):
    with tempfile.TemporaryDirectory(prefix="restante-bench-") as folder:
        place = Workplace(folder)
        group = Group("customer", options.maildrops)
        peer = MAKERS[name](place)
        try:
            peer.prepare([group])
            peer.start()
            lines = place.accounts(group).read_text().splitlines(keepends=True)
            parts = Parts(peer, place, group, lines, check_order(lines), options.seconds)
            return search(parts, options)
        finally:
            peer.close()


def main():
    parser = argparse.ArgumentParser(prog="./dev bench isp", description=__doc__)
    parser.add_argument("--users", type=float, default=1e6, help="to begin with")
    parser.add_argument("--step", type=float, default=1.5, help="as many times more in each step")
    parser.add_argument("--steps", type=int, default=50, help="at most")
    parser.add_argument("--seconds", type=float, default=10, help="of one load")
    parser.add_argument("--maildrops", type=int, default=20000, help="that the users share")
    parser.add_argument("--peers", nargs="+", choices=list(MAKERS),
                        default=["restanted", "dovecot tuned"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    descriptors()
    print(json.dumps({name: measure(name, options) for name in options.peers}, indent=1))


if __name__ == "__main__":
    main()
