"""Python's poplib: gives a list of lines without their ends."""

import poplib

from ..wire import client_context

TLS = ("none", "starttls", "implicit")


def connect(target):
    # 2048 octets a line is poplib's own limit; mail has longer ones.
    poplib._MAXLINE = 1 << 20
    if target.tls == "implicit":
        client = poplib.POP3_SSL(target.host, target.port, context=client_context(), timeout=60)
    else:
        client = poplib.POP3(target.host, target.port, timeout=60)
    if target.tls == "starttls":
        client.stls(client_context())
    client.user(target.account.name)
    client.pass_(target.account.password)
    return client


def sizes(target):
    client = connect(target)
    result = [int(line.split()[1]) for line in client.list()[1]]
    assert client.stat() == (len(result), sum(result))
    client.quit()
    return result


def fetch(target):
    client = connect(target)
    messages = []
    for number in range(1, target.count + 1):
        lines = client.retr(number)[1]
        messages.append(b"".join(line + b"\r\n" for line in lines))
        assert client.top(number, 0)[1] == lines[:len(client.top(number, 0)[1])]
        if not target.keep:
            client.dele(number)
    client.quit()
    return messages


def stored(message):
    return message
