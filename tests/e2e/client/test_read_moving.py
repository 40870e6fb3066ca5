"""Taking mail in from other programs: which files are mail, what of it comes along."""

import gzip
import json
import mailbox
import os
import socket
import sqlite3
import subprocess
import zipfile
from contextlib import closing

import pytest

from harness.restante import OK, PARTIAL

DATA = 65
LINE = b"From a@example.test Tue Mar  5 10:00:00 2024\n"
ARRIVED = "2024-03-05T10:00:00.000Z"


def mail(subject, more=b""):
    return b"From: a@example.test\nSubject: %s\n%s\nThis is %s.\n" % (subject, more, subject)


def take(client, *sources, code=OK):
    done = client.run("--format", "json", "import", *sources, "--account", "home", code=code)
    return json.loads(done.stdout)


def listed(client):
    shown = json.loads(client.run("--format", "json", "list").stdout)
    return {entry["subject"]: entry for entry in shown}


def bodies(client):
    return sorted(octets.replace(b"\r\n", b"\n") for octets in client.messages())


def test_import_ends_in_every_folder(client):
    """Pipes, sockets, devices and links that lead round are named; one mail with several names is
    taken once."""
    folder = client.folder / "things"
    (folder / "deep").mkdir(parents=True)
    (folder / "real").write_bytes(mail(b"real"))
    os.link(folder / "real", folder / "deep" / "again")
    (folder / "deep" / "link").symlink_to(folder / "real")
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "deep" / "pipe.mbox")
    (folder / "null").symlink_to("/dev/null")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "nowhere").symlink_to("nothing")
    for loop, target in (("loop", "."), ("up", ".."), ("root", "/")):
        (folder / loop).symlink_to(target)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        done = client.run("import", folder, "--account", "home", code=PARTIAL)
    said = done.stderr.decode()
    for name in ("pipe", "deep/pipe.mbox", "null", "zero", "nowhere", "loop", "up", "root",
                 "socket"):
        assert f"{folder}/{name}: " in said, name
    assert bodies(client) == [mail(b"real")]
    assert take(client, folder, code=PARTIAL)["there"] == 3


def test_a_pipe_in_a_maildir_does_not_make_us_wait(client):
    folder = client.folder / "Maildir"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    os.mkfifo(folder / "new" / "1.pipe")
    (folder / "new" / "2.mail").write_bytes(mail(b"mail"))
    done = take(client, folder, code=PARTIAL)
    assert (done["added"], done["failed"]) == (1, 1)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_every_kind_of_mbox_is_read(client, ends):
    """An empty beginning, no empty lines between, text that begins with "From ", Content-Length
    that fits and that does not."""
    body = b"Hello,\n\nFrom what I know\n\n>From here\n" + LINE + b"Subject: inside\n\nx\n"
    sized = body.replace(b"\n", ends)
    messages = [mail(b"one"), mail(b"two", b"Content-Length: 3\n") + b"\nFrom what I know.\n",
                b"Subject: three\nContent-Length: %d\n\n" % len(sized) + body, mail(b"four")]
    between = [b"\n\n" + LINE, LINE, b"\n" + LINE, b"\n" + LINE.replace(b"10:00:00", b"10:00")]
    box = b"\xef\xbb\xbf" + b"".join(line + one for line, one in zip(between, messages))
    source = client.folder / "box"
    source.write_bytes(box.replace(b"\n", ends))
    done = take(client, source)
    assert done["added"] == 4
    assert bodies(client) == sorted(messages)
    assert {entry["arrived"] for entry in listed(client).values()} == {ARRIVED}


def test_quoted_lines_come_back(client):
    source = client.folder / "box"
    source.write_bytes(LINE + b"Subject: q\n\n>From here\n>>From there\n> From me\n")
    take(client, source)
    assert bodies(client) == [b"Subject: q\n\nFrom here\n>From there\n> From me\n"]


