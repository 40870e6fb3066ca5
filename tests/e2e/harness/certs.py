"""Certificates for tests, made by the openssl program."""

import subprocess


def _alt_name(host):
    return ("IP:" if host[0].isdigit() else "DNS:") + host


def make_certificate(folder, name, hosts=("localhost",), days=30):
    """(certificate, key) as paths: self-signed ECDSA P-256 for these names."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", str(days),
         "-subj", f"/CN={hosts[0]}",
         "-addext", "subjectAltName=" + ",".join(map(_alt_name, hosts))],
        check=True, capture_output=True, timeout=60)
    return certificate, key


def der(certificate):
    """The DER bytes of a PEM file."""
    return subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"],
                          check=True, capture_output=True, timeout=60).stdout


class Authority:
    """A certificate authority of the tests' own, below another one if need be."""

    def __init__(self, folder, name, above=None):
        self.folder = folder
        self.certificate, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        signed_by = ["-CA", above.certificate, "-CAkey", above._key] if above else []
        _openssl("req", "-x509", *signed_by, *_NEW_KEY, "-keyout", self._key, "-out",
                 self.certificate, "-days", "60", "-subj", f"/CN={name}",
                 "-addext", "basicConstraints=critical,CA:TRUE",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, hosts=(), addresses=(), days=60, more=()):
        """(certificate, key) as paths; `more` are lines of openssl's extension file."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        names = [f"DNS:{host}" for host in hosts] + [f"IP:{address}" for address in addresses]
        extensions.write_text("\n".join([
            "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=serverAuth", f"subjectAltName={','.join(names)}", *more]) + "\n")
        _openssl("req", "-new", *_NEW_KEY, "-keyout", key, "-out", request,
                 "-subj", f"/CN={[*hosts, *addresses][0]}")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key


_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)
