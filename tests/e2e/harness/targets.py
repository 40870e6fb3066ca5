"""Servers that mail is handed on to and that do what a test wants: LMTP, SMTP and IMAP, the right
thing to begin with. `answers` maps a verb ("GREETING", "RCPT", "END" for what follows a message,
"APPEND" …) to octets, HANG_UP, SILENT, or a function of the message's number that gives one of
these or None."""

import socketserver
import threading

from .hostile_pop3 import HANG_UP
from .quiet_server import QuietServer

SILENT = object()  # LMTP and SMTP: nothing more is said on this connection.


class _Target:
    def __init__(self, answers=None):
        self.answers = answers or {}
        self.mails = []  # What was taken.
        self.commands = []
        self.connections = 0
        self.offered = 0
        self._lock = threading.Lock()
        target = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with target._lock:
                    target.connections += 1
                try:
                    target.serve(self.rfile, self.wfile)
                except OSError:
                    pass

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, verb):
        """What the test wants, or None."""
        chosen = self.answers.get(verb)
        return chosen(self.offered) if callable(chosen) else chosen

    def heard(self, verb):
        return sum(verb in line for line in self.commands)

    def subjects(self):
        return [line[9:].decode() for mail in self.mails for line in mail.split(b"\r\n")
                if line.startswith(b"Subject: ")]

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def path_of(line):
    """The address of MAIL and RCPT, as text."""
    return line[line.index(b"<") + 1:line.rindex(b">")].decode()


class MailTarget(_Target):
    """LMTP and SMTP. A mail whose end it answered with HANG_UP or SILENT is among `mails`, as one
    that arrived and whose answer was lost; `envelopes` has (sender, recipients) of each."""

    def __init__(self, answers=None):
        self.envelopes = []
        super().__init__(answers)

    def serve(self, read, write):
        greeting = self.answer("GREETING") or b"220 target\r\n"
        if greeting is SILENT:
            return self.hear_the_end(read)
        write.write(greeting)
        sender, recipients = "", []
        while line := read.readline():
            line = line.rstrip(b"\r\n")
            self.commands.append(line)
            verb = line.split(b" ")[0].split(b":")[0].upper().decode()
            answer = self.answer(verb)
            if answer is HANG_UP:
                return
            if answer is SILENT:
                return self.hear_the_end(read)
            if verb == "MAIL":
                sender, recipients = path_of(line), []
            if verb == "RCPT" and (answer or b"2").startswith(b"2"):
                recipients.append(path_of(line))
            if answer is not None:
                write.write(answer)
            elif verb in ("LHLO", "EHLO"):
                write.write(b"250-target\r\n250-AUTH PLAIN XOAUTH2\r\n250 8BITMIME\r\n")
            elif verb == "AUTH":
                write.write(b"235 in\r\n")
            elif verb == "DATA":
                write.write(b"354 go\r\n")
                if not self.take(read, write, (sender, recipients)):
                    return
            elif verb == "QUIT":
                write.write(b"221 bye\r\n")
                return
            else:
                write.write(b"250 ok\r\n")

    @staticmethod
    def hear_the_end(read):
        while read.read(1):
            pass

    def take(self, read, write, envelope):
        mail = b""
        while (line := read.readline()) != b".\r\n":
            if not line:
                return False
            mail += line[1:] if line.startswith(b".") else line
        self.offered += 1
        answer = self.answer("END") or b"250 2.0.0 taken\r\n"
        if answer in (HANG_UP, SILENT) or answer.startswith(b"2"):
            self.mails.append(mail)
            self.envelopes.append(envelope)
        if answer is SILENT:
            self.hear_the_end(read)
        if answer in (HANG_UP, SILENT):
            return False
        write.write(answer)
        return True


class ImapTarget(_Target):
    """Takes APPEND; `mechanisms` are what it announces."""

    mechanisms = b"AUTH=PLAIN"

    def serve(self, read, write):
        write.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR %s] target\r\n" % self.mechanisms)
        while line := read.readline():
            line = line.rstrip(b"\r\n")
            self.commands.append(line)
            tag, _, rest = line.partition(b" ")
            verb = rest.split(b" ")[0].upper().decode()
            if verb == "CAPABILITY":
                write.write(b"* CAPABILITY IMAP4rev1 SASL-IR %s\r\n" % self.mechanisms)
            if verb == "APPEND":
                if not self.take(read, write, tag, rest):
                    return
                continue
            answer = self.answer(verb)
            write.write(tag + b" " + (answer or b"OK done\r\n"))
            if verb == "LOGOUT":
                return

    def take(self, read, write, tag, rest):
        self.offered += 1
        answer = self.answer("APPEND") or b"OK done\r\n"
        if answer is HANG_UP:
            return False
        write.write(b"+ go\r\n")
        mail = read.read(int(rest[rest.rindex(b"{") + 1:-1]))
        read.readline()
        if answer.startswith(b"OK"):
            self.mails.append(mail)
        write.write(tag + b" " + answer)
        return True
