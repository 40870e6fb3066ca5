"""What is set here for accounts that real back ends know: devices, networks, quotas and the state
of an account, in accounts.db and in PostgreSQL."""

import crypt
import json

import pytest

from harness import backends
from harness.lmtp import Lmtp
from harness.postgresql import Postgresql
from harness.slapd import BASE, SERVICE, Slapd

NAME, PASSWORD = "alice@example.test", "al!ce's password"
BACK_ENDS = ["passwd-file", "pam", "ldap", "postgresql"]
NOT_THERE, DOWN = 67, 75


@pytest.fixture(scope="module")
def slapd():
    made = Slapd([{"uid": "alice", "mail": NAME, "password": PASSWORD}]).start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def database():
    made = Postgresql().start()
    made.sql("CREATE TABLE mail_account (name text PRIMARY KEY, secret text, "
             "quota_messages bigint);"
             f"INSERT INTO mail_account VALUES ('{NAME}', "
             f"'{crypt.crypt(PASSWORD, crypt.METHOD_SHA512)}', 7)")
    yield made
    made.close()


@pytest.fixture
def accounts_of(request, tmp_path):
    """From a back end's word to its [accounts], with alice in it. What is not asked for is not
    started."""
    def of_file():
        hashed = crypt.crypt(PASSWORD, crypt.METHOD_SHA512)
        (tmp_path / "users").write_text(
            f"{NAME}:{{CRYPT}}{hashed}::::::userdb_quota_rule=*:messages=7\n")
        (tmp_path / "users").chmod(0o600)
        return {"backend": "passwd-file", "path": str(tmp_path / "users")}

    def of_pam():
        (tmp_path / "pam").mkdir()
        (tmp_path / "users").write_text(
            f"alice:{crypt.crypt(PASSWORD, crypt.METHOD_SHA512)}\n")
        (tmp_path / "pam" / "restante").write_text(
            f"auth required pam_pwdfile.so pwdfile={tmp_path}/users\n"
            "account required pam_permit.so\n")
        return {"backend": "pam", "service_dir": str(tmp_path / "pam"),
                "users": str(tmp_path / "users")}

    def of_ldap():
        slapd = request.getfixturevalue("slapd")
        return {"backend": "ldap", "uri": slapd.uri, "base": BASE, "bind_dn": SERVICE,
                "bind_password_file": str(slapd.password_file()), "timeout": "2s",
                "filter": "(&(objectClass=inetOrgPerson)(mail={name}))"}

    def of_postgresql():
        database = request.getfixturevalue("database")
        return {"backend": "postgresql", "connection": database.conninfo, "timeout": "2s",
                "account_query": "SELECT * FROM mail_account WHERE name = $1"}

    makers = dict(zip(BACK_ENDS, (of_file, of_pam, of_ldap, of_postgresql)))
    return lambda word: {"default_domain": "example.test", **makers[word]()}


def show(server):
    return json.loads(server.ctl("--format", "json", "account", "show", "alice").stdout)


def device(server, label):
    return server.ctl("device", "add", "alice", label).stdout.decode().strip()


def code_of(server, *words, data=b""):
    return server.ctl(*words, data=data, check=False).returncode


def check_devices(server):
    phone, laptop = device(server, "phone"), device(server, "laptop")
    for password in (phone, laptop, PASSWORD, phone):
        backends.assert_logs_in(server, NAME, password)
    backends.assert_refused(server, NAME, "abcde-fghjk-mnpqr-stvwx")
    backends.assert_refused(server, "nobody@example.test", phone)
    assert server.process.wait_line(
        lambda line: f"user={NAME} method=USER device=phone " in line, 20)
    server.ctl("device", "remove", "alice", "phone")
    backends.assert_refused(server, NAME, phone)
    backends.assert_logs_in(server, NAME, laptop)
    listed = json.loads(server.ctl("--format", "json", "device", "list", "alice").stdout)
    assert [one["label"] for one in listed["devices"]] == ["laptop"]
    return laptop


def check_networks(server, laptop):
    server.ctl("account", "networks", "alice", "127.0.0.2")
    for password in (PASSWORD, laptop):
        backends.assert_refused(server, NAME, password)
        assert backends.answer_from(server, "127.0.0.2", NAME, password).startswith(b"+OK")
    server.ctl("account", "networks", "alice", "--any")
    backends.assert_logs_in(server, NAME, PASSWORD)


def check_quota(server):
    server.ctl("account", "quota", "alice", "--messages", "1")
    shown = show(server)
    assert shown["quota"]["messages"] == 1 and shown["set_here"] == ["quota.messages"], shown
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: 1\r\n\r\n1\r\n", NAME)
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        lmtp.expect(f"RCPT TO:<{NAME}>", 552, "5.2.2")
    server.ctl("account", "set", "--from", "-", data=b"name,quota_messages\nalice,default\n")
    assert show(server)["set_here"] == []
    assert backends.rcpt(server, NAME) == 250


