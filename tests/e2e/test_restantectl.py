"""The clerk's tool: its output, its exit codes, and that the server sees what it does at once."""

import json
import signal
import subprocess

import pytest

from harness.pop3 import Pop3
from harness.server import BIN
from harness.terminal import on_a_terminal

DOMAIN = "example.test"
USAGE, DATA, NO_USER, UNAVAILABLE, EXISTS, IO, CONFIG = 64, 65, 67, 69, 73, 74, 78
SHA512 = ("$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLi"
          "BFdcbYEdFCoEOfaS35inz1")  # of "Hello world!", by OpenSSL


class Office:
    """restantectl on a folder of its own; no server."""

    def __init__(self, server):
        self.server = server

    def json(self, *words, data=b""):
        return json.loads(self.server.ctl("--format", "json", *words, data=data).stdout)

    def fails(self, code, *words, data=b""):
        """What stderr says; stdout must be empty."""
        result = self.server.ctl(*words, data=data, check=False)
        assert (result.returncode, result.stdout) == (code, b""), result
        return result.stderr.decode()

    def add(self, *names):
        for name in names:
            self.server.ctl("account", "add", name, "--password-stdin", data=b"secret\n")

    def names(self):
        return [account["name"] for account in self.json("account", "list")["accounts"]]


@pytest.fixture
def office(make_server):
    return Office(make_server(start=False))


def can_log_in(server, name, password):
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {name}")
        return pop3.command(f"PASS {password}").startswith(b"+OK")


@pytest.mark.sanitized
def test_accounts(office):
    added = office.json("account", "add", "Alice", "--password-stdin", data=b"secret\n")
    assert added == {"name": f"alice@{DOMAIN}"}
    office.add("bob@other.test")
    office.server.ctl("account", "disable", "alice")
    first, second = office.json("account", "list")["accounts"]
    assert first.pop("created").endswith("Z") and first.pop("secret_changed").endswith("Z")
    assert first == {"name": f"alice@{DOMAIN}", "enabled": False, "scheme": "ARGON2ID",
                     "quota": {"octets": None, "messages": None},
                     "retention": {"days": None, "from": None},
                     "several_addresses": None, "copies": []}
    assert second["enabled"]
    office.server.ctl("account", "enable", "alice")
    shown = office.json("account", "show", "ALICE")
    assert shown["enabled"] and shown["aliases"] == []
    office.server.ctl("account", "remove", "alice")
    assert office.names() == ["bob@other.test"]


def test_text_is_aligned_and_plain(office):
    assert office.server.ctl("account", "list").stdout == b""
    office.add("a", "longer.name")
    lines = office.server.ctl("account", "list").stdout.decode().splitlines()
    assert lines[0].startswith("NAME") and "\x1b" not in "".join(lines)
    assert len({line.find("enabled") for line in lines[1:]}) == 1


@pytest.mark.parametrize("code,words,told", [
    (USAGE, [], "required"),
    (USAGE, ["account"], "required"),
    (USAGE, ["account", "frob"], "restantectl --help"),
    (USAGE, ["account", "add"], "NAME"),
    (USAGE, ["account", "add", "new"], "--password-stdin"),
    (USAGE, ["account", "passwd", "alice"], "--password-stdin"),
    (USAGE, ["account", "list", "--format", "xml"], "xml"),
    (USAGE, ["deliver", "alice", "--uid", "a b"], "--uid"),
    (USAGE, ["deliver", "alice", "--uid", "x" * 71], "--uid"),
    (DATA, ["account", "add", "new", "--password-stdin"], "no password"),
    (DATA, ["account", "add", "a\r\nb", "--password-stdin"], "control character"),
    (DATA, ["account", "add", "@x.test", "--password-stdin"], "local part"),
    (DATA, ["account", "add", b"a\xff@x.test", "--password-stdin"], "UTF-8"),
    (DATA, ["deliver", "alice"], "no message"),
    (NO_USER, ["account", "show", "nobody"], f"nobody@{DOMAIN}"),
    (NO_USER, ["account", "remove", "' OR 1=1 --"], "no such account"),
    (NO_USER, ["account", "enable", "%"], "no such account"),
    (NO_USER, ["account", "passwd", "nobody", "--password-stdin"], "no such account"),
    (NO_USER, ["alias", "remove", "nobody"], "no such alias"),
    (NO_USER, ["alias", "add", "x", "nobody"], "no such account or alias"),
    (NO_USER, ["deliver", "nobody"], "nobody"),
    (NO_USER, ["deliver", "alice@elsewhere.test"], "elsewhere.test"),
    (NO_USER, ["maildrop", "list", "nobody"], "nobody"),
    (UNAVAILABLE, ["account", "remove", "alice"], f"team@{DOMAIN}"),
    (EXISTS, ["account", "add", "Alice", "--password-stdin"], f"alice@{DOMAIN}"),
    (EXISTS, ["alias", "add", "alice", "alice"], "already"),
    (IO, ["account", "import", "/no/such/file"], "/no/such/file"),
])
def test_failures_are_one_line_and_a_code(office, code, words, told):
    office.add("alice")
    office.server.ctl("alias", "add", "team", "alice")
    said = office.fails(code, *words)
    assert told in said and said.startswith("restantectl: ") and said.count("\n") == 1, said


