"""Back ends that are slow and not down: a burst of logins waits its turn and gets in, mail does not
wait behind it, and one slow question delays no other login."""

import contextlib
import os
import select
import subprocess
import threading

import pytest

from harness import backends
from harness.deadline import poll
from harness.gate import Gate
from harness.pop3 import Pop3
from harness.postgresql import Postgresql
from harness.slapd import BASE, SERVICE, Slapd

PASSWORD = "geheim"
LOGINS = 40
AT_ONCE, OF_MAIL = 16, 4  # accounts.connections, and how many more for mail.
NAMES = [f"u{number}@example.test" for number in range(LOGINS)]


@contextlib.contextmanager
def sessions_of(server, count=LOGINS):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Pop3(server.address("pop3"))) for _ in range(count)]


def log_in_together(sessions, names, password):
    """Sends USER and PASS in each session, and waits for no answer to PASS."""
    for session, name in zip(sessions, names):
        session.ok(f"USER {name}")
        session.send(f"PASS {password}\r\n".encode())


class Rcpt(threading.Thread):
    """RCPT beside what the test does."""

    def __init__(self, server, address):
        super().__init__()
        self.server, self.address, self.code = server, address, None
        self.start()

    def run(self):
        self.code = backends.rcpt(self.server, self.address)

    def answer(self):
        self.join(60)
        return self.code


def assert_no_outage(server):
    assert not [line for line in server.all_log() if "accounts back end down" in line]


@pytest.fixture(scope="module")
def slapd():
    made = Slapd([{"uid": name.split("@")[0], "mail": name, "password": PASSWORD}
                  for name in NAMES]).start()
    yield made
    made.close()


def ldap_accounts(slapd, port, **more):
    return {"backend": "ldap", "uri": f"ldap://127.0.0.1:{port}", "base": BASE,
            "bind_dn": SERVICE, "bind_password_file": str(slapd.password_file()),
            "filter": "(&(objectClass=inetOrgPerson)(mail={name}))", "timeout": "60s",
            "default_domain": "example.test", **more}


def test_a_burst_of_logins_at_a_slow_ldap(make_server, slapd):
    gate = Gate(slapd.port)
    server = make_server({"accounts": ldap_accounts(slapd, gate.port)})
    gate.hold()
    with sessions_of(server) as sessions:
        log_in_together(sessions, NAMES, PASSWORD)
        gate.await_held(AT_ONCE)
        mail = Rcpt(server, NAMES[0])
        gate.await_held(AT_ONCE + 1)  # No login's end is needed for it.
        gate.release()
        assert mail.answer() == 250
        for name, session in zip(NAMES, sessions):
            assert session.line().startswith(b"+OK"), name
    assert_no_outage(server)
    gate.close()


TABLES = """
CREATE TABLE account (name text PRIMARY KEY, secret text);
CREATE ROLE narrow LOGIN PASSWORD 'the service''s' CONNECTION LIMIT 1;
GRANT SELECT ON account TO narrow;
"""
WAITING = "SELECT 'n=' || count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def database():
    made = Postgresql().start()
    made.sql(TABLES)
    for name in [*NAMES, "slow@example.test"]:
        made.sql(f"INSERT INTO account VALUES ('{name}', '{{PLAIN}}{PASSWORD}')")
    yield made
    made.close()


def postgresql_accounts(database, **more):
    return {"backend": "postgresql", "connection": database.conninfo, "timeout": "60s",
            "account_query": "SELECT * FROM account WHERE name = $1", **more}


