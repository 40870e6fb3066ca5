"""An authority for clients' certificates, which signs any names it is given."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

A_DAY = datetime.timedelta(days=1)


class Signer:
    """Its certificate is `certificate`; one client at a time has its files."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        made = self._builder(self.name, self.key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = folder / "ca.pem"
        self.certificate.write_bytes(self._signed(made))

    def _builder(self, subject, key):
        now = datetime.datetime.utcnow()
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
                .public_key(key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(now - A_DAY).not_valid_after(now + A_DAY))

    def _signed(self, builder):
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def revoke(self, *certificates, days=1):
        """The list of these as a path; one that has ended where `days` is negative."""
        now = datetime.datetime.utcnow()
        made = (x509.CertificateRevocationListBuilder().issuer_name(self.name)
                .last_update(now - 3 * A_DAY).next_update(now + days * A_DAY))
        for certificate in certificates:
            serial = x509.load_pem_x509_certificate(certificate).serial_number
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial)
                .revocation_date(now - A_DAY).build())
        path = self.folder / "revoked.pem"
        path.write_bytes(self._signed(made))
        return path

    def issue(self, common_name=None, addresses=()):
        """A client's (certificate, key) as paths."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
        made = self._builder(x509.Name(names), key).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        if addresses:
            made = made.add_extension(x509.SubjectAlternativeName(
                [x509.RFC822Name._init_without_validation(text) for text in addresses]),
                critical=not names)
        certificate, key_file = self.folder / "client.pem", self.folder / "client.key"
        certificate.write_bytes(self._signed(made))
        key_file.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        return certificate, key_file
