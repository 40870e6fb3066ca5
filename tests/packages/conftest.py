"""A fresh Debian 12 of the test's own, in which the packages of build/package are installed. It has
its own network, in which only itself can be reached; no init runs in it."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = TOP / "build" / "package"
LATER = TOP / "build" / "package-later"  # The same under a higher version.
BEFORE = TOP / "build" / "before" / "build" / "package"  # Of the commit before.
BASE = TOP / "build" / "package-root.tar"
INCLUDED = "systemd-standalone-sysusers,curl,postfix,ca-certificates,iproute2,procps,openssl"
SECONDS = 1200


class Root:
    def __init__(self, folder):
        self.folder = folder

    def run(self, command, code=0, network=False):
        """The output of a shell's command line in it; `network`: this machine's."""
        # Programs that it starts end with it.
        own = ["unshare", "--pid", "--fork", "--kill-child", "--mount",
               *([] if network else ["--net"])]
        up = "mount -t proc proc /proc\n" + ("" if network else "ip link set lo up\n")
        result = subprocess.run(
            [*own, "chroot", self.folder, "sh", "-c", up + command], capture_output=True, text=True,
            timeout=SECONDS, check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
                 "LC_ALL": "C.UTF-8", "HOME": "/root"})
        assert result.returncode == code, f"{command}: {result.stdout}\n{result.stderr}"
        return result.stdout + result.stderr

    def install(self, *packages, options=""):
        for package in packages:
            shutil.copy(package, self.folder / "tmp")
        names = " ".join(f"/tmp/{package.name}" for package in packages)
        # The lists may be those of another day.
        return self.run("apt-get update -q && apt-get install -q -y --no-install-recommends "
                        f"--allow-downgrades {options} {names}", network=True)

    def write(self, path, text, mode=0o644):
        (self.folder / path).write_text(text, encoding="utf-8")
        (self.folder / path).chmod(mode)


def make_base():
    if BASE.exists():
        return
    made = BASE.with_suffix(".new.tar")
    subprocess.run(["mmdebstrap", "--variant=minbase", f"--include={INCLUDED}",
                    "--skip=cleanup/apt/lists", "bookworm", made], check=True, timeout=SECONDS,
                   capture_output=True)
    made.rename(BASE)


def packages(folder=PACKAGES):
    """Without those of debug symbols."""
    return sorted(path for path in folder.glob("*.deb") if "-dbgsym_" not in path.name)


@pytest.fixture(scope="module")
def root():
    make_base()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-root-", dir=TOP / "build"))
    try:
        subprocess.run(["tar", "--extract", "--file", BASE, "--directory", folder], check=True)
        folder.chmod(0o755)
        made = Root(folder)
        made.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)  # No init, no daemons.
        shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def version():
    [package] = PACKAGES.glob("restante-server_*_amd64.deb")
    return package.name.split("_")[1]


def pytest_collection_modifyitems(items):
    assert os.geteuid() == 0 or not items, "only root makes a root: sudo ./dev test packages"
