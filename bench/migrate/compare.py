"""How many messages a second `restantectl migrate` brings in from Maildirs with dovecot-uidlist:
into many maildrops and into one, beside what LMTP brings in on the same machine in the same run.
Prints a table in Markdown.

usage: compare.py [--quick] [--format json]"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import load_client  # noqa: E402
from peers import MAKERS, Workplace  # noqa: E402
from peers.common import BIN, Group  # noqa: E402

OCTETS = 10240
DELIVERIES = 10  # In one LMTP session.


def make_maildir(folder, messages, wire):
    """As Dovecot has left it."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    lines = ["3 V1700000000 N999999 G88\n"]
    for number in range(1, messages + 1):
        name = f"{1_600_000_000 + number}.M1P1.bench"
        (folder / "cur" / f"{name}:2,S").write_bytes(b"X-Number: %d\n" % number + wire)
        lines.append(f"{number} W{OCTETS} :{name}\n")
    (folder / "dovecot-uidlist").write_text("".join(lines))


class Bench:
    def __init__(self, folder, seconds):
        self.place = Workplace(folder)
        self.seconds = seconds
        self.peer = MAKERS["restanted"](self.place)

    def lmtp(self, group, connections):
        words = ["--workload", "deliver", "--connections", connections, "--deliveries", DELIVERIES,
                 "--seconds", self.seconds]
        return load_client.measure(self.peer.target("lmtp", group), self.place.accounts(group),
                                   words, DELIVERIES, "step_us")["per_second"]

    def migrate(self, group, messages, jobs):
        """Messages a second of the whole command, its start included."""
        wire = self.place.mail(OCTETS).read_bytes().replace(b"\r\n", b"\n")
        root = self.place.folder / f"old-{group.name}"
        for user in group.users():
            make_maildir(root / user, messages, wire)
        os.sync()  # Else the disk would still be busy with what was just made.
        file = self.place.folder / f"map-{group.name}"
        file.write_text("".join(f"{user}\n" for user in group.users()))
        config = self.peer._server.config_path
        command = [BIN / "restantectl", "--config", config, "--format", "json", "migrate",
                   f"{root}/%u", "--map", file, "--jobs", str(jobs)]
        begin = time.monotonic()
        done = subprocess.run(command, capture_output=True, check=True, timeout=3600)
        spent = time.monotonic() - begin
        moved = json.loads(done.stdout)["moved"]
        assert moved == messages * group.accounts, moved
        return moved / spent


def measure(quick):
    many, each, one = (200, 100, 20000) if quick else (1000, 100, 100000)
    groups = {name: Group(name, accounts) for name, accounts in
              (("lmtp", many), ("moved", many), ("lmtpone", 1), ("movedone", 1))}
    with tempfile.TemporaryDirectory(prefix="restante-migrate-") as folder:
        bench = Bench(folder, 3 if quick else 15)
        try:
            bench.peer.prepare(list(groups.values()))
            bench.peer.start()
            return {
                "many": {"lmtp": bench.lmtp(groups["lmtp"], 16),
                         "migrate": bench.migrate(groups["moved"], each, 8)},
                "one": {"lmtp": bench.lmtp(groups["lmtpone"], 64),
                        "migrate": bench.migrate(groups["movedone"], one, 1)},
            }
        finally:
            bench.peer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    found = measure(options.quick)
    if options.format == "json":
        print(json.dumps(found))
        return
    print("| messages of 10 kB a second | LMTP | migrate | times |\n|---|--:|--:|--:|")
    for name, title in (("many", "into many maildrops"), ("one", "into one maildrop")):
        lmtp, moved = found[name]["lmtp"], found[name]["migrate"]
        print(f"| {title} | {lmtp:,.0f} | {moved:,.0f} | {moved / lmtp:.1f} |")


if __name__ == "__main__":
    main()
