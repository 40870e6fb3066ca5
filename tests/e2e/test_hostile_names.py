"""Names that mean something elsewhere, to the back ends that are files: those over the network have
the same test in files of their own."""

import pytest

from harness import backends
from harness.hostile_names import HOSTILE_NAMES


@pytest.mark.sanitized_long
def test_sqlite(make_server):
    server = make_server()
    account = server.add_account("alice@example.test")
    listed = server.ctl("account", "list").stdout
    backends.check_hostile_names(server, account.name, account.password)
    assert server.ctl("account", "list").stdout == listed, "nothing was added or lost"


@pytest.mark.sanitized_long
def test_passwd_file(make_server):
    server = make_server(start=False)
    users = server.write_secret("users", "alice@example.test:{PLAIN}al!ce's\n")
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users)}})
    server.start()
    backends.check_hostile_names(server, "alice@example.test", "al!ce's")


def test_accounts_of_hostile_names_have_files_of_their_own(make_server):
    """An operator may give many of these names. Mail for each is in a file of its own, and none
    is anywhere but in maildrops."""
    server = make_server()
    names = [name for name in map(account_name, HOSTILE_NAMES) if name and add(server, name)]
    assert len(names) > 30 and "../alice@example.test" in names, names
    before = others(server)
    for name in names:
        local, domain = name.rsplit("@", 1)
        quoted = local.replace("\\", "\\\\").replace('"', '\\"')
        backends.deliver(server, f'"{quoted}"@{domain}')
    assert others(server) == before
    logs = list((server.data_dir / "maildrops").rglob("*.log"))
    assert len(logs) == len(names), (sorted(logs), names)


def account_name(hostile):
    """None: not to be had without SMTPUTF8."""
    text = hostile.decode("latin-1")
    if not text.isascii():
        return None
    return text if "@" in text else text + "@example.test"


def add(server, name):
    """Whether such an account may be."""
    return server.ctl("account", "add", "--password-stdin", "--", name, data=b"x\n",
                      check=False).returncode == 0


def others(server):
    """The files of the server that are no maildrop's."""
    inside = server.data_dir / "maildrops"
    return sorted(path for path in server.folder.rglob("*")
                  if path.is_file() and inside not in path.parents)
