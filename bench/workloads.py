"""The workloads: what is done, with which maildrops, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import load_client
from peers.common import Group


@dataclass(frozen=True)
class Workload:
    """`measure(bench, peer, workload)` gives a measurement; `unit` is what its figures are of."""

    name: str
    title: str
    unit: str
    groups: tuple
    measure: Callable
    protocol: str = "pop3"
    words: tuple = ()
    units: int = 1
    times: str = "session_us"
    yardstick: bool = True  # Whether it can be asked for that at all.
    settles: bool = True  # Whether a first round is thrown away.


def closed_loop(bench, peer, workload):
    """So many clients side by side, each beginning anew when it has ended, for a time."""
    group = workload.groups[0]
    return load_client.measure(
        peer.target(workload.protocol, group), bench.place.accounts(group),
        [*workload.words, "--seconds", bench.scale.seconds], workload.units, workload.times)


def _poll(scale):
    small = Group("small", 64, 20)
    many = Group("many", 8, scale.many, 1024)
    stat = ("--workload", "poll", "--connections", 16)
    uidl = ("--workload", "poll-uidl", "--connections")
    return [
        Workload("poll", "Poll: USER PASS STAT QUIT, 20 messages wait", "session", (small,),
                 closed_loop, words=stat),
        Workload("poll-uidl-20", "Poll with leave-on-server: STAT UIDL LIST, 20 messages",
                 "session", (small,), closed_loop, words=(*uidl, 16)),
        Workload("poll-uidl-many",
                 f"Poll with leave-on-server: STAT UIDL LIST, {scale.many:,} messages",
                 "session", (many,), closed_loop, words=(*uidl, 4)),
    ]


def _fetch(scale):
    small = Group("small", 64, 20)
    big = Group("big", 4, 1, scale.big_bytes)
    words = ("--messages", 20, "--connections", 8)
    return [
        Workload("fetch", "Fetch 20 messages of 10 kB, one after the other", "message", (small,),
                 closed_loop, words=("--workload", "fetch", *words), units=20),
        Workload("fetch-pipelined", "Fetch 20 messages of 10 kB, pipelined", "message", (small,),
                 closed_loop, words=("--workload", "fetch-pipelined", *words), units=20),
        Workload("big", f"Fetch a message of {scale.big_bytes / 1e6:g} MB", "message", (big,),
                 closed_loop, words=("--workload", "fetch", "--messages", 1, "--connections", 2)),
    ]


def all_workloads(scale):
    return [*_poll(scale), *_fetch(scale)]
