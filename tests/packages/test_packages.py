"""Both packages in a fresh Debian 12, in the order of an operator's first day: each test goes on
where the one before it ended."""

import subprocess

from conftest import LATER, packages

# As restanted.service starts it: its user, and the one capability for ports below 1024.
START = ("install -d -o restante -g restante /run/restante\n"
         "setpriv --reuid restante --regid restante --init-groups "
         "--inh-caps=-all,+net_bind_service --ambient-caps=+net_bind_service "
         "--bounding-set=-all,+net_bind_service --no-new-privs restanted 2>/tmp/log &\n"
         "for i in $(seq 600); do grep -q ' ready$' /tmp/log && break; sleep 0.1; done\n"
         "grep -q ' ready$' /tmp/log || { cat /tmp/log; exit 1; }\n")
COLLECT = ("for i in $(seq 600); do\n"
           "  curl -s -k --user alice@example.com:secret pop3s://localhost/ >/tmp/list\n"
           "  [ -s /tmp/list ] && break\n"
           "  sleep 0.1\n"
           "done\n"
           "curl -s -k --user alice@example.com:secret pop3s://localhost/1\n")


def test_they_install_without_a_question_and_the_configuration_is_right(root, version):
    root.install(*packages())
    assert "restanted.toml: ok" in root.run(
        "restanted --check-config")
    assert root.run("stat -c '%U %G %a' /var/lib/restante /etc/restante") == \
        "restante restante 710\nroot restante 750\n"
    for program in ("restanted", "restantectl", "restante"):
        assert root.run(f"{program} --version").strip() == f"{program} {version}"


def test_manual_pages_and_completions_are_there(root):
    for page in ("man8/restanted.8", "man1/restantectl.1", "man1/restantectl-backup.1",
                 "man5/restanted.toml.5", "man1/restante.1", "man1/restante-fetch.1",
                 "man5/restante.toml.5", "man7/restante-queries.7"):
        # dpkg leaves manual pages out of small systems; it has noted them all the same.
        assert f"/usr/share/man/{page}.gz" in root.run("dpkg -L restante restante-server")
    assert "_restante" in root.run("cat /usr/share/bash-completion/completions/restante")


def test_units_name_the_programs_where_they_are(root):
    unit = root.run("cat /lib/systemd/system/restanted.service")
    assert "/usr/local" not in unit, unit
    assert "\nExecStart=/usr/sbin/restanted\n" in unit
    assert "ExecStart=/usr/bin/restante --quiet fetch" in root.run(
        "cat /usr/lib/systemd/user/restante-fetch.service")


def test_mail_comes_in_by_postfix_and_out_by_pop3(root):
    """The lines of the example in main.cf, Debian's chrooted lmtp(8), TLS of a fresh server."""
    root.run("printf 'secret\\n' | restantectl account add alice@example.com --password-stdin")
    root.run("grep -v '^#' /usr/share/doc/restante-server/examples/postfix-main.cf | "
             "xargs -d '\\n' postconf -e\n"
             "postconf -e maillog_file=/var/log/maillog myhostname=mail.example.com")
    message = root.run(
        START + "postfix start\n"
        "printf 'Subject: hello\\n\\nworld\\n' >/tmp/mail\n"
        "for i in $(seq 100); do\n"
        "  curl -s smtp://localhost --mail-from bob@example.org --mail-rcpt alice@example.com "
        "--upload-file /tmp/mail && break\n"
        "  sleep 0.5\n"
        "done\n" + COLLECT)
    assert "Subject: hello" in message and "world" in message


def test_an_upgrade_keeps_data_and_configuration(root, version):
    root.run("printf '# ours\\n' >>/etc/restante/restanted.toml")
    root.install(*packages(LATER))
    assert f"{version}+later1" in root.run("dpkg-query -W restante-server")
    assert "# ours" in root.run("cat /etc/restante/restanted.toml")
    told = root.run(START + "restantectl selftest --no-dns\n" + COLLECT)
    assert "Subject: hello" in told
    assert told.count("gave the mail out, octet for octet") == 2 and "took a mail" in told, told


def test_removal_keeps_mail_and_a_purge_says_where_it_is(root):
    root.run("apt-get remove -q -y restante-server")
    root.run("test -e /etc/restante/restanted.toml && test -d /var/lib/restante/maildrops")
    told = root.run("apt-get purge -q -y restante-server restante")
    assert "stay in /var/lib/restante" in told
    root.run("test -d /var/lib/restante/maildrops && test ! -e /etc/restante/restanted.toml")


def test_a_server_installed_by_hand_keeps_its_configuration(root):
    """Under its old name, which a unit of its own may say."""
    root.run("mkdir -p /etc/restante\n"
             "printf 'data_dir = \"/srv/mail\"\n' >/etc/restante/restante.toml")
    root.install(*packages(), options="-o Dpkg::Options::=--force-confold")
    for name in ("restanted.toml", "restante.toml"):
        assert "/srv/mail" in root.run(f"cat /etc/restante/{name}")
    root.run("apt-get purge -q -y restante-server && test ! -e /etc/restante")


def test_an_upgrade_stops_no_socket(tmp_path):
    """Of systemd's: nothing would start it again."""
    server = next(path for path in packages() if path.name.startswith("restante-server_"))
    subprocess.run(["dpkg-deb", "--control", server, tmp_path / "control"], check=True)
    assert "stop 'restanted.socket'" not in (tmp_path / "control" / "preinst").read_text()
