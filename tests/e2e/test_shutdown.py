"""SIGTERM: what is under way is finished, the idle are told, nothing is half done, exit 0."""

import pytest

from harness.lmtp import Lmtp
from harness.messages import large, numbered
from harness.pop3 import Pop3, exact_unstuff
from harness.server import listen
from harness.wire import Closed


@pytest.mark.sanitized
def test_idle_sessions_are_told(make_server):
    server = make_server()
    account = server.add_account()
    with Pop3(server.address("pop3")) as session, Pop3(server.address("pop3")) as before_login, \
            Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(numbered(1), account.name)
        session.login(account)
        session.ok("DELE 1")
        server.terminate()
        assert session.line().startswith(b"-ERR [SYS/TEMP]")
        assert session.drain() == b""
        assert before_login.line().startswith(b"-ERR [SYS/TEMP]")
        code, texts = lmtp.reply()
        assert code == 421 and texts[0].startswith(b"4.3.2")
        assert server.wait() == 0
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat()[0] == 1
        pop3.quit()


def test_a_message_under_way_is_sent_to_its_end(make_server):
    server = make_server({"limits": {"shutdown_grace": "60s"}})
    account = server.add_account()
    mail = large(20 << 20)
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(mail, account.name)
    with Pop3(server.address("pop3")) as idle, \
            Pop3(server.address("pop3"), receive_bytes=4096) as pop3:
        pop3.login(account)
        pop3.ok("RETR 1")
        pop3.at_least(10_000)
        server.terminate()
        assert idle.line().startswith(b"-ERR [SYS/TEMP]")  # So the signal has arrived.
        message = exact_unstuff(pop3.until_dot())
        assert message.endswith(mail)
        assert pop3.line().startswith(b"-ERR [SYS/TEMP]")
        assert pop3.drain() == b""
    assert server.wait() == 0


def test_a_reader_that_never_reads_does_not_hold_it_up(make_server):
    server = make_server({"limits": {"shutdown_grace": "1s"}})
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.deliver(large(20 << 20), account.name)
    with Pop3(server.address("pop3"), receive_bytes=4096) as pop3:
        pop3.login(account)
        pop3.ok("RETR 1")
        assert server.stop() == 0
        with pytest.raises(Closed):
            pop3.until_dot()


def test_a_mail_half_received_is_not_delivered(make_server):
    server = make_server()
    account = server.add_account()
    with Lmtp(server.address("lmtp")) as lmtp:
        lmtp.begin([account.name])
        lmtp.send(numbered(1)[:-20])
        server.terminate()
        code, _ = lmtp.reply()
        assert code == 421
        assert server.wait() == 0
    server.start()
    with Pop3(server.address("pop3")) as pop3:
        assert pop3.login(account).stat() == (0, 0)
        pop3.quit()


def test_new_connections_are_not_taken(make_server):
    # An address of its own: a port that is free again may be another server's at once.
    server = make_server({"listen": [listen("pop3", "starttls", "127.0.83.1:0")]})
    address = server.address("pop3")
    assert server.stop() == 0
    with pytest.raises(ConnectionRefusedError):
        Pop3(address)
