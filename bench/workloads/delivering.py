"""Deliveries by LMTP, each answered when it is on the disk, alone and beside fetching."""

import subprocess
import time

import load_client
import processes
from peers.common import Group

from .kinds import SMALL, Workload, closed_loop

OCTETS = 10240
DELIVERIES = 10  # Mails in one LMTP session.


def deliver(bench, peer, workload):
    if peer.is_server:
        return closed_loop(bench, peer, workload)
    return peer.append(workload.words[3], OCTETS, bench.scale.seconds)


def smtp_source(bench, peer, workload):
    """Postfix's own load generator; it says nothing but when it has ended."""
    group = workload.groups[0]
    pid, port = peer.target(workload.protocol, group)
    count = max(20, int(1000 * bench.scale.seconds))
    words = ["smtp-source", "-L", "-d", "-s", "16", "-m", count, "-l", OCTETS, "-f",
             "load@example.test", "-t", group.users()[0], f"127.0.0.1:{port}"]
    before, begin = processes.cpu_seconds(pid), time.monotonic()
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=600,
                          check=False)
    if done.returncode or done.stderr:
        raise load_client.Failed(f"smtp-source: {done.stderr[:200]}")
    return {"per_second": count / (time.monotonic() - begin),
            "cpu_us": 1e6 * (processes.cpu_seconds(pid) - before) / count,
            "memory_kb": processes.memory_kb(pid)}


def mixed(bench, peer, workload):
    """Deliveries to some accounts while others fetch. The times are the deliveries'."""
    inbox, small = workload.groups
    pid, _ = peer.target("pop3", small)
    seconds = ["--seconds", bench.scale.seconds]
    runs = [
        ("lmtp", inbox, ["--workload", "deliver", "--connections", 8, "--deliveries", DELIVERIES]),
        ("pop3", small, ["--workload", "fetch", "--connections", 8, "--messages", 20])]
    before = processes.cpu_seconds(pid)
    loads = [subprocess.Popen(
        load_client.command(peer.target(protocol, group)[1], bench.place.accounts(group),
                            [*words, *seconds]), stdout=subprocess.PIPE, text=True)
        for protocol, group, words in runs]
    delivering, fetching = [load_client.report_of(load.communicate()[0]) for load in loads]
    delivered, fetched = delivering["sessions"] * DELIVERIES, fetching["sessions"] * 20
    result = load_client.measurement(delivering, processes.cpu_seconds(pid) - before, DELIVERIES,
                                     "step_us")
    result["cpu_us"] *= delivered / (delivered + fetched)
    result["fetched_per_second"] = fetched / fetching["seconds"]
    return {**result, "memory_kb": processes.memory_kb(pid)}


def _deliver(name, title, group, connections, recipients=1):
    return Workload(name, title, "message", (group,), deliver, "lmtp",
                    ("--workload", "deliver", "--connections", connections, "--recipients",
                     recipients, "--deliveries", DELIVERIES),
                    units=DELIVERIES * recipients, times="step_us", bound="fio")


def make(_scale):
    inbox, one = Group("inbox", 256), Group("one", 1)
    return [
        _deliver("deliver-1", "Deliver 10 kB, 1 connection, many maildrops", inbox, 1),
        _deliver("deliver-16", "Deliver 10 kB, 16 connections, many maildrops", inbox, 16),
        _deliver("deliver-64", "Deliver 10 kB, 64 connections, many maildrops", inbox, 64),
        _deliver("deliver-64-one", "Deliver 10 kB, 64 connections, one maildrop", one, 64),
        _deliver("deliver-recipients", "Deliver 10 kB to 10 recipients, 16 connections", inbox, 16,
                 10),
        Workload("smtp-source", "Postfix's smtp-source delivers 10 kB, 16 sessions, one maildrop",
                 "message", (one,), smtp_source, "lmtp", bound=""),
        Workload("mixed", "Deliver 10 kB (8 connections) while 8 clients fetch", "message",
                 (inbox, Group(*SMALL)), mixed, bound=""),
    ]
