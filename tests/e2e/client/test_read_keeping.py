"""What the archive knows is kept: its database is never thrown away, neither by a full disk nor by
a kill, a lost one is not begun anew without a word, messages keep their numbers, and what is on a
full disk can be read."""

import json
import shutil
import sqlite3

import pytest

from harness.hostile_pop3 import HostilePop3
from harness.killing import run_killed
from harness.restante import CANNOT_CREATE, IO_ERROR, UNAVAILABLE, Restante
from harness.tiny_disk import TinyDisk

pytestmark = pytest.mark.sanitized_long

DATA = 65
# LeakSanitizer traces, too, as strace does.
TRACED_BY = ["env", "ASAN_OPTIONS=detect_leaks=0"]


def mail(number):
    return f"Message-ID: <{number}@example.test>\r\nSubject: n{number}\r\n\r\nword\r\n".encode()


MESSAGES = [mail(number) for number in range(1, 21)]


@pytest.fixture
def serve(client):
    """serve(messages, settings of the account) -> the server"""
    servers = []

    def make(messages=(), **more):
        servers.append(HostilePop3(messages))
        client.add_account(servers[-1].port, "alice", "the secret", **more)
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def tiny(client):
    """The archive on a file system of its own, of 24 MB."""
    disk = TinyDisk(client.archive, "24m")
    client.prefix = disk.inside
    yield disk
    disk.close()


def state_of(client):
    return client.archive / ".restante"


def database_of(client):
    return state_of(client) / "restante.db"


def query(client, sql, path=None):
    with sqlite3.connect(path or database_of(client)) as opened:
        rows = opened.execute(sql).fetchall()
    opened.close()
    return rows


def listed(client):
    found = json.loads(client.run("--format", "json", "list", "-n", "1000").stdout)
    return {entry["sha256"]: entry["id"] for entry in found}


def lose_database(client):
    for path in (database_of(client), *state_of(client).glob("restante.db-*")):
        path.unlink(missing_ok=True)


