"""The metrics page of a real server: promtool and the parser of OpenMetrics read it, alert rules
and dashboard name only what is there, and the history outlives the server."""

import http.client
import json
import re
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from harness.lmtp import Lmtp
from harness.pop3 import Pop3
from harness.server import DEFAULT_LISTEN, ROOT, listen

PROMTOOL = ROOT / "build/unpacked/usr/bin/promtool"  # tools/unpack.sh brings it.
RULES = ROOT / "packaging/prometheus"
DASHBOARD = ROOT / "packaging/grafana/restante.json"

pytestmark = pytest.mark.sanitized


def ask(server, accept=""):
    connection = http.client.HTTPConnection(*server.address("http", "none"), timeout=30)
    connection.request("GET", "/metrics", headers={"Accept": accept} if accept else {})
    response = connection.getresponse()
    assert response.status == 200
    return response.getheader("Content-Type"), response.read().decode()


def values(server):
    """{name with labels: value}"""
    rows = re.findall(r"^([a-z]\S*) (\S+)$", ask(server)[1], re.M)
    return {name: float(value) for name, value in rows}


def promtool(*words, text=None):
    assert PROMTOOL.exists(), f"{PROMTOOL} is missing: run tools/unpack.sh"
    return subprocess.run([PROMTOOL, *words], input=text, capture_output=True, text=True,
                          timeout=60)


@pytest.fixture
def server(make_server):
    return make_server({"listen": DEFAULT_LISTEN + [listen("http", "none")]})


def use(server):
    """A delivery, a session that retrieves and deletes it, and a wrong password."""
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(b"Subject: x\r\n\r\nhello\r\n", account.name)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        pop3.retr(1)
        pop3.ok("DELE 1")
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.ok(f"USER {account.name}")
        pop3.err("PASS wrong", "[AUTH]")
    return account


def test_what_happened_is_on_the_page(server):
    use(server)
    now = values(server)
    door = f'protocol="pop3",listener="127.0.0.1:{server.port("pop3")}"'
    for name, value in {
            f'restante_listener_connections_total{{{door},outcome="taken"}}': 2,
            f"restante_greeting_seconds_count{{{door}}}": 2,
            'restante_logins_total{mechanism="USER",tls="none",outcome="good"}': 1,
            'restante_logins_total{mechanism="USER",tls="none",outcome="wrong"}': 1,
            'restante_login_seconds_count{outcome="good"}': 1,
            'restante_login_seconds_count{outcome="failed"}': 1,
            'restante_login_step_seconds_count{step="open"}': 1,
            'restante_pop3_commands_total{command="RETR"}': 1,
            'restante_pop3_commands_total{command="PASS"}': 2,
            'restante_retrievals_total{outcome="whole"}': 1,
            'restante_deliveries_total{protocol="lmtp",answer="done"}': 1,
            "restante_pop3_sessions_open": 0,
    }.items():
        assert now.get(name) == value, name
    assert now["restante_sync_seconds_count"] >= 2
    assert now['restante_pool_wait_seconds_count{pool="disk"}'] >= 2
    assert now["process_open_fds"] > 10
    assert now["process_resident_memory_bytes"] > 1e6


def test_promtool_finds_no_fault(server):
    use(server)
    kind, text = ask(server)
    assert kind.startswith("text/plain; version=0.0.4")
    found = promtool("check", "metrics", text=text)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_openmetrics_for_who_asks(server):
    use(server)
    kind, text = ask(server, "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["restante_logins"].type == "counter"
    assert families["restante_login_seconds"].type == "histogram"


def test_the_alert_rules_are_right():
    for words in (("check", "rules", "restante.rules.yml"), ("test", "rules", "restante_test.yml")):
        found = subprocess.run([PROMTOOL, *words], cwd=RULES, capture_output=True, text=True,
                               timeout=60)
        assert found.returncode == 0, found.stdout + found.stderr


def names_in(text):
    return set(re.findall(r"\b((?:restante|process)_[a-z0-9_]+)", text))


def test_rules_and_dashboard_name_what_is_there():
    """docs/metrics.md has every metric: a unit test holds it to the page."""
    rows = re.findall(r"^\| `(\S+)` \| (\w+) \|", (ROOT / "docs/metrics.md").read_text(), re.M)
    there = set()
    for name, kind in rows:
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        there |= {name + end for end in ends}
    expressions = [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"]
                   for target in panel.get("targets", [])]
    assert len(expressions) > 30
    assert not names_in(" ".join(expressions)) - there
    text = (RULES / "restante.rules.yml").read_text()
    rules = re.sub(r"^ *(#|summary:).*$", "", text, flags=re.M)
    assert not names_in(rules) - there


def history(server, topic, *options):
    return json.loads(server.ctl("--format", "json", "history", topic, "--every", "day",
                                 *options).stdout)


def total(server, topic, name):
    return sum(point[name] or 0 for point in history(server, topic)["points"])


def test_the_history_outlives_the_server(server):
    use(server)
    server.restart()  # What the minute under way has is written at the end.
    assert total(server, "logins", "logins_good") == 1
    assert total(server, "logins", "logins_failed") == 1
    assert total(server, "retrieval", "retrievals_whole") == 1
    assert total(server, "volume", "messages_deleted") == 1
    assert total(server, "deliveries", "deliveries_done") == 1
    use(server)
    server.restart()
    assert total(server, "logins", "logins_good") == 2
    assert b"100.00 %" in server.ctl("history", "retrieval").stdout


def test_a_broken_history_stops_nothing(server):
    server.stop()
    file = server.data_dir / "history.db"
    file.write_bytes(b"x" * 10_000)
    server.start()
    use(server)
    assert server.logged(r"history: broken, kept as .*history\.db\.broken and begun anew")
    assert (server.data_dir / "history.db.broken").read_bytes() == b"x" * 10_000
    server.restart()
    assert total(server, "logins", "logins_good") == 1


def test_the_history_of_a_server_that_was_killed(server):
    use(server)
    server.kill()
    server.start()
    use(server)
    server.restart()
    assert total(server, "logins", "logins_good") >= 1
