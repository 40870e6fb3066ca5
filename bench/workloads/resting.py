"""What servers cost that are large or rest: huge maildrops, idle connections, a start with many
maildrops, and logins with a costly hash."""

import subprocess
import time

import load_client
import processes
from load_client import Failed
from peers.common import Group, descriptors

from .kinds import Workload, closed_loop, once


def restart(peer, cold=None):
    """Seconds from its start to its first answer; the group `cold` is not in the page cache."""
    peer.stop()
    if cold:
        peer.forget(cold)
    begin = time.monotonic()
    peer.start()
    return time.monotonic() - begin


def cold(bench, peer, workload):
    """One session with a server that has just started, its files out of the page cache."""
    restart(peer, workload.groups[0])
    return once(bench, peer, workload, "--sessions", 1)


def idle(bench, peer, workload):
    """Memory of a fresh server before and after many logins, for each of them."""
    group = workload.groups[0]
    count = min(group.accounts, peer.connections_max)
    restart(peer)
    pid, port = peer.target(workload.protocol, group)
    load_client.run(port, bench.place.accounts(group),
                    ["--workload", "poll", "--sessions", 2, *workload.words[2:]])
    before = processes.memory_kb(pid)
    words = [*workload.words, "--connections", 100, "--sessions", count]
    load = subprocess.Popen(load_client.command(port, bench.place.accounts(group), words),
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = load.stdout.readline()
    after = processes.memory_kb(pid)
    report = load_client.report_of(line if "holding" not in line else load.communicate()[0])
    load.wait()
    if report["sessions"] != count:
        raise Failed(f"{report['sessions']} of {count} connections")
    return {"connections": count, "memory_kb": after, "kib_per_connection":
            (after - before) / count}


def start_up(_bench, peer, workload):
    seconds = restart(peer, workload.groups[0])
    pid, _ = peer.target("pop3", workload.groups[0])
    return {"start_ms": 1000 * seconds, "memory_kb": processes.memory_kb(pid)}


def first_logins(bench, peer, workload):
    restart(peer)
    return once(bench, peer, workload, "--sessions", workload.groups[0].accounts)


def later_logins(bench, peer, workload):
    once(bench, peer, workload, "--sessions", workload.groups[0].accounts)
    return closed_loop(bench, peer, workload)


def make(scale):
    huge = Group("huge", 1, scale.huge, 1024)
    # A server may need two descriptors for each, and some for itself.
    waiting = Group("idle", min(scale.idle, (descriptors() - 5000) // 2))
    stored = Group("stored", scale.started, 1, 1024, read_at_start=True)
    hashed = Group("hashed", scale.logins, scheme="ARGON2ID")
    stat = ("--workload", "stat-uidl", "--connections", 1)
    login = ("--workload", "poll", "--connections", 4)
    hold = ("--workload", "idle")
    return [
        Workload("huge", f"STAT and UIDL of {scale.huge:,} messages, warm", "session", (huge,),
                 closed_loop, words=stat),
        Workload("huge-cold", f"STAT and UIDL of {scale.huge:,} messages, just started, not in the "
                 "page cache", "session", (huge,), cold, words=stat, bound="", settles=False),
        Workload("idle", f"{waiting.accounts:,} logged-in connections", "connection", (waiting,),
                 idle, words=hold, bound="", settles=False),
        Workload("tls-idle", f"{waiting.accounts:,} logged-in connections, TLS 1.3",
                 "connection", (waiting,), idle, "pop3s", (*hold, "--tls", "full"), bound="",
                 settles=False),
        Workload("start", f"Start with {scale.started:,} maildrops, not in the page cache", "start",
                 (stored,), start_up, bound="", settles=False),
        Workload("login-first", "First login with argon2id after a start", "login", (hashed,),
                 first_logins, words=login, bound="", settles=False),
        Workload("login-again", "Later logins with argon2id", "login", (hashed,), later_logins,
                 words=login),
    ]
