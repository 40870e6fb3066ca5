"""Passwords asked of PAM: pam_pwdfile with a list of its own, and pam_unix with users that exist
only for the server under test, in a mount namespace where /etc/passwd and /etc/shadow are the
test's."""

import crypt
import os
import select

import pytest

from harness import backends
from harness.pop3 import Pop3

NAME, PASSWORD = "alice@example.test", "al!ce's pässword"


def hashed(password):
    return crypt.crypt(password, crypt.METHOD_SHA512)


@pytest.fixture
def pwdfile(tmp_path):
    """A folder with a PAM service that asks pam_pwdfile."""
    (tmp_path / "pam").mkdir()
    (tmp_path / "users").write_text(f"# who has mail\nalice:{hashed(PASSWORD)}\n"
                                    f"bob:{hashed('bobs')}\n")
    (tmp_path / "pam" / "restante").write_text(
        f"auth required pam_pwdfile.so pwdfile={tmp_path}/users\n"
        "account required pam_permit.so\n")
    return tmp_path


def pam_accounts(folder, **more):
    return {"backend": "pam", "service_dir": str(folder / "pam"), "users": str(folder / "users"),
            **more}


@pytest.mark.sanitized
def test_pam_pwdfile(make_server, pwdfile):
    server = make_server({"accounts": pam_accounts(pwdfile)})
    backends.check_logins(server, NAME, PASSWORD)
    backends.check_mail(server, NAME, PASSWORD)
    assert backends.rcpt(server, "x@elsewhere.test") == 550


def test_hostile_names(make_server, pwdfile):
    server = make_server({"accounts": pam_accounts(pwdfile)})
    backends.check_hostile_names(server, NAME, PASSWORD)


def test_full_names(make_server, pwdfile):
    (pwdfile / "users").write_text(f"{NAME}:{hashed(PASSWORD)}\n"
                                   f"alice@second.test:{hashed('other')}\n")
    server = make_server({"accounts": pam_accounts(pwdfile, pam_name="full")})
    backends.assert_logs_in(server, NAME, PASSWORD)
    backends.assert_logs_in(server, "alice@second.test", "other")
    backends.assert_refused(server, NAME, "other")
    backends.assert_refused(server, "alice@second.test", PASSWORD)


def test_the_list_is_read_again(make_server, pwdfile):
    server = make_server({"accounts": pam_accounts(pwdfile)})
    assert backends.rcpt(server, "carol@example.test") == 550
    with (pwdfile / "users").open("a") as users:
        users.write(f"carol:{hashed('carols')}\n")
    assert backends.rcpt(server, "carol@example.test") == 250
    backends.assert_logs_in(server, "carol", "carols")


def test_a_service_that_cannot_say_is_an_outage(make_server, pwdfile):
    service = pwdfile / "pam" / "restante"
    service.write_text("auth [default=bad] pam_does_not_exist.so\naccount required pam_permit.so\n")
    server = make_server({"accounts": pam_accounts(pwdfile)})
    backends.assert_unavailable(server, NAME, PASSWORD)


def test_a_module_that_only_talks_does_not_matter(make_server, pwdfile):
    (pwdfile / "welcome").write_text("hello\n")
    service = pwdfile / "pam" / "restante"
    service.write_text(f"auth optional pam_echo.so file={pwdfile}/welcome\n" + service.read_text())
    server = make_server({"accounts": pam_accounts(pwdfile)})
    backends.assert_logs_in(server, NAME, PASSWORD)
    backends.assert_refused(server, NAME, PASSWORD + "x")


def test_an_account_that_may_not_is_refused(make_server, pwdfile):
    service = pwdfile / "pam" / "restante"
    service.write_text(service.read_text().replace("pam_permit", "pam_deny"))
    server = make_server({"accounts": pam_accounts(pwdfile)})
    backends.assert_refused(server, NAME, PASSWORD)


