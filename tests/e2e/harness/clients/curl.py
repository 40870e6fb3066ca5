"""curl 7.88.1: one message a URL, stored as it came over the wire."""

from . import run

TLS = ("none", "starttls", "implicit")


def command(target, *words, path="", expected=(0,)):
    scheme = "pop3s" if target.tls == "implicit" else "pop3"
    options = ["--ssl-reqd"] if target.tls == "starttls" else []
    user = f"{target.account.name}:{target.account.password}"
    url = f"{scheme}://{target.host}:{target.port}/{path}"
    return run(["curl", "-sS", "--insecure", "--user", user, *options, *words, url], target,
               expected=expected)


def sizes(target):
    return [int(line.split()[1]) for line in command(target).splitlines()]


def fetch(target):
    messages = [command(target, path=str(number)) for number in range(1, target.count + 1)]
    if not target.keep:
        for number in range(target.count, 0, -1):  # A session each: the last first.
            command(target, "--head", "--request", "DELE", path=str(number))
    return messages


def stored(message):
    return message
