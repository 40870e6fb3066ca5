"""Programs on a terminal of their own: prompts, progress bars, colours."""

import os
import pty


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
