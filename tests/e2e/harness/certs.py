"""Certificates for tests, made by the openssl program."""

import subprocess


def _alt_name(host):
    return ("IP:" if host[0].isdigit() else "DNS:") + host


def make_certificate(folder, name, hosts=("localhost",)):
    """(certificate, key) as paths: self-signed ECDSA P-256 for these names."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", f"/CN={hosts[0]}",
         "-addext", "subjectAltName=" + ",".join(map(_alt_name, hosts))],
        check=True, capture_output=True, timeout=60)
    return certificate, key


def der(certificate):
    """The DER bytes of a PEM file."""
    return subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"],
                          check=True, capture_output=True, timeout=60).stdout
