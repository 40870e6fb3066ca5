"""The local mail: import, list, search, show, export, verify, reindex, with real mail."""

import collections
import datetime
import email.utils
import hashlib
import json
import mailbox
import os
import re
import sqlite3
import subprocess
import zipfile

import pytest

from harness import corpus
from harness.restante import Restante

OK, PARTIAL, USAGE, DATA, NO_INPUT, CANNOT_CREATE, TEMPORARY = 0, 1, 64, 65, 66, 73, 75

MIXED = (b"From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>\r\nTo: me@example.com\r\n"
         b"Subject: figures\r\nDate: Sun, 22 Nov 2026 05:00:00 +0000\r\n"
         b"Message-ID: <figures@example.com>\r\nMIME-Version: 1.0\r\n"
         b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
         b"--x\r\nContent-Type: text/html\r\n\r\n<p>see <b>attached</b></p>"
         b"<script>steal()</script><img src=\"https://e.example/pixel\">\r\n"
         b"--x\r\nContent-Type: text/csv; name=\"../../etc/figures.csv\"\r\n"
         b"Content-Disposition: attachment\r\n\r\nkangaroo,1\r\n--x--\r\n")

# Mail that readers have stumbled over.
NASTY = {
    "no-header": b"no header at all\r\n",
    "empty": b"",
    "nul": b"Subject: nul\r\n\r\na\0b\r\n",
    "bare-lf": b"Subject: bare\r\n\r\none\ntwo\r\n",
    "8bit": b"Subject: M\xfcller\r\n\r\n\xff\xfe\r\n",
    "escape": b"Subject: \x1b]0;owned\x07 \xc2\x9b31m\r\n\r\n\x1b[2J\xc2\x9b2J\r\n",
    "cut": b"Subject: cut\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nhalf",
    "deep": b"Subject: deep\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
        for i in range(500)) + b"\r\nx\r\n",
    "charset": b"Content-Type: text/plain; charset=klingon\r\n\r\nM\xfcller\r\n",
    "long-line": b"Subject: long\r\n\r\n" + b"x" * 1000000 + b"\r\n",
    "long-id": b"Message-ID: <" + b"i" * 20000 + b"@x>\r\nSubject: id\r\n\r\nx\r\n",
}


def put(client, *messages, account="home"):
    """Imports the messages as files."""
    folder = client.folder / "put"
    folder.mkdir(exist_ok=True)
    for number, message in enumerate(messages):
        (folder / f"{number}.eml").write_bytes(message)
    client.run("import", folder, "--account", account)
    for path in folder.iterdir():
        path.unlink()


def ask(client, *words, code=OK):
    return json.loads(client.run("--format", "json", *words, code=code).stdout)


def sums(messages):
    return sorted(hashlib.sha256(message).hexdigest() for message in messages)


def test_people_read_their_own_time_and_programs_utc(client):
    put(client, MIXED)
    client.prefix = ["env", "TZ=IST-5:30"]
    [entry] = ask(client, "list")
    assert entry["date"] == "2026-11-22T05:00:00.000Z"
    for words in (("list",), ("search", "kangaroo"), ("stats",)):
        assert b"2026-11-22 10:30" in client.run(*words).stdout, words
    number = entry["id"]
    assert b"Date: Sun, 22 Nov 2026 10:30:00 +0530" in client.run("show", number).stdout
    assert b"Date: Sun, 22 Nov 2026 05:00:00 +0000" in client.run("show", number,
                                                                  "--headers").stdout
    client.prefix = ["env", "TZ=EST5"]
    assert b"2026-11-22 00:00" in client.run("list").stdout


# West and east of Greenwich; clocks put on and back by day, and at midnight itself.
@pytest.mark.parametrize("zone", ["PST8PDT,M3.2.0,M11.1.0", "<+13>-13",
                                  "CET-1CEST,M3.5.0,M10.5.0/3",
                                  "<-03>3<-02>,M10.5.0/0,M3.5.0/0"])
def test_a_day_is_what_lists_show(client, zone):
    hours = [datetime.datetime(*day, hour, tzinfo=datetime.timezone.utc)
             for day in ((2026, 3, 28), (2026, 3, 29), (2026, 10, 25), (2026, 12, 31),
                         (2027, 1, 1))
             for hour in range(24)]
    put(client, *(f"From: a@example.com\nSubject: {hour}\nDate: "
                  f"{email.utils.format_datetime(hour)}\n\nx\n".encode() for hour in hours))
    client.prefix = ["env", f"TZ={zone}"]
    lines = client.run("list", "-n", "1000").stdout.decode().splitlines()[1:]
    shown = [re.search(r" (20\d\d-\d\d-\d\d) ", line)[1] for line in lines]
    assert len(shown) == len(hours)
    for digits in (4, 7, 10):  # Years, months, days.
        for span, count in collections.Counter(day[:digits] for day in shown).items():
            assert len(ask(client, "list", "-n", "1000", f"date:{span}")) == count, span
    months = {one["name"]: one["messages"]
              for one in ask(client, "stats", "--by", "month")["groups"] if one["messages"]}
    assert months == collections.Counter(day[:7] for day in shown)


