"""Runs bench/load against a server, and makes one measurement of its report and of what the
server's processes spent meanwhile."""

import json
import subprocess

import processes
from peers.common import BIN

SECONDS_MAX = 3600


class Failed(Exception):
    """The server did not do what it was asked; the text says what."""


def command(port, accounts, words):
    # More clients than one address may have are normal: they come from many.
    return [str(word) for word in [BIN / "load", "--port", port, "--accounts", accounts,
                                   "--sources", 200, *words]]


def report_of(text):
    if not text.strip():
        raise Failed("load ended without a report")
    report = json.loads(text.splitlines()[-1])
    if report["failed"] or not report["sessions"]:
        raise Failed(f"{report['failed']} of {report['failed'] + report['sessions']} sessions "
                     f"failed: {'; '.join(report['complaints'])}")
    return report


def run(port, accounts, words):
    done = subprocess.run(command(port, accounts, words), capture_output=True, text=True,
                          timeout=SECONDS_MAX, check=False)
    if not done.stdout:
        raise Failed(done.stderr.strip())
    return report_of(done.stdout)


def measurement(report, cpu, units, times="session_us"):
    """What a workload yields: `units` were done in one session."""
    done = report["sessions"] * units
    return {"per_second": done / report["seconds"], "cpu_us": 1e6 * cpu / done,
            "p50_us": report[times]["p50"], "p99_us": report[times]["p99"],
            "p999_us": report[times]["p999"], "octets_per_second":
            report["octets"] / report["seconds"]}


def measure(target, accounts, words, units=1, times="session_us"):
    """One run against `target`, (process id, port)."""
    pid, port = target
    before = processes.cpu_seconds(pid)
    report = run(port, accounts, words)
    result = measurement(report, processes.cpu_seconds(pid) - before, units, times)
    result["memory_kb"] = processes.memory_kb(pid)
    if "resumed" in words:
        result["resumed"] = report["resumed"] / report["sessions"]
    return result
