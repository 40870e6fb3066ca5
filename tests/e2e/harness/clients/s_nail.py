"""s-nail 14.9.24: copies into an mbox."""

import re
from urllib.parse import quote

from . import run, to_unix

TLS = ("none", "starttls", "implicit")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")


def fetch(target):
    scheme = "pop3s" if target.tls == "implicit" else "pop3"
    user, password = quote(target.account.name, safe=""), quote(target.account.password, safe="")
    words = ["-S", "v15-compat", "-S", "tls-verify=ignore", "-S", "pop3-no-apop",
             "-S", "pop3-bulk-load"]
    if target.tls == "starttls":
        words += ["-S", "pop3-use-starttls"]
    box = target.folder / "mbox"
    commands = f"copy * {box}\n" + ("exit\n" if target.keep else "delete *\nquit\n")
    run(["s-nail", "-:/", "-R" if target.keep else "-v", *words, "-f",
         f"{scheme}://{user}:{password}@{target.host}:{target.port}"],
        target, data=commands.encode())
    # Each message begins with a From_ line and ends with a blank one that is the mbox's.
    parts = re.split(rb"(?m)^From [^\n]* [0-9:]{8} [0-9]{4}\n", box.read_bytes())
    return [_one_line_end(part) for part in parts[1:]]


def stored(message):
    """It ends a header before the first line that is no field, and quotes From_ lines."""
    lines = to_unix(message).splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line == b"\n":
            break
        if line[:1] not in b" \t" and not _FIELD.match(line):
            lines.insert(number, b"\n")
            break
    return _one_line_end(re.sub(rb"(?m)^From ", b">From ", b"".join(lines)))


def _one_line_end(text):
    """An mbox cannot tell its own blank line from the message's last ones."""
    return text.rstrip(b"\n") + b"\n"
