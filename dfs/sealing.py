"""Sealing a file's chunks: keys, headers, segments. FORMAT.md describes every byte. Pure.

One random key per file generation. From it come the content key and a commitment (HKDF-SHA256 over the whole shape of
the file). A segment's nonce is its global number, used once because a generation's content never changes; its
additional data binds file, generation, number, total length and whether it is the last.

Source: NIST SP 800-38D, RFC 5869; STREAM's last-flag idea from Hoang, Reyhanitabar, Rogaway, Vizár (2015).
"""

import struct
import uuid
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from dfs.layout import HEADER_BYTES, TAG_BYTES, Layout

MAGIC = b"CDFS1\r\n\x1a"
SUITE_AES256_GCM = 1
KEY_BYTES = 32
_HEADER = struct.Struct(">8sBBBB16sIIIIHHQQ32s")
_AAD = struct.Struct(">5s16sIQQB")


class SealBroken(Exception):
    """The bytes are not what was sealed at this place of this file."""


class Kind(IntEnum):
    """What an object holds. MANIFEST and SNAPSHOT objects are sealed by the master key ring: see `dfs.manifests`."""

    DATA = 0
    PARITY = 1
    MANIFEST = 2
    SNAPSHOT = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The public 96 bytes at the front of every object: enough to find its place again without the registry.

    DATA: `index` is the chunk's number, `k`, `row` and `j` are 0. PARITY: `index` is the stripe's number under `k`
    data objects a stripe, `row` the parity row, `j` the data objects this stripe has. MANIFEST: `index` is its number.
    SNAPSHOT: `file` is its own uuid, everything about a file is 0. Lengths in bytes.
    """

    kind: Kind
    file: uuid.UUID
    generation: int
    index: int
    chunk_bytes: int
    segment_bytes: int
    size: int
    payload_bytes: int
    commitment: bytes
    k: int = 0
    j: int = 0
    row: int = 0

    def pack(self) -> bytes:
        return _HEADER.pack(
            MAGIC, SUITE_AES256_GCM, self.kind, self.k, self.j, self.file.bytes, self.generation, self.index,
            self.chunk_bytes, self.segment_bytes, self.row, 0, self.size, self.payload_bytes, self.commitment,
        )  # fmt: skip

    @classmethod
    def unpack(cls, raw: bytes | memoryview) -> "Header":
        """Raises: SealBroken when these are not the first 96 bytes of an object of ours."""
        if len(raw) < HEADER_BYTES:
            raise SealBroken("shorter than a header")
        fields = _HEADER.unpack_from(raw)
        if fields[0] != MAGIC or fields[1] != SUITE_AES256_GCM or fields[2] not in set(Kind) or fields[11]:
            raise SealBroken("not an object of this format")
        return cls(
            kind=Kind(fields[2]), k=fields[3], j=fields[4], file=uuid.UUID(bytes=fields[5]), generation=fields[6],
            index=fields[7], chunk_bytes=fields[8], segment_bytes=fields[9], row=fields[10], size=fields[12],
            payload_bytes=fields[13], commitment=fields[14],
        )  # fmt: skip


assert _HEADER.size == HEADER_BYTES  # noqa: S101  the format's own arithmetic


class FileSeal:
    """Seals and opens the segments of one file generation. Safe to use from several threads.

    `key` is the file's random 32 bytes. Everything that shapes the file enters the derivation, so that no parameter
    can be changed without every tag failing.
    """

    def __init__(self, key: bytes, file: uuid.UUID, generation: int, layout: Layout) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a file key has 32 bytes")
        self.file, self.generation, self.layout = file, generation, layout
        shape = file.bytes + struct.pack(">IIIQ", generation, layout.chunk_bytes, layout.segment_bytes, layout.size)
        self._aead = AESGCM(HKDFExpand(SHA256(), 32, b"CDFS1 content" + shape).derive(key))
        self.commitment = HKDFExpand(SHA256(), 32, b"CDFS1 commitment" + shape).derive(key)

    def header(self, kind: Kind, index: int, *, payload_bytes: int, k: int = 0, j: int = 0, row: int = 0) -> bytes:
        return Header(
            kind, self.file, self.generation, index, self.layout.chunk_bytes, self.layout.segment_bytes,
            self.layout.size, payload_bytes, self.commitment, k, j, row,
        ).pack()  # fmt: skip

    def seal_chunk(self, index: int, plaintext: memoryview, into: memoryview) -> int:
        """Seal chunk `index` into `into` and return the payload's length. Releases the GIL while it works.

        Raises: ValueError when `plaintext` is not exactly the chunk.
        """
        layout, at, out = self.layout, 0, 0
        if len(plaintext) != layout.chunk_length(index):
            raise ValueError(f"chunk {index} has {layout.chunk_length(index)} bytes, not {len(plaintext)}")
        for segment in layout.segments_in(index):
            length = layout.segment_length(segment)
            target = into[out : out + length + TAG_BYTES]
            self._aead.encrypt_into(self._nonce(segment), plaintext[at : at + length], self._aad(segment), target)
            at, out = at + length, out + length + TAG_BYTES
        return out

    def open_segment(self, segment: int, sealed: bytes | memoryview) -> bytes:
        """The plaintext of one segment. Raises: SealBroken when its tag does not fit its place."""
        if len(sealed) != self.layout.segment_length(segment) + TAG_BYTES:
            raise SealBroken(f"segment {segment} has the wrong length")
        try:
            return self._aead.decrypt(self._nonce(segment), sealed, self._aad(segment))
        except InvalidTag:
            raise SealBroken(f"segment {segment} was changed") from None

    def open_chunk(self, index: int, payload: bytes | memoryview) -> bytearray:
        """The plaintext of a whole chunk, opened into one buffer. Raises: SealBroken."""
        view, plain, at = memoryview(payload), bytearray(self.layout.chunk_length(index)), 0
        if len(view) != self.layout.payload_length(index):
            raise SealBroken(f"chunk {index} has the wrong length")
        for segment in self.layout.segments_in(index):
            start, end = self.layout.payload_span(segment, segment)
            target = memoryview(plain)[at : at + self.layout.segment_length(segment)]
            try:
                self._aead.decrypt_into(self._nonce(segment), view[start:end], self._aad(segment), target)
            except InvalidTag:
                raise SealBroken(f"segment {segment} was changed") from None
            at += len(target)
        return plain

    def check_header(self, raw: bytes | memoryview) -> Header:
        """The header, if it belongs to this file generation and key. Raises: SealBroken."""
        header = Header.unpack(raw)
        if (header.file, header.generation, header.commitment) != (self.file, self.generation, self.commitment):
            raise SealBroken("the object belongs to another file, generation or key")
        return header

    @staticmethod
    def _nonce(segment: int) -> bytes:
        return b"\0\0\0\0" + segment.to_bytes(8, "big")

    def _aad(self, segment: int) -> bytes:
        last = self.layout.is_last(segment)
        return _AAD.pack(b"CDFS1", self.file.bytes, self.generation, segment, self.layout.size, last)
