"""An account that lives on another server: its POP3 sessions are passed on."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import urllib.request

import pytest

from harness.certs import make_certificate
from harness.clients import Target, curl, fetchmail, mpop
from harness.deadline import poll
from harness.dovecot import PASSWORD, Dovecot
from harness.pop3 import Pop3
from harness.server import Account, ServerFactory, listen
from harness.two_servers import deliver, log_in, route_to, start_new, start_old
from harness.wire import Closed
from test_sasl import scram

MAIL = b"Subject: %d\r\n\r\n.dots and lines\r\n"
BIG = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 60000

pytestmark = pytest.mark.sanitized


@pytest.fixture(scope="module")
def pair():
    """(old, new): all of example.test is at the old one."""
    factory = ServerFactory()
    old = start_old(factory)
    yield old, start_new(factory, [route_to(old)])
    factory.close()


@pytest.fixture
def account(pair):
    return pair[0].add_account()


def metric(server, name):
    host, port = server.address("http", "none")
    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        found = re.search(rf"^restante_{name}(?:{{[^}}]*}})? (\d+)$", answer.read().decode(), re.M)
    return int(found.group(1))


def fails(server, account, code, tls="implicit"):
    """The login is refused with this code."""
    with Pop3(server.address("pop3", tls), tls) as pop3:
        answer = pop3.try_login(account)
        assert answer.startswith(f"-ERR {code}".encode()), answer


def test_whole_session(pair, account):
    old, new = pair
    deliver(old, account, *(MAIL % i for i in range(3)))
    with log_in(old, account) as pop3:
        sizes, uids = pop3.sizes(), pop3.uids()
        mails = list(pop3.retr_all(sizes))
    before = metric(new, "routed_sessions_total")
    with log_in(new, account) as pop3:
        assert (pop3.sizes(), pop3.uids()) == (sizes, uids)
        assert list(pop3.retr_all(sizes)) == mails
        pop3.ok("DELE 2")
        pop3.ok("QUIT")
    assert metric(new, "routed_sessions_total") == before + 1
    new.logged(rf"pop3 session=.* user={account.name} method=USER route=pop3s://.* ended=quit")
    with log_in(new, account, "starttls") as pop3:
        assert list(pop3.uids().values()) == [uids[1], uids[3]]


def test_client_is_named_there(pair, account):
    old, new = pair
    with log_in(new, account, source="127.0.9.77") as pop3:
        pop3.ok("QUIT")
    old.logged(rf"pop3 session=.* peer=127.0.9.77:\d+ .*user={account.name}")


def test_mechanisms(pair, account):
    _, new = pair
    with log_in(new, account) as pop3:
        pop3.ok("QUIT")
    for words in ("--sasl-ir", "--login-options AUTH=LOGIN", "--login-options AUTH=PLAIN"):
        target = Target("127.0.0.1", new.port("pop3", "implicit"), "implicit", account, 0,
                        pathlib.Path("/"), True)
        curl.command(target, *words.split())


@pytest.mark.parametrize("client", [curl, mpop, fetchmail])
def test_clients(pair, account, client):
    old, new = pair
    deliver(old, account, *(MAIL % i for i in range(3)))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-client-"))
    folder.chmod(0o711)
    target = Target("127.0.0.1", new.port("pop3", "implicit"), "implicit", account, 3, folder,
                    False)
    client.fetch(target)
    shutil.rmtree(folder)
    with log_in(old, account) as pop3:
        assert pop3.ok("STAT") == b"+OK 0 0"


def test_pipelined_and_big(pair, account):
    old, new = pair
    deliver(old, account, BIG)
    with Pop3(new.address("pop3", "implicit"), "implicit") as pop3:
        pop3.send(f"USER {account.name}\r\nPASS {account.password}\r\nSTAT\r\nRETR 1\r\n"
                  f"RETR 1\r\nDELE 1\r\nQUIT\r\n".encode())
        for _ in range(3):
            assert pop3.line().startswith(b"+OK")
        for _ in range(2):
            assert pop3.line().startswith(b"+OK")
            assert pop3.until_dot().endswith(BIG)
        assert pop3.line().startswith(b"+OK")
        assert pop3.line().startswith(b"+OK")
    with log_in(old, account) as pop3:
        assert pop3.ok("STAT") == b"+OK 0 0"


def test_wrong_password(pair, account):
    _, new = pair
    before = metric(new, "logins_failed_total")
    fails(new, Account(account.name, "wrong"), "[AUTH]")
    fails(new, Account("nobody@example.test", "wrong"), "[AUTH]")
    assert metric(new, "logins_failed_total") == before + 2
    new.logged(rf"pop3 login failed .*user={account.name} .*reason=.*pop3s://")


def test_limits_hold_before_it_is_asked(make_server, pair, account):
    old, _ = pair
    new = start_new(make_server, [route_to(old)],
                    {"limits": {"failed_logins": 2, "failed_login_delay": "0s",
                                "trusted_networks": []}})
    for wrong in ("one", "another"):  # The same one twice counts once.
        fails(new, Account(account.name, wrong), "[AUTH]")
    fails(new, account, "[SYS/TEMP]")
    new.logged(r"pop3 login refused .*limits\.failed_logins")
    assert metric(new, "routed_sessions_failed_total") == 0


def test_other_proofs_are_wrong(make_server, pair):
    """Those that need a secret, although there is one here, too."""
    old, _ = pair
    new = start_new(make_server, [route_to(old)],
                    {"pop3": {"apop": True}, "auth": {"password_scheme": "scram-sha-256"}})
    account = new.add_account("both@example.test", "secret")
    old.add_account(account.name, account.password)
    with log_in(new, account) as pop3:
        pop3.ok("QUIT")
    with Pop3(new.address("pop3", "implicit"), "implicit") as pop3:
        assert scram(pop3, account.name, account.password).startswith(b"-ERR [AUTH]")
    new.logged(r"pop3 login failed .*lives at pop3s://.*PLAIN, LOGIN or USER only")


def test_server_down_and_back(make_server):
    old = start_old(make_server)
    account = old.add_account()
    new = start_new(make_server, [route_to(old)])
    route = new.config["route"]
    old.stop()
    fails(new, account, "[SYS/TEMP]")
    assert metric(new, "routed_sessions_failed_total") == 1
    new.logged(r"pop3 login refused .*reason=.*pop3s://")
    port = int(route[0]["pop3"].rsplit(":", 1)[1])
    address = f"127.0.0.1:{port}"
    old.configure({**old.config, "listen": [listen("pop3", "implicit", address)]})
    old.start()
    with log_in(new, account) as pop3:
        pop3.ok("QUIT")


def test_wrong_certificate(make_server, pair, account):
    old, _ = pair
    other, _ = make_certificate(old.folder, "other", ["127.0.0.1"])
    new = start_new(make_server, [route_to(old, ca_file=str(other))])
    fails(new, account, "[SYS/TEMP]")
    new.logged(r"pop3 login refused .*certificate")
    new = start_new(make_server, [route_to(old, pins=["ab" * 32])])
    fails(new, account, "[SYS/TEMP]")
    new.logged(r"not the pinned one")


def test_one_hop(make_server, pair, account):
    """Who came by XCLIENT is not passed on once more."""
    old, new = pair
    listeners = [{**listen("pop3", "implicit"), "proxy_networks": ["127.0.0.1"]}]
    middle = start_new(make_server, [route_to(old)], {"listen": listeners})
    with Pop3(middle.address("pop3", "implicit"), "implicit") as pop3:
        pop3.ok("XCLIENT ADDR=192.0.2.1 PORT=4711")
        assert pop3.try_login(account).startswith(b"-ERR [SYS/TEMP]")
    middle.logged(r"not passed on once more")


def test_client_dies(pair, account):
    old, new = pair
    deliver(old, account, MAIL % 1)
    pop3 = log_in(new, account)
    pop3.ok("DELE 1")
    pop3.abort()
    new.logged(rf"pop3 session=.* user={account.name} .*ended=(?!quit)")
    old.logged(rf"pop3 session=.* user={account.name} .*deleted=0")
    with log_in(new, account) as pop3:
        assert pop3.ok("STAT").startswith(b"+OK 1 ")


def test_server_dies(make_server):
    old = start_old(make_server)
    account = old.add_account()
    new = start_new(make_server, [route_to(old)])
    deliver(old, account, BIG)
    with log_in(new, account, receive_bytes=4096) as pop3:
        pop3.ok("DELE 1")
        pop3.send(b"RSET\r\nRETR 1\r\n")
        pop3.line()
        old.kill()
        with pytest.raises(Closed):
            while True:
                pop3.line()
    new.logged(rf"pop3 session=.* user={account.name} .*ended=\S*closed")
    fails(new, account, "[SYS/TEMP]")


def test_idle_session_outlives_a_write(pair, account):
    """Both directions have the time of an idle session; QUIT without a word before it works."""
    _, new = pair
    with log_in(new, account) as pop3:
        pop3.send(b"QUIT\r\n")
        assert pop3.line().startswith(b"+OK")
        with pytest.raises(Closed):
            pop3.line()


def test_outgoing_process_comes_back(make_server, pair, account):
    old, _ = pair
    new = start_new(make_server, [route_to(old)])
    keeper = children(new.pid)
    assert len(keeper) == 1
    (connector,) = children(keeper[0])
    import os
    os.kill(connector, signal.SIGKILL)
    poll(lambda: children(keeper[0]) not in ([], [connector]), 30, "a new process")

    def answered():
        with Pop3(new.address("pop3", "implicit"), "implicit") as pop3:
            answer = pop3.try_login(account)
            assert answer.startswith((b"+OK", b"-ERR [SYS/TEMP]")), answer
            return answer.startswith(b"+OK")
    poll(answered, 30, "a login")
    new.stop()
    poll(lambda: is_gone(keeper[0]), 30, "the end of its processes")


def is_gone(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def children(pid):
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def test_route_turns(make_server, pair):
    """restantectl account route, there and back."""
    old, _ = pair
    account = old.add_account()
    new = start_new(make_server, [route_to(old, domains=[])])
    new.add_account(account.name, "local")
    fails(new, account, "[AUTH]")
    place = route_to(old)["pop3"]
    new.ctl("account", "route", account.name, place)
    with log_in(new, account) as pop3:
        pop3.ok("QUIT")
    assert place.encode() in new.ctl("account", "show", account.name).stdout
    assert place.encode() in new.ctl("account", "list").stdout
    new.ctl("account", "route", account.name, "here")
    fails(new, account, "[AUTH]")
    with log_in(new, Account(account.name, "local")) as pop3:
        pop3.ok("QUIT")
    refused = new.ctl("account", "route", account.name, "pop3s://192.0.2.1", check=False)
    assert refused.returncode != 0 and b"[[route]]" in refused.stderr


@pytest.fixture(scope="module")
def dovecot():
    made = Dovecot("login_trusted_networks = 127.0.0.1").start()
    yield made
    made.close()


@pytest.mark.parametrize("scheme", ["pop3s", "pop3"])
def test_dovecot(make_server, dovecot, scheme):
    name = dovecot.add_account(f"{scheme}@example.test")
    dovecot.deliver(name, [MAIL % i for i in range(3)])
    port = dovecot.tls_port if scheme == "pop3s" else dovecot.port
    new = start_new(make_server, [{"pop3": f"{scheme}://127.0.0.1:{port}",
                                   "domains": ["example.test"],
                                   "ca_file": str(dovecot.certificate)}])
    account = Account(name, PASSWORD)
    with log_in(new, account, source="127.0.9.78") as pop3:
        sizes = pop3.sizes()
        assert [body for _, body in pop3.retr_all(sizes)] == [MAIL % i for i in range(3)]
        assert len(set(pop3.uids().values())) == 3
        pop3.ok("DELE 1")
        pop3.ok("QUIT")
    assert len(dovecot.messages(name)) == 2
    logged = re.compile(rf"pop3-login: Info: Login: user=<{name}>.*rip=127.0.9.78")
    dovecot.process.wait_line(logged.search, 60)
    fails(new, Account(name, "wrong"), "[AUTH]")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-client-"))
    folder.chmod(0o711)
    mpop.fetch(Target("127.0.0.1", new.port("pop3", "implicit"), "implicit", account, 2, folder,
                      False))
    shutil.rmtree(folder)
    assert not dovecot.messages(name)


class Resumed:
    """A POP3 server that takes every login, and notes of each connection whether its TLS session
    was one from before."""

    def __init__(self, folder, version):
        certificate, key = make_certificate(folder, "resumed", ["127.0.0.1"])
        self.certificate = certificate
        self.noted = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.minimum_version = self._context.maximum_version = version
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                plain = self._listener.accept()[0]
                with self._context.wrap_socket(plain, server_side=True) as client:
                    self.noted.append(client.session_reused)
                    self._talk(client)

    @staticmethod
    def _talk(client):
        client.sendall(b"+OK hello\r\n")
        for line in client.makefile("rb"):
            client.sendall(b"+OK\r\nUSER\r\n.\r\n" if line == b"CAPA\r\n" else b"+OK\r\n")
            if line == b"QUIT\r\n":
                return


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_session_there_is_resumed(make_server, tmp_path, version):
    there = Resumed(tmp_path, version)
    new = start_new(make_server, [{"pop3": f"pop3s://127.0.0.1:{there.port}",
                                   "domains": ["example.test"],
                                   "ca_file": str(there.certificate)}])
    for _ in range(4):
        with log_in(new, Account("alice@example.test", "secret")) as pop3:
            pop3.ok("QUIT")
    # A server may refuse a session that it is offered, and then there is a whole handshake.
    assert not there.noted[0] and sum(there.noted) >= 2, there.noted
    there.close()
