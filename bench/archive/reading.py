"""What restante reads of a mail, beside what mu, notmuch, mblaze and Python's email read of it.
Prints a table in Markdown. Without a folder: of the project's own cases
(tests/e2e/harness/reading_cases.py), how many of each kind each program reads right. With one: on
how many of its messages each program says what most of them say, by field.

Pages are made text of here for those who give them out as they are: notmuch, mblaze, Python, and mu
where it finds no other text. Of alternatives notmuch leaves the choice to its front ends: the plain
text is taken.

usage: reading.py RESTANTE [MAIL] [--wrong]   (MAIL: a folder of messages, one a file)"""

import argparse
import collections
import datetime
import email
import email.policy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/e2e"))

from harness import page  # noqa: E402
from harness.reading_cases import CASES, is_right  # noqa: E402

FIELDS = ("subject", "sender", "date", "files")
MOST = 3  # Programs of five.


@dataclass
class Answer:
    subject: str = ""
    sender: str = ""  # "Name <address>"
    date: str = ""  # In UTC, without a zone.
    text: str = ""
    files: list = field(default_factory=list)
    saved: dict = field(default_factory=dict)  # Octets by name.


def utc(seconds):
    begin = datetime.datetime(1970, 1, 1)
    return (begin + datetime.timedelta(seconds=seconds)).isoformat()


def one_line(text):
    return " ".join(text.split())


def sender_text(field_):
    """As restante shows it: no quotes, one blank, no name that is the address."""
    text = one_line(field_.replace('"', ""))
    found = re.fullmatch(r"([^<>]*)<([^<>]*)>", text)
    if not found:
        return text
    name, address = found[1].strip(), found[2].strip()
    return address if name in ("", address) else f"{name} <{address}>"


class Program:
    """With a folder of its own. `read(path)` answers what it reads of the message there."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        self.environment = dict(os.environ, HOME=str(self.folder), LC_ALL="C.UTF-8", TZ="UTC",
                                NOTMUCH_CONFIG=str(self.folder / "config"), MBLAZE_NOCOLOR="1")

    def octets(self, *words, cwd=None):
        return subprocess.run([str(word) for word in words], env=self.environment, cwd=cwd,
                              check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def run(self, *words):
        return self.octets(*words).decode("utf-8", "replace")

    def taken_from(self, path, *words):
        """The files that a command leaves where it runs: octets by name."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            self.octets(*words, path, cwd=name)
            return {each.name: each.read_bytes() for each in sorted(pathlib.Path(name).iterdir())}


class Restante(Program):
    def __init__(self, program, mail, folder):
        super().__init__("restante", folder)
        (self.folder / "restante.toml").write_text(f'archive = "{self.folder}/mail"\n')
        self.command = [pathlib.Path(program).resolve(), "--config", self.folder / "restante.toml"]
        self.run(*self.command, "import", mail, "--account", "home")
        listed = self.run(*self.command, "--format", "json", "list", "-n", "1000000")
        self.shown = {}
        for entry in json.loads(listed):
            self.shown[pathlib.Path(entry["file"]).read_bytes()] = entry["id"]

    def read(self, path):
        number = self.shown.get(path.read_bytes())
        if number is None:
            return Answer()
        shown = json.loads(self.run(*self.command, "--format", "json", "show", number) or "{}")
        if not shown:
            return Answer()
        names = [each["name"] for each in shown["files"]]
        saved = {}
        if names:
            target = self.folder / f"saved-{number}"
            told = self.run(*self.command, "--format", "json", "attachments", "save", number,
                            "--into", target)
            for name, each in zip(names, json.loads(told)):
                saved[name] = pathlib.Path(each["file"]).read_bytes()
        return Answer(one_line(shown["subject"]), sender_text(shown["from"]),
                      shown["date"].split(".")[0], shown["text"], names, saved)


