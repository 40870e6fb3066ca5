"""Views: every device gets every mail, the trash gives back what another device took away."""

import json
from types import SimpleNamespace

import pytest

from harness.lmtp import Lmtp
from harness.messages import numbered
from harness.pop3 import Pop3
from harness.server import ServerFactory

LABELS = {"auth": {"view_separator": "#"}}


@pytest.fixture(scope="module")
def labelled(request):
    servers = ServerFactory()
    request.addfinalizer(servers.close)
    return servers(LABELS)


def deliver(server, account, *numbers):
    with Lmtp(server.address("lmtp")) as lmtp:
        for number in numbers:
            lmtp.deliver(numbered(number), account.name)


def as_view(account, label, password=None):
    return SimpleNamespace(name=f"{account.name}#{label}", password=password or account.password)


def device(server, account, label, *options):
    made = server.ctl("device", "add", account.name, label, "--view", "own", *options)
    return SimpleNamespace(name=account.name, password=made.stdout.decode().strip())


def views(server, account):
    shown = server.ctl("--format", "json", "maildrop", "views", account.name).stdout
    return {view.pop("view"): view for view in json.loads(shown)["views"]}


def subjects(pop3):
    return [line[9:].decode() for number in pop3.uids() for line in pop3.lines(f"TOP {number} 0")
            if line.startswith(b"Subject: ")]


def fetch(server, login, delete=True):
    """The subjects that a login finds; it deletes them."""
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(login)
        found = subjects(pop3)
        for number in range(1, len(found) + 1 if delete else 0):
            pop3.ok(f"DELE {number}")
        pop3.ok("QUIT")
        return [text.removeprefix("number ") for text in found]


@pytest.mark.sanitized
def test_every_device_gets_every_mail(labelled):
    account = labelled.add_account()
    deliver(labelled, account, 1)
    phone = device(labelled, account, "Phone")
    tablet = as_view(account, "Tablet")
    assert fetch(labelled, tablet) == ["1"]  # Made at its first login.
    deliver(labelled, account, 2)
    assert fetch(labelled, account) == ["1", "2"]
    assert fetch(labelled, phone) == ["1", "2"]
    assert fetch(labelled, tablet) == ["2"]
    for login in (account, phone, tablet):
        assert fetch(labelled, login) == []
    shown = views(labelled, account)
    assert list(shown) == ["default", "phone", "tablet"]
    assert shown["phone"]["device"] and not shown["tablet"]["device"]
    assert labelled.process.wait_line(
        lambda line: f"user={account.name} method=USER device=Phone view=phone" in line, 20)


@pytest.mark.sanitized
def test_two_devices_at_once_have_the_same_ids(labelled):
    account = labelled.add_account()
    phone = as_view(account, "phone")
    fetch(labelled, phone)
    deliver(labelled, account, 1, 2, 3)
    with Pop3(labelled.address("pop3")) as here, Pop3(labelled.address("pop3")) as there:
        here.login(account)
        there.login(phone)
        assert here.uids() == there.uids() and len(here.uids()) == 3
        with Pop3(labelled.address("pop3")) as third:
            answer = third.try_login(phone)
            assert answer.startswith(b"-ERR [IN-USE]"), answer
        here.ok("DELE 1")
        here.ok("QUIT")
        there.ok("RETR 1")
        there.until_dot()
        there.ok("DELE 2")
        there.ok("QUIT")
    assert fetch(labelled, account, delete=False) == ["2", "3"]
    assert fetch(labelled, phone, delete=False) == ["1", "3"]


def test_the_label_needs_the_right_password_and_an_exact_name_wins(labelled):
    account = labelled.add_account()
    exact = labelled.add_account(account.name.replace("@", "#box@"))
    deliver(labelled, exact, 7)
    assert fetch(labelled, exact) == ["7"]
    wrong = as_view(account, "phone", "wrong")
    with Pop3(labelled.address("pop3")) as pop3:
        assert pop3.try_login(wrong).startswith(b"-ERR [AUTH]")
    for label in ("no blank", "x" * 33, "default", ""):
        with Pop3(labelled.address("pop3")) as pop3:
            assert pop3.try_login(as_view(account, label)).startswith(b"-ERR [AUTH]") or label == ""
    assert list(views(labelled, account)) == ["default"]


