"""What one address may do, and that the others do not notice. Every client comes from an address of
its own in 127/8, of which nothing is trusted here."""

import crypt
import json
import os
import re
import resource
import select
import urllib.request
from base64 import b64decode, b64encode

import pytest
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, Account, listen
from harness.wire import Closed, Wire

NOBODY_IS_TRUSTED = {"trusted_networks": []}
LISTEN = [*DEFAULT_LISTEN, listen("http", "none")]


@pytest.fixture
def make(make_server):
    def made(**limits):
        return make_server({"listen": LISTEN, "auth": {"plaintext": "always"},
                            "limits": {**NOBODY_IS_TRUSTED, **limits}})
    return made


def pop3(server, source, **options):
    return Pop3(server.address("pop3"), source=source, **options)


def http_get(server, path):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=30) as answer:
        return answer.read().decode()


def metric(server, name):
    text = http_get(server, "/metrics")
    return int(re.search(rf"^restante_{name} (\d+)$", text, re.MULTILINE).group(1))


def refused(address, source):
    """The words of a connection that is refused, before its end."""
    with Wire(address, source=source) as wire:
        return wire.drain()


@pytest.mark.sanitized
def test_connections_of_one_address_are_limited_and_old_ones_live_on(make):
    server = make(connections_per_address=3)
    account = server.add_account()
    held = [pop3(server, "127.0.1.1") for _ in range(3)]
    words = refused(server.address("pop3"), "127.0.1.1")
    assert words == b"-ERR [SYS/TEMP] too many connections, try again later\r\n"
    assert refused(server.address("lmtp"), "127.0.1.1").startswith(b"421 4.3.2 ")
    assert refused(server.address("pop3", "implicit"), "127.0.1.1") == b""
    with pop3(server, "127.0.1.2") as other:
        other.login(account).quit()
    held[0].login(account).quit()  # One that was there before is served.
    poll(lambda: connects(server, "127.0.1.1"), 20, "a place is free again")
    assert metric(server, "connections_refused_address_total") >= 3
    for connection in held[1:]:
        connection.close()


def connects(server, source):
    with Wire(server.address("pop3"), source=source) as wire:
        return wire.line().startswith(b"+OK")


@pytest.mark.sanitized
def test_connections_a_minute_are_limited(make):
    server = make(connections_per_minute=5)
    for _ in range(5):
        pop3(server, "127.0.1.1").quit()
    for _ in range(20):
        assert refused(server.address("pop3"), "127.0.1.1").startswith(b"-ERR [SYS/TEMP]")
    pop3(server, "127.0.1.2").quit()
    assert metric(server, "connections_refused_rate_total") == 20
    server.stop()
    lines = [line for line in server.all_log() if "connection refused" in line]
    assert len(lines) == 1, lines  # A flood does not fill the disk by the log.
    assert re.search(r"warning connection refused peer=127\.0\.1\.1:\d+ "
                     r"reason=limits\.connections_per_minute unlogged=0$", lines[0])


def test_connections_of_all_are_limited(make):
    server = make(connections=3)
    account = server.add_account()
    held = [pop3(server, f"127.0.1.{number}") for number in range(1, 4)]
    assert refused(server.address("pop3"), "127.0.2.1").startswith(b"-ERR [SYS/TEMP]")
    assert refused(server.address("smtp"), "127.0.2.2").startswith(b"421 4.3.2")
    held[2].login(account).quit()
    poll(lambda: connects(server, "127.0.2.1"), 20, "a place is free again")


def test_wrong_passwords_are_answered_later_and_later(make):
    server = make(failed_login_delay="2s")
    account = server.add_account()
    with pop3(server, "127.0.1.1") as client:
        client.ok("STLS")
        client.start_tls()
        for password in ("one", "two", "three"):
            client.ok(f"USER {account.name}")
            client.err(f"PASS {password}", "[AUTH]")
        with pop3(server, "127.0.1.2") as owner:  # Not delayed by what others do.
            owner.login(account).quit()
        client.ok(f"USER {account.name}")
        client.send(f"PASS four\r\nUSER {account.name}\r\n".encode())
        # Held back: by a whole second at least, in which nothing comes.
        client.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            client.line()
        client.socket.settimeout(60)
        assert client.line().startswith(b"-ERR [AUTH]")
        assert client.line().startswith(b"+OK")
        client.command(f"PASS {account.password}")


