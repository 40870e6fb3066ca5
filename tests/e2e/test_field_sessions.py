"""What operators and owners met with in POP3 sessions: clients that are gone, sessions in the way,
clocks, untidy lines, signals at the start, refusals without a trace."""

import os
import pathlib
import re
import signal
import subprocess

import pytest

from harness.deadline import poll
from harness.messages import numbered
from harness.pop3 import Pop3, login_when_free
from harness.process import Process
from harness.server import BIN, DEFAULT_LISTEN, START_SECONDS, listen
from harness.two_nets import SERVER, TwoNets
from harness.wire import Closed, Wire
from test_http import ask

pytestmark = pytest.mark.sanitized

BIG = b"Subject: big\r\n\r\n" + b"line of a big message\r\n" * 500_000


def deliver(server, account, *mails):
    for mail in mails:
        server.ctl("deliver", account.name, data=mail.replace(b"\r\n", b"\n"))


def metric(server, name):
    return int(re.search(rf"^restante_{name} (\d+)$", ask(server, "GET", "/metrics")[1],
                         re.M).group(1))


# A lost client.

@pytest.fixture
def nets():
    nets = TwoNets()
    yield nets
    nets.close()


@pytest.fixture
def far_server(nets, make_server):
    """In a network of its own; a client is lost after 3 s."""
    server = make_server({"listen": [listen("pop3", "starttls", f"{SERVER}:0")],
                          "limits": {"keepalive": "3s", "trusted_networks": ["10.0.0.0/8"]},
                          "auth": {"plaintext": "always"}}, start=False)
    server.prefix = nets.prefix
    return server


@pytest.mark.root
def test_a_client_that_is_gone_without_a_word_frees_its_maildrop(nets, far_server):
    """Idle, with an answer on its way, or in the middle of a message: after limits.keepalive its
    owner logs in again."""
    server = far_server
    idle, asking, reading = (server.add_account() for _ in range(3))
    deliver(server, reading, BIG)
    server.start()
    with nets.at_client():
        lost = {account: Pop3(server.address("pop3"), receive_bytes=4096).login(account)
                for account in (idle, asking, reading)}
    lost[reading].ok("RETR 1")
    nets.cut()
    lost[asking].send(b"NOOP\r\n")
    with nets.at_server():
        for account in (idle, asking, reading):
            with login_when_free(server.address("pop3"), account) as pop3:
                pop3.quit()
    for account in (idle, asking, reading):
        server.logged(f"user={account.name} .*ended=.*client lost")


@pytest.mark.root
def test_a_living_client_that_does_not_read_loses_nothing(nets, far_server):
    """Its TCP says again and again that there is no room: for twice limits.keepalive here, for
    five minutes at the most."""
    server = far_server
    account = server.add_account()
    deliver(server, account, BIG)
    server.start()
    with nets.at_client():
        pop3 = Pop3(server.address("pop3"), receive_bytes=4096).login(account)
    pop3.send(b"RETR 1\r\n")

    def asked_often():
        """The kernel doubles the time between its questions: when it waits for 3 s or more
        ("3.200ms", as ss has it), it has asked for 6 s."""
        found = re.search(r"timer:\(persist,(\d+)(?:\.\d+ms|sec|min)", nets.sockets())
        return found and int(found.group(1)) >= 3

    poll(asked_often, 60, "the server's TCP asks whether there is room")
    assert pop3.line().startswith(b"+OK")
    assert pop3.until_dot().endswith(BIG)
    pop3.quit()


# A session in the way.

def test_a_refused_login_names_who_has_the_maildrop(make_server):
    """For the log alone: the client is not told of others' addresses."""
    server = make_server()
    account = server.add_account()
    with Pop3(server.address("pop3")) as first, Pop3(server.address("pop3")) as second:
        first.login(account)
        host, port = first.socket.getsockname()
        second.ok(f"USER {account.name}")
        answer = second.err(f"PASS {account.password}", "[IN-USE]")
        assert host.encode() not in answer
        line = server.logged("login refused .*busy")
        # Busy: the answer to its login was on its way.
        found = re.search(r" holder=(\S+) holder_peer=(\S+) since=(\S+Z) (idle=\d+s|busy=yes)$",
                          line)
        assert found and found.group(2) == f"{host}:{port}", line
        first.quit()
        server.logged(f"pop3 session={found.group(1)} .*ended=quit")


def test_an_idle_session_is_taken_over_only_where_that_is_on(make_server):
    """A session that has just spoken is not ended, also with pop3.takeover."""
    server = make_server({"pop3": {"takeover": "30s"}})
    account = server.add_account()
    with Pop3(server.address("pop3")) as first, Pop3(server.address("pop3")) as second:
        first.login(account)
        second.ok(f"USER {account.name}")
        second.err(f"PASS {account.password}", "[IN-USE]")
        first.ok("NOOP")
        first.quit()


