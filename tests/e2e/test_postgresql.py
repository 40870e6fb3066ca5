"""Accounts in a real PostgreSQL, over TLS; what happens when it restarts, hangs, or is changed."""

import concurrent.futures
import crypt

import pytest

from harness import backends
from harness.asking import asked
from harness.lmtp import Lmtp
from harness.pgbouncer import Pgbouncer
from harness.ports import free_port
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


def test_a_query_that_compares_loosely_finds_no_other_account(make_server, database):
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
    # The questions of a start beside the logins have been answered.
    server.logged(r"accounts\.postmaster")
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


def test_a_database_that_hangs_holds_up_no_other_session(make_server, database, tmp_path):
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


@pytest.fixture(scope="module")
def changing(database):
    """Tables that tests change, under a role that may only read them."""
    database.sql("""
CREATE ROLE reader LOGIN PASSWORD 'readers';
CREATE TABLE person (name text, secret text, quota_octets int, enabled boolean DEFAULT true);
CREATE TABLE other_name (address text, target text);
INSERT INTO person VALUES ('Ann@Example.test', '{PLAIN}anns', 1000);
INSERT INTO other_name VALUES ('Sales@example.test', 'ann@example.test');
GRANT SELECT ON person, other_name, mail_domain TO reader;
""")
    return database


def changing_accounts(changing):
    return postgresql_accounts(
        changing, connection=changing.conninfo_of("reader", "readers"), cache_time="0s",
        account_query="SELECT * FROM person WHERE lower(name) = $1",
        alias_query="SELECT target FROM other_name WHERE lower(address) = $1")


@pytest.mark.sanitized
def test_a_table_that_changes_costs_no_login(make_server, changing):
    server = make_server({"accounts": changing_accounts(changing)})

    def works():
        backends.assert_logs_in(server, "ann@example.test", "anns")
        assert backends.rcpt(server, "ANN@example.test") == 250
        assert backends.rcpt(server, "sales@example.test") == 250

    works()
    for change in ("ALTER TABLE person ADD COLUMN note text",
                   "ALTER TABLE person ALTER quota_octets TYPE numeric(20, 2)",
                   "ALTER TABLE person ALTER quota_octets TYPE double precision",
                   "ALTER TABLE person ALTER quota_octets TYPE char(30)",
                   "ALTER TABLE person ALTER quota_octets TYPE bigint USING quota_octets::bigint",
                   "ALTER TABLE person ALTER enabled DROP DEFAULT, "
                   "ALTER enabled TYPE int USING enabled::int",
                   "ALTER TABLE person ALTER enabled TYPE text USING 'yes'",
                   "ALTER TABLE person ALTER name TYPE char(60), ALTER secret TYPE char(60)",
                   "ALTER TABLE person ALTER secret TYPE bytea USING trim(secret)::bytea",
                   "ALTER TABLE person DROP COLUMN quota_octets",
                   # What a session begins with counts from the next session on.
                   "CREATE SCHEMA moved; GRANT USAGE ON SCHEMA moved TO reader;"
                   "ALTER TABLE person SET SCHEMA moved; ALTER TABLE other_name SET SCHEMA moved;"
                   "ALTER ROLE reader SET search_path = moved, public"):
        changing.sql(change)
        works()
    assert not any("down" in line for line in server.all_log())
    changing.sql("ALTER TABLE moved.person ADD COLUMN quota_octets interval DEFAULT '1 day'")
    backends.assert_unavailable(server, "ann@example.test", "anns")
    server.logged("column quota_octets is not a whole number")
    changing.sql("ALTER TABLE moved.person DROP COLUMN quota_octets;"
                 "ALTER TABLE moved.person RENAME secret TO hash")
    backends.assert_unavailable(server, "ann@example.test", "anns")
    server.logged(r"back end down where=.postgresql accounts.account_query. .*secret is missing")
    changing.sql("ALTER TABLE moved.person RENAME hash TO secret;"
                 "ALTER ROLE reader RESET search_path;"
                 "ALTER TABLE moved.person SET SCHEMA public;"
                 "ALTER TABLE moved.other_name SET SCHEMA public")
    works()


def test_a_right_that_was_taken_is_told_and_holds_up_nothing_else(make_server, changing):
    server = make_server({"accounts": changing_accounts(changing)})
    backends.assert_logs_in(server, "ann@example.test", "anns")
    changing.sql("REVOKE SELECT ON other_name FROM reader")
    assert backends.rcpt(server, "sales@example.test") == 451
    server.logged(r"back end down where=.postgresql accounts.alias_query. .*permission denied")
    for _ in range(3):
        backends.assert_logs_in(server, "ann@example.test", "anns")
    changing.sql("GRANT SELECT ON other_name TO reader; REVOKE SELECT ON person FROM reader")
    backends.assert_unavailable(server, "ann@example.test", "anns")
    server.logged(r"back end down where=.postgresql accounts.account_query. .*permission denied")
    changing.sql("GRANT SELECT ON person TO reader")
    backends.assert_logs_in(server, "ann@example.test", "anns")
    assert backends.rcpt(server, "sales@example.test") == 250
    for query in ("account", "alias"):
        server.logged(f"answers again where=.postgresql accounts.{query}_query")


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_behind_pgbouncer(make_server, database, mode):
    bouncer = Pgbouncer(database, mode)
    try:
        server = make_server({"accounts": postgresql_accounts(
            database, connection=bouncer.conninfo, cache_time="0s",
            connections=2 if mode == "session" else 8)})
        backends.assert_logs_in(server, "bob@example.test", "bobs")
        with concurrent.futures.ThreadPoolExecutor(10) as clients:
            answers = list(clients.map(lambda address: backends.rcpt(server, address),
                                       [NAME, "bob@example.test", "team@example.test"] * 10))
        assert answers == [250] * 30
        assert not any("down" in line for line in server.all_log())
        # No session of others has a limit of ours.
        if mode == "transaction":
            assert {bouncer.sql("SHOW statement_timeout").strip() for _ in range(4)} == {"0"}
    finally:
        bouncer.close()


def test_check_config_asks(make_server, database):
    assert asked(make_server, postgresql_accounts(database, timeout="20s")) == {}
    for key, words, more in (
            ("connection", "refused", {"connection": f"host=127.0.0.1 port={free_port()}"}),
            ("connection", "wants a password, and neither",
             {"connection": database.conninfo_of("mail", "") + " passfile=/dev/null"}),
            ("account_query", "nowhere", {"account_query": "SELECT * FROM nowhere WHERE n = $1"}),
            ("account_query", "column secret is missing",
             {"account_query": "SELECT name FROM mail_account WHERE name = $1"}),
            ("account_query", "column quota_octets is of a type that holds no number",
             {"account_query": "SELECT name, secret, now() AS quota_octets FROM mail_account "
                               "WHERE name = $1"}),
            ("account_query", "has no $1",
             {"account_query": "SELECT name, secret FROM mail_account WHERE name = '$1'"}),
            ("alias_query", "adress",
             {"alias_query": "SELECT target FROM mail_alias WHERE adress = $1"}),
            ("domain_query", "syntax error", {"domain_query": "SELECT FROM WHERE $1"})):
        found = asked(make_server, postgresql_accounts(database, timeout="20s", **more))
        assert list(found) == [f"accounts.{key}"] and words in found[f"accounts.{key}"], found
