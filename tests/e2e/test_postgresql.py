"""Accounts in a real PostgreSQL, over TLS; what happens when it restarts, hangs, or is changed."""

import crypt

import pytest

from harness import backends
from harness.lmtp import Lmtp
from harness.postgresql import Postgresql

NAME, PASSWORD = "alice@example.test", "al!ce's pässword"
TABLES = """
CREATE TABLE mail_account (name text PRIMARY KEY, secret text,
                           enabled boolean NOT NULL DEFAULT true,
                           quota_octets bigint, quota_messages bigint);
CREATE TABLE mail_alias (address text, target text, place int);
CREATE TABLE mail_domain (domain text PRIMARY KEY);
INSERT INTO mail_domain VALUES ('example.test'), ('second.test');
INSERT INTO mail_alias VALUES ('team@example.test', 'alice@example.test', 1),
                              ('team@example.test', 'bob@example.test', 2),
                              ('@second.test', 'alice@example.test', 1);
"""


@pytest.fixture(scope="module")
def database():
    made = Postgresql().start()
    made.sql(TABLES)
    secret = crypt.crypt(PASSWORD, crypt.METHOD_SHA512)
    made.sql("INSERT INTO mail_account VALUES "
             f"('{NAME}', '{secret}'), ('bob@example.test', '{{PLAIN}}bobs'),"
             "('off@example.test', '{PLAIN}x'), ('small@example.test', '{PLAIN}x')")
    made.sql("UPDATE mail_account SET enabled = false WHERE name = 'off@example.test';"
             "UPDATE mail_account SET quota_messages = 1 WHERE name = 'small@example.test'")
    yield made
    made.close()


def postgresql_accounts(database, **more):
    settings = {
        "backend": "postgresql", "connection": database.conninfo, "timeout": "2s",
        "account_query": "SELECT * FROM mail_account WHERE name = $1",
        "alias_query": "SELECT target FROM mail_alias WHERE address = $1 ORDER BY place",
        "domain_query": "SELECT 1 FROM mail_domain WHERE domain = $1",
    }
    settings.update(more)
    return settings


@pytest.fixture
def server(make_server, database):
    return make_server({"accounts": postgresql_accounts(database)})


@pytest.mark.sanitized
def test_accounts_in_postgresql(server):
    backends.check_logins(server, NAME, PASSWORD)
    backends.check_mail(server, NAME, PASSWORD)
    backends.assert_refused(server, "off@example.test", "x")
    assert backends.rcpt(server, "off@example.test") == 550
    for address, code in (("team@example.test", 250), ("anybody@second.test", 250),
                          ("nobody@example.test", 550), ("x@elsewhere.test", 550)):
        assert backends.rcpt(server, address) == code, address


def test_a_quota_from_the_database_holds(server):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: 1\r\n\r\n1\r\n", "small@example.test")
        lmtp.expect("MAIL FROM:<sender@example.org>", 250)
        lmtp.expect("RCPT TO:<small@example.test>", 552, "5.2.2")


def test_hostile_names(server):
    backends.check_hostile_names(server, NAME, PASSWORD)


def test_a_query_that_compares_loosely_finds_nobody_else(make_server, database):
    """ILIKE takes % and _ for wildcards: the row still counts only under its own name."""
    loose = postgresql_accounts(database,
                                account_query="SELECT * FROM mail_account WHERE name ILIKE $1")
    server = make_server({"accounts": loose})
    backends.check_hostile_names(server, NAME, PASSWORD)
    assert backends.rcpt(server, "alic_@example.test") == 550


def test_parts_of_the_name_as_parameters(make_server, database):
    query = ("SELECT name, secret FROM mail_account "
             "WHERE split_part(name, '@', 1) = $2 AND split_part(name, '@', 2) = $3 AND name = $1")
    server = make_server({"accounts": postgresql_accounts(database, account_query=query)})
    backends.assert_logs_in(server, NAME, PASSWORD)


def test_a_wrong_query_is_an_outage(make_server, database):
    wrong = postgresql_accounts(database, account_query="SELECT nothing FROM nowhere")
    server = make_server({"accounts": wrong})
    backends.assert_unavailable(server, NAME, PASSWORD)
    server.process.wait_line(lambda line: "nowhere" in line, 30)


@pytest.mark.sanitized
def test_a_restart_is_not_noticed_and_an_outage_ends(server, database):
    backends.assert_logs_in(server, NAME, PASSWORD)
    server.logged(r"accounts\.postmaster")  # What a start asks beside the logins has been answered.
    database.stop()
    database.start()
    backends.assert_logs_in(server, "bob@example.test", "bobs")  # Over a connection that broke.
    database.stop()
    try:
        backends.assert_logs_in(server, NAME, PASSWORD)
        backends.assert_unavailable(server, "small@example.test", "x")
        backends.assert_unavailable(server, NAME, PASSWORD + "x")
        assert backends.rcpt(server, NAME) == 451
    finally:
        database.start()
    backends.await_login(server, "small@example.test", "x")
    assert backends.rcpt(server, NAME) == 250


def test_a_database_that_hangs_holds_up_nobody_else(make_server, database, tmp_path):
    (tmp_path / "users").touch(mode=0o600)  # The server insists on it.
    (tmp_path / "users").write_text("carol@example.test:{PLAIN}carols\n")
    server = make_server({"accounts": {"backend": "passwd-file", "path": str(tmp_path / "users"),
                                       "next": [postgresql_accounts(database, timeout="5s")]},
                          "server": {"threads": 1}})
    backends.assert_logs_in(server, NAME, PASSWORD)
    database.freeze()
    try:
        backends.check_others_during_a_hang(
            server, waiting=("bob@example.test", "bobs"),
            others=[("carol@example.test", "carols"), (NAME, PASSWORD)])
    finally:
        database.thaw()
    backends.await_login(server, "bob@example.test", "bobs")


def test_mail_of_many_recipients(server, database):
    """Several lookups of one mail, each of them over the network."""
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\nx\r\n", ["team@example.test", NAME, "bob@example.test"])
