"""Mail as people and programs write it, and what a reader should get of each: what restante is held
against (test_read_cases.py), and other programs beside it (bench/archive/reading.py)."""

import base64
import io
from dataclasses import dataclass, field

PLAIN = b"Content-Type: text/plain; charset=utf-8\n\n"
HTML = b"Content-Type: text/html; charset=utf-8\n\n"
FROM, DATE = "Ann <ann@a.example>", "2003-07-01T08:52:37"


@dataclass
class Case:
    """A field that is None is not asked for."""
    kind: str
    octets: bytes
    subject: str = None
    sender: str = None
    date: str = None  # In UTC.
    words: tuple = ()  # In the body.
    others: tuple = ()  # Not in it.
    files: list = None
    saved: dict = field(default_factory=dict)  # Their octets, of some.


def mail(body=b"text\n", subject=b"x", sender=FROM.encode(),
         date=b"Tue, 1 Jul 2003 10:52:37 +0200", type_=b"text/plain; charset=utf-8", more=b""):
    return (b"From: " + sender + b"\nTo: me@a.example\nSubject: " + subject + b"\nDate: " + date +
            b"\nMIME-Version: 1.0\nContent-Type: " + type_ + b"\n" + more + b"\n" + body)


def multipart(kind, *parts, end=b"--q--\n"):
    return mail(b"".join(b"--q\n" + part + b"\n" for part in parts) + end,
                type_=b"multipart/" + kind + b"; boundary=q")


def attached(fields, octets=b"abc"):
    return multipart(b"mixed", PLAIN + b"see the file",
                     b"Content-Type: application/octet-stream\n" + fields + b"\n\n" + octets)


def subject(octets, right):
    return Case("encoded words", mail(subject=octets), subject=right)


def text(octets, words, type_=b"text/plain", **more):
    return Case("charsets", mail(octets, type_=type_, **more), words=words)


def sender(octets, right):
    return Case("addresses", mail(sender=octets), sender=right)


def date(octets, right=DATE):
    return Case("dates", mail(date=octets), date=right)


def named(fields, right, **more):
    return Case("attachments", attached(b"Content-Disposition: attachment;" + fields),
                files=[right], **more)


SUBJECTS = {
    "two words are one text": subject(b"=?utf-8?q?gr=C3=BC?=\n =?utf-8?q?=C3=9Fen?=", "grüßen"),
    "a blank between words": subject(b"=?utf-8?q?gr=C3=BC=C3=9Fe_?= all =?utf-8?q?=C3=B6?=",
                                     "grüße all ö"),
    "padding within": subject(b"=?utf-8?B?V2lyIGdyw7zDn2Vu?= =?utf-8?B?IGFsbGUh?=",
                              "Wir grüßen alle!"),
    "a character in two words": subject(b"=?utf-8?Q?sch=C3?=\n =?utf-8?Q?=B6n?=", "schön"),
    "no padding": subject(b"=?utf-8?B?c2Now7Zu?=", "schön"),
    "a wrong charset": subject(b"=?utf-8?Q?sch=F6n?=", "schön"),
    "a wider charset than named": subject(b"=?iso-8859-1?Q?=84quoted=93_=80?=", "„quoted“ €"),
    "no encoding at all": Case("encoded words", mail(
        subject="Счёт за июль".encode("koi8-r"), body="Добрый день\n".encode("koi8-r"),
        type_=b"text/plain; charset=koi8-r"), subject="Счёт за июль"),
    "raw UTF-8": subject("Grüße aus Köln".encode(), "Grüße aus Köln"),
    "Japanese": subject("=?iso-2022-jp?B?GyRCMnE1RBsoQg==?=".encode(), "会議"),
}
TEXTS = {
    "koi8-r": text("Добрый день".encode("koi8-r"), ("Добрый день",),
                   b"text/plain; charset=koi8-r"),
    "quotes of Windows": text(b"\x84quoted\x93 100 \x80", ("„quoted“ 100 €",),
                              b"text/plain; charset=iso-8859-1"),
    "Latin-1 that is called UTF-8": text("schön und größer".encode("latin-1"),
                                         ("schön und größer",), b"text/plain; charset=utf-8"),
    "UTF-8 that is called ASCII": text("schön".encode(), ("schön",),
                                       b"text/plain; charset=us-ascii"),
    "no charset": text("Grüße aus Köln".encode(), ("Grüße aus Köln",)),
    "a page with its own charset": text(
        b"<html><head><meta charset=\"windows-1251\"></head><body>" +
        "Добрый день".encode("cp1251") + b"</body></html>", ("Добрый день",), b"text/html"),
    "UTF-16": text(base64.encodebytes("schön".encode("utf-16")), ("schön",),
                   b"text/plain; charset=utf-16", more=b"Content-Transfer-Encoding: base64\n"),
    "UTF-8 and Latin-1 together": text("schön ".encode() + "größer".encode("latin-1"),
                                       ("schön größer",), b"text/plain; charset=utf-8"),
    "gb2312 with letters of GBK": text("镕基".encode("gbk"), ("镕基",),
                                       b"text/plain; charset=gb2312"),
}
SENDERS = {
    "a comma within quotes": sender(b"\"Muehe, Jane\" <j@a.example>", "Muehe, Jane <j@a.example>"),
    "a comma without quotes": sender(b"Muehe, Jane <j@a.example>", "Muehe, Jane <j@a.example>"),
    "a word within quotes": sender(b"\"=?utf-8?q?J=C3=B6rg?=\" <j@a.example>",
                                   "Jörg <j@a.example>"),
    "a word with the address": sender(b"=?utf-8?Q?J=C3=B6rg_<j@a.example>?=",
                                      "Jörg <j@a.example>"),
    "a comment is the name": sender(b"j@a.example (Jane Doe)", "Jane Doe <j@a.example>"),
    "on its second line": sender(b"\n Ann <ann@a.example>", FROM),
}
DATES = {
    "with a zone's name": date(b"Tue, 1 Jul 2003 04:52:37 EDT"),
    "two digits": date(b"1 Jul 03 08:52:37 GMT"),
    "a zone with a colon": date(b"Tue, 1 Jul 2003 10:52:37 +02:00"),
    "as ISO 8601 has it": date(b"2003-07-01T08:52:37Z"),
    "twelve hours": date(b"Tue, 1 Jul 2003 08:52:37 PM +1200"),
    "before 1970": date(b"Fri, 21 Nov 1969 09:55:06 -0600", "1969-11-21T15:55:06"),
    "a zone without a sign": date(b"Tue, 1 Jul 2003 14:22:37 0530"),
    "a comment in it": date(b"Tue, 1 Jul 2003 (a fine day) 10:52:37 +0200"),
}


