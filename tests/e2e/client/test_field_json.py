"""Output for programs: new mail as events, and JSON as docs/json.md says."""

import datetime
import json
import pathlib
import re

import pytest

from harness.hostile_pop3 import HostilePop3
from harness.numbered_mail import mail
from harness.restante import PARTIAL

pytestmark = pytest.mark.sanitized_long

ROOT = pathlib.Path(__file__).resolve().parents[3]


# New mail, for programs.


def test_new_mail_comes_as_events(client):
    with HostilePop3([mail(1, "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="), mail(2)]) as server:
        client.add_account(server.port, "u", "p")
        lines = [json.loads(line) for line in
                 client.run("--format", "jsonl", "fetch").stdout.splitlines()]
        assert [line["type"] for line in lines] == ["message", "message", "account"]
        assert all(line["version"] == 2 for line in lines)
        first = lines[0]
        assert (first["account"], first["uid"], first["subject"]) == ("home", "uid-1", "Grüße")
        assert pathlib.Path(first["file"]) in client.files()
        shown = json.loads(client.run("--format", "json", "show", first["id"]).stdout)
        assert shown["sha256"] == first["sha256"] and lines[2]["fetched"] == 2
        again = client.run("--format", "jsonl", "fetch").stdout.splitlines()
        assert [json.loads(line)["type"] for line in again] == ["account"]


def test_what_has_arrived_since_can_be_asked_for(client):
    def ids(*words):
        return [one["id"] for one in
                json.loads(client.run("--format", "json", "list", *words).stdout)]

    with HostilePop3([mail(number) for number in range(1, 4)]) as server:
        client.add_account(server.port, "u", "p")
        client.fetch()
    everything = sorted(ids())
    assert sorted(ids(f"id:{everything[1]}..")) == everything[1:]
    assert ids(f"id:{everything[0]}..{everything[0]}") == everything[:1]
    assert sorted(ids("arrived:today")) == sorted(ids("--since", "1h")) == everything
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    assert ids("--since", tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"), "subject:1 or subject:2") == []
    client.run("list", "--since", "1h or x", code=64)


def test_json_is_one_value_for_every_command(client):
    with HostilePop3([mail(1), mail(2)]) as server:
        client.add_account(server.port, "u", "p")
        client.fetch()
    numbers = [one["id"] for one in json.loads(client.run("--format", "json", "list").stdout)]
    one = json.loads(client.run("--format", "json", "show", numbers[0]).stdout)
    assert one["attachments"] == one["files"] == []
    both = json.loads(client.run("--format", "json", "show", *numbers).stdout)
    assert [each["id"] for each in both] == numbers
    some = client.run("--format", "json", "show", numbers[0], 999, code=66)
    assert [each["id"] for each in json.loads(some.stdout)] == numbers[:1]
    explained = client.run("--format", "json", "list", "--explain", "id:3..")
    assert json.loads(explained.stdout)["query"] == "id:[3,)"


def tables_of(page):
    """{heading: {key: type}} of a page of Markdown whose tables begin with | key | type |."""
    found = {}
    for section in re.split(r"^## ", page, flags=re.M)[1:]:
        rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+?) \|", section, re.M)
        if rows:
            found[section.split("\n", 1)[0].strip()] = dict(rows)
    return found


TYPES = {"text": str, "number": int, "yes or no": bool, "list": list, "object": dict}


def check(value, keys, heading):
    assert set(value) == set(keys), heading
    for key, kind in keys.items():
        kind, _, nullable = kind.partition(" or null")
        optional = keys[key].endswith(" or null")
        if value[key] is None:
            assert optional, f"{heading}: {key}"
        else:
            assert type(value[key]) is TYPES[kind], f"{heading}: {key}"


def test_json_is_as_its_page_says(client):
    """Every key that is printed stands in docs/json.md with its type, and the other way round."""
    pages = tables_of((ROOT / "docs/json.md").read_text())
    with HostilePop3([mail(1), mail(2)], {"RETR 2": b"-ERR no\r\n"}) as server:
        client.add_account(server.port, "u", "p", hand_on=[
            {"kind": "mbox", "target": str(client.folder / "box")}])
        lines = [json.loads(line) for line in
                 client.run("--format", "jsonl", "fetch", code=None).stdout.splitlines()]

    def said(*words, code=0):
        return json.loads(client.run("--format", "json", *words, code=code).stdout)

    check(lines[0], pages["A message that has come"], "message")
    check(lines[1], pages["An account that was fetched"], "account")
    check(lines[1]["failures"][0], pages["A failure"], "failure")
    entry = said("list")[0]
    check(entry, pages["A message in a list"], "list")
    check(said("search", "Message")[0], pages["A message that was searched for"], "search")
    check(said("show", entry["id"]), pages["A message that is shown"], "show")
    told = said("status", code=PARTIAL)
    check(told, pages["How the accounts stand"], "status")
    check(told["accounts"][0], pages["How one account stands"], "status of an account")
    check(told["accounts"][0]["targets"][0], pages["How a target stands"], "status of a target")
    (client.folder / "m.eml").write_bytes(mail(3))
    check(said("import", client.folder / "m.eml"), pages["What an import came to"], "import")
    check(said("export", "--to", "mbox", client.folder / "all"), pages["What an export came to"],
          "export")
    next(iter(client.files())).unlink()
    check(said("verify", "--accept")[0], pages["What was accepted"], "verify --accept")
    check(said("account", "list")[0], pages["An account of the configuration"], "account list")


def test_json_and_errors_are_utf8_for_any_words_of_the_server(client):
    with HostilePop3([mail(1), mail(2)], {"RETR 1": b"-ERR \xfcber\xff voll\r\n"}) as server:
        server.uids = {1: "uid-\xe4", 2: "uid-\u00f6"}
        client.add_account(server.port, "u", "p")
        for form in ("json", "jsonl"):
            told = client.run("--format", form, "fetch", code=None)
            told.stderr.decode("utf-8")
            for line in told.stdout.decode("utf-8").splitlines():
                json.loads(line)
