"""The 6,046 messages of the corpus are read as a person reads them: each one is listed, shown and
found by its own words, and its attachments are saved. What Python's email reads of the same octets
is what is compared with; where the two differ, how often is a number here, with the reason."""

import collections
import datetime
import email
import email.policy
import json
import pathlib
import re
import types

import pytest

from harness import corpus, page
from harness.restante import Restante

pytestmark = [pytest.mark.corpus, pytest.mark.seconds(600)]

# Neither a control but the ends of lines, nor a turn of direction, nor what has no width.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff"
                    "\ufff9-\ufffb\U000e0000-\U000e007f]")
# A word that surely stands alone; U+FFFD is what Python could not decode, or a tag.
WORD = re.compile("(?<![\\w@.'/:\ufffd-])[A-Za-z]{5,20}(?![\\w@.'/:\ufffd-])")
LINK = re.compile("<[a-z]+:[^<> ]*>")
# What RFC 5322 allows, with zones that there are.
DATE = re.compile(r"(?:[A-Z][a-z]{2}, )? ?\d{1,2} [A-Z][a-z]{2} (?:19|20)\d\d \d\d:\d\d(?::\d\d)?"
                  r" (?:[+-](?:0\d|1[0-2])[0-5]\d|GMT|UT|[ECMP][SD]T)(?: \([^()]*\))?")
# A plain text that says that the page beside it is the text.
STUB = re.compile(r"(?<!\.)html|browser", re.IGNORECASE)
ASKED_TOGETHER = 75  # Their query is shorter than the longest.


def body_of(message):
    """Its text, as Python decodes it; empty where that fails."""
    part = message.get_body(("plain", "html"))
    try:
        text = "" if part is None else part.get_content()
    except (LookupError, KeyError):
        return ""
    is_page = part is not None and part.get_content_subtype() == "html"
    return page.text(text, "\ufffd") if is_page else text


def files_of(message):
    """[(name, octets)] of what has a name or is attached."""
    found = []
    for part in message.walk():
        name = part.get_filename()
        if part.get_content_maintype() == "multipart":
            continue
        if part.get_content_maintype() == "message" and part.is_multipart():
            continue
        if name or part.get_content_disposition() == "attachment":
            found.append((name, part.get_payload(decode=True)))
    return found


def read(octets):
    """What Python's email makes of it."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    files = files_of(message)  # Decoding finds defects, too.
    is_whole = all(not part.defects for part in message.walk())
    date = message["date"] and message["date"].datetime
    if date and not date.tzinfo:
        date = date.replace(tzinfo=datetime.timezone.utc)
    return types.SimpleNamespace(
        subject=str(message["subject"] or ""), date=date, is_whole=is_whole,
        body=body_of(message), files=files if is_whole else [])


@pytest.fixture(scope="module", name="kept")
def archive():
    """All in an archive: what it lists and shows, and what Python reads, by number."""
    made = Restante()
    folder = made.folder / "put"
    folder.mkdir()
    for number, octets in enumerate(corpus.load()):
        (folder / f"{number:04}.eml").write_bytes(octets)
    told = made.run("import", folder, "--account", "home").stderr.decode()
    listed = made.run("--format", "jsonl", "list", "-n", "100000")
    entries = {one["id"]: one for one in map(json.loads, listed.stdout.splitlines())}
    shown = made.run("--format", "jsonl", "show", *entries, code=None)
    yield types.SimpleNamespace(
        client=made, entries=entries, told=told + listed.stderr.decode() + shown.stderr.decode(),
        json=listed.stdout + shown.stdout, code=shown.returncode,
        shown={one["id"]: one for one in map(json.loads, shown.stdout.splitlines())},
        others={number: read(pathlib.Path(one["file"]).read_bytes())
                for number, one in entries.items()})
    made.close()


def test_every_message_is_listed_and_shown(kept):
    """None fails, none is said to be unreadable, none is broken that Python finds whole; and all
    have a text but six pages, of pictures alone or within a comment that never ends."""
    assert kept.code == 0, kept.told
    assert len(kept.entries) == len(kept.shown) == corpus.MESSAGES
    assert "cannot" not in kept.told and "crashed" not in kept.told, kept.told
    broken = [number for number, one in kept.shown.items()
              if not one["whole"] and kept.others[number].is_whole]
    assert not broken
    assert sum(not one["text"].strip() for one in kept.shown.values()) == 6


def test_what_is_shown_is_utf_8_without_controls(kept):
    """As text, as HTML and as JSON, for mail with any octets."""
    assert not HIDDEN.search(kept.json.decode())
    for words in ("--headers", "--html"):
        shown = kept.client.run("show", words, *kept.entries).stdout.decode()
        found = HIDDEN.search(shown)
        assert not found, shown[found.start() - 100:found.end() + 100]
    listed = kept.client.run("list", "-n", "100000").stdout.decode()
    assert not HIDDEN.search(listed)
    assert len(listed.splitlines()) == corpus.MESSAGES + 1


def test_bodies_have_the_words_that_python_reads(kept):
    """In their order, but for the lines of files that stand uuencoded in one text."""
    different, stubs, compared = [], 0, 0
    for number, one in kept.shown.items():
        body = kept.others[number].body
        words = WORD.findall(LINK.sub("", body))
        text = "".join(LINK.sub("", one["text"]).split())
        at = 0
        for word in words:
            at = text.find(word, at)
            if at < 0:
                is_stub = len(body) <= 600 and STUB.search(body)
                stubs += bool(is_stub)
                different += [] if is_stub else [one["subject"]]
                break
            at += len(word)
        compared += bool(words)
    assert compared == 5926
    assert stubs == 18  # The page beside them is shown.
    assert different == ["Re: kernel BUG at filemap.c:843!"]


def test_subjects_are_those_that_python_reads(kept):
    """Where it decodes all of it; but once what is named ISO 8859-1 and is Windows-1252."""
    pairs = [(" ".join(kept.others[number].subject.split()), " ".join(one["subject"].split()))
             for number, one in kept.entries.items()]
    different = [pair for pair in pairs if "\ufffd" not in pair[0] and pair[0] != pair[1]]
    assert different == [("Matrox Parhelia\x99 now available", "Matrox Parhelia™ now available")]


def test_dates_are_those_that_python_reads(kept):
    """Where they are what RFC 5322 allows; the others have a time, too, within the mail's years."""
    odd, now = 0, datetime.datetime.now(datetime.timezone.utc)
    for number, one in kept.shown.items():
        written = next((field["value"] for field in one["headers"]
                        if field["name"].lower() == "date"), "")
        date = datetime.datetime.fromisoformat(one["date"])
        if DATE.fullmatch(written.strip()):
            other = kept.others[number].date
            assert date == other or date < now < other  # One says that it was sent in 2028.
        else:
            odd += 1
            assert 1980 <= date.year <= 2020
    assert odd == 553


