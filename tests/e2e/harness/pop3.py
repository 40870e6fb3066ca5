"""A POP3 client that hides nothing: each answer is the bytes that came."""

from .deadline import poll
from .wire import Wire


def unstuff(wire):
    """Dot-stuffed bytes without their stuffing (RFC 1939 s.3)."""
    body = wire[1:] if wire.startswith(b".") else wire
    return body.replace(b"\r\n..", b"\r\n.") if b"\r\n.." in body else body


def exact_unstuff(wire):
    """As unstuff, but fails on a line that begins with one dot only: not properly stuffed."""
    for at, stuffed in ((0, wire[:2]), *_line_starts(wire)):
        assert stuffed[:1] != b"." or stuffed[1:2] == b".", f"not stuffed at byte {at}"
    return unstuff(wire)


def _line_starts(wire):
    at = wire.find(b"\r\n.")
    while at >= 0:
        yield at + 2, wire[at + 2:at + 4]
        at = wire.find(b"\r\n.", at + 1)


class Pop3(Wire):
    """`tls`: "none", "starttls" (STLS is sent at once) or "implicit"."""

    def __init__(self, address, tls="none", context=None, **options):
        super().__init__(address, **options)
        if tls == "implicit":
            self.start_tls(context)
        self.greeting = self.line()
        assert self.greeting.startswith(b"+OK"), self.greeting
        if tls == "starttls":
            self.ok("STLS")
            self.start_tls(context)

    def command(self, text):
        self.send((text if isinstance(text, bytes) else text.encode()) + b"\r\n")
        return self.line()

    def ok(self, text):
        answer = self.command(text)
        assert answer.startswith(b"+OK"), f"{text}: {answer!r}"
        return answer

    def err(self, text, code=""):
        """`code` is the response code awaited, "[IN-USE]" for example."""
        answer = self.command(text)
        assert answer.startswith(f"-ERR {code}".rstrip().encode()), f"{text}: {answer!r}"
        return answer

    def try_login(self, account):
        """The answer to PASS."""
        self.ok(f"USER {account.name}")
        return self.command(f"PASS {account.password}")

    def login(self, account):
        answer = self.try_login(account)
        assert answer.startswith(b"+OK"), answer
        return self

    def lines(self, text):
        self.ok(text)
        return self.until_dot().split(b"\r\n")[:-1]

    def sizes(self):
        """LIST as {number: octets}, ascending."""
        pairs = [tuple(map(int, line.split(b" "))) for line in self.lines("LIST")]
        assert pairs == sorted(pairs)
        return dict(pairs)

    def uids(self):
        """UIDL as {number: uid}."""
        result = {}
        for line in self.lines("UIDL"):
            number, uid = line.split(b" ")
            assert 1 <= len(uid) <= 70 and all(0x21 <= c <= 0x7e for c in uid), uid
            result[int(number)] = uid
        assert len(set(result.values())) == len(result)
        return result

    def stat(self):
        words = self.ok("STAT").split(b" ")
        return int(words[1]), int(words[2])

    def retr(self, number):
        self.ok(f"RETR {number}")
        return exact_unstuff(self.until_dot())

    def retr_all(self, numbers):
        """Yields (number, message)."""
        numbers = list(numbers)
        return zip(numbers, self._pipelined([b"RETR %d\r\n" % number for number in numbers]))

    def top_all(self, numbers, lines):
        return self._pipelined([b"TOP %d %d\r\n" % (number, lines) for number in numbers])

    def _pipelined(self, commands, window=50):
        """The multi-line answers to `commands`, with up to `window` of them under way."""
        for start in range(0, len(commands), window):
            part = commands[start:start + window]
            self.send(b"".join(part))
            for command in part:
                answer = self.line()
                assert answer.startswith(b"+OK"), f"{command!r}: {answer!r}"
                yield exact_unstuff(self.until_dot())

    def quit(self):
        answer = self.ok("QUIT")
        assert self.drain() == b""
        self.close()
        return answer


def login_when_free(address, account):
    """A session of `account`, as soon as the server has seen the end of the one before it, whose
    connection is closed already."""

    def attempt():
        pop3 = Pop3(address)
        answer = pop3.try_login(account)
        if answer.startswith(b"+OK"):
            return pop3
        assert answer.startswith(b"-ERR [IN-USE]"), answer
        pop3.close()
        return None

    return poll(attempt, 20, "the maildrop of a lost connection is free")
