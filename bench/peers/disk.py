"""fio: what the disk takes of appends of the same size, each synced, from as many writers."""

import json
import pathlib
import subprocess

PERCENTILES = {"p50_us": "50.000000", "p99_us": "99.000000", "p999_us": "99.900000"}


class Fio:
    name = "fio"
    is_server = False

    def __init__(self, place):
        self._folder = pathlib.Path(place.folder) / "fio"
        self._folder.mkdir()

    def version(self):
        return subprocess.run(["fio", "--version"], capture_output=True, text=True, check=True,
                              timeout=60).stdout.strip()

    def prepare(self, groups):
        pass

    def start(self):
        pass

    def append(self, writers, octets, seconds):
        """A file for each writer, and an fdatasync after each append."""
        words = ["fio", "--name=append", f"--directory={self._folder}", "--rw=write",
                 f"--bs={octets}", f"--numjobs={writers}", "--thread", "--fdatasync=1",
                 "--time_based", f"--runtime={max(1, round(seconds))}", "--size=1g",
                 "--fallocate=none", "--unlink=1", "--group_reporting", "--output-format=json"]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=3600)
        job = json.loads(done.stdout[done.stdout.index("{"):])["jobs"][0]
        syncs = job["sync"]["lat_ns"]["percentile"]
        spent = (job["usr_cpu"] + job["sys_cpu"]) / 100 * job["job_runtime"] / 1000
        return {"per_second": job["write"]["iops"],
                "cpu_us": 1e6 * spent / job["write"]["total_ios"],
                **{figure: syncs[share] / 1000 for figure, share in PERCENTILES.items()}}

    def close(self):
        pass
