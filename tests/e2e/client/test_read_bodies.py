"""What people see of the bodies and attachments of mail that others write in their own ways."""

import base64
import json

import pytest

from harness.restante import Restante

OK, PARTIAL = 0, 1
HEAD = b"From: ann@example.com\r\nDate: Sun, 22 Nov 2026 05:00:00 +0000\r\n"


@pytest.fixture
def client():
    made = Restante()
    yield made
    made.close()


def put(client, message):
    """Imports it alone; its number is 1."""
    path = client.folder / "mail.eml"
    path.write_bytes(message)
    client.run("import", path, "--account", "home")
    return shown(client)


def shown(client):
    return json.loads(client.run("--format", "json", "show", "1").stdout)


def multipart(kind, *parts):
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return (HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n" + body +
            b"--b--\r\n")


def saved(client, name):
    client.run("attachments", "save", "1", "--into", client.folder / "saved")
    return (client.folder / "saved" / name).read_bytes()


def test_base64_in_padded_pieces_or_without_padding_is_saved_whole(client):
    """An attachment that its sender encoded piece by piece is as long as it was."""
    octets = bytes(range(256)) * 40
    pieces = b"\r\n".join(base64.b64encode(octets[i:i + 50]) for i in range(0, len(octets), 50))
    put(client, multipart(
        b"mixed", b"\r\nsee below",
        b"Content-Type: application/octet-stream; name=one.bin\r\n"
        b"Content-Transfer-Encoding: base64;\r\n\r\n" + pieces,
        b"Content-Type: application/octet-stream; name=two.bin\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" +
        base64.b64encode(octets[:-1]).rstrip(b"=")))
    assert saved(client, "one.bin") == octets
    assert saved(client, "two.bin") == octets[:-1]


@pytest.mark.parametrize("kind", [
    b'text/plain; name="message.txt"', b"text", b"plain/text", b"=?utf-8?q?text?=",
    b"text/markdown", b"text/enriched", b"multipart/mixed", b"multipart/mixed; boundary=other"])
def test_a_text_is_shown_under_any_type(client, kind):
    """Mail with a name, an odd type or no parts is no empty mail."""
    message = put(client, HEAD + b"Content-Type: " + kind + b"\r\n\r\nthe whole text\r\n")
    assert message["text"].strip() == "the whole text"
    assert client.run("search", "body:whole").stdout


def test_texts_between_pictures_are_all_shown(client):
    """A text with a name between others is read where it stands, and can be saved."""
    message = put(client, multipart(
        b"mixed", b"\r\nfirst", b"Content-Type: image/jpeg; name=a.jpg\r\n\r\nJPEG",
        b"Content-Type: text/plain; name=b.txt\r\nContent-Disposition: inline\r\n\r\nsecond"))
    assert message["text"].split() == ["first", "second"]
    assert [file["name"] for file in message["files"]] == ["a.jpg", "b.txt"]


def test_a_broken_multipart_is_read_and_said(client):
    """With another boundary than announced the parts are found, and is:broken finds the mail."""
    message = put(client, multipart(b"mixed", b"\r\nwords", b"\r\nmore").replace(
        b"boundary=b", b"boundary=c"))
    assert message["text"].split() == ["words", "more"] and not message["whole"]
    assert client.run("search", "is:broken").stdout


@pytest.mark.parametrize("before", [b"\r\n", b" " * 255 + b"\r\n", b"\xef\xbb\xbf", b" ",
                                    b"From ann Sun Nov 22 05:00:00 2026\r\n"])
def test_what_stands_before_the_header_hides_nothing(client, before):
    """A blank first line, a byte order mark or an mbox line is passed over."""
    path = client.folder / "Maildir"
    for folder in ("cur", "new", "tmp"):
        (path / folder).mkdir(parents=True)
    (path / "new" / "1.mail").write_bytes(before + HEAD + b"Subject: seen\r\n\r\nwords\r\n")
    client.run("import", path, "--account", "home")
    message = shown(client)
    assert (message["subject"], message["from"]) == ("seen", "ann@example.com")
    assert message["text"].strip() == "words" and message["date"].startswith("2026-11-22T05")


def test_files_of_old_machines_are_read(client):
    """Lines that end with CR alone are lines."""
    message = put(client, b"Subject: cr only\r\rone\rtwo\r")
    assert message["subject"] == "cr only" and message["text"].split() == ["one", "two"]


def test_nested_alternatives_are_shown_once(client):
    """Of a text that is there plain and, a level below, as HTML one is shown."""
    inner = (b"Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n"
             b"Content-Type: text/html\r\n\r\n<p>rich words</p>\r\n--i--")
    message = put(client, multipart(b"alternative", b"\r\nplain words", inner))
    assert message["text"].strip() == "plain words"
    html = client.run("show", "1", "--html").stdout
    assert b"rich words" in html and b"plain words" not in html


