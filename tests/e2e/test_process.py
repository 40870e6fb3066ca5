"""The process itself: its user, its sandbox, and the secrets with which it refuses to start. What
the sandbox forbids is tried in src/process/*_test.cc; here the kernel tells of the real server."""

import grp
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from harness.certs import make_certificate
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.process import Process
from harness.server import BIN, DEFAULT_LISTEN, START_SECONDS, listen
from harness.starting import CONFIG_ERROR, GROUP, USER, as_root, for_user, start_fails
from harness.wire import client_context

UID, GID = pwd.getpwnam(USER).pw_uid, grp.getgrnam(GROUP).gr_gid
LANDLOCK, SECCOMP = "444,445,446", "317"  # System calls; x86-64 and, by number, later ones alike.
WITHOUT = [sys.executable, pathlib.Path(__file__).parent / "harness/without_calls.py"]


def status_of(server):
    """/proc/PID/status of each of its threads."""
    out = []
    for task in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        out.append({key: value.split() for key, value in (line.split(":", 1) for line in lines)})
    assert len(out) > 10
    return out


def sandbox_line(server):
    found = [line for line in server.all_log() if " sandbox: user=" in line]
    assert len(found) == 1, found
    return found[0]


def exchange(server, account):
    """One mail in, and out."""
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        assert pop3.login(account).retr(1).endswith(numbered(1))
        pop3.ok("DELE 1")
        pop3.quit()


@as_root
@pytest.mark.sanitized_long
def test_root_gives_up_its_rights_before_the_first_byte(make_server):
    server = for_user(make_server)
    account = server.add_account()
    server.prefix = ["setpriv", "--groups=0,4,5,6", "--"]  # As root has them, which may be many.
    server.start()
    exchange(server, account)
    for status in status_of(server):
        assert status["Uid"] == [str(UID)] * 4 and status["Gid"] == [str(GID)] * 4
        assert set(status["Groups"]) <= {str(GID)}
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[kind][0], 16) == 0, kind
        assert status["NoNewPrivs"] == ["1"]
        assert status["Seccomp"] == ["2"]  # A filter.
    assert server.data_dir.stat().st_uid == UID
    assert re.search(rf"sandbox: user={USER} landlock=(abi\d+|off) seccomp=on no_new_privs=yes$",
                     sandbox_line(server))
    assert server.stop() == 0


@pytest.mark.sanitized_long
def test_metrics_say_what_is_in_force(make_server):
    server = make_server({"listen": [listen("http", "none"), *DEFAULT_LISTEN]})
    with socket.create_connection(server.address("http", "none"), START_SECONDS) as wire:
        wire.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(1 << 16), b"")).decode()
    landlock = re.search(r"landlock=(?:abi)?(\w+)", sandbox_line(server)).group(1)
    assert f"restante_sandbox_landlock {0 if landlock == 'off' else landlock}\n" in answer
    assert "restante_sandbox_seccomp 1\n" in answer
    assert "restante_sandbox_no_new_privileges 1\n" in answer


@pytest.mark.sanitized_long
def test_the_sandbox_can_be_left_off(make_server):
    server = make_server({"server": {"sandbox": "off"}})
    assert sandbox_line(server).endswith("landlock=off seccomp=off no_new_privs=no")
    assert {status["Seccomp"][0] for status in status_of(server)} <= {"0"}


@pytest.mark.parametrize("calls, part, line", [
    (LANDLOCK, "no Landlock", "landlock=off seccomp=on no_new_privs=yes"),
    (SECCOMP, "no seccomp", r"landlock=(abi\d+|off) seccomp=off no_new_privs=yes"),
])
def test_what_the_kernel_lacks_is_said_or_refused(make_server, calls, part, line):
    server = make_server(start=False)
    server.prefix = [*WITHOUT, calls]
    server.start()
    exchange(server, server.add_account())
    assert re.search(line + "$", sandbox_line(server))
    assert any("warning sandbox: " + part in logged for logged in server.all_log())
    assert server.stop() == 0
    server.configure({"server": {"sandbox": "on"}})
    code, text = start_fails(server)
    assert code == CONFIG_ERROR and f'"on", and a part of it is missing: {part}' in text
    checked = subprocess.run([*server.prefix, BIN / "restanted", "--check-config", "--config",
                              server.config_path], capture_output=True, text=True, check=False,
                             timeout=START_SECONDS)
    assert checked.returncode == 0 and "would refuse to start here: " + part in checked.stderr


