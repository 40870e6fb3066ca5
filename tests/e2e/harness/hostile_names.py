"""Names that would mean something to a shell, a database, a directory, a format string, a file
system or a log, were they ever more than data. No back end knows an account of theirs. Not here:
what SASLprep makes alice of, a zero-width mark before her or full-width letters (RFC 4013 s.2.1,
s.2.2)."""

HOSTILE_NAMES = [name.encode() if isinstance(name, str) else name for name in (
    "*", "*@example.test", "a*", "%", "%@example.test", "%s%s%n", "%{user}", "_____", "alic_",
    "' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE mail_account; --", "alice'--", 'alice"',
    "\\", "alice\\", "alice\\2a", "$1", "{name}", "{local}", "alice;", "E'\\x61lice'",
    ")(uid=*", "*)(uid=*))(|(uid=*", "alice)(|(mail=*)", "(", ")", "&", "|(uid=*)", "uid=alice",
    "alice,dc=example,dc=test", "alice#", "alice<x>",
    "alice @example.test",
    "alice\t", "alice\x7f", "alice\x01", "alice\x0b", "alice:", "alice:x", "root:x:0:0", "root",
    "../alice", "/etc/passwd", "..", ".", "alice/", "~alice", "$(id)", "`id`", "|id", "-alice",
    "alice@example.test@example.test", "@example.test", "alice@", "alice@example.test.",
    "\u00a0alice", "\u202ealice", "\u0430lice", "alice\u0085",
    b"\xff\xfealice", b"alice\xc0\x80", b"alice\xed\xa0\x80", b"alice\xc3", b"\xf5\x80\x80\x80",
    "a" * 65, "a" * 300, "alice@" + "x" * 260,
)]

# These cannot stand in a command line, or lose their blanks there, but come in base64.
HOSTILE_NAMES_IN_SASL = [b"alice\r", b"alice\n", b"alice\r\nDELE 1", b"\ralice",
                         b"alice\r\n", b"alice@example.test\n", b" alice", b"alice ",
                         b"alice@example.test ", b" alice@example.test"]
