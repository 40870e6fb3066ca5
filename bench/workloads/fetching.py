"""Fetching: small and large messages, in clear and over TLS, and maildrops that are emptied."""

from peers.common import Group

from .kinds import SMALL, Workload, closed_loop, once


def drain(bench, peer, workload):
    """Every maildrop is emptied once; filled again before the next round."""
    group = workload.groups[0]
    if (peer.name, group.name) in bench.emptied:
        peer.refill(group)
    bench.emptied.add((peer.name, group.name))
    return once(bench, peer, workload, "--sessions", group.accounts)


def make(scale):
    small = Group(*SMALL)
    big = Group("big", 4, 1, scale.big_bytes)
    drained = Group("drained", scale.drained, 20)
    words = ("--messages", 20, "--connections", 8)
    return [
        Workload("fetch", "Fetch 20 messages of 10 kB, one after the other", "message", (small,),
                 closed_loop, words=("--workload", "fetch", *words), units=20),
        Workload("fetch-pipelined", "Fetch 20 messages of 10 kB, pipelined", "message", (small,),
                 closed_loop, words=("--workload", "fetch-pipelined", *words), units=20),
        Workload("tls-fetch", "Fetch 20 messages of 10 kB over TLS 1.3, full handshakes",
                 "message", (small,), closed_loop, "pop3s",
                 ("--workload", "fetch", "--tls", "full", *words), units=20),
        Workload("tls-fetch-resumed", "Fetch 20 messages of 10 kB over TLS 1.3, resumed",
                 "message", (small,), closed_loop, "pop3s",
                 ("--workload", "fetch", "--tls", "resumed", *words), units=20),
        Workload("big", f"Fetch a message of {scale.big_bytes / 1e6:g} MB", "message", (big,),
                 closed_loop, words=("--workload", "fetch", "--messages", 1, "--connections", 2)),
        Workload("drain", f"Drain {scale.drained:,} maildrops: fetch and delete 20 messages each",
                 "maildrop", (drained,), drain, settles=False,
                 words=("--workload", "drain", "--messages", 20, "--connections", 16)),
    ]
