"""The real POP3 clients of Debian 12, each behind the same three words.

A client module has
  TLS      the modes it can: "none", "starttls", "implicit";
  fetch(target)    fetches every message (and deletes it unless target.keep) and returns what the
                   client stored, in order;
  stored(message)  what this client makes of a message on its way to the disk, as far as that is
                   the client's doing: everything else must be byte for byte;
  SPOILS           (optional) the messages of harness.messages.RAW that it is known to damage."""

import os
import pathlib
import subprocess
from dataclasses import dataclass

from ..server import Account


@dataclass(frozen=True)
class Target:
    host: str
    port: int
    tls: str
    account: Account
    count: int  # Messages that are waiting.
    folder: pathlib.Path  # The client's own: its configuration, state and mail.
    keep: bool = False


def run(command, target, data=b"", expected=(0,)):
    """Runs a client with `target.folder` as its home; returns its stdout."""
    env = {"HOME": str(target.folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    result = subprocess.run([str(word) for word in command], input=data, capture_output=True,
                            timeout=180, env=env, cwd=target.folder, check=False)
    assert result.returncode in expected, (
        f"{command[0]}: exit {result.returncode}\n{result.stdout[-2000:]!r}\n"
        f"{result.stderr.decode('utf-8', 'replace')[-2000:]}")
    return result.stdout


def maildir(folder):
    """A new, empty maildir."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def to_unix(message):
    """CRLF to LF: what every client does that stores mail as Unix text."""
    return message.replace(b"\r\n", b"\n")