def test_flags_and_dates_of_an_mbox_come_along(client):
    """Status, X-Status, X-Mozilla-Status and the "From " line; what Thunderbird has deleted stays
    out, and no sender can say so; a date for all messages is none."""
    old = b"From - Tue Mar  5 10:00:00 2002\n"
    everybody = b"From 0123 Mon Sep 17 00:00:00 2001\n"
    source = client.folder / "box"
    source.write_bytes(b"\n".join([
        old + mail(b"answered", b"Status: RO\nX-Status: AF\n"),
        old + b"X-Mozilla-Status: 0005\nX-Mozilla-Status2: 00000000\n" + mail(b"marked"),
        old + b"X-Mozilla-Status: 0009\n" + mail(b"deleted"),
        old + mail(b"sent so", b"X-Mozilla-Status: 0009\n"),
        everybody + mail(b"patch", b"Date: Tue, 5 Mar 2024 10:00:00 +0000\n")]))
    done = take(client, source)
    assert (done["added"], done["deleted"]) == (4, 1)
    entries = listed(client)
    flags = {subject: "".join(sorted(entry["flags"])) for subject, entry in entries.items()}
    assert flags == {"answered": "FRS", "marked": "FS", "sent so": "", "patch": ""}
    answered = entries["answered"]
    assert answered["date"] == answered["arrived"] == "2002-03-05T10:00:00.000Z"
    assert entries["patch"]["date"] == ARRIVED
    assert not entries["patch"]["arrived"].startswith("2001")


def test_the_folders_within_a_maildir_come_along(client):
    """Maildir++: each folder is named in the summary as its owner knows it; flags and times are
    those of the names."""
    top = client.folder / "Maildir"
    for folder in ("", ".Sent", ".Archive.2020", ".Entw&APw-rfe", ".no-maildir"):
        parts = ("cur", "new", "tmp") if folder != ".no-maildir" else ("x",)
        for part in parts:
            (top / folder / part).mkdir(parents=True)
    (top / "new" / "1709632800.M1.host").write_bytes(mail(b"inbox"))
    (top / ".Sent" / "cur" / "1709632800.M2.host:2,S").write_bytes(mail(b"sent"))
    (top / ".Archive.2020" / "cur" / "1709632800.M3.host;2,RS").write_bytes(mail(b"old"))
    (top / ".Entw&APw-rfe" / "cur" / "1709632800.M4.host:2,D").write_bytes(mail(b"draft"))
    done = take(client, top)
    assert {one["folder"]: one["added"] for one in done["folders"]} == {
        "Maildir": 1, "Maildir/Sent": 1, "Maildir/Archive/2020": 1, "Maildir/Entwürfe": 1}
    entries = listed(client)
    assert {subject: "".join(sorted(entry["flags"])) for subject, entry in entries.items()} == {
        "inbox": "", "sent": "S", "old": "RS", "draft": "D"}
    assert {entry["arrived"] for entry in entries.values()} == {ARRIVED}
    shown = client.run("import", top, "--account", "home").stdout.decode()
    header, *rows = [line.split() for line in shown.splitlines()]
    assert header == ["FOLDER", "IMPORTED", "THERE", "REFUSED", "DELETED"]
    assert ["Maildir/Sent", "0", "1", "0", "0"] in rows


def test_thunderbirds_folders_come_along(client):
    """mbox files beside indexes, sub-folders in .sbd; nothing else of it is mail, and none of it is
    complained about."""
    top = client.folder / "Mail"
    (top / "Archives.sbd").mkdir(parents=True)
    head = b"From - Tue Mar  5 10:00:00 2024\nX-Mozilla-Status: %s\nX-Mozilla-Status2: 00000000\n"
    (top / "Inbox").write_bytes(head % b"0001" + mail(b"read") + b"\n" +
                                head % b"0008" + mail(b"gone"))
    (top / "Archives.sbd" / "2020").write_bytes(head % b"0000" + mail(b"old"))
    for name in ("Drafts", "Archives"):
        (top / name).write_bytes(b"")
    for name in ("Inbox.msf", "Drafts.msf", "Archives.msf", "Archives.sbd/2020.msf"):
        (top / name).write_bytes(b"// <!-- <mdb:mork:z v=\"1.4\"/> -->\n< <(a=c)> // (f=x)\n")
    (top / "msgFilterRules.dat").write_bytes(b"version=\"9\"\nlogging=\"no\"\n")
    (top / "popstate.dat").write_bytes(b"# POP3 State File\n\n*h u\nk uid 1\n")
    done = take(client, top)
    assert (done["added"], done["failed"], done["deleted"]) == (2, 0, 1)
    assert [one["folder"] for one in done["folders"]] == ["Mail/Archives/2020", "Mail/Inbox"]
    assert {subject: entry["flags"] for subject, entry in listed(client).items()} == {
        "read": "S", "old": ""}