@pytest.mark.long
def test_a_login_takes_an_idle_session_over(make_server):
    """After 30 s without an octet. What it had marked stays; the log names both."""
    server = make_server({"pop3": {"takeover": "30s"}})
    account = server.add_account()
    deliver(server, account, numbered(1))
    first = Pop3(server.address("pop3")).login(account)
    first.ok("DELE 1")
    with login_when_free_within(server, account, 90) as second:
        assert second.stat()[0] == 1
        assert first.line().startswith(b"-ERR [SYS/TEMP] a newer login")
        with pytest.raises(Closed):
            first.line()
        second.quit()
    line = server.logged("pop3 takeover")
    old = re.search(r" holder=(\S+) .* idle=3\ds$", line)
    assert old, line
    server.logged(f"pop3 session={old.group(1)} .*ended=.*taken over")


def login_when_free_within(server, account, seconds):
    def attempt():
        pop3 = Pop3(server.address("pop3"))
        if pop3.try_login(account).startswith(b"+OK"):
            return pop3
        pop3.close()
        return None

    return poll(attempt, seconds, "the maildrop is free")


# Clocks.

def test_a_refused_login_starts_no_login_delay(make_server):
    server = make_server({"pop3": {"login_delay": "3s"}})
    account = server.add_account()
    first = Pop3(server.address("pop3")).login(account)

    def in_use():
        with Pop3(server.address("pop3")) as pop3:
            answer = pop3.try_login(account)
            assert answer.startswith((b"-ERR [LOGIN-DELAY]", b"-ERR [IN-USE]")), answer
            return answer.startswith(b"-ERR [IN-USE]")

    poll(in_use, 30, "the delay of the first login is over")
    first.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account).quit()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.try_login(account).startswith(b"-ERR [LOGIN-DELAY]")


