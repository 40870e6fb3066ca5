"""getmail6 6.18.11: parses every message with Python's email package and writes it anew into a
maildir. It has no STLS. A child of its own writes each message; when that ends before getmail
waits for it, getmail waits in vain, gives the message up and leaves it on the server, though it is
stored: the next run fetches it again."""

import email
import os
import pwd

from . import maildir, run

TLS = ("none", "implicit")
RUNS_MAX = 5
MISSED_ITS_CHILD = b"waiting child pid"


def fetch(target):
    box = maildir(target.folder / "maildir")
    user = ""
    if os.geteuid() == 0:  # It refuses to write mail as root.
        nobody = pwd.getpwnam("nobody")
        for path in (box, *box.iterdir()):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        user = "user = nobody"
    retriever = "SimplePOP3SSLRetriever" if target.tls == "implicit" else "SimplePOP3Retriever"
    (target.folder / "getmailrc").write_text(
        f"[retriever]\ntype = {retriever}\nserver = {target.host}\nport = {target.port}\n"
        f"username = {target.account.name}\npassword = {target.account.password}\ntimeout = 20\n"
        f"[destination]\ntype = Maildir\npath = {box}/\n{user}\n"
        f"[options]\nread_all = true\nreceived = false\ndelivered_to = false\n"
        f"delete = {'false' if target.keep else 'true'}\n")
    command = ["getmail", "--getmaildir", target.folder, "--rcfile", "getmailrc"]
    said = run(["sh", "-c", 'exec "$@" 2>&1', "sh", *command], target, expected=range(128))
    runs = 1
    while MISSED_ITS_CHILD in said and runs < RUNS_MAX:
        said = run(["sh", "-c", 'exec "$@" 2>&1', "sh", *command], target, expected=range(128))
        runs += 1
    stored_messages = [path.read_bytes() for path in box.glob("new/*")]
    assert stored_messages or not target.count, said
    return stored_messages if runs == 1 else list(dict.fromkeys(stored_messages))


def stored(message):
    lines = message.split(b"\r\n")
    parsed = email.message_from_bytes(b"\n".join(lines))
    sender = parsed["Return-Path"].strip("<>")
    del parsed["Return-Path"]
    text = parsed.as_bytes(policy=parsed.policy.clone(linesep="\n"))
    return f"Return-Path: <{sender}>\n".encode() + text