def test_packed_mail_comes_along(client):
    """gzip of an mbox file and of a message, zip of messages; a document and a bomb are none."""
    folder = client.folder / "packed"
    folder.mkdir()
    (folder / "box.gz").write_bytes(gzip.compress(LINE + mail(b"a") + b"\n" + LINE + mail(b"b")))
    (folder / "one.eml.gz").write_bytes(gzip.compress(mail(b"c")))
    with zipfile.ZipFile(folder / "some.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("deep/d.eml", mail(b"d"))
        made.writestr("box", LINE + mail(b"e"))
        made.writestr("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF")
    with zipfile.ZipFile(folder / "text.docx", "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
    (folder / "cut.gz").write_bytes(gzip.compress(os.urandom(5000))[:3000])
    (folder / "bomb.gz").write_bytes(gzip.compress(LINE + mail(b"f") + bytes(80 << 20)))
    done = client.run("--format", "json", "import", folder, "--account", "home", code=PARTIAL)
    counts = json.loads(done.stdout)
    assert (counts["added"], counts["failed"]) == (5, 4)
    for name in ("some.zip: photo.jpg", "text.docx", "cut.gz", "bomb.gz"):
        assert f"{folder}/{name}: " in done.stderr.decode()
    assert bodies(client) == sorted(mail(subject) for subject in (b"a", b"b", b"c", b"d", b"e"))


def test_apple_mails_messages_come_along(client):
    folder = client.folder / "INBOX.mbox" / "Messages"
    folder.mkdir(parents=True)
    octets = mail(b"apple")
    plist = (b"<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>date-received</key>"
             b"<integer>1709632800</integer><key>flags</key><integer>17</integer></dict></plist>")
    (folder / "7.emlx").write_bytes(b"%-10d\n" % len(octets) + octets + plist)
    take(client, folder.parent)
    assert bodies(client) == [octets]
    entry = listed(client)["apple"]
    assert (entry["flags"], entry["arrived"]) == ("FS", ARRIVED)


def test_a_folder_of_mh_comes_along(client):
    box = mailbox.MH(client.folder / "mh")
    for flags in ("", "S", "RF"):
        one = mailbox.MaildirMessage(mail(b"flags " + flags.encode()))
        one.set_flags(flags)
        box.add(mailbox.MHMessage(one))
    assert take(client, client.folder / "mh")["added"] == 3
    assert {subject: "".join(sorted(entry["flags"])) for subject, entry in listed(client).items()
            } == {"flags": "", "flags S": "S", "flags RF": "FR"}


def test_pythons_mailboxes_come_along(client):
    """The output of a second implementation, with its flags."""
    box = mailbox.mbox(client.folder / "theirs")
    for flags in ("", "R", "RO", "ROAF", "OD"):
        one = mailbox.mboxMessage(mail(b"flags " + flags.encode()) + b"From me\n\nFrom you\n")
        one.set_from("me@example.test", (2024, 3, 5, 10, 0, 0, 1, 65, 0))
        one.set_flags(flags)
        box.add(one)
    box.flush()
    assert take(client, client.folder / "theirs")["added"] == 5
    assert {subject: "".join(sorted(entry["flags"])) for subject, entry in listed(client).items()
            } == {"flags": "", "flags R": "S", "flags RO": "S", "flags ROAF": "FRS",
                  "flags OD": "T"}
    assert {entry["arrived"] for entry in listed(client).values()} == {ARRIVED}


def test_importing_again_and_again_remembers_each_message_once(client):
    """A nightly import of the same folder; what the next fetch recognises does not grow."""
    folder = client.folder / "folder"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.eml").write_bytes(
            mail(b"m%d" % number, b"Message-ID: <%d@x>\n" % number))
    for _ in range(3):
        take(client, folder)
    with closing(sqlite3.connect(client.archive / ".restante/restante.db")) as opened:
        assert opened.execute("SELECT count(*) FROM imported").fetchone() == (3,)


def test_importing_writes_little_more_than_the_mail(client):
    """A box of 2,000 messages was written sixteen times over, most of it into temporary files."""
    box = client.folder / "box"
    box.write_bytes(b"".join(
        b"From a@x Mon Jan  1 10:00:00 2024\n" +
        mail(b"m%d" % number, b"Message-ID: <%d@x>\n" % number) + b"word %d\n" % number * 200 +
        b"\n" for number in range(2000)))
    command = [*client.command("import", "--account", "home", box)]
    said = subprocess.run(["sh", "-c", '"$@" && cat /proc/$$/io', "sh", *map(str, command)],
                          capture_output=True, text=True, timeout=120, check=True).stdout
    written = int(said.split("wchar: ")[1].split()[0])
    assert written < 4 * box.stat().st_size
