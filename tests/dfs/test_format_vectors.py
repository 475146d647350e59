"""FORMAT.md, implemented a second time from its text, against the data in vectors/cdfs1.json and against the store.

`python -m tests.dfs.test_format_vectors` writes the vectors anew (only ever for a new format version).
"""

import hashlib
import hmac
import json
import struct
import uuid
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dfs.layout import Layout
from dfs.sealing import FileSeal, Kind

VECTORS = Path(__file__).with_name("vectors") / "cdfs1.json"
CASES = [
    {"name": "empty", "size": 0, "chunk_bytes": 64, "segment_bytes": 16, "generation": 1},
    {"name": "one byte", "size": 1, "chunk_bytes": 64, "segment_bytes": 16, "generation": 1},
    {"name": "one full chunk", "size": 64, "chunk_bytes": 64, "segment_bytes": 16, "generation": 1},
    {"name": "three chunks, the last short", "size": 141, "chunk_bytes": 64, "segment_bytes": 16, "generation": 2},
    {"name": "real sizes", "size": 300_000, "chunk_bytes": 262_144, "segment_bytes": 262_144, "generation": 7},
]


def plaintext(size: int) -> bytes:
    """Byte i is (i · 31 + 7) mod 256."""
    return bytes((at * 31 + 7) % 256 for at in range(size))


def expand(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand to 32 bytes: one block."""
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()


def objects_by_the_text(key: bytes, file: uuid.UUID, case: dict[str, Any]) -> list[bytes]:
    """Every data object of the file, header included, as FORMAT.md says."""
    size, chunk, segment, generation = case["size"], case["chunk_bytes"], case["segment_bytes"], case["generation"]
    shape = file.bytes + struct.pack(">IIIQ", generation, chunk, segment, size)
    content_key, commitment = expand(key, b"CDFS1 content" + shape), expand(key, b"CDFS1 commitment" + shape)
    plain, count = plaintext(size), max(1, -(-size // segment))
    objects = []
    for index in range(max(1, -(-size // chunk))):
        payload = b""
        for number in range(index * chunk // segment, min(count, (index + 1) * chunk // segment)):
            nonce = bytes(4) + number.to_bytes(8, "big")
            sealer = Cipher(algorithms.AES(content_key), modes.GCM(nonce)).encryptor()
            last = 1 if number == count - 1 else 0
            sealer.authenticate_additional_data(
                b"CDFS1" + file.bytes + struct.pack(">IQQB", generation, number, size, last)
            )
            payload += sealer.update(plain[number * segment : (number + 1) * segment]) + sealer.finalize() + sealer.tag
        header = bytes.fromhex("43444653310d0a1a") + bytes((1, 0, 0, 0)) + file.bytes
        header += struct.pack(">IIIIHHQQ", generation, index, chunk, segment, 0, 0, size, len(payload)) + commitment
        objects.append(header + payload)
    return objects


def vector(case: dict[str, Any]) -> dict[str, Any]:
    key = hashlib.sha256(b"key of " + case["name"].encode()).digest()
    file = uuid.UUID(bytes=hashlib.sha256(b"file of " + case["name"].encode()).digest()[:16])
    objects = objects_by_the_text(key, file, case)
    return {
        **case,
        "key": key.hex(),
        "file": str(file),
        "headers": [made[:96].hex() for made in objects],
        "first_sealed_segment": objects[0][96 : 96 + min(case["size"], case["segment_bytes"]) + 16][:64].hex(),
        "object_sha256": [hashlib.sha256(made).hexdigest() for made in objects],
    }


def seal(case: dict[str, Any]) -> list[bytes]:
    """The same through dfs.sealing."""
    layout = Layout(case["size"], case["chunk_bytes"], case["segment_bytes"])
    sealer = FileSeal(bytes.fromhex(case["key"]), uuid.UUID(case["file"]), case["generation"], layout)
    plain, made = memoryview(plaintext(case["size"])), []
    for index in range(layout.chunks):
        start = index * layout.chunk_bytes
        into = bytearray(layout.payload_length(index))
        sealer.seal_chunk(index, plain[start : start + layout.chunk_length(index)], memoryview(into))
        made.append(sealer.header(Kind.DATA, index, payload_bytes=len(into)) + into)
    return made


@pytest.mark.parametrize(
    "case", json.loads(VECTORS.read_text()) if VECTORS.exists() else [], ids=lambda case: case["name"]
)
def test_sealing_gives_the_vectors(case: dict[str, Any]) -> None:
    made = seal(case)
    assert [sealed[:96].hex() for sealed in made] == case["headers"]
    assert [hashlib.sha256(sealed).hexdigest() for sealed in made] == case["object_sha256"]
    assert made[0][96:].hex().startswith(case["first_sealed_segment"])


def test_the_vectors_are_what_the_text_says() -> None:
    assert json.loads(VECTORS.read_text()) == [vector(case) for case in CASES]


if __name__ == "__main__":
    VECTORS.write_text(json.dumps([vector(case) for case in CASES], indent=1) + "\n")
