"""One run of a program: how long, how much processor, how much memory. Programs run as the user
`nobody` when we are root: getmail6 would otherwise fork for each delivery, and fetchmail
complains."""

import os
import pwd
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from harness.deadline import Deadline

RUN_SECONDS = 1800
_WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"]
_USER = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Run:
    code: int
    wall_s: float
    cpu_s: float  # Of all its processes, user and kernel.
    peak_kb: int  # Of its largest process.


def give(folder):
    """The folder and what is in it now to the user that programs run as."""
    if _USER:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _USER.pw_uid, _USER.pw_gid)


class Running:
    """Started by time(1), which forks from a small process: the peak of a process that Python
    forks is at least Python's own."""

    def __init__(self, command, folder):
        self._peak = folder / "peak"
        self._log = folder / "log"
        # All die with us: that is forgotten with a change of user, and not passed on by time(1).
        as_nobody = ["setpriv", f"--reuid={_USER.pw_uid}", f"--regid={_USER.pw_gid}",
                     "--clear-groups", "--"] if _USER else []
        words = [*as_nobody, *_WITH_US, "/usr/bin/time", "--quiet", "-f", "%M", "-o", self._peak,
                 *_WITH_US, *command]
        env = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        with open(self._log, "wb") as log:
            self._began = time.monotonic()
            self._process = subprocess.Popen(list(map(str, words)), stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log, env=env, cwd=folder,
                                             start_new_session=True)

    def kill(self):
        """SIGKILL to it and all it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ended(self):
        return self._process.poll() is not None

    def wait(self, seconds=RUN_SECONDS):
        deadline = Deadline(seconds)
        watch = os.pidfd_open(self._process.pid)
        try:
            _wait_readable(watch, deadline.remaining())
        finally:
            os.close(watch)
        wall = time.monotonic() - self._began
        if deadline.expired():
            self.kill()
            raise AssertionError(f"still running after {seconds} s: {self._process.args}")
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return Run(self._process.returncode, wall, used.ru_utime + used.ru_stime,
                   int(self._peak.read_text().split()[-1]))

    def said(self):
        lines = self._log.read_text("utf-8", "replace").splitlines()
        # procmail, which has no home folder; once for each message.
        return "\n".join([line for line in lines if "Couldn't chdir" not in line][-20:]) + "\n"


def _wait_readable(descriptor, seconds):
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    poller.poll(seconds * 1000)


def run(command, folder):
    """Nothing, and a note, when the program fails."""
    running = Running(command, folder)
    result = running.wait()
    if result.code == 0:
        return result
    print(running.said(), f"exit {result.code}: ", *command, file=sys.stderr)
    return None
