"""Files of accounts as others write them, hashes as others make them, and logins from elsewhere:
one test for each way in which an office with a passwd-file or a move from Dovecot went wrong."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import select
import subprocess
import threading

import pytest
from harness.deadline import poll
from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import BIN, DEFAULT_LISTEN, Account, listen
from harness.signer import Signer
from harness.wire import client_context
from test_proxy import PROXIED, ProxiedPop3, header_v1
from test_sasl import b64, scram

DOMAIN = "example.test"
INSIDE, OUTSIDE = "127.0.0.2", "127.0.0.3"


class Office:
    """A server whose accounts are in files beside its configuration."""

    def __init__(self, make_server, users, aliases="", **overrides):
        self.server = make_server(start=False)
        self.users = self.server.folder / "users"
        self.aliases = self.server.folder / "aliases"
        self.replace(self.users, users)
        self.replace(self.aliases, aliases)
        self.server.configure({"accounts": {"backend": "passwd-file", "path": "users",
                                            "aliases": "aliases"},
                               "limits": {"failed_login_delay": "0s"}, **overrides})

    def start(self):
        self.server.start()
        return self

    @staticmethod
    def replace(path, text):
        """Renamed into place."""
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(text)
        fresh.rename(path)

    def rcpt(self, name):
        with Lmtp(self.server.address("lmtp")) as lmtp:
            lmtp.expect("MAIL FROM:<a@example.org>", 250)
            return lmtp.command(f"RCPT TO:<{name}@{DOMAIN}>")[0]

    def login(self, name, password="secret", **options):
        with Pop3(self.server.address("pop3"), **options) as pop3:
            return pop3.try_login(Account(name, password))

    def log(self, text):
        return [line for line in self.server.all_log() if text in line]

    def check_config(self):
        return subprocess.run([BIN / "restanted", "--check-config", "--config",
                               self.server.config_path], capture_output=True, text=True,
                              check=False)


@contextlib.contextmanager
def being_written(path):
    """For the file system the file is being written all the time: a machine may be too busy to ask
    within the two seconds after one writing."""
    stop = threading.Event()

    def write():
        while not stop.wait(0.02):
            os.utime(path)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def lines(*names, secret="{PLAIN}secret"):
    return "".join(f"{name}:{secret}\n" for name in names)


@pytest.mark.sanitized
def test_the_first_question_after_a_change_sees_it(make_server):
    """A renamed file counts for the very next mail and login: new, removed and changed accounts."""
    office = Office(make_server, lines("gone", "turn")).start()
    assert office.login("gone").startswith(b"+OK")
    office.replace(office.users, lines("gone", "turn", "fresh"))
    assert office.rcpt("fresh") == 250
    office.replace(office.users, lines("turn", "fresh"))
    assert office.login("gone").startswith(b"-ERR [AUTH]")
    assert office.rcpt("gone") == 550
    assert office.login("turn").startswith(b"+OK")
    office.replace(office.users, lines("turn", secret="{PLAIN}new"))
    assert office.login("turn").startswith(b"-ERR [AUTH]")
    assert office.login("turn", "new").startswith(b"+OK")
    office.replace(office.aliases, "team: turn\n")
    assert office.rcpt("team") == 250
    assert office.log("accounts read: 3 from ") and office.log("aliases read: 1 from ")


def test_a_large_file_is_read_while_others_are_served(make_server):
    """The session that finds the change waits for it; the event loop goes on."""
    many = lines(*(f"u{number}" for number in range(40000)))
    office = Office(make_server, many, server={"allow_root": True, "threads": 1}).start()
    went_on = False
    with Lmtp(office.server.address("lmtp")) as asks, Lmtp(office.server.address("lmtp")) as other:
        asks.expect("MAIL FROM:<a@example.org>", 250)
        for turn in range(5):
            office.replace(office.users, many + lines(f"fresh{turn}"))
            asks.send(f"RCPT TO:<fresh{turn}@{DOMAIN}>\r\n".encode())
            other.expect("NOOP", 250)
            went_on = went_on or not select.select([asks.socket], [], [], 0)[0]
            assert asks.reply()[0] == 250
    assert went_on, "each time the one who waited was answered first"


@pytest.mark.sanitized
def test_a_file_written_in_place_makes_no_account_unknown(make_server):
    """Accounts that are there count, missing ones are told to try again, until the writing ends."""
    office = Office(make_server, lines("first", "second", "third")).start()
    office.users.write_text("")
    with being_written(office.users):
        assert office.rcpt("first") == 250 and office.rcpt("nobody") == 451
        office.users.write_text("\ufeff" + lines("first", "second") + "thi")
        assert office.rcpt("first") == 250 and office.login("second").startswith(b"+OK")
        assert office.rcpt("third") == 451
        assert office.login("third").startswith(b"-ERR [SYS/TEMP]")
        with office.users.open("a") as file:
            file.write("rd:{PLAIN}secret")
        assert office.rcpt("third") == 451, "a line without its end"
    poll(lambda: office.rcpt("third") == 250, 60, "the last line counts")
    poll(lambda: office.rcpt("nobody") == 550, 60, "the file is whole")
    assert office.login("third").startswith(b"+OK")
    assert len(office.log("has become empty")) == 1
    assert len(office.log("file is written in place")) <= 1


def test_aliases_written_in_place_are_put_off_too(make_server):
    """The same for the file of aliases, one writing of which is told once."""
    office = Office(make_server, lines("alice"), "team: alice\nboss: alice\n").start()
    with being_written(office.aliases):
        office.aliases.write_text("team: alice\n")
        assert office.rcpt("team") == 250 and office.rcpt("alice") == 250
        assert office.rcpt("boss") == 451
    poll(lambda: office.rcpt("boss") == 550, 60, "the file is whole")
    assert len(office.log("file is written in place")) == 1


@pytest.mark.sanitized
def test_a_file_that_is_gone_or_emptied_is_an_outage(make_server):
    """The accounts that were known go on; no other is called unknown."""
    office = Office(make_server, lines("alice")).start()
    office.users.unlink()
    assert office.rcpt("alice") == 250 and office.rcpt("nobody") == 451
    assert office.login("alice").startswith(b"+OK")
    office.replace(office.users, "")
    assert office.rcpt("alice") == 250 and office.rcpt("nobody") == 451
    office.replace(office.users, lines("bob"))
    assert office.rcpt("alice") == 550 and office.rcpt("bob") == 250


@pytest.mark.sanitized
def test_one_bad_line_costs_one_account(make_server):
    """The server starts, the others are served, the line is named; its mail is taken."""
    office = Office(make_server, lines("alice") + "carol:{NTLM}0123456789\nno-colon\n"
                    + lines("dan") + "locked:!$6$x$y\n")
    checked = office.check_config()
    assert checked.returncode == 0, checked.stderr
    assert f"users:2: account carol@{DOMAIN}: scheme NTLM cannot be verified" in checked.stderr
    assert "users:3: " in checked.stderr and "locked" not in checked.stderr
    office.start()
    for name in ("alice", "dan"):
        assert office.login(name).startswith(b"+OK")
    assert office.rcpt("carol") == 250 and office.rcpt("locked") == 250
    assert office.login("carol").startswith(b"-ERR [SYS/TEMP]")
    assert office.login("locked").startswith(b"-ERR [AUTH]")
    named = office.log("users:2")
    assert named and f"carol@{DOMAIN}" in named[0] and "NTLM" in named[0]
    listed = json.loads(office.server.ctl("--format", "json", "account", "list").stdout)
    states = {entry["name"].split("@")[0]: entry for entry in listed["accounts"]}
    assert "NTLM" in states["carol"]["fault"] and states["locked"]["nologin"]


def test_check_config_reads_the_files(make_server):
    """A file that would keep the server from starting is a mistake before the start, too."""
    office = Office(make_server, "<html>\n")
    checked = office.check_config()
    assert checked.returncode == 78 and "users:1: " in checked.stderr
    office.users.unlink()
    checked = office.check_config()
    assert checked.returncode == 78 and "No such file" in checked.stderr


# From where one may log in -------------------------------------------------------------------

def from_there(server, peer):
    return Pop3(server.address("pop3"), source=peer)


def same_refusal(office_server, name, wrong, right):
    """`right` and `wrong` log in from a peer: the answer to the right proof from elsewhere is the
    one to a wrong proof, word by word; from inside it is let in, before and after."""
    with from_there(office_server, INSIDE) as pop3:
        assert right(pop3, name).startswith(b"+OK"), name
        pop3.quit()
    with from_there(office_server, OUTSIDE) as pop3:
        refused = right(pop3, name)
    with from_there(office_server, INSIDE) as pop3:
        awaited = wrong(pop3, name)
    assert refused == awaited and refused.startswith(b"-ERR [AUTH]")
    with from_there(office_server, INSIDE) as pop3:
        assert right(pop3, name).startswith(b"+OK"), name
        pop3.quit()


def user_pass(password):
    return lambda pop3, name: pop3.try_login(Account(name, password))


def plain(password):
    return lambda pop3, name: pop3.command("AUTH PLAIN " + b64(f"\0{name}\0{password}".encode()))


def apop(password):
    def log_in(pop3, name):
        stamp = pop3.greeting[pop3.greeting.index(b"<"):pop3.greeting.index(b">") + 1]
        digest = hashlib.md5(stamp + password.encode()).hexdigest()
        return pop3.command(f"APOP {name} {digest}")
    return log_in


def cram_md5(password):
    def log_in(pop3, name):
        challenge = base64.b64decode(pop3.command("AUTH CRAM-MD5")[2:])
        digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
        return pop3.command(b64(f"{name} {digest}".encode()))
    return log_in


NETS = {"mechanisms": ["PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"]}


@pytest.mark.sanitized
def test_a_login_from_elsewhere_is_a_wrong_password(make_server):
    """allow_nets of a passwd-file, for every way to log in, remembered passwords included."""
    users = f"alice:{{PLAIN}}secret::::::allow_nets={INSIDE},10.0.0.0/8 nodelay\n"
    users += "local:{PLAIN}secret::::::allow_nets=local\n" + lines("bob")
    office = Office(make_server, users, auth=NETS, pop3={"apop": True}).start()
    for attempt in (user_pass, plain, apop, cram_md5,
                    lambda password: lambda pop3, name: scram(pop3, name, password)):
        same_refusal(office.server, "alice", attempt("wrong"), attempt("secret"))
    told = office.log("reason=")
    outside = [line for line in told if f"peer={OUTSIDE}" in line and "user=alice" in line]
    assert len(outside) == 5 and all("allow_nets" in line for line in outside)
    assert all("pop3 login failed session=" in line for line in outside)
    assert office.login("local").startswith(b"-ERR [AUTH]")
    assert office.login("bob").startswith(b"+OK")
    assert office.rcpt("alice") == 250


def test_networks_of_a_certificate_and_of_a_device(make_server):
    """EXTERNAL and device passwords keep to them, too."""
    server = make_server(start=False)
    signer = Signer(server.folder)
    server.configure({"tls": {"client_ca": str(signer.certificate)},
                      "limits": {"failed_login_delay": "0s"},
                      "auth": {"mechanisms": ["PLAIN", "EXTERNAL"]}})
    server.ctl("account", "add", "cert", "--password-stdin", data=b"secret\n")
    server.ctl("account", "networks", "cert", INSIDE)
    made = server.ctl("device", "add", "cert", "phone").stdout.decode().strip()
    server.start()
    same_refusal(server, "cert", user_pass("wrong"), user_pass(made))
    context = client_context()
    context.load_cert_chain(*signer.issue(f"cert@{DOMAIN}"))
    for peer, awaited in ((INSIDE, b"+OK"), (OUTSIDE, b"-ERR [AUTH]")):
        with Pop3(server.address("pop3"), "starttls", context, source=peer) as pop3:
            assert pop3.command("AUTH EXTERNAL =").startswith(awaited)
    server.logged("method=EXTERNAL reason=.*allow_nets")
    assert len([line for line in server.all_log() if "allow_nets" in line]) == 2


def test_networks_are_set_for_accounts_in_sqlite(make_server):
    """`account networks`, in force at once, shown, and taken back."""
    server = make_server({"limits": {"failed_login_delay": "0s"}})
    account = server.add_account("alice", "secret")
    same = user_pass("secret")
    with from_there(server, OUTSIDE) as pop3:
        assert same(pop3, "alice").startswith(b"+OK")
        pop3.quit()
    server.ctl("account", "networks", "alice", f"{INSIDE}/32", "2001:db8::/32", "local")
    same_refusal(server, "alice", user_pass("wrong"), same)
    shown = server.ctl("account", "show", "alice").stdout.decode()
    assert f"networks      {INSIDE},2001:db8::/32,local" in shown or f"{INSIDE}/32," in shown
    tested = server.ctl("account", "test", "alice", "--password-stdin", "--from", OUTSIDE,
                        data=b"secret\n", check=False)
    assert tested.returncode == 77 and b"allow_nets" in tested.stderr
    assert server.ctl("account", "networks", "alice", check=False).returncode == 64
    assert server.ctl("account", "networks", "alice", "x.test", check=False).returncode == 65
    server.ctl("account", "networks", "alice", "--any")
    with from_there(server, OUTSIDE) as pop3:
        pop3.login(account)
        pop3.quit()
    server.ctl("account", "disable", "alice", "--login-only")
    assert b"nologin" in server.ctl("account", "list").stdout
    with from_there(server, INSIDE) as pop3:
        assert same(pop3, "alice").startswith(b"-ERR [AUTH]")
    server.ctl("account", "enable", "alice")
    with from_there(server, INSIDE) as pop3:
        pop3.login(account)


def test_behind_a_proxy_the_clients_address_counts(make_server):
    """The network is the client's, not the proxy's."""
    server = make_server({"listen": [*DEFAULT_LISTEN, {**listen("pop3", "starttls"), **PROXIED}],
                          "limits": {"failed_login_delay": "0s"},
                          "auth": {"plaintext": "always"}})
    server.add_account("alice", "secret")
    server.ctl("account", "networks", "alice", "192.0.2.0/24")
    for client, awaited in (("192.0.2.7", b"+OK"), ("198.51.100.7", b"-ERR [AUTH]"),
                            ("127.0.0.1", b"-ERR [AUTH]")):
        with ProxiedPop3(server, header_v1(client)) as pop3:
            assert pop3.try_login(Account("alice", "secret")).startswith(awaited), client


# Hashes --------------------------------------------------------------------------------------

def doveadm(*words):
    return subprocess.run(["doveadm", "pw", *words], capture_output=True, text=True,
                          check=True).stdout.strip()


@pytest.mark.sanitized
def test_every_scheme_of_dovecot_is_verified_or_named(make_server):
    """Each scheme that `doveadm pw -l` lists, made by it: it logs in, or the log names it."""
    schemes = [scheme for scheme in doveadm("-l").split() if scheme != "PLAIN-TRUNC"]
    suffixed = ["SHA256.hex", "SSHA512.b64", "PLAIN.b64", "CRAM-MD5.b64", "SHA512-CRYPT.b64"]
    made = {scheme.lower(): doveadm("-s", scheme, "-p", "secret", "-u", f"x@{DOMAIN}")
            for scheme in [*schemes, *suffixed]}
    assert len(made) > 25
    office = Office(make_server, "".join(f"{name}:{secret}\n" for name, secret in made.items()),
                    auth={"mechanisms": ["PLAIN", "CRAM-MD5"]}).start()
    refused = set()
    for name in made:
        answer = office.login(name)
        if answer.startswith(b"+OK"):
            assert office.login(name, "Secret").startswith(b"-ERR [AUTH]"), name
        else:
            refused.add(name)
            assert answer.startswith(b"-ERR [SYS/TEMP]"), (name, answer)
            assert any(f"account {name}@{DOMAIN}: scheme {name.upper()} cannot be verified" in line
                       for line in office.log("not served")), name
    assert refused == {name for name in ("otp", "plain-md4", "digest-md5", "ntlm", "lanman", "rpa",
                                         "skey") if name in made}
    with Pop3(office.server.address("pop3")) as pop3:
        assert cram_md5("secret")(pop3, "cram-md5").startswith(b"+OK")


# Moving in -----------------------------------------------------------------------------------

DOVECOT = """\
\ufeffalice@example.test:{PLAIN}secret:1000:1000::/home/alice::userdb_quota_rule=*:storage=1G
carol@example.test:{PLAIN}secret:::::: nologin=yes
netty@example.test:{PLAIN}secret::::::allow_nets=127.0.0.2
"""
REFUSED = """\
locked@example.test:!$6$x$y:19000::::::
empty@example.test:
star@example.test:*:19000::::::
ntlm@example.test:{NTLM}0123
over@example.test:$1$0HcGylER$1GijXHLncc078oebtHFNV1:19000:0:99999:7::18000:
proxied@example.test:{PLAIN}secret::::::proxy=y host=192.0.2.1
"""


@pytest.mark.sanitized
def test_an_import_unlocks_no_account_and_loses_nothing(make_server):
    """nologin, quotas and networks are carried over; what cannot be is refused by line and name."""
    server = make_server({"limits": {"failed_login_delay": "0s"}})
    path = server.folder / "dovecot-users"
    path.write_text(DOVECOT + REFUSED)
    answer = server.ctl("account", "import", str(path), check=False)
    said = answer.stderr.decode()
    assert answer.returncode == 65
    for number, line in enumerate(REFUSED.splitlines(), 4):
        assert f"{path}:{number}: {line.split(':')[0]}: " in said, said
    assert server.ctl("account", "list").stdout == b""

    answer = server.ctl("--format", "json", "account", "import", "--skip-refused", str(path),
                        check=False)
    told = json.loads(answer.stdout)
    assert answer.returncode == 65 and (told["imported"], told["refused"]) == (3, 6)
    listed = server.ctl("account", "list").stdout.decode()
    assert "1GiB" in listed and "nologin" in listed
    login = lambda name, peer: from_there(server, peer).try_login(Account(name, "secret"))
    assert login("alice", OUTSIDE).startswith(b"+OK")
    assert login("carol", INSIDE).startswith(b"-ERR [AUTH]")
    assert login("netty", OUTSIDE).startswith(b"-ERR [AUTH]")
    assert login("netty", INSIDE).startswith(b"+OK")
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.begin([f"carol@{DOMAIN}"])


def test_an_import_every_night(make_server):
    """--update brings accounts that are there up to date, and unlocks none."""
    server = make_server({"limits": {"failed_login_delay": "0s"}})
    path = server.folder / "users"
    path.write_text(lines("alice", "bob"))
    server.ctl("account", "import", str(path))
    server.ctl("account", "disable", "bob", "--login-only")
    server.ctl("account", "quota", "alice", "--messages", "7")
    path.write_text(lines("alice", "bob", "new", secret="{PLAIN}fresh"))
    again = server.ctl("account", "import", str(path), check=False)
    assert again.returncode == 73 and b"alice@example.test" in again.stderr
    done = server.ctl("--format", "json", "account", "import", "--update", str(path))
    told = json.loads(done.stdout)
    assert (told["imported"], told["updated"]) == (1, 2)
    login = lambda name: from_there(server, INSIDE).try_login(Account(name, "fresh"))
    assert login("alice").startswith(b"+OK") and login("new").startswith(b"+OK")
    assert login("bob").startswith(b"-ERR [AUTH]")
    assert b"7 messages" in server.ctl("account", "show", "alice").stdout
