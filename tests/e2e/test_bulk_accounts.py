"""Many accounts and aliases at once, from files of each format; renaming, purging, and lists by
domain and page."""

import json
import time

import pytest

from harness.pop3 import Pop3
from harness.server import BIN, Account, is_sanitized
from harness.terminal import on_a_terminal

DOMAIN = "example.test"
USAGE, DATA, NO_USER, UNAVAILABLE, EXISTS, TEMPORARY = 64, 65, 67, 69, 73, 75
NO_DELAY = {"limits": {"failed_login_delay": "0s"}}


class Office:
    """restantectl beside a server, or without one."""

    def __init__(self, server):
        self.server = server

    def file(self, name, text):
        path = self.server.folder / name
        path.write_text(text)
        return str(path)

    def run(self, *words, data=b"", code=0):
        result = self.server.ctl(*words, data=data, check=False)
        assert result.returncode == code, result
        return result

    def said(self, *words, code=0, data=b""):
        return self.run(*words, code=code, data=data).stderr.decode()

    def lines(self, *words, code=0, data=b""):
        return self.run(*words, code=code, data=data).stdout.decode().splitlines()

    def json(self, *words, code=0, data=b""):
        return json.loads(self.run("--format", "json", *words, code=code, data=data).stdout)

    def names(self, *words):
        return [account["name"] for account in self.json("account", "list", *words)["accounts"]]

    def aliases(self, *words):
        listed = self.json("alias", "list", *words)["aliases"]
        return {alias["address"]: alias["targets"] for alias in listed}


@pytest.fixture
def office(make_server):
    return Office(make_server(start=False))


@pytest.fixture
def open_office(make_server):
    return Office(make_server(NO_DELAY))


def lets_in(office, name, password):
    with Pop3(office.server.address("pop3")) as pop3:
        answer = pop3.try_login(Account(name, password))
        if answer.startswith(b"+OK"):
            pop3.ok("QUIT")
        return answer.startswith(b"+OK")


def uids(office, name, password="secret"):
    with Pop3(office.server.address("pop3")) as pop3:
        pop3.login(Account(name, password))
        found = list(pop3.uids().values())
        pop3.quit()
    return found


# account import ----------------------------------------------------------------------------------

DOVECOT = f"""\
alice@{DOMAIN}:{{PLAIN}}secret:1000:1000::/home/a::userdb_quota_rule=*:storage=1G nodelay
carol@{DOMAIN}:{{PLAIN}}secret::::::nologin quota_rule=*:messages=7
netty@{DOMAIN}:{{PLAIN}}secret::::::allow_nets=127.0.0.2 userdb_mail=maildir:~/Maildir
"""


@pytest.mark.sanitized
def test_a_passwd_file_is_taken_over_as_it_is_meant(open_office):
    path = open_office.file("users", DOVECOT)
    result = open_office.run("account", "import", path)
    assert result.stdout.decode().splitlines() == [
        f"added {name}@{DOMAIN}" for name in ("alice", "carol", "netty")]
    said = result.stderr.decode()
    assert "means nothing here: gid, home, nodelay, uid, userdb_mail" in said
    assert "3 added, 0 changed, 0 same, 0 refused" in said
    assert lets_in(open_office, "alice", "secret")
    for name in ("carol", "netty"):
        assert not lets_in(open_office, name, "secret")
    shown = open_office.json("account", "show", "carol")
    assert shown["quota"] == {"octets": None, "messages": 7} and shown["nologin"]


