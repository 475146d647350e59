"""What tus 1.0 writes into headers: metadata, checksums, version. No Django here.

Source: tus resumable upload protocol 1.0.0, https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Any

VERSION = "1.0.0"
EXTENSIONS = ("creation", "termination", "checksum", "expiration")
ALGORITHMS = ("sha256", "sha1", "md5")
CONTENT_TYPE = "application/offset+octet-stream"
MAX_HEADER_CHARS = 4096


class BadHeader(ValueError):
    """A header that the protocol does not allow; the text says which and why, for a programmer."""


@dataclass(slots=True)
class Checksum:
    """What a client says of the bytes of one request, and what they turned out to be."""

    algorithm: str
    expected: bytes
    _running: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._running = hashlib.new(self.algorithm, usedforsecurity=False)

    def update(self, block: bytes | bytearray) -> None:
        self._running.update(block)

    @property
    def is_met(self) -> bool:
        return bool(self._running.digest() == self.expected)


def parse_metadata(header: str) -> dict[str, str]:
    """`filename d29ybGQ=,is_confidential` → {"filename": "world", "is_confidential": ""}. Raises: BadHeader."""
    if len(header) > MAX_HEADER_CHARS:
        raise BadHeader("Upload-Metadata is too long")
    found: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _space, value = pair.strip().partition(" ")
        if not key or not key.isascii() or key in found:
            raise BadHeader("Upload-Metadata needs different ASCII keys that are not empty")
        try:
            found[key] = _unbase64(value).decode()
        except UnicodeDecodeError:
            raise BadHeader(f"Upload-Metadata: {key} is not UTF-8") from None
    return found


def format_metadata(values: dict[str, str]) -> str:
    """The header that `parse_metadata` reads."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def parse_checksum(header: str) -> Checksum:
    """`sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`. Raises: BadHeader."""
    algorithm, _space, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(f"Upload-Checksum: the algorithms are {', '.join(ALGORITHMS)}")
    checksum = Checksum(algorithm, _unbase64(value))
    if len(checksum.expected) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise BadHeader(f"Upload-Checksum: that is not the length of a {algorithm}")
    return checksum


def parse_count(header: str | None, name: str) -> int:
    """A number of bytes, 0 or more. Raises: BadHeader."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 18:
        raise BadHeader(f"{name} must be a whole number of bytes")
    return int(header)


def _unbase64(value: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadHeader("not Base64") from None
