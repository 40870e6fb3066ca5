"""An old server that users come over from at a login: Dovecot with LMTP, a turnstile before each of
its doors, and the restanted that is asked first."""

from .dovecot import PASSWORD, Dovecot
from .lmtp import Lmtp
from .messages import numbered
from .moved import look
from .ports import free_port
from .server import Account
from .turnstile import Turnstile
from .two_servers import start_new

_LMTP = """
protocols = pop3 imap lmtp
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class OldServer:
    def __init__(self):
        self.lmtp_port = free_port()
        self.dovecot = Dovecot(_LMTP.format(port=self.lmtp_port)).start()
        self.turnstile = Turnstile(self.dovecot.tls_port)
        self.mail_turnstile = Turnstile(self.lmtp_port)
        self._users = 0

    def add_user(self, mails=3, name=None):
        """A user with mails there that a client has seen and kept."""
        self._users += 1
        name = self.dovecot.add_account(name or f"user{self._users}@example.test")
        self.dovecot.deliver(name, [numbered(each) for each in range(mails)])
        look(("127.0.0.1", self.dovecot.port), name, PASSWORD)
        return Account(name, PASSWORD)

    def seen_by(self, account):
        return look(("127.0.0.1", self.dovecot.port), account.name, PASSWORD)

    def route(self, **more):
        return {"pop3": f"pop3s://127.0.0.1:{self.turnstile.port}",
                "lmtp": f"127.0.0.1:{self.mail_turnstile.port}", "domains": ["example.test"],
                "ca_file": str(self.dovecot.certificate), **more}

    def start_new(self, make_server, overrides=None, **migrate):
        """`overrides` may say of the route what is other there."""
        overrides = dict(overrides or {})
        route = self.route(**overrides.pop("route", {}))
        route = {key: value for key, value in route.items() if value is not None}
        return start_new(make_server, [route],
                         {"migrate": {"on_login": ["example.test"], **migrate}, **overrides})

    def close(self):
        self.turnstile.close()
        self.mail_turnstile.close()
        self.dovecot.close()


def hand_in(server, recipient, *mails):
    """The codes of the answers."""
    codes = []
    with Lmtp(server.address("lmtp")) as lmtp:
        for mail in mails:
            [(code, _)] = lmtp.data(mail, [recipient])
            codes.append(code)
    return codes