def test_configuration_mistakes(office):
    office.server.config_path.write_text("frob = 1\n")
    said = office.fails(CONFIG, "account", "list")
    assert said.startswith(f"{office.server.config_path}:1: frob: ")
    office.server.config_path.unlink()
    assert str(office.server.config_path) in office.fails(CONFIG, "account", "list")


def test_hostile_names_are_data(office):
    names = ["'; DROP TABLE account; --", 'a"b', "%", "%s%n", "../../x", "a b", "-x",
             "\N{OPEN MAILBOX WITH RAISED FLAG}"]
    for name in names:
        office.server.ctl("account", "add", "--password-stdin", "--", name, data=b"secret\n")
        office.server.ctl("deliver", "--", name, data=b"Subject: x\n")
    assert sorted(office.names()) == sorted(f"{name.lower()}@{DOMAIN}" for name in names)
    outside = [path for path in office.server.folder.rglob("*") if path.is_file()
               and office.server.data_dir not in path.parents]
    assert outside == [office.server.config_path]


def test_terminal_sequences_are_not_echoed(office):
    assert "\x1b" not in office.fails(USAGE, "account", "list", "--\x1b[2J")


def test_import_is_all_or_nothing(office):
    lines = f"# staff\nalice:{{PLAIN}}x:1000:1000\n\nBob@Other.test:{SHA512}:19000:0:99999:7:::\r\n"
    path = office.server.folder / "users"
    path.write_text(lines)
    assert office.json("account", "import", str(path))["imported"] == 2
    said = office.fails(EXISTS, "account", "import", str(path))
    assert said.splitlines()[0].startswith(f"{path}:2: ") and f"\n{path}:4: " in said
    bad = b"carol:{PLAIN}x\ndave\nerin:hunter2\nfay:{NOPE}x\ncarol:{PLAIN}y\n*:*\n"
    said = office.fails(DATA, "account", "import", "-", data=bad)
    places = [line.split(" ")[0] for line in said.splitlines()]
    assert places == [f"stdin:{number}:" for number in (2, 3, 4, 5, 6)]
    assert "hunter2" not in said
    assert office.names() == [f"alice@{DOMAIN}", "bob@other.test"]


def test_delivery(office):
    office.add("alice", "bob")
    office.server.ctl("alias", "add", "team", "bob", "alice")
    uid = office.server.ctl("deliver", "alice", data=b"Subject: x\n\n.\n").stdout.decode().strip()
    kept = office.server.ctl("deliver", "Alice+tag", "--uid", "kept!", data=b"x")
    assert kept.stdout == b"kept!\n"
    assert "kept!" in office.fails(EXISTS, "deliver", "alice", "--uid", "kept!", data=b"x")
    both = office.json("deliver", "team", data=b"From me\r\nSubject: x\r\n\r\n")["delivered"]
    assert [copy["account"] for copy in both] == [f"bob@{DOMAIN}", f"alice@{DOMAIN}"]
    listed = office.json("maildrop", "list", "alice")
    assert listed["name"] == f"alice@{DOMAIN}"
    assert [m["uid"] for m in listed["messages"]] == [uid, "kept!", both[1]["uid"]]
    front = len(f"Delivered-To: alice@{DOMAIN}\r\n")
    assert [m["octets"] for m in listed["messages"]] == [
        front + len("Subject: x\r\n\r\n.\r\n"), front + len("x\r\n"),
        front + len("Subject: x\r\n\r\n")]


def test_too_large_mail_is_refused(make_server):
    office = Office(make_server({"limits": {"message_size": 100_000}}, start=False))
    office.add("alice")
    assert "message_size" in office.fails(DATA, "deliver", "alice", data=b"x" * 100_001)
    assert office.json("maildrop", "list", "alice")["messages"] == []


def test_quotas_hold_for_delivery_by_hand_too(office):
    office.add("alice")
    office.server.ctl("account", "quota", "alice", "--messages", "1")
    office.server.ctl("deliver", "alice", data=b"Subject: 1\n")
    said = office.fails(UNAVAILABLE, "deliver", "alice", data=b"Subject: 2\n")
    assert f"alice@{DOMAIN}" in said and "quota" in said and "--ignore-limits" in said
    assert len(office.json("maildrop", "list", "alice")["messages"]) == 1
    office.server.ctl("deliver", "alice", "--ignore-limits", data=b"Subject: 3\n")
    assert len(office.json("maildrop", "list", "alice")["messages"]) == 2