class Mu(Program):
    """mu view and mu extract, which need no index."""

    FIELDS = ("From", "To", "Cc", "Bcc", "Subject", "Date", "Tags", "Attachments", "Signature")

    def __init__(self, folder):
        super().__init__("mu", folder)

    def pages(self, path):
        """The text of its pages."""
        parts = re.findall(r"^ +(\d+) .* text/html ", self.run("mu", "extract", "--nocolor", path),
                           re.MULTILINE)
        if not parts:
            return ""
        files = self.taken_from(path, "mu", "extract", f"--parts={','.join(parts)}")
        return "\n".join(page.text(each.decode("utf-8", "replace")) for each in files.values())

    def read(self, path):
        fields, lines = {}, self.run("mu", "view", "--nocolor", path).splitlines()
        while lines and lines[0].split(": ")[0] in self.FIELDS:
            name, _, value = lines.pop(0).partition(": ")
            fields[name] = value
        text = "\n".join(lines)
        if text == "[No text body found]":
            text = self.pages(path)
        date = re.search(r":date \((\d+) (\d+)", self.run("mu", "view", "--format=sexp", path))
        seconds = int(date[1]) * 65536 + int(date[2]) if date else 0
        listed = self.run("mu", "extract", "--nocolor", path)
        names = re.findall(r"^ +\d+ (?!<none>)(.+) \S+/\S+ \[", listed, re.MULTILINE)
        files = self.taken_from(path, "mu", "extract", "--save-attachments") if names else {}
        return Answer(one_line(fields.get("Subject", "")), sender_text(fields.get("From", "")),
                      utc(seconds), text, names, files)


class Notmuch(Program):
    def __init__(self, mail, folder):
        super().__init__("notmuch", folder)
        (self.folder / "config").write_text(
            f"[database]\npath={self.folder}\nmail_root={mail}\n[search]\nexclude_tags=\n")
        self.run("notmuch", "new", "--quiet")
        told = json.loads(self.run("notmuch", "show", "--format=json", "--include-html",
                                   "--entire-thread=false", "*") or "[]")
        self.messages = {name: each for each in self.messages_in(told)
                         for name in each["filename"]}

    def messages_in(self, told):
        for each in told:
            if isinstance(each, dict):
                yield each
            elif each:
                yield from self.messages_in(each)

    def parts(self, part, query, answer):
        content = part.get("content", "")
        if part.get("filename"):
            octets = self.octets("notmuch", "show", f"--part={part['id']}", "--format=raw", query)
            answer.files.append(part["filename"])
            answer.saved[part["filename"]] = octets
        if isinstance(content, str):
            is_page = part["content-type"] == "text/html"
            answer.text += (page.text(content) if is_page else content) + "\n"
            return
        if part["content-type"] == "multipart/alternative":
            plain = [each for each in content if each["content-type"] == "text/plain"]
            content = plain[:1] or content
        for each in content:
            for below in each.get("body", []) if "headers" in each else [each]:
                self.parts(below, query, answer)

    def read(self, path):
        message = self.messages.get(str(path))
        if message is None:
            return Answer()
        answer = Answer(one_line(message["headers"].get("Subject", "")),
                        sender_text(message["headers"].get("From", "")),
                        utc(message["timestamp"]))
        for part in message["body"]:
            self.parts(part, f"id:{message['id']}", answer)
        return answer


class Mblaze(Program):
    def __init__(self, folder):
        super().__init__("mblaze", folder)

    def read(self, path):
        def header(name, *options):
            return self.run("mhdr", *options, "-h", name, path)
        seconds = header("date", "-D").strip()
        text = self.run("mshow", "-n", "-N", "-h", "", path)
        files = self.taken_from(path, "mshow", "-n", "-B", "-x")
        return Answer(one_line(header("subject", "-d")), sender_text(header("from", "-d")),
                      utc(int(seconds)) if re.fullmatch(r"-?\d+", seconds) else "",
                      page.text(text) if re.search(r"(?i)<(html|p|body|script)\b", text) else text,
                      list(files), files)


