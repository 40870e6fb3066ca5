"""On what was measured, and when."""

import datetime
import os
import pathlib
import platform


def _cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def facts():
    """Taken when the measuring ends: the load average says how busy the machine was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "cpu": _cpu(),
            "processors": os.cpu_count(), "memory_gib": round(memory / 2**30),
            "kernel": platform.release(), "load_average": round(os.getloadavg()[1], 1)}