def test_an_address_that_guesses_is_refused_and_its_owner_is_not(make):
    server = make(failed_logins=3, failed_login_delay="0s")
    owner, other = server.add_account(), server.add_account()
    pop3(server, "127.0.1.1").login(owner).quit()  # Known from here on.
    with pop3(server, "127.0.1.1") as attacker:
        for password in ("one", "two", "three"):
            attacker.ok(f"USER {other.name}")
            attacker.err(f"PASS {password}", "[AUTH]")
        attacker.ok(f"USER {other.name}")
        attacker.err(f"PASS {other.password}", "[SYS/TEMP]")  # Right, but not looked at.
    pop3(server, "127.0.1.1").login(owner).quit()
    pop3(server, "127.0.1.2").login(other).quit()
    assert metric(server, "logins_refused_total") == 1
    status = json.loads(http_get(server, "/status"))
    assert status["worst"] == [{"address": "127.0.1.1", "failed_logins": 3, "refusals": 1}]
    assert 0 < status["connections"] < status["connections_max"]
    server.logged(r"warning pop3 login refused session=\S+ peer=127\.0\.1\.1:\d+ "
                  rf"user={re.escape(other.name)} method=USER reason=limits\.failed_logins$")


def log_in_at_once(server, source, tries):
    """The first words of the answers to these accounts' PASS, all sent before one is read."""
    clients = [pop3(server, source, timeout=120) for _ in tries]
    for client, account in zip(clients, tries):
        client.ok(f"USER {account.name}")
    for client, account in zip(clients, tries):
        client.send(f"PASS {account.password}\r\n".encode())
    answers = [b" ".join(client.line().split()[:2]) for client in clients]
    for client in clients:
        client.close()
    return answers


def with_users(make_server, count, **limits):
    """A server and owners whose passwords take a moment to check, and no more."""
    server = make_server(start=False)
    owners = [Account(f"user{number}@example.test", f"secret{number}") for number in range(count)]
    users = server.write_secret("users", "".join(
        f"{owner.name}:{{CRYPT}}{crypt.crypt(owner.password, '$6$rounds=2000$salt')}\n"
        for owner in owners))
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)},
                      "auth": {"plaintext": "always"},
                      "limits": {**NOBODY_IS_TRUSTED, "failed_login_delay": "0s", **limits}})
    return server.start(), owners


@pytest.mark.sanitized
def test_wrong_passwords_at_once_get_no_more_answers_than_one_by_one(make_server):
    server, (owner,) = with_users(make_server, 1)
    answers = log_in_at_once(server, "127.0.1.1",
                             [Account(owner.name, f"guess{i}") for i in range(190)])
    assert answers.count(b"-ERR [AUTH]") == 20
    assert answers.count(b"-ERR [SYS/TEMP]") == 170
    pop3(server, "127.0.1.2").login(owner).quit()


@pytest.mark.sanitized
def test_owners_who_log_in_at_once_are_all_heard(make_server):
    """More than failed_logins, and after a restart no address is known."""
    server, owners = with_users(make_server, 30, failed_logins=3)
    answers = log_in_at_once(server, "127.0.1.1", owners)
    assert {answer[:3] for answer in answers} == {b"+OK"}, answers
    answers = log_in_at_once(server, "127.0.1.1", owners[:1] * 30)
    assert all(answer.startswith((b"+OK", b"-ERR [IN-USE]")) for answer in answers), answers


def test_scram_exchanges_at_once_are_checks_under_way(make_server):
    server = make_server({"listen": LISTEN, "auth": {"mechanisms": ["SCRAM-SHA-256"]},
                          "limits": {**NOBODY_IS_TRUSTED, "failed_logins": 3,
                                     "failed_login_delay": "0s"}})
    clients = [pop3(server, "127.0.1.1") for _ in range(8)]
    for number, client in enumerate(clients):
        begin = b64encode(f"n,,n=name{number},r=x".encode()).decode()
        client.send(f"AUTH SCRAM-SHA-256 {begin}\r\n".encode())
    asked = set(clients)
    begun = []
    while len(begun) < 3:
        for wire in select.select([client.socket for client in asked - set(begun)], [], [], 60)[0]:
            client = next(one for one in asked if one.socket is wire)
            assert client.line().startswith(b"+ ")
            begun.append(client)
    for client in begun:
        client.err("*")
        client.close()
    for client in asked - set(begun):
        assert client.line().startswith(b"-ERR [SYS/TEMP]")


def test_an_old_password_in_a_phone_does_not_lock_its_owner_out(make):
    server = make(failed_logins=3, failed_login_delay="0s")
    owner = server.add_account()
    for _ in range(10):
        with pop3(server, "127.0.1.1") as phone:
            phone.ok(f"USER {owner.name}")
            phone.err("PASS last-year", "[AUTH]")
    pop3(server, "127.0.1.1").login(owner).quit()