def found(kept, clauses):
    """The numbers of what fits `clauses`, a clause for each number."""
    numbers = set()
    for begin in range(0, len(clauses), ASKED_TOGETHER):
        query = " or ".join(clauses[begin:begin + ASKED_TOGETHER])
        lines = kept.client.run("--format", "jsonl", "list", "-n", "100000", "--", query).stdout
        numbers |= {json.loads(line)["id"] for line in lines.splitlines()}
    return numbers


def longest_word(text):
    return max(WORD.findall(text), key=len, default="")


def test_every_message_is_found_by_its_own_words(kept):
    """The longest ones that Python reads in its subject and in its body, both at once; 33 have no
    word of five letters."""
    clauses, counts = {}, collections.Counter()
    for number, one in kept.others.items():
        words = {"subject": longest_word(one.subject), "body": longest_word(one.body)}
        asked = [f"{field}:{word}" for field, word in words.items() if word]
        counts.update(field for field, word in words.items() if word)
        if asked:
            clauses[number] = f"(id:{number} {' '.join(asked)})"
    missed = set(clauses) - found(kept, list(clauses.values()))
    assert not missed, [(clauses[number], kept.entries[number]["file"]) for number in missed]
    assert (len(clauses), counts["subject"], counts["body"]) == (6013, 5502, 5926)


def saved(kept, number):
    """{number of the part: octets}"""
    target = kept.client.folder / f"saved-{number}"
    lines = kept.client.run("--format", "jsonl", "attachments", "save", number, "--into",
                            target).stdout.splitlines()
    return {one["number"]: pathlib.Path(one["file"]).read_bytes() for one in map(json.loads, lines)}


def test_attachments_are_those_that_python_decodes(kept):
    """Name and octets. Python has two more: a name that is cut at its blank, and a page that is
    the whole of its mail, with a name. Only restante has what is below: signatures and messages
    without a name, and what is packed into other files or written into a text."""
    more, missing, compared = collections.Counter(), [], 0
    for number, one in kept.shown.items():
        others = list(kept.others[number].files)
        if not kept.others[number].is_whole or not others + one["files"]:
            continue
        octets = saved(kept, number) if others else {}
        assert not others or list(octets) == [file["number"] for file in one["files"]]
        for file in one["files"]:
            pair = (file["name"], octets.get(file["number"]))
            if pair in others:
                others.remove(pair)
                compared += 1
            else:
                more[file["type"]] += 1
        missing += [name for name, _ in others]
    assert sorted(missing) == ["Yinxiang", "filename.html"]
    assert compared == 73
    assert more == {"application/pgp-signature": 96, "message/rfc822": 5, "application/ms-tnef": 2,
                    "application/octet-stream": 4}
