"""Mail is scanned by a real clamd before it is shown: infected mail goes to quarantine, mail that
cannot be scanned waits, and nothing is lost when a run breaks off in between."""

import base64
import json
import os
import random

import pytest

from harness.clamd import FOUND, MARKER, STREAM_MAX, Clamd
from harness.deadline import poll
from harness.fetched import OurMaildrop
from harness.killing import STEPS, count_steps, run_killed
from harness.messages import assert_same, large, numbered
from harness.restante import OK, PARTIAL

HEAD = b"From: mallory@example.org\r\nTo: b@example.test\r\nSubject: invoice\r\n"
PLAIN = HEAD + b"\r\n" + MARKER + b"\r\n"
ENCODED = (HEAD + b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"x" * 100 + MARKER)
           + b"\r\n")


@pytest.fixture(scope="module")
def running_clamd():
    made = Clamd().start()
    yield made
    made.close()


@pytest.fixture
def own_clamd():
    """Not started yet."""
    made = Clamd()
    yield made
    made.close()


@pytest.fixture
def maildrop(server):
    return OurMaildrop(server)


def configure(client, maildrop, target, **settings):
    client.top["clamd"] = target
    client.add_account(maildrop.port, maildrop.user, maildrop.password, **settings)


def quarantine(client):
    return json.loads(client.run("--format", "json", "quarantine", "list").stdout)


def listed(client):
    return json.loads(client.run("--format", "json", "list", "--limit", "1000").stdout)


@pytest.mark.parametrize("infected", [PLAIN, ENCODED], ids=["plain", "encoded"])
def test_infected_mail_goes_to_quarantine_and_nowhere_else(client, maildrop, running_clamd,
                                                           infected):
    mbox, told = client.folder / "mbox", client.folder / "told"
    configure(client, maildrop, running_clamd.target, delete="after-fetch",
              hand_on=[{"kind": "mbox", "target": str(mbox)}],
              on_message=f'echo "$RESTANTE_SHA256" >> {told}')
    clean, bad = maildrop.deliver([numbered(1), infected])
    report = client.fetch_report()
    assert (report["fetched"], report["quarantined"], report["unscanned"]) == (2, 1, 0)
    assert report["complete"] and report["deleted"] == 2
    assert FOUND in report["notes"][0]
    # Safe, so that it could go on the server; and for no reader, program or person.
    assert maildrop.messages() == []
    assert client.messages() == [clean]
    assert [entry["subject"] for entry in listed(client)] == ["number 1"]
    assert client.run("search", "invoice").stdout == b""
    assert client.run("export", "--to", "mbox", client.folder / "out.mbox").returncode == OK
    assert MARKER not in (client.folder / "out.mbox").read_bytes()
    assert mbox.read_bytes().count(b"Subject:") == 1 and MARKER not in mbox.read_bytes()
    assert len(told.read_text().split()) == 1
    stats = json.loads(client.run("--format", "json", "stats").stdout)
    assert (stats["messages"], stats["quarantined"]) == (1, 1)
    [entry] = quarantine(client)
    assert (entry["state"], entry["found"], entry["subject"]) == ("infected", FOUND, "invoice")
    shown = client.run("quarantine", "show", entry["id"]).stdout
    assert FOUND.encode() in shown and b"Subject: invoice" in shown and MARKER not in shown
    assert client.run("quarantine", "show", entry["id"], "--raw").stdout == bad
    assert client.run("verify").stderr.startswith(b"2 messages")
    assert client.run("fetch").stdout == b"home: no new mail\n"


def test_its_owner_decides(client, maildrop, running_clamd):
    mbox = client.folder / "mbox"
    configure(client, maildrop, running_clamd.target,
              hand_on=[{"kind": "mbox", "target": str(mbox)}])
    released, deleted = maildrop.deliver([PLAIN, ENCODED])
    client.fetch()
    ids = {entry["size"]: entry["id"] for entry in quarantine(client)}
    client.run("quarantine", "release", ids[len(released)], code=64)  # No person to ask.
    client.run("quarantine", "release", "4711", "--yes", code=66)
    assert len(quarantine(client)) == 2
    client.run("quarantine", "release", ids[len(released)], "--yes")
    client.run("quarantine", "delete", ids[len(deleted)], "--yes")
    assert client.run("quarantine", "list").stderr == b"the quarantine is empty\n"
    assert client.messages() == [released]
    assert [entry["subject"] for entry in listed(client)] == ["invoice"]
    # Both are still on the server, and the next fetches know them: one stays, one stays away.
    for _ in range(2):
        assert client.fetch_report()["fetched"] == 0
        assert client.messages() == [released]
    assert mbox.read_bytes().count(MARKER) == 1


