"""What people read of mail in all charsets and spellings: subjects, names, files, dates, HTML.

All messages are imported and shown once."""

import base64
import json

import pytest

from harness.restante import Restante

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg==")


def mail(subject=b"x", sender=b"Ann <ann@a.example>", date=b"Tue, 1 Jul 2003 08:52:37 +0000",
         type_=b"text/plain; charset=utf-8", body=b"text\r\n", more=b""):
    fields = [b"From: " + sender, b"To: me@a.example", b"Subject: " + subject,
              b"Content-Type: " + type_, b"MIME-Version: 1.0"]
    if date is not None:
        fields.append(b"Date: " + date)
    return b"\r\n".join(fields) + b"\r\n" + more + b"\r\n" + body


def with_file(disposition):
    return mail(type_=b"multipart/mixed; boundary=q", body=(
        b"--q\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n"
        b"--q\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n "
        + disposition + b"\r\n\r\nabc\r\n--q--\r\n"))


def html(body, type_=b"text/html; charset=utf-8"):
    return mail(type_=type_, body=body)


OWN_PICTURE = mail(type_=b"multipart/related; boundary=q", body=(
    b"--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Look:</p><img src=\"cid:pic%401\""
    b" alt=\"a dot\"><img src=\"cid:evil\" alt=\"drawn\"><img src=\"https://e.example/p\">\r\n"
    b"--q\r\nContent-Type: image/png\r\nContent-ID: <pic@1>\r\nContent-Transfer-Encoding: base64"
    b"\r\n\r\n" + base64.b64encode(PNG) + b"\r\n"
    b"--q\r\nContent-Type: image/png\r\nContent-ID: <evil>\r\n\r\n"
    b"<svg onload=\"x\"></svg>\r\n--q--\r\n"))

MAILS = {
    "padded": mail(b"=?utf-8?B?V2lyIGdyw7zDn2Vu?= =?utf-8?B?IGFsbGUh?=",
                   b"\"=?utf-8?B?SsO2cmc=?= =?utf-8?B?IE3DvGhl?=\" <j@a.example>"),
    "cut-character": mail(b"=?utf-8?Q?sch=C3?=\r\n =?utf-8?Q?=B6n_und_?= =?UTF-8?B?Z3V0?="),
    "no-padding": mail(b"=?utf-8?B?c2Now7Zu?="),
    "windows-quotes": mail(b"=?iso-8859-1?Q?=84quoted=93_100_=80?="),
    "wrong-name": mail(b"=?utf-8?Q?sch=F6n?= / =?us-ascii?Q?sch=C3=B6n?= / "
                       b"=?x-unknown?Q?sch=C3=B6n?="),
    "jis-row-13": mail(b"=?iso-2022-jp?B?GyRCLSItahsoQg==?=",
                       type_=b"text/plain; charset=iso-2022-jp",
                       body=b"\x1b$B-\"-j\x1b(I1\x1b(B\r\n"),
    "uhc": mail(b"=?euc-kr?B?jGO55g==?="),
    "raw-cyrillic": mail("Счёт за июль".encode("koi8-r"), type_=b"text/plain; charset=koi8-r",
                         body="Добрый день\r\n".encode("koi8-r")),
    "raw-japanese": mail(b"\x1b$B2q5D\x1b(B"),
    "alias": mail(type_=b"text/plain; charset=x-mac-roman", body=b"sch\x9an\r\n"),
    "latin1-as-utf8": mail(body="schön und größer\r\n".encode("latin-1")),
    "utf8-as-ascii": mail(type_=b"text/plain; charset=ANSI_X3.4-1968", body="schön\r\n".encode()),
    "hkscs": mail(type_=b"text/plain; charset=big5", body="佢哋喺度\r\n".encode("big5hkscs")),
    "file-two-words": with_file(b"filename=\"=?utf-8?B?w5xiZXI=?=\r\n =?utf-8?B?c2ljaHQucGRm?=\""),
    "file-word-in-pieces": with_file(b"filename*0=\"=?utf-8?B?w5xiZXJzaW\";\r\n"
                                     b" filename*1=\"NodC5wZGY=?=\""),
    "file-both": with_file(b"filename=\"Uebersicht.pdf\"; filename*=utf-8''%C3%9Cbersicht.pdf"),
    "file-blanks": with_file(b"filename=Meine =?utf-8?Q?=C3=9Cbersicht?= (2).pdf; size=3"),
    "whole-address-encoded": mail(sender=b"=?utf-8?Q?J=C3=B6rg_<j@a.example>?="),
    "unquoted-comma": mail(sender=b"M\xc3\xbche, J\xc3\xb6rg <j@a.example>"),
    "groups": mail(sender=b"a:" * 30000 + b" ann@a.example" + b";" * 10),
    "date-colon": mail(date=b"Tue, 1 Jul 2003 10:52:37 +02:00"),
    "date-dots": mail(date=b"Tue, 1 Jul 2003 04.52.37 (EDT) -0400"),
    "date-iso": mail(date=b"2003-07-01T08:52:37Z"),
    "date-pm": mail(date=b"Tue, 1 Jul 2003 08:52:37 PM -1200"),
    "date-1969": mail(date=b"Thu, 13 Feb 1969 23:32 -0330"),
    "numbers": html(b"<p>it&#146;s 5&nbsp;&#128; &copy 2003</p><noscript>read me</noscript>"),
    "mailto": html(b"<a href=\"mailto:bob@b.example?subject=x\">Write to me</a>"),
    "joints": html("<p>نمی‌دانم</p>".encode()),
    "meta": html(b"<html><head><meta charset=\"windows-1251\"></head><body>"
                 + "Добрый день".encode("cp1251") + b"</body></html>", b"text/html"),
    "meta-old": html(b"<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">"
                     + "下午好".encode("gbk"), b"text/html"),
    "deep": html(b"<div>" * 100000 + b"bottom"),
    "own-picture": OWN_PICTURE,
}


