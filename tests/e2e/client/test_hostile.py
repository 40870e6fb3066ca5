"""What servers have done to clients, by the numbers of docs/failures.md, done to the program."""

import base64
import ssl
import sys

import pytest

from harness.certs import Authority, make_certificate
from harness.hostile_pop3 import HANG_UP, SILENCE, HostilePop3, multi_line
from harness.restante import OK

pytestmark = pytest.mark.sanitized

UNAVAILABLE, TEMPORARY, PROTOCOL, REFUSED = 69, 75, 76, 77  # Of sysexits.
SHORT = {"reply_timeout": "1s"}  # For servers that fall silent.
# Runs the rest of its arguments and writes the largest resident size of that, in KiB.
TELL_PEAK = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
MESSAGES = [f"Subject: message {number}\r\n\r\nText {number}\r\n".encode()
            for number in range(1, 5)]


@pytest.fixture
def hostile(client):
    """hostile(...) -> a server that the client's one account is on."""
    servers = []

    def make(messages=MESSAGES, answers=None, more=None, **how):
        servers.append(HostilePop3(messages, answers, **how))
        client.add_account(servers[-1].port, "alice", "the secret",
                           **{"reply_timeout": "30s", **(more or {})})
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def fetched(client, code=OK):
    client.fetch(code=code)
    return sorted(client.messages())


def said_by(client, code):
    said = client.fetch(code=code).stderr.decode()
    assert "the secret" not in said
    return said


def test_a_server_without_fault(client, hostile):
    server = hostile(more={"delete": "after-fetch"})
    assert fetched(client) == MESSAGES
    assert server.deleted == {1, 2, 3, 4}


def test_f13_no_unique_ids(client, hostile):
    server = hostile(answers={"UIDL": b"-ERR unknown command\r\n"})
    server.capabilities = ["TOP", "USER"]
    assert fetched(client) == MESSAGES
    assert fetched(client) == MESSAGES


def test_f13_unique_ids_that_are_not_announced(client, hostile):
    server = hostile()
    server.capabilities = ["USER"]
    assert fetched(client) == fetched(client) == MESSAGES
    assert server.heard(b"RETR") == 4


def test_f14_capabilities_after_the_login(client, hostile):
    server = hostile()
    server.capabilities, server.capabilities_of_users = ["USER"], ["UIDL", "TOP", "PIPELINING"]
    assert fetched(client) == MESSAGES
    assert server.heard(b"CAPA") == 2
    # It has told those whom it knows that it has unique ids: no answer means that it has none.
    server.answers["UIDL"] = b"-ERR what?\r\n"
    said_by(client, TEMPORARY)
    assert server.heard(b"RETR") == 4


def test_f15_ids_twice_identify_nothing(client, hostile):
    server = hostile(more={"delete": "after-fetch"})
    server.uids[2] = server.uids[1]
    assert fetched(client) == MESSAGES
    assert server.deleted == {1, 2, 3, 4}  # Those two by what they hold.


def test_f16_f17_listings_of_all_kinds(client, hostile):
    listing = b"  1 \t  uid-1\r\n2 \xe4\xff\r\n3 " + b"u" * 1024 + b"\r\n4 x\r\n"
    server = hostile(answers={"UIDL": multi_line(b"+OK", listing)})
    assert fetched(client) == MESSAGES
    headers = server.heard(b"TOP")  # Of messages of one size that came together.
    assert fetched(client) == MESSAGES
    # Each is known by its id, none by its header.
    assert (server.heard(b"RETR"), server.heard(b"TOP")) == (4, headers)


def test_f18_not_now_is_not_never(client, hostile):
    server = hostile(more={"delete": "after-fetch"}, answers={"DELE": b"-ERR not today\r\n"})
    client.fetch(code=None)
    retrieved = server.heard(b"RETR")
    for answer in (b"-ERR [SYS/TEMP] later\r\n", b"-ERR cannot\r\n"):
        server.answers = {"UIDL": answer}
        assert "UIDL refused" in said_by(client, TEMPORARY)
    assert server.heard(b"RETR") == retrieved
    assert sorted(client.messages()) == MESSAGES


@pytest.mark.parametrize("body, end", [
    (b"a.\r\n", SILENCE), (b"a\r\n", HANG_UP), (b"a.\r\n", HANG_UP), (b"a\r\n.\r", HANG_UP),
    (b"", HANG_UP)], ids=["silent", "no dot", "glued", "dot and CR", "nothing"])
def test_f19_without_its_final_dot_it_is_no_message(client, hostile, body, end):
    def half(session, _):
        session.send(b"+OK\r\n" + body)
        return end

    hostile(answers={"RETR 2": half}, more={"delete": "after-fetch", "reply_timeout": "2s"})
    for _ in range(4):  # However often it takes: the bad one holds up no other.
        client.fetch(code=None)
    assert sorted(client.messages()) == [MESSAGES[0], MESSAGES[2], MESSAGES[3]]
    assert not client.leftovers()


