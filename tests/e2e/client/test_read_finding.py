"""What people look for is found: words of every script and form, parts of words, fields, dates and
sizes as people write them; and what cannot be meant is a mistake that is shown."""

import base64
import io
import json
import zipfile

import pytest

from harness.restante import Restante
from harness.terminal import Terminal

DATA = 65

LONG = {
    "german": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "hindi": "अंतर्राष्ट्रीयकरण",
    "russian": "частнопредпринимательского",
    "tamil": "பல்கலைக்கழகங்களுக்கிடையேயான",
}
# What is written, and how a person asks for it.
FORMS = {
    "athens": ("Αθήνα", "αθηνα"), "sage": ("σοφός", "ΣΟΦΟΣ"), "viet": ("Đình", "dinh"),
    "lodz": ("Łódź", "lodz"), "oersted": ("Ørsted", "orsted"), "street": ("Straße", "strasse"),
    "salam": ("مَرْحَبًا", "مرحبا"),
    "shalom": ("שָׁלוֹם", "שלום"),
    "ligature": ("ﬁnance", "finance"),
    "wide": ("ＡＢＣ１２３", "abc123"), "square": ("40 m²", "m2"), "water": ("H₂O", "h2o"),
    "bold": ("𝐁𝐨𝐥𝐝", "bold"), "soft": ("Fuß\u00adball\u00adspiel", "fußballspiel"),
    "joint": ("ver\u200bword", "verword"), "persian": ("می\u200cخواهم", "میخواهم"),
    "party": ("heute🎉!", "🎉"), "digits": ("٤٧١١", "4711"), "irish": ("Pat O’Mallory", "o'mallory"),
    "kaigi": ("明日の会議の資料", "会議"), "macron": ("Qurʾān", "quran"),
}


