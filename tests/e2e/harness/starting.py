"""Servers as root starts them, for a user of their own, and those that refuse to start."""

import pytest

from harness.process import Process
from harness.server import BIN, START_SECONDS

USER, GROUP = "nobody", "nogroup"  # Every Debian has them, and nothing belongs to them.
CONFIG_ERROR = 78

as_root = pytest.mark.root


def for_user(make_server, overrides=None):
    """A server of USER's, not started, whose folder that user may enter."""
    server = make_server({"server": {"user": USER, "group": GROUP, "allow_root": False},
                          **(overrides or {})}, start=False)
    server.folder.chmod(0o755)
    return server


def start_fails(server):
    """What it says, and its exit code."""
    process = Process([*server.prefix, BIN / "restanted", "--config", server.config_path])
    code = process.wait(START_SECONDS)
    return code, "\n".join(process.lines())
