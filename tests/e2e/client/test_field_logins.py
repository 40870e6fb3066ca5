"""How others log in, and how they are refused: what is said and what is tried next."""

import base64
import socket

import pytest

from harness.restante import NO_PERMISSION, OK, UNAVAILABLE
from harness.sized_messages import MESSAGES

pytestmark = pytest.mark.sanitized


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_tls_at_a_port_that_should_be_in_clear(client, hostile, tls, certificate):
    """The port is told for what it is, and what to write."""
    server = hostile(tls=tls, reply_timeout="1s", ca_file=str(certificate.authority))
    server.implicit, server.context = True, certificate.context
    said = client.fetch(code=UNAVAILABLE).stderr.decode()
    assert 'tls = "implicit"' in said


def test_gmails_special_refusal_says_what_helps(client, hostile):
    """It is about the account, and no outage of the server."""
    hostile(answers={"PASS": b"-ERR [SYS/PERM] Your account is not enabled for POP access. Please"
                             b" visit your settings.\r\n"})
    said = client.fetch(code=NO_PERMISSION).stderr.decode()
    assert "switch POP on" in said


def test_external_beside_a_password_for_others(client, hostile, certificate):
    """A secret of [defaults] is not for the account with a certificate."""
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
    """Not in the server's own, which follow."""
    refusal = base64.b64encode(b'{"status":"invalid_token"}')
    server = hostile(mechanism="OAUTHBEARER", token_command="echo token")
    client.change(password=None)
    server.capabilities.append("SASL OAUTHBEARER")
    server.answers["AUTH"] = lambda session, _: (
        session.send(b"+ \r\n"), session.read_line(), session.send(b"+ " + refusal + b"\r\n"),
        session.read_line(), b"+OK\r\n")[4]
    said = client.fetch(code=NO_PERMISSION).stderr.decode()
    assert "invalid_token" in said and "password" not in said


def by_plain(server, announced):
    """What comes by AUTH PLAIN, decoded, once the server announces it."""
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
    return said


@pytest.mark.parametrize("announced", [True, False])
def test_the_initial_response(client, hostile, announced):
    """PLAIN goes with AUTH where SASL-IR is announced."""
    server = hostile(mechanism="PLAIN")
    said = by_plain(server, announced)
    client.fetch()
    assert said == [b"\0alice\0the secret"]
    assert any(command.startswith(b"AUTH PLAIN ") for command in server.commands) == announced


def test_another_mailbox(client, hostile):
    """`authzid` names the mailbox that is opened by one's own login."""
    server = hostile(authzid="info")
    said = by_plain(server, True)
    client.fetch()
    assert said == [b"info\0alice\0the secret"]


def test_another_mailbox_that_cannot_be_said(client, hostile):
    """One's own mailbox is not opened in its place."""
    server = hostile(authzid="info")
    refused = client.fetch(code=NO_PERMISSION)
    assert b"authzid" in refused.stderr
    assert not any(command.startswith((b"PASS", b"APOP", b"AUTH")) for command in server.commands)


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
