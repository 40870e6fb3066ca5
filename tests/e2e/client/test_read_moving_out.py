"""Giving mail out, and back in: octets, flags and dates stay; damage is said. And what is gone from
the disk stays known."""

import hashlib
import json
import mailbox
import zipfile

import pytest

from harness.restante import OK, PARTIAL, Restante

DATA, USAGE = 65, 64
FORMS = {"mbox": "all.mbox", "eml": "eml", "maildir": "copy", "zip": "all.zip"}

MESSAGES = [
    b"Subject: plain\r\nDate: Tue, 5 Mar 2024 10:00:00 +0000\r\n\r\nFrom me\r\n>From you\r\n",
    b"Subject: no date\r\n\r\nx",
    b"Status: RO\r\nX-Status: F\r\nSubject: a sender's flags\r\n\r\nx\r\n",
    b"Subject: only lf\n\nx\n",
    b"X-Mozilla-Status: 0009\r\nSubject: not deleted\r\n\r\nx\r\n",
]
FLAGS = ["S", "FPRS", "", "F", "R"]


def ask(client, *words, code=OK):
    return json.loads(client.run("--format", "json", *words, code=code).stdout)


def sums(messages):
    return sorted(hashlib.sha256(message).hexdigest() for message in messages)


@pytest.fixture
def filled(client):
    """An archive with some mail of 2001, as a Maildir brought it."""
    folder = client.folder / "Maildir"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for number, (octets, flags) in enumerate(zip(MESSAGES, FLAGS)):
        checksum = hashlib.sha256(octets).hexdigest()
        name = f"{1000000000 + number}.{checksum}.restante,S={len(octets)}"
        part, info = ("cur", ":2," + flags) if flags else ("new", "")
        (folder / part / (name + info)).write_bytes(octets)
    client.run("import", folder, "--account", "home")
    return client


def told(client):
    keys = ("sha256", "subject", "date", "arrived")
    return sorted((*(entry[key] for key in keys), "".join(sorted(entry["flags"])))
                  for entry in ask(client, "list"))


@pytest.mark.parametrize("form", [*FORMS, "thunderbird", "outlook", "unpacked eml"])
def test_octets_flags_and_dates_come_back(filled, form):
    target = filled.folder / "out"
    words = {"thunderbird": ["--for", "thunderbird"], "outlook": ["--for", "outlook"],
             "unpacked eml": ["--to", "eml"]}.get(form, ["--to", form])
    filled.run("export", *words, target)
    if form == "unpacked eml":  # By a zip file of another program.
        with zipfile.ZipFile(filled.folder / "own.zip", "w") as made:
            for path in target.iterdir():
                made.write(path, f"mine/{path.name}")
        target = filled.folder / "own.zip"
    before = told(filled)
    assert {entry[3][:4] for entry in before} == {"2001"}
    other = Restante()
    other.run("import", target, "--account", "home")
    assert sums(other.messages()) == sums(MESSAGES)
    assert told(other) == before
    other.close()


def test_other_programs_see_the_flags(filled):
    """Python reads the mbox file and the Maildir, as many messages and their flags."""
    filled.run("export", "--to", "mbox", filled.folder / "box")
    filled.run("export", "--to", "maildir", filled.folder / "dir")
    box = {one["Subject"]: one for one in mailbox.mbox(filled.folder / "box")}
    assert len(box) == len(MESSAGES)
    assert box["plain"].get_flags() == "RO" and sorted(box["no date"].get_flags()) == list("AFOR")
    assert box["plain"].get_from().split(" ", 1)[1] == "Sun Sep  9 01:46:40 2001"
    tree = {one["Subject"]: one for one in mailbox.Maildir(filled.folder / "dir")}
    assert tree["plain"].get_flags() == "S" and tree["no date"].get_flags() == "FPRS"


def test_thunderbird_finds_its_folders(filled):
    """One below "Restante" for each account, with its status lines on top."""
    filled.run("import", filled.folder / "Maildir", "--account", "work")
    target = filled.folder / "out"
    filled.run("export", "--for", "thunderbird", target)
    assert (target / "Restante").read_bytes() == b""
    assert sorted(path.name for path in (target / "Restante.sbd").iterdir()) == ["home", "work"]
    lines = (target / "Restante.sbd" / "home").read_bytes().split(b"\n")
    assert lines[0].startswith(b"From ") and lines[1:3] == [b"X-Mozilla-Status: 0001",
                                                           b"X-Mozilla-Status2: 00000000"]
    filled.run("export", "--for", "thunderbird", "--to", "zip", filled.folder / "x", code=USAGE)
    filled.run("export", filled.folder / "x", code=USAGE)


