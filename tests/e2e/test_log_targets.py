"""Where the log goes: stderr, syslog, the journal; as text or JSON. In a mount namespace of its
own, in which this test is syslog and the journal."""

import json
import socket
import subprocess
import threading

import pytest

from harness.pop3 import Pop3
from harness.process import Process
from harness.server import DEFAULT_LISTEN, ROOT

pytestmark = [pytest.mark.sanitized_long, pytest.mark.root]

FILTER = ROOT / "packaging/fail2ban/filter.d/restante.conf"
SECONDS = 60
# /dev anew, since /dev/log must not be made on the machine; a few files are bound from the old one.
NAMESPACE = """set -e
mount -t tmpfs tmpfs {folder}/dev
for each in null zero full urandom random tty; do
    touch {folder}/dev/$each
    mount --bind /dev/$each {folder}/dev/$each
done
ln -s {folder}/log {folder}/dev/log
mount --move {folder}/dev /dev
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd
ln -s {folder} /run/systemd/journal
echo inside
exec tail -f /dev/null
"""


@pytest.fixture
def receivers(tmp_path):
    """The words before a program that runs inside, and the receivers, by target."""
    (tmp_path / "dev").mkdir()
    inside = Process(["unshare", "--mount", "sh", "-c", NAMESPACE.format(folder=tmp_path)])
    inside.wait_line(lambda line: line == "inside", SECONDS)
    sockets = {}
    for target, name in (("syslog", "log"), ("journal", "socket")):
        sockets[target] = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sockets[target].bind(str(tmp_path / name))
        sockets[target].settimeout(SECONDS)
    yield ["nsenter", f"--target={inside.pid}", "--mount", "--"], sockets
    for each in sockets.values():
        each.close()
    inside.kill()


@pytest.fixture
def start(make_server, receivers):
    def run(limits=None, **log):
        server = make_server({"log": log, "auth": {"plaintext": "always"},
                              "listen": DEFAULT_LISTEN, "limits": limits or {}}, start=False)
        server.prefix = receivers[0]
        return server.start()
    return run


def fail_a_login(server):
    account = server.add_account()
    with Pop3(server.address("pop3")) as client:
        client.ok(f"USER {account.name}")
        client.err("PASS wrong", "[AUTH]")
    return account.name


class Reader:
    """Takes datagrams as they come: a receiver's queue holds ten."""

    def __init__(self, receiver):
        self._receiver = receiver
        self._news = threading.Condition()
        self._datagrams = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            try:
                datagram = self._receiver.recv(65536).decode()
            except OSError:
                return
            with self._news:
                self._datagrams.append(datagram)
                self._news.notify_all()

    def find(self, words):
        def found():
            return [each for each in self._datagrams if words in each]
        with self._news:
            assert self._news.wait_for(found, SECONDS), self._datagrams
            return found()[0]


def test_syslog_has_the_same_lines(start, receivers):
    reader = Reader(receivers[1]["syslog"])
    server = start(target="syslog", limits={"trusted_networks": []})
    name = fail_a_login(server)
    line = reader.find("login failed")
    tag = f"restanted[{server.pid}]:"
    assert line.startswith(f"<20>{tag} warning pop3 login failed session=")
    assert f" user={name} " in line and "\n" not in line
    assert not any("login failed" in each for each in server.all_log())
    # As syslog writes it down, fail2ban counts it.
    log = server.folder / "log"
    log.write_text(f"Nov 30 14:00:00 host {line.removeprefix('<20>')}\n")
    counted = subprocess.run(["fail2ban-regex", "-o", "ip", log, FILTER], capture_output=True,
                             text=True, timeout=120, check=False)
    assert counted.stdout.split() == ["127.0.0.1"], counted.stderr


def test_the_journal_has_fields(start, receivers):
    reader = Reader(receivers[1]["journal"])
    server = start(target="journal")
    name = fail_a_login(server)
    entry = dict(line.split("=", 1) for line in reader.find("login failed").splitlines())
    assert entry["SYSLOG_IDENTIFIER"] == "restanted" and entry["RESTANTE_USER"] == name
    session = entry["RESTANTE_SESSION"]
    assert entry["MESSAGE"].startswith(f"warning pop3 login failed session={session} ")
    assert entry["RESTANTE_EVENT"] == "pop3 login failed"


def test_a_receiver_that_hangs_or_goes_stops_no_mail(start, receivers):
    """First it does not read, then it is gone; sessions go on, and the loss is told."""
    server = start(target="syslog")
    receiver = receivers[1]["syslog"]
    for _ in range(200):  # More lines than a socket holds.
        with Pop3(server.address("pop3")) as client:
            client.ok("CAPA")
    place = receiver.getsockname()
    receiver.close()
    account = server.add_account()
    server.ctl("deliver", account.name, data=b"Subject: x\r\n\r\nx\r\n")
    with Pop3(server.address("pop3")) as client:
        client.login(account)
        assert client.retr(1)
        client.quit()
    subprocess.run(["rm", "-f", place], check=True)
    receivers[1]["syslog"] = again = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    again.bind(place)
    again.settimeout(SECONDS)
    fail_a_login(server)
    reader = Reader(again)
    reader.find("login failed")
    assert " warning log: lines were lost" in reader.find("lost=")


def test_json_lines(start):
    server = start(format="json")
    objects = [json.loads(line) for line in server.all_log()]
    assert [each for each in objects if each["event"] == "ready" and each["level"] == "info"]
    ports = [each["address"] for each in objects if each["event"] == "listening"]
    assert len(ports) == len(DEFAULT_LISTEN)
