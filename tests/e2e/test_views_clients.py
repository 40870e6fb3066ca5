"""Five programs as five devices of one account: what each deletes, the others still get, once."""

import base64
import itertools
import pathlib
import shutil
import tempfile
from types import SimpleNamespace

import pytest

from harness.clients import Target, fetchmail, mpop
from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.restante import Restante
from harness.wire import client_context


@pytest.fixture
def folder():
    """Outside pytest's own folder, which only the user himself may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="restante-client-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def numbers(mails):
    return sorted(int(line[16:]) for mail in mails for line in mail.splitlines()
                  if line.startswith(b"Subject: number "))


def thunderbird(server, login, known):
    """CAPA, STLS, CAPA, AUTH PLAIN, STAT, LIST, UIDL, then RETR and DELE of each new one."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.lines("CAPA")
        pop3.ok("STLS")
        pop3.start_tls(client_context())
        pop3.lines("CAPA")
        assert pop3.command("AUTH PLAIN").startswith(b"+")
        proof = f"\0{login.name}\0{login.password}".encode()
        assert pop3.command(base64.b64encode(proof)).startswith(b"+OK")
        pop3.ok("STAT")
        pop3.lines("LIST")
        found = {n: uid for n, uid in pop3.uids().items() if uid not in known}
        mails = [mail for _, mail in pop3.retr_all(found)]
        for number in found:
            pop3.ok(f"DELE {number}")
        pop3.ok("QUIT")
        known.update(found.values())
        return mails


def outlook(server, login, known):
    """USER, PASS, STAT, UIDL, LIST; each message is fetched, and all are deleted at the end."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(login).ok("STAT")
        found = {n: uid for n, uid in pop3.uids().items() if uid not in known}
        pop3.lines("LIST")
        mails = [mail for _, mail in pop3.retr_all(found)]
        for number in found:
            pop3.ok(f"DELE {number}")
        pop3.ok("QUIT")
        known.update(found.values())
        return mails


def scripted(play):
    known = set()
    return lambda server, login, _: play(server, login, known)


def program(client, folder):
    rounds = itertools.count()

    def fetch(server, login, waiting):
        place = folder / f"{client.__name__.rsplit('.', 1)[-1]}-{next(rounds)}"
        place.mkdir()
        place.chmod(0o711)
        return client.fetch(Target("127.0.0.1", server.port("pop3"), "none", login, waiting, place))
    return fetch


def collector(server, login, client):
    client.add_account(server.port("pop3"), login.name, login.password, delete="after-fetch")

    def fetch(*_):
        before = set(client.messages())
        client.fetch()
        return [mail for mail in client.messages() if mail not in before]
    return fetch


@pytest.mark.sanitized
def test_five_devices_get_every_mail_once(make_server, folder):
    server = make_server({"auth": {"view_separator": "#"}})
    account = server.add_account()

    def login(label):
        return SimpleNamespace(name=f"{account.name}#{label}", password=account.password)
    made = server.ctl("device", "add", account.name, "outlook", "--view", "own").stdout
    logins = {"thunderbird": login("thunderbird"), "mpop": login("mpop"),
              "outlook": SimpleNamespace(name=account.name, password=made.decode().strip()),
              "fetchmail": login("fetchmail"), "restante": login("restante")}
    client = Restante()
    fetches = {"thunderbird": scripted(thunderbird), "outlook": scripted(outlook),
               "mpop": program(mpop, folder), "fetchmail": program(fetchmail, folder),
               "restante": collector(server, logins["restante"], client)}
    for one in logins.values():  # Their views begin before there is mail.
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(one).ok("QUIT")
    try:
        for first in (1, 4):
            with Lmtp(server.address("lmtp")) as lmtp:
                for number in range(first, first + 3):
                    lmtp.deliver(numbered(number), account.name)
            for name, fetch in fetches.items():
                found = numbers(fetch(server, logins[name], 3))
                assert found == list(range(first, first + 3)), name
            for name, one in logins.items():
                with Pop3(server.address("pop3")) as pop3:
                    pop3.login(one)
                    assert pop3.ok("STAT").startswith(b"+OK 0 "), name
                    pop3.ok("QUIT")
    finally:
        client.close()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert pop3.ok("STAT").startswith(b"+OK 6 ")  # Not read there.
        pop3.ok("QUIT")
