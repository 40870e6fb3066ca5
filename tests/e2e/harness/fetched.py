"""Maildrops to fetch from, on our server and on Dovecot, with one interface: port, user, password;
deliver() returns what the client has to receive; messages() is what is there now."""

from .dovecot import PASSWORD
from .lmtp import Lmtp
from .pop3 import login_when_free


class OurMaildrop:
    def __init__(self, server):
        self._server = server
        self._account = server.add_account()
        self.user, self.password = self._account.name, self._account.password

    @property
    def port(self):
        return self._server.port("pop3")

    def deliver_raw(self, messages):
        with Lmtp(self._server.address("lmtp")) as lmtp:
            for message in messages:
                lmtp.deliver(message, self.user)

    def deliver(self, messages):
        before = len(self.messages())
        self.deliver_raw(messages)
        return self.messages()[before:]

    def messages(self):
        # A client that was killed a moment ago may still have it.
        with login_when_free(self._server.address("pop3"), self._account) as pop3:
            found = [message for _, message in pop3.retr_all(pop3.uids())]
            pop3.quit()
            return found


class DovecotMaildrop:
    def __init__(self, dovecot):
        self._dovecot = dovecot
        self.port, self.password = dovecot.port, PASSWORD
        self.user = dovecot.add_account()

    def deliver_raw(self, messages):
        self._dovecot.deliver(self.user, messages)

    def deliver(self, messages):
        messages = list(messages)
        self.deliver_raw(messages)
        return messages

    def messages(self):
        return self._dovecot.messages(self.user)

    def renumber(self):
        self._dovecot.renumber(self.user)