def test_all_of_it_can_be_demanded(make_server):
    """Where the kernel has all of it; where not, it is refused with the part that is missing."""
    server = make_server({"server": {"sandbox": "on"}}, start=False)
    checked = subprocess.run([BIN / "restanted", "--check-config", "--config",
                              server.config_path], capture_output=True, text=True, check=True,
                             timeout=START_SECONDS)
    if "would refuse" in checked.stderr:
        assert start_fails(server)[0] == CONFIG_ERROR
        return
    server.start()
    exchange(server, server.add_account())
    assert re.search(r"landlock=abi\d+ seccomp=on no_new_privs=yes$", sandbox_line(server))


@as_root
@pytest.mark.parametrize("settings, says", [
    ({}, "server.user: is missing, and root started the server"),
    ({"user": "root"}, "server.user: is root; that needs server.allow_root = true"),
    ({"user": "no-such-user"}, "server.user: there is no user no-such-user"),
    ({"user": USER, "group": "no-such-group"}, "server.user: there is no group no-such-group"),
])
def test_root_is_refused_unless_told(make_server, settings, says):
    server = make_server({"server": {"allow_root": False, **settings}}, start=False)
    code, text = start_fails(server)
    assert code == CONFIG_ERROR and says in text
    assert not server.data_dir.exists()
    checked = subprocess.run([BIN / "restanted", "--check-config", "--config",
                              server.config_path], capture_output=True, text=True, check=False,
                             timeout=START_SECONDS)
    assert checked.returncode == 0 and "warning: " + says in checked.stderr


@as_root
def test_a_capability_to_bind_is_given_up(make_server):
    server = make_server({"server": {"allow_root": False}}, start=False)
    shutil.copy(BIN / "restanted", server.folder)  # Where that user may run it.
    os.chown(server.folder, UID, GID)
    os.chown(server.config_path, UID, GID)
    server.process = Process([
        "setpriv", f"--reuid={UID}", f"--regid={GID}", "--clear-groups",
        "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service", "--",
        server.folder / "restanted", "--config", server.config_path])
    server.process.wait_line(lambda line: line.endswith(" ready"), START_SECONDS)
    for status in status_of(server):
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            assert int(status[kind][0], 16) == 0, kind
    assert server.stop() == 0
    server.configure({"server": {"user": "daemon", "allow_root": False}})
    refused = Process(["setpriv", f"--reuid={UID}", f"--regid={GID}", "--clear-groups", "--",
                       server.folder / "restanted", "--config", server.config_path])
    assert refused.wait(START_SECONDS) == CONFIG_ERROR
    assert f"only root can become daemon, and {USER} started" in "\n".join(refused.lines())


def everything_in(*folders):
    for folder in folders:
        yield folder
        yield from folder.rglob("*")


