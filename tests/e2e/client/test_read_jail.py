"""No mail stops us: it is read in a process of its own, and nothing in it reaches the terminal."""

import fcntl
import json
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

import pytest

from harness.deadline import poll
from harness.restante import OK, PARTIAL

DATA = 65
LATER = 75  # A machine that does many other things.

pytestmark = pytest.mark.sanitized_long

GOOD = (b"From: a@example.com\r\nSubject: good\r\nMessage-ID: <good@example.com>\r\n"
        b"Date: Sun, 22 Nov 2026 05:00:00 +0000\r\n\r\nkangaroo\r\n")


def _nested(count):
    inner = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1)
                     for i in range(count))
    return (b"From: a@example.com\r\nSubject: deep\r\n"
            b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + inner)


# Mail that stops its readers: by recursion, by work, by memory.
HOSTILE = {
    "groups": lambda: b"From: a@example.com\r\nTo: " + b"a:" * 41_000 + b"\r\n\r\nx\r\n",
    "a mebibyte of groups": lambda: b"Subject: x\r\nCc: " + b"a:\r\n " * 209_000 + b"\r\n\r\nx\r\n",
    "a million parts": lambda: (b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b"
                                b"\r\n\r\n" + b"--b\r\n\r\n" * 1_000_000),
    "nested deep": lambda: _nested(100_000),
    "a header of 100 MB": lambda: b"Subject: x\r\n" + b"X-Long: " + b"y" * 100_000_000 + b"\r\n",
}


def put(client, *messages):
    folder = client.folder / "put"
    folder.mkdir(exist_ok=True)
    for number, message in enumerate(messages):
        (folder / f"{number}.eml").write_bytes(message)
    client.run("import", folder, "--account", "home")
    for path in folder.iterdir():
        path.unlink()


def ask(client, *words):
    return json.loads(client.run("--format", "json", *words).stdout)


def test_no_mail_ends_or_holds_up_a_command(client):
    """List, search, show, attachments, thread, stats and reindex end, with the other messages."""
    put(client, *(make() for make in HOSTILE.values()), GOOD)
    entries = ask(client, "list")
    assert len(entries) == len(HOSTILE) + 1
    [good] = [entry["id"] for entry in entries if entry["subject"] == "good"]
    bad = [entry["id"] for entry in entries if entry["id"] != good]
    assert [entry["id"] for entry in ask(client, "search", "kangaroo")] == [good]
    assert len(ask(client, "search", "account:home")) == len(entries)
    for words in (("show", *bad), ("show", "--html", *bad), ("show", "--headers", *bad)):
        result = client.run(*words, good, code=None)
        assert result.returncode in (OK, PARTIAL), result.stderr
        assert b"kangaroo" in result.stdout
        # An unreadable message is named.
        assert result.returncode == OK or b".restante," in result.stderr
    for number in bad:
        result = client.run("attachments", "list", number, code=None)
        assert result.returncode in (OK, DATA, LATER), result.stderr
    client.run("reindex")
    client.run("stats")
    client.run("thread", good)
    assert len(ask(client, "list")) == len(entries)


def test_a_fetch_that_brings_such_a_mail_ends_well(server, client):
    """A mail of address groups is fetched, and so is what comes behind it."""
    account = server.add_account()
    for message in (HOSTILE["groups"](), GOOD):
        server.ctl("deliver", account.name, data=message)
    client.add_account(server.port("pop3"), account.name, account.password)
    assert client.fetch_report()["fetched"] == 2
    client.run("fetch")
    assert len(ask(client, "list")) == 2
    assert len(ask(client, "search", "kangaroo")) == 1


def _descendants(pid):
    """As of now; what ends meanwhile is left out."""
    found = []
    try:
        tasks = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return found
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += [int(child), *_descendants(child)]
    return found