def test_logins_a_minute_are_limited(make):
    server = make(logins_per_minute=3, failed_login_delay="0s")
    account = server.add_account()
    for _ in range(3):
        pop3(server, "127.0.1.1").login(account).quit()
    with pop3(server, "127.0.1.1") as client:
        assert client.try_login(account).startswith(b"-ERR [SYS/TEMP]")
    pop3(server, "127.0.1.2").login(account).quit()


@pytest.mark.parametrize("end", ["cancelled", "cut"])
def test_scram_exchanges_that_are_begun_and_left_are_limited(make_server, end):
    """To make the keys of each is work."""
    server = make_server({"listen": LISTEN, "auth": {"mechanisms": ["SCRAM-SHA-256"]},
                          "limits": {**NOBODY_IS_TRUSTED, "failed_logins": 3,
                                     "failed_login_delay": "0s"}})
    for number in range(3):
        client = pop3(server, "127.0.1.1")
        assert begin_scram(client, f"name{number}").startswith(b"+ ")
        if end == "cancelled":
            client.err("*")
        client.close()
    poll(lambda: worst_failures(server) == 3, 20, "the last is counted")
    with pop3(server, "127.0.1.1") as client:
        assert begin_scram(client, "other").startswith(b"-ERR [SYS/TEMP]")
    with pop3(server, "127.0.1.2") as other:
        assert begin_scram(other, "other").startswith(b"+ ")
    assert metric(server, "logins_refused_total") == 1
    server.logged(r"pop3 login refused session=\S+ peer=127\.0\.1\.1:\d+ user=other "
                  r"method=SCRAM-SHA-256 reason=limits\.failed_logins$")


def test_scram_counts_once_among_the_logins_of_a_minute(make_server):
    server = make_server({"listen": LISTEN, "auth": {"mechanisms": ["SCRAM-SHA-256"]},
                          "limits": {**NOBODY_IS_TRUSTED, "logins_per_minute": 2,
                                     "failed_login_delay": "0s"}})
    for _ in range(2):
        with pop3(server, "127.0.1.1") as client:
            challenge = b64decode(begin_scram(client, "name")[2:])
            nonce = challenge.partition(b",")[0]
            final = b64encode(b"c=biws," + nonce + b",p=" + b64encode(bytes(32))).decode()
            client.err(final, "[AUTH]")
    with pop3(server, "127.0.1.1") as client:
        assert begin_scram(client, "name").startswith(b"-ERR [SYS/TEMP]")


def begin_scram(client, name):
    return client.command("AUTH SCRAM-SHA-256 " + b64encode(f"n,,n={name},r=x".encode()).decode())


def worst_failures(server):
    worst = json.loads(http_get(server, "/status"))["worst"]
    return worst[0]["failed_logins"] if worst else 0


def test_logins_of_an_account_are_limited(make):
    server = make(account_logins_per_minute=2)
    account, other = server.add_account(), server.add_account()
    for number in (1, 2):
        pop3(server, f"127.0.1.{number}").login(account).quit()
    with pop3(server, "127.0.1.3") as client:
        assert client.try_login(account).startswith(b"-ERR [LOGIN-DELAY]")
        assert client.try_login(account).startswith(b"-ERR [LOGIN-DELAY]")  # Its maildrop is free.
    pop3(server, "127.0.1.3").login(other).quit()


@pytest.mark.sanitized
def test_a_connection_may_not_do_for_ever_without_a_login(make):
    server = make(commands_before_login=20, bytes_before_login="32KiB")
    with pop3(server, "127.0.1.1") as client:
        client.send(b"CAPA\r\n" * 30)
        assert client.drain().endswith(b"-ERR [SYS/TEMP] too much before a login, "
                                       b"try again later\r\n")
    with pop3(server, "127.0.1.1") as client:
        try:  # An endless line.
            for _ in range(64):
                client.send(b"x" * 4096)
        except ConnectionError:
            pass
        try:
            client.drain()
        except ConnectionError:
            pass
    assert metric(server, "logins_cut_total") == 2
    server.logged("pop3 too much before login .* reason=limits.bytes_before_login$")