def mail(subject, body="text", date="22 Nov 2026", more=""):
    return (f"From: Ann <ann@example.com>\nTo: me@example.com\nSubject: {subject}\n"
            f"Date: {date} 12:00:00 +0000\nMIME-Version: 1.0\n{more}"
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n")


MAILS = [
    *(mail(subject, body) for subject, body in LONG.items()),
    *(mail(subject, body) for subject, (body, _) in FORMS.items()),
    mail("bill", "an invoice", date="5 Jan 1998"),
    mail("involved", "to involve voices", date="1 Feb 1998"),
    mail("reporting", "the final reporting", more="List-Id: Big News <news.example.org>\n"
         "Reply-To: desk@example.org\nBcc: hidden@example.org\nX-Mailer: Pigeon 3\n"
         "Message-ID: <one@example.org>\n"),
    mail("large", "word " * 600_000 + "needle"),
    mail("files").replace("Content-Type: text/plain; charset=utf-8\n",
                          "Content-Type: multipart/mixed; boundary=x\n").replace(
        "\n\ntext\n", "\n\n--x\n\nbody\n--x\nContent-Type: text/csv; name=\"figures 2026.csv\"\n"
        "Content-Disposition: attachment\n\nkangaroo\n--x--\n"),
]


@pytest.fixture(scope="module")
def client():
    made = Restante()
    folder = made.folder / "put"
    folder.mkdir()
    for number, text in enumerate(MAILS):
        (folder / f"{number:02}.eml").write_text(text, encoding="utf-8")
    made.run("import", folder, "--account", "home")
    yield made
    made.close()


def found(client, query):
    entries = json.loads(client.run("--format", "json", "list", "-n", "100", "--", query).stdout)
    return sorted(entry["subject"] for entry in entries)


def test_words_of_any_length(client):
    """A word of any length and letters is found, and by its beginning."""
    for subject, word in LONG.items():
        assert found(client, word) == [subject]
    assert found(client, "rindfleisch*") == ["german"]


def test_forms_of_letters_make_no_difference(client):
    """Accents, case, ligatures, wide and raised letters, unseen joints: all are found plainly."""
    for subject, (_, asked) in FORMS.items():
        assert found(client, asked) == [subject], asked


def test_parts_of_words(client):
    """A star stands for letters before, in and behind; in a phrase for its last word's rest."""
    assert found(client, "*voice*") == ["bill", "involved"]
    assert found(client, "*voice") == ["bill"]
    assert found(client, "invo*e") == ["bill", "involved"]
    assert found(client, '"final rep*"') == ["reporting"]


FIELDS = [
    ("list:news", ["reporting"]), ("list-id:news.example.org", ["reporting"]),
    ("reply-to:desk", ["reporting"]), ("bcc:hidden", ["reporting"]),
    ("header:x-mailer:pigeon", ["reporting"]), ("list*", []), ("reply*", []), ("deliver*", []),
    ("message-id:one@example.org", ["reporting"]),
    ("filename:figures", ["files"]), ("filename:kangaroo", []), ("attachment:kangaroo", ["files"]),
    ("subject:(bill or files)", ["bill", "files"]), ("from:(ann example) subject:bill", ["bill"]),
    ("before:1998-02", ["bill"]), ("after:1998-01 until:1998", ["involved"]),
    ("date:1998/01/05", ["bill"]), ("date:05.01.1998", ["bill"]), ("date:jan-1998", ["bill"]),
    ("date:1998-1-5", ["bill"]), ('date:"5 Jan 1998"', ["bill"]),
    ("since:1998-2 before:1999", ["involved"]),
    ("larger:2MB", ["large"]), ("size:>2.5M", ["large"]), ("size:1.5M..", ["large"]),
    ("needle", ["large"]),
]


def test_fields_dates_and_sizes(client):
    """Each way of asking finds what it says."""
    for query, subjects in FIELDS:
        assert found(client, query) == subjects, query


MISTAKES = [
    ("ready - final", "-", "without a blank"), ("list-ids:x", "list-ids:x", "list-id:"),
    ("a form:x", "form:x", "from:"), ("foo-*", "foo-*", "leave it out"),
    ('"fin* report"', '"fin* report"', "at the end"), ("account:w*", "account:w*", "leave it out"),
    ("date:3/5/1998", "date:3/5/1998", "no date"),
    ("header:received:x", "header:received:x", "index"),
]


def test_what_cannot_be_meant_is_a_mistake(client):
    """It is shown where it is, with what to write instead."""
    for query, marked, told in MISTAKES:
        lines = client.run("search", "--", query, code=DATA).stderr.decode().splitlines()
        assert lines[1] == query
        assert lines[2] == " " * query.index(marked) + "^" * len(marked)
        assert told in lines[3]


def test_the_lines_of_a_search_are_as_they_were_written(client):
    """Words that fit are shown with their capitals and accents."""
    assert b"Rindfleischetikettierungs" in client.run("search", "rindfleisch*").stdout


def test_what_fits_is_bold_on_a_terminal_and_nothing_else(client):
    """Bold ends where it began, the line is of the text, and header fields stand in none."""
    def shown(*words):
        terminal = Terminal(client.command("search", *words), {"TERM": "xterm", "PAGER": "cat"})
        terminal.end()
        return terminal.shown.decode()
    assert "the \x1b[1mfinal\x1b[0m reporting" in shown("final")
    assert shown("subject:reporting").count("\x1b[1m") == 1
    of_field = shown("list:news")
    assert "the final reporting" in of_field and "list-id" not in of_field
    assert "\x1b[1m" not in of_field


def test_the_help_names_fields_with_their_values(client):
    """The help alone tells which values is: and date: take."""
    for command in ("list", "search"):
        text = client.run(command, "--help").stdout.decode()
        for said in ("is:unread", "7d", "size:1M..", "header:NAME:", "filename:"):
            assert said in text


@pytest.fixture(scope="module")
def accounts():
    made = Restante()

    def put(account, name, text):
        folder = made.folder / name
        folder.mkdir()
        (folder / "mail.eml").write_text(text)
        made.run("import", folder, "--account", account)
    circular = "From: ann@example.com\nSubject: circular\nMessage-ID: <c@example.com>\n\nto all\n"
    for account in ("work", "home", "club"):
        put(account, account, f"Delivered-To: {account}@example.net\n{circular}")
    put("home", "forged", circular.replace("ann@", "mallory@"))
    put("home", "other", mail("only here"))
    yield made
    made.close()


def test_what_came_to_several_accounts_is_one_row(accounts):
    """A circular stands once in a list, with all accounts; each copy keeps its number."""
    asked = ("list", "from:ann", "subject:circular")
    listed = json.loads(accounts.run("--format", "json", *asked).stdout)
    assert [entry["accounts"] for entry in listed] == [["work", "home", "club"]]
    copies = listed[0]["copies"]
    assert [copy["account"] for copy in copies] == ["work", "home", "club"]
    [one] = json.loads(accounts.run("--format", "json", "list", "account:club").stdout)
    assert one["id"] == copies[2]["id"] and one["accounts"] == ["club", "work", "home"]
    text = accounts.run(*asked).stdout.decode()
    assert "ACCOUNT" in text and text.count("circular") == 1 and "work, home" in text
    assert accounts.run("thread", str(one["id"])).stdout.decode().count("ann@") == 1
    assert accounts.run("search", "all").stdout.decode().count("work, home, club") == 1
    box = accounts.folder / "out.mbox"
    accounts.run("export", "--to", "mbox", box, "from:ann", "subject:circular")
    assert box.read_text().count("Message-ID: <c@example.com>") == 3


def test_a_message_of_several_accounts_is_shown_by_its_message_id(accounts):
    """A Message-ID names one message, however many accounts got it; not one that was forged."""
    listed = json.loads(accounts.run("--format", "json", "list", "id:<c@example.com>").stdout)
    assert sorted(len(entry["accounts"]) for entry in listed) == [1, 3]
    forged = min(listed, key=lambda entry: len(entry["accounts"]))
    accounts.run("delete", "--yes", f"id:{forged['id']}")
    assert b"to all" in accounts.run("show", "<c@example.com>").stdout


def attached(subject, name, octets, type_="application/octet-stream"):
    return (f"From: ann@example.com\nSubject: {subject}\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee the file\n--x\n"
            f"Content-Type: {type_}; name=\"{name}\"\nContent-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment\n\n{base64.encodebytes(octets).decode()}\n--x--\n")


def packed(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return target.getvalue()


DOCUMENTS = {
    "a.docx": packed(word__document="<w:document><w:p><w:r><w:t>Wall</w:t></w:r><w:r><w:t>aby"
                                    "</w:t></w:r></w:p></w:document>"),
    "a.odt": packed(content="<d><office:body><text:p>Ocelot</text:p></office:body></d>"),
    "a.xlsx": packed(xl__sharedStrings="<sst><si><t>Numbat</t></si></sst>"),
    "a.pptx": packed(ppt__slides__slide1="<s><a:p><a:t>Quokka</a:t></a:p></s>"),
    "a.ods": packed(content="<d><office:body><text:p>Dingo</text:p></office:body></d>"),
    "a.rtf": b"{\\rtf1\\ansi{\\fonttbl{\\f0 Bilby;}} Pos\\'73um}",
    "a.json": b'{"animal": "Wom\\u0062at"}',
    "a.csv": b"animal\nEchidna\n",
    "bomb.docx": packed(word__document="<w:t>" + "a" * 50_000_000 + "</w:t>"),
    "broken.docx": b"PK\x03\x04 no archive",
}


def test_text_in_documents_is_found():
    """Words in an attached document find its mail, also under a wrong type."""
    made = Restante()
    folder = made.folder / "documents"
    folder.mkdir()
    for name, octets in DOCUMENTS.items():
        (folder / f"{name}.eml").write_text(attached(name, name, octets))
    made.run("import", folder, "--account", "home")
    words = {"a.docx": "wallaby", "a.odt": "ocelot", "a.xlsx": "numbat", "a.pptx": "quokka",
             "a.ods": "dingo", "a.rtf": "possum", "a.json": "wombat", "a.csv": "echidna"}
    for name, word in words.items():
        assert found(made, word) == [name]
        assert found(made, f"attachment:{word}") == [name]
    assert found(made, "bilby") == []
    assert len(found(made, "file")) == len(DOCUMENTS)
    made.close()
