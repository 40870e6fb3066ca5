"""What a start and a reload say when rights are missing, and that the way out which they name
works: one test a finding."""

import grp
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess

import pytest
from harness.certs import der, make_certificate
from harness.deadline import poll
from harness.process import Process
from harness.server import BIN, DEFAULT_LISTEN, ROOT, START_SECONDS, listen
from harness.wire import client_context

USER, GROUP = "nobody", "nogroup"
UID, GID = pwd.getpwnam(USER).pw_uid, grp.getgrnam(GROUP).gr_gid
OTHER = "games"  # A group that USER is not in.
OTHER_GID = grp.getgrnam(OTHER).gr_gid
IO, TEMPORARY, CONFIG_ERROR = 74, 75, 78

as_root = pytest.mark.root


def lines_of(command, code=None):
    process = Process(command)
    ended = process.wait(START_SECONDS)
    assert code is None or ended == code, "\n".join(process.lines())
    return process.lines()


def check_config(server, *prefix):
    return lines_of([*prefix, server.folder / "restanted", "--check-config", "--config",
                     server.config_path], 0)


def as_user(*groups):
    return ["setpriv", f"--reuid={UID}", f"--regid={GID}",
            f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups", "--"]


@pytest.fixture
def for_user(make_server):
    """A server that USER runs from the start, as a unit of systemd with User= does."""
    def make(overrides):
        server = make_server({"server": {"allow_root": False}, **overrides}, start=False)
        shutil.copy(BIN / "restanted", server.folder)
        os.chown(server.folder, UID, GID)
        server.config_path.chmod(0o644)
        server.data_dir.mkdir(mode=0o700)
        os.chown(server.data_dir, UID, GID)
        return server
    return make


def start_as_user(server, *groups):
    server.process = Process([*as_user(*groups), server.folder / "restanted", "--config",
                              server.config_path])
    server.process.wait_line(lambda line: line.endswith(" ready"), START_SECONDS)
    server._addresses = {}
    for line in server.process.lines():
        found = re.search(r"listening protocol=(\w+) address=(\S+) tls=(\w+)", line)
        if found:
            server._addresses.setdefault(found.group(1, 3), []).append(found.group(2))
    return server


@as_root
def test_check_config_as_root_gives_no_files_to_root(for_user):
    """After its advice the service still starts."""
    server = for_user({})
    text = "\n".join(check_config(server))
    assert "chown" not in text and "not to root" not in text
    assert "server.user: is missing" in text and f"runuser -u {USER} -- restanted" in text
    assert not any("warning: data_dir" in line for line in check_config(server, *as_user()))
    assert start_as_user(server).stop() == 0


@as_root
def test_a_socket_group_names_the_line_that_the_unit_lacks(for_user):
    server = for_user({})
    server.configure({"server": {"allow_root": False},
                      "listen": [{**listen("lmtp", "none", f"unix:{server.folder}/lmtp"),
                                  "group": OTHER}]})
    way_out = f"SupplementaryGroups={OTHER} to restanted.service"
    for prefix in ((), as_user()):
        assert any(f"warning: listen.group: {USER} is not in group {OTHER}" in line
                   and way_out in line for line in check_config(server, *prefix))
    told = lines_of([*as_user(), server.folder / "restanted", "--config", server.config_path], IO)
    assert any("cannot start: " in line and "Operation not permitted" in line and way_out in line
               for line in told)
    (server.folder / "lmtp").unlink(missing_ok=True)
    assert not any("listen.group" in line for line in check_config(server, *as_user(OTHER_GID)))
    start_as_user(server, OTHER_GID)
    assert (server.folder / "lmtp").lstat().st_gid == OTHER_GID
    assert server.stop() == 0


def test_the_unit_has_the_group_ready_and_does_not_retry_in_vain():
    unit = (ROOT / "packaging/systemd/restanted.service").read_text()
    assert "\n#SupplementaryGroups=postfix\n" in unit
    stays_down = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M).group(1).split()
    assert {"64", "74", "77", "78"} <= set(stays_down) and "75" not in stays_down


def test_an_address_that_is_not_there_yet_is_worth_another_start(make_server):
    """An interface that comes up late: 75, not the 74 after which the unit stays down."""
    server = make_server({"listen": [listen("pop3", "starttls", "192.0.2.1:0")]}, start=False)
    told = lines_of([BIN / "restanted", "--config", server.config_path], TEMPORARY)
    assert any("bind 192.0.2.1:0: Cannot assign requested address" in line for line in told)


@pytest.fixture
def certbot(for_user):
    """live/ and archive/ as certbot leaves them: root's alone."""
    server = for_user({})
    server.letsencrypt = server.folder / "letsencrypt"
    for name in ("live", "archive"):
        (server.letsencrypt / name / "a.test").mkdir(parents=True)
    renew(server, 1)
    for name in ("live", "archive"):
        (server.letsencrypt / name).chmod(0o700)
    return server


def renew(server, number):
    """The certificate that is issued."""
    archive = server.letsencrypt / "archive/a.test"
    certificate, key = make_certificate(archive, f"{number}", ["a.test"])
    certificate.rename(archive / f"fullchain{number}.pem")
    key.rename(archive / f"privkey{number}.pem")
    (archive / f"privkey{number}.pem").chmod(0o600)
    for name in ("fullchain", "privkey"):
        link = server.letsencrypt / f"live/a.test/{name}.pem"
        link.unlink(missing_ok=True)
        link.symlink_to(f"../../archive/a.test/{name}{number}.pem")
    return der(archive / f"fullchain{number}.pem")


