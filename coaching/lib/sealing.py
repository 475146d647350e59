"""The master key ring: an ordered list of 32-byte keys that seal other keys and small secrets.

The first key is active and seals; the rest only open, so that a key can be rotated. Each purpose gets a subkey of its
own (HKDF-SHA256), so that a token sealed for one purpose cannot be opened as another.

A token is `version (1) ‖ len(kid) (1) ‖ kid ‖ nonce (12) ‖ ciphertext and tag`; the additional data is
`"classcrew.seal1" ‖ purpose ‖ kid ‖ context`, each with its length before it.

Source: NIST SP 800-38D (GCM), RFC 5869 (HKDF).
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VERSION = 1
_NONCE_BYTES = 12
_KID = re.compile(r"[A-Za-z0-9._-]{1,32}")


class SealBroken(Exception):
    """The token was not made by this ring for this purpose and context, or was changed."""


class MasterKeyRing:
    """Keys by id, the first active.

    Raises: ImproperlyConfigured when `text` is not `kid:base64(32 bytes)`, comma separated, kids distinct.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[str, bytes] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            kid, _, encoded = item.partition(":")
            self._keys[self._new_kid(kid)] = self._key(kid, encoded)
        if not self._keys:
            raise ImproperlyConfigured("CLASSCREW_MASTER_KEYS holds no key; it needs kid:base64(32 bytes).")

    def _new_kid(self, kid: str) -> str:
        if not _KID.fullmatch(kid) or kid in self._keys:
            rule = "a distinct id of 1 to 32 letters, digits, '.', '_' or '-'"
            raise ImproperlyConfigured(f"CLASSCREW_MASTER_KEYS: each key needs {rule}.")
        return kid

    @staticmethod
    def _key(kid: str, encoded: str) -> bytes:
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise ImproperlyConfigured(f"CLASSCREW_MASTER_KEYS: key {kid} must be base64 of exactly 32 bytes.")
        return key

    @property
    def active_kid(self) -> str:
        return next(iter(self._keys))

    def kids(self) -> list[str]:
        """Every key id, the active one first."""
        return list(self._keys)

    def check_value(self, kid: str) -> str:
        """32 hex digits that tell two keys apart and reveal neither."""
        return hmac.new(self._keys[kid], b"classcrew.check", hashlib.sha256).hexdigest()[:32]

    def subkey(self, purpose: str) -> bytes:
        """32 bytes of the active key for MACs of this purpose alone; another key after a rotation."""
        return HKDF(SHA256(), 32, salt=None, info=b"classcrew.mac|" + purpose.encode()).derive(
            self._keys[self.active_kid]
        )

    def seal(self, purpose: str, plaintext: bytes, *, context: bytes = b"") -> bytes:
        """Seal `plaintext` with the active key; `context` must be given again to open it."""
        kid, nonce = self.active_kid, secrets.token_bytes(_NONCE_BYTES)
        sealed = self._aead(kid, purpose).encrypt(nonce, plaintext, _additional(purpose, kid, context))
        return bytes((_VERSION, len(kid))) + kid.encode() + nonce + sealed

    def open(self, purpose: str, token: bytes, *, context: bytes = b"") -> bytes:
        """The plaintext of a token of this purpose and context. Raises: SealBroken."""
        kid, body = self._split(token)
        if kid not in self._keys:
            raise SealBroken(f"master key {kid} is not in the ring")
        try:
            additional = _additional(purpose, kid, context)
            return self._aead(kid, purpose).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], additional)
        except InvalidTag:
            raise SealBroken("the token does not open") from None

    def kid_of(self, token: bytes) -> str:
        """The id of the key that sealed the token. Raises: SealBroken when it is not a token."""
        return self._split(token)[0]

    @staticmethod
    def _split(token: bytes) -> tuple[str, bytes]:
        token = bytes(token)
        end = 2 + token[1] if len(token) > 2 else 0
        if not end or token[0] != _VERSION or len(token) < end + _NONCE_BYTES + 16:
            raise SealBroken("not a sealed token")
        try:
            return token[2:end].decode("ascii"), token[end:]
        except UnicodeDecodeError:
            raise SealBroken("not a sealed token") from None

    def _aead(self, kid: str, purpose: str) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"classcrew.kek|" + purpose.encode()).derive(self._keys[kid]))


def _additional(purpose: str, kid: str, context: bytes) -> bytes:
    parts = (b"classcrew.seal1", purpose.encode(), kid.encode(), context)
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@lru_cache(maxsize=4)
def _ring(text: str) -> MasterKeyRing:
    return MasterKeyRing(text)


def ring() -> MasterKeyRing:
    """The ring of CLASSCREW_MASTER_KEYS."""
    return _ring(settings.MASTER_KEYS)
