"""A POP3 server that does what the test wants: the right thing to begin with, and any answer to
any command, cut anywhere, octet by octet, injected, stripped or not at all. It answers each
connection on a thread of its own and notes what it was told."""

import socket
import ssl
import threading

SILENCE = object()  # As an answer: nothing more, until the client is gone.
HANG_UP = object()

SECONDS = 30  # Longer than any client here waits.


def dot_stuffed(message):
    lines = message.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def multi_line(first, body):
    return first + b"\r\n" + body + b".\r\n"


class HostilePop3:
    """`messages` are octets that end in CRLF. `answers` maps a verb, or a verb with its argument,
    to octets, SILENCE, HANG_UP or a function of (session, argument) that gives one of these, or
    None when it has answered itself."""

    def __init__(self, messages=(), answers=None, context=None, implicit=False,
                 address="127.0.0.1"):
        self.messages = dict(enumerate(messages, 1))
        self.uids = {number: f"uid-{number}" for number in self.messages}
        self.capabilities = ["USER", "TOP", "UIDL", "PIPELINING", "RESP-CODES"]
        self.capabilities_of_users = None  # The same, when they differ after the login.
        self.answers = answers or {}
        self.greeting = b"+OK ready\r\n"
        self.context = context
        self.implicit = implicit
        self.line_end = b"\r\n"
        self.cut_after = None  # Octets of each connection; then it is closed.
        self.octet_by_octet = False
        self.commands = []  # Of all sessions, as they came.
        self.deleted = set()
        self._listener = socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=Session(self, connection).run, daemon=True).start()

    def heard(self, verb):
        """How often a command with this verb came."""
        return sum(command.split(b" ")[0].upper() == verb for command in self.commands)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.socket = connection
        self.left = server.cut_after
        self.marked = set()
        self.logged_in = False
        self.input = b""
        connection.settimeout(SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self):
        try:
            if self.server.implicit:
                self.start_tls()
            if self._say(self.server.greeting):
                while self._answer_next():
                    pass
        except (OSError, ssl.SSLError, EOFError):
            pass
        finally:
            self.socket.close()

    def start_tls(self):
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)

    def read_line(self):
        while b"\r\n" not in self.input:
            octets = self.socket.recv(65536)
            if not octets:
                raise EOFError
            self.input += octets
        line, _, self.input = self.input.partition(b"\r\n")
        self.server.commands.append(line)
        return line

    def send(self, octets):
        """The octets after line_end and cut_after."""
        octets = octets.replace(b"\r\n", self.server.line_end)
        whole = self.left is None or len(octets) <= self.left
        octets = octets[:self.left]
        if self.left is not None:
            self.left -= len(octets)
        if self.server.octet_by_octet:
            for octet in octets:
                self.socket.sendall(bytes([octet]))
        else:
            self.socket.sendall(octets)
        if not whole:
            raise EOFError

    def drain(self):
        while self.socket.recv(65536):
            pass

    def _say(self, answer):
        if answer is SILENCE:
            self.drain()
            return False
        if answer is HANG_UP:
            return False
        self.send(answer)
        return True

    def _answer_next(self):
        line = self.read_line()
        verb, _, argument = line.decode("latin-1").partition(" ")
        verb = verb.upper()
        for key in (f"{verb} {argument}", verb):
            if key in self.server.answers:
                answer = self.server.answers[key]
                answer = answer(self, argument) if callable(answer) else answer
                return answer is None or self._say(answer)
        answer = getattr(self, f"_{verb.lower()}", None)
        if not self._say(answer(argument) if answer else b"-ERR unknown command\r\n"):
            return False
        if verb == "STLS":
            self.start_tls()
        if verb == "QUIT":
            self.server.deleted |= self.marked
        return verb != "QUIT"

    # The answer of a server without fault.

    def _present(self):
        return {number: message for number, message in self.server.messages.items()
                if number not in self.marked | self.server.deleted}

    def _capa(self, _):
        names = self.server.capabilities
        if self.logged_in and self.server.capabilities_of_users is not None:
            names = self.server.capabilities_of_users
        return multi_line(b"+OK", "".join(f"{name}\r\n" for name in names).encode())

    def _stls(self, _):
        return b"+OK begin\r\n"

    def _user(self, _):
        return b"+OK\r\n"

    def _pass(self, _):
        self.logged_in = True
        return b"+OK\r\n"

    def _stat(self, _):
        present = self._present()
        return f"+OK {len(present)} {sum(map(len, present.values()))}\r\n".encode()

    def _list(self, _):
        lines = [f"{number} {len(message)}\r\n" for number, message in self._present().items()]
        return multi_line(b"+OK", "".join(lines).encode())

    def _uidl(self, _):
        lines = [f"{number} {self.server.uids[number]}\r\n" for number in self._present()]
        return multi_line(b"+OK", "".join(lines).encode("latin-1"))

    def _retr(self, argument):
        message = self._present().get(int(argument))
        if message is None:
            return b"-ERR no such message\r\n"
        return multi_line(b"+OK", dot_stuffed(message))

    def _top(self, argument):
        header, _, _ = self._present()[int(argument.split()[0])].partition(b"\r\n\r\n")
        return multi_line(b"+OK", dot_stuffed(header + b"\r\n\r\n"))

    def _dele(self, argument):
        self.marked.add(int(argument))
        return b"+OK\r\n"

    def _noop(self, _):
        return b"+OK\r\n"

    def _rset(self, _):
        self.marked.clear()
        return b"+OK\r\n"

    def _quit(self, _):
        return b"+OK bye\r\n"
