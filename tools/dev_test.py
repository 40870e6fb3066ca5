"""Tests of ./dev: with an apt-get of our own, so that nothing is installed or removed."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What apt-get says of libcurl4-openssl-dev where libcurl4-gnutls-dev is installed.
CONFLICT = """The following packages will be REMOVED:
  libcurl4-gnutls-dev
Remv libcurl4-gnutls-dev [7.88.1-10+deb12u15]
Inst libcurl4-openssl-dev (7.88.1-10+deb12u15 Debian:12.15/oldstable [amd64])
"""


@pytest.fixture
def setup(tmp_path):
    """setup(SIMULATION) -> the result of installing a package when `apt-get -s` says that."""
    calls = tmp_path / "calls"

    def install(simulation):
        (tmp_path / "simulation").write_text(simulation)
        for name, script in (("sudo", 'exec "$@"'),
                             ("apt-get", f'echo "$*" >> "{calls}"\n'
                              f'case "$*" in *" -s "*) cat "{tmp_path}/simulation" ;; esac')):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        run = subprocess.run(
            ["bash", "-c", "set -euo pipefail; source tools/dev/say.sh; source tools/dev/setup.sh;"
             " install_packages libcurl4-openssl-dev"], cwd=ROOT, text=True, capture_output=True,
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=False)
        return run, calls.read_text().splitlines()

    return install


def test_a_package_in_the_way_is_named_and_nothing_is_installed(setup):
    run, calls = setup(CONFLICT)
    assert run.returncode == 1
    assert "conflict with what is missing: libcurl4-gnutls-dev" in run.stderr
    assert "apt-get remove libcurl4-gnutls-dev" in run.stderr
    assert not [call for call in calls if "install" in call and " -s " not in call]


def test_without_one_the_packages_are_installed(setup):
    run, calls = setup("Inst libcurl4-openssl-dev (7.88.1-10+deb12u15)\n")
    assert run.returncode == 0, run.stderr
    assert "--no-remove libcurl4-openssl-dev" in calls[-1]


@pytest.mark.parametrize("mask", ("022", "027", "077"))
def test_what_it_makes_has_the_same_modes_under_each_umask(tmp_path, mask):
    script = tmp_path / "made_by_dev"
    # ./dev as it is, but for its verb.
    text = (ROOT / "dev").read_text()
    text = text.replace('root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")', f'root="{ROOT}"')
    script.write_text(text.split("verb=")[0] + f'mkdir "{tmp_path}/made"\n')
    subprocess.run(["bash", "-c", f'umask {mask}; exec bash "{script}"'], check=True)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o755