def test_an_account_is_slowed_down(make):
    server = make(commands_per_minute=60)
    account = server.add_account()
    with pop3(server, "127.0.1.1").login(account) as client:
        for _ in range(60):
            client.ok("NOOP")
        client.send(b"NOOP\r\nNOOP\r\n")  # Two more than there are: the third has to wait.
        assert client.line() == client.line()
        client.send(b"NOOP\r\n")
        client.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            client.line()
        client.socket.settimeout(60)
        assert client.line().startswith(b"+OK")
        client.quit()
    assert metric(server, "slowed_total") >= 1


def test_a_slow_hash_holds_up_no_other_session(make_server):
    """It is not the one thread that serves all sessions that computes it."""
    server = make_server(start=False)
    slow = "{CRYPT}$6$rounds=3000000$" + "s" * 16 + "$" + "h" * 86  # Seconds.
    users = server.write_secret("users", f"slow@example.test:{slow}\n"
                                         "quick@example.test:{PLAIN}x\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)},
                      "server": {"threads": 1}})
    server.start()
    with Pop3(server.address("pop3")).login(Account("quick@example.test", "x")) as quick, \
            Pop3(server.address("pop3")) as waiting:
        waiting.ok("USER slow@example.test")
        waiting.send(b"PASS wrong\r\n")
        with Pop3(server.address("pop3")) as new:
            new.ok("USER quick@example.test")
        for _ in range(10):
            quick.ok("NOOP")
        assert not select.select([waiting.socket], [], [], 0)[0], "it has its answer before them"
        assert waiting.line().startswith(b"-ERR [AUTH]")
        quick.quit()


def test_the_machine_itself_is_trusted_by_default(make_server):
    server = make_server({"limits": {"connections_per_address": 1, "failed_logins": 1,
                                     "connections_per_minute": 1}})
    account = server.add_account()
    held = [Pop3(server.address("pop3")) for _ in range(5)]
    for connection in held:
        connection.ok(f"USER {account.name}")
        connection.err("PASS wrong", "[AUTH]")
        connection.login(account).quit()


def test_few_file_descriptors_leave_room_for_maildrops(make_server):
    server = make_server({"listen": LISTEN, "server": {"threads": 1}}, start=False)
    account = server.add_account()
    server.prefix = ["prlimit", "--nofile=256:256", "--"]
    server.start()
    said = [line for line in server.all_log() if "limits lowered" in line]
    assert len(said) >= 1 and "the system allows 256 open files" in said[0]
    possible = int(re.search(r"limits lowered connections=(\d+)", said[0]).group(1))
    assert 32 <= possible <= 64
    held = [Pop3(server.address("pop3")) for _ in range(possible - 1)]
    held[0].login(account)  # There is a descriptor for its maildrop.
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\nroom\r\n", [account.name])
        words = refused(server.address("pop3"), "127.0.0.1")
        assert words.startswith(b"-ERR [SYS/TEMP] too many connections")
    held[0].quit()
    with poll(lambda: try_pop3(server), 20, "a place is free again").login(account) as client:
        assert client.stat()[0] == 1
        client.quit()


def try_pop3(server):
    try:
        return Pop3(server.address("pop3"))
    except (AssertionError, Closed):
        return None


def test_without_a_descriptor_new_connections_are_told_and_old_ones_live_on(make_server):
    """The plan keeps this from happening, so the limit is lowered behind the back. (Not for
    the sanitized build: UBSan needs a descriptor itself, and calls objects invalid without.)"""
    server = make_server({"listen": LISTEN, "server": {"threads": 1}})
    account = server.add_account()
    with Pop3(server.address("pop3")).login(account) as old:
        lower_descriptors(server)
        words = refused(server.address("pop3"), "127.0.0.1")
        assert words == b"-ERR [SYS/TEMP] too many connections, try again later\r\n"
        before = cpu_ticks(server)
        for _ in range(30):
            assert refused(server.address("lmtp"), "127.0.0.1").startswith(b"421 4.3.2")
        for _ in range(50):
            old.ok("NOOP")
        assert cpu_ticks(server) - before < 100  # A second: nothing spins.
        server.logged("no file descriptor is left")
        lines = [line for line in server.all_log() if "no file descriptor is left" in line]
        assert len(lines) <= 3, lines
        restore_descriptors(server)
        Pop3(server.address("pop3")).quit()
        old.quit()


def lower_descriptors(server):
    open_now = [int(name) for name in os.listdir(f"/proc/{server.pid}/fd")]
    # Holes below the highest would still be given out.
    limit = next(number for number in range(10000) if number not in open_now)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, 4096))


def restore_descriptors(server):
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (4096, 4096))


def cpu_ticks(server):
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
        words = file.read().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])
