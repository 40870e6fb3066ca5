"""What a POP3 client sees of a mailbox: to compare an old server with ours."""

from dataclasses import dataclass

from .pop3 import Pop3
from .server import Account


@dataclass(frozen=True)
class Seen:
    stat: tuple
    sizes: list
    uids: list  # In the server's order.
    messages: list


def look(address, name, password, tls="none"):
    """A whole session, ended well: some servers keep what they say only then."""
    with Pop3(address, tls) as session:
        session.login(Account(name, password))
        uids = session.uids()
        seen = Seen(session.stat(), list(session.sizes().values()), list(uids.values()),
                    [message for _, message in session.retr_all(uids)])
        session.ok("QUIT")
    return seen


def look_here(server, account):
    return look(server.address("pop3"), account.name, account.password)
