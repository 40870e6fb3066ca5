"""docs/searching.md: each of its examples works, and each query finds some messages but not all."""

import json
import re
import shlex

import pytest

from harness.restante import Restante
from harness.server import ROOT

DATA = 65
PAGE = (ROOT / "docs/searching.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.M | re.S)


EXAMPLES = [line for block in blocks("sh") for line in block.splitlines()]

PDF = ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\n{}\n--x\n"
       "Content-Type: application/pdf; name=paper.pdf\n"
       "Content-Disposition: attachment\n\n" + "%PDF " * 300 + "\n--x--\n")
# Sender, recipient, subject, date, the rest; without a date it is from now.
MAILS = {
    "work": [
        ("alice@example.com", "team@example.com", "report", "5 Mar 2024", "\nthe final report\n"),
        ("carol@example.com", "me@example.com", "figures", "9 Mar 2025",
         PDF.format("the invoice, and a meeting")),
        ("bob@example.com", "me@example.com", "lunch", "1 May 2024", "\nwe meet at the café\n"),
        ("bob@example.com", "me@example.com", "report", "2 May 2024", "\nabout the budget\n"),
    ],
    "home": [
        ("dave@example.net", "me@example.com", "会議資料", None, "\n明日の会議の資料\n"),
        ("erin@example.net", "me@example.com", "invoice", "3 Mar 2024",
         "\nan invoice " + "a " * 600),
    ],
}


@pytest.fixture(scope="module")
def client():
    client = Restante()
    for account, mails in MAILS.items():
        folder = client.folder / account
        folder.mkdir()
        for number, (sender, recipient, subject, date, rest) in enumerate(mails):
            date = f"Date: {date} 12:00:00 +0000\n" if date else ""
            (folder / f"{number}.eml").write_text(
                f"From: {sender}\nTo: {recipient}\nSubject: {subject}\n{date}"
                f"Content-Type: text/plain; charset=utf-8\n{rest}".replace(
                    "Content-Type: text/plain; charset=utf-8\nContent-Type", "Content-Type"),
                encoding="utf-8")
        client.run("import", folder, "--account", account)
        seen = sorted((client.archive / account / "new").iterdir())[0]
        seen.rename(client.archive / account / "cur" / f"{seen.name}:2,S")
    read = json.loads(client.run("--format", "json", "list", "date:2024-03").stdout)
    for entry in read:  # In the month that the page asks for, all are read.
        name = entry["file"].split(":2,")[0].replace("/new/", "/cur/")
        client.run("list")
        (ROOT / entry["file"]).rename(f"{name}:2,S")
    yield client
    client.close()


def found(client, words):
    return len(json.loads(client.run("--format", "json", *words).stdout))


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_works(client, example):
    program, *words = shlex.split(example, comments=True)
    assert program == "restante"
    words = [str(client.folder / word) if word.endswith(".mbox") else word for word in words]
    asks = words[0] in ("list", "search") and "--explain" not in words
    if not asks or words == ["list"]:
        assert client.run(*words).stdout or words[0] in ("delete", "export", "reindex", "verify")
        return
    everything = sum(map(len, MAILS.values()))
    assert 0 < found(client, words) < everything, client.run("list").stdout.decode()


def test_the_mistake_is_shown_as_the_page_says(client):
    [block] = blocks("text")
    command, *lines = block.splitlines()
    words = shlex.split(command.removeprefix("$ restante "))
    assert client.run(*words, code=DATA).stderr.decode().splitlines() == lines


def test_every_field_of_the_page_is_known(client):
    table = PAGE.split("## The language")[1].split("Chinese")[0]
    for field in sorted(set(re.findall(r"`([a-z]+):", table))):
        told = client.run("list", f"{field}:?", code=None).stderr.decode()
        assert "there is no field" not in told, field