def test_fetchmail_that_keeps_mail_has_retrieved_it(make_server, tmp_path):
    """It asks by TOP for more lines than there are."""
    server = make_server({"maildrop": {"retention_days": 30, "retention_from": "retrieval"}})
    account = server.add_account()
    deliver(server, account, numbered(1), numbered(2))
    [log] = server.data_dir.glob("maildrops/*/*.log")
    before = log.stat().st_size
    host, port = server.address("pop3")
    config = tmp_path / "fetchmailrc"
    config.write_text(
        "set no bouncemail\n"
        f"poll {host} protocol pop3 service {port} no dns uidl\n"
        f"  user '{account.name}' password '{account.password}'\n"
        "  sslproto '' keep no rewrite mda 'cat > /dev/null'\n")
    config.chmod(0o600)
    done = subprocess.run(["fetchmail", "-v", "-v", "--fetchmailrc", config, "--idfile",
                           tmp_path / "ids", "--pidfile", tmp_path / "pid", "--nosyslog"],
                          env={**os.environ, "HOME": str(tmp_path)}, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TOP 1 99999999" in done.stdout
    server.logged(f"user={account.name} .*retrieved=2 .*ended=quit")
    assert log.stat().st_size > before, "the days of retention begin"


def test_a_glance_at_a_message_is_no_retrieval(make_server):
    server = make_server({"maildrop": {"retention_days": 30, "retention_from": "retrieval"}})
    account = server.add_account()
    deliver(server, account, b"Subject: x\r\n\r\none\r\ntwo\r\n")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        pop3.lines("TOP 1 1")
        pop3.quit()
    server.logged(f"user={account.name} .*retrieved=0 .*ended=quit")


# Untidy lines.

def test_a_script_that_ends_its_lines_in_lf(make_server):
    """Also with blanks where none belong."""
    server = make_server()
    account = server.add_account()
    deliver(server, account, numbered(1))
    with Wire(server.address("pop3")) as wire:
        wire.send(f"USER  {account.name} \nPASS {account.password}\nSTAT \nLIST  1\nTOP 1  0\n"
                  "DELE 1\nQUIT\n".encode())
        answers = wire.drain().split(b"\r\n")
    assert not [answer for answer in answers if answer.startswith(b"-ERR")], answers
    assert answers[-2].startswith(b"+OK")
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat()[0] == 0
        pop3.quit()


def test_what_stands_behind_an_lf_after_stls_is_thrown_away(make_server):
    server = make_server()
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        pop3.send(b"STLS\nUSER mallory\nNOOP\n")
        assert pop3.line().startswith(b"+OK")
        pop3.start_tls()
        pop3.login(account).quit()


def test_lang_i_default(server, account):
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok("LANG de")
        assert pop3.ok("LANG i-default").startswith(b"+OK i-default ")
        pop3.login(account).quit()


# Signals at the start.

def begin(server):
    """The process, as soon as it can hear signals: before that the system decides."""
    process = Process([BIN / "restanted", "--config", server.config_path])
    server.process = process

    def hears():
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        masks = [int(mask, 16) for mask in re.findall(r"^Sig(?:Blk|Cgt):\t(\w+)$", status, re.M)]
        return "\nState:\tZ" in status or any(mask & 1 << signal.SIGHUP - 1 for mask in masks)

    poll(hears, START_SECONDS, "it hears SIGHUP")
    return process


def test_sighup_at_any_moment_of_the_start_is_a_reload(make_server):
    """From its first lines on, without a pause, until it is ready."""
    server = make_server(start=False)
    for _ in range(3):
        process = begin(server)
        while not any(re.search(r"\bready\b", line) for line in process.lines()):
            process.signal(signal.SIGHUP)
            assert process.running(), process.lines()
        process.wait_line(lambda line: "reloaded" in line, START_SECONDS)
        assert server.stop() == 0


def test_sighup_between_listening_and_ready(make_server):
    """Connections are taken by then."""
    server = make_server(start=False)
    process = Process([BIN / "restanted", "--config", server.config_path])
    server.process = process
    process.wait_line(lambda line: "listening" in line, START_SECONDS)
    process.signal(signal.SIGHUP)
    process.wait_line(lambda line: "reloaded" in line, START_SECONDS)
    assert server.stop() == 0


def test_sigterm_during_the_start_is_an_end_in_order(make_server):
    server = make_server(start=False)
    begin(server).signal(signal.SIGTERM)
    assert server.wait() == 0
    assert server.log[-1].endswith("stopped")


# Refusals.

def strict(make_server, **limits):
    return make_server({"listen": DEFAULT_LISTEN + [listen("http", "none")],
                        "auth": {"plaintext": "never"}, "limits": limits})


def test_a_password_in_the_clear_is_refused_with_a_line_and_without_auth(make_server):
    """[AUTH] would have clients ask for a new password."""
    server = strict(make_server)
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.command("USER alice").startswith(b"-ERR no password in the clear")
        assert pop3.command("AUTH PLAIN AGEAYg==").startswith(b"-ERR no password in the clear")
        pop3.ok("QUIT")
    server.logged(r"info pop3 refused session=\S+ peer=127.0.0.1:\d+ "
                  r'reason="auth.plaintext: .*USER alice" unlogged=0')
    assert metric(server, "pop3_plaintext_refused_total") == 2


def test_a_mechanism_that_is_not_offered_leaves_a_line(make_server):
    server = strict(make_server)
    with Pop3(server.address("pop3")) as pop3:
        pop3.err("AUTH NTLM")
        pop3.err("AUTH AGFsaWNlAHNlY3JldA==")
    server.logged(r"pop3 refused .*auth\.mechanisms: not offered: AUTH NTLM")
    assert metric(server, "pop3_mechanisms_refused_total") == 2
    assert not any("AGFsaWNl" in line for line in server.all_log()), "it may be a password"


def test_a_failed_stls_leaves_a_line(make_server):
    server = strict(make_server)
    with Wire(server.address("pop3")) as wire:
        wire.line()
        wire.send(b"STLS\r\n")
        wire.line()
        wire.send(b"USER alice\r\n" * 10)
        wire.drain()
    server.logged(r"pop3 refused .*STLS: .*TLS handshake: .*not TLS")
    assert metric(server, "tls_handshakes_failed_total") == 1


def test_a_client_that_distrusts_our_certificate_leaves_a_line(make_server):
    server = strict(make_server)
    done = subprocess.run(["curl", "-sS", "--max-time", "30", "--ssl-reqd",
                           f"pop3://127.0.0.1:{server.port('pop3')}/", "-u", "alice:secret"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 60, done.stderr
    server.logged(r"pop3 refused .*STLS: .*the client does not trust our certificate")


def test_time_outs_and_too_many_errors_leave_a_line(make_server):
    server = strict(make_server, login_timeout="1s")
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.drain() == b""
    server.logged(r"pop3 refused .*limits\.login_timeout")
    assert metric(server, "pop3_login_timeouts_total") == 1
    server = strict(make_server)
    with Pop3(server.address("pop3")) as pop3:
        pop3.send(b"EHLO me\r\n" * 30)
        assert pop3.drain().endswith(b"too many errors, goodbye\r\n")
    server.logged(r"pop3 refused .*too many bad commands")
    assert metric(server, "pop3_errors_cut_total") == 1
