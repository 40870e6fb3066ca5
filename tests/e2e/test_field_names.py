"""Names in the spellings that the world uses: both forms of a domain, capitals and decomposed
letters beyond ASCII. An account keeps its name and its maildrop, whichever spelling leads to it."""

import base64
import json
import unicodedata

import pytest

from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import Account, ServerFactory
from harness.slapd import Slapd
from test_ldap import ldap_accounts

BOOKS, BOOKS_ACE = "bücher.test", "xn--bcher-kva.test"
MUELLER, MUELLER_ACE = "müller.test", "xn--mller-kva.test"
UTF8 = " SMTPUTF8"


def decomposed(name):
    return unicodedata.normalize("NFD", name)


def rcpt(server, *addresses):
    """The codes of RCPT for each, in one transaction."""
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.expect(f"MAIL FROM:<sender@example.org>{UTF8}", 250)
        return [lmtp.command(f"RCPT TO:<{address}>")[0] for address in addresses]


def deliver(server, address, text="hello"):
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(f"Subject: {text}\r\n\r\n{text}\r\n".encode(), address, parameters=UTF8)


def login(server, name, password="secret"):
    """How many messages wait; None when refused."""
    with Pop3(server.address("pop3")) as pop3:
        if not pop3.try_login(Account(name, password)).startswith(b"+OK"):
            return None
        count = pop3.stat()[0]
        pop3.quit()
        return count


def with_users(make_server, lines, aliases=(), **accounts):
    server = make_server(start=False)
    users = server.write_secret("users", "".join(line + "\n" for line in lines))
    (server.folder / "aliases").write_text("".join(line + "\n" for line in aliases))
    server.configure({"accounts": {"backend": "passwd-file", "path": str(users),
                                   "aliases": str(server.folder / "aliases"), **accounts}})
    return server.start()


@pytest.fixture(scope="module", params=["sqlite", "passwd-file"])
def office(request):
    """One server a back end, for all tests that make no accounts of their own."""
    factory = ServerFactory()
    yield fill(factory, request.param)
    factory.close()


def fill(make_server, backend):
    names = [f"info@{BOOKS}", f"post@{MUELLER_ACE}", "müller@example.test"]
    if backend == "passwd-file":
        return with_users(make_server, [f"{name}:{{PLAIN}}secret" for name in names],
                          [f"büro@{BOOKS}: INFO@{BOOKS_ACE}", "@für.test: MÜLLER"])
    server = make_server()
    for name in names:
        server.add_account(name, "secret")
    server.ctl("alias", "add", f"büro@{BOOKS}", f"INFO@{BOOKS_ACE}")
    server.ctl("alias", "add", "@für.test", "MÜLLER")
    return server


@pytest.mark.sanitized
def test_mail_in_any_spelling_reaches_the_account(office):
    """Most of the world sends the A-label; people type capitals."""
    spellings = {
        f"info@{BOOKS}": [f"info@{BOOKS_ACE}", f"Info@{BOOKS.upper()}", f"info+tag@{BOOKS_ACE}",
                          decomposed(f"info@{BOOKS}"), f"BÜRO@{BOOKS_ACE}"],
        f"post@{MUELLER_ACE}": [f"post@{MUELLER}", f"POST@{MUELLER.upper()}"],
        "müller@example.test": ["MÜLLER@example.test", decomposed("müller@example.test"),
                                decomposed("MÜLLER+tag@EXAMPLE.test"), "who@xn--fr-xka.test"],
    }
    for name, others in spellings.items():
        assert rcpt(office, *others) == [250] * len(others), name
        for other in others:
            deliver(office, other, text="mail")
        for other in [name, others[0]]:
            assert login(office, other) == len(others), other
    assert rcpt(office, f"nobody@{BOOKS_ACE}", "x@bucher.test", "x@xn--a.test") == [550] * 3


