"""A passkey without a device: makes and shows credentials as a browser would, for the options the site sent.

Source: W3C Web Authentication Level 3, sections 6.1 (authenticator data) and 5.8.1 (client data).
"""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


class SoftPasskey:
    """One credential of one site. `is_verified` is whether the device checked its owner."""

    def __init__(self, origin: str = "https://testserver", *, is_verified: bool = True) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user = b""
        self.flags = FLAG.UP | (FLAG.UV if is_verified else FLAG(0))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to the options of a registration."""
        public = options["publicKey"]
        self.user = websafe_decode(public["user"]["id"])
        known = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(_hash(public["rp"]["id"]), self.flags | FLAG.AT, 0, known)
        made = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", public["challenge"])
        return self._told({"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(bytes(made))})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to the options of a sign-in."""
        public = options["publicKey"]
        data = AuthenticatorData.create(_hash(public["rpId"]), self.flags, 1)
        client = self._client("webauthn.get", public["challenge"])
        signed = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": bytes(data), "signature": signed}
        return self._told(
            {name: websafe_encode(value) for name, value in (response | {"userHandle": self.user}).items()}
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _told(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def _hash(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()
