"""A certificate authority made at the start, for clients that will only speak https to Google's own host names."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ("www.googleapis.com", "oauth2.googleapis.com", "accounts.google.com", "localhost")


class Tls:
    """`ca_pem` is what a client must trust; `wrap` speaks TLS as any of HOSTS."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Emulated Google")])
        authority = _certificate(name, name, self._key, self._key, x509.BasicConstraints(ca=True, path_length=0))
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
        server_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])])
        certificate = _certificate(subject, name, server_key, self._key, names)
        self.ca_pem = authority.public_bytes(serialization.Encoding.PEM).decode()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secret = server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with tempfile.TemporaryDirectory() as folder:  # the ssl module loads from files only
            chain = Path(folder) / "chain.pem"
            chain.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
            self._context.load_cert_chain(chain)

    def wrap(self, connection: socket) -> ssl.SSLSocket:
        """The connection after the handshake, for which a client has a minute."""
        connection.settimeout(60)
        wrapped = self._context.wrap_socket(connection, server_side=True)
        wrapped.settimeout(None)
        return wrapped


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signing_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    start = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .add_extension(extension, critical=False)
        .sign(signing_key, hashes.SHA256())
    )