@pytest.fixture(scope="module", name="client")
def archive():
    made = Restante()
    folder = made.folder / "put"
    folder.mkdir()
    for name, message in MAILS.items():
        (folder / f"{name}.eml").write_bytes(
            f"Message-ID: <{name}@a.example>\r\n".encode() + message)
    made.run("import", folder, "--account", "home")
    lines = made.run("--format", "json", "list", "-n", "1000").stdout
    made.ids = {one["message_id"].split("@")[0]: one["id"] for one in json.loads(lines)}
    shown = made.run("--format", "json", "show", *made.ids.values()).stdout
    made.shown = dict(zip(made.ids, json.loads(shown)))
    yield made
    made.close()


def show(client, name):
    return client.shown[name]


def files(client, name):
    return [one["name"] for one in show(client, name)["files"]]


def test_padding_in_a_word_ends_neither_subject_nor_sender(client):
    """Encoded words with padding are followed by others."""
    shown = show(client, "padded")
    assert (shown["subject"], shown["from"]) == ("Wir grüßen alle!", "Jörg Mühe <j@a.example>")
    assert show(client, "no-padding")["subject"] == "schön"


def test_a_character_cut_by_the_next_word_is_whole(client):
    """Half of a character is in one encoded word, half in the next."""
    assert show(client, "cut-character")["subject"] == "schön und gut"


@pytest.mark.parametrize("name, subject", [
    ("windows-quotes", "„quoted“ 100 €"), ("wrong-name", "schön / schön / schön"),
    ("jis-row-13", "②㈱"), ("uhc", "똠방"), ("raw-cyrillic", "Счёт за июль"),
    ("raw-japanese", "会議")])
def test_subjects_are_read_in_what_they_are_written_in(client, name, subject):
    """Charsets that are wider than their names, wrong, unknown, or not said at all."""
    assert show(client, name)["subject"] == subject


@pytest.mark.parametrize("name, text", [
    ("jis-row-13", "②㈱ｱ"), ("alias", "schön"), ("latin1-as-utf8", "schön und größer"),
    ("utf8-as-ascii", "schön"), ("hkscs", "佢哋喺度")])
def test_texts_are_read_in_what_they_are_written_in(client, name, text):
    """The same of bodies."""
    assert show(client, name)["text"].strip() == text


def test_file_names_are_whole_in_every_spelling(client):
    """Two encoded words, one cut over continuations, both forms together, blanks unquoted."""
    for name in ("file-two-words", "file-word-in-pieces", "file-both"):
        assert files(client, name) == ["Übersicht.pdf"], name
    assert files(client, "file-blanks") == ["Meine Übersicht (2).pdf"]


def test_senders_are_read_however_they_are_put(client):
    """An address within an encoded word, a comma without quotes, groups in groups."""
    assert show(client, "whole-address-encoded")["from"] == "Jörg <j@a.example>"
    assert show(client, "unquoted-comma")["from"] == "\"Mühe, Jörg\" <j@a.example>"
    assert show(client, "groups")["from"] == "ann@a.example"


@pytest.mark.parametrize("name, date", [
    ("date-colon", "2003-07-01T08:52:37"), ("date-dots", "2003-07-01T08:52:37"),
    ("date-iso", "2003-07-01T08:52:37"), ("date-pm", "2003-07-02T08:52:37"),
    ("date-1969", "1969-02-14T03:02:00")])
def test_dates_are_read_in_every_form(client, name, date):
    """Zones with a colon or behind a comment, dots, ISO 8601, PM, and years before 1970."""
    assert show(client, name)["date"].startswith(date)


def test_html_is_read_as_browsers_read_it(client):
    """Numbers of controls, names without semicolons, noscript, joints within words."""
    assert show(client, "numbers")["text"].strip() == "it’s 5 € © 2003\n\nread me"
    assert show(client, "joints")["text"].strip() == "نمی‌دانم"


def test_the_address_behind_a_link_is_shown(client):
    """A reader of text can answer to "Write to me"."""
    assert show(client, "mailto")["text"].strip() == "Write to me <bob@b.example>"


def test_html_says_its_own_charset(client):
    """The part names none; <meta> does."""
    assert show(client, "meta")["text"].strip() == "Добрый день"
    assert show(client, "meta-old")["text"].strip() == "下午好"


def test_deep_html_is_read_to_its_end(client):
    """100,000 elements in one another."""
    assert show(client, "deep")["text"].strip() == "bottom"


def test_the_mails_own_pictures_are_shown(client):
    """A cid: link becomes the picture itself, if it is one; only others' pictures are left out."""
    page = client.run("show", "--html", client.ids["own-picture"]).stdout.decode()
    assert f"<img src=\"data:image/png;base64,{base64.b64encode(PNG).decode()}\"" in page
    assert "[drawn]" in page and "<svg" not in page and "e.example" not in page
    assert "1 pictures from elsewhere" in page