@pytest.mark.sanitized
def test_a_login_in_any_spelling_is_one_account(office):
    """Passwords, failures and SASL identities count for the account, not for its spelling."""
    for name in (f"info@{BOOKS_ACE}", f"post@{MUELLER}", "MÜLLER@example.test", "MÜLLER",
                 decomposed("müller@example.test"), f"INFO@{BOOKS.upper()}"):
        assert login(office, name) is not None, name
    assert login(office, f"INFO@{BOOKS_ACE}", "wrong") is None
    for authorization in (f"info@{BOOKS_ACE}", f"Info@{BOOKS}"):
        plain = base64.b64encode(f"{authorization}\0info@{BOOKS}\0secret".encode()).decode()
        with Pop3(office.address("pop3")) as pop3:
            pop3.ok(f"AUTH PLAIN {plain}")
            pop3.quit()
    plain = base64.b64encode(f"post@{MUELLER}\0info@{BOOKS}\0secret".encode()).decode()
    with Pop3(office.address("pop3")) as pop3:
        pop3.err(f"AUTH PLAIN {plain}")


def test_the_maildrop_is_in_use_under_every_spelling(office):
    with Pop3(office.address("pop3")) as holder:
        holder.login(Account("müller", "secret"))
        with Pop3(office.address("pop3")) as pop3:
            assert b"[IN-USE]" in pop3.try_login(Account("MÜLLER", "secret"))
        holder.quit()


def test_limits_count_for_the_account_in_every_spelling(make_server):
    """Or each spelling would be a fresh set of guesses."""
    server = make_server({"limits": {"account_logins_per_minute": 2, "trusted_networks": []}})
    server.add_account(f"info@{BOOKS}", "secret")
    for name in (f"info@{BOOKS}", f"info@{BOOKS_ACE}"):
        assert login(server, name) == 0
    with Pop3(server.address("pop3")) as pop3:
        answer = pop3.try_login(Account(decomposed(f"INFO@{BOOKS}"), "secret"))
        assert answer.startswith(b"-ERR [LOGIN-DELAY]"), answer


@pytest.mark.sanitized
def test_what_an_account_was_called_stays_its_maildrops_name(make_server):
    """A passwd-file's line in capitals has always had a maildrop of that name."""
    server = with_users(make_server, ["MÜLLER:{PLAIN}secret"])
    deliver(server, "müller@example.test")
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account("müller", "secret"))
        assert "Delivered-To: mÜller@example.test".encode() in pop3.retr(1)
    (log,) = (server.data_dir / "maildrops").glob("*/*.log")
    listed = json.loads(server.ctl("--format", "json", "maildrop", "list", "müller").stdout)
    assert listed["name"] == "mÜller@example.test" and len(listed["messages"]) == 1
    assert log.is_file()


@pytest.mark.sanitized
def test_an_exact_spelling_wins_and_the_start_tells_of_two(make_server):
    server = with_users(make_server, [f"info@{BOOKS}:{{PLAIN}}u", f"info@{BOOKS_ACE}:{{PLAIN}}a",
                                      "müller:{PLAIN}small", "MÜLLER:{PLAIN}capital"])
    told = [line for line in server.all_log() if "two accounts or aliases have one name" in line]
    assert len(told) == 2 and any(BOOKS_ACE in line for line in told), told
    assert login(server, f"info@{BOOKS}", "u") == 0 and login(server, f"info@{BOOKS_ACE}", "a") == 0
    assert login(server, f"info@{BOOKS}", "a") is None
    assert login(server, "MÜLLER", "capital") == 0 and login(server, "müller", "small") == 0
    deliver(server, f"info@{BOOKS_ACE}")
    assert login(server, f"info@{BOOKS_ACE}", "a") == 1 and login(server, f"info@{BOOKS}", "u") == 0


@pytest.mark.sanitized
def test_an_account_that_is_another_spelling_is_refused(make_server):
    server = make_server(start=False)
    server.add_account(f"müller@{BOOKS}", "secret")
    for name in (f"MÜLLER@{BOOKS_ACE}", decomposed(f"müller@{BOOKS}")):
        result = server.ctl("account", "add", name, "--password-stdin", data=b"x\n", check=False)
        assert result.returncode == 73 and f"müller@{BOOKS}" in result.stderr.decode(), result
    result = server.ctl("account", "import", "-", check=False,
                        data=f"new@x.test:{{PLAIN}}x\nmüller@{BOOKS_ACE}:{{PLAIN}}x\n".encode())
    assert result.returncode == 73 and "stdin:2: " in result.stderr.decode(), result
    result = server.ctl("account", "import", "-", check=False,
                        data="ä@x.test:{PLAIN}x\nÄ@x.test:{PLAIN}x\n".encode())
    assert result.returncode == 65 and "the first is line 1" in result.stderr.decode(), result
    result = server.ctl("alias", "add", f"Müller@{BOOKS_ACE}", f"müller@{BOOKS}", check=False)
    assert result.returncode == 73, result


