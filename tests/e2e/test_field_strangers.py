"""What strangers did to the server in the field: asked for names, said nothing for ever, filled the
disk, took every connection. Each comes from an address of its own; 127.0.0.1 alone is trusted."""

import re
import subprocess
import urllib.request

import pytest
from harness.deadline import poll
from harness.lmtp import Lmtp, stuff
from harness.pop3 import Pop3
from harness.process import Process
from harness.server import DEFAULT_LISTEN, listen
from harness.wire import Closed, Wire

LISTEN = [*DEFAULT_LISTEN, listen("http", "none")]
TRUSTED = "127.0.0.1"
PACE = 0.25  # Seconds between the pieces of a peer that trickles.


@pytest.fixture
def make(make_server):
    def made(more=None, **limits):
        return make_server({"listen": LISTEN, "auth": {"plaintext": "always"},
                            "limits": {"trusted_networks": [TRUSTED], "failed_login_delay": "0s",
                                       **limits}} | (more or {}))
    return made


def smtp(server, source="127.0.1.1", protocol="smtp"):
    return Lmtp(server.address(protocol), hello="EHLO" if protocol == "smtp" else "LHLO",
                source=source)


def metric(server, name):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        return int(re.search(rf"^restante_{name} (\d+)$", answer.read().decode(),
                             re.MULTILINE).group(1))


def ask_for(wire, names):
    """The codes of the answers to these recipients at once, as far as they come."""
    wire.expect("MAIL FROM:<>", 250)
    wire.send(b"".join(b"RCPT TO:<%s@example.test>\r\n" % name.encode() for name in names))
    codes = []
    try:
        for _ in names:
            codes.append(wire.reply()[0])
    except Closed:
        pass
    return codes


def trickle(wire, octets):
    """Sends these one after the other, a pause between two, until the server has had enough; how
    many it took, and what it said."""
    wire.socket.settimeout(PACE)
    for sent, octet in enumerate(octets):
        try:
            wire.send(bytes([octet]))
            return sent, wire.reply()
        except TimeoutError:
            continue
        except ConnectionError as closed:
            return sent, closed
    raise AssertionError("it would go on for ever")


@pytest.mark.sanitized
def test_names_are_not_for_the_asking(make):
    """20,000 unknown recipients on one connection were all answered, at once, a log line each."""
    server = make(smtp_mistakes=4)
    account = server.add_account()
    names = [f"name{number}" for number in range(50)]
    with smtp(server) as wire:
        assert ask_for(wire, names) == [550] * 4 + [421]
        assert wire.drain() == b""
    assert metric(server, "smtp_slowed_total") == 2, "the second half of them"
    with smtp(server) as wire:  # The same address still brings mail.
        wire.deliver(b"Subject: x\r\n\r\nx\r\n", [account.name])
        wire.quit()
    server.stop()
    lines = [line for line in server.all_log() if "recipient refused" in line]
    assert len(lines) == 1, lines
    assert re.search(r"info smtp recipient refused session=\S+ peer=127\.0\.1\.1:\d+ "
                     r"recipient=name0@example\.test reason=.* unlogged=0$", lines[0])


def test_a_mail_with_many_unknown_recipients_is_taken_from_those_who_may_send_it(make):
    server = make(smtp_mistakes=4)
    account = server.add_account()
    names = [f"name{number}" for number in range(40)]
    for protocol, source in (("smtp", TRUSTED), ("lmtp", TRUSTED), ("lmtp", "127.0.1.1")):
        with smtp(server, source, protocol) as wire:
            assert ask_for(wire, names) == [550] * 40
            wire.expect("RSET", 250)
            wire.deliver(b"Subject: x\r\n\r\nx\r\n", [account.name])
    assert metric(server, "smtp_slowed_total") == 0


def test_mail_that_was_delivered_makes_good_for_mistakes(make):
    """A big sender has a wrong recipient now and then, and one connection for all."""
    server = make(smtp_mistakes=6)
    account = server.add_account()
    with smtp(server) as wire:
        for number in range(5):
            assert ask_for(wire, [f"name{number}", f"other{number}"]) == [550, 550]
            wire.expect(f"RCPT TO:<{account.name}>", 250)
            wire.expect("DATA", 354)
            wire.send(stuff(b"Subject: x\r\n\r\nx\r\n"))
            assert wire.reply()[0] == 250
        wire.quit()


def test_to_come_again_for_more_names_takes_time(make):
    """A new connection for each twenty names would be as fast as one for all."""
    server = make(refused_recipients_per_minute=12)
    for number in range(2):
        with smtp(server) as wire:
            assert ask_for(wire, [f"name{number}-{i}" for i in range(6)]) == [550] * 6
    assert metric(server, "smtp_slowed_total") == 0
    with smtp(server) as wire, smtp(server, "127.0.1.2") as other:
        wire.send(b"MAIL FROM:<>\r\nRCPT TO:<one-more@example.test>\r\n")
        assert wire.reply()[0] == 250
        assert ask_for(other, ["one"]) == [550], "nobody else waits"
        assert wire.reply()[0] == 550
    assert metric(server, "smtp_slowed_total") == 1


