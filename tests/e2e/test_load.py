"""bench/load delivers and fetches by the thousand, and trusts no answer: a wrong one counts as
failed, with the reason."""

import json
import socket
import subprocess
import threading

import pytest

from harness.server import BIN


def run_load(port, accounts, *words):
    program = BIN / "load"
    assert program.is_file(), f"{program} is missing: configure with -DRESTANTE_BENCH=ON and build"
    done = subprocess.run([program, "--port", str(port), "--accounts", accounts, *words],
                          capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout), done.returncode


@pytest.fixture(name="accounts")
def accounts_file(tmp_path, server):
    path = tmp_path / "accounts"
    made = [server.add_account() for _ in range(4)]
    path.write_text("".join(f"{one.name} {one.password}\n" for one in made))
    return path


@pytest.mark.parametrize("tls", ["none", "full", "resumed"])
def test_deliver_and_fetch(server, accounts, tls):
    report, code = run_load(server.port("lmtp"), accounts, "--workload", "deliver",
                            "--sessions", "8", "--connections", "3", "--deliveries", "5",
                            "--message-bytes", "3000", "--recipients", "2")
    assert (code, report["sessions"], report["failed"]) == (0, 8, 0), report
    # 8 sessions of 5 mails to 2 of 4 accounts: 20 messages in each maildrop.
    port = server.port("pop3", "starttls" if tls == "none" else "implicit")
    for workload in ("fetch", "fetch-pipelined", "poll-uidl", "drain"):
        report, code = run_load(port, accounts, "--workload", workload, "--sessions", "4",
                                "--tls", tls, "--connections", "1", "--messages", "20",
                                "--sources", "9")
        assert (code, report["sessions"], report["failed"]) == (0, 4, 0), report
        assert report["resumed"] >= (3 if tls == "resumed" else 0), report
    assert report["octets"] > 4 * 20 * 3000
    assert report["session_us"]["count"] == 4


def test_fixed_rate(server, accounts):
    report, code = run_load(server.port("pop3"), accounts, "--workload", "poll", "--seconds", "1",
                            "--rate", "20", "--connections", "4")
    assert code == 0 and 15 <= report["sessions"] <= 20, report


LIES = {
    "not +OK": b"+OK hi\r\n|-ERR no\r\n",
    "ends without CR": b"+OK hi\n",
    "the server ended it": b"+OK hi\r\n|+OK\r\n|+OK\r\n|+OK 10 octets\r\nX-Load-Sum: 1\r\n\r\nab",
    "does not match": b"+OK hi\r\n|+OK\r\n|+OK\r\n|+OK\r\nX-Load-Sum: 1\r\n\r\nab\r\n.\r\n",
    "without X-Load-Sum": b"+OK hi\r\n|+OK\r\n|+OK\r\n|+OK\r\n\r\nab\r\n.\r\n",
    "more octets": b"+OK hi\r\n+OK too much\r\n",
}


@pytest.mark.parametrize("complaint", LIES)
def test_a_lying_server_is_not_believed(tmp_path, complaint):
    (tmp_path / "accounts").write_text("u p\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with listener.accept()[0] as peer:
                *answers, last = LIES[complaint].split(b"|")
                for answer in answers:
                    peer.sendall(answer)
                    peer.recv(1000)
                peer.sendall(last)
        thread = threading.Thread(target=serve)
        thread.start()
        report, code = run_load(listener.getsockname()[1], tmp_path / "accounts", "--workload",
                                "fetch", "--sessions", "1", "--messages", "1")
        thread.join(60)
    assert code == 1 and report["failed"] == 1
    assert complaint in report["complaints"][0]


def test_a_server_that_says_nothing(tmp_path):
    (tmp_path / "accounts").write_text("u p\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        report, code = run_load(listener.getsockname()[1], tmp_path / "accounts", "--workload",
                                "poll", "--sessions", "2", "--patience", "0.1")
    assert (code, report["failed"], report["sessions"]) == (1, 2, 0)
    assert report["complaints"] == ["no answer in time"] * 2
