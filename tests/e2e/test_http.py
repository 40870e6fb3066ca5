"""The http listener: metrics for Prometheus, a health check, and nothing else."""

import http.client
import re

import pytest

from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, listen
from harness.wire import Wire

pytestmark = pytest.mark.sanitized_long


@pytest.fixture
def server(make_server):
    return make_server({"listen": DEFAULT_LISTEN + [listen("http", "none")]})


def ask(server, method, target):
    connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=30)
    connection.request(method, target)
    response = connection.getresponse()
    return response.status, response.read().decode()


@pytest.mark.parametrize("method, target, status", [
    ("GET", "/health", 200), ("GET", "/metrics", 200), ("GET", "/", 403),
    ("GET", "/metrics/../health", 404), ("POST", "/metrics", 405),
])
def test_what_is_there(server, method, target, status):
    assert ask(server, method, target)[0] == status


def test_metrics_count_what_happened(server):
    account = server.add_account()

    def values():
        text = ask(server, "GET", "/metrics")[1]
        return dict(re.findall(r"^(restante_\w+) (\d+)$", text, re.M))

    before = values()
    with Pop3(server.address("pop3")) as connection:
        connection.login(account).quit()
    with Pop3(server.address("pop3")) as connection:
        connection.ok(f"USER {account.name}")
        connection.err("PASS wrong", "[AUTH]")
    after = values()
    changed = {name: int(after[name]) - int(before[name]) for name in before
               if name in ("restante_pop3_sessions_total", "restante_logins_failed_total")}
    assert changed == {"restante_pop3_sessions_total": 1, "restante_logins_failed_total": 1}


def test_what_a_session_came_to_is_counted_and_logged(server):
    account = server.add_account()
    message = b"Subject: x\r\n\r\none line\r\n"
    for _ in range(3):
        server.ctl("deliver", account.name, data=message)

    def values():
        return dict(re.findall(r"^restante_(\w+_total) (\d+)$", ask(server, "GET", "/metrics")[1],
                               re.M))

    before = values()
    with Pop3(server.address("pop3")) as connection:
        connection.login(account)
        octets = len(connection.retr(1)) + len(connection.retr(2))
        connection.ok("DELE 2")
        connection.quit()
    after = values()
    changed = {name: int(after[name]) - int(before[name]) for name in before
               if name.startswith(("messages_retrieved", "octets_retrieved", "messages_deleted"))}
    assert changed == {"messages_retrieved_total": 2, "octets_retrieved_total": octets,
                       "messages_deleted_total": 1}
    assert server.logged(f"user={account.name} method=USER retrieved=2 bytes={octets} deleted=1 "
                         "ended=quit uids=[^ ,]+$")


def test_a_request_in_pieces(server):
    with Wire(server.address("http", "none")) as wire:
        for byte in b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n":
            wire.send(bytes([byte]))
        assert wire.drain().startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("request_bytes", [
    b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"GET /health HTTP/1.1\r\nX: " +
    b"x" * 20000 + b"\r\n\r\n",
])
def test_what_is_no_request_gets_no_answer(server, request_bytes):
    with Wire(server.address("http", "none")) as wire:
        wire.send(request_bytes)
        assert b"200" not in wire.drain()
    assert ask(server, "GET", "/health")[0] == 200
