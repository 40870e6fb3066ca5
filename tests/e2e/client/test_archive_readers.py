"""Other programs read the archive as it is: mutt, mu and notmuch from Debian."""

import json
import os
import pathlib
import subprocess

import pytest

from harness.restante import Restante

MESSAGES = 5


@pytest.fixture
def client():
    made = Restante()
    folder = made.folder / "put"
    folder.mkdir()
    for number in range(MESSAGES):
        (folder / f"{number}.eml").write_bytes(
            f"From: sender{number}@example.com\r\nTo: me@example.com\r\n"
            f"Subject: message {number}\r\nMessage-ID: <{number}@example.com>\r\n"
            f"Date: Sun, 22 Nov 2026 0{number}:00:00 +0000\r\n\r\nword{number}\r\n".encode())
    made.run("import", folder, "--account", "home")
    yield made
    made.close()


def run(client, *words, data=b"", **environment):
    home = client.folder / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(list(map(str, words)), input=data, capture_output=True, timeout=60,
                          check=False,
                          env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb",
                               "LC_ALL": "C.UTF-8", **environment})
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode()


def listed(client, *query):
    return json.loads(client.run("--format", "json", "list", *query).stdout)


def test_mu(client):
    maildir = client.archive
    run(client, "mu", "init", f"--maildir={maildir}", f"--muhome={client.folder}/mu")
    run(client, "mu", "index", "--quiet", f"--muhome={client.folder}/mu")
    found = run(client, "mu", "find", "word3", "--fields=s", f"--muhome={client.folder}/mu")
    assert found.strip() == "message 3"
    everything = run(client, "mu", "find", "", "--fields=s", f"--muhome={client.folder}/mu")
    assert len(everything.splitlines()) == MESSAGES


def test_notmuch(client):
    config = client.folder / "notmuch"
    config.write_text(f"[database]\npath={client.archive}\n[new]\nignore=.restante\n"
                      "[search]\nexclude_tags=\n[maildir]\nsynchronize_flags=true\n")
    run(client, "notmuch", "new", "--quiet", NOTMUCH_CONFIG=str(config))
    assert run(client, "notmuch", "count", "*", NOTMUCH_CONFIG=str(config)).strip() == str(MESSAGES)
    # It moves a message that was read to cur/, with the flag: that is noticed.
    run(client, "notmuch", "tag", "-unread", "id:2@example.com", NOTMUCH_CONFIG=str(config))
    assert [one["subject"] for one in listed(client, "is:read")] == ["message 2"]
    assert len(client.messages()) == MESSAGES


def test_mutt(client):
    """It opens the Maildir, flags a message, and leaves."""
    commands = client.folder / "muttrc"
    commands.write_text(f"set folder={client.archive}\nset mbox_type=Maildir\n"
                        "set nomark_old\nset quit=yes\n"
                        "push '<last-entry><flag-message><quit>'\n")
    master, slave = os.openpty()
    home = client.folder / "home"
    home.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["mutt", "-n", "-F", str(commands), "-f", str(client.archive / "home")],
        stdin=slave, stdout=slave, stderr=slave,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "vt100",
             "LC_ALL": "C.UTF-8"})
    os.close(slave)
    try:
        while os.read(master, 4096):
            pass
    except OSError:
        pass  # It has left its terminal.
    os.close(master)
    assert process.wait(60) == 0
    assert len(listed(client, "is:flagged")) == 1
    assert len(client.messages()) == MESSAGES
    client.run("verify")


def test_what_a_reader_removes_is_removed(client):
    gone = pathlib.Path(listed(client, "subject:4")[0]["file"])
    gone.unlink()
    assert len(listed(client)) == MESSAGES - 1
    assert [one["subject"] for one in listed(client, "is:removed")] == ["message 4"]
