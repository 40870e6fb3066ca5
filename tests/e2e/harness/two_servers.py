"""Two restanted that share users: `old` has the accounts, `new` is asked first and passes on."""

from .certs import make_certificate
from .lmtp import Lmtp
from .pop3 import Pop3
from .server import Account, listen

FREE = {"limits": {"connections_per_minute": 0, "logins_per_minute": 0, "failed_logins": 0,
                   "failed_login_delay": "0s"}}
# The server that is asked first says which client it is.
OLD_LISTEN = [listen("pop3", "starttls"), {**listen("pop3", "implicit"),
                                           "proxy_networks": ["127.0.0.1"]},
              listen("lmtp", "starttls")]
NEW_LISTEN = [listen("pop3", "starttls"), listen("pop3", "implicit"), listen("lmtp", "starttls"),
              listen("smtp", "starttls"), listen("http", "none")]


def start_old(make_server, overrides=None):
    """Its certificate is for 127.0.0.1."""
    old = make_server(start=False)
    certificate, key = make_certificate(old.folder, "old", ["127.0.0.1"])
    old.certificate = certificate
    old.configure({"listen": OLD_LISTEN, "hostname": "old.example.test",
                   "tls": {"certificate": str(certificate), "private_key": str(key)},
                   **FREE, **(overrides or {})})
    return old.start()


def route_to(old, **more):
    """A [[route]] table for it."""
    return {"pop3": f"pop3s://127.0.0.1:{old.port('pop3', 'implicit')}",
            "lmtp": f"127.0.0.1:{old.port('lmtp')}", "domains": ["example.test"],
            "ca_file": str(old.certificate), **more}


def start_new(make_server, routes, overrides=None):
    return make_server({"listen": NEW_LISTEN, "route": routes, **FREE, **(overrides or {})})


def deliver(server, account, *mails):
    with Lmtp(server.address("lmtp")) as lmtp:
        for mail in mails:
            lmtp.deliver(mail, account.name)


def log_in(server, account, tls="implicit", **options):
    return Pop3(server.address("pop3", tls), tls, **options).login(account)


def named(account, name):
    return Account(name, account.password)