FORMATS = {
    "lines": f"a:{{PLAIN}}one\nb@{DOMAIN}:{{PLAIN}}two::::::nologin\n",
    "csv": "user;hash;nologin\na;{PLAIN}one;\n\"b\";{PLAIN}two;yes\n",
    "json": '{"name": "a", "hash": "{PLAIN}one"}\n\n'
            '{"name": "b", "hash": "{PLAIN}two", "nologin": true}\n',
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("named", [False, True])
def test_each_format_says_the_same(open_office, form, named):
    words = ["--as", form] if named else []
    open_office.run("account", "import", "-", *words, data=FORMATS[form].encode())
    assert open_office.names() == [f"a@{DOMAIN}", f"b@{DOMAIN}"]
    assert lets_in(open_office, "a", "one") and not lets_in(open_office, "b", "two")


def test_an_update_says_what_it_does(office):
    path = office.file("users", "a:{PLAIN}1\nb:{PLAIN}1\n")
    office.run("account", "import", path)
    again = office.run("account", "import", path, code=EXISTS)
    assert again.stdout == b"" and f"{path}:2: " in again.stderr.decode()
    path = office.file("users", "a:{PLAIN}1\nb:{PLAIN}2\nc:{PLAIN}1\n")
    tried = office.json("account", "import", "--update", "--dry-run", path)
    assert (tried["done"], tried["dry_run"]) == (False, True) and len(office.names()) == 2
    expected = [{"line": 1, "name": f"a@{DOMAIN}", "result": "same"},
                {"line": 2, "name": f"b@{DOMAIN}", "result": "changed"},
                {"line": 3, "name": f"c@{DOMAIN}", "result": "added"}]
    assert tried["accounts"] == expected
    done = office.json("account", "import", "--update", path)
    assert done["accounts"] == expected and done["done"]
    assert (done["imported"], done["updated"], done["refused"]) == (1, 2, 0)
    assert office.lines("account", "import", "--update", path) == [
        f"same {name}@{DOMAIN}" for name in "abc"]


def test_refused_lines_cost_all_or_themselves(office):
    text = "a:{PLAIN}1\nb:{NTLM}0123\nc:\nd:{PLAIN}1::::::deny\n"
    path = office.file("users", text)
    said = office.said("account", "import", path, code=DATA)
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        f"{path}:{number}" for number in (2, 3, 4)]
    assert office.names() == []
    said = office.said("account", "import", "--skip-unknown", path, code=DATA)
    assert f"{path}:2: passed over: b@{DOMAIN}: " in said and office.names() == []
    office.run("account", "import", "--skip-refused", path, code=DATA)
    assert office.names() == [f"a@{DOMAIN}"]
    path = office.file("users", "e:{PLAIN}1\nf:{NTLM}0123\n")
    done = office.json("account", "import", "--skip-unknown", path)
    assert (done["added"], done["skipped"], done["refused"]) == (1, 1, 0)
    assert [row["result"] for row in done["accounts"]] == ["added", "skipped"]


def test_an_unknown_column_is_no_slip_unless_it_is_said(office):
    path = office.file("users.csv", "name,hash,quota_octet\na,{PLAIN}1,5\n")
    said = office.said("account", "import", path, code=DATA)
    assert "quota_octet" in said and said.count("\n") == 1 and office.names() == []
    said = office.said("account", "import", "--skip-unknown", path)
    assert "quota_octet" in said and office.names() == [f"a@{DOMAIN}"]


def test_passwords_in_the_clear_are_hashed_and_cost_what_is_said(open_office):
    path = open_office.file("users.csv", "name,password\na,one\nb,two\nc,{PLAIN}x\n")
    said = open_office.said("account", "import", path, code=DATA)
    assert "call the column hash" in said
    path = open_office.file("users.csv", "name,password\na,one\nb,two\n")
    said = open_office.said("account", "import", path)
    assert "2 passwords in the clear have to be hashed, which takes about" in said
    assert open_office.json("account", "show", "a")["scheme"] == "ARGON2ID"
    assert lets_in(open_office, "a", "one") and lets_in(open_office, "b", "two")
    open_office.file("users.csv", "name,password\na,one\nb,three\n")
    assert open_office.lines("account", "import", "--update", path) == [
        f"same a@{DOMAIN}", f"changed b@{DOMAIN}"]
    assert lets_in(open_office, "b", "three")


# 5 seconds on a machine that does nothing else; under sanitizers, and beside other tests, it takes
# as long as it takes.
MANY, SECONDS = (2000, 120) if is_sanitized() else (100_000, 25)


def test_many_at_once(open_office):
    hashed = "{SSHA}" + "A" * 32
    path = open_office.file("users", "".join(f"u{i}:{hashed}\n" for i in range(MANY)))
    began = time.monotonic()
    done = open_office.run("--quiet", "account", "import", path)
    took = time.monotonic() - began
    assert done.stdout.count(b"\n") == MANY and took < SECONDS, took
    path = open_office.file("aliases", "".join(f"x{i}: u{i}\n" for i in range(MANY)))
    began = time.monotonic()
    open_office.run("--quiet", "alias", "import", path)
    took = time.monotonic() - began
    assert took < SECONDS, took
    open_office.run("deliver", f"x{MANY - 1}", data=b"Subject: x\n")
    everybody = sorted(f"u{i}@{DOMAIN}" for i in range(MANY))
    behind = everybody.index(f"u1@{DOMAIN}") + 1
    assert open_office.names("--limit", "3", "--after", "u1") == everybody[behind:behind + 3]
    assert open_office.names() == everybody


