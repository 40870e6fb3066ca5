"""From the real packages of the commit before to these: mail, ids, accounts, configuration stay."""

from conftest import BEFORE, LATER, packages

from test_packages import START

UIDS = ("for i in $(seq 600); do\n"
        "  curl -s -k --user alice@example.com:secret pop3s://localhost/ --request UIDL "
        ">/tmp/uids\n"
        "  [ -s /tmp/uids ] && break\n"
        "  sleep 0.1\n"
        "done\n"
        "cat /tmp/uids\n")
DELIVER = ("printf 'Subject: %s\\n\\nworld\\n' hello >/tmp/mail\n"
           "restantectl deliver alice@example.com </tmp/mail\n")


def test_mail_and_ids_stay(root):
    root.install(*packages(BEFORE))
    root.run("printf 'secret\\n' | restantectl account add alice@example.com --password-stdin\n"
             "printf '# ours\\n' >>/etc/restante/restanted.toml\n" + DELIVER)
    before = root.run(START + UIDS)
    assert before.startswith("1 ")
    # Where the package's own configuration has changed too, dpkg asks; it is told to keep ours.
    root.install(*packages(LATER), options="-o Dpkg::Options::=--force-confold")
    assert root.run(START + UIDS) == before
    assert "# ours" in root.run("cat /etc/restante/restanted.toml")
    told = root.run(START + "restantectl selftest --no-dns")
    assert told.count("gave the mail out, octet for octet") == 2, told
