"""Accounts and archives that move: in from other programs, to another name, to a disk that is not
there today, to one that can only be read."""

import json
import os
import shutil
import subprocess

import pytest

from harness.clients import Target, fetchmail, getmail, mpop
from harness.hostile_pop3 import HostilePop3
from harness.restante import IO_ERROR, PARTIAL

USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69
READ_ONLY = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"']


def message(number, more=b""):
    return (b"From: a@example.com\r\nTo: me@example.com\r\nSubject: mail %d\r\n"
            b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <%d@example.com>\r\n%s\r\n"
            b"This is mail %d.\r\n" % (number, number, more, number))


@pytest.fixture
def box(server, client):
    """An account of restanted with four mails, and the client's of it."""
    account = server.add_account()
    for number in range(4):
        server.ctl("deliver", account.name, data=message(number))
    client.add_account(server.port("pop3"), account.name, account.password)
    return account


def listed(client, *query):
    shown = client.run("--format", "json", "list", *query)
    return json.loads(shown.stdout)


# The archive's disk.


def test_an_archive_whose_disk_is_not_mounted_is_not_begun_anew(box, client):
    """An empty folder where the archive was is told with exit code 74, and stays empty; the archive
    is used again when it is back."""
    client.fetch()
    away = client.folder / "away"
    client.archive.rename(away)
    client.archive.mkdir()
    client.change(delete="after-fetch")
    for words in (["fetch"], ["fetch", "--dry-run"], ["list"], ["import", away], ["verify"],
                  ["reindex"], ["archive", "init"]):
        said = client.run(*words, code=IO_ERROR).stderr
        assert b"archive init --new" in said and b"not indexed" not in said, said
        assert not list(client.archive.iterdir()), words
    client.archive.rmdir()
    client.fetch(code=IO_ERROR)
    assert not client.archive.exists()
    away.rename(client.archive)
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["deleted"]) == (0, 0, 4)


def test_a_new_archive_is_begun_when_the_user_says_so(box, client):
    """`archive init --new` makes the empty folder the archive; the one before is then refused."""
    client.fetch()
    away = client.folder / "away"
    client.archive.rename(away)
    made = json.loads(client.run("--format", "json", "archive", "init", "--new").stdout)
    assert made["id"] in open(made["marker"], encoding="utf-8").read()
    assert client.fetch_report()["fetched"] == 4
    shutil.rmtree(client.archive)
    away.rename(client.archive)
    client.fetch(code=IO_ERROR)


def test_an_archive_that_was_moved_is_the_same(box, client):
    """The configuration names another folder, in which the archive is now: nothing is new."""
    client.fetch()
    client.archive.rename(client.folder / "elsewhere")
    client.archive = client.folder / "elsewhere"
    client.write()
    assert client.fetch_report()["fetched"] == 0
    assert len(client.messages()) == 4


def test_an_archive_that_lost_all_it_knew_is_reindexed(box, client):
    """.restante was removed: a fetch says so, and `reindex` is the way on."""
    client.fetch()
    shutil.rmtree(client.archive / ".restante")
    client.fetch(code=IO_ERROR)
    client.run("reindex")
    report = client.fetch_report()
    assert (report["fetched"], report["known"]) == (0, 4)


# Another name.


def test_a_renamed_account_keeps_its_state(server, box, client):
    """Nothing is fetched, handed on or listed twice after `account rename`."""
    spool = client.folder / "spool"
    client.change(hand_on=[{"kind": "mbox", "target": str(spool)}])
    client.fetch()
    before = spool.read_bytes()
    assert before.count(b"\nMessage-ID") == 4
    client.run("account", "rename", "home", "office")
    assert 'name = "office"' in client.config_path.read_text()
    report = client.fetch_report()
    assert (report["account"], report["fetched"], report["known"]) == ("office", 0, 0)
    assert spool.read_bytes() == before
    assert len(listed(client)) == len(listed(client, "account:office")) == 4
    server.ctl("deliver", box.name, data=message(9))
    assert client.fetch_report()["handed_on"] == 1
    client.run("account", "rename", "home", "other", code=NO_INPUT)


def test_a_renaming_that_was_broken_off_goes_on(box, client):
    """No fetch goes into half an account; the same command once more brings it to its end."""
    client.fetch()
    (client.archive / ".restante" / "renaming").write_text("home\noffice\n")
    said = client.fetch(code=UNAVAILABLE).stderr
    assert b"restante account rename home office" in said
    (client.archive / "home").rename(client.archive / "office")
    client.run("account", "rename", "home", "office")
    assert client.fetch_report()["fetched"] == 0
    assert len(client.messages("office")) == 4


def test_account_remove_keeps_the_mail(box, client):
    """The lines of the configuration go, mail and what was fetched stay."""
    client.fetch()
    kept = client.accounts[:]
    said = client.run("account", "remove", "home").stderr
    assert b"its mail stays in" in said and b"nothing was done on its server" in said
    assert "home" not in client.config_path.read_text()
    assert len(listed(client, "account:home")) == 4
    client.accounts = kept
    client.write()
    assert client.fetch_report()["fetched"] == 0