@pytest.mark.sanitized
def test_a_message_is_listed_found_shown_and_its_attachment_saved(client):
    put(client, MIXED)
    [entry] = ask(client, "list")
    assert entry["subject"] == "figures" and entry["from"] == "Jörg <joerg@example.com>"
    assert entry["size"] == len(MIXED) and entry["attachments"] is True
    number = entry["id"]
    [hit] = ask(client, "search", "kangaroo", "from:jorg", "has:attachment")
    assert hit["id"] == number
    text = client.run("search", "attached").stdout.decode()
    assert "see attached" in text
    shown = client.run("show", number).stdout.decode()
    assert "Subject: figures" in shown and "see attached" in shown and "steal" not in shown
    html = client.run("show", number, "--html").stdout.decode()
    assert "<b>attached</b>" in html and "steal" not in html and "e.example" not in html
    assert client.run("show", number, "--raw").stdout == MIXED
    assert client.run("show", "<figures@example.com>", "--raw").stdout == MIXED
    assert client.run("show", entry["sha256"][:10], "--raw").stdout == MIXED
    [attachment] = ask(client, "attachments", "list", number)
    assert attachment["size"] == len(b"kangaroo,1")
    target = client.folder / "saved"
    for _ in range(2):
        client.run("attachments", "save", number, "--into", target)
    assert sorted(path.name for path in target.iterdir()) == [
        "_.._etc_figures (2).csv", "_.._etc_figures.csv"]
    assert (target / "_.._etc_figures.csv").read_bytes() == b"kangaroo,1"
    page = client.run("print", number).stdout.decode()
    assert "see attached" in page
    client.run("print", number, "--html", client.folder / "page.html")
    client.run("print", number, "--html", client.folder / "page.html", code=CANNOT_CREATE)


@pytest.mark.sanitized
@pytest.mark.parametrize("name", NASTY)
def test_broken_mail_is_shown_as_well_as_possible(client, name):
    put(client, NASTY[name])
    [entry] = ask(client, "list")
    shown = client.run("show", entry["id"]).stdout
    assert b"\x1b" not in shown and b"\xc2\x9b" not in shown
    listed = client.run("list").stdout
    assert b"\x1b" not in listed and b"\xc2\x9b" not in listed
    client.run("show", entry["id"], "--html")
    ask(client, "show", entry["id"])
    assert client.run("show", entry["id"], "--raw").stdout in (
        NASTY[name], NASTY[name].replace(b"\n", b"\r\n"))
    client.run("verify")


@pytest.mark.sanitized
def test_mistakes_are_told_where_they_are(client):
    client.run("list", code=NO_INPUT)
    put(client, MIXED)
    told = client.run("search", "a", "(b", code=DATA).stderr.decode().splitlines()
    assert told[1:3] == ["a (b", "  ^"] and "this ( has no )" in told[3]
    assert "from, to" in client.run("list", "form:x", code=DATA).stderr.decode()
    assert "there are: home" in client.run("verify", "hame", code=NO_INPUT).stderr.decode()
    client.run("show", "999", code=NO_INPUT)
    client.run("delete", "figures", code=USAGE)
    assert len(ask(client, "list")) == 1


@pytest.mark.corpus
@pytest.mark.seconds(600)
def test_the_corpus_goes_in_and_out_byte_for_byte(client):
    messages = corpus.load()
    expected = sums(set(messages))
    put(client, *messages)
    assert sums(client.messages()) == expected
    listed = ask(client, "list", "-n", "100000")
    assert len(listed) == len(expected)
    database = client.archive / ".restante" / "restante.db"
    with sqlite3.connect(database) as opened:
        index = opened.execute("SELECT sum(length(block)) FROM search_data").fetchone()[0]
        pages = opened.execute("SELECT sum(pgsize) FROM dbstat").fetchone()[0]
        pieces = opened.execute("SELECT count(DISTINCT segid) FROM search_idx").fetchone()[0]
    assert pieces == 1  # After this many messages they are put together.
    # Headers, threads and the fetch state, with a checksum of each essence, are in the second.
    assert index < 0.2 * sum(map(len, messages))
    assert pages < 0.35 * sum(map(len, messages))
    for form, target in (("mbox", "all.mbox"), ("eml", "eml"), ("maildir", "copy"),
                         ("zip", "all.zip")):
        path = client.folder / target
        client.run("export", "--to", form, path)
        client.run("export", "--to", form, path,
                   code=CANNOT_CREATE if form in ("mbox", "zip") else OK)
    again = Restante()
    for target in ("all.mbox", "eml", "copy"):
        again.run("import", client.folder / target, "--account", "back")
        assert sums(again.messages("back")) == expected
    again.close()
    with zipfile.ZipFile(client.folder / "all.zip") as opened:
        assert opened.testzip() is None
        assert sums(opened.read(name) for name in opened.namelist()) == expected
    assert len(mailbox.mbox(client.folder / "all.mbox")) == len(expected)
    client.run("verify")
    before = [(entry["id"], entry["sha256"], entry["thread"]) for entry in listed]
    client.run("reindex")
    after = ask(client, "list", "-n", "100000")
    assert [(entry["id"], entry["sha256"]) for entry in after] == [one[:2] for one in before]
    for path in (database, database.with_name("restante.db-wal"),
                 database.with_name("restante.db-shm")):
        path.unlink(missing_ok=True)
    client.run("reindex")
    fresh = ask(client, "list", "-n", "100000")
    assert {entry["sha256"] for entry in fresh} == {one[1] for one in before}