def hook(server):
    """The deploy hook as docs/operating.md has it, for this folder and group."""
    text = (ROOT / "docs/operating.md").read_text()
    script = re.search(r"```sh\n(#!/bin/sh\n# /etc/letsencrypt/renewal-hooks.*?)```", text,
                       re.S).group(1)
    script = script.replace("to=/etc/ssl/restante", f"to={server.folder}/tls")
    script = script.replace("group=restante", f"group={GROUP}")
    path = server.folder / "hook"
    path.write_text(script)
    subprocess.run(["sh", path], check=True, capture_output=True, timeout=60,
                   env={**os.environ, "RENEWED_LINEAGE": str(server.letsencrypt / "live/a.test")})


def configure_tls(server, certificate, key):
    server.configure({"server": {"allow_root": False}, "listen": DEFAULT_LISTEN,
                      "tls": {"certificate": str(certificate), "private_key": str(key),
                              "watch_interval": "1s"}})
    server.config_path.chmod(0o644)


def served(server):
    with socket.create_connection(server.address("pop3", "implicit"), START_SECONDS) as plain:
        with client_context().wrap_socket(plain) as tls:
            return tls.getpeercert(binary_form=True)


@as_root
def test_certbots_key_names_the_closed_folder_and_the_hook_works(certbot):
    live = certbot.letsencrypt / "live/a.test"
    configure_tls(certbot, live / "fullchain.pem", live / "privkey.pem")
    told = lines_of([*as_user(), certbot.folder / "restanted", "--config", certbot.config_path],
                    CONFIG_ERROR)
    for key in ("certificate", "private_key"):
        assert any(f"tls.{key}: cannot read {live}/" in line and "Permission denied: " in line
                   and f"{USER} may not enter the folder {certbot.letsencrypt}/live" in line
                   and "deploy hook" in line and "docs/operating.md" in line for line in told), told
    hook(certbot)
    configure_tls(certbot, certbot.folder / "tls/a.test.pem", certbot.folder / "tls/a.test.key")
    start_as_user(certbot)
    renewed = renew(certbot, 2)
    assert served(certbot) != renewed
    hook(certbot)
    poll(lambda: served(certbot) == renewed, 30, "the renewed certificate is served")
    assert certbot.stop() == 0


@as_root
def test_a_renewed_key_that_cannot_be_read_says_so(certbot):
    """The old one stays, and the line names the right that is missing, not a "system lib"."""
    hook(certbot)
    key = certbot.folder / "tls/a.test.key"
    configure_tls(certbot, certbot.folder / "tls/a.test.pem", key)
    start_as_user(certbot)
    before = served(certbot)
    fresh, own = make_certificate(certbot.folder, "fresh", ["a.test"])
    own.chmod(0o600)
    own.rename(key)
    fresh.rename(certbot.folder / "tls/a.test.pem")
    line = certbot.logged(r"tls: changed files cannot be used")
    assert f"cannot read {key}: Permission denied" in line and f"may not read {key}" in line, line
    assert served(certbot) == before
    certbot.stop()


def test_a_key_of_another_certificate_is_called_that(make_server):
    """Of another kind, too, of which OpenSSL says "no certificate assigned"."""
    server = make_server(start=False)
    certificate, key = make_certificate(server.folder, "one")
    for other in (make_certificate(server.folder, "two")[1], server.folder / "rsa.key"):
        if other.name == "rsa.key":
            subprocess.run(["openssl", "genrsa", "-out", other, "2048"], check=True,
                           capture_output=True, timeout=60)
        other.chmod(0o600)
        server.configure({"tls": {"certificate": certificate, "private_key": other}})
        told = lines_of([BIN / "restanted", "--config", server.config_path], CONFIG_ERROR)
        assert any(f"{other}: the key does not fit the certificate in {certificate}" in line
                   for line in told), told
    assert key.exists()


def test_every_line_of_an_error_has_its_time_and_level(make_server):
    server = make_server(start=False)
    (server.folder / "users").write_text("good@example.test\nbad@@\nworse@@\n")
    (server.folder / "restante").write_text("auth required pam_permit.so\n")
    server.configure({"accounts": {"backend": "pam", "users": "users",
                                   "service_dir": str(server.folder)}})
    told = lines_of([BIN / "restanted", "--config", server.config_path])
    critical = [line for line in told if "users:" in line]
    assert len(critical) == 2, told
    for line in critical:
        assert re.match(r"\d{4}-\d\d-\d\dT\S+Z critical cannot start: ", line), line


def test_mistakes_of_a_reload_are_lines_of_the_log(make_server):
    server = make_server()
    text = server.config_path.read_text()
    server.config_path.write_text(text + "\n[limits]\nconnections = 0\nrecipients = 1\n")
    server.reload()
    for key in ("connections", "recipients"):
        assert re.match(r"\d{4}-\d\d-\d\dT\S+Z error reload: ",
                        server.logged(rf"limits\.{key}: must be from"))
    server.logged("error reload: settings kept as they were")
    assert server.process.running()


def test_lowered_limits_are_told_once(make_server):
    """At the start, and after a reload only when they are others."""
    server = make_server(start=False)
    server.prefix = ["prlimit", "--nofile=2000:2000", "--"]
    server.start()
    for _ in range(2):
        lines = server.process.line_count()
        server.reload()
        server.process.wait_line(lambda line: "reloaded: " in line, START_SECONDS, since=lines)
    assert sum("limits lowered" in line for line in server.all_log()) == 1
    server.configure({"limits": {"connections": 100}})
    server.reload()
    server.logged(r"limits lowered connections=100 ")