class Python(Program):
    """As its documentation shows it: policy.default, get_body(), iter_attachments()."""

    def __init__(self, folder):
        super().__init__("Python", folder)

    def read(self, path):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        answer = Answer()
        for take in (self._head, self._text, self._files):
            try:
                take(message, answer)
            except Exception:  # Its exceptions on this mail are of many kinds.
                continue
        return answer

    @staticmethod
    def _head(message, answer):
        answer.subject = one_line(str(message["subject"] or ""))
        answer.sender = sender_text(str(message["from"] or ""))
        date = message["date"] and message["date"].datetime
        if date:
            aware = date if date.tzinfo else date.replace(tzinfo=datetime.timezone.utc)
            answer.date = utc(int(aware.timestamp()))

    @staticmethod
    def _text(message, answer):
        part = message.get_body(("plain", "html"))
        content = "" if part is None else part.get_content()
        is_page = part is not None and part.get_content_subtype() == "html"
        answer.text = page.text(content) if is_page else content

    @staticmethod
    def _files(message, answer):
        for part in message.iter_attachments():
            if part.get_filename():
                answer.files.append(part.get_filename())
                answer.saved[part.get_filename()] = part.get_payload(decode=True)


def put(messages, folder):
    """As a Maildir, which all read, with the ends of lines that it has. The paths."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    paths = []
    for number, octets in enumerate(messages):
        paths.append(folder / "cur" / f"{number:06}.x:2,S")
        paths[-1].write_bytes(octets.replace(b"\r\n", b"\n"))
    return paths


def row(cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def head(what, programs):
    row([what, *(program.name for program in programs)])
    row(["---"] * (len(programs) + 1))


def of_the_cases(paths, programs, is_wrong_told):
    """The cases that are read right, by kind."""
    right, counts, wrong = collections.Counter(), collections.Counter(), []
    for (name, case), path in zip(CASES.items(), paths):
        counts[case.kind] += 1
        for program in programs:
            answer = program.read(path)
            if is_right(case, answer):
                right[program.name, case.kind] += 1
            else:
                wrong.append((program.name, name, answer))
    head("cases", programs)
    for kind, count in counts.items():
        row([f"{kind} ({count})", *(right[program.name, kind] for program in programs)])
    row([f"all ({len(CASES)})", *(sum(right[program.name, kind] for kind in counts)
                                  for program in programs)])
    for each in sorted(wrong, key=lambda one: one[:2]) if is_wrong_told else ():
        print("\n", *each)


def of_the_mail(paths, programs, is_wrong_told):
    """How often each says what most of them say."""
    agree, settled = collections.Counter(), collections.Counter()
    for path in paths:
        answers = [program.read(path) for program in programs]
        for name in FIELDS:
            said = [repr(getattr(answer, name)) for answer in answers]
            most, count = collections.Counter(said).most_common(1)[0]
            if count < MOST:
                continue
            settled[name] += 1
            for program, each in zip(programs, said):
                agree[program.name, name] += each == most
                if each != most and is_wrong_told:
                    print(path.name, program.name, name, each, "not", most)
    head(f"{len(paths)} messages", programs)
    for name in FIELDS:
        row([f"{name} ({settled[name]})", *(agree[program.name, name] for program in programs)])


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("mail", type=pathlib.Path, nargs="?")
    parser.add_argument("--wrong", action="store_true", help="with what is read otherwise")
    asked = parser.parse_args(arguments)
    if asked.mail:
        messages = [path.read_bytes() for path in sorted(asked.mail.rglob("*"))
                    if path.is_file() and path.suffix != ".json"]
    else:
        messages = [case.octets for case in CASES.values()]
    with tempfile.TemporaryDirectory(prefix="archive-reading-") as name:
        folder = pathlib.Path(name)
        paths = put(messages, folder / "mail")
        programs = [Restante(asked.program, folder / "mail", folder), Mu(folder),
                    Notmuch(folder / "mail", folder), Mblaze(folder), Python(folder)]
        (of_the_mail if asked.mail else of_the_cases)(paths, programs, asked.wrong)


if __name__ == "__main__":
    main(sys.argv[1:])
