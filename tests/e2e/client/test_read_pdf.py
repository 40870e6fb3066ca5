"""The text of attached PDF files is found; what such a file does to who reads it costs its text."""

import base64
import json
import shutil
import subprocess
import zlib

from harness.restante import OK
from harness.server import BIN


def pdf(shown, trailer=b"", more=()):
    """One that has a page for each of `shown`, what stands in a text; `more` are resources."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(shown)))
    forms = b"".join(b"/X%d %d 0 R" % (i, 4 + 2 * len(shown) + i) for i in range(len(more)))
    resources = b"<</Font<</F 3 0 R>>/XObject<<%s>>>>" % forms
    objects = [b"<</Type/Catalog/Pages 2 0 R>>",
               b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(shown), kids), font]
    for i, drawn in enumerate(shown):
        octets = zlib.compress(drawn)
        objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
                    b"/Resources%s>>" % (5 + 2 * i, resources),
                    b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream"
                    % (len(octets), octets)]
    objects += [b"<</Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources%s/Length %d>>\n"
                b"stream\n%s\nendstream" % (resources, len(drawn), drawn) for drawn in more]
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, table)


def text(words):
    return b"BT /F 12 Tf 50 700 Td (%s) Tj ET" % words


def endless():
    """Forms that draw forms, each several times: no reader ever gets to the end of its page."""
    forms = [b" ".join(b"/X%d Do" % (i + 1) for _ in range(9)) for i in range(30)]
    return pdf([b"/X0 Do"], more=[*forms, text(b"platypus")])


ENCRYPTED = (b"/ID[<" + b"00" * 16 + b"><" + b"00" * 16 + b">]/Encrypt<</Filter/Standard/V 1/R 2"
             b"/P -4/O<" + b"01" * 32 + b">/U<" + b"23" * 32 + b">>>")
FILES = {
    "typed": ("application/pdf", "report", pdf([text(b"Kangaroo walks"), text(b"on page two")])),
    "named": ("application/octet-stream", "Bill.PDF", pdf([text(b"wombat")])),
    "locked": ("application/pdf", "a.pdf", pdf([text(b"echidna")], ENCRYPTED)),
    "broken": ("application/pdf", "a.pdf", b"%PDF-1.4\n" + b"\0\xff<<[(" * 1000),
    "picture": ("image/png", "a.pdf", pdf([text(b"numbat")])),
}


def mail(subject, type_, name, octets):
    return (f"From: ann@example.com\nSubject: {subject}\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee the file\n--x\n"
            f"Content-Type: {type_}; name=\"{name}\"\nContent-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment\n\n{base64.encodebytes(octets).decode()}\n--x--\n")


def put(client, mails):
    folder = client.folder / "put"
    folder.mkdir()
    for subject, (type_, name, octets) in mails.items():
        (folder / f"{subject}.eml").write_text(mail(subject, type_, name, octets))
    client.run("import", folder, "--account", "home")


def found(client, query):
    entries = json.loads(client.run("--format", "json", "list", "--", query).stdout)
    return sorted(entry["subject"] for entry in entries)


def test_the_text_of_pdf_files_is_found(client):
    """By a word and in "attachment:", whether the type says PDF or the name does."""
    put(client, FILES)
    assert found(client, "kangaroo") == ["typed"]
    assert found(client, 'attachment:"page two"') == ["typed"]
    assert found(client, "attachment:wombat") == ["named"]
    assert found(client, "filename:kangaroo") == []
    assert found(client, "echidna or numbat or platypus") == []
    assert found(client, "file") == sorted(FILES)
    assert b"Kangaroo walks" in client.run("search", "kangaroo").stdout


def test_a_pdf_file_that_is_never_read_to_its_end_costs_its_text_alone(client):
    """Its mail is found by all that else is in it, and the others are found; a line says so."""
    put(client, {"endless": ("application/pdf", "loop.pdf", endless()), **FILES})
    said = client.run("list").stderr
    if b"is not indexed yet" in said:  # The machine is busy.
        said = client.run("list").stderr
    assert b"the text of its documents is not indexed: " in said
    assert found(client, "file") == sorted(["endless", *FILES])
    assert found(client, "attachment:loop") == ["endless"]
    assert found(client, "kangaroo") == ["typed"]
    assert b"loop.pdf" in client.run("search", "attachment:loop").stdout
    # It is told once.
    assert client.run("list").stderr == b""


def test_without_its_library_all_else_is_found(client):
    """A program that was copied alone reads no PDF files, and says which file it lacks."""
    put(client, FILES)
    alone = client.folder / "usr" / "bin" / "restante"
    alone.parent.mkdir(parents=True)
    shutil.copy(BIN / "restante", alone)
    words = [alone, *client.command("list", "--", "see file")[1:]]
    result = subprocess.run(words, capture_output=True, timeout=120, check=False)
    assert result.returncode == OK, result.stderr
    lacking = client.folder / "usr" / "lib" / "restante" / "librestante_pdf.so"
    assert result.stderr.decode().count(f"{lacking} cannot be loaded") == 1
    assert all(subject in result.stdout.decode() for subject in FILES)
    assert found(client, "kangaroo") == []
    client.run("reindex")
    assert found(client, "kangaroo") == ["typed"]