def test_account_remove_deletes_the_mail_when_told(box, client):
    """`--delete-mail` asks, or wants --yes, and then nothing of the account is left."""
    client.fetch()
    kept = client.accounts[:]
    client.run("account", "remove", "home", "--delete-mail", code=USAGE)
    assert len(client.messages()) == 4
    client.run("account", "remove", "home", "--delete-mail", "--yes")
    assert not (client.archive / "home").exists() and listed(client) == []
    client.accounts = kept
    client.write()
    assert client.fetch_report()["fetched"] == 4


# Only to be read.


@pytest.mark.root
@pytest.mark.parametrize("state", ["clean", "behind", "without"])
def test_a_read_only_archive_is_read(box, client, state):
    """A backup, a snapshot, a DVD: list, search, show, stats, export and verify work; also when the
    database is behind the Maildir, or not there."""
    client.fetch()
    files = 4
    if state == "behind":
        (client.archive / "home" / "cur" / "1.foreign:2,S").write_bytes(message(7))
        files = 5
    if state == "without":
        shutil.rmtree(client.archive / ".restante")
        client.config_path = client.folder / "other.toml"  # Of another machine.
        client.write()
    before = {path: path.stat().st_mtime_ns for path in client.archive.rglob("*")}
    prefix = [*READ_ONLY, client.archive]

    def run(*words, code=0):
        return client.run(*words, code=code, prefix=prefix)

    assert len(json.loads(run("--format", "json", "list").stdout)) == files
    assert b"mail 2" in run("search", "subject:2").stdout
    assert b"This is mail 3." in run("show", "<3@example.com>").stdout
    assert f"{files} messages".encode() in run("stats").stdout
    run("export", "--to", "mbox", client.folder / "all.mbox")
    assert (client.folder / "all.mbox").read_bytes().count(b"\nMessage-ID:") == files
    assert b"0 damaged, 0 missing" in run("verify").stderr
    said = run("fetch", code=IO_ERROR).stderr
    assert b"read-only" in said and b"not indexed" not in said
    assert {path: path.stat().st_mtime_ns for path in client.archive.rglob("*")} == before


# Moving in.


def target(server, account, folder, count):
    folder.parent.chmod(0o755)  # getmail writes as the user `nobody`.
    folder.mkdir(mode=0o755)
    return Target("127.0.0.1", server.port("pop3"), "none", account, count, folder, keep=True)


STATE_FILES = {fetchmail: "ids", getmail: "oldmail-*", mpop: "uidls"}


@pytest.mark.parametrize("program", STATE_FILES, ids=lambda each: each.__name__.split(".")[-1])
def test_what_another_program_fetched_is_not_fetched_again(server, box, client, program):
    """fetchmail, getmail and mpop leave four mails on the server; only what comes later is fetched
    and deleted there, and the four stay until they are asked for."""
    theirs = target(server, box, client.folder / "theirs", 4)
    assert len(program.fetch(theirs)) == 4
    client.change(delete="after-fetch", keep_messages=1)
    state, = theirs.folder.glob(STATE_FILES[program])
    done = client.run("--format", "json", "import", "--state", state, "--account", "home")
    assert json.loads(done.stdout)["added"] == 4
    for number in (8, 9):
        server.ctl("deliver", box.name, data=message(number))
    report = client.fetch_report()
    assert (report["fetched"], report["elsewhere"], report["deleted"]) == (2, 4, 2)
    assert client.fetch_report()["elsewhere"] == 4
    client.run("import", "--state", "--forget", "--account", "home")
    report = client.fetch_report()
    assert (report["fetched"], report["deleted"], report["elsewhere"]) == (4, 4, 0)


def test_thunderbirds_messages_of_which_it_has_the_header_are_fetched(client):
    """popstate.dat: "k" is there whole, "b" is not."""
    with HostilePop3([message(number) for number in range(3)]) as pop:
        client.add_account(pop.port, "joe", "x")
        state = client.folder / "popstate.dat"
        state.write_text("# POP3 State File\n# This is a generated file!  Do not edit.\n\n"
                         "*127.0.0.1 joe\nk uid-1 1704067200\nb uid-2 1704067200\n")
        client.run("import", "--state", state, "--account", "home")
        assert client.fetch_report()["fetched"] == 2
        assert b"RETR 1" not in pop.commands
        state.write_text("*127.0.0.1 joe\n")
        client.run("import", "--state", state, "--account", "home", code=DATA)
        state.write_text("# POP3 State File\n*127.0.0.1 ann\nk uid-3\n")
        said = client.run("import", "--state", state, "--account", "home", code=NO_INPUT).stderr
        assert b"ann@127.0.0.1" in said