def test_without_clamd_mail_is_kept_and_waits(client, maildrop, own_clamd):
    configure(client, maildrop, own_clamd.target, delete="after-fetch")
    sent = maildrop.deliver([numbered(1), PLAIN, numbered(2)])
    report = client.fetch_report(code=PARTIAL)
    assert (report["fetched"], report["unscanned"], report["deleted"]) == (3, 3, 3)
    assert any(str(own_clamd.path) in note for note in report["notes"])
    assert client.messages() == [] and listed(client) == []
    assert [entry["state"] for entry in quarantine(client)] == ["waiting"] * 3
    # It stays so, also after a reindex and without its database.
    assert b"3 messages are kept" in client.run("fetch", code=PARTIAL).stderr
    client.run("reindex")
    for path in (client.archive / ".restante").glob("restante.db*"):
        path.unlink()
    client.run("reindex")
    assert client.messages() == [] and len(quarantine(client)) == 3
    own_clamd.start()
    report = client.fetch_report()
    assert (report["quarantined"], report["unscanned"]) == (1, 0)
    assert sorted(client.messages()) == sorted(sent[::2])
    assert len(listed(client)) == 2


def test_what_clamd_cannot_take_waits_for_its_owner(client, maildrop, running_clamd):
    configure(client, maildrop, f"127.0.0.1:{running_clamd.port}")
    sent = maildrop.deliver([large(STREAM_MAX * 2), numbered(1)])
    report = client.fetch_report(code=PARTIAL)
    assert (report["fetched"], report["unscanned"]) == (2, 1)
    assert client.messages() == [sent[1]]
    [entry] = quarantine(client)
    assert entry["state"] == "waiting" and "StreamMaxLength" in entry["reason"]
    client.run("quarantine", "release", entry["id"], "--yes")
    assert client.fetch_report()["unscanned"] == 0
    assert_same(client.messages(), sent)


@pytest.mark.kill
@pytest.mark.seconds(3600)
@pytest.mark.parametrize("deletes", [False, True], ids=["keep", "delete"])
def test_kill_9_loses_nothing_and_shows_nothing_unscanned(client, maildrop, running_clamd, deletes):
    """SIGKILL before system calls by which a run changes something."""
    configure(client, maildrop, running_clamd.target,
              delete="after-fetch" if deletes else "never")
    sent, infected = [], []

    def deliver():
        number = len(sent)
        body = numbered(number, 300)
        bad = numbered(number + 1, 300) + MARKER + b"\r\n"
        sent.extend(maildrop.deliver([body, bad]))
        infected.append(sent[-1])

    def held():
        folder = client.archive / ".restante" / "quarantine" / "home"
        return {path.read_bytes().replace(b"\n", b"\r\n")
                for part in ("new", "cur") for path in (folder / part).glob("*")}

    def settle():
        poll(lambda: client.fetch(code=None).returncode == OK, 60, "a run that succeeds")
        assert_same(client.messages(), [each for each in sent if each not in infected])
        assert held() == set(infected)

    deliver()
    client.fetch()
    deliver()
    counts = count_steps(client.command("fetch"), STEPS, client.folder / "strace")
    steps = [(call, n) for call, count in sorted(counts.items()) for n in range(1, count + 1)]
    chosen = list(steps)
    random.Random(int(os.environ.get("RESTANTE_KILL_SEED", "1"))).shuffle(chosen)
    rounds = int(os.environ.get("RESTANTE_KILL_ROUNDS", "12")) or len(steps)
    kills = 0
    for number, (call, count) in enumerate(chosen[:rounds]):
        print(f"round {number}: {call} {count}")
        deliver()
        kills += run_killed(client.command("fetch"), call, count)
        shown = set(client.messages())
        assert not shown & set(infected), "shown, and never scanned"
        assert shown | held() | set(maildrop.messages()) == set(sent), "lost"
        if number % 4 == 3:
            settle()
    settle()
    assert kills > min(rounds, len(steps)) / 3
