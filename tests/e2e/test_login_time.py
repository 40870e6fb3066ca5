"""That no name is found out by time: in every mechanism the answers to an unknown name, a wrong
password and a disabled account take alike long. The attempts are mixed at random, so that what else
the machine does falls on all of them alike, and compared by rank, so that an outlier counts no
more than any other. Without the delays of [limits], which hide most of it, and from a peer of this
machine: no attacker measures closer."""

import base64
import hashlib
import hmac
import random
import statistics
import time

import pytest

from harness.pop3 import Pop3
from harness.server import Account

ATTEMPTS = 40  # Of each kind at a time.
TRIES = 4  # So often a difference must show again to be believed.
NAMES = 3  # Of each kind of account.

# The share of pairs in which one kind takes longer than the other is 0.5 when they are alike. By
# chance alone it is off by 0.065 (its standard deviation for 40 and 40, by Mann and Whitney): 0.25
# is nearly four of these, and that four times on end. What skips a password hash is off by 0.5.
OFF_MAX = 0.25


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


def user(pop3, name, password):
    pop3.ok(f"USER {name}")
    return f"PASS {password}"


def plain(pop3, name, password):
    return "AUTH PLAIN " + b64(f"\0{name}\0{password}")


def login(pop3, name, password):
    assert pop3.command("AUTH LOGIN").startswith(b"+ ")
    assert pop3.command(b64(name)).startswith(b"+ ")
    return b64(password)


def cram_md5(pop3, name, password):
    challenge = base64.b64decode(pop3.command("AUTH CRAM-MD5")[2:])
    return b64(f"{name} {hmac.new(password.encode(), challenge, 'md5').hexdigest()}")


def apop(pop3, name, password):
    stamp = pop3.greeting[pop3.greeting.rindex(b"<"):]
    return f"APOP {name} {hashlib.md5(stamp + password.encode()).hexdigest()}"


def scram_first(pop3, name, password):
    """The time until the salt comes, which is where the keys are looked up or made."""
    return "AUTH SCRAM-SHA-256 " + b64(f"n,,n={name},r=nonce")


def scram_final(pop3, name, password):
    """The time until the proof is found wrong."""
    first = base64.b64decode(pop3.command(scram_first(pop3, name, password))[2:]).decode()
    nonce = dict(part.split("=", 1) for part in first.split(","))["r"]
    return b64(f"c=biws,r={nonce},p={b64(bytes(32))}")


def seconds(server, mechanism, name, password):
    with Pop3(server.address("pop3")) as pop3:
        last = mechanism(pop3, name, password)
        start = time.perf_counter()
        answer = pop3.command(last)
        taken = time.perf_counter() - start
        asks = mechanism is scram_first and answer.startswith(b"+ ")
        assert asks or answer.startswith(b"-ERR [AUTH]"), answer
        return taken


def off(some, others):
    """How far the share of pairs in which the second takes longer is from one half."""
    longer = sum((a < b) + (a == b) / 2 for a in some for b in others)
    return abs(longer / (len(some) * len(others)) - 0.5)


def differences(server, mechanism, kinds):
    """The pairs of kinds that can be told apart, with how well and their medians."""
    rounds = [kind for kind in kinds for _ in range(ATTEMPTS)]
    random.shuffle(rounds)
    taken = {kind: [] for kind in kinds}
    for number, kind in enumerate(rounds):
        names = kinds[kind]
        taken[kind].append(seconds(server, mechanism, names[number % len(names)], "wrong"))
    pairs = [(a, b) for index, a in enumerate(kinds) for b in list(kinds)[index + 1:]]
    found = {}
    for a, b in pairs:
        distance = off(taken[a], taken[b])
        middles = [round(statistics.median(taken[kind]) * 1e6) for kind in (a, b)]
        print(f"{mechanism.__name__}: {a}, {b}: off by {distance:.2f}, medians {middles} us")
        if distance > OFF_MAX:
            found[a, b] = (round(distance, 2), middles)
    return found


def assert_alike(server, mechanism, kinds):
    """`kinds`: names by kind. A difference counts when it shows in each of several tries."""
    suspects = None
    for _ in range(TRIES):
        found = differences(server, mechanism, kinds)
        suspects = found if suspects is None else {
            pair: found[pair] for pair in suspects if pair in found}
        if not suspects:
            return
    raise AssertionError(f"told apart by time (us): {suspects}")


NO_LIMITS = {"failed_login_delay": "0s", "failed_logins": 0, "logins_per_minute": 0,
             "connections_per_minute": 0}