@pytest.mark.sanitized
def test_verify_finds_every_kind_of_trouble(client):
    put(client, *(b"Subject: %d\r\n\r\nbody\r\n" % number for number in range(4)))
    client.run("list")
    files = client.files()
    rotten, gone, *_ = sorted(files)
    content = bytearray(rotten.read_bytes())
    content[3] ^= 4
    rotten.write_bytes(bytes(content))
    gone.unlink()
    (client.archive / "home" / "cur" / "1.strange:2,").write_bytes(b"Subject: strange\n\n")
    found = {item["kind"]: item for item in ask(client, "verify", code=DATA)}
    assert set(found) == {"damaged", "missing", "foreign"}
    assert found["damaged"]["file"] == str(rotten) and found["missing"]["file"] == str(gone)
    # A damaged message is still shown, and said to be damaged.
    [entry] = ask(client, "search", f"id:{files[rotten]}")
    client.run("show", entry["id"], "--raw", code=DATA)
    # Foreign mail is found, too, and stays as it is.
    assert [one["subject"] for one in ask(client, "list", "subject:strange")] == ["strange"]
    assert (client.archive / "home" / "cur" / "1.strange:2,").exists()


@pytest.mark.sanitized
def test_a_damaged_database_is_made_anew(client):
    put(client, MIXED)
    client.run("list")
    database = client.archive / ".restante" / "restante.db"
    database.write_bytes(b"rotten" * 2000)
    assert "reindex" in client.run("list", code=DATA).stderr.decode()
    client.run("reindex")
    assert len(ask(client, "list")) == 1
    assert list(database.parent.glob("restante.db.damaged-*"))


@pytest.mark.sanitized
def test_delete_asks_and_removes(client):
    put(client, MIXED, b"Subject: other\r\n\r\nx\r\n")
    client.run("delete", "figures", "--dry-run")
    client.run("delete", "figures", "--yes")
    assert [one["subject"] for one in ask(client, "list")] == ["other"]
    assert len(client.files()) == 1
    assert [one["subject"] for one in ask(client, "list", "is:removed")] == ["figures"]
    client.run("reindex")
    database = client.archive / ".restante" / "restante.db"
    assert b"kangaroo" not in database.read_bytes()


@pytest.mark.sanitized
def test_copies_share_their_file(client):
    put(client, MIXED)
    put(client, MIXED, account="work")
    client.run("dedupe", "--dry-run")
    assert {path.stat().st_nlink for path in client.files()} == {1}
    client.run("dedupe")
    [home], [work] = client.files(), client.files("work")
    assert os.path.samefile(home, work)
    [row] = ask(client, "list")
    assert row["accounts"] == ["home", "work"] and len(row["copies"]) == 2
    client.run("verify")


@pytest.mark.sanitized
def test_statistics(client):
    put(client, MIXED, b"From: a@b.example\r\n\r\nx\r\n")
    counted = ask(client, "stats", "--by", "sender")
    assert counted["messages"] == 2
    assert {group["name"] for group in counted["groups"]} == {"joerg@example.com", "a@b.example"}
    picture = client.folder / "mail.svg"
    client.run("stats", "--by", "month", "--svg", picture)
    subprocess.run(["python3", "-c",
                    "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", picture],
                   check=True, timeout=60)
    assert "█" in client.run("stats").stdout.decode()


def test_jsonl_is_one_object_a_line(client):
    put(client, MIXED, b"Subject: other\r\n\r\nx\r\n")
    lines = client.run("--format", "jsonl", "list").stdout.splitlines()
    assert [json.loads(line)["account"] for line in lines] == ["home", "home"]


def test_import_does_not_wait_for_the_lock(client):
    put(client, MIXED)
    lock = client.archive / ".restante" / "home.lock"
    holder = subprocess.Popen(
        ["python3", "-c",
         "import fcntl, struct, sys; f = open(sys.argv[1], 'r+');"
         "fcntl.fcntl(f, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0));"
         "print('held', flush=True); sys.stdin.read()", lock],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    client.run("import", lock, "--account", "home", code=TEMPORARY)
    client.run("reindex", code=TEMPORARY)
    holder.communicate(timeout=60)
    client.run("reindex")