@pytest.mark.sanitized
def test_nothing_said_often_ends(make):
    """200,000 NOOPs were answered."""
    server = make(smtp_mistakes=2)
    lines = ["NOOP", "RSET", "VRFY a", "MAIL FROM:<>\r\nRSET", "HELP", "EHLO x",
             "RCPT TO:<a@example.test>"]
    strangers = [smtp(server) for _ in lines]
    for line, wire in zip(lines, strangers):
        wire.send((line + "\r\n").encode() * 300)
    for line, wire in zip(lines, strangers):
        assert b"\r\n421 4.7.0 " in wire.drain(), line
    for line in lines:
        with smtp(server, TRUSTED) as wire:
            wire.send((line + "\r\n").encode() * 300 + b"QUIT\r\n")
            assert wire.drain().endswith(b"\r\n221 2.0.0 Bye\r\n"), line


@pytest.mark.sanitized
def test_a_command_that_trickles_is_given_up(make):
    server = make(smtp_timeout="2s")
    with smtp(server) as wire:
        sent, said = trickle(wire, b"MAIL FROM:<" + b"x" * 60)
        assert said[0] == 421 and said[1][0].startswith(b"4.4.2"), said
        assert sent < 30


@pytest.mark.sanitized
def test_a_message_of_an_octet_a_second_is_given_up(make):
    server = make(smtp_timeout="2s")
    account = server.add_account()
    for begin in ("DATA", "BDAT 100000"):
        with smtp(server) as wire:
            wire.expect("MAIL FROM:<>", 250)
            wire.expect(f"RCPT TO:<{account.name}>", 250)
            if begin == "DATA":
                wire.expect(begin, 354)
            else:
                wire.send(b"BDAT 100000\r\n")
            sent, said = trickle(wire, b"Subject: " + b"x" * 90)
            assert said[0] == 421 and said[1][0].startswith(b"4.4.2"), said
            assert sent < 40


def test_a_slow_honest_line_gets_through(make):
    """For longer than one time-out."""
    server = make(smtp_timeout="2s")
    account = server.add_account()
    with smtp(server) as wire:
        wire.begin([account.name])
        wire.socket.settimeout(PACE)
        for _ in range(16):
            wire.send(b"x" * 998 + b"\r\n")
            with pytest.raises(TimeoutError):
                wire.line()
        wire.socket.settimeout(60)
        wire.send(b".\r\n")
        assert wire.reply()[0] == 250


@pytest.mark.sanitized
def test_the_unfinished_mail_of_an_address_is_bounded(make):
    """Unbounded, an address held 12.5 GiB of the disk, and mail of 1 MiB reached no account."""
    server = make(message_size="1MiB", spool_per_address="1MiB")
    account = server.add_account()
    body = b"x" * 998 + b"\r\n"
    with smtp(server) as held, smtp(server) as second, smtp(server, "127.0.1.2") as other:
        held.begin([account.name])
        held.send(body * 700)
        poll(lambda: spooled(server) >= 512 << 10, 20, "it has come in")
        second.begin([account.name])
        second.send(stuff(body * 700))
        code, texts = second.reply()
        assert code == 452 and texts[0].startswith(b"4.3.1"), (code, texts)
        other.deliver(body * 700, [account.name])
        held.close()
        poll(lambda: second.data(body * 700, [account.name])[0][0] == 250, 20, "it is gone")
    assert metric(server, "spool_refused_total") >= 1
    server.logged(r"warning smtp mail refused session=\S+ peer=127\.0\.1\.1:\d+ "
                  r"reason=limits\.spool_per_address unlogged=\d+$")


def spooled(server):
    """Octets in unnamed files of the data directory."""
    result = subprocess.run(["find", f"/proc/{server.pid}/fd", "-lname", "*(deleted)", "-printf",
                             "%p\n"], capture_output=True, text=True, check=False)
    sizes = [subprocess.run(["stat", "-Lc", "%s", path], capture_output=True, text=True,
                            check=False).stdout for path in result.stdout.split()]
    return sum(int(size) for size in sizes if size.strip())


def test_a_refused_mail_gives_its_room_back_at_once(make):
    """Mail that was refused, or taken back, lay on the disk for as long as its sender stayed."""
    server = make(message_size="1MiB", spool_per_address="1MiB")
    account = server.add_account()
    line = b"x" * 998 + b"\r\n"
    with smtp(server) as wire:
        wire.begin([account.name])
        wire.send(stuff(line * 1200))
        assert wire.reply()[0] == 552
        poll(lambda: spooled(server) == 0, 20, "nothing is on the disk")
        wire.expect("MAIL FROM:<>", 250)
        wire.expect(f"RCPT TO:<{account.name}>", 250)
        wire.send(b"BDAT 700000\r\n" + line * 700)
        assert wire.reply()[0] == 250
        assert spooled(server) > 0
        wire.expect("RSET", 250)
        poll(lambda: spooled(server) == 0, 20, "nothing is on the disk")


