"""What servers out there do while mail is received: answers that are not those of their commands,
mail with other line ends, listings that are wrong. Nothing of it may cost a message."""

import hashlib
import json
import random
import socket
import time

import pytest

from harness.hostile_pop3 import dot_stuffed, multi_line
from harness.restante import OK
from harness.sized_messages import MESSAGES, mail

pytestmark = pytest.mark.sanitized_long

ATTEMPTS = 3  # Runs after which everything has to be here.


class Answers:
    """To RETR, as long as nothing goes wrong."""

    def __init__(self):
        self.ahead = 0  # How often another command was there before the answer to this one.

    def __call__(self, session, argument):
        pending = self.pending(session)
        if pending:
            self.ahead += 1
            session.socket.sendall(self.wrong(session, argument, pending))
        else:
            session.socket.sendall(self.right(session, argument))

    @staticmethod
    def pending(session):
        """The arguments of the RETRs that are here already."""
        lines = session.input.decode("latin-1").split("\r\n")[:-1]
        return [line.split(" ")[1] for line in lines if line.startswith("RETR ")]

    @staticmethod
    def drop(session, commands):
        session.input = b"".join(session.input.splitlines(keepends=True)[commands:])

    @staticmethod
    def body(session, argument):
        return dot_stuffed(session.server.messages[int(argument)])

    def right(self, session, argument):
        return multi_line(b"+OK", self.body(session, argument))

    def wrong(self, session, argument, pending):
        return self.right(session, argument)


class Lost(Answers):
    def wrong(self, session, argument, pending):
        session.input = b""
        return self.right(session, argument)


class Swapped(Answers):
    def wrong(self, session, argument, pending):
        self.drop(session, 1)
        return self.right(session, pending[0]) + self.right(session, argument)


class Twice(Answers):
    def wrong(self, session, argument, pending):
        return 2 * self.right(session, argument)


class InPlaceOfTheNext(Answers):
    def wrong(self, session, argument, pending):
        self.drop(session, 1)
        return 2 * self.right(session, argument)


class Vanished(Answers):
    def wrong(self, session, argument, pending):
        return b""


class Overtaking(Answers):
    """The next reply's line comes before the final dot."""

    def wrong(self, session, argument, pending):
        self.drop(session, 1)
        return (b"+OK\r\n" + self.body(session, argument) + b"+OK\r\n.\r\n" +
                self.body(session, pending[0]) + b".\r\n")


class EarlyDot(Answers):
    def wrong(self, session, argument, pending):
        head, _, text = self.body(session, argument).partition(b"\r\n\r\n")
        return multi_line(b"+OK", head + b"\r\n.\r\n\r\n" + text)


class Stray(Answers):
    def wrong(self, session, argument, pending):
        return b"+OK by the way\r\n" + self.right(session, argument)


class Mixed(Answers):
    """Any of them, now and then."""

    def __init__(self, seed):
        super().__init__()
        self.chance = random.Random(seed)

    def wrong(self, session, argument, pending):
        kinds = [Answers, Answers, Lost, Swapped, Twice, InPlaceOfTheNext, Overtaking, EarlyDot,
                 Stray]
        return self.chance.choice(kinds).wrong(self, session, argument, pending)


def check_that_nothing_is_lost(client, server):
    here = client.messages()
    assert [number for number in sorted(server.deleted)
            if server.messages[number] not in here] == []
    assert [message for message in here if message not in server.messages.values()] == []
    return here


@pytest.mark.parametrize("answers", [Lost, Swapped, Twice, InPlaceOfTheNext, Vanished, Overtaking,
                                     EarlyDot, Stray])
def test_answers_that_are_not_those_of_their_commands(client, hostile, answers):
    """Mail that is deleted there is here, and all comes in the end, one message at a time."""
    answer = answers()
    server = hostile(answers={"RETR": answer}, reply_timeout="1s")
    for _ in range(ATTEMPTS):
        client.fetch(code=None)
        check_that_nothing_is_lost(client, server)
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.deleted == set(server.messages)
    seen = answer.ahead
    assert seen > 0
    server.messages |= {number: mail(number, 200 + number) for number in range(20, 30)}
    server.uids |= {number: f"uid-{number}" for number in range(20, 30)}
    client.fetch()
    assert answer.ahead == seen  # It is remembered.
    assert len(check_that_nothing_is_lost(client, server)) == len(MESSAGES) + 10


