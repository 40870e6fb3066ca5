"""The control socket: what a running server tells its operator, and does for it; who may ask, and
what becomes of those that ask too much."""

import json
import os
import pathlib
import pwd
import re
import socket
import stat
import subprocess

import pytest

from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import BIN, DEFAULT_LISTEN, ROOT, START_SECONDS, listen
from harness.starting import USER, as_root, for_user, start_fails

pytestmark = pytest.mark.sanitized

NO_SERVER, DENIED, NOBODY, WRONG = 69, 77, 67, 78


def tell(server, *words):
    """What restantectl prints, as JSON."""
    return json.loads(server.ctl("--format", "json", *words).stdout)


def sessions(server, *words):
    return tell(server, "session", "list", *words)["sessions"]


def deliver(server, account):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Message-ID: <1@example.org>\r\nSubject: x\r\n\r\nhello\r\n", account.name)


def acts(server, *words):
    return tell(server, "journal", *words)


def raw(server, request):
    """The line that the socket answers to these octets; empty: none."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(START_SECONDS)
        wire.connect(str(server.data_dir / "control"))
        wire.sendall(request)
        return b"".join(iter(lambda: wire.recv(1 << 16), b""))


@pytest.mark.parametrize("sandbox", ["auto", "off"])
def test_status_says_what_runs(make_server, sandbox):
    server = make_server({"server": {"sandbox": sandbox}})
    status = tell(server, "status")
    assert status["process"] == server.pid and status["uptime_seconds"] >= 0
    assert status["sessions"] == 0 and status["log_level"] == "info"
    assert f"pop3 127.0.0.1:{server.port('pop3')}" in status["listeners"]
    assert status["sandbox"]["seccomp"] == (sandbox == "auto")
    text = server.ctl("status").stdout.decode()
    assert re.search(r"^connections +0 of \d+$", text, re.M), text
    assert "trouble" not in text
    found = (server.data_dir / "control").lstat()
    assert stat.S_ISSOCK(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o660


def test_a_session_is_listed_and_ended_and_deletes_nothing(make_server):
    server = make_server()
    alice, bob = server.add_account(), server.add_account()
    deliver(server, alice)
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3, \
            Pop3(server.address("pop3")) as other:
        pop3.login(alice).ok("DELE 1")
        other.login(bob)
        [mine] = sessions(server, "--account", alice.name.upper())
        assert mine["account"] == alice.name and mine["tls"] is True
        assert mine["peer"].startswith("127.0.0.1:") and mine["id"] in "".join(
            server.ctl("session", "list").stdout.decode())
        assert len(sessions(server)) == 2 and len(sessions(server, "--limit", "1")) == 1
        ended = tell(server, "session", "end", mine["id"])["ended"]
        assert [each["id"] for each in ended] == [mine["id"]]
        assert pop3.line().startswith(b"-ERR [SYS/TEMP] the operator has ended this session")
        assert pop3.drain() == b""
        other.ok("NOOP")
    with Pop3(server.address("pop3")) as pop3:
        assert len(pop3.login(alice).uids()) == 1
        pop3.quit()
    server.logged(f"session={mine['id']} .*deleted=0 ended=.*ended by the operator")
    poll(lambda: acts(server, "--act", "tool"), 30, "the act in the journal")
    [act] = acts(server, "--act", "tool")
    assert act["detail"] == f"session end {mine['id']}" and act["session"] == mine["id"]
    assert act["user"] == os.environ.get("SUDO_USER", pwd.getpwuid(os.getuid()).pw_name)
    again = server.ctl("session", "end", mine["id"], check=False)
    assert again.returncode == NOBODY and b"no session has the id" in again.stderr


def test_a_session_that_sends_to_nobody_ends_all_the_same(make_server):
    """The answer is half out: nothing more can be said, and the connection closes."""
    server = make_server()
    alice = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300_000, alice.name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(alice).send(b"RETR 1\r\n")
        poll(lambda: sessions(server)[0].get("idle_seconds") is None, 30, "RETR under way")
        assert len(tell(server, "session", "end", "--account", alice.name)["ended"]) == 1
        poll(lambda: not sessions(server), 30, "its end")
    with Pop3(server.address("pop3")) as pop3:
        assert len(pop3.login(alice).uids()) == 1
        pop3.quit()


def test_who_says_when_and_from_where(make_server):
    server = make_server()
    alice = server.add_account()
    label = "phone"
    added = tell(server, "device", "add", alice.name, label)
    deliver(server, alice)
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {alice.name}")
        pop3.ok(f"PASS {added['password']}")
        assert len(list(pop3.retr_all([1]))) == 1
        pop3.quit()
    poll(lambda: acts(server, "--act", "retrieved"), 30, "the retrieval in the journal")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(alice)
        who = tell(server, "who", alice.name)
        text = server.ctl("who", alice.name).stdout.decode()
        pop3.quit()
    assert who["known"] and who["may_log_in"] and who["account"] == alice.name
    assert [each["account"] for each in who["sessions"]] == [alice.name]
    assert who["last_delivery"]["message_id"] == "<1@example.org>"
    assert who["last_retrieval"]["device"] == label
    assert who["last_retrieval"]["uid"] == who["last_delivery"]["uid"]
    [phone] = [each for each in who["devices"] if each["device"] == label]
    assert phone["from"] == "127.0.0.1" and phone["last_login"]
    assert re.search(r"^phone +\d{4}-\d\d-\d\dT\S+ +127\.0\.0\.1$", text, re.M), text
    nobody = server.ctl("who", "nobody@example.test", check=False)
    assert nobody.returncode == NOBODY and b"nothing is known" in nobody.stderr


def test_reload_says_what_changed_and_what_needs_a_restart(make_server):
    server = make_server({"pop3": {"takeover": "5m"}})
    before = tell(server, "reload")
    assert before["reloaded"] and before["changed"] == before["needs_restart"] == []
    server.configure({"pop3": {"takeover": "6m"}, "limits": {"connections": 77},
                      "listen": [*DEFAULT_LISTEN, listen("http", "none")]})
    told = server.ctl("reload").stdout.decode()
    assert told == ("changed: limits.connections, pop3.takeover\n"
                    "needs a restart: listen\n")
    assert tell(server, "status")["connections_max"] == 177
    server.logged(r"reloaded: .*changed=limits.connections,pop3.takeover .*needs_restart=listen")
    # It still does, though nothing has changed since.
    again = tell(server, "reload")
    assert again["changed"] == [] and again["needs_restart"] == ["listen"]
    good = server.config_path.read_text()
    server.config_path.write_text(good + "[smtp]\nnonsense = 1\n[pop3x]\n")
    refused = server.ctl("reload", check=False)
    assert refused.returncode == WRONG
    assert f"{server.config_path}:".encode() in refused.stderr and b"nonsense" in refused.stderr
    assert b"keeps its settings" in refused.stderr
    assert server.ctl("account", "list", check=False).returncode == WRONG
    assert tell(server, "status")["connections_max"] == 177
    server.config_path.write_text(good)
    poll(lambda: len(acts(server, "--act", "tool")) == 4, 30, "each reload in the journal")


def test_the_log_has_another_level_until_the_next_start(make_server):
    server = make_server()
    assert server.ctl("log", "level").stdout == b"info\n"
    assert tell(server, "log", "level", "debug") == {"before": "info", "level": "debug"}
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok("QUIT")
    server.logged(r" debug pop3 session=\S+ peer=\S+ ended=quit")
    assert server.ctl("log", "level", "loud", check=False).returncode == 64
    server.restart()
    assert server.ctl("log", "level").stdout == b"info\n"


def test_without_a_server_the_tool_says_what_to_do(make_server):
    server = make_server()
    path = server.data_dir / "control"
    server.kill()
    assert path.exists()  # What a kill leaves.
    for words in (["status"], ["session", "list"], ["who", "x"], ["reload"], ["top"]):
        told = server.ctl(*words, check=False)
        assert told.returncode == NO_SERVER, words
        assert b"no server is running" in told.stderr and b"start it" in told.stderr
    server.start()
    assert tell(server, "status")["sessions"] == 0
    assert server.stop() == 0
    assert not path.exists()
    assert server.ctl("status", check=False).returncode == NO_SERVER


def test_a_long_path_is_a_mistake(make_server):
    server = make_server(start=False)
    deep = server.folder / ("d" * 100)
    server.configure({"data_dir": str(deep)})
    code, said = start_fails(server)
    assert code == WRONG and "data_dir: is too long" in said and "107" in said
    checked = subprocess.run([BIN / "restanted", "--config", server.config_path,
                              "--check-config"], capture_output=True, check=False)
    assert checked.returncode == WRONG and b"data_dir: is too long" in checked.stderr
    told = server.ctl("status", check=False)
    assert told.returncode == WRONG and b"is too long" in told.stderr


def test_bad_and_slow_peers_cost_the_others_nothing(make_server):
    server = make_server()
    for request in (b"GET / HTTP/1.0\r\n\r\n", b"{}\n", b"x" * 5000, b"\x00\xff\n",
                    b'{"do":"session-end","id":"1","force":true}\n',
                    b'{"do":"status"}\n{"do":"reload"}\n'):
        answer = json.loads(raw(server, request))
        assert answer["ok"] is False and answer["error"] == "bad-request", request
    silent = [socket.socket(socket.AF_UNIX) for _ in range(16)]
    try:
        for wire in silent:
            wire.settimeout(START_SECONDS)
            wire.connect(str(server.data_dir / "control"))
            wire.sendall(b"{")
        busy = json.loads(raw(server, b'{"do":"status"}\n'))
        assert busy["error"] == "busy"
        # Each has its time, and then its place is free.
        assert json.loads(b"".join(iter(lambda: silent[0].recv(4096), b"")))["ok"] is False
    finally:
        for wire in silent:
            wire.close()
    poll(lambda: server.ctl("status", check=False).returncode == 0, 30, "room again")
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()


@as_root
def shipped_mode():
    """Of data_dir, as the unit, the package and systemd-tmpfiles make it."""
    unit = (ROOT / "packaging/systemd/restanted.service").read_text()
    [mode] = re.findall(r"^StateDirectoryMode=(\d+)$", unit, re.MULTILINE)
    lines = (ROOT / "packaging/restante.tmpfiles").read_text()
    assert f"d /var/lib/restante {mode} restante restante" in lines
    made = (ROOT / "packaging/debian/restante-server.postinst").read_text()
    assert f'install -d -o restante -g restante -m {mode} "$state"\n' in made
    return int(mode, 8)


def test_the_group_looks_and_the_servers_user_acts(make_server):
    server = for_user(make_server)
    server.config_path.chmod(0o644)
    alice = server.add_account()
    server.start()
    server.data_dir.chmod(shipped_mode())
    uid, gid = pwd.getpwnam(USER).pw_uid, pwd.getpwnam(USER).pw_gid
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(alice)
        plain = list(server.prefix)
        # Another user, of the server's group: a low number that no account has.
        server.prefix = ["setpriv", "--reuid=61234", f"--regid={gid}", "--clear-groups", "--"]
        assert tell(server, "status")["user"] == USER
        [session] = sessions(server)
        [same] = tell(server, "who", alice.name)["sessions"]
        assert same["id"] == session["id"]
        for words in (["session", "end", session["id"]], ["reload"], ["log", "level", "debug"]):
            refused = server.ctl(*words, check=False)
            assert refused.returncode == DENIED, words
            assert f"only root and {USER} may do that".encode() in refused.stderr
        server.prefix = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "--"]
        assert server.ctl("status", check=False).returncode == DENIED
        server.prefix = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"]
        assert tell(server, "session", "end", session["id"])["ended"]
        server.prefix = plain
        assert pop3.line().startswith(b"-ERR [SYS/TEMP]")
    poll(lambda: acts(server, "--act", "tool"), 30, "the act in the journal")
    assert [act["user"] for act in acts(server, "--act", "tool")] == [USER]
    assert pathlib.Path(server.data_dir / "control").lstat().st_uid == uid