# account set --------------------------------------------------------------------------------------

@pytest.mark.sanitized
def test_set_changes_what_a_file_says_and_nothing_else(open_office):
    for name in ("a", "b", "c"):
        open_office.server.add_account(name, "secret")
    path = open_office.file("set.csv",
                            "name,enabled,quota_messages,retention_days,networks,add_devices\n"
                            "a,no,,,,\nb,,9,30,,my phone;tablet\nc,,,,192.0.2.0/24,\n")
    result = open_office.run("account", "set", "--from", path)
    lines = result.stdout.decode().splitlines()
    assert [line for line in lines if not line.startswith("password ")] == [
        f"changed {name}@{DOMAIN}" for name in "abc"]
    passwords = {line.split(" ", 3)[3]: line.split(" ")[1] for line in lines
                 if line.startswith("password ")}
    assert set(passwords) == {"my phone", "tablet"}
    assert lets_in(open_office, "b", passwords["tablet"]) and lets_in(open_office, "b", "secret")
    assert not lets_in(open_office, "a", "secret") and not lets_in(open_office, "c", "secret")
    shown = open_office.json("account", "show", "b")
    assert (shown["quota"]["messages"], shown["retention"]["days"]) == (9, 30)
    assert open_office.lines("account", "set", "--from", path)[0] == f"same a@{DOMAIN}"
    open_office.file("set.csv", "name,enabled,networks,remove_devices\n"
                                "a,yes,,\nc,,any,\nb,,,tablet\n")
    open_office.run("account", "set", "--from", path)
    assert lets_in(open_office, "a", "secret") and lets_in(open_office, "c", "secret")
    assert not lets_in(open_office, "b", passwords["tablet"])


def test_a_list_goes_back_in(office):
    for name in ("a", "b"):
        office.server.add_account(name, "secret")
    office.run("account", "quota", "a", "--octets", "1GiB")
    listed = office.json("account", "list")["accounts"]
    lines = "".join(json.dumps(account) + "\n" for account in listed)
    assert office.lines("account", "set", "--from", "-", data=lines.encode()) == [
        f"same a@{DOMAIN}", f"same b@{DOMAIN}"]
    listed[0]["quota"] = {"octets": None, "messages": 5}
    lines = "".join(json.dumps(account) + "\n" for account in listed)
    office.run("account", "set", "--from", "-", data=lines.encode())
    assert office.json("account", "list")["accounts"] == listed


def test_set_makes_no_account(office):
    office.server.add_account("a", "secret")
    path = office.file("set.csv", "name,enabled\na,no\nnobody,no\n")
    assert "nobody@" in office.said("account", "set", "--from", path, code=NO_USER)
    assert office.json("account", "show", "a")["enabled"]
    office.run("account", "set", "--from", path, "--skip-refused", code=NO_USER)
    assert not office.json("account", "show", "a")["enabled"]
    assert "enabled: is yes or no" in office.said(
        "account", "set", "--from", "-", data=b"name,enabled\na,perhaps\n", code=DATA)


# Aliases ------------------------------------------------------------------------------------------

ALIASES = {
    "lines": "all: team, c\nteam: a, b\n",
    "csv": "address,target\nteam,a\nteam,b\nall,team\nall,c\n",
    "json": '{"address": "all", "targets": ["team", "c"]}\n'
            '{"address": "team", "targets": ["a", "b"]}\n',
    "postfix": f"all@{DOMAIN}  team,c\nteam a,b\n",
}


@pytest.mark.parametrize("form", ALIASES)
def test_aliases_of_each_format(office, form):
    for name in ("a", "b", "c"):
        office.server.add_account(name, "secret")
    office.run("alias", "import", "-", data=ALIASES[form].encode())
    assert office.aliases() == {
        f"all@{DOMAIN}": [f"team@{DOMAIN}", f"c@{DOMAIN}"],
        f"team@{DOMAIN}": [f"a@{DOMAIN}", f"b@{DOMAIN}"]}
    again = office.lines("alias", "import", "--update", "-", data=ALIASES[form].encode())
    assert len(again) == 2 and all(line.startswith("same ") for line in again)