def test_the_clients_address_reaches_pam(make_server, pwdfile):
    """pam_access decides by PAM_RHOST; another address must not profit from the cache."""
    (pwdfile / "access").write_text("+:root:127.0.0.1\n-:ALL:ALL\n")  # It knows system users only.
    with (pwdfile / "users").open("a") as users:
        users.write(f"root:{hashed(PASSWORD)}\n")
    service = pwdfile / "pam" / "restante"
    service.write_text(f"auth required pam_pwdfile.so pwdfile={pwdfile}/users\n"
                       f"account required pam_access.so accessfile={pwdfile}/access nodefgroup\n")
    listen = [{"protocol": "pop3", "address": "0.0.0.0:0", "tls": "starttls"}]
    server = make_server({"accounts": pam_accounts(pwdfile), "listen": listen})
    backends.assert_logs_in(server, "root", PASSWORD)
    backends.assert_refused(server, "bob", "bobs")
    answer = backends.answer_from(server, "127.0.0.9", "root", PASSWORD)
    assert answer.startswith(b"-ERR [AUTH]"), answer


def test_modules_that_hang_hold_up_no_other_passwords(make_server, pwdfile):
    """As many logins wait for PAM as there may be hashes at once: those go on beside them."""
    for name in ("entered", "never"):
        os.mkfifo(pwdfile / name)
    hang = pwdfile / "hang"
    hang.write_text(f"#!/bin/sh\necho >{pwdfile}/entered\nread line <{pwdfile}/never\nexit 1\n")
    hang.chmod(0o700)
    (pwdfile / "pam" / "restante").write_text(f"auth required pam_exec.so quiet {hang}\n")
    server = make_server(start=False)
    users = server.write_secret("carols", "carol@example.test:{PLAIN}carols\n")
    server.configure({"accounts": {
        "backend": "passwd-file", "path": str(users), "default_domain": "example.test",
        "next": [pam_accounts(pwdfile)]}})
    server.start()
    waiting = [Pop3(server.address("pop3")) for _ in range(os.cpu_count())]
    with open(pwdfile / "entered", "r+b", 0) as entered, open(pwdfile / "never", "r+b", 0) as never:
        for pop3 in waiting:
            pop3.ok("USER alice")
            pop3.send(b"PASS x\r\n")
        for _ in waiting:
            assert entered.read(1) == b"\n"
        backends.assert_logs_in(server, "carol", "carols")
        answered = select.select([pop3.socket for pop3 in waiting], [], [], 0)[0]
        assert not answered, "carol had to wait for them"
        never.write(b"\n" * len(waiting))
        for pop3 in waiting:
            assert pop3.line().startswith(b"-ERR")
            pop3.close()


def test_without_a_service_it_does_not_start(make_server, pwdfile):
    (pwdfile / "pam" / "restante").unlink()
    server = make_server({"accounts": pam_accounts(pwdfile)}, start=False)
    refused = server.ctl("account", "test", NAME, check=False)
    assert refused.returncode != 0 and b"PAM has no service restante" in refused.stderr


@pytest.mark.root
def test_pam_unix(make_server, tmp_path):
    """The system's users: here those of a private /etc/passwd and /etc/shadow."""
    (tmp_path / "pam").mkdir()
    (tmp_path / "pam" / "restante").write_text("auth required pam_unix.so\n"
                                               "account required pam_unix.so\n")
    (tmp_path / "passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\nalice:x:4242:4242::/nonexistent:/bin/false\n"
        "old:x:4243:4243::/nonexistent:/bin/false\ndaemon2:x:99:99::/:/bin/false\n")
    (tmp_path / "shadow").write_text(
        f"root:{hashed('roots')}:19000:0:99999:7:::\n"
        f"alice:{hashed(PASSWORD)}:19000:0:99999:7:::\n"
        f"old:{hashed('olds')}:19000:0:99999:7::100:\n"
        f"daemon2:{hashed('daemons')}:19000:0:99999:7:::\n")
    (tmp_path / "shadow").chmod(0o600)
    server = make_server({"accounts": {"backend": "pam", "service_dir": str(tmp_path / "pam")}},
                         start=False)
    script = (f'mount --bind {tmp_path}/passwd /etc/passwd && '
              f'mount --bind {tmp_path}/shadow /etc/shadow && exec "$@"')
    server.prefix = ["unshare", "--mount", "--propagation", "private", "bash", "-c", script, "x"]
    server.start()
    backends.check_logins(server, NAME, PASSWORD)
    backends.check_mail(server, NAME, PASSWORD)
    backends.assert_refused(server, "root", "roots")  # Below min_uid: no mail for daemons.
    backends.assert_refused(server, "daemon2", "daemons")
    backends.assert_refused(server, "old", "olds")  # Its account has expired.
    backends.check_hostile_names(server, NAME, PASSWORD)