@as_root
@pytest.mark.parametrize("user", [USER, "root"])
def test_a_whole_life_leaves_nothing_for_others(make_server, user):
    """Every program, started without a umask and by root: all that is made belongs to the server's
    user, who alone may read it."""
    settings = {"server": {"user": USER, "group": GROUP, "allow_root": False}}
    if user == "root":
        settings = {"server": {"allow_root": True}}
    settings["maildrop"] = {"scrub_interval": "1s", "upkeep_interval": "1s",
                            "undelete_window": "0s"}
    server = make_server(settings, start=False)
    server.folder.chmod(0o755)
    server.prefix = ["sh", "-c", 'umask 0; exec "$@"', "sh"]
    first = server.add_account()  # Before the server: this makes data_dir.
    server.start()
    for _ in range(2):
        exchange(server, first)
    second = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(2), second.name)
        lmtp.deliver(b"X: y\r\n\r\n" + b"x" * 70 + b"\r\n" * 200_000, first.name)  # Spooled.
    server.ctl("deliver", first.name, data=b"Subject: x\n\ny\n")
    server.ctl("account", "import", "-", data=b"third@example.test:{PLAIN}x\n")
    server.ctl("alias", "add", "all@example.test", first.name, second.name)
    for words in (["check", "--all"], ["upkeep", first.name], ["repair", first.name],
                  ["undelete", first.name]):
        server.ctl("maildrop", *words, check=False)
    backup, restored = server.folder / "backup", server.folder / "restored"
    server.ctl("backup", str(backup))
    server.ctl("backup", "--incremental", str(backup))
    server.restart()
    exchange(server, server.add_account())
    assert server.stop() == 0
    server.data_dir.rename(server.folder / "before")
    server.ctl("restore", str(backup))
    server.data_dir.rename(restored)
    folders = [server.folder / "before", restored, backup]
    owner = pwd.getpwnam(user).pw_uid
    seen = 0
    for path in everything_in(*folders):
        found = path.lstat()
        assert found.st_mode & 0o077 == 0, f"{path}: {found.st_mode:o}"
        assert found.st_uid == owner, f"{path}: {found.st_uid}"
        seen += 1
    assert seen > 20


@pytest.mark.sanitized_long
def test_secrets_that_others_may_read_are_refused_until_mended(make_server):
    """The line ends with the command that mends it: run it, and the next start is fine."""
    server = make_server({"accounts": {"backend": "passwd-file", "path": "users"},
                          "tls": {"certificate": "c.pem", "private_key": "c.key"}}, start=False)
    certificate, key = make_certificate(server.folder, "c")
    users = server.write_secret("users", "alice:{PLAIN}x\n")
    server.data_dir.mkdir(mode=0o700)
    for path, mode in ((server.data_dir, 0o755), (users, 0o604), (key, 0o644),
                       (server.config_path, 0o666)):
        path.chmod(mode)
        code, text = start_fails(server)
        assert code == CONFIG_ERROR and f"{mode:04o}" in text
        command = text.rsplit("run: ", 1)[1].split()
        assert command[0] == "chmod" and command[2] == str(path)
        subprocess.run(command, check=True)
    assert certificate.stat().st_mode & 0o007  # That one is public.
    assert server.start().stop() == 0


ASK_OTHERS = {
    "ldap": {"accounts": {"backend": "ldap", "uri": "ldap://127.0.0.1:1", "base": "dc=x",
                          "filter": "(mail={name})", "bind_dn": "cn=x",
                          "bind_password_file": "secret"}},
    "second ldap": {"accounts": {"next": [{
        "backend": "ldap", "uri": "ldap://127.0.0.1:1", "base": "dc=x", "filter": "(mail={name})",
        "bind_dn": "cn=x", "bind_password_file": "secret"}]}},
    "oauth": {"oauth": {"issuer": "https://127.0.0.1:1",
                        "introspection_url": "https://127.0.0.1:1/", "client_id": "us",
                        "client_secret_file": "secret"}},
    "postgresql": {"accounts": {"backend": "postgresql", "account_query": "SELECT 1",
                                "connection": "host=127.0.0.1 port=1 password=x"}},
    "postgresql by address": {"accounts": {
        "backend": "postgresql", "account_query": "SELECT 1",
        "connection": "postgresql://us:x@127.0.0.1:1/mail"}},
}


