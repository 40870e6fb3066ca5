"""A slapd of its own on loopback: configuration, database and ports are the test's. Entries are
loaded before it starts; it may be stopped, started again on the same port, and held still."""

import pathlib
import shutil
import signal
import subprocess
import tempfile

from .certs import make_certificate
from .deadline import poll
from .ports import free_port
from .process import Process, freeze

BASE = "dc=example,dc=test"
ADMIN = f"cn=admin,{BASE}"
ADMIN_PASSWORD = "the admin's"
SERVICE = f"cn=mailservice,{BASE}"
SERVICE_PASSWORD = "the service's"
START_SECONDS = 60

_SCHEMA = "/etc/ldap/schema"


class Slapd:
    """`people` are dicts: uid, mail (one or a list), password (as userPassword is stored, or None),
    and any further attributes. `schema` is configuration before the database, `overlays` in it;
    `entries` is LDIF that comes before the people. `certificate` is a file with a chain, and that
    of its key; without it, one that is its own authority."""

    def __init__(self, people, schema="", overlays="", entries="", certificate=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-slapd-"))
        self.port, self.tls_port = free_port(), free_port()
        self.certificate, self.key = certificate or make_certificate(self.folder, "ldap",
                                                                     ["127.0.0.1"])
        (self.folder / "db").mkdir()
        self._config = self.folder / "slapd.conf"
        self._config.write_text(f"""
include {_SCHEMA}/core.schema
include {_SCHEMA}/cosine.schema
include {_SCHEMA}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
{schema}
pidfile {self.folder}/slapd.pid
argsfile {self.folder}/slapd.args
TLSCertificateFile {self.certificate}
TLSCertificateKeyFile {self.key}
TLSCACertificateFile {self.certificate}
database mdb
maxsize 16777216
suffix "{BASE}"
rootdn "{ADMIN}"
rootpw "{ADMIN_PASSWORD}"
directory {self.folder}/db
access to attrs=userPassword by dn.exact="{SERVICE}" read by anonymous auth by * none
access to * by dn.exact="{SERVICE}" read by * none
{overlays}
""")
        self._load(people, entries)
        self.process = None

    def _load(self, people, entries):
        lines = [f"dn: {BASE}", "objectClass: domain", "dc: example", "",
                 f"dn: {SERVICE}", "objectClass: organizationalRole",
                 "objectClass: simpleSecurityObject", "cn: mailservice",
                 f"userPassword: {SERVICE_PASSWORD}", "", *entries.splitlines(), ""]
        for person in people:
            lines += self.ldif(**person) + [""]
        (self.folder / "people.ldif").write_text("\n".join(lines))
        subprocess.run(["/usr/sbin/slapadd", "-f", self._config, "-l",
                        self.folder / "people.ldif"],
                       check=True, capture_output=True, timeout=START_SECONDS)

    @staticmethod
    def ldif(uid, mail, password, unit=None, **more):
        mails = mail if isinstance(mail, list) else [mail]
        below = f"ou={unit},{BASE}" if unit else BASE
        lines = [f"dn: uid={uid},{below}", "objectClass: inetOrgPerson", f"uid: {uid}",
                 f"cn: {uid}", f"sn: {uid}"]
        lines += [] if password is None else [f"userPassword: {password}"]
        lines += [f"mail: {each}" for each in mails]
        for key, value in more.items():
            lines += [f"{key}: {each}" for each in (value if isinstance(value, list) else [value])]
        return lines

    @property
    def uri(self):
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_uri(self):
        return f"ldaps://127.0.0.1:{self.tls_port}"

    def password_file(self):
        path = self.folder / "service.password"
        path.touch(mode=0o600)
        path.write_text(SERVICE_PASSWORD + "\n")
        return path

    def start(self):
        listen = (f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port} "
                  f"ldaps://127.0.0.2:{self.tls_port}")
        self.process = Process(["/usr/sbin/slapd", "-d", "none", "-f", self._config, "-h", listen])
        poll(self._answers, START_SECONDS, "an answer of slapd")
        return self

    def _answers(self):
        return subprocess.run(["ldapwhoami", "-x", "-H", self.uri], capture_output=True,
                              timeout=START_SECONDS, check=False).returncode == 0

    def modify(self, uid, **values):
        """Replaces attributes as the admin; a list has several values."""
        lines = [f"dn: uid={uid},{BASE}", "changetype: modify"]
        for key, value in values.items():
            each = value if isinstance(value, list) else [value]
            lines += [f"replace: {key}", *[f"{key}: {one}" for one in each], "-"]
        self._change("\n".join(lines) + "\n")

    def delete(self, uid):
        self._change(f"dn: uid={uid},{BASE}\nchangetype: delete\n")

    def _change(self, ldif):
        subprocess.run(["ldapmodify", "-x", "-H", self.uri, "-D", ADMIN, "-w", ADMIN_PASSWORD],
                       input=ldif.encode(), check=True, capture_output=True, timeout=START_SECONDS)

    def freeze(self):
        """It takes connections and never answers."""
        freeze(self.process.pid)

    def thaw(self):
        self.process.signal(signal.SIGCONT)

    def stop(self):
        self.process.signal(signal.SIGTERM)
        self.process.wait(START_SECONDS)
        self.process = None

    def close(self):
        if self.process:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
