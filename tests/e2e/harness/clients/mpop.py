"""mpop 1.4.18: pipelines; delivers into a maildir."""

from . import maildir, run, to_unix

TLS = ("none", "starttls", "implicit")


def fetch(target):
    box = maildir(target.folder / "mpop")
    words = ["--host", target.host, "--port", target.port, "--user", target.account.name,
             "--passwordeval", f"echo {target.account.password}", "--auth=user",
             "--delivery", f"maildir,{box}", "--received-header=off",
             "--keep=" + ("on" if target.keep else "off"), "--uidls-file", target.folder / "uidls"]
    words += {
        "none": ["--tls=off"],
        "starttls": ["--tls=on", "--tls-starttls=on", "--tls-certcheck=off"],
        "implicit": ["--tls=on", "--tls-starttls=off", "--tls-certcheck=off"],
    }[target.tls]
    run(["mpop", *words], target)
    return [path.read_bytes() for path in box.glob("new/*")]


def stored(message):
    return to_unix(message)
