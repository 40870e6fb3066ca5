"""Fixtures of the end-to-end tests. RESTANTE_BIN is the folder of the programs under test (default:
build/release/bin). Run: /usr/bin/python3 -m pytest tests/e2e [-m sanitized]"""

import os
import pathlib
import shutil
import signal
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import process  # noqa: E402
from harness.lmtp import Lmtp  # noqa: E402
from harness.pop3 import Pop3  # noqa: E402
from harness.server import BIN, ServerFactory, alive, is_sanitized  # noqa: E402

# A job in the background of a shell ignores these, and so would every program started here: with a
# handler of ours it starts with the default.
for quiet_signal in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(quiet_signal) == signal.SIG_IGN:
        signal.signal(quiet_signal, signal.default_int_handler)

# What the client remembers outside of its archives; not the tester's.
STATE_HOME = tempfile.mkdtemp(prefix="restante-state-")
os.environ["XDG_STATE_HOME"] = STATE_HOME

TEST_SECONDS = 300  # For a test that takes 20 s on an idle machine.


def pytest_sessionstart(session):
    for program in ("restanted", "restantectl"):
        if not session.config.option.collectonly and not (BIN / program).is_file():
            pytest.exit(f"{BIN / program} is missing: build first, or set RESTANTE_BIN", 2)


def pytest_collection_modifyitems(config, items):
    """Leaves out what cannot hold here: bounds of the release build in another build, and Postfix
    for those who are not root."""
    left_out = set()
    if is_sanitized():
        left_out |= {"release", "ratio"}
    if os.geteuid() != 0:
        left_out.add("root")
    if "long" not in (config.option.markexpr or ""):
        left_out.add("long")
    dropped = [item for item in items if any(item.get_closest_marker(name) for name in left_out)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in alive:
            report.sections.append((f"log of {server.config_path}",
                                    "\n".join(server.all_log()[-100:])))


def pytest_unconfigure():
    process.kill_all()
    shutil.rmtree(STATE_HOME, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """No test hangs: what waits without a deadline of its own is interrupted here."""
    own = item.get_closest_marker("seconds")
    seconds = own.args[0] if own else TEST_SECONDS

    def time_is_up(*_):
        raise AssertionError(f"this test takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, time_is_up)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


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