@contextlib.contextmanager
def locked(database):
    """Every SELECT waits for as long as this lasts."""
    with subprocess.Popen(["psql", "-X", "-q", "-A", "-t", database.conninfo], cwd="/", text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdin.write("BEGIN;\nLOCK TABLE account;\nSELECT 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


def test_a_burst_of_logins_at_a_slow_postgresql(make_server, database):
    server = make_server({"accounts": postgresql_accounts(database)})
    server.logged(r"accounts\.postmaster")  # The server's own question of the start has its answer.

    def waiting():
        return int(database.sql(WAITING).split("n=")[1].split()[0])

    with sessions_of(server) as sessions:
        with locked(database):
            log_in_together(sessions, NAMES, PASSWORD)
            poll(lambda: waiting() == AT_ONCE, 60, "logins that wait for a lock")
            mail = Rcpt(server, NAMES[0])
            poll(lambda: waiting() == AT_ONCE + 1, 60, "mail that waits beside them")
        assert mail.answer() == 250
        for name, session in zip(NAMES, sessions):
            assert session.line().startswith(b"+OK"), name
    assert_no_outage(server)


def test_a_slow_question_is_no_outage(make_server, database):
    """Its own login is told to come again; no other is delayed."""
    query = ("SELECT * FROM account WHERE name = $1 AND "
             "(name <> 'slow@example.test' OR pg_sleep(600) IS NOT NULL)")
    server = make_server({"accounts": postgresql_accounts(database, timeout="1s", cache_time="0s",
                                                          account_query=query)})
    with Pop3(server.address("pop3")) as slow:
        log_in_together([slow], ["slow@example.test"], PASSWORD)
        others = 0
        answer = None
        while answer is None:
            backends.assert_logs_in(server, NAMES[others % LOGINS], PASSWORD)
            others += 1
            is_answered = select.select([slow.socket], [], [], 0)[0]
            answer = slow.line() if is_answered else None
        assert answer.startswith(b"-ERR [SYS/TEMP]"), answer
    for name in NAMES:
        backends.assert_logs_in(server, name, PASSWORD)
    assert others > 0
    assert_no_outage(server)


def test_a_back_end_with_room_for_one_connection(make_server, database):
    connection = database.conninfo.replace("user=mail", "user=narrow")
    server = make_server({"accounts": postgresql_accounts(database, connection=connection)})
    with sessions_of(server) as sessions:
        log_in_together(sessions, NAMES, PASSWORD)
        for name, session in zip(NAMES, sessions):
            assert session.line().startswith(b"+OK"), name
    assert_no_outage(server)


def test_a_back_end_that_answers_with_an_error_says_so_in_the_log(make_server, slapd):
    """Its base is not there: every login is refused, and the operator hears of it once a minute."""
    server = make_server({"accounts": ldap_accounts(slapd, slapd.port, base="dc=nowhere")})
    for _ in range(3):
        backends.assert_unavailable(server, NAMES[0], PASSWORD)
    told = [line for line in server.all_log()
            if "accounts back end answers with an error where=" in line]
    assert len(told) == 1 and "No such object" in told[0], told


@pytest.fixture
def pam(tmp_path):
    """A service that runs tmp_path/module, which may begin with a wait for `go`."""
    (tmp_path / "pam").mkdir()
    (tmp_path / "users").write_text("".join(name.split("@")[0] + "\n" for name in NAMES))
    (tmp_path / "pam" / "restante").write_text(
        f"auth required pam_exec.so quiet {tmp_path}/module\naccount required pam_permit.so\n")
    for name in ("entered", "go"):
        os.mkfifo(tmp_path / name)
    return tmp_path


def module(folder, script):
    (folder / "module").write_text("#!/bin/sh\n" + script)
    (folder / "module").chmod(0o700)


def pam_accounts(folder):
    return {"backend": "pam", "service_dir": str(folder / "pam"), "users": str(folder / "users"),
            "default_domain": "example.test"}


def test_a_burst_of_logins_at_a_slow_pam_module(make_server, pam):
    module(pam, f"[ -e {pam}/open ] && exit 0\necho >{pam}/entered\nread line <{pam}/go\nexit 0\n")
    server = make_server({"accounts": pam_accounts(pam)})
    with sessions_of(server) as sessions:
        log_in_together(sessions, NAMES, PASSWORD)
        # Open for writing, too: between two of them it does not end.
        with open(pam / "entered", "r+b", 0) as entered:
            for number in range(AT_ONCE):
                assert entered.read(1) == b"\n", number
        (pam / "open").touch()
        with open(pam / "go", "r+b", 0) as go:
            go.write(b"\n" * AT_ONCE)
            for name, session in zip(NAMES, sessions):
                assert session.line().startswith(b"+OK"), name


def test_a_pam_module_that_crashes_costs_its_own_login(make_server, pam):
    module(pam, "[ $PAM_USER = u1 ] && kill -KILL $PPID\nexit 0\n")
    server = make_server({"accounts": pam_accounts(pam)})
    for _ in range(AT_ONCE + 1):
        backends.assert_unavailable(server, NAMES[1], PASSWORD)
    server.process.wait_line(lambda line: "a module ended its process" in line, 30)
    backends.assert_logs_in(server, NAMES[2], PASSWORD)


def test_the_processes_for_pam_end_with_the_server(make_server, pam):
    module(pam, "exit 0\n")
    server = make_server({"accounts": pam_accounts(pam)})
    listed = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True,
                            text=True, timeout=60, check=True).stdout.split()
    assert len(listed) == AT_ONCE
    fds = [os.readlink(f"/proc/{listed[0]}/fd/{fd}") for fd in os.listdir(f"/proc/{listed[0]}/fd")]
    assert len([fd for fd in fds if fd.startswith("socket:")]) == 1, fds
    server.process.kill()
    for pid in listed:
        poll(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), 60, "its end")
