"""Signed identities: the emulator's RS256 key, its certificate, and the id_tokens it signs (OpenID Connect Core 2)."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


def unpadded(raw: bytes) -> str:
    """base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """An RSA key, made once per process (it takes a while).

    `certificates` and `keys` are the two forms Google publishes it in.
    """

    def __init__(self) -> None:
        self._key = _key()
        public = self._key.public_key()
        spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.key_id = hashlib.sha256(spki).hexdigest()[:40]

    @property
    def certificates(self) -> dict[str, str]:
        """Key id → X.509 certificate in PEM (oauth2/v1/certs)."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
        start = datetime.now(UTC) - timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=3650))
            .sign(self._key, hashes.SHA256())
        )
        return {self.key_id: certificate.public_bytes(serialization.Encoding.PEM).decode()}

    @property
    def keys(self) -> dict[str, Any]:
        """A JSON Web Key Set (oauth2/v3/certs)."""
        numbers = self._key.public_key().public_numbers()
        modulus = unpadded(numbers.n.to_bytes(256, "big"))
        exponent = unpadded(numbers.e.to_bytes(3, "big"))
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.key_id, "n": modulus, "e": exponent}
        return {"keys": [key]}

    def sign(self, claims: dict[str, Any]) -> str:
        """A JSON Web Signature in compact form."""
        header = {"alg": "RS256", "kid": self.key_id, "typ": "JWT"}
        signed = ".".join(unpadded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{unpadded(signature)}"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def half_hash(token: str) -> str:
    """The `at_hash` claim: the left half of the token's SHA-256 (OpenID Connect Core 3.1.3.6)."""
    return unpadded(hashlib.sha256(token.encode()).digest()[:16])