def test_f20_a_dot_between_bare_lfs_is_text(client, hostile):
    message = b"Subject: x\r\n\r\na\n.\n+OK no reply\n.\r\nb\r\n"
    hostile([message])
    assert fetched(client) == [message]


def test_f20_a_server_that_knows_no_cr(client, hostile):
    server = hostile()
    server.line_end = b"\n"
    assert fetched(client) == MESSAGES


def test_f21_dots_that_were_not_stuffed(client, hostile):
    hostile([b"x"], answers={"RETR": b"+OK\r\nSubject: x\r\n\r\n.a\r\nb\r\n.\r\n"})
    assert fetched(client) == [b"Subject: x\r\n\r\na\r\nb\r\n"]


def test_f22_sizes_are_hints(client, hostile):
    hostile(answers={"STAT": b"+OK 4 -2147483648\r\n",
                     "LIST": b"+OK\r\n1 5\r\n2 6442450944\r\n3 -1\r\n4\r\n.\r\n"})
    assert fetched(client) == MESSAGES


def test_f23_more_than_it_was_asked_for(client, hostile):
    hostile(answers={"STAT": b"+OK 4 100\r\nand more\r\n"})
    assert "more than it was asked for" in said_by(client, PROTOCOL)
    assert not client.files()


@pytest.mark.release
def test_f24_a_line_without_an_end_needs_no_memory(client, hostile):
    message = b"Subject: x\r\n\r\n" + b"x" * 100_000_000 + b"\r\n"
    hostile([message])
    peak = client.folder / "peak"
    client.fetch(prefix=(sys.executable, "-c", TELL_PEAK, peak))
    assert list(client.messages()) == [message]
    assert int(peak.read_text()) < 400_000


def test_f24_a_reply_without_an_end(client, hostile):
    hostile(answers={"STAT": b"+OK 4 " + b"9" * 1_000_000})
    assert "64 KiB" in said_by(client, PROTOCOL)


@pytest.mark.parametrize("verb, line", [("LIST", b"%d 9"), ("UIDL", b"%d " + b"u" * 1000)],
                         ids=["LIST", "UIDL"])
def test_f44_a_listing_without_an_end(client, hostile, verb, line):
    def endless(session, _):
        session.send(b"+OK\r\n")
        lines = b"".join(line % number + b"\r\n" for number in range(1, 20_000))
        for _ in range(1000):
            session.send(lines)

    server = hostile(answers={verb: endless})
    assert "more than 4 million messages or 256 MiB" in said_by(client, PROTOCOL)
    assert server.heard(b"RETR") == 0


def test_f25_any_octets(client, hostile):
    message = b"Subject: \xff\r\n\r\n" + bytes(range(256)) + b"\r\n"
    hostile([message])
    assert fetched(client) == [message]


def test_f26_text_that_looks_like_replies(client, hostile):
    message = b"Subject: x\r\n\r\n+OK\r\n-ERR [SYS/TEMP] no\r\n"
    server = hostile([message, MESSAGES[0]])
    server.capabilities = ["user", "uidl", "pipelining"]
    assert fetched(client) == sorted([message, MESSAGES[0]])


def test_f27_ok_and_then_an_error_to_capa(client, hostile):
    hostile(answers={"CAPA": b"+OK\r\n-ERR unknown command\r\n"})
    assert fetched(client) == MESSAGES


def test_f27_ok_instead_of_a_plus(client, hostile):
    def auth(session, _):
        session.send(b"+OK go on\r\n")
        assert base64.b64decode(session.read_line()) == b"\0alice\0the secret"
        session.logged_in = True
        return b"+OK\r\n"

    server = hostile(answers={"AUTH": auth})
    server.capabilities += ["SASL PLAIN"]
    assert fetched(client) == MESSAGES
    assert not server.heard(b"PASS")


def test_f27_what_only_begins_with_a_sign(client, hostile):
    hostile(answers={"STAT": b"+YES 4 100\r\n"})
    assert "no reply of POP3" in said_by(client, PROTOCOL)


@pytest.mark.parametrize("verb", ["USER", "PASS", "STAT", "LIST", "UIDL", "RETR", "QUIT"])
def test_f30_silence_is_not_waited_for(client, hostile, verb):
    hostile(answers={verb: SILENCE}, more=SHORT)
    said_by(client, None)
    assert sorted(client.messages()) == (MESSAGES if verb == "QUIT" else [])