COPIES = {"targets": ["lmtp:127.0.0.1:9"]}


def check_copies(server):
    """The server knows them at once: it is asked for what waits for them."""
    def copies():
        listed = json.loads(server.ctl("--format", "json", "account", "copy", "list").stdout)
        return {(one["account"], one["label"]): one for one in listed["copies"]}

    server.ctl("account", "copy", "alice", "--to", COPIES["targets"][0], "--as", "al@far.test",
               "--keep-ids")
    server.ctl("account", "copy", "alice", "--to", COPIES["targets"][0], "--instead")
    first, second = copies()[NAME, "copy"], copies()[NAME, "copy-2"]
    assert first["as"] == "al@far.test" and first["keep_ids"] and not first["instead"], first
    assert second["instead"] and not second["keep_ids"] and second["as"] == "", second
    assert len(show(server)["copies"]) == 2
    server.ctl("account", "copy", "pause", "alice", "copy")
    assert copies()[NAME, "copy"]["paused"] and not copies()[NAME, "copy-2"]["paused"]
    server.ctl("account", "copy", "resume", "alice", "copy")
    assert not copies()[NAME, "copy"]["paused"]
    for label in ("copy", "copy-2"):
        server.ctl("account", "copy", "remove", "alice", label)
    assert copies() == {}
    assert code_of(server, "account", "copy", "remove", "alice", "copy") == NOT_THERE


def check_state(server, laptop):
    server.ctl("account", "disable", "alice", "--login-only")
    for password in (PASSWORD, laptop):
        backends.assert_refused(server, NAME, password)
    assert backends.rcpt(server, NAME) == 250
    server.ctl("account", "disable", "alice")
    assert backends.rcpt(server, NAME) == 550
    server.ctl("account", "enable", "alice")
    backends.assert_logs_in(server, NAME, laptop)
    for words in (("device", "add", "nobody", "phone"), ("account", "disable", "nobody"),
                  ("account", "quota", "nobody", "--octets", "1MiB")):
        assert code_of(server, *words) == NOT_THERE, words


@pytest.mark.sanitized
@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_settings_in_a_database_of_ours_count_at_once(make_server, accounts_of, back_end):
    server = make_server({"accounts": accounts_of(back_end), "copies": COPIES})
    laptop = check_devices(server)
    check_networks(server, laptop)
    default = {"passwd-file": 7, "postgresql": 7}.get(back_end)
    assert show(server)["quota"]["messages"] == default
    check_quota(server)
    assert show(server)["quota"]["messages"] == default
    check_copies(server)
    check_state(server, laptop)


@pytest.mark.parametrize("back_end", ["passwd-file", "ldap", "postgresql"])
def test_settings_in_postgresql(make_server, accounts_of, database, back_end):
    """By the rules of a slow back end: without the cache a change counts at once here, too."""
    server = make_server({"accounts": {**accounts_of(back_end), "settings": "postgresql",
                                       "settings_connection": database.conninfo,
                                       "cache_time": "0s"}, "copies": COPIES})
    laptop = check_devices(server)
    check_networks(server, laptop)
    check_quota(server)
    check_copies(server)
    check_state(server, laptop)
    server.ctl("device", "remove", "alice", "laptop")
    assert not (server.data_dir / "accounts.db").exists()


# As the version before is_operator made it.
OLD_TABLE = """
CREATE TABLE restante_settings (
  account text COLLATE "C" PRIMARY KEY,
  enabled boolean NOT NULL DEFAULT true,
  no_login boolean NOT NULL DEFAULT false,
  networks text,
  quota_octets bigint CHECK (quota_octets >= 0),
  quota_messages bigint CHECK (quota_messages >= 0),
  retention_days integer CHECK (retention_days >= 0),
  retention_from smallint CHECK (retention_from IN (0, 1)),
  several_addresses smallint CHECK (several_addresses IN (0, 1)),
  route_pop3 text,
  route_lmtp text CHECK (route_lmtp IS NULL OR route_pop3 IS NOT NULL)
);
CREATE TABLE restante_device (
  account text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  tag text NOT NULL CHECK (length(tag) = 64),
  created bigint NOT NULL,
  last_used bigint,
  PRIMARY KEY (account, label)
);
INSERT INTO restante_settings (account, quota_messages) VALUES ('alice@example.test', 23);
INSERT INTO restante_settings (account, enabled) VALUES ('off@example.test', false);
"""


def rows(database, query):
    return database.sql("\\pset tuples_only on\n\\pset format unaligned\n" + query).split()


