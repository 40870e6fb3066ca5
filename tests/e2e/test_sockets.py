"""The sockets that the server makes or is passed, its signs of life for systemd, and the units."""

import grp
import os
import pathlib
import re
import socket
import subprocess

import pytest

from harness.pop3 import Pop3
from harness.process import Process
from harness.server import BIN, START_SECONDS, listen
from harness.starting import CONFIG_ERROR, USER, as_root, for_user, start_fails

UNITS = pathlib.Path(__file__).resolve().parents[2] / "packaging/systemd"


@pytest.mark.sanitized_long
def test_a_unix_socket_is_for_its_group(make_server):
    server = make_server(start=False)
    paths = [server.folder / name for name in ("lmtp", "open")]
    server.configure({"listen": [listen("lmtp", "none", f"unix:{paths[0]}"),
                                 {**listen("lmtp", "none", f"unix:{paths[1]}"), "mode": "0606"}]})
    server.start()
    assert [path.lstat().st_mode & 0o777 for path in paths] == [0o660, 0o606]
    assert {path.lstat().st_gid for path in paths} == {os.getegid()}


@as_root
def test_a_unix_socket_can_have_another_group(make_server):
    server = for_user(make_server)
    path = server.folder / "lmtp"
    server.configure({"server": {"user": USER, "allow_root": False},
                      "listen": [{**listen("lmtp", "none", f"unix:{path}"), "group": "mail"}]})
    server.start()
    assert path.lstat().st_gid == grp.getgrnam("mail").gr_gid
    server.configure({"server": {"user": USER, "allow_root": False},
                      "listen": [{**listen("lmtp", "none", f"unix:{path}"), "group": "no-such"}]})
    assert server.stop() == 0
    code, text = start_fails(server)
    assert code == CONFIG_ERROR and "listen.group: there is no group no-such" in text


@pytest.mark.sanitized_long
def test_sockets_come_from_systemd(make_server):
    """Started by the first connection, through systemd's own activator."""
    server = make_server(start=False)
    path = server.folder / "pop3"
    server.configure({"listen": [{"protocol": "pop3", "address": "systemd:clerk",
                                  "tls": "none"}]})
    account = server.add_account()
    server.process = Process(["systemd-socket-activate", "-l", path, "--fdname=clerk",
                              BIN / "restanted", "--config", server.config_path])
    server.process.wait_line(lambda line: "Listening on" in line, START_SECONDS)
    for _ in range(3):  # The first starts it; the next are shared by its workers.
        with Pop3(str(path)) as pop3:
            assert pop3.login(account).stat() == (0, 0)
            pop3.quit()
    assert any(f"listening protocol=pop3 address=unix:{path}" in line
               for line in server.all_log())
    assert server.stop() == 0


def test_a_socket_that_was_not_passed_is_named(make_server):
    server = make_server({"listen": [listen("pop3", "none", "systemd:clerk")]}, start=False)
    code, text = start_fails(server)
    assert code == CONFIG_ERROR
    assert ("listen.address systemd:clerk: no socket of the name clerk was passed; there are: none"
            in text)


@pytest.mark.sanitized_long
def test_systemd_is_told_and_watched_for(make_server):
    server = make_server(start=False)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(server.folder / "notify"))
        notices.settimeout(START_SECONDS)
        server.prefix = ["env", f"NOTIFY_SOCKET={server.folder}/notify", "WATCHDOG_USEC=100000"]
        server.start()
        assert notices.recv(4096) == b"READY=1"
        for _ in range(3):
            assert notices.recv(4096) == b"WATCHDOG=1"
        server.terminate()
        rest = {notices.recv(4096)}
        while b"STOPPING=1" not in rest:
            rest.add(notices.recv(4096))
        assert rest <= {b"STOPPING=1", b"WATCHDOG=1"}
        assert server.wait() == 0


def test_the_units_are_what_systemd_calls_hardened(tmp_path):
    """systemd rates from 0 (safe) to 10; "OK" begins below 5. Ours holds 2.0."""
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20",
                            UNITS / "restanted.service"],
                           capture_output=True, text=True, timeout=60, check=False)
    assert rated.returncode == 0, rated.stdout[-400:] + rated.stderr
    exposure, word = re.search(r"restanted.service: ([\d.]+) (\w+)", rated.stdout).groups()
    assert float(exposure) <= 2.0 and word in ("OK", "SAFE", "PERFECT")
    # Verified with the program under test in its place: it must be there to be run.
    for unit in UNITS.glob("restanted.*"):  # The client's: tests/e2e/client/test_cli_frame.py.
        text = unit.read_text().replace("/usr/local/bin/restanted", str(BIN / "restanted"))
        (tmp_path / unit.name).write_text(text)
    verified = subprocess.run(["systemd-analyze", "--man=no", "verify",
                               *sorted(tmp_path.iterdir())],
                              capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in verified.stderr.splitlines() if "restanted." in line]
    assert verified.returncode == 0 and not complaints, verified.stderr
