"""restantectl top on a terminal of its own: it shows, it ends, and leaves the terminal as it was,
whichever way it ends; and without a terminal it is one table."""

import json
import os
import signal
import termios

import pytest

from harness.pop3 import Pop3
from harness.server import BIN
from harness.terminal import Terminal

pytestmark = pytest.mark.sanitized

BEGIN, FINISH = b"\x1b[?1049h", b"\x1b[?25h\x1b[?1049l"


def open_top(server):
    """The terminal, its settings before, and that it is another now."""
    # The shell's part: it lives on when the program has ended, and says so.
    terminal = Terminal(["sh", "-c", 'stty -a; "$@"; echo "code $?"; stty -a; echo over', "sh",
                         str(BIN / "restantectl"), "--config", str(server.config_path), "top"])
    terminal.wait(BEGIN)
    terminal.wait(b"sessions, ")
    assert not termios.tcgetattr(terminal.descriptor)[3] & termios.ICANON
    return terminal


def settings_before_and_after(terminal):
    shown = terminal.shown.replace(b"\r", b"")
    before = shown[:shown.index(BEGIN)]
    after = shown[shown.index(b"code "):].split(b"\n", 1)[1]
    return before, after[:after.index(b"over")]


def restored(terminal, code):
    terminal.wait(b"over")
    assert f"code {code}".encode() in terminal.shown, terminal.shown
    assert FINISH in terminal.shown
    before, after = settings_before_and_after(terminal)
    assert before == after and b" icanon" in after and b" echo " in after
    terminal.end()


def child_of(pid):
    """The program that the shell runs."""
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path, encoding="ascii") as file:
        return int(file.read().split()[0])


def test_it_shows_the_busiest_and_q_ends_it(make_server):
    server = make_server()
    account = server.add_account()
    terminal = open_top(server)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        terminal.wait(account.name.encode())
        terminal.wait(b"1 sessions, ")
        terminal.wait(b"a second: ")
        os.write(terminal.descriptor, b"xq")
    restored(terminal, 0)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(make_server, ending):
    terminal = open_top(make_server())
    os.kill(child_of(terminal.pid), ending)
    restored(terminal, 0)


def test_ctrl_c_and_the_servers_end_leave_it_as_it_was(make_server):
    server = make_server()
    terminal = open_top(server)
    os.write(terminal.descriptor, b"\x03")
    terminal.wait(FINISH)
    terminal.end()
    other = open_top(server)
    server.stop()
    restored(other, 69)
    assert b"no server is running" in other.shown


def test_without_a_terminal_it_is_one_table(make_server):
    server = make_server()
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        text = server.ctl("top").stdout.decode()
        told = json.loads(server.ctl("--format", "json", "top").stdout)
    assert "\x1b" not in text and text.startswith("1 sessions, 1 connections\na second: ")
    assert account.name in text and "ACCOUNT" in text
    assert told["sessions"] == 1 and told["accounts"][0]["account"] == account.name
    assert told["per_second"]["logins"] == 0
