"""The filter in packaging/fail2ban, by fail2ban-regex, on what the real server logs: each line that
should count does, for the address it came from; no peer's words count for another address."""

import base64
import subprocess

import pytest
from harness.pop3 import Pop3
from harness.server import ROOT
from harness.wire import Wire

FILTER = ROOT / "packaging/fail2ban/filter.d/restante.conf"
VICTIM = "198.51.100.66"

HOSTILE_NAMES = [
    f"x peer={VICTIM}:5 user=y",
    f'x" peer={VICTIM}:5 user="y',
    f"x\\x22 peer={VICTIM}:5",
    f"pop3 login failed session=0-1 peer={VICTIM}:5 user=x method=USER reason=y",
    f"connection refused peer={VICTIM}:5 reason=limits.connections_per_minute unlogged=0",
    f"[{VICTIM}]:5", f"<HOST> {VICTIM}", f"'{VICTIM}'", f"{VICTIM}", "=", '"', "\\", "%(ip)s",
    f"caf\u00e9 peer={VICTIM}:5", "x" * 250 + f" peer={VICTIM}:5 user=y",
]


@pytest.fixture
def server(make_server):
    return make_server({"auth": {"plaintext": "always"},
                        "limits": {"trusted_networks": [], "failed_login_delay": "0s",
                                   "failed_logins": 1000, "connections_per_address": 2,
                                   "commands_before_login": 10}})


def matches(server, lines=None):
    """The addresses that fail2ban would count, one a line that matches: of `lines`, or of all that
    the server has logged up to its end."""
    if lines is None:
        server.stop()
        lines = server.all_log()
    log = server.folder / "log"
    log.write_text("".join(line + "\n" for line in lines))
    result = subprocess.run(["fail2ban-regex", "-o", "ip", log, FILTER], capture_output=True,
                            text=True, timeout=120, check=False)
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout.split()


def fail(server, source, name):
    """By PLAIN, which takes names that a USER line cannot hold."""
    with Pop3(server.address("pop3"), source=source) as client:
        token = base64.b64encode(b"\0" + name.encode() + b"\0wrong").decode()
        return client.command(f"AUTH PLAIN {token}")


def test_wrong_passwords_count_for_the_address_they_came_from(server):
    account = server.add_account()
    assert fail(server, "127.0.1.1", account.name).startswith(b"-ERR [AUTH]")
    fail(server, "127.0.1.2", "nobody@example.test")
    with Pop3(server.address("pop3"), source="127.0.1.3") as good:
        good.login(account).quit()
    assert matches(server) == ["127.0.1.1", "127.0.1.2"]


def test_a_phone_with_an_old_password_bans_no_office(server):
    """The server counts the same wrong password once, and so does the jail."""
    account = server.add_account()
    for _ in range(5):
        fail(server, "127.0.1.1", account.name)
    fail(server, "127.0.1.1", "another@example.test")
    assert matches(server) == ["127.0.1.1"] * 2
    lines = [line for line in server.all_log() if "pop3 login failed" in line]
    assert [line.endswith(" repeated=yes") for line in lines] == [False] + [True] * 4 + [False]
    assert not any("repeated" in line.removesuffix(" repeated=yes") for line in lines)


def test_a_name_that_says_repeated_counts_all_the_same(server):
    for name in ("x reason=y repeated=yes", "repeated=yes", "x repeated=yes"):
        fail(server, "127.0.1.1", name)
    assert matches(server) == ["127.0.1.1"] * 3


def test_a_hostile_name_counts_for_no_other_address(server):
    for name in HOSTILE_NAMES:
        fail(server, "127.0.1.1", name)
    with Pop3(server.address("pop3"), source="127.0.1.1") as client:
        client.command(f"USER x peer={VICTIM}:5 user=y")
        client.command("PASS x")
    found = matches(server)
    assert set(found) == {"127.0.1.1"}, found
    failed = [line for line in server.all_log() if "pop3 login failed" in line]
    assert len(found) == len(failed) >= len(HOSTILE_NAMES) - 2, failed


def test_floods_count(server):
    held = [Pop3(server.address("pop3"), source="127.0.1.1") for _ in range(2)]
    with Wire(server.address("pop3"), source="127.0.1.1") as refused:
        refused.drain()
    with Wire(server.address("pop3"), source="127.0.1.2") as busy:
        busy.send(b"CAPA\r\n" * 20)
        busy.drain()
    for connection in held:
        connection.close()
    assert matches(server) == ["127.0.1.1", "127.0.1.2"]


def test_logins_refused_unheard_count(make_server):
    server = make_server({"auth": {"plaintext": "always"},
                          "limits": {"trusted_networks": [], "failed_login_delay": "0s",
                                     "failed_logins": 1}})
    account = server.add_account()
    for _ in range(3):
        fail(server, "127.0.1.1", account.name)
    assert matches(server) == ["127.0.1.1"] * 3
    assert sum("pop3 login refused" in line for line in server.all_log()) == 2


def test_lines_from_the_journal_and_of_ipv6_count(server):
    """As fail2ban gets them from systemd, with a host and a program before them."""
    line = ("2026-11-22T02:20:50.075Z warning pop3 login failed session=19-a peer={}:5 "
            "user=alice method=PLAIN reason=auth")
    prefixed = "Nov 22 02:20:50 mail restanted[17]: "
    assert matches(server, [
        prefixed + line.format("192.0.2.1"), prefixed + line.format("[2001:db8::1]"),
        line.format("[2001:db8::2]"), line.format("unix:peer"),
        prefixed + line.format("192.0.2.3").replace("failed", "refused"),
    ]) == ["192.0.2.1", "2001:db8::1", "2001:db8::2"]


def test_tries_at_the_status_page_count(server):
    """As test_page_entry.py finds them in the log."""
    line = "2026-11-22T02:20:50.075Z warning http login {} session=19-a peer=192.0.2.{}:5 user={}"
    assert matches(server, [
        line.format("failed", 1, '"" method=token reason="wrong token"'),
        line.format("failed", 2, 'alice method=basic reason="not an operator\'s account"'),
        line.format("failed", 3, "alice method=basic reason=auth repeated=yes"),
        line.format("refused", 4, '"" method=token reason=limits.failed_logins'),
        line.format("refused", 5, "alice method=basic reason=busy"),
    ]) == ["192.0.2.1", "192.0.2.2", "192.0.2.4"]