@pytest.mark.sanitized
def test_strangers_leave_room_for_our_own_and_those_who_are_logged_in(make):
    """50 idle connections of 50, and the own MTA got 421."""
    server = make(connections=10)
    account, other = server.add_account(), server.add_account()
    held = [Pop3(server.address("pop3"), source=f"127.0.1.{number}") for number in range(1, 5)]
    held += [smtp(server, f"127.0.2.{number}") for number in range(1, 5)]
    with Wire(server.address("smtp"), source="127.0.3.1") as refused:
        assert refused.drain().startswith(b"421 4.3.2 too many connections")
    server.logged(r"connection refused peer=127\.0\.3\.1:\d+ reason=limits\.connections ")
    with smtp(server, TRUSTED, "lmtp") as own:
        own.deliver(b"Subject: x\r\n\r\nx\r\n", [account.name])
    held[0].login(account)  # And leaves a place to the next stranger.
    with Pop3(server.address("pop3"), source="127.0.3.1") as next_one:
        next_one.login(other).quit()
    held[0].quit()


def test_a_load_balancers_check_is_no_tls_failure(make, tmp_path):
    """One line and one failure a second for each server of haproxy."""
    behind = {**listen("pop3", "implicit"), "proxy_protocol": True, "proxy_networks": [TRUSTED]}
    server = make({"listen": [*LISTEN, behind]})
    implicit = server.address("pop3", "implicit")
    checked = server.address("pop3", "implicit", 1)
    config = tmp_path / "haproxy.cfg"
    config.write_text(f"""
global
    maxconn 100
defaults
    mode tcp
    timeout connect 5s
    timeout client 5s
    timeout server 5s
listen pop3s
    bind unix@{tmp_path}/haproxy.sock
    server one {checked[0]}:{checked[1]} send-proxy-v2 check check-send-proxy inter 100ms
""")
    haproxy = Process(["haproxy", "-db", "-f", config])
    poll(lambda: metric(server, "tls_silent_total") >= 5, 30, "it has looked")
    haproxy.kill()
    with Wire(implicit) as crashed:
        crashed.abort()
    with Wire(implicit) as closed:
        closed.close()
    assert metric(server, "tls_handshakes_failed_total") == 0
    with Wire(implicit) as scanner:  # What says something wrong is a failure as before.
        scanner.send(b"GET / HTTP/1.0\r\n\r\n")
        scanner.drain()
    server.logged("info tls failed session=")
    assert metric(server, "tls_handshakes_failed_total") == 1
    assert sum("tls failed" in line for line in server.all_log()) == 1


def test_strangers_ask_how_full_a_maildrop_is_so_often_a_minute(make):
    """Each question could make the server read a whole maildrop."""
    server = make({"maildrop": {"quota_messages": 1}}, idle_maildrops=0)
    full = [server.add_account() for _ in range(2)]
    for account in full:
        with smtp(server, TRUSTED, "lmtp") as own:
            own.deliver(b"Subject: x\r\n\r\nx\r\n", [account.name])
    names = [account.name.partition("@")[0] for account in full] * 50  # Each drives the other out.
    with smtp(server) as wire:
        codes = ask_for(wire, names)
        assert codes[:60] == [552] * 60 and set(codes) == {552, 250}
        wire.expect("DATA", 354)
        wire.send(stuff(b"Subject: x\r\n\r\nx\r\n"))
        assert wire.reply()[0] == 552, "it is told when the mail has come"
    with smtp(server, TRUSTED) as own:
        assert ask_for(own, names) == [552] * len(names)


def test_a_flood_of_passwords_leaves_pam_to_the_others(make_server, tmp_path):
    """PAM is asked one question at a time: without turns, one flooding address had all its time."""
    (tmp_path / "pam").mkdir()
    (tmp_path / "users").write_text("alice\nbob\n")
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nread -r password\nsleep 0.1\n[ \"$password\" = right ]\n")
    slow.chmod(0o755)
    (tmp_path / "pam" / "restante").write_text(
        f"auth required pam_exec.so quiet expose_authtok {slow}\n"
        "account required pam_permit.so\n")
    server = make_server({
        "accounts": {"backend": "pam", "service_dir": str(tmp_path / "pam"),
                     "users": str(tmp_path / "users"), "timeout": "1s", "cache_time": "0s"},
        "auth": {"plaintext": "always"}, "server": {"sandbox": "off"},
        "limits": {"trusted_networks": [], "failed_logins": 0, "failed_login_delay": "0s"}})
    flood = [Pop3(server.address("pop3"), source="127.0.1.1") for _ in range(40)]
    for number, client in enumerate(flood):
        client.ok("USER alice")
        client.send(f"PASS guess{number}\r\n".encode())
    for number in range(5):
        with Pop3(server.address("pop3"), source=f"127.0.2.{number + 1}") as owner:
            owner.ok("USER bob")
            assert owner.command("PASS right").startswith(b"+OK")
    for client in flood:
        client.close()