def test_f30_silence_instead_of_a_greeting(client, hostile):
    server = hostile(more=SHORT)
    server.greeting = SILENCE
    assert "no answer for 1 s" in said_by(client, UNAVAILABLE)


def test_f33_trickling_is_no_answer(client, hostile):
    def trickle(session, _):
        session.send(b"+OK\r\n")
        session.socket.settimeout(0.02)
        while True:
            session.send(b"x")
            try:
                if not session.socket.recv(1):
                    return HANG_UP
            except TimeoutError:
                pass

    hostile(MESSAGES[:1], answers={"RETR": trickle}, more=SHORT)
    client.fetch(code=None)
    assert not client.files()


@pytest.mark.parametrize("answer", [b"-ERR some messages not removed\r\n", SILENCE, HANG_UP])
def test_f35_deletions_count_only_with_quits_ok(client, hostile, answer):
    server = hostile(more={"delete": "after-fetch"}, answers={"QUIT": answer})
    if answer is SILENCE:
        client.change(**SHORT)
    client.fetch(code=None)
    assert sorted(client.messages()) == MESSAGES
    assert not server.deleted
    server.answers = {}
    assert fetched(client) == MESSAGES
    assert server.deleted == {1, 2, 3, 4}
    assert server.heard(b"RETR") == 4


