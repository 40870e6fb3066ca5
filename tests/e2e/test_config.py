"""A configuration with mistakes: exit 78, one line each as FILE:LINE: key: what is wrong."""

import re
import subprocess

import pytest

from harness.pop3 import Pop3
from harness.process import Process
from harness.server import BIN, START_SECONDS, listen

WRONG = """\
hostname = "mail.example.test"
data_dir = "/tmp/unused"
bogus = 1

[[listen]]
protocol = "pop4"
address = "127.0.0.1:99999"

[limits]
idle_timeout = "1s"
"""


def check(path):
    return subprocess.run([BIN / "restanted", "--check-config", "--config", path],
                          capture_output=True, text=True, timeout=START_SECONDS, check=False)


@pytest.mark.sanitized
def test_all_mistakes_are_told_at_once(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG)
    result = check(path)
    assert result.returncode == 78
    lines = [line for line in result.stderr.splitlines() if line.startswith(str(path))]
    pattern = re.compile(re.escape(str(path)) + r":(\d+): ([\w.]+): .+")
    found = [pattern.fullmatch(line) for line in lines]
    assert all(found), result.stderr
    assert {(int(match[1]), match[2]) for match in found} >= {
        (3, "bogus"), (6, "listen.protocol"), (7, "listen.address"), (10, "limits.idle_timeout")}
    assert result.stdout == ""


def test_the_server_itself_refuses_too(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG)
    process = Process([BIN / "restanted", "--config", path])
    assert process.wait(START_SECONDS) == 78
    assert any(line.startswith(f"{path}:3: bogus: ") for line in process.lines())


def test_what_is_no_toml(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text("hostname = \n")
    result = check(path)
    assert result.returncode == 78
    assert f"{path}:1:" in result.stderr


def test_a_file_that_is_not_there(tmp_path):
    result = check(tmp_path / "missing.toml")
    assert result.returncode == 78
    assert "missing.toml" in result.stderr


@pytest.mark.sanitized
def test_a_good_one_passes(server):
    assert check(server.config_path).returncode == 0


def test_a_quiet_log_still_says_ready(make_server):
    server = make_server({"server": {"log_level": "error"}})  # Returns when `ready` was said.
    server.address("pop3")
    assert server.stop() == 0


def test_sighup_with_a_mistake_changes_nothing(make_server):
    """Not even those settings of the same file that are right."""
    changed = {"pop3": {"implementation": "changed"}, "maildrop": {"retention_days": 7}}
    server = make_server()
    account = server.add_account()

    def announced():
        with Pop3(server.address("pop3")) as pop3:
            lines = pop3.login(account).lines("CAPA")
            pop3.quit()
        return [line for line in lines if line.startswith((b"IMPLEMENTATION", b"EXPIRE"))]

    before = announced()
    server.configure(changed)
    good = server.config_path.read_text()
    server.config_path.write_text(good + "\n[bogus]\nx = 1\n")
    since = server.process.line_count()
    server.reload()
    server.process.wait_line(lambda line: "bogus" in line, 30, since)
    assert announced() == before
    server.config_path.write_text(good)
    server.reload()
    server.process.wait_line(lambda line: "reloaded" in line, 30, since)
    assert announced() != before, "it is the mistake that kept them"


def test_an_address_in_use(server, make_server):
    second = make_server(start=False)
    host, port = server.address("pop3")
    second.configure({"listen": [listen("pop3", "none", f"{host}:{port}")]})
    process = Process([BIN / "restanted", "--config", second.config_path])
    assert process.wait(START_SECONDS) not in (0, 78)
    assert any(f"{host}:{port}" in line for line in process.lines())