def test_the_table_of_an_older_version_is_read_and_then_upgraded(make_server, accounts_of):
    own = Postgresql().start()
    try:
        own.sql(OLD_TABLE)
        server = make_server({"accounts": {**accounts_of("passwd-file"), "settings": "postgresql",
                                           "settings_connection": own.conninfo,
                                           "cache_time": "0s"}})
        backends.assert_logs_in(server, NAME, PASSWORD)
        assert show(server)["quota"]["messages"] == 23
        server.ctl("account", "operator", "alice")
        assert show(server)["operator"] is True and show(server)["quota"]["messages"] == 23
        assert rows(own, "SELECT account, enabled, is_operator FROM restante_settings "
                         "ORDER BY account") == ["alice@example.test|t|t", "off@example.test|f|f"]
        phone = device(server, "phone")
        backends.assert_logs_in(server, NAME, phone)
    finally:
        own.close()


def test_a_back_end_that_is_down_is_no_wrong_password(make_server, accounts_of, slapd):
    server = make_server({"accounts": accounts_of("ldap")})
    phone = device(server, "phone")
    backends.assert_logs_in(server, NAME, phone)
    slapd.stop()
    try:
        backends.assert_logs_in(server, NAME, phone)
        server.ctl("device", "list", check=True)
        backends.assert_unavailable(server, NAME, "abcde-fghjk-mnpqr-stvwx")
        for words in (("device", "add", "alice", "laptop"), ("account", "disable", "alice"),
                      ("account", "set", "--from", "-"), ("account", "list", "--orphans")):
            assert code_of(server, *words, data=b"name,enabled\nalice,no\n") == DOWN, words
    finally:
        slapd.start()
    backends.await_login(server, NAME, PASSWORD)
    assert backends.rcpt(server, NAME) == 250, "nothing was written"


def test_a_store_that_is_down_is_no_wrong_password(make_server, accounts_of):
    own = Postgresql().start()
    try:
        server = make_server({"accounts": {**accounts_of("passwd-file"), "settings": "postgresql",
                                           "settings_connection": own.conninfo,
                                           "cache_time": "0s"}})
        backends.assert_logs_in(server, NAME, PASSWORD)
        own.stop()
        for name in (NAME, "nobody@example.test"):
            backends.assert_unavailable(server, name, PASSWORD)
            assert backends.rcpt(server, name) == 451
        assert code_of(server, "device", "add", "alice", "phone") == DOWN
        own.start()
        backends.await_login(server, NAME, PASSWORD)
    finally:
        own.close()


def test_orphans_are_named_and_dropped(make_server, accounts_of):
    accounts = accounts_of("passwd-file")
    server = make_server({"accounts": accounts})
    phone = device(server, "phone")
    users = open(accounts["path"], encoding="utf-8").read()

    def orphans():
        shown = server.ctl("--format", "json", "account", "list", "--orphans").stdout
        return [one["name"] for one in json.loads(shown)["orphans"]]
    assert orphans() == []
    assert code_of(server, "account", "forget", "alice") == 73
    with open(accounts["path"], "w", encoding="utf-8") as file:
        file.write("# nobody is left\n")
    backends.await_refusal(server, NAME, phone)
    assert orphans() == [NAME]
    server.ctl("account", "forget", "alice")
    assert orphans() == []
    with open(accounts["path"], "w", encoding="utf-8") as file:
        file.write(users)
    backends.await_login(server, NAME, PASSWORD)
    backends.assert_refused(server, NAME, phone)


def test_settings_move_from_accounts_of_ours_to_another_back_end(make_server, accounts_of):
    """An office that goes over from sqlite to a passwd-file keeps its devices and quotas; a chain
    has both."""
    server = make_server({"accounts": {"default_domain": "example.test"}})
    server.ctl("account", "add", "alice", "--password-stdin", data=b"first\n")
    server.ctl("account", "add", "carol", "--password-stdin", data=b"carols\n")
    phone = device(server, "phone")
    server.ctl("account", "quota", "alice", "--messages", "3")
    server.stop()
    accounts = accounts_of("passwd-file")
    server.configure({"accounts": {**accounts, "next": [{"backend": "sqlite"}]}})
    server.start()
    backends.assert_logs_in(server, NAME, PASSWORD)
    backends.assert_logs_in(server, NAME, phone)
    backends.assert_logs_in(server, "carol@example.test", "carols")
    assert show(server)["quota"]["messages"] == 3
    server.ctl("account", "set", "--from", "-",
               data=b"name,quota_messages\nalice,4\ncarol,5\n")
    assert show(server)["quota"]["messages"] == 4
    told = server.ctl("account", "passwd", "alice", "--password-stdin", data=b"x\n", check=False)
    assert told.returncode == 69 and accounts["path"].encode() in told.stderr, told