def test_a_file_within_the_text_is_an_attachment(client):
    """A file that was uuencoded into a text is out of it, and can be saved."""
    message = put(client, HEAD + b"\r\nbefore\r\nbegin 644 hello.txt\r\n"
                  b"-:&5L;&\\@=V]R;&0A\"@  \r\n`\r\nend\r\nafter\r\n")
    assert message["text"].split() == ["before", "after"]
    assert saved(client, "hello.txt") == b"hello world!\n"


def test_invitations_and_reports_are_texts(client):
    """What, when and where, and why a mail did not arrive, can be read in show."""
    event = (b"Content-Type: text/calendar; method=REPLY\r\n\r\n"
             b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\r\n"
             b"DTSTART:20261124T150000Z\r\nLOCATION:Kitchen\r\n"
             b"ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com\r\nEND:VEVENT\r\n"
             b"END:VCALENDAR")
    text = put(client, multipart(
        b"report", b"\r\nIt failed.",
        b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1", event))["text"]
    for words in ("Status: 5.1.1", "Tea", "2026-11-24 15:00 UTC", "Kitchen",
                  "bob@example.com (declined)"):
        assert words in text


def test_forwarded_messages_have_their_names_and_dates(client):
    """A forwarded message, also in base64, is shown in full below its date."""
    inner = b"From: bob@example.com\r\nDate: Sat, 21 Nov 2026 05:00:00 +0000\r\n\r\ninner words\r\n"
    message = put(client, multipart(
        b"mixed", b"\r\nsee below",
        b"Content-Type: message/rfc822; name=orig.eml\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" +
        base64.encodebytes(inner)))
    assert "inner words" in message["text"] and "Date: Sat, 21 Nov 2026" in message["text"]
    assert [file["name"] for file in message["files"]] == ["orig.eml"]
    assert saved(client, "orig.eml") == inner


LOGO = b"Content-Type: image/png; name=logo.png\r\nContent-ID: <l@x>\r\n\r\nPNG"
HTML = b"Content-Type: text/html\r\n\r\n<img src=\"cid:l@x\">"


@pytest.mark.parametrize("message, is_found", [
    (multipart(b"related", HTML, LOGO), False),
    (multipart(b"mixed", HTML, LOGO), False),
    (multipart(b"signed", b"\r\nx", b"Content-Type: application/pgp-signature\r\n\r\nsig"), False),
    (multipart(b"report", b"\r\nx", b"Content-Type: message/delivery-status\r\n\r\nx: y"), False),
    (multipart(b"mixed", b"\r\nx", b"Content-Type: application/pdf; name=a.pdf\r\n\r\nPDF"), True),
    (multipart(b"mixed", b"\r\nx", LOGO), True)])
def test_has_attachment_finds_what_a_person_would_save(client, message, is_found):
    """Logos, signatures and reports do not count."""
    put(client, message)
    assert (b"ann@example.com" in client.run("search", "has:attachment").stdout) == is_found


def test_without_a_date_the_newest_received_counts(client):
    """Never the moment of the import, where a server wrote the time down."""
    message = put(client, b"Received: from a by b; Wed, 06 Mar 2019 10:00:00 +0100\r\n"
                  b"Received: from c by a; Tue, 05 Mar 2019 10:00:00 +0100\r\n"
                  b"From: ann@example.com\r\nDate: some day\r\n\r\nx\r\n")
    assert message["date"] == "2019-03-06T09:00:00.000Z"


def test_dates_before_1970_are_dates(client):
    """A letter of the first ARPANET years is as old as it says."""
    message = put(client, b"From: ann@example.com\r\nDate: Fri, 21 Nov 1969 09:55:06 -0600\r\n"
                  b"Date: Sun, 22 Nov 2026 05:00:00 +0000\r\n\r\nx\r\n")
    assert message["date"] == "1969-11-21T15:55:06.000Z"
    assert b"1969-11-21" in client.run("list").stdout


def test_no_structure_stops_the_program(client):
    """Groups in groups, parts without number and nesting without end are listed and shown."""
    parts = b"".join(b"--b\r\n\r\nhi\r\n" for _ in range(20000))
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
                      for i in range(2000))
    folder = client.folder / "put"
    folder.mkdir()
    (folder / "1.eml").write_bytes(b"Subject: groups\r\nTo: " + b"a:" * 60000 + b"\r\n\r\nx\r\n")
    (folder / "2.eml").write_bytes(HEAD + b"Subject: parts\r\nContent-Type: multipart/mixed; "
                                   b"boundary=b\r\n\r\n" + parts)
    (folder / "3.eml").write_bytes(HEAD + b"Subject: nested\r\n" + nested)
    client.run("import", folder, "--account", "home")
    listed = client.run("list").stdout
    for word in (b"groups", b"parts", b"nested"):
        assert word in listed
    for number in "123":
        client.run("show", number)