def test_an_alias_import_is_whole_or_said(office):
    office.server.add_account("a", "secret")
    path = office.file("aliases", "x: a\ny: nobody\nz: y\na: x\nx: a\n")
    said = office.said("alias", "import", path, code=DATA)
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        f"{path}:{number}" for number in (2, 3, 4, 5)] and office.aliases() == {}
    office.run("alias", "import", "--skip-refused", path, code=DATA)
    assert list(office.aliases()) == [f"x@{DOMAIN}"]


@pytest.mark.sanitized
def test_an_alias_gains_and_loses_targets_in_one_step(open_office):
    for name in ("a", "b", "c"):
        open_office.server.add_account(name, "secret")
    open_office.run("alias", "add", "team", "a", "b")
    changed = open_office.json("alias", "set", "team", "--add", "c",
                               "--remove", "a", "--remove", "b")
    assert changed == {"address": f"team@{DOMAIN}", "targets": [f"c@{DOMAIN}"]}
    open_office.run("deliver", "team", data=b"Subject: x\n")
    assert len(uids(open_office, "c")) == 1 and not uids(open_office, "a")
    open_office.run("alias", "set", "team", "a", "b")
    assert open_office.aliases()[f"team@{DOMAIN}"] == [f"a@{DOMAIN}", f"b@{DOMAIN}"]
    for code, words in ((USAGE, ["team"]), (USAGE, ["team", "a", "--add", "b"]),
                        (NO_USER, ["team", "--add", "nobody"]),
                        (NO_USER, ["team", "--remove", "c"]),
                        (NO_USER, ["nobody", "--add", "a"]),
                        (UNAVAILABLE, ["team", "--remove", "a", "--remove", "b"])):
        open_office.run("alias", "set", *words, code=code)
    assert len(open_office.aliases()[f"team@{DOMAIN}"]) == 2


# Renaming -----------------------------------------------------------------------------------------

@pytest.mark.sanitized
def test_a_renamed_account_keeps_its_mail_its_ids_and_its_devices(open_office):
    server = open_office.server
    server.add_account("old", "secret")
    device = open_office.lines("device", "add", "old", "phone")[0]
    open_office.run("alias", "add", "team", "old")
    open_office.run("deliver", "old", data=b"Subject: 1\n")
    before = uids(open_office, "old")
    renamed = open_office.json("account", "rename", "old", "New")
    assert (renamed["name"], renamed["old_name"]) == (f"new@{DOMAIN}", f"old@{DOMAIN}")
    assert f"old@{DOMAIN}.log" in renamed["maildrop"]
    assert uids(open_office, "new") == before
    assert lets_in(open_office, "new", device) and not lets_in(open_office, "old", "secret")
    for address in ("new", "old", "team", "old+tag"):
        open_office.run("deliver", address, data=b"Subject: 2\n")
    assert uids(open_office, "new")[:1] == before and len(uids(open_office, "new")) == 5
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account("new", "secret"))
        assert pop3.retr(2).startswith(f"Delivered-To: new@{DOMAIN}\r\n".encode())
        pop3.quit()
    open_office.run("account", "quota", "new", "--messages", "5")
    assert "quota" in open_office.said("deliver", "old", data=b"Subject: 3\n", code=UNAVAILABLE)
    assert len(open_office.json("maildrop", "list", "new")["messages"]) >= 5
    assert open_office.json("account", "show", "new")["first_name"] == f"old@{DOMAIN}"
    server.restart()
    assert uids(open_office, "new")[:1] == before and lets_in(open_office, "new", device)


def test_an_old_name_may_go_and_come_back(open_office):
    open_office.server.add_account("old", "secret")
    open_office.run("deliver", "old", data=b"Subject: 1\n")
    open_office.run("account", "rename", "old", "new", "--no-alias")
    open_office.run("deliver", "old", data=b"Subject: 2\n", code=NO_USER)
    said = open_office.said("account", "add", "old", "--password-stdin", data=b"x\n", code=EXISTS)
    assert f"in use by new@{DOMAIN}" in said
    open_office.server.add_account("new2", "other")
    assert open_office.run("account", "rename", "new", "new2", code=EXISTS)
    open_office.run("account", "rename", "new", "old")
    assert len(uids(open_office, "old")) == 1
    assert open_office.aliases() == {f"new@{DOMAIN}": [f"old@{DOMAIN}"]}


