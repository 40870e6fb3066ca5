"""getmail6 6.18.11: parses every message with Python's email package and writes it anew into a
maildir. It has no STLS."""

import email
import os
import pwd

from . import maildir, run

TLS = ("none", "implicit")


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
        f"username = {target.account.name}\npassword = {target.account.password}\n"
        f"[destination]\ntype = Maildir\npath = {box}/\n{user}\n"
        f"[options]\nread_all = true\nreceived = false\ndelivered_to = false\n"
        f"delete = {'false' if target.keep else 'true'}\n")
    run(["getmail", "--getmaildir", target.folder, "--rcfile", "getmailrc"], target)
    return [path.read_bytes() for path in box.glob("new/*")]


def stored(message):
    lines = message.split(b"\r\n")
    parsed = email.message_from_bytes(b"\n".join(lines))
    sender = parsed["Return-Path"].strip("<>")
    del parsed["Return-Path"]
    text = parsed.as_bytes(policy=parsed.policy.clone(linesep="\n"))
    return f"Return-Path: <{sender}>\n".encode() + text