def test_a_device_opens_its_own_view_whatever_the_label(labelled):
    account = labelled.add_account()
    own = device(labelled, account, "phone")
    shared = labelled.ctl("device", "add", account.name, "desk").stdout.decode().strip()
    deliver(labelled, account, 1)
    assert fetch(labelled, as_view(account, "other", own.password)) == ["1"]
    assert fetch(labelled, as_view(account, "other", shared)) == ["1"]
    assert fetch(labelled, account) == []  # The desk shares it.
    assert list(views(labelled, account)) == ["default", "phone"]


def test_account_test_says_which_view_a_login_would_get(labelled):
    account = labelled.add_account()
    own = device(labelled, account, "phone")

    def view(name, password=account.password):
        shown = labelled.ctl("--format", "json", "account", "test", name, "--password-stdin",
                             data=password.encode() + b"\n").stdout
        return json.loads(shown)["view"]
    assert view(account.name) == "default"
    assert view(account.name + "#Tablet") == "tablet (made at the first login)"
    assert view(account.name + "#trash") == "trash"
    assert view(account.name + "#x", own.password) == "phone (the own view of the device phone)"


def test_without_a_separator_there_is_no_label(server):
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.try_login(as_view(account, "phone")).startswith(b"-ERR [AUTH]")


def test_there_are_only_so_many(make_server):
    server = make_server({**LABELS, "maildrop": {"views_max": 2}})
    account = server.add_account()
    for label in ("a", "b"):
        fetch(server, as_view(account, label))
    with Pop3(server.address("pop3")) as pop3:
        answer = pop3.try_login(as_view(account, "c"))
        assert answer.startswith(b"-ERR [SYS/PERM] there are too many views"), answer
    failed = server.ctl("device", "add", account.name, "c", "--view", "own", check=False)
    assert failed.returncode != 0 and b"views_max" in failed.stderr
    assert b"c" not in server.ctl("device", "list", account.name).stdout.split()


def test_the_trash_gives_back_what_another_device_took(labelled):
    account = labelled.add_account()
    deliver(labelled, account, 1, 2)
    with Pop3(labelled.address("pop3")) as pop3:
        pop3.login(account)
        ids = pop3.uids()
        pop3.ok("QUIT")
    trash = as_view(account, "trash")
    assert fetch(labelled, trash) == []
    assert fetch(labelled, account) == ["1", "2"]
    with Pop3(labelled.address("pop3")) as pop3:
        pop3.login(trash)
        assert pop3.uids() == ids
        assert b"EXPIRE" not in b" ".join(pop3.lines("CAPA"))
        pop3.ok("DELE 1")
        pop3.ok("QUIT")
    assert fetch(labelled, trash, delete=False) == ["2"]
    with Pop3(labelled.address("pop3")) as pop3:
        own = device(labelled, account, "phone")
        assert not pop3.try_login(as_view(account, "trash", own.password)).startswith(b"-ERR")
        assert subjects(pop3) == []  # Its own view: no device opens the trash.
        pop3.ok("QUIT")
    brought = labelled.ctl("maildrop", "undelete", account.name).stdout.split()
    assert len(brought) == 2
    assert fetch(labelled, account) == ["1", "2"]


def test_the_trash_can_be_off(make_server):
    server = make_server({**LABELS, "maildrop": {"trash_view": False}})
    account = server.add_account()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.try_login(as_view(account, "trash")).startswith(b"-ERR [SYS/PERM]")


