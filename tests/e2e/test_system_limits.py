"""What the system does not give: a start without its threads, address space or open files ends with
the limit's name, and never stays half started; mail comes in though POP3 has all connections."""

import contextlib
import os
import shutil
import subprocess

import pytest

from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import BIN, START_SECONDS, listen
from harness.wire import Wire

LISTEN = [listen("pop3", "none"), listen("lmtp", "none"), listen("smtp", "none")]
USER = 54321  # Of no other process: the kernel counts the threads of a user.


def run_once(server, *prefix):
    # The sanitizer looks for leaks on a thread, which it does not get either.
    return subprocess.run([*prefix, server.folder / "restanted", "--config", server.config_path],
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
                          capture_output=True, timeout=START_SECONDS, check=False)


@pytest.fixture
def of_user(make_server):
    server = make_server({"listen": LISTEN, "server": {"allow_root": False}}, start=False)
    shutil.copy(BIN / "restanted", server.folder)
    server.config_path.chmod(0o644)
    os.chown(server.folder, USER, USER)
    return server


@pytest.mark.root
@pytest.mark.sanitized
def test_a_start_without_its_threads_ends(of_user):
    """It hung for ever with its ports open: each pool, the workers, and the last of them all."""
    def with_tasks(count):
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups",
                "prlimit", f"--nproc={count}:{count}", "--"]

    of_user.prefix = with_tasks(1000)
    of_user.start()
    tasks = len(os.listdir(f"/proc/{of_user.pid}/task"))
    assert of_user.stop() == 0
    for count in (1, 20, tasks - 6, tasks - 1):
        ended = run_once(of_user, *with_tasks(count))
        assert ended.returncode == 74, ended.stderr
        assert b"cannot start: limit: no more threads: " in ended.stderr
        assert b"the limit is RLIMIT_NPROC = %d threads of this user" % count in ended.stderr
        assert b" ready" not in ended.stderr


@pytest.mark.release  # Sanitizers need files and terabytes of their own.
def test_a_start_without_memory_or_open_files_ends(make_server):
    server = make_server({"listen": LISTEN}, start=False)
    shutil.copy(BIN / "restanted", server.folder)
    for files in (10, 13, 16, 20):
        ended = run_once(server, "prlimit", f"--nofile={files}:{files}", "--")
        assert ended.returncode == 74, ended.stderr
        assert b"the limit is RLIMIT_NOFILE = %d open files" % files in ended.stderr
    for kib in (100_000, 220_000, 400_000):
        ended = run_once(server, "prlimit", f"--as={kib * 1024}", "--")
        assert ended.returncode == 74, ended.stderr
        assert b"the limit is RLIMIT_AS = %d KiB" % kib in ended.stderr


@pytest.mark.sanitized
def test_pop3_cannot_take_the_connections_of_mail(make_server):
    server = make_server({"listen": LISTEN,
                          "limits": {"connections": 4, "intake_connections": 2}})
    account = server.add_account()
    with contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(Pop3(server.address("pop3", "none"))).ok("CAPA")
        with Wire(server.address("pop3", "none")) as refused:
            assert refused.drain().startswith(b"-ERR [SYS/TEMP] too many connections")
        with Lmtp(server.address("lmtp", "none")) as lmtp, \
                Lmtp(server.address("smtp", "none"), hello="EHLO") as smtp:
            lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", account.name)
            smtp.deliver(b"Subject: x\r\n\r\nx\r\n", account.name)
            with Wire(server.address("lmtp", "none")) as refused:
                assert refused.drain().startswith(b"421 4.3.2 too many connections")