def test_the_reserve_of_the_disk_holds_for_delivery_by_hand_too(make_server):
    office = Office(make_server({"maildrop": {"reserve": "900TiB"}}, start=False))
    office.add("alice")
    assert "maildrop.reserve" in office.fails(IO, "deliver", "alice", data=b"Subject: x\n")
    office.server.ctl("deliver", "alice", "--ignore-limits", data=b"Subject: x\n")
    assert len(office.json("maildrop", "list", "alice")["messages"]) == 1


def test_removing_keeps_the_mail(office):
    office.add("alice")
    office.server.ctl("deliver", "alice", data=b"Subject: x\n")
    removed = office.server.ctl("account", "remove", "alice")
    assert removed.stdout == b"" and str(office.server.data_dir) in removed.stderr.decode()
    assert len(office.json("maildrop", "list", "alice")["messages"]) == 1
    office.add("alice")
    assert office.json("account", "remove", "alice")["messages_kept"] == 1


def test_passwd_file_is_read_only(make_server):
    server = make_server({"accounts": {"backend": "passwd-file", "path": "users",
                                       "aliases": "aliases"}}, start=False)
    server.write_secret("users", "alice:{PLAIN}x\n")
    (server.folder / "aliases").write_text("team: alice\n")
    office = Office(server)
    assert office.names() == [f"alice@{DOMAIN}"]
    assert office.json("alias", "list")["aliases"][0]["targets"] == [f"alice@{DOMAIN}"]
    for words in (["account", "add", "bob", "--password-stdin"], ["account", "remove", "alice"],
                  ["account", "passwd", "alice", "--password-stdin"],
                  ["alias", "remove", "team"]):
        assert f"edit {server.folder}" in office.fails(UNAVAILABLE, *words, data=b"secret\n")
    office.server.ctl("deliver", "team", data=b"Subject: x\n")
    assert len(office.json("maildrop", "list", "alice")["messages"]) == 1


@pytest.mark.sanitized
def test_changes_count_at_the_next_login(server):
    account = server.add_account(password="one")
    assert can_log_in(server, account.name, "one")
    server.ctl("account", "passwd", account.name, "--password-stdin", data=b"two\n")
    assert not can_log_in(server, account.name, "one")
    assert can_log_in(server, account.name, "two")
    server.ctl("account", "disable", account.name)
    assert not can_log_in(server, account.name, "two")
    server.ctl("account", "enable", account.name)
    assert can_log_in(server, account.name, "two")
    server.ctl("account", "remove", account.name)
    assert not can_log_in(server, account.name, "two")


def test_imported_hashes_log_in(server):
    server.ctl("account", "import", "-", data=f"hashed:{SHA512}:1::\n".encode())
    assert can_log_in(server, "hashed", "Hello world!")
    assert not can_log_in(server, "hashed", "hello world!")


def test_large_mail_goes_through_a_file(server, account):
    line = b"x" * 76 + b"\n"
    mail = b"Subject: large\n\n" + line * 50_000
    server.ctl("deliver", account.name, data=b"From me Sat Nov 21 2026\n" + mail)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        (message,) = [message for _, message in pop3.retr_all(pop3.sizes())]
        pop3.quit()
    front = f"Delivered-To: {account.name}\r\n".encode()
    assert message == front + mail.replace(b"\n", b"\r\n")
    assert not list(server.data_dir.glob("*tmp*"))


@pytest.mark.parametrize("answers,code", [
    ([b"hunter2\n", b"hunter2\n"], 0),
    ([b"hunter2\n", b"hunter3\n"], DATA),
    ([b"\x03"], -signal.SIGINT),
    ([b"hunter2\n", b"hunt\x03"], -signal.SIGINT),
    ([b"\n", b"\n"], DATA),
])
def test_the_prompt_does_not_echo(office, answers, code):
    command = [str(BIN / "restantectl"), "--config", str(office.server.config_path), "account",
               "add", "alice"]
    shown, ended = on_a_terminal(command, answers)
    assert ended == code and "hunter" not in shown, shown
    assert f"New password for alice@{DOMAIN}: " in shown
    assert office.names() == ([f"alice@{DOMAIN}"] if code == 0 else [])


def test_a_full_stdout_is_a_failure(office):
    office.add("alice")
    with open("/dev/full", "wb") as full:
        result = subprocess.run([BIN / "restantectl", "--config", office.server.config_path,
                                 "account", "list"],
                                stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == IO and b"stdout" in result.stderr
