"""The servers that mail is collected from: our own and Debian's Dovecot, with one interface: port,
and box(messages): a new mailbox that holds them."""

import threading
from dataclasses import dataclass

from harness.dovecot import PASSWORD, Dovecot
from harness.lmtp import Lmtp
from harness.pop3 import login_when_free
from harness.server import Account, ServerFactory

import mail

SENDERS = 8


@dataclass(frozen=True)
class Box:
    user: str
    password: str


class Ours:
    """Its passwords cost no time to check: how long a login takes is not what is compared."""

    name = "restanted"

    def __init__(self):
        self._factory = ServerFactory()
        self._server = self._factory({"limits": {"message_size": "512MiB"}})
        self._boxes = 0

    @property
    def port(self):
        return self._server.port("pop3")

    def box(self, messages):
        self._boxes += 1
        box = Box(f"box{self._boxes}@example.test", "secret")
        self._server.ctl("account", "import", "-", data=f"{box.user}:{{PLAIN}}secret\n".encode())
        shares = [messages[i::SENDERS] for i in range(SENDERS)]
        threads = [threading.Thread(target=self._deliver, args=(box.user, share))
                   for share in shares if share]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(self.left(box)) == len(messages), "not everything was delivered"
        return box

    def _deliver(self, user, messages):
        with Lmtp(self._server.address("lmtp")) as lmtp:
            for message in messages:
                lmtp.deliver(message(), user)

    def left(self, box):
        """The numbers of the messages that it holds."""
        account = Account(box.user, box.password)
        with login_when_free(self._server.address("pop3"), account) as pop3:
            numbers = [mail.number_in(b"\r\n".join(pop3.lines(f"TOP {place} 0")))
                       for place in pop3.uids()]
            pop3.quit()
            return numbers

    def log(self):
        return self._server.all_log()

    def close(self):
        self._factory.close()


class Debians:
    name = "dovecot"

    def __init__(self):
        self._dovecot = Dovecot("mail_max_userip_connections = 1000").start()
        self.port = self._dovecot.port

    def box(self, messages):
        user = self._dovecot.add_account()
        for message in messages:
            self._dovecot.deliver(user, [message()])
        return Box(user, PASSWORD)

    def left(self, box):
        return [mail.number_in(message) for message in self._dovecot.messages(box.user)]

    def log(self):
        return self._dovecot.process.lines()

    def close(self):
        self._dovecot.close()


SERVERS = {server.name: server for server in (Ours, Debians)}
