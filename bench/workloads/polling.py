"""Polls, in clear and over TLS, and bare handshakes beside them."""

from peers.common import Group

from .kinds import SMALL, Workload, closed_loop

UIDL = ("--workload", "poll-uidl", "--connections")


def make(scale):
    small = Group(*SMALL)
    many = Group("many", 8, scale.many, 1024)
    poll = ("--workload", "poll", "--connections", 16)
    return [
        Workload("poll", "Poll: USER PASS STAT QUIT, 20 messages wait", "session", (small,),
                 closed_loop, words=poll),
        Workload("poll-uidl-20", "Poll with leave-on-server: STAT UIDL LIST, 20 messages",
                 "session", (small,), closed_loop, words=(*UIDL, 16)),
        Workload("poll-uidl-many",
                 f"Poll with leave-on-server: STAT UIDL LIST, {scale.many:,} messages",
                 "session", (many,), closed_loop, words=(*UIDL, 4)),
        Workload("tls-handshake", "TLS 1.3, full handshake, QUIT", "session", (small,),
                 closed_loop, "pop3s", ("--workload", "handshake", "--connections", 16,
                                        "--tls", "full")),
        Workload("tls-poll", "Poll over TLS 1.3, full handshakes", "session", (small,),
                 closed_loop, "pop3s", (*poll, "--tls", "full")),
        Workload("tls-poll-resumed", "Poll over TLS 1.3, resumed", "session", (small,),
                 closed_loop, "pop3s", (*poll, "--tls", "resumed")),
    ]