def damage(client):
    """The page in which messages are, so that the file opens, and is damaged."""
    with sqlite3.connect(database_of(client)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [[page]] = opened.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'attachments'").fetchall()
    opened.close()
    with open(database_of(client), "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x5a" * 4096)


def told(result):
    return result.stderr.decode()


@pytest.mark.root
def test_reindex_on_a_full_disk_changes_nothing(client, serve, tiny):
    """Else mail that was deleted here comes back."""
    serve(MESSAGES, delete="never")
    client.fetch()
    client.run("delete", "subject:n1", "--yes")
    tiny.fill_up()
    assert "room" in told(client.run("reindex", code=IO_ERROR))
    tiny.free_up()
    report = client.fetch_report()
    assert (report["fetched"], report["known"]) == (0, 0)
    assert len(listed(client)) == len(MESSAGES) - 1
    assert client.run("reindex").stderr.decode().endswith("20 unique ids kept\n")


@pytest.mark.root
def test_a_damaged_database_is_left_where_there_is_no_room_for_a_new_one(client, serve, tiny):
    serve(MESSAGES)
    client.fetch()
    path = tiny.path / ".restante" / "restante.db"
    content = bytearray(path.read_bytes())
    copy = client.folder / "copy.db"
    copy.write_bytes(content)
    [[page]] = query(client, "SELECT rootpage FROM sqlite_schema WHERE name = 'attachments'", copy)
    content[(page - 1) * 4096:page * 4096] = b"\x5a" * 4096
    path.write_bytes(content)
    tiny.fill_up()
    client.run("reindex", code=IO_ERROR)
    assert path.stat().st_size == len(content)
    tiny.free_up()
    assert "20 unique ids kept" in told(client.run("reindex"))
    assert client.fetch_report()["fetched"] == 0


@pytest.mark.root
def test_a_full_disk_can_be_read(client, serve, tiny):
    """And says what is missing: what came since the last look."""
    server = serve(MESSAGES)
    client.fetch()
    client.run("list")
    tiny.fill_up()
    assert len(json.loads(client.run("--format", "json", "list", "-n", "100").stdout)) == 20
    assert json.loads(client.run("--format", "json", "search", "subject:n7").stdout)
    assert b"n1" in client.run("show", "1").stdout
    client.run("stats")
    target = client.folder / "out.mbox"
    client.run("export", "--to", "mbox", target)
    assert target.read_bytes().count(b"Message-ID") == 20
    # Something is new: it is not shown, and that is said.
    box = tiny.path / "home" / "new"
    tiny.free_up()
    (box / "1.strange").write_bytes(b"Subject: strange\n\nx\n")
    tiny.fill_up()
    result = client.run("--format", "json", "list", "-n", "100")
    assert len(json.loads(result.stdout)) == 20
    [line] = told(result).splitlines()
    assert "as it was at the last look" in line
    tiny.free_up()
    assert len(json.loads(client.run("--format", "json", "list", "-n", "100").stdout)) == 21
    assert server.heard(b"RETR") == 20


def test_reindex_of_a_damaged_database_may_be_killed_at_any_step(client, serve):
    """Fetched mail is known afterwards, to every next command."""
    serve(MESSAGES, delete="never")
    client.fetch()
    client.run("delete", "subject:n1", "--yes")
    numbers = listed(client)
    damage(client)
    before = client.folder / "before"
    shutil.copytree(state_of(client), before)
    killed = 0
    for call in ("fsync,fdatasync", "rename,link"):
        for number in range(1, 100):
            if not run_killed(TRACED_BY + client.command("reindex"), call, number):
                break
            killed += 1
            # The old one or the new one, and nothing that is less.
            assert query(client, "SELECT count(*) FROM uids") == [(20,)]
            found = query(client, "SELECT sha256, id FROM messages WHERE removed = 0")
            assert dict(found) == numbers
            shutil.rmtree(state_of(client))
            shutil.copytree(before, state_of(client))
    assert killed > 5
    client.run("reindex")
    assert client.fetch_report()["fetched"] == 0
    assert listed(client) == numbers


def test_a_database_that_was_put_aside_and_forgotten_is_taken_over(client, serve):
    """As versions before this one left it when the disk was full."""
    serve(MESSAGES, delete="never")
    client.fetch()
    client.run("delete", "subject:n1", "--yes")
    aside = state_of(client) / "restante.db.damaged-5"
    query(client, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(database_of(client), aside)
    query(client, "DELETE FROM uids")
    query(client, "DELETE FROM messages WHERE removed = 1")
    report = client.fetch_report()
    assert report["fetched"] == 0 and any("20 unique ids" in note for note in report["notes"])
    assert len(listed(client)) == len(MESSAGES) - 1
    assert not aside.exists() and aside.with_name(aside.name + ".taken").exists()


def test_a_lost_database_is_not_begun_anew_without_a_word(client, serve):
    """Fetch asks no server for mail then, and the numbers of messages come back by reindex."""
    box = client.folder / "box"
    server = serve(MESSAGES, delete="never", hand_on=[{"kind": "mbox", "target": str(box)}])
    client.fetch()
    client.run("delete", "subject:n3", "--yes")
    numbers = listed(client)
    lose_database(client)
    for command in (["list"], ["fetch"], ["status"]):
        assert "restante reindex" in told(client.run(*command, code=DATA)), command
    assert server.heard(b"RETR") == 20 and not database_of(client).exists()
    # One that is empty is none.
    database_of(client).touch()
    client.run("fetch", code=DATA)
    assert server.heard(b"RETR") == 20 and database_of(client).stat().st_size == 0
    assert "not known any more" in told(client.run("reindex"))
    assert listed(client) == numbers
    # Mail on the server is looked at again, and none goes its way twice.
    client.change(delete="when-removed-locally")
    report = client.fetch_report()
    assert any("not known any more" in note for note in report["notes"])
    assert (report["deleted"], report["handed_on"]) == (0, 1)
    assert box.read_bytes().count(b"Message-ID") == 21
    assert listed(client).items() >= numbers.items()
    assert not client.fetch_report()["notes"]


# A new computer in two commands.

class Moved:
    """A client of its own, with the first one's backup."""

    def __init__(self, client, make):
        self.old = client
        self.new = make()
        self.folder = client.folder / "backup"

    def back_up(self, *words, **more):
        return self.old.run("backup", self.folder, *words, **more)

    def restore(self, **more):
        return self.new.run("restore", self.folder, **more)


@pytest.fixture
def moved(client):
    made = []

    def make():
        made.append(Restante())
        return made[-1]

    yield Moved(client, make)
    for each in made:
        each.close()


def report_of(result):
    return json.loads(result.stdout)


def test_a_new_computer_knows_all_that_the_old_one_knew(client, serve, moved):
    """Nothing is fetched, handed on or deleted again, and numbers, flags and marks are the same."""
    box = client.folder / "box"
    server = serve(MESSAGES, delete="when-removed-locally",
                   hand_on=[{"kind": "mbox", "target": str(box)}])
    client.fetch()
    client.run("delete", "subject:n1", "--yes")
    client.run("list")
    [seen] = [path for path in client.files() if b"Subject: n7\n" in path.read_bytes()]
    seen.rename(seen.parents[1] / "cur" / (seen.name + ":2,S"))
    numbers = listed(client)
    moved.back_up()
    assert not list((moved.folder / "mail" / "home").glob("*.part"))
    moved.new.config_path.write_text(
        client.config_path.read_text().replace(str(client.archive), str(moved.new.archive)))
    moved.restore()
    assert listed(moved.new) == numbers
    assert sorted(moved.new.messages()) == sorted(client.messages())
    [entry] = json.loads(moved.new.run("--format", "json", "list", "subject:n7").stdout)
    assert "S" in entry["flags"]
    # Until the other computer is off nothing is fetched.
    paused = moved.new.run("fetch", code=UNAVAILABLE)
    assert "account resume" in told(paused) and server.heard(b"RETR") == 20
    moved.new.run("account", "resume", "--all")
    report = moved.new.fetch_report()
    assert (report["fetched"], report["handed_on"], report["known"]) == (0, 0, 0)
    # Deleted here before the backup, by its owner: that is known, too.
    assert report["deleted"] == server.heard(b"DELE") == 1
    assert box.read_bytes().count(b"Message-ID") == 20
    moved.new.run("verify")


def test_a_message_that_a_restore_lacks_is_not_deleted_on_its_server(client, serve, moved):
    """It is damaged in the backup: its server has the last copy."""
    server = serve(MESSAGES, delete="when-removed-locally")
    client.fetch()
    moved.back_up()
    victim = next(path for path in (moved.folder / "mail" / "home").iterdir())
    victim.write_bytes(b"rotten")
    assert str(victim) in told(client.run("verify", "--backup", moved.folder, code=DATA))
    moved.new.config_path.write_text(
        client.config_path.read_text().replace(str(client.archive), str(moved.new.archive)))
    moved.restore(code=DATA)
    moved.new.run("list")
    moved.new.run("account", "resume", "home")
    report = moved.new.fetch_report()
    assert (report["deleted"], server.heard(b"DELE")) == (0, 0)
    assert server.heard(b"RETR") == 21 and len(server.messages) == 20
    assert sorted(moved.new.messages()) == sorted(client.messages())


def test_a_backup_may_be_killed_at_any_step(client, serve, moved):
    """The one before counts until the next one is whole, and what was copied is not copied
    again."""
    server = serve(MESSAGES[:4])
    client.fetch()
    moved.back_up()
    for number in range(5, 9):
        server.messages[number] = mail(number)
        server.uids[number] = f"new-{number}"
    client.fetch()
    command = client.command("backup", moved.folder, "--incremental")
    killed = 0
    for call in ("fsync,fdatasync,syncfs", "rename"):
        for number in range(1, 100):
            if not run_killed(TRACED_BY + command, call, number):
                break
            killed += 1
            proof = report_of(client.run("--format", "json", "verify", "--backup", moved.folder))
            assert proof["messages"] in (4, 8)
            if proof["messages"] == 8:
                break
    assert killed > 4
    again = report_of(client.run("--format", "json", "backup", moved.folder, "--incremental"))
    assert again["messages"] == 8
    client.run("verify", "--backup", moved.folder)


def test_a_restore_may_be_killed_and_is_continued(client, serve, moved):
    serve(MESSAGES[:4])
    client.fetch()
    moved.back_up()
    moved.new.config_path.write_text(
        client.config_path.read_text().replace(str(client.archive), str(moved.new.archive)))
    command = moved.new.command("restore", moved.folder)
    killed = 0
    for number in range(1, 100):
        if not run_killed(TRACED_BY + command, "rename", number):
            break
        killed += 1
        if (moved.new.archive / ".restante" / "restoring").exists():
            assert "goes on with it" in told(moved.new.run("list", code=UNAVAILABLE))
    assert killed > 2
    assert listed(moved.new) == listed(client)
    moved.new.run("verify")


def test_an_incremental_backup_copies_what_is_new(client, serve, moved):
    server = serve(MESSAGES[:3])
    client.fetch()
    client.run("backup", moved.folder)
    again = report_of(client.run("--format", "json", "backup", moved.folder, "--incremental"))
    assert (again["messages"], again["copied"]) == (3, 0)
    server.messages[4], server.uids[4] = mail(4), "new-4"
    client.fetch()
    again = report_of(client.run("--format", "json", "backup", moved.folder, "--incremental"))
    assert (again["messages"], again["copied"]) == (4, 1)
    # Without --incremental what is there is read, and a damaged copy is made anew.
    [victim, *_] = sorted((moved.folder / "mail" / "home").iterdir())
    victim.write_bytes(b"rotten")
    again = report_of(client.run("--format", "json", "backup", moved.folder))
    assert again["copied"] == 1
    proof = report_of(client.run("--format", "json", "verify", "--backup", moved.folder))
    assert (proof["damaged"], proof["not_in_backup"]) == (0, 0)


def test_passwords_are_in_a_backup_only_when_they_are_wanted(client, serve, moved):
    serve(MESSAGES[:1])
    client.fetch()
    moved.back_up()

    def kept():
        return b"".join(path.read_bytes() for path in (moved.folder / "state").glob("*.toml.*"))

    assert b'user = "alice"' in kept() and b"the secret" not in kept()
    moved.back_up("--with-secrets")
    assert b"the secret" in kept()
    # Where there is no configuration it is the backup's.
    moved.new.config_path.unlink()
    client.archive.rename(client.folder / "elsewhere")
    moved.restore()
    assert moved.new.config_path.read_bytes() in kept() and len(listed(moved.new)) == 1


def test_nothing_is_restored_over_an_archive(client, serve, moved):
    serve(MESSAGES[:1])
    client.fetch()
    moved.back_up()
    client.run("restore", moved.folder, code=CANNOT_CREATE)
    (client.folder / "other").mkdir()
    (client.folder / "other" / "letter.txt").write_text("mine")
    client.run("backup", client.folder / "other", code=CANNOT_CREATE)