UNKNOWN = [f"stranger{number}@example.test" for number in range(NAMES)]


def accounts_of(server):
    """Names by kind, in accounts.db; each has logged in before, where it may."""
    def make(kind):
        return [server.add_account(f"{kind}{number}@example.test", "right")
                for number in range(NAMES)]
    kinds = {"enabled": make("enabled"), "disabled": make("disabled")}
    for account in kinds["disabled"]:
        server.ctl("account", "disable", account.name)
    for account in kinds["enabled"]:
        with Pop3(server.address("pop3")) as pop3:
            pop3.login(account).quit()
    return {kind: [account.name for account in made] for kind, made in kinds.items()} | {
        "unknown": UNKNOWN}


@pytest.mark.release
@pytest.mark.alone
@pytest.mark.parametrize("mechanism", [user, plain, login])
def test_passwords(make_server, mechanism):
    server = make_server({"limits": NO_LIMITS})
    assert_alike(server, mechanism, accounts_of(server))


@pytest.mark.release
@pytest.mark.alone
@pytest.mark.parametrize("mechanism", [scram_first, scram_final, plain])
def test_scram(make_server, mechanism):
    server = make_server({"limits": NO_LIMITS, "auth": {
        "mechanisms": ["SCRAM-SHA-256", "PLAIN"], "password_scheme": "scram-sha-256"}})
    assert_alike(server, mechanism, accounts_of(server))


def with_secret(make_server, secret, backend="passwd-file", **more):
    """A server whose accounts all have this secret; `closed` ones may not log in."""
    server = make_server(start=False)
    kinds = {kind: [f"{kind}{number}@example.test" for number in range(NAMES)]
             for kind in ("open", "closed")}
    extra = {"open": "", "closed": "::::::nologin" if backend == "passwd-file" else ""}
    path = server.write_secret("users", "".join(f"{name}:{secret}{extra[kind]}\n"
                                                for kind in kinds for name in kinds[kind]))
    accounts = {"backend": "passwd-file", "path": str(path)} if backend == "passwd-file" else {}
    server.configure({"limits": NO_LIMITS, **more, "accounts": accounts})
    if backend == "sqlite":
        server.ctl("account", "import", path)
        for name in kinds["closed"]:
            server.ctl("account", "disable", name)
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(Account(kinds["open"][0], "right")).quit()
    return server, kinds | {"unknown": UNKNOWN}


@pytest.mark.release
@pytest.mark.alone
@pytest.mark.parametrize("backend", ["passwd-file", "sqlite"])
@pytest.mark.parametrize("mechanism", [cram_md5, apop, user])
def test_secrets_in_clear(make_server, mechanism, backend):
    """Where nothing slow hides the difference between a name that is found and one that is not."""
    server, kinds = with_secret(make_server, "{PLAIN}right", backend, pop3={"apop": True},
                                auth={"mechanisms": ["CRAM-MD5", "PLAIN"]})
    assert_alike(server, mechanism, kinds)


@pytest.mark.release
@pytest.mark.alone
@pytest.mark.parametrize("backend", ["passwd-file", "sqlite"])
def test_secrets_of_another_scheme_than_ours(make_server, backend):
    """Imported hashes cost something else than the one that an unknown name is checked with."""
    secret = ("{SHA512-CRYPT}$6$rounds=20000$saltsalt$vuxQo8jq5FAAA5zt2TY8xWTpayGi6RoMD2EJnsbVBn94"
              "tyz1zhcqymXD56Hy2DZrZsSDlHCBp0gucsdGJWGv..")  # "right"
    server, kinds = with_secret(make_server, secret, backend)
    assert_alike(server, plain, kinds)


SLOW = ("{SHA512-CRYPT}$6$rounds=400000$saltsalt$UOxkLdm3kJ7JqgQ0BoWX/c5OZUCZ4aBYMD"
        "DFhhXXW3j1dEGT97W8F2w7QawuTj.KqGnAYhufW.BYgUV5BTxM3/")  # "right", in a fifth of a second


@pytest.mark.release
@pytest.mark.alone
def test_a_delay_hides_the_work(make_server):
    """The answer comes so long after the question, however much there was to do in between."""
    server, kinds = with_secret(make_server, SLOW, limits=NO_LIMITS | {
        "failed_login_delay": "1s", "trusted_networks": []}, auth={"plaintext": "always"})
    for kind in ("open", "unknown"):
        taken = [seconds(server, plain, name, name) for name in kinds[kind]]
        assert 1 <= min(taken) < 1.1, taken
