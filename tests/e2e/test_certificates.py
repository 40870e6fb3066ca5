"""Certificates that change and end while the server runs, without a signal."""

import http.client
import re
import shutil
import ssl
import subprocess
from datetime import datetime, timezone

import pytest

from harness.certs import der, make_certificate
from harness.deadline import poll
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, listen
from harness.wire import Wire

pytestmark = pytest.mark.sanitized


def presented(server):
    with Wire(server.address("pop3", "implicit")) as wire:
        wire.start_tls()
        return wire.socket.getpeercert(binary_form=True)


def put_in_place(new, current):
    """As certbot and package managers do: a whole file takes the name of the old one."""
    for fresh, old in zip(new, current):
        shutil.copy(fresh, fresh.with_suffix(".copy"))
        fresh.with_suffix(".copy").rename(old)


@pytest.fixture
def server(make_server):
    server = make_server(start=False)
    current = make_certificate(server.folder, "current")
    server.configure({"tls": {"certificate": current[0], "private_key": current[1],
                              "watch_interval": "1s"},
                      "listen": DEFAULT_LISTEN + [listen("http", "none")]})
    server.current = current
    return server.start()


def test_a_changed_certificate_is_used_without_a_signal(server):
    old = der(server.current[0])
    account = server.add_account()
    with Pop3(server.address("pop3", "implicit"), tls="implicit") as pop3:
        pop3.login(account)
        put_in_place(make_certificate(server.folder, "new"), server.current)
        new = der(server.current[0])
        poll(lambda: presented(server) == new, 30, "the new certificate")
        assert pop3.stat() == (0, 0)
        assert pop3.socket.getpeercert(binary_form=True) == old
        pop3.quit()


def test_a_certificate_of_another_key_waits_for_its_key(server):
    old = der(server.current[0])
    certificate, key = make_certificate(server.folder, "new")
    whole = certificate.read_text()
    for broken in (whole[:len(whole) // 2], "", whole):
        since = server.process.line_count()
        server.current[0].write_text(broken)
        line = server.process.wait_line(lambda line: "the old certificate stays" in line, 30, since)
        assert "current." in line
        assert presented(server) == old
    assert server.process.running()
    shutil.copy(key, server.current[1])
    poll(lambda: presented(server) == der(certificate), 30, "the new certificate")


def test_a_deleted_certificate_leaves_the_old_one(server):
    old = der(server.current[0])
    since = server.process.line_count()
    server.current[0].unlink()
    server.process.wait_line(lambda line: "the old certificate stays" in line, 30, since)
    assert presented(server) == old


def ending_in(server, days, name="ending"):
    certificate, key = make_certificate(server.folder, name)
    subprocess.run(["openssl", "x509", "-in", certificate, "-signkey", key, "-days", str(days),
                    "-out", certificate.with_suffix(".short")],
                   check=True, capture_output=True, timeout=60)
    certificate.with_suffix(".short").rename(certificate)
    return certificate, key


def expires_metric(server):
    connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return int(re.search(r"^restante_certificate_expires_seconds (\d+)$", text, re.M).group(1))


def end_of(certificate):
    shown = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-enddate"],
                           check=True, capture_output=True, text=True, timeout=60).stdout
    return ssl.cert_time_to_seconds(shown.strip().removeprefix("notAfter="))


@pytest.mark.parametrize("days,warns", [(13, True), (15, False)])
def test_the_end_is_announced_14_days_before(server, days, warns):
    put_in_place(ending_in(server, days), server.current)
    server.process.wait_line(lambda line: "changed files are in use" in line, 30)
    if warns:
        line = server.process.wait_line(lambda line: "renew it" in line, 30)
        assert str(server.current[0]) in line and "ends in 1" in line
    poll(lambda: expires_metric(server) == end_of(server.current[0]), 30, "the metric")
    server.stop()
    assert any("renew it" in line for line in server.all_log()) == warns


def test_the_warning_comes_at_start_and_reload_and_names_the_first_to_end(make_server):
    server = make_server(start=False)
    long, short = make_certificate(server.folder, "long"), ending_in(server, 3, "short")
    server.configure({"tls": {"certificate": long[0], "private_key": long[1],
                              "sni": [{"certificate": short[0], "private_key": short[1]}]}})
    server.start()
    line = server.process.wait_line(lambda line: "renew it" in line, 30)
    assert "short.pem" in line and "ends in 2 days" in line
    assert datetime.fromtimestamp(end_of(short[0]), timezone.utc).strftime("%Y GMT") in line
    since = server.process.line_count()
    server.reload()
    server.process.wait_line(lambda line: "renew it" in line, 30, since)
