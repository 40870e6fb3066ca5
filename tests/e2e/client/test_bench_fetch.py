"""`./dev bench fetch` in small: every program is in every row of its table, none of them is left
out quietly, and what it promises of us holds."""

import json
import subprocess
import sys

import pytest

from harness.server import BIN, ROOT

sys.path.insert(0, str(ROOT / "bench/fetch"))

from compare import table  # noqa: E402
from programs import PROGRAMS  # noqa: E402
from workloads import quick  # noqa: E402


@pytest.mark.release
@pytest.mark.seconds(900)
def test_every_program_is_measured_in_every_workload():
    result = subprocess.run([ROOT / "bench/fetch/run", "--quick", "--format", "json"],
                            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "RESTANTE_BIN": str(BIN)},
                            capture_output=True, timeout=840, check=False)
    assert result.returncode == 0, result.stderr.decode()
    made = json.loads(result.stdout)
    assert "?" not in made["versions"].values()
    rows = {(row["workload"], row["server"], row["program"]): row for row in made["rows"]}
    wanted = {(workload.name, server, program.name) for workload in quick()
              for server in workload.servers for program in PROGRAMS
              if program.keeps or workload.kind != "kill"}
    assert set(rows) == wanted
    for workload in quick():
        for server in workload.servers:
            ours = rows[workload.name, server, "restante"]
            assert ours["on_disk"] == workload.count
            if workload.kind == "kill":
                assert (ours["lost"], ours["doubled"], ours["damaged"]) == (0, 0, 0)
            else:
                assert ours["wall_s"] > 0 and ours["cpu_s"] > 0 and ours["peak_kb"] > 1000
    assert table(made["rows"]).count("\n") == len(rows) + 1
