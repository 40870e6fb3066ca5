"""What a command costs with all processes that it starts. The system's own count leaves out what
restante's readers took, since no process waits for them; perf counts them."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


def cost_of(words, environment):
    """Processor and wall seconds."""
    if shutil.which("perf") is None:
        sys.exit("perf is missing: install linux-perf")
    with tempfile.TemporaryDirectory(prefix="restante-cost-") as name:
        told = pathlib.Path(name, "told")
        begin = time.monotonic()
        subprocess.run(["perf", "stat", "-x", ",", "-e", "task-clock", "-o", told, "--",
                        *map(str, words)], check=True, env=environment, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall = time.monotonic() - begin
        line = next(each for each in told.read_text().splitlines() if "task-clock" in each)
    return float(line.split(",")[0]) / 1000, wall
