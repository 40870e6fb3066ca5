"""Programs on a terminal of their own: prompts, progress bars, colours."""

import os
import pty
import select

from .deadline import Deadline

SECONDS = 60  # For anything to appear.


def on_a_terminal(command, answers=()):
    """Runs the command, answers each prompt (what ends in ": "), and returns what it showed and its
    exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], [str(word) for word in command])
    shown = b""
    waiting = list(answers)
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if waiting and shown.endswith(b": "):
            os.write(terminal, waiting.pop(0))
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Terminal:
    """A program on a terminal of its own; `shown` is all that it has shown so far."""

    def __init__(self, command, environment=()):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(environment or {"TERM": "xterm"})
            os.execvp(command[0], [str(word) for word in command])
        self.shown = b""
        self.code = None

    def _read(self, seconds):
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            piece = b""
        self.shown += piece
        return bool(piece)

    def wait(self, text, since=0):
        """Until it has shown the text; the place behind it."""
        deadline = Deadline(SECONDS)
        while text not in self.shown[since:]:
            assert not deadline.expired() and self._read(deadline.remaining()), \
                f"never shown: {text}\n{self.shown.decode('utf-8', 'replace')}"
        return self.shown.index(text, since) + len(text)

    def answer(self, question, line):
        place = self.wait(question, getattr(self, "place", 0))
        self.place = place
        os.write(self.descriptor, line.encode() + b"\n")
        return place

    def look(self):
        """Takes in what is there already."""
        while select.select([self.descriptor], [], [], 0)[0] and self._read(0):
            pass
        return self.shown

    def end(self):
        """All that it says up to its end; the exit code."""
        while self._read(SECONDS):
            pass
        os.close(self.descriptor)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code
