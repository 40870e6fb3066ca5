"""Runs workloads against all peers in turns, round by round, so that what else the machine does
falls on all of them; and takes the medians."""

import statistics
import sys
import time

from load_client import Failed
from peers import MAKERS, Workplace, takes_part


class Progress:
    """Says on stderr what is under way and how long the rest may take."""

    def __init__(self, steps):
        self._steps = steps
        self._done = 0
        self._start = time.monotonic()

    def say(self, text):
        left = ""
        if self._done:
            seconds = (time.monotonic() - self._start) / self._done * (self._steps - self._done)
            left = f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"
        print(f"[{self._done + 1}/{self._steps}] {text}{left}", file=sys.stderr, flush=True)
        self._done += 1


class Bench:
    """One run: its folder, its size, its peers with all accounts and mail that it needs."""

    def __init__(self, folder, scale, names=tuple(MAKERS)):
        self.place = Workplace(folder)
        self.scale = scale
        self.emptied = set()  # (peer, group) whose maildrops a workload has emptied.
        self.peers = [MAKERS[name](self.place) for name in names]


    def prepare(self, workloads):
        for peer in self.peers:
            groups = list(dict.fromkeys(group for one in workloads if takes_part(peer, one)
                                        for group in one.groups))
            print(f"accounts and mail for {peer.name}", file=sys.stderr, flush=True)
            peer.prepare(groups)
            peer.start()

    def run(self, workloads):
        """{workload: {peer: {figure: median}}}; a peer that fails has {"error": text}. All
        workloads take turns, too: an interrupted run has the rounds that were finished."""
        results = {one.name: {peer.name: [] for peer in self.peers
                              if takes_part(peer, one)} for one in workloads}
        try:
            self._rounds(workloads, results)
        except KeyboardInterrupt:
            print("interrupted: what is finished counts", file=sys.stderr)
        return {name: {peer: medians(found) for peer, found in by_peer.items()}
                for name, by_peer in results.items() if all(by_peer.values())}

    def _rounds(self, workloads, results):
        rounds = [(one, number) for number in range(-1, self.scale.rounds) for one in workloads
                  if number >= 0 or (one.settles and self.scale.warms_up)]
        progress = Progress(len(rounds))
        for workload, number in rounds:
            progress.say(f"{workload.name}, " +
                         (f"round {number + 1} of {self.scale.rounds}" if number >= 0 else
                          "warming up"))
            for peer in self.peers:
                found = results[workload.name].get(peer.name)
                if found is not None and not (found and "error" in found[-1]):
                    self._one(workload, peer, number, found)

    def _one(self, workload, peer, number, found):
        try:
            result = workload.measure(self, peer, workload)
        except Failed as failure:
            print(f"{peer.name}: {failure}", file=sys.stderr)
            result = {"error": str(failure)}
        if number >= 0 or "error" in result:
            found.append(result)

    def close(self):
        for peer in self.peers:
            peer.close()


def medians(rounds):
    if "error" in rounds[-1]:
        return rounds[-1]
    return {figure: statistics.median(one[figure] for one in rounds) for figure in rounds[0]}