def der(tag, *contents):
    """ASN.1, of contents that are not long."""
    inner = b"".join(contents)
    length = bytes([len(inner)]) if len(inner) < 128 else bytes([0x81, len(inner)])
    return bytes([tag]) + length + inner


def signed(octets):
    """CMS SignedData (RFC 5652 s.5.1) around it, without a signer."""
    pkcs7 = bytes.fromhex("2a864886f70d0107")
    content = der(0x30, der(6, pkcs7 + b"\x01"), der(0xa0, der(4, octets)))
    return der(0x30, der(6, pkcs7 + b"\x02"), der(0xa0, der(
        0x30, der(2, b"\x01"), der(0x31), content, der(0x31))))


PAGES = {
    "entities": Case("bodies", mail(b"<p>it&#146;s 5&nbsp;&#128; &copy 2003</p>",
                                    type_=b"text/html"), words=("it’s 5 € © 2003",)),
    "no script": Case("bodies", mail(b"<script>alert(1)</script><style>p {x}</style><p>seen</p>",
                                     type_=b"text/html"), words=("seen",), others=("alert", "{x}")),
    "plain before rich": Case("bodies", multipart(b"alternative", PLAIN + b"plain words",
                                                  HTML + b"<p>rich words</p>"),
                              words=("plain words",), others=("rich",)),
    "flowed lines": Case("bodies", mail(b"one \ntwo\n", type_=b"text/plain; format=flowed"),
                         words=("one two",)),
    "quoted-printable, untidy": Case(
        "bodies", mail(b"sch=c3=b6n 100=% so=\n\n",
                       more=b"Content-Transfer-Encoding: quoted-printable\n"),
        words=("schön 100=% so",)),
    "an unknown type of text": Case("bodies", mail(b"the whole text\n", type_=b"plain/text"),
                                    words=("the whole text",)),
    "S/MIME, signed": Case("bodies", mail(
        base64.encodebytes(signed(b"Content-Type: text/plain\n\nsigned words\n")),
        more=b"Content-Transfer-Encoding: base64\n",
        type_=b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"),
        words=("signed words",)),
    "a plain text that is none": Case("bodies", multipart(
        b"alternative", PLAIN + b"Your mail program does not show HTML.",
        HTML + b"<p>rich words</p>"), words=("rich words",)),
    "a list's lines behind base64": Case("bodies", mail(
        base64.encodebytes(b"the words") + b"______________\nA list of ours\nlist@a.example\n",
        more=b"Content-Transfer-Encoding: base64\n"), words=("the words", "list@a.example")),
    "an invitation": Case("bodies", mail(
        b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Tea\n"
        b"DTSTART:20261124T150000Z\nLOCATION:Kitchen\nEND:VEVENT\nEND:VCALENDAR\n",
        type_=b"text/calendar; method=REQUEST"), words=("Tea", "Kitchen")),
}


def tnef(name, octets):
    """A winmail.dat with one file."""
    def attribute(level, kind, data):
        return (bytes([level]) + kind.to_bytes(4, "little") + len(data).to_bytes(4, "little") +
                data + (sum(data) & 0xffff).to_bytes(2, "little"))
    out = io.BytesIO()
    out.write(b"\x78\x9f\x3e\x22\x01\x00")
    out.write(attribute(1, 0x00089006, b"\x00\x00\x01\x00"))
    out.write(attribute(2, 0x00069002, b"\x01\x00" + bytes(12)))
    out.write(attribute(2, 0x00018010, name + b"\x00"))
    out.write(attribute(2, 0x0006800f, octets))
    return out.getvalue()


FILES = {
    "RFC 2231": named(b" filename*=utf-8''%C3%9Cbersicht.pdf", "Übersicht.pdf"),
    "RFC 2231 in pieces": named(b"\n filename*0*=utf-8''%C3%9Cber;\n filename*1=\"sicht.pdf\"",
                                "Übersicht.pdf"),
    "an encoded word": named(b" filename=\"=?utf-8?B?w5xiZXJzaWNodC5wZGY=?=\"", "Übersicht.pdf"),
    "blanks without quotes": named(b" filename=My long paper.pdf", "My long paper.pdf"),
    "raw UTF-8": named(" filename=\"Übersicht.pdf\"".encode(), "Übersicht.pdf"),
    "base64 in padded pieces": Case("attachments", attached(
        b"Content-Disposition: attachment; filename=a.bin\nContent-Transfer-Encoding: base64",
        base64.b64encode(b"one ") + b"\n" + base64.b64encode(b"two")), files=["a.bin"],
        saved={"a.bin": b"one two"}),
    "uuencoded within the text": Case("attachments", mail(
        b"before\nbegin 644 hello.txt\n-:&5L;&\\@=V]R;&0A\"@  \n`\nend\nafter\n"),
        words=("before", "after"), others=("begin",), files=["hello.txt"],
        saved={"hello.txt": b"hello world!\n"}),
    "winmail.dat": Case("attachments", multipart(
        b"mixed", PLAIN + b"see the file", b"Content-Type: application/ms-tnef; name=winmail.dat\n"
        b"Content-Transfer-Encoding: base64\n\n" +
        base64.encodebytes(tnef(b"paper.txt", b"hello world!\n"))),
        saved={"paper.txt": b"hello world!\n"}),
}
INNER = b"From: bob@a.example\nSubject: inner\n\ninner words\n"
STRUCTURES = {
    "another boundary than named": Case("structure", multipart(
        b"mixed", PLAIN + b"first", PLAIN + b"second").replace(b"boundary=q", b"boundary=r"),
        words=("first", "second"), others=("--q",)),
    "no end": Case("structure", multipart(b"mixed", PLAIN + b"first", PLAIN + b"second", end=b""),
                   words=("first", "second")),
    "parts without a header": Case("structure", multipart(b"mixed", b"\nfirst", b"\nsecond"),
                                   words=("first", "second"), others=("--q",)),
    "no parts": Case("structure", mail(b"the whole text\n", type_=b"multipart/mixed"),
                     words=("the whole text",)),
    "a forwarded message": Case("structure", multipart(
        b"mixed", PLAIN + b"see below", b"Content-Type: message/rfc822\n\n" + INNER),
        words=("see below", "inner words")),
    "a forwarded message in base64": Case("structure", multipart(
        b"mixed", PLAIN + b"see below", b"Content-Type: message/rfc822\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(INNER)),
        words=("see below", "inner words")),
    "texts around a picture": Case("structure", multipart(
        b"mixed", PLAIN + b"first", b"Content-Type: image/jpeg; name=a.jpg\n\nJPEG",
        PLAIN + b"second"),
        words=("first", "second"), files=["a.jpg"]),
    "a line of mbox first": Case("structure", b"From ann Sun Nov 22 05:00:00 2026\n" + mail(),
                                 subject="x", sender=FROM, words=("text",)),
    "a text without a blank line": Case(
        "structure", b"Subject: short\nFrom: " + FROM.encode() + b"\nno field, but text\n",
        subject="short", words=("no field, but text",)),
}

GROUPS = (SUBJECTS, TEXTS, SENDERS, DATES, PAGES, FILES, STRUCTURES)
CASES = {f"{case.kind}: {name}": case for group in GROUPS for name, case in group.items()}


def is_right(case, answer):
    """What is asked of the case. `answer` has its fields: subject, sender, date, text, files, and
    saved, the octets by name."""
    text_ = " ".join(answer.text.split())
    return all((
        case.subject in (None, answer.subject), case.sender in (None, answer.sender),
        case.date in (None, answer.date), all(word in text_ for word in case.words),
        not any(word in text_ for word in case.others),
        case.files is None or case.files == sorted(answer.files),
        all(answer.saved.get(name) == octets for name, octets in case.saved.items())))
