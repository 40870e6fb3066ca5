"""fetchmail 6.4.37: hands each message to a delivery agent, here one that only stores it."""

from . import run, to_unix

TLS = ("none", "starttls", "implicit")
# It breaks lines of more than 8 kB, with two bytes of its own between, and leaves the dots of a bad
# header stuffed.
SPOILS = ("long line", "first byte dot")

_AGENT = """#!/bin/sh
exec cat > "$(mktemp "$1/$(date +%s%N).XXXXXX")"
"""


def fetch(target):
    box = target.folder / "mail"
    box.mkdir()
    agent = target.folder / "agent"
    agent.write_text(_AGENT)
    agent.chmod(0o755)
    tls = {"none": "sslproto ''", "starttls": "sslproto 'tls1.2+' no sslcertck",
           "implicit": "ssl no sslcertck"}[target.tls]
    config = target.folder / "fetchmailrc"
    config.write_text(
        f"set no bouncemail\nset invisible\n"
        f"poll {target.host} protocol pop3 service {target.port} no dns uidl bad-header accept\n"
        f"  user '{target.account.name}' password '{target.account.password}'\n"
        f"  {tls} fetchall no rewrite {'keep' if target.keep else 'no keep'}\n"
        f"  mda '{agent} {box}'\n")
    config.chmod(0o600)
    run(["fetchmail", "--fetchmailrc", config, "--idfile", target.folder / "ids",
         "--pidfile", target.folder / "pid", "--nosyslog"], target)
    return [path.read_bytes() for path in sorted(box.iterdir())]


def stored(message):
    """It adds the blank line behind a header that has none."""
    text = to_unix(message)
    return text if b"\n\n" in text else text + b"\n"