@pytest.mark.parametrize("form", [*FORMS, "thunderbird"])
def test_damage_is_given_out_with_a_word(filled, form):
    """A flipped byte, a cut and an emptied file: named, counted, exit code 65."""
    flipped, cut, emptied, *_ = sorted(filled.files())
    octets = bytearray(flipped.read_bytes())
    octets[3] ^= 4
    flipped.write_bytes(octets)
    cut.write_bytes(cut.read_bytes()[:12])
    emptied.write_bytes(b"")
    words = ["--for", form] if form == "thunderbird" else ["--to", form]
    done = filled.run("--format", "json", "export", *words, filled.folder / "out", code=DATA)
    counts = json.loads(done.stdout)
    assert (counts["written"], counts["damaged"]) == (5, 3)
    said = done.stderr.decode()
    for path in (flipped, cut, emptied):
        assert f"{path}: the message is damaged" in said


def test_show_says_that_a_message_is_damaged(filled):
    path = sorted(filled.files())[0]
    path.write_bytes(b"Subject: other\n\nx\n")
    [entry] = ask(filled, "list", f"id:{filled.files()[path]}")
    shown = filled.run("show", entry["id"])
    assert f"{path}: the message is damaged" in shown.stderr.decode()


# Missing files.


def test_what_is_gone_stays_known(filled):
    """After all that ran meanwhile verify, status and lists say so until its owner knows."""
    path = sorted(filled.files())[0]
    filled.run("list")
    path.unlink()
    for _ in range(2):
        assert b"1 message is gone" in filled.run("list").stderr
        assert b"1 message is gone" in filled.run("search", "x").stderr
        [found] = ask(filled, "verify", code=DATA)
        assert (found["kind"], found["file"]) == ("missing", str(path))
    filled.run("reindex")
    filled.run("verify", code=DATA)
    [accepted] = ask(filled, "verify", "--accept")
    assert (accepted["kind"], accepted["account"]) == ("accepted", "home")
    filled.run("verify")
    assert b"gone" not in filled.run("list").stderr
    assert len(ask(filled, "list")) == len(MESSAGES) - 1


def test_what_is_gone_and_comes_back_is_taken_quietly(filled):
    path = sorted(filled.files())[0]
    before = ask(filled, "list")
    away = filled.folder / "away"
    path.rename(away)
    assert b"gone" in filled.run("list").stderr
    away.rename(path)
    shown = filled.run("--format", "text", "list")
    assert shown.stderr == b""
    assert ask(filled, "list") == before
    filled.run("verify")


def test_what_is_deleted_here_is_not_gone(filled):
    filled.run("delete", "subject:plain", "--yes")
    assert b"gone" not in filled.run("list").stderr
    filled.run("verify")


@pytest.mark.parametrize("policy", ["when-removed-locally", "after-fetch"])
def test_what_is_gone_is_not_deleted_on_the_server(server, client, policy):
    """Under no policy, and status says so; what its owner has deleted is."""
    account = server.add_account()
    for number in range(4):
        server.ctl("deliver", account.name, data=b"Subject: %d\r\n\r\nx\r\n" % number)
    client.add_account(server.port("pop3"), account.name, account.password)
    client.fetch()
    paths = sorted(client.files())
    paths[0].unlink()
    client.change(delete=policy)
    report = client.fetch_report()
    assert report["deleted"] == (3 if policy == "after-fetch" else 0)
    assert any("1 message is missing" in note for note in report["notes"])
    assert ask(client, "status", code=PARTIAL)["accounts"][0]["gone"] == 1
    assert b"1 message is gone" in client.run("status", "--check", code=PARTIAL).stdout
    client.run("verify", "--accept")
    client.run("status")
    assert client.fetch_report()["deleted"] == 0
    assert len(client.files()) == 3
    paths[1].unlink()
    client.run("verify", "--accept", "--as-deleted")
    assert client.fetch_report()["deleted"] == (0 if policy == "after-fetch" else 1)
