"""What servers out there do while mail is received: answers that are not those of their commands,
mail with other line ends, odd listings, refusals. Nothing of it may cost a message."""

import base64
import json
import random
import signal
import socket
import ssl
import time
import types

import pytest

from harness.certs import make_certificate
from harness.hostile_pop3 import HANG_UP, SILENCE, HostilePop3, dot_stuffed, multi_line
from harness.restante import NO_PERMISSION, OK, PARTIAL, UNAVAILABLE, interrupt

pytestmark = pytest.mark.sanitized

ATTEMPTS = 3  # Runs after which everything has to be here.


def mail(number, octets):
    head = f"Subject: message {number}\r\nMessage-ID: <{number}@example.test>\r\n\r\n".encode()
    return head + b"x" * (octets - len(head) - 2) + b"\r\n"


MESSAGES = [mail(number, 150 + 7 * number) for number in range(1, 13)]  # Each of its own size.


@pytest.fixture
def hostile(client):
    """hostile(...) -> a server that the client's one account is on."""
    servers = []

    def make(messages=MESSAGES, answers=None, address="127.0.0.1", **more):
        servers.append(HostilePop3(messages, answers, address=address))
        client.add_account(servers[-1].port, "alice", "the secret",
                           **{"reply_timeout": "30s", "delete": "after-fetch", **more})
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def certificate(tmp_path):
    """The server's and the client's, which is its own authority."""
    file, key = make_certificate(tmp_path, "both", ["127.0.0.1", "localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return types.SimpleNamespace(certificate=file, key=key, authority=file, context=context)


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
    """Whatever is deleted there is here, and all comes in the end, one message at a time."""
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


def test_messages_of_one_size_are_asked_for_one_after_the_other(client, hostile):
    """Nothing would show that their answers were swapped."""
    messages = [mail(number, 200) for number in range(1, 9)]
    answer = Swapped()
    hostile(messages, {"RETR": answer})
    client.fetch()
    assert sorted(client.messages()) == sorted(messages)
    assert answer.ahead == 0


# Mail that is stored, and sent, with LF.

LF_MESSAGES = [message.replace(b"\r\n", b"\n") for message in MESSAGES[:3]] + [MESSAGES[3]]


def as_it_is_stored(session, argument):
    message = session.server.messages[int(argument)]
    body = message.replace(b"\n.", b"\n..")
    session.socket.sendall(b"+OK\r\n" + body + b".\r\n")


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("counted", ["as LF", "as CRLF", "wrongly"])
def test_mail_with_lf_between_replies_with_crlf(client, hostile, pipelining, counted):
    """Its end is found, nothing is glued to it, and nobody waits for what does not come."""
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


# Servers as they are.

@pytest.mark.parametrize("verb", ["LIST", "UIDL"])
def test_an_empty_maildrop_without_a_listing(client, hostile, verb):
    """That there is nothing to list is no failure, and mail that comes later is fetched."""
    server = hostile([], {verb: b"-ERR no messages\r\n"})
    client.fetch()
    del server.answers[verb]
    server.messages, server.uids = {1: MESSAGES[0]}, {1: "uid-1"}
    client.fetch()
    assert client.messages() == [MESSAGES[0]]


@pytest.mark.parametrize("end", [HANG_UP, SILENCE], ids=["hangs up", "is silent"])
def test_a_server_that_dies_of_capa(client, hostile, end):
    """It is fetched from without CAPA, and not asked for it again for a while."""
    server = hostile(answers={"CAPA": end}, reply_timeout="1s")
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    asked = server.heard(b"CAPA")
    client.fetch()
    assert server.heard(b"CAPA") == asked


def test_an_address_that_is_silent_is_passed_over(client, hostile, tmp_path):
    """The name has two addresses; the first one takes the connection and says nothing."""
    server = hostile(address="127.0.0.3", reply_timeout="1s", host="two.test")
    hosts = tmp_path / "hosts"  # Neither is what getaddrinfo() likes better.
    hosts.write_text("127.0.0.2 two.test\n127.0.0.3 two.test\n")
    with socket.create_server(("127.0.0.2", server.port)) as silent:
        client.fetch(prefix=["unshare", "--mount", "sh", "-c",
                             f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"])
        silent.setblocking(False)
        silent.accept()[0].close()
    assert sorted(client.messages()) == sorted(MESSAGES)


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_tls_at_a_port_that_should_be_in_clear(client, hostile, tls, certificate):
    """The port is told for what it is, and what to write."""
    server = hostile(tls=tls, reply_timeout="1s", ca_file=str(certificate.authority))
    server.implicit, server.context = True, certificate.context
    said = client.fetch(code=UNAVAILABLE).stderr.decode()
    assert 'tls = "implicit"' in said


def test_a_quota_of_the_day_ends_the_asking(client, hostile):
    """After ten refusals alike the rest is left alone, and comes when there is quota again."""
    messages = [mail(number, 150 + number) for number in range(1, 61)]
    left = [20]

    def quota(session, argument):
        left[0] -= 1
        if left[0] >= 0:
            return session._retr(argument)
        return f"-ERR limit of the day exceeded ({argument})\r\n".encode()

    server = hostile(messages, {"RETR": quota}, window=5)
    said = client.fetch(code=PARTIAL).stderr.decode()
    assert "the rest is left to the next run" in said
    assert len(client.messages()) == 20
    assert server.heard(b"RETR") <= 20 + 10 + 5
    assert said.count("limit of the day") <= 17
    del server.answers["RETR"]
    client.fetch("--retry")
    assert sorted(client.messages()) == sorted(messages)


def test_what_was_refused_for_good_can_be_asked_for_again(client, hostile):
    """[SYS/PERM] is no verdict for ever: the server may be repaired."""
    server = hostile(answers={"RETR 3": b"-ERR [SYS/PERM] damaged\r\n"})
    client.fetch(code=PARTIAL)
    client.fetch()
    assert server.heard(b"RETR") == len(MESSAGES)
    del server.answers["RETR 3"]
    client.fetch("--retry")
    assert sorted(client.messages()) == sorted(MESSAGES)


def test_a_server_that_throttles_is_given_time(client, hostile):
    """It hangs up after some messages: the run waits longer and longer before it comes back."""
    messages = [mail(number, 150 + number) for number in range(1, 31)]
    logins = []

    def throttled(session, argument):
        session.served = getattr(session, "served", 0) + 1
        return HANG_UP if session.served > 10 else session._retr(argument)

    def login(session, _):
        logins.append(time.monotonic())
        session.logged_in = True
        return b"+OK\r\n"

    hostile(messages, {"RETR": throttled, "PASS": login})
    for _ in range(2):
        client.fetch(code=None)
    assert len(client.messages()) == len(messages)
    assert len(logins) < 10


def test_gmails_special_refusal_says_what_helps(client, hostile):
    """It is about the account, and no outage of the server."""
    hostile(answers={"PASS": b"-ERR [SYS/PERM] Your account is not enabled for POP access. Please"
                             b" visit your settings.\r\n"})
    said = client.fetch(code=NO_PERMISSION).stderr.decode()
    assert "switch POP on" in said


def test_blank_lines_are_nothing(client, hostile):
    """Before the greeting, behind replies and behind listings."""
    server = hostile()
    server.greeting = b"\r\n\r\n+OK ready\r\n\r\n"
    server.answers["UIDL"] = lambda session, _: session._uidl("") + b"\r\n"
    server.answers["RETR"] = lambda session, argument: session._retr(argument) + b"\r\n"
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.deleted == set(server.messages)


@pytest.mark.parametrize("uids", [
    {2: "uid-1"}, {1: "an id", 2: "an other id"}, {1: "u" * 2000, 2: "v" * 5000}, {1: "", 2: ""},
    {1: "\xe4\xff", 2: "\xe4"}], ids=["equal", "blanks", "long", "none", "8-bit"])
def test_odd_unique_ids_stop_no_deletion(client, hostile, uids):
    """All is fetched once and deleted, also what has no id of its own."""
    server = hostile()
    server.uids |= uids
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)
    assert server.deleted == set(server.messages)


def test_hangup_reads_the_configuration_again(client, hostile):
    """SIGHUP does not end `fetch --watch`: it looks at once, as the configuration says now."""
    server = hostile(interval="1h")
    process = client.start("fetch", "--watch")
    try:
        process.wait_line(lambda line: "12 new" in line, 60)
        server.messages |= {20: mail(20, 200)}
        server.uids |= {20: "uid-20"}
        seen = process.line_count()
        process.signal(signal.SIGHUP)
        process.wait_line(lambda line: "1 new" in line, 60, since=seen)
    finally:
        assert interrupt(process) == OK


# What is told of a run.

def test_a_quit_without_an_answer(client, hostile):
    """The server has deleted and gone: the next look of the same run finds that out."""
    def gone(session, _):
        session.server.deleted |= session.marked
        return HANG_UP

    server = hostile(answers={"QUIT": gone})
    report = client.fetch_report(code=None)
    assert server.deleted == set(server.messages)
    assert report["unconfirmed"] == 0 and report["deleted"] == len(MESSAGES)
    assert report["error"] is None


def test_what_is_not_known_to_be_deleted_is_said(client, hostile):
    """QUIT is refused in each session of the run: each message counts once, and stderr tells."""
    hostile(MESSAGES[:2], {"QUIT": b"-ERR disk is full\r\n"})
    result = client.run("--format", "json", "fetch", code=None)
    assert result.returncode != OK
    [report] = json.loads(result.stdout)["accounts"]
    assert report["unconfirmed"] == 2
    assert "2 messages" in result.stderr.decode()
    assert any("2 messages" in note for note in report["notes"])


def test_a_message_that_fails_is_one(client, hostile):
    """It has failed; that it waits for its next try is the same message."""
    hostile(MESSAGES[:4], {"RETR 2": HANG_UP})
    report = client.fetch_report(code=PARTIAL)
    assert len(report["failures"]) == 1 and report["waiting"] == 0


def test_external_beside_a_password_for_others(client, hostile, certificate):
    """What [defaults] give to the other accounts is not for the one with a certificate."""
    server = hostile(mechanism="EXTERNAL", tls="implicit", ca_file=str(certificate.authority),
                     client_certificate=str(certificate.certificate),
                     client_key=str(certificate.key))
    client.change(password=None)
    client.top["defaults"] = {"password": "of the others"}
    client.write()
    server.implicit, server.context = True, certificate.context
    server.capabilities.append("SASL EXTERNAL")
    server.answers["AUTH"] = lambda session, _: (session.send(b"+ \r\n"), session.read_line(),
                                                 b"+OK\r\n")[2]
    client.fetch()
    assert sorted(client.messages()) == sorted(MESSAGES)


def test_a_size_that_cannot_be_read_keeps_to_max_size(client, hostile):
    """What LIST does not say is seen while it comes; the small one is fetched all the same."""
    messages = [mail(1, 200_000), mail(2, 300)]
    server = hostile(messages, {"LIST": b"+OK\r\n1 ten\r\n2 -5\r\n.\r\n"}, max_size="1KiB",
                     delete="never")
    report = client.fetch_report()
    assert client.messages() == [messages[1]]
    assert any("size" in note for note in report["notes"])
    before = server.heard(b"RETR")
    client.fetch()
    assert server.heard(b"RETR") == before


def test_stls_that_does_not_begin(client, hostile, certificate):
    """The text is about STLS, and gives no advice to switch it on."""
    def plain(session, _):
        session.send(b"+OK begin\r\n")
        session.socket.recv(65536)  # Its hello.
        return b"-ERR unknown command\r\n"

    server = hostile(answers={"STLS": plain}, tls="starttls", ca_file=str(certificate.authority))
    server.capabilities.append("STLS")
    said = client.fetch(code=None).stderr.decode()
    assert "STLS" in said and "starttls" not in said
    server.answers["STLS"] = b"-ERR [SYS/PERM] no\r\n"
    assert "STLS refused" in client.fetch(code=NO_PERMISSION).stderr.decode()


def test_a_refused_token_in_the_issuers_words(client, hostile):
    """Whatever the server says behind it."""
    refusal = base64.b64encode(b'{"status":"invalid_token"}')
    server = hostile(mechanism="OAUTHBEARER", token_command="echo token")
    client.change(password=None)
    server.capabilities.append("SASL OAUTHBEARER")
    server.answers["AUTH"] = lambda session, _: (
        session.send(b"+ \r\n"), session.read_line(), session.send(b"+ " + refusal + b"\r\n"),
        session.read_line(), b"+OK\r\n")[4]
    said = client.fetch(code=NO_PERMISSION).stderr.decode()
    assert "invalid_token" in said and "password" not in said


@pytest.mark.parametrize("announced", [True, False])
def test_the_initial_response(client, hostile, announced):
    """PLAIN goes with AUTH where SASL-IR is announced."""
    server = hostile(mechanism="PLAIN")
    server.capabilities += ["SASL PLAIN"] + ["SASL-IR"] * announced
    said = []

    def auth(session, argument):
        coded = argument.partition(" ")[2]
        if not coded:
            session.send(b"+ \r\n")
            coded = session.read_line()
        said.append(base64.b64decode(coded))
        return b"+OK\r\n"

    server.answers["AUTH"] = auth
    client.fetch()
    assert said == [b"\0alice\0the secret"]
    assert any(command.startswith(b"AUTH PLAIN ") for command in server.commands) == announced


def test_no_second_way_in_after_a_refusal(client, hostile):
    """A mechanism that is not known leads to the next one; refused credentials do not."""
    server = hostile()
    server.capabilities.append("SASL SCRAM-SHA-256 PLAIN")
    server.answers["AUTH SCRAM-SHA-256"] = b"-ERR unknown\r\n"
    server.answers["AUTH PLAIN"] = lambda session, _: (
        session.send(b"+ \r\n"), session.read_line(), b"-ERR no\r\n")[2]
    client.fetch(code=NO_PERMISSION)
    assert server.heard(b"AUTH") == 2 and server.heard(b"USER") == 0
    server.answers["AUTH SCRAM-SHA-256"] = b"-ERR [AUTH] no\r\n"
    client.fetch(code=NO_PERMISSION)
    assert server.heard(b"AUTH") == 3