class TestTokens:
    TOKEN = "t" * 20_000
    MESSAGE = base64.b64encode(f"user=alice\1auth=Bearer {TOKEN}\1\1".encode())

    @pytest.fixture
    def with_token(self, client, hostile):
        def make(auth):
            server = hostile(answers={"AUTH": auth})
            client.change(password=None,
                          token_command=f"printf 't%.0s' $(seq {len(self.TOKEN)})")
            server.capabilities += ["SASL XOAUTH2"]
            return server
        return make

    def test_f45_f46_in_two_steps(self, client, with_token):
        def auth(session, argument):
            assert argument == "XOAUTH2"
            session.send(b"+ \r\n")
            session.logged_in = session.read_line() == self.MESSAGE
            return b"+OK\r\n" if session.logged_in else b"-ERR [AUTH] no\r\n"

        with_token(auth)
        assert fetched(client) == MESSAGES

    def test_f45_in_one_step(self, client, with_token):
        def auth(session, argument):
            session.logged_in = argument == f"XOAUTH2 {self.MESSAGE.decode()}"
            return b"+OK\r\n" if session.logged_in else b"-ERR bad command\r\n"

        with_token(auth)
        assert fetched(client) == MESSAGES

    def test_the_reason_of_a_refusal(self, client, with_token):
        def auth(session, _):
            session.send(b"+ \r\n")
            session.read_line()
            session.send(b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n")
            assert session.read_line() == b""
            return b"-ERR [AUTH] no\r\n"

        with_token(auth)
        said = said_by(client, REFUSED)
        assert '{"status":"400"}' in said
        assert "tttt" not in said


class TestStls:
    @pytest.fixture
    def starttls(self, client, hostile, tmp_path):
        certificate, key = make_certificate(tmp_path, "server", ["127.0.0.1"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def make(answers=None):
            server = hostile(answers=answers, context=context,
                             more={"tls": "starttls", "ca_file": str(certificate)})
            server.capabilities += ["STLS"]
            return server
        return make

    def test_works(self, client, starttls):
        server = starttls()
        assert fetched(client) == MESSAGES
        assert server.heard(b"CAPA") == 3

    @pytest.mark.parametrize("injected", [
        b"+OK\r\n+OK injected\r\n",
        b"+OK\r\n+OK\r\nSASL PLAIN\r\n.\r\n+OK\r\n+OK\r\n",
        b"+OK\r\n-ERR [SYS/TEMP] injected\r\n"])
    def test_f50_what_is_said_in_clear_behind_stls(self, client, starttls, injected):
        def stls(session, _):
            session.send(injected)
            session.start_tls()

        server = starttls({"STLS": stls})
        assert "in clear" in said_by(client, REFUSED)
        assert not server.heard(b"USER") and not client.files()

    def test_stls_stripped(self, client, starttls):
        server = starttls()
        server.capabilities.remove("STLS")
        assert "no STLS" in said_by(client, REFUSED)
        assert not server.heard(b"USER")

    def test_stls_refused(self, client, starttls):
        server = starttls({"STLS": b"-ERR not now\r\n"})
        assert "STLS refused: not now" in said_by(client, REFUSED)
        assert not server.heard(b"USER")

    def test_f29_silence_in_the_handshake(self, client, starttls):
        def stls(session, _):
            session.send(b"+OK\r\n")
            return SILENCE

        starttls({"STLS": stls})
        client.change(**SHORT)
        assert "no end of the TLS handshake" in said_by(client, UNAVAILABLE)


class TestCertificates:
    @pytest.fixture
    def pop3s(self, client, hostile):
        def make(certificate, key, **more):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            return hostile(context=context, implicit=True, more={"tls": "implicit", **more})
        return make

    def test_of_a_known_authority(self, client, pop3s, tmp_path):
        authority = Authority(tmp_path, "authority")
        pop3s(*authority.issue("server", addresses=["127.0.0.1"]),
              ca_file=str(authority.certificate))
        assert fetched(client) == MESSAGES

    def test_of_an_unknown_authority_and_its_pin(self, client, pop3s, tmp_path):
        server = pop3s(*make_certificate(tmp_path, "server", ["127.0.0.1"]))
        said = said_by(client, REFUSED)
        assert "ca_file" in said and not server.heard(b"CAPA")
        pin = said.partition('pins = ["')[2][:64]
        client.change(pins=[pin])
        assert fetched(client) == MESSAGES
        client.change(pins=["0" * 64])
        assert "not the pinned one" in said_by(client, REFUSED)

    def test_the_server_is_asked_for_by_name(self, client, pop3s, tmp_path):
        certificate, key = make_certificate(tmp_path, "server", ["pop.example.test"])
        server = pop3s(certificate, key, ca_file=str(certificate), tls_name="pop.example.test")
        names = []
        server.context.sni_callback = lambda _, name, context: names.append(name)
        assert fetched(client) == MESSAGES
        assert names == ["pop.example.test"]

    def test_for_another_name(self, client, pop3s, tmp_path):
        certificate, key = make_certificate(tmp_path, "server", ["another.example.test"])
        pop3s(certificate, key, ca_file=str(certificate))
        assert "is for another.example.test, not for 127.0.0.1" in said_by(client, REFUSED)
        client.change(tls_name="another.example.test")
        assert fetched(client) == MESSAGES

    def test_expired(self, client, pop3s, tmp_path):
        authority = Authority(tmp_path, "authority")
        certificate, key = authority.issue("server", addresses=["127.0.0.1"], days=-1)
        pop3s(certificate, key, ca_file=str(authority.certificate))
        assert "has expired" in said_by(client, REFUSED)

    def test_ours_is_asked_for(self, client, hostile, tmp_path):
        authority = Authority(tmp_path, "authority")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("server", addresses=["127.0.0.1"]))
        context.load_verify_locations(authority.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        hostile(context=context, implicit=True,
                more={"tls": "implicit", "ca_file": str(authority.certificate)})
        assert "client_certificate" in said_by(client, None)
        certificate, key = authority.issue("ours", hosts=["alice"],
                                           more=["extendedKeyUsage=clientAuth"])
        client.change(client_certificate=str(certificate), client_key=str(key))
        assert fetched(client) == MESSAGES

    def test_no_tls_there(self, client, hostile):
        hostile(more={"tls": "implicit"})
        assert "starttls" in said_by(client, None)


def test_f51_no_command_is_smuggled_in(client, hostile):
    server = hostile()
    client.change(user="alice\r\nDELE 1")
    client.fetch(code=None)
    client.change(user="alice", password="secret\r\nDELE 1")
    client.fetch(code=None)
    assert not server.heard(b"DELE") and not server.heard(b"PASS")
    assert not client.files()


def test_terminals_are_not_written_to(client, hostile):
    hostile(answers={"PASS": b"-ERR [AUTH] \x1b]0;title\x07\x1b[2J\xc2\x9b2Jno\r\n"})
    said = client.fetch(code=REFUSED).stderr
    assert b"\x1b" not in said and b"\x07" not in said and b"\xc2\x9b" not in said


def test_octet_by_octet(client, hostile):
    server = hostile(more={"delete": "after-fetch"})
    server.octet_by_octet = True
    assert fetched(client) == MESSAGES
    assert server.deleted == {1, 2, 3, 4}


def test_cut_anywhere_nothing_is_lost_and_nothing_doubled(client, hostile):
    """Each time with an archive that knows nothing: what failed once has to wait."""
    server = hostile(MESSAGES[:2], more={"delete": "after-fetch"})
    whole = 0
    for octets in range(0, 500, 11):
        name = f"after-{octets}"
        client.change(name=name)
        server.deleted.clear()
        server.cut_after = octets
        client.fetch(code=None)
        for number, message in server.messages.items():
            assert number not in server.deleted or message in client.messages(name)
        server.cut_after = None
        report = client.fetch_report(code=None)
        kept = client.messages(name)
        assert len(kept) + report["waiting"] == 2, report
        for number, message in server.messages.items():
            assert (number in server.deleted) == (message in kept)
        whole += len(kept) == 2
    assert whole > 20  # Most of the cuts are in no message.