def test_the_mail_of_a_former_account_is_not_the_renamed_ones(open_office):
    open_office.server.add_account("new", "secret")
    open_office.run("deliver", "new", data=b"Subject: theirs\n")
    open_office.run("account", "remove", "new")
    open_office.server.add_account("old", "secret")
    open_office.run("account", "rename", "old", "new")
    assert uids(open_office, "new") == []
    assert open_office.json("maildrop", "list", "new")["messages"] == []


# Purging ------------------------------------------------------------------------------------------

@pytest.mark.sanitized
def test_a_purge_leaves_nothing_and_names_the_backups(open_office):
    server = open_office.server
    server.add_account("a", "secret")
    server.add_account("b", "secret")
    for name, targets in (("own", ["a"]), ("both", ["a", "b"])):
        open_office.run("alias", "add", name, *targets)
    open_office.run("deliver", "a", data=b"Subject: 1\n")
    before = uids(open_office, "a")
    open_office.run("backup", str(server.folder / "copy"))
    files = list(server.data_dir.rglob("a@*"))
    assert files
    open_office.run("account", "purge", "a", code=USAGE)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account("a", "secret"))
        open_office.run("account", "purge", "a", "--yes", code=TEMPORARY)
        pop3.quit()
    assert uids(open_office, "a") == before, "nothing was done"
    purged = open_office.json("account", "purge", "a", "--yes")
    assert purged["backups"] == [str(server.folder / "copy")]
    assert purged["aliases_removed"] == [f"own@{DOMAIN}"]
    assert purged["aliases_changed"] == [f"both@{DOMAIN}"]
    assert list(server.data_dir.rglob("a@*")) == []
    assert not lets_in(open_office, "a", "secret") and open_office.names() == [f"b@{DOMAIN}"]
    assert open_office.aliases() == {f"both@{DOMAIN}": [f"b@{DOMAIN}"]}
    open_office.run("account", "purge", "a", "--yes", code=NO_USER)
    server.add_account("a", "fresh")
    open_office.run("deliver", "a", data=b"Subject: 2\n")
    assert len(uids(open_office, "a", "fresh")) == 1 and uids(open_office, "a", "fresh") != before
    server.stop()
    assert not list(server.data_dir.rglob("own@*"))


def test_what_a_removed_account_left_is_purged_and_no_more(office):
    office.server.add_account("a", "secret")
    office.run("deliver", "a", data=b"Subject: 1\n")
    office.run("account", "rename", "a", "b")
    said = office.said("account", "purge", "a", "--yes", code=UNAVAILABLE)
    assert f"the mail of b@{DOMAIN}" in said
    office.run("alias", "remove", "a")
    office.run("account", "remove", "b")
    assert office.json("account", "purge", "a", "--yes")["account"] is False
    assert list(office.server.data_dir.rglob("a@*")) == []


@pytest.mark.parametrize("answer,code,left", [(b"n\n", UNAVAILABLE, 1), (b"y\n", 0, 0)])
def test_a_purge_asks(office, answer, code, left):
    office.server.add_account("a", "secret")
    shown, ended = on_a_terminal(
        [BIN / "restantectl", "--config", office.server.config_path, "account", "purge", "a"],
        [answer])
    assert ended == code and "[y/N]" in shown and len(office.names()) == left


# Lists --------------------------------------------------------------------------------------------

def test_lists_by_domain_and_page(office):
    names = ["a", "b", "c@other.test", "d"]
    for name in names:
        office.server.add_account(name, "secret")
        office.run("device", "add", name, "phone")
    for address in ("x", "y@other.test", "z"):
        office.run("alias", "add", address, "a")
    assert office.names("--domain", "Other.test") == ["c@other.test"]
    assert office.names("--limit", "2") == [f"a@{DOMAIN}", f"b@{DOMAIN}"]
    assert office.names("--limit", "2", "--after", "b") == ["c@other.test", f"d@{DOMAIN}"]
    assert office.names("--after", "d") == []
    assert list(office.aliases("--domain", DOMAIN)) == [f"x@{DOMAIN}", f"z@{DOMAIN}"]
    assert list(office.aliases("--after", "x", "--limit", "1")) == ["y@other.test"]
    everyone = office.json("device", "list", "--after", "b", "--limit", "1")["accounts"]
    assert [account["name"] for account in everyone] == ["c@other.test"]
    assert everyone[0]["devices"][0]["label"] == "phone"
    assert len(office.lines("device", "list", "--domain", DOMAIN)) == 4
    office.run("device", "list", "a", "--domain", DOMAIN, code=USAGE)
    office.run("account", "list", "--limit", "0", code=USAGE)
