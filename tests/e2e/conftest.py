"""Fixtures of the end-to-end tests. RESTANTE_BIN is the folder of the programs under test (default:
build/release/bin). Run: /usr/bin/python3 -m pytest tests/e2e [-m sanitized]"""

import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import process  # noqa: E402
from harness.lmtp import Lmtp  # noqa: E402
from harness.pop3 import Pop3  # noqa: E402
from harness.server import BIN, Server  # noqa: E402

_servers = []


def pytest_sessionstart(session):
    for program in ("restanted", "restantectl"):
        if not session.config.option.collectonly and not (BIN / program).is_file():
            pytest.exit(f"{BIN / program} is missing: build first, or set RESTANTE_BIN", 2)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in _servers:
            report.sections.append((f"log of {server.config_path}",
                                    "\n".join(server.all_log()[-100:])))


def pytest_unconfigure():
    process.kill_all()


class ServerFactory:
    """Makes servers, and in the end kills them and removes their folders."""

    def __init__(self):
        self._made = []

    def __call__(self, overrides=None, start=True):
        # Not pytest's tmp_path: unix socket paths must be short, and Postfix must get in.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-"))
        server = Server(folder, overrides)
        self._made.append(server)
        _servers.append(server)
        if start:
            server.start()
        return server

    def close(self):
        for server in self._made:
            server.kill()
            _servers.remove(server)
            shutil.rmtree(server.folder)


@pytest.fixture
def make_server():
    """make_server(overrides, start=True) -> Server"""
    factory = ServerFactory()
    yield factory
    factory.close()


@pytest.fixture(scope="module")
def server():
    """One server with the default configuration for the tests of a file: each test makes accounts
    of its own."""
    factory = ServerFactory()
    yield factory()
    factory.close()


@pytest.fixture
def account(server):
    return server.add_account()


@pytest.fixture
def lmtp(server):
    with Lmtp(server.address("lmtp")) as connection:
        yield connection


@pytest.fixture
def pop3(server, account):
    """A session of `account` in clear."""
    with Pop3(server.address("pop3")) as connection:
        yield connection.login(account)
