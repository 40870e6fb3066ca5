"""Accounts that an older version wrote: each version of accounts.db serves its accounts, there is a
way back, and what a newer version wrote is refused and left alone."""

import json
import pathlib
import re
import sqlite3
import subprocess

import pytest

from harness.pop3 import Pop3
from harness.server import BIN, START_SECONDS, Account

SCHEMA = pathlib.Path(__file__).parents[2] / "src/accounts/sqlite/schema.cc"
STEPS = [step for step in re.findall(r'R"sql\((.*?)\)sql"', SCHEMA.read_text(), re.DOTALL)
         if "PRAGMA user_version" in step]
NEWEST = len(STEPS)
ALICE = Account("alice@example.test", "secret")


def database_of_version(path, version):
    with sqlite3.connect(path, isolation_level=None) as database:
        for step in STEPS[:version]:
            database.executescript(step)
        database.execute("INSERT INTO account (name, domain, secret, created, secret_changed) "
                         "VALUES (?, 'example.test', '{PLAIN}secret', 1, 1)", (ALICE.name,))
        database.execute("INSERT INTO alias (id, address, domain, created) "
                         "VALUES (1, 'all@example.test', 'example.test', 1)")
        database.execute("INSERT INTO alias_target VALUES (1, 0, ?)", (ALICE.name,))
        if 2 <= version < 8:
            database.execute("UPDATE account SET quota_messages = 3")
        if 3 <= version < 8:
            database.execute("INSERT INTO device (account_id, label, tag, created) "
                             "SELECT id, 'phone', ?, 1 FROM account", ("0" * 64,))
        if version >= 8:
            database.execute("INSERT INTO settings (account, quota_messages) VALUES (?, 3)",
                             (ALICE.name,))
            database.execute("INSERT INTO device VALUES (?, 'phone', ?, 1, NULL)",
                             (ALICE.name, "0" * 64))
    database.close()
    path.chmod(0o600)


def version_of(path):
    with sqlite3.connect(path) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
    database.close()
    return version


def prepared(make_server):
    """(A server that is not started, the place of its accounts.)"""
    server = make_server(start=False)
    server.data_dir.mkdir(0o700)
    return server, server.data_dir / "accounts.db"


def assert_serves(server):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(ALICE).quit()
    assert b"all@example.test" in server.ctl("alias", "list").stdout


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_accounts_of_an_older_version_and_back(make_server, version):
    server, path = prepared(make_server)
    database_of_version(path, version)
    server.start()
    assert_serves(server)
    shown = json.loads(server.ctl("--format", "json", "account", "show", ALICE.name).stdout)
    assert shown["quota"]["messages"] == (3 if version >= 2 else None)
    devices = json.loads(server.ctl("--format", "json", "device", "list", ALICE.name).stdout)
    assert [one["label"] for one in devices["devices"]] == (["phone"] if version >= 3 else [])
    assert server.stop() == 0
    assert version_of(path) == NEWEST
    kept = path.with_name(f"accounts.db.v{version}")
    assert version_of(kept) == version and kept.stat().st_mode & 0o777 == 0o600
    kept.rename(path)
    for left in ("-wal", "-shm"):
        path.with_name("accounts.db" + left).unlink(missing_ok=True)
    server.start()
    assert_serves(server)


def test_accounts_of_a_newer_version_are_left_alone(make_server):
    server, path = prepared(make_server)
    database_of_version(path, NEWEST)
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode = WAL")  # As the server has it.
        database.execute(f"PRAGMA user_version = {NEWEST + 1}")
    database.close()
    before = path.read_bytes()
    ended = subprocess.run([BIN / "restanted", "--config", server.config_path],
                           capture_output=True, timeout=START_SECONDS, check=False)
    assert ended.returncode == 74 and b"made by a newer version of this program" in ended.stderr
    told = server.ctl("account", "list", check=False)
    assert told.returncode == 74 and b"newer version" in told.stderr, told
    assert b"damaged" not in told.stderr
    assert path.read_bytes() == before