def _while_it_runs(command, act):
    """The command's exit code and stderr; `act` is called with each process below it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = set()
    over = threading.Event()

    def watch():
        while not over.is_set():
            try:
                for pid in _descendants(process.pid):
                    name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
                    if name == "restante-reader" and pid not in seen:
                        seen.add(pid)
                        act(pid, len(seen))
            except (OSError, ProcessLookupError):
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, said = process.communicate(timeout=100)
    over.set()
    watcher.join()
    return process.returncode, out, said, len(seen)


def _many():
    return (GOOD.replace(b"kangaroo", b"number%d" % i).replace(b"good@", b"%d@" % i)
            for i in range(400))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_reader_that_is_killed_or_stopped_costs_nothing(client, number):
    """The first reader is ended from outside; another one reads on, and nothing is missing."""
    put(client, *_many())

    def once(pid, count):
        if count == 1:
            os.kill(pid, number)

    code, _, said, readers = _while_it_runs(client.command("list"), once)
    assert code == OK and b"cannot be indexed" not in said, said
    assert readers > 1
    for i in (0, 200, 399):
        assert len(ask(client, "search", f"number{i}")) == 1


def _end_the_zygote(reader, _):
    """Then no reader can be had; those that there are end with it."""
    parent = int(pathlib.Path(f"/proc/{reader}/stat").read_text().rsplit(")", 1)[1].split()[1])
    if pathlib.Path(f"/proc/{parent}/comm").read_text().strip() == "restante-zygote":
        os.kill(parent, signal.SIGKILL)


def test_an_archive_can_be_looked_into_when_no_mail_can_be_read(client):
    """List says so and shows what there is; the next one indexes the rest."""
    put(client, *_many())
    code, out, said, _ = _while_it_runs(client.command("--format", "json", "list", "-n", "999"),
                                        _end_the_zygote)
    assert code == OK and len(json.loads(out)) == 400, said
    assert said.count(b"not indexed yet: no process can be started that reads mail") == 1, said
    assert b"another program" not in said
    assert len(ask(client, "search", "number399")) == 1


def test_a_fetch_says_that_no_mail_can_be_read(server, client):
    """It is another thing than another program that indexes, of which nothing is said."""
    account = server.add_account()
    client.add_account(server.port("pop3"), account.name, account.password)
    put(client, *_many())
    code, out, said, _ = _while_it_runs(client.command("fetch"), _end_the_zygote)
    assert code == OK, said
    assert (out + said).count(b"not indexed yet: no process can be started") == 1, out + said


def test_nothing_is_left_behind(client):
    """When a command has ended so have its readers, however it ended."""
    put(client, GOOD)
    found = set()

    def note(pid, _):
        found.add(pid)

    _while_it_runs(client.command("show", "1"), note)
    for pid in found:
        poll(lambda pid=pid: not pathlib.Path(f"/proc/{pid}").exists(), 10,
             "the reader ends")


def test_readers_hold_nothing_open(client):
    """The zygote has none of our files: its only descriptors are its socket and /dev/null."""
    put(client, GOOD)
    process = subprocess.Popen([*client.command("search", "kangaroo")], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    targets = set()
    while process.poll() is None:
        for pid in _descendants(process.pid):
            try:
                if pathlib.Path(f"/proc/{pid}/comm").read_text() != "restante-zygote\n":
                    continue
                targets |= {os.readlink(link) for link in
                            pathlib.Path(f"/proc/{pid}/fd").iterdir()}
            except OSError:
                continue
    process.communicate()
    strange = {each for each in targets
               if each != "/dev/null" and not each.startswith(("socket:", "anon_inode:"))}
    assert not strange


# --- the terminal ---------------------------------------------------------------------------------

SLY = ("needle \u009b31m \u202egnp.exe \u2066\u200b\ufeff \U000e0061 \ufff9x\ufffb \u2028y")
HIDDEN = "\u009b\u202e\u2066\u200b\ufeff\U000e0061\ufff9\ufffb\u2028\x1b"
MAIL = ("From: =?utf-8?q?=E2=80=AEevil?= <a@example.com>\r\nSubject: " + SLY + "\r\n"
        "Date: Sun, 22 Nov 2026 05:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "body " + SLY + "\r\n"
        "--b\r\nContent-Type: application/pdf; name=\"x\u202efdp.exe\"\r\n\r\nx\r\n--b--\r\n"
        ).encode()


def test_nothing_in_a_mail_controls_the_terminal_or_hides(client):
    """C0, C1, directions, zero width, tags: in no command, in JSON as \\uXXXX alone."""
    put(client, MAIL)
    json_too = (("list",), ("search", "needle"), ("show", "1"), ("attachments", "list", "1"),
                ("stats", "--by", "sender"))
    for words in (*json_too, *(("--format", "json", *each) for each in json_too), ("thread", "1"),
                  ("show", "1", "--headers"), ("show", "1", "--html"), ("print", "1")):
        shown = client.run(*words).stdout.decode()
        assert not set(shown) & set(HIDDEN), words
    entry = ask(client, "list")[0]
    assert "\u202e" in entry["subject"]  # The value is what it is.
    wrong = client.run("list", "x\u202e\u009b(", code=65).stderr.decode()
    assert not set(wrong) & set(HIDDEN)


def _on_a_terminal(command, columns, environment=()):
    """What it shows on a terminal so wide."""
    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal,
                               env={**os.environ, "TERM": "xterm", "PAGER": "",
                                    **dict(environment)})
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(main)
    assert process.wait(60) == OK, shown
    return shown.decode().replace("\r\n", "\n")


def _cells(text):
    """For the characters of these tests."""
    return sum(2 if "\u2e80" <= c <= "\uffef" else 1 for c in text)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_row_of_the_list_is_one_line_of_the_terminal(client, columns):
    """Rows in any script fit the terminal, and their columns stand in line."""
    put(client,
        *(f"From: {name} <a@example.com>\nSubject: {subject}\n"
          f"Date: Sun, 22 Nov 2026 05:00:00 +0000\n\nx\n".encode()
          for name, subject in (("Somebody with a long name of his own", "word " * 40),
                                ("株式会社日本語のとても長い名前です", "東京都" * 40),
                                ("Short", "short"))))
    shown = re.sub("\x1b\\[[0-9;]*m", "", _on_a_terminal(client.command("list"), columns))
    lines = [line for line in shown.splitlines() if "2026-11-22" in line]
    assert len(lines) == 3
    header = next(line for line in shown.splitlines() if "SUBJECT" in line)
    place = _cells(header[:header.index("SUBJECT")])
    for line in lines:
        assert _cells(line) <= columns, line
        cut = next(i for i in range(len(line) + 1) if _cells(line[:i]) >= place)
        assert _cells(line[:cut]) == place and line[cut - 1] == " ", line
    assert max(map(_cells, lines)) > columns - 3  # And the room is used.


def test_a_terminal_may_be_narrower_than_the_accounts_column(client):
    """A found line is cut there, as anywhere."""
    put(client, b"From: Somebody with a long name <a@example.com>\nSubject: one\n\nword\n")
    (client.folder / "two.eml").write_bytes(b"From: Somebody else <b@example.com>\n\nword\n")
    client.run("import", client.folder / "two.eml", "--account", "work")
    shown = _on_a_terminal(client.command("search", "word"), 10)
    assert "home" in shown and "work" in shown and "Some" not in shown, shown


def test_the_locale_c_gets_ascii(client):
    """On a terminal that says C there is nothing but ASCII; elsewhere what was written."""
    put(client,
        b"From: a@example.com\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe_=E6=9D=B1?=\n\nx\n")
    shown = _on_a_terminal(client.command("list"), 80, {"LC_ALL": "C"})
    assert shown.isascii() and "Grusse ??" in shown
    assert "Grüße 東" in _on_a_terminal(client.command("list"), 80, {"LC_ALL": "C.UTF-8"})


def test_a_pager_is_told_what_our_text_is(client):
    """less shows UTF-8 as octets where its environment does not say otherwise."""
    put(client, GOOD)
    shown = _on_a_terminal(client.command("show", "1"), 80,
                           {"PAGER": "cat >/dev/null; echo charset=$LESSCHARSET"})
    assert "charset=utf-8" in shown
