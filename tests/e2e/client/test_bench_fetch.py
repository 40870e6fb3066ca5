"""`./dev bench fetch` in small: every program is in every row of its table, none of them is left
out quietly, and what it promises of us holds."""

import itertools
import json
import subprocess

import pytest

from harness.server import BIN, ROOT

CEILINGS = {"(reader)", "(keeper)"}
PROGRAMS = {"restante", "mpop", "getmail6", "fetchmail"}
# Workload: messages in small.
ON_BOTH = {"2,000 of 4 kB": 50, "200 of 1 MB": 5}
ON_OURS = {"2,000 of 4 kB, 50 ms away": 50, "one of 200 MB": 1, "nothing new of 5,000": 125}
PEAK_KB_MAX = 96 << 10  # Of restante with mail of any size, and with its index.
KILLED = {"500 of 4 kB, kill -9 in the middle": 12}


def compare(*options):
    result = subprocess.run([ROOT / "bench/fetch/run", "--quick", *options],
                            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "RESTANTE_BIN": str(BIN)},
                            capture_output=True, timeout=840, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def wanted():
    for server, counts in itertools.chain(
            itertools.product(["restanted", "dovecot"], (ON_BOTH, KILLED)),
            [("restanted", ON_OURS)]):
        for workload, count in counts.items():
            for program in PROGRAMS | (CEILINGS if counts is not KILLED else set()):
                yield (workload, server, program), count


@pytest.mark.release
@pytest.mark.seconds(900)
def test_every_program_is_measured_in_every_workload():
    made = json.loads(compare("--format", "json"))
    assert "?" not in made["versions"].values()
    rows = {(row["workload"], row["server"], row["program"]): row for row in made["rows"]}
    assert set(rows) == {key for key, _ in wanted()}
    for (workload, server, program), count in wanted():
        row = rows[workload, server, program]
        if workload not in KILLED:
            assert row["wall_s"] > 0 and row["cpu_s"] > 0 and row["peak_kb"] > 1000
            assert row.get("on_disk", count) == count
            assert program != "restante" or row["peak_kb"] < PEAK_KB_MAX
        elif program == "restante":
            assert (row["on_disk"], row["lost"], row["doubled"], row["damaged"]) == (count, 0, 0, 0)


@pytest.mark.release
def test_the_table_is_for_people():
    versions, head, line, *rows = compare("--only", "200 MB").splitlines()
    assert "mpop 1." in versions and head.startswith("| workload ") and set(line) <= set("|-:")
    assert {row.split("|")[3].strip() for row in rows} == PROGRAMS | CEILINGS
    assert all(row.count("|") == head.count("|") for row in rows)
