"""What a workload is, and the commonest way to measure one."""

from collections.abc import Callable
from dataclasses import dataclass

import load_client


@dataclass(frozen=True)
class Workload:
    """`measure(bench, peer, workload)` gives the figures; `unit` is what they are of."""

    name: str
    title: str
    unit: str
    groups: tuple
    measure: Callable
    protocol: str = "pop3"
    words: tuple = ()  # For bench/load.
    units: int = 1  # In one session.
    times: str = "session_us"
    bound: str = "yardstick"  # Which of the peers that are no servers takes part.
    line: tuple = ()  # Of which plot it is a point, and where: (title, x).
    settles: bool = True  # Whether a first round is thrown away.


def words_for(peer, workload):
    """With no more clients side by side than the server takes."""
    words = list(workload.words)
    if peer.is_server and "--connections" in words:
        place = words.index("--connections") + 1
        words[place] = min(words[place], peer.connections_max)
    return words


def closed_loop(bench, peer, workload):
    """Clients side by side, each beginning anew when it has ended, for a time."""
    group = workload.groups[0]
    return load_client.measure(
        peer.target(workload.protocol, group), bench.place.accounts(group),
        [*words_for(peer, workload), "--seconds", bench.scale.seconds], workload.units,
        workload.times)


def once(bench, peer, workload, *words):
    """A set number of sessions."""
    group = workload.groups[0]
    return load_client.measure(
        peer.target(workload.protocol, group), bench.place.accounts(group),
        [*workload.words, *words], workload.units, workload.times)


SMALL = ("small", 64, 20)  # Of Group: what most polls and fetches are about.
