"""What restanted --check-config says, also with --ask: the keys that it complains of."""

import re
import subprocess

from .server import BIN, START_SECONDS


def check(server, *words):
    return subprocess.run([*server.prefix, BIN / "restanted", "--check-config", *words, "--config",
                           server.config_path], capture_output=True, text=True,
                          timeout=START_SECONDS, check=False)


def mistakes(server, result):
    """The keys that are complained of, each at the line where it stands."""
    lines = server.config_path.read_text().splitlines()
    found = re.findall(rf"^{re.escape(str(server.config_path))}:(\d+): ([\w.]+): (.+)$",
                       result.stderr, re.MULTILINE)
    for line, key, _ in found:
        assert lines[int(line) - 1].startswith(key.rsplit(".", 1)[1] + " = "), (line, key)
    return {key: what for _, key, what in found}


def asked(make_server, accounts, **more):
    """What --ask complains of, for accounts whose settings are right by themselves."""
    server = make_server({"accounts": accounts, **more}, start=False)
    result = check(server, "--ask")
    found = mistakes(server, result)
    assert (result.returncode, bool(found)) in ((0, False), (78, True)), result.stderr
    assert (f"{server.config_path}: ok" in result.stdout) == (not found)
    return found