@pytest.mark.sanitized
def test_restantectl_takes_any_spelling_and_answers_with_the_accounts_own(make_server):
    server = make_server(start=False)

    def json_of(*words, data=b""):
        return json.loads(server.ctl("--format", "json", *words, data=data).stdout)

    name, other = f"müller@{BOOKS}", f"MÜLLER@{BOOKS_ACE}"
    added = json_of("account", "add", f"MÜLLER@{BOOKS.upper()}", "--password-stdin", data=b"x\n")
    assert added == {"name": name}
    for words in (["show", other], ["disable", other], ["enable", other], ["test", other],
                  ["quota", other, "--messages", "9"]):
        assert json_of("account", *words)["name"] == name, words
    assert json_of("device", "add", other, "phone")["name"] == name
    assert json_of("device", "list", other)["name"] == name
    assert json_of("device", "remove", other, "phone")["name"] == name
    server.ctl("deliver", other, data=b"Subject: x\r\n\r\nx\r\n")
    assert len(json_of("maildrop", "list", other)["messages"]) == 1
    for command in ("check", "stats"):
        server.ctl("maildrop", command, other)
    alias = {"address": f"büro@{BOOKS}"}
    assert json_of("alias", "add", f"BÜRO@{BOOKS.upper()}", other) == alias
    assert json_of("account", "show", other)["aliases"] == [f"büro@{BOOKS}"]
    assert json_of("alias", "remove", f"Büro@{BOOKS_ACE}") == alias
    removed = json_of("account", "remove", other)
    assert (removed["name"], removed["messages_kept"]) == (name, 1)
    assert len(json_of("maildrop", "list", other)["messages"]) == 1


def test_a_removed_account_does_not_log_in_under_another_spelling(make_server):
    server = make_server()
    server.add_account(f"info@{BOOKS}", "secret")
    for _ in range(2):
        assert login(server, f"INFO@{BOOKS_ACE}") == 0
    server.ctl("account", "remove", f"info@{BOOKS}")
    for name in (f"INFO@{BOOKS_ACE}", f"info@{BOOKS}"):
        assert login(server, name) is None, name
    assert rcpt(server, f"info@{BOOKS_ACE}") == [550]


@pytest.mark.sanitized
def test_fold_local_part_changed_on_data_is_told_at_each_start(make_server):
    """Turned off it hides the mail of users with capitals in their address."""
    server = make_server()
    server.add_account("Alice@example.test", "secret")
    marker = server.data_dir / "name-rules"

    def told(fold):
        server.stop()
        server.configure({"accounts": {"fold_local_part": fold}})
        server.start()
        return [line for line in server.process.lines() if "fold_local_part is" in line]

    for _ in range(2):
        (line,) = told(False)
        assert "fold_local_part is false and was true" in line and str(marker) in line
    assert told(True) == []
    told(False)
    marker.unlink()
    assert told(False) == []
    assert login(server, "Alice") is None and login(server, "alice") == 0


def test_the_default_domain_may_be_written_in_either_form(make_server):
    for configured, stored in ((BOOKS, BOOKS_ACE), (BOOKS_ACE, BOOKS)):
        server = make_server({"accounts": {"default_domain": configured, "postmaster": "info"}})
        server.add_account(f"info@{stored}", "secret")
        assert login(server, "info") == 0
        assert rcpt(server, f"postmaster@{BOOKS}", f"postmaster@{BOOKS_ACE}") == [250, 250]
        server.stop()


def test_a_directory_of_people_is_asked_for_both_forms(make_server):
    """It knows only what its entries say; plain names cost one question as ever."""
    slapd = Slapd([{"uid": "info", "mail": f"info@{BOOKS_ACE}", "password": "secret"}]).start()
    try:
        server = make_server({"accounts": ldap_accounts(slapd)})
        for name in (f"info@{BOOKS}", f"INFO@{BOOKS.upper()}"):
            for _ in range(2):
                assert login(server, name) == 0, name
            assert login(server, name, "wrong") is None, name
            assert rcpt(server, name) == [250], name
        deliver(server, f"info@{BOOKS}")
        assert login(server, f"info@{BOOKS_ACE}") == 1
    finally:
        slapd.close()
