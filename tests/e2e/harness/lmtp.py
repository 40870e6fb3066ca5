"""An LMTP and SMTP sender of exact bytes (smtplib rewrites line ends)."""

from .wire import Wire


def stuff(message):
    """For DATA: dots doubled at the start of CRLF lines (RFC 5321 s.4.5.2), then the end."""
    wire = message.replace(b"\r\n.", b"\r\n..")
    if wire.startswith(b"."):
        wire = b"." + wire
    return wire + (b"" if wire.endswith(b"\r\n") or not wire else b"\r\n") + b".\r\n"


class Lmtp(Wire):
    """`hello` is "LHLO" or, for SMTP, "EHLO"."""

    def __init__(self, address, tls="none", hello="LHLO", context=None, **options):
        super().__init__(address, **options)
        self.hello = hello
        self.greeting = self.reply()
        self.capabilities = self._hello()
        if tls == "starttls":
            self.expect("STARTTLS", 220)
            self.start_tls(context)
            self.capabilities = self._hello()

    def _hello(self):
        code, lines = self.command(f"{self.hello} sender.example.test")
        assert code == 250, lines
        return [line.decode() for line in lines[1:]]

    def reply(self):
        """(code, texts) of one reply, however many lines it has."""
        texts = []
        while True:
            line = self.line()
            assert len(line) >= 3 and line[:3].isdigit(), line
            texts.append(line[4:])
            if line[3:4] != b"-":
                return int(line[:3]), texts

    def command(self, text):
        self.send((text if isinstance(text, bytes) else text.encode()) + b"\r\n")
        return self.reply()

    def expect(self, text, code, enhanced=""):
        got, texts = self.command(text)
        assert got == code, f"{text}: {got} {texts}"
        assert texts[-1].startswith(enhanced.encode()), f"{text}: {got} {texts}"
        return texts

    def begin(self, recipients, sender="sender@example.org", parameters=""):
        """MAIL, RCPT and DATA in one segment (RFC 2920); all must be accepted."""
        lines = [f"MAIL FROM:<{sender}>{parameters}"]
        lines += [f"RCPT TO:<{recipient}>" for recipient in recipients]
        self.send("".join(line + "\r\n" for line in [*lines, "DATA"]).encode())
        for awaited in [250] * (1 + len(recipients)) + [354]:
            code, texts = self.reply()
            assert code == awaited, f"{code} {texts}"

    def verdicts(self, recipients):
        """The replies to a whole mail: one, and in LMTP one for each recipient (RFC 2033 s.4.2)."""
        count = len(recipients) if self.hello == "LHLO" else 1
        return [self.reply() for _ in range(count)]

    def data(self, message, recipients, **options):
        """Sends one mail and returns the verdicts."""
        recipients = [recipients] if isinstance(recipients, str) else recipients
        self.begin(recipients, **options)
        self.send(stuff(message))
        return self.verdicts(recipients)

    def deliver(self, message, recipients, **options):
        """Sends one mail that every recipient must be given."""
        for code, texts in self.data(message, recipients, **options):
            assert code == 250, f"{code} {texts}"

    def quit(self):
        self.expect("QUIT", 221)
        self.close()
