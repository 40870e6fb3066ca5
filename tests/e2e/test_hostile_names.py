"""Names that mean something elsewhere, to the back ends that are files: those over the network have
the same test in files of their own."""

import pytest

from harness import backends
from harness.hostile_names import HOSTILE_NAMES


@pytest.mark.sanitized
def test_sqlite(make_server):
    server = make_server()
    account = server.add_account("alice@example.test")
    listed = server.ctl("account", "list").stdout
    backends.check_hostile_names(server, account.name, account.password)
    assert server.ctl("account", "list").stdout == listed, "nothing was added or lost"


@pytest.mark.sanitized
def test_passwd_file(make_server):
    server = make_server(start=False)
    users = server.write_secret("users", "alice@example.test:{PLAIN}al!ce's\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)}})
    server.start()
    backends.check_hostile_names(server, "alice@example.test", "al!ce's")


def test_names_of_accounts_are_still_names_of_files_within(make_server):
    """What was delivered to hostile names made nothing outside of maildrops."""
    server = make_server()
    account = server.add_account("alice@example.test")
    before = sorted(path.name for path in server.data_dir.iterdir())
    for name in HOSTILE_NAMES:
        backends.rcpt(server, name)
    backends.deliver(server, account.name)
    assert sorted(path.name for path in server.data_dir.iterdir()) == before
    made = [path for path in (server.data_dir / "maildrops").rglob("*") if path.is_file()]
    assert {path.name.split(".log")[0].split(".idx")[0] for path in made} == {account.name}, made