def test_twenty_thousand_messages_of_another_program_cost_no_retr(client):
    """A large maildrop that was left on the server stays there, and is not looked into."""
    count = 20_000
    with HostilePop3([b"Subject: x\r\n\r\n"] * count) as pop:
        client.add_account(pop.port, "joe", "x", delete="after-fetch")
        state = client.folder / ".fetchids"
        state.write_text("".join(f"joe@127.0.0.1 uid-{n}\n" for n in range(1, count + 1)))
        client.run("import", "--state", state, "--account", "home")
        report = client.fetch_report()
        assert (report["fetched"], report["deleted"], report["elsewhere"]) == (0, 0, count)
        assert pop.heard(b"RETR") + pop.heard(b"TOP") + pop.heard(b"DELE") == 0


def test_from_now_on_leaves_what_is_there(server, box, client):
    """`account add --from-now-on`: four old mails stay where they are, the fifth is fetched."""
    client.config_path.write_text(f'archive = "{client.archive}"\n')
    client.run("account", "add", "a@example.com", "--name", "new", "--host", "127.0.0.1",
               "--port", server.port("pop3"), "--tls", "none", "--user", box.name,
               "--password-command", f"echo {box.password}", "--from-now-on")
    server.ctl("deliver", box.name, data=message(5))
    report = client.fetch_report()
    assert (report["fetched"], report["elsewhere"]) == (1, 4)


def test_from_now_on_counts_from_the_first_login(server, box, client):
    """Without a login at the time, what is there at the first fetch is left, and that is said."""
    client.config_path.write_text(f'archive = "{client.archive}"\n')
    secret = client.folder / "secret"
    said = client.run("account", "add", "a@example.com", "--name", "new", "--host", "127.0.0.1",
                      "--port", server.port("pop3"), "--tls", "none", "--user", box.name,
                      "--password-command", f"cat {secret}", "--no-test", "--from-now-on",
                      code=None)
    assert said.returncode != 0 and b"at the first fetch" in said.stderr
    secret.write_text(box.password + "\n")
    assert client.fetch_report()["elsewhere"] == 4
    server.ctl("deliver", box.name, data=message(5))
    assert client.fetch_report()["fetched"] == 1


# Importing.


def test_import_refuses_what_is_no_mail(client):
    """Lists of ids, pictures, pipes and links to folders are named and left out; mail beside them
    is taken."""
    folder = client.folder / "things"
    folder.mkdir()
    refused = {"ids": b"joe@pop.example.com uid-1\n", "oldmail-h-995-u": b"a:b\x001795942770\n",
               "popstate.dat": b"# POP3 State File\n\n*h u\nk uid 1\n", "empty": b"",
               "photo.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "notes.txt": b"From the desk\n\nx",
               "photo.eml": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"}
    for name, octets in refused.items():
        (folder / name).write_bytes(octets)
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder)
    said = client.run("import", folder, code=DATA).stderr.decode()
    for name in (*refused, "pipe", "loop"):
        assert f"{folder}/{name}: " in said, name
    (folder / "real").write_bytes(message(1))
    done = client.run("--format", "json", "import", folder, code=PARTIAL)
    counts = {"added": 1, "there": 0, "failed": len(refused) + 2, "deleted": 0}
    assert json.loads(done.stdout) == {"version": 2, "account": "imported", **counts,
                                       "folders": [{"folder": "things", **counts}]}
    assert b"mail 1" in client.run("list").stdout and len(listed(client)) == 1
    client.run("import", folder / "photo.jpg", "/dev/zero", code=DATA)


@pytest.mark.parametrize("form", ["getmail's Maildir", "mpop's mbox"])
def test_imported_mail_is_recognised_on_the_server(server, box, client, form):
    """Another program has added header lines; what has a Message-ID is not fetched again, nor
    deleted; what has none is fetched."""
    server.ctl("deliver", box.name, data=b"Subject: alarm\r\n\r\nNo id.\r\n")
    folder = client.folder / "theirs"
    theirs = target(server, box, folder, 5)
    if form == "mpop's mbox":
        source = folder / "mbox"
        subprocess.run(["mpop", "--host", "127.0.0.1", f"--port={theirs.port}", "--tls=off",
                        f"--user={box.name}", "--auth=user", f"--passwordeval=echo {box.password}",
                        "--keep=on", f"--uidls-file={folder}/uidls", f"--delivery=mbox,{source}"],
                       check=True, capture_output=True, timeout=60, env={**os.environ,
                                                                         "HOME": str(folder)})
    else:
        assert len(getmail.fetch(theirs)) == 5
        source = folder / "maildir"
    client.change(delete="after-fetch")
    client.run("import", source, "--account", "home")
    report = client.fetch_report()
    assert (report["fetched"], report["known"], report["deleted"]) == (1, 4, 1)
    assert len(client.messages()) == 6
    again = client.fetch_report()
    assert (again["fetched"], again["known"], again["elsewhere"]) == (0, 0, 4)