@pytest.mark.sanitized
def test_main_deletes_for_all_and_a_reader_holds_nothing(labelled):
    account = labelled.add_account()
    desk = device(labelled, account, "desk", "--role", "main")
    reader = device(labelled, account, "reader", "--role", "reader")
    deliver(labelled, account, 1, 2)
    assert fetch(labelled, reader, delete=False) == ["1", "2"]
    assert fetch(labelled, desk) == ["1", "2"]
    assert fetch(labelled, reader) == [] and fetch(labelled, account) == []
    with Pop3(labelled.address("pop3")) as pop3:
        pop3.login(reader)
        assert not any(line.startswith(b"EXPIRE") for line in pop3.lines("CAPA"))
        pop3.ok("QUIT")
    with Pop3(labelled.address("pop3")) as pop3:
        pop3.login(desk)
        assert b"EXPIRE NEVER" in pop3.lines("CAPA")
        pop3.ok("QUIT")
    shown = views(labelled, account)
    assert shown["desk"]["holds"] and not shown["reader"]["holds"]
    labelled.ctl("maildrop", "set-role", account.name, "reader", "each")
    assert views(labelled, account)["reader"]["holds"]


def test_the_tools_know_views(labelled):
    account = labelled.add_account()
    phone = device(labelled, account, "phone", "--from", "now")
    deliver(labelled, account, 1, 2)
    assert fetch(labelled, phone) == ["1", "2"]

    def states(*options):
        shown = labelled.ctl("--format", "json", "maildrop", "list", account.name, *options).stdout
        return [message["deleted"] for message in json.loads(shown)["messages"]]
    assert states() == [False, False]
    assert states("--view", "phone") == [True, True]
    listed = labelled.ctl("device", "list", account.name).stdout.decode().splitlines()
    assert listed[1].split()[-4:] == ["phone", "each", "yes", "0"]
    assert len(labelled.ctl("maildrop", "undelete", account.name, "--view", "phone").stdout
               .split()) == 2
    assert states("--view", "phone") == [False, False]
    wrong = labelled.ctl("maildrop", "list", account.name, "--view", "tablet", check=False)
    assert wrong.returncode == 67 and b"maildrop views" in wrong.stderr
    labelled.ctl("device", "remove", account.name, "phone")
    assert list(views(labelled, account)) == ["default"]
    fetch(labelled, as_view(account, "tablet"))
    labelled.ctl("maildrop", "drop-view", account.name, "tablet")
    assert list(views(labelled, account)) == ["default"]
    assert labelled.ctl("maildrop", "drop-view", account.name, "default",
                        check=False).returncode == 64


def test_devices_by_a_file_have_views_too(make_server):
    server = make_server({**LABELS, "accounts": {"device_views": "own"}})
    account = server.add_account()
    line = json.dumps({"name": account.name, "add_devices": ["phone", "tablet"]}).encode()
    server.ctl("account", "set", "--from", "-", "--as", "json", data=line + b"\n")
    assert list(views(server, account)) == ["default", "phone", "tablet"]
    line = json.dumps({"name": account.name, "remove_devices": ["phone"]}).encode()
    server.ctl("account", "set", "--from", "-", "--as", "json", data=line + b"\n")
    assert list(views(server, account)) == ["default", "tablet"]


def test_views_survive_a_kill_a_backup_and_a_check(make_server, tmp_path):
    server = make_server(LABELS)
    account = server.add_account()
    phone = device(server, account, "phone")
    deliver(server, account, 1, 2, 3)
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(phone).ok("DELE 2")
        pop3.ok("QUIT")
    assert fetch(server, account) == ["1", "2", "3"]
    server.kill()
    server.start()
    assert fetch(server, phone, delete=False) == ["1", "3"]
    assert server.ctl("maildrop", "check", account.name).returncode == 0
    backup = tmp_path / "backup"
    server.ctl("backup", str(backup))
    assert fetch(server, phone) == ["1", "3"]
    assert server.stop() == 0
    dumped = server.ctl("maildrop", "dump", account.name).stdout.decode()
    assert "view phone each" in dumped, dumped