@pytest.mark.parametrize("seed", range(6))
def test_what_is_deleted_there_is_here(client, hostile, seed):
    """For any fault in the order of answers, and for messages some of which have one size."""
    chance = random.Random(seed)
    messages = [mail(number, chance.choice([180, 181, 200, 250, 300 + number]))
                for number in range(1, 25)]
    server = hostile(messages, {"RETR": Mixed(seed)}, reply_timeout="1s")
    for _ in range(ATTEMPTS):
        client.fetch(code=None)
        check_that_nothing_is_lost(client, server)
    assert sorted(client.messages()) == sorted(messages)


def test_a_list_that_is_always_wrong(client, hostile):
    """It costs a second look at a few messages, once."""
    answer = Answers()
    server = hostile(answers={"RETR": answer}, delete="never")
    server.capabilities.remove("TOP")

    def sizes(_, __):
        lines = [f"{number} {len(message) - 9}\r\n" for number, message in server.messages.items()]
        return multi_line(b"+OK", "".join(lines).encode())

    server.answers["LIST"] = sizes
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.heard(b"RETR") <= len(MESSAGES) + 4
    before, seen = server.heard(b"RETR"), answer.ahead
    server.messages |= {number: mail(number, 200 + number) for number in range(20, 30)}
    server.uids |= {number: f"uid-{number}" for number in range(20, 30)}
    client.fetch()
    assert server.heard(b"RETR") == before + 10
    assert answer.ahead == seen


def test_a_list_that_is_wrong_once(client, hostile):
    """One message is fetched twice, and the rest as fast as ever, also in the next run."""
    answer = Answers()
    server = hostile(answers={"RETR": answer}, delete="never")

    def sizes(_, __):
        lines = [f"{number} {len(message) + 1000 * (number == 3)}\r\n"
                 for number, message in server.messages.items()]
        return multi_line(b"+OK", "".join(lines).encode())

    server.answers["LIST"] = sizes
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.heard(b"RETR") == len(MESSAGES) + 1
    seen = answer.ahead
    server.messages |= {number: mail(number, 300 + number) for number in range(20, 30)}
    server.uids |= {number: f"uid-{number}" for number in range(20, 30)}
    client.fetch()
    assert answer.ahead > seen


class SwappedBodies(Answers):
    """Of two that are asked for together; all else is in order, TOP too."""

    def __init__(self):
        super().__init__()
        self.swapped = set()

    def __call__(self, session, argument):
        number = int(argument)
        if number % 2 and str(number + 1) in self.pending(session):
            self.ahead += 1
            self.swapped |= {number, number + 1}
        other = number + (1 if number % 2 else -1)
        shown = other if number in self.swapped else number
        self.swapped.discard(number)
        session.socket.sendall(self.right(session, shown))


def by_id(client):
    return {message["uid"]: message["sha256"] for message in new_messages(client)}


def new_messages(client):
    lines = client.run("--format", "jsonl", "fetch", code=None).stdout.splitlines()
    return [line for line in map(json.loads, lines) if line.get("type") == "message"]


@pytest.mark.parametrize("answers", [Swapped, SwappedBodies, Overtaking, InPlaceOfTheNext, Lost])
def test_messages_of_one_size_are_told_apart_by_their_headers(client, hostile, answers):
    """LIST does not show that their answers were swapped."""
    messages = [mail(number, 200) for number in range(1, 9)]
    answer = answers()
    server = hostile(messages, {"RETR": answer}, reply_timeout="1s")
    found = {}
    for _ in range(ATTEMPTS):
        found |= by_id(client)
        check_that_nothing_is_lost(client, server)
    assert answer.ahead > 0
    assert sorted(client.messages()) == sorted(messages)
    assert found == {f"uid-{number}": hashlib.sha256(message).hexdigest()
                     for number, message in enumerate(messages, 1)}


