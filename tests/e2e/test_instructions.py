"""The paths that a busy server takes most cost as many instructions as bench/instructions.tsv says,
within 5 %: callgrind counts the same on a busy machine. A path that has become cheaper
fails, too, so that the gain is written down: `python3 tests/e2e/test_instructions.py` prints the
file anew."""

import pathlib
import re
import subprocess
import sys
import tempfile

from harness.server import BIN, ROOT

EXPECTED = ROOT / "bench/instructions.tsv"
MARGIN = 0.05


def count(folder):
    """{path: instructions of one run of it}."""
    program = BIN / "hot_paths"
    assert program.is_file(), f"{program} is missing: configure with -DRESTANTE_BENCH=ON and build"
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
                           program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    times = dict(line.rsplit("\t", 1) for line in done.stdout.splitlines())
    counts = {}
    for dump in pathlib.Path(folder).glob("out*"):
        text = dump.read_text(errors="replace")
        name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
        if name:
            total = int(re.search(r"^summary: (\d+)", text, re.M).group(1))
            counts[name.group(1)] = total // int(times[name.group(1)])
    assert counts.keys() == times.keys()
    return {name: counts[name] for name in times}


def test_instructions(tmp_path):
    expected = dict(line.split("\t") for line in EXPECTED.read_text().splitlines())
    counted = count(tmp_path)
    print(counted)
    assert counted.keys() == expected.keys()
    off = {name: f"{now} instead of {expected[name]} ({now / int(expected[name]) - 1:+.1%})"
           for name, now in counted.items()
           if abs(now / int(expected[name]) - 1) > MARGIN}
    assert not off, f"say why in the commit, and write {EXPECTED.name} anew: {off}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sys.stdout.writelines(f"{name}\t{value}\n" for name, value in count(scratch).items())
