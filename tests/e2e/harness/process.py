"""A child process whose output is read line by line in the background, so that it never blocks on
a full pipe, and which dies with the tests however they end."""

import os
import pathlib
import select
import signal
import subprocess
import threading

from .deadline import Deadline, poll

_running = set()


class Process:
    """stdout and stderr are read as one stream."""

    def __init__(self, command, env=None, cwd=None):
        self.command = [str(word) for word in command]
        self._lines = []
        self._begun = b""  # Of a line that is not yet whole.
        self._news = threading.Condition()
        self._ended = False
        # setpriv execs: the process id is the program's own.
        self.popen = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *self.command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=env, cwd=cwd)
        os.set_blocking(self.popen.stdout.fileno(), False)
        _running.add(self)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        output = select.poll()
        output.register(self.popen.stdout, select.POLLIN)
        while not self._ended:
            output.poll()
            self._take()

    def _take(self):
        """What it has written up to now."""
        with self._news:
            while not self._ended:
                try:
                    octets = os.read(self.popen.stdout.fileno(), 1 << 16)
                except BlockingIOError:
                    break
                self._ended = not octets
                *whole, self._begun = (self._begun + octets).split(b"\n")
                if self._ended and self._begun:
                    whole.append(self._begun)
                self._lines += [line.decode("utf-8", "replace") for line in whole]
            self._news.notify_all()

    @property
    def pid(self):
        return self.popen.pid

    def lines(self):
        self._take()
        with self._news:
            return list(self._lines)

    def line_count(self):
        self._take()
        with self._news:
            return len(self._lines)

    def wait_line(self, matches, seconds, since=0):
        """The first line from number `since` on for which `matches(line)`; fails when the process
        ends or the time is up before."""
        deadline = Deadline(seconds)
        with self._news:
            position = since
            while True:
                while position < len(self._lines):
                    if matches(self._lines[position]):
                        return self._lines[position]
                    position += 1
                if self._ended or not self._news.wait(deadline.remaining()):
                    raise AssertionError("line awaited in vain in the output of "
                                         f"{self.command[0]}:\n" + "\n".join(self._lines[-80:]))

    def signal(self, number):
        self.popen.send_signal(number)

    def wait(self, seconds):
        """The exit code; negative: the signal that ended it."""
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self.command[0]}") from None
        self._reader.join(seconds)
        with self._news:
            self._ended = True
            self.popen.stdout.close()
        _running.discard(self)
        return code

    def running(self):
        return self.popen.poll() is None

    def kill(self):
        if self in _running:
            self.popen.send_signal(signal.SIGKILL)
            self.wait(30)


def freeze(pid):
    """SIGSTOP, until none of its threads runs: what is asked after that is not answered."""
    os.kill(pid, signal.SIGSTOP)
    tasks = pathlib.Path(f"/proc/{pid}/task")
    poll(lambda: all("\nState:\tT" in (task / "status").read_text() for task in tasks.iterdir()),
         30, "it stands still")


def kill_all():
    for process in list(_running):
        process.kill()