@pytest.mark.parametrize("top", [True, False])
def test_messages_of_one_size_come_together_where_top_tells_them_apart(client, hostile, top):
    """And one by one where it does not."""
    messages = [mail(number, 200) for number in range(1, 30)]
    answer = Answers()
    server = hostile(messages, {"RETR": answer})
    if not top:
        server.capabilities.remove("TOP")
    client.fetch()
    assert sorted(client.messages()) == sorted(messages)
    assert server.heard(b"RETR") == len(messages)
    assert (server.heard(b"TOP"), answer.ahead > 0) == ((29, True) if top else (0, False))


def test_a_top_that_is_refused_costs_a_second_look_at_a_few(client, hostile):
    messages = [mail(number, 200) for number in range(1, 30)]
    server = hostile(messages, {"TOP": b"-ERR not today\r\n"})
    client.fetch()
    assert sorted(client.messages()) == sorted(messages)
    assert server.deleted == set(server.messages)
    assert len(messages) < server.heard(b"RETR") < 2 * len(messages)


class OneForAll(Answers):
    """Several alarms with one header, of which the server gives the same body for each."""

    def wrong(self, session, argument, pending):
        return multi_line(b"+OK", dot_stuffed(session.server.messages[2]))


@pytest.mark.parametrize(("answers", "count"), [(Answers, 8), (OneForAll, 2), (OneForAll, 8),
                                                (Swapped, 8)])
def test_messages_that_differ_in_their_bodies_alone(client, hostile, answers, count):
    """Nothing but their octets tells them apart: what came for them is compared with what comes
    alone."""
    messages = [b"Subject: disk full\r\n\r\nOn %d.\r\n" % number for number in range(1, count + 1)]
    server = hostile(messages, {"RETR": answers()})
    found = by_id(client)
    for _ in range(ATTEMPTS):
        found |= by_id(client)
        check_that_nothing_is_lost(client, server)
    assert sorted(client.messages()) == sorted(messages)
    assert found == {f"uid-{number}": hashlib.sha256(message).hexdigest()
                     for number, message in enumerate(messages, 1)}
    assert server.deleted == set(server.messages)


# Mail that is stored, and sent, with LF.

LF_MESSAGES = [message.replace(b"\r\n", b"\n") for message in MESSAGES[:3]] + [MESSAGES[3]]


def as_it_is_stored(session, argument):
    message = session.server.messages[int(argument)]
    body = message.replace(b"\n.", b"\n..")
    session.socket.sendall(b"+OK\r\n" + body + b".\r\n")


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("counted", ["as LF", "as CRLF", "wrongly"])
def test_mail_with_lf_between_replies_with_crlf(client, hostile, pipelining, counted):
    """Its end is found, nothing is glued to it, and the client does not wait in vain."""
    messages = [*LF_MESSAGES, b"Subject: dots\n\n.\n.a\n"]
    server = hostile(messages, {"RETR": as_it_is_stored})
    if not pipelining:
        server.capabilities.remove("PIPELINING")

    def size(message):
        more = {"as LF": 0, "as CRLF": message.replace(b"\r\n", b"").count(b"\n"), "wrongly": 77}
        return len(message) + more[counted]

    server.answers["LIST"] = lambda *_: multi_line(b"+OK", "".join(
        f"{number} {size(message)}\r\n" for number, message in server.messages.items()).encode())
    client.fetch()
    assert sorted(client.messages()) == sorted(messages)
    assert server.deleted == set(server.messages)


def test_a_dot_behind_a_bare_lf_that_is_text(client, hostile):
    """A strict server's mail stays whole, also where it pauses behind the dot."""
    message = b"Subject: x\r\n\r\na\n.\r\n+OK no reply\r\nb\r\n"
    first, second = b"Subject: x\r\n\r\na\n.\r\n", b"+OK no reply\r\nb\r\n.\r\n"

    def pauses(session, _):
        session.socket.sendall(b"+OK\r\n" + first)
        assert session.read_line() == b"NOOP"
        session.socket.sendall(second + b"+OK\r\n")

    hostile([message], {"RETR": pauses})
    client.fetch()
    assert client.messages() == [message]