@pytest.mark.sanitized_long
@pytest.mark.parametrize("case", ASK_OTHERS)
def test_our_own_passwords_elsewhere_are_secrets_too(make_server, case):
    server = make_server(ASK_OTHERS[case], start=False)
    secret = server.config_path if "postgresql" in case else server.write_secret("secret", "x\n")
    secret.chmod(0o644)
    code, text = start_fails(server)
    assert code == CONFIG_ERROR and f"{secret} is open to everybody (mode 0644)" in text
    subprocess.run(text.rsplit("run: ", 1)[1].split(), check=True)
    assert server.start().stop() == 0


@as_root
def test_data_of_another_user_is_refused_until_mended(make_server):
    server = make_server(start=False)
    server.data_dir.mkdir(mode=0o700)
    os.chown(server.data_dir, UID, GID)
    code, text = start_fails(server)
    assert code == CONFIG_ERROR and f"belongs to {USER}, not to root" in text
    assert "chown" not in text  # The service could not read its own files any more.
    assert f'run me as {USER}, or set server.user = "{USER}"' in text
    os.chown(server.folder, UID, GID)
    server.configure({"server": {"user": USER}})
    assert server.start().stop() == 0


def test_restantectl_wants_a_closed_data_dir(make_server):
    server = make_server(start=False)
    server.data_dir.mkdir(mode=0o755)
    result = server.ctl("account", "list", check=False)
    assert result.returncode == 77
    assert f"run: chmod 0750 {server.data_dir}".encode() in result.stderr


@as_root
@pytest.mark.sanitized_long
def test_a_reload_reads_what_was_replaced_after_the_rights_are_gone(make_server):
    """A new certificate and new accounts, renamed into place as tools do."""
    server = for_user(make_server, {
        "accounts": {"backend": "passwd-file", "path": "users", "default_domain": "example.test"},
        "tls": {"certificate": "c.pem", "private_key": "c.key"}})
    certificate, key = make_certificate(server.folder, "c")
    users = server.write_secret("users", "alice:{PLAIN}one\n")
    for path in (key, users):
        os.chown(path, -1, GID)
        path.chmod(0o640)
    server.start()
    assert not any("cannot read" in line for line in server.all_log())
    before = served_certificate(server)
    fresh, fresh_key = make_certificate(server.folder, "fresh")
    for path in (fresh_key, server.write_secret("fresh", "alice:{PLAIN}two\n")):
        os.chown(path, -1, GID)
        path.chmod(0o640)
    (server.folder / "fresh").rename(users)
    fresh.rename(certificate)
    fresh_key.rename(key)
    server.reload()
    poll(lambda: served_certificate(server) != before, 30, "the new certificate")
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.ok("USER alice")
        pop3.ok("PASS two")


def served_certificate(server):
    with socket.create_connection(server.address("pop3", "implicit"), START_SECONDS) as plain:
        with client_context().wrap_socket(plain) as tls:
            return tls.getpeercert(binary_form=True)


@as_root
def test_a_key_that_is_roots_alone_serves_until_the_restart(make_server):
    server = for_user(make_server, {"tls": {"certificate": "c.pem", "private_key": "c.key"}})
    _, key = make_certificate(server.folder, "c")
    key.chmod(0o600)
    server.start()
    warned = [line for line in server.all_log() if "a reload (SIGHUP) cannot read" in line]
    assert len(warned) == 1 and f"tls.private_key={key} as user {USER}" in warned[0]
    before = served_certificate(server)
    lines = server.process.line_count()
    server.reload()
    server.process.wait_line(lambda line: "as they were" in line or "tls.private_key" in line,
                             START_SECONDS, since=lines)
    assert served_certificate(server) == before
    assert server.stop() == 0


def test_sighup_before_and_after_the_sandbox(make_server):
    """Many reloads: each reads the configuration, from inside."""
    server = make_server()
    for _ in range(5):
        lines = server.process.line_count()
        server.process.signal(signal.SIGHUP)
        server.process.wait_line(lambda line: " reloaded" in line, START_SECONDS, since=lines)
    assert server.stop() == 0
