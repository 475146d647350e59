"""What the registry says of one stored file, as plain JSON: the content of manifests and the lines of snapshots.

FORMAT.md lists the fields. Together with the master keys and the Drives a description is enough to read the file.
"""

import base64
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dfs.models import Chunk, DriveAccount, StoredFile

LETTERS: dict[str, str] = {Chunk.Kind.DATA: "d", Chunk.Kind.PARITY: "p"}
KINDS = {letter: kind for kind, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a file. `drive` is the place in the description's list of Drives."""

    kind: str
    index: int
    row: int
    copy: int
    stripe_k: int
    size_bytes: int
    md5: str
    drive: int
    object_id: str


@dataclass(frozen=True, slots=True)
class Description:
    """A stored file in all that matters. `owner` is an e-mail address or admission number, "" for nobody's."""

    uuid: uuid.UUID
    generation: int
    number: int
    name: str
    content_type: str
    purpose: str
    owner: str
    size_bytes: int
    crc32: int
    chunk_bytes: int
    segment_bytes: int
    k: int
    p: int
    wrapped_key: bytes
    created_at: datetime
    stored_at: datetime | None
    trashed_at: datetime | None
    drives: list[dict[str, str]]
    parts: list[Part]

    @property
    def age(self) -> tuple[int, int]:
        """Of two descriptions of a file the one with the larger counts."""
        return self.generation, self.number


def describe(file: StoredFile, rows: Iterable[Chunk]) -> dict[str, Any]:
    """The file as JSON. `rows` are its verified objects with their accounts loaded."""
    drives: dict[int, DriveAccount] = {}
    parts = []
    for row in rows:
        drives.setdefault(row.account_id, row.account)
        at = list(drives).index(row.account_id)
        place = [LETTERS[row.kind], row.index, row.row, row.copy, row.stripe_k]
        parts.append([*place, row.size_bytes, row.md5, at, row.object_id])
    return {
        "uuid": str(file.uuid),
        "generation": file.generation,
        "number": file.manifest_number,
        "name": file.name,
        "content_type": file.content_type,
        "purpose": file.purpose,
        "owner": (file.owner.email or file.owner.admission_number or "") if file.owner else "",
        "size": file.size_bytes,
        "crc32": file.crc32,
        "chunk_bytes": file.chunk_bytes,
        "segment_bytes": file.segment_bytes,
        "k": file.k,
        "p": file.p,
        "key": base64.b64encode(bytes(file.wrapped_key or b"")).decode(),
        "created_at": _text(file.created_at),
        "stored_at": _text(file.stored_at),
        "trashed_at": _text(file.trashed_at),
        "drives": [
            {"uuid": str(drive.uuid), "kind": drive.kind, "owner_key": drive.owner_key, "label": drive.label}
            for drive in drives.values()
        ],
        "objects": parts,
    }


def read(told: dict[str, Any]) -> Description:
    """The other way round. Raises: ValueError when this is no description."""
    try:
        return Description(
            uuid=uuid.UUID(told["uuid"]), generation=int(told["generation"]), number=int(told["number"]),
            name=str(told["name"]), content_type=str(told["content_type"]), purpose=str(told["purpose"]),
            owner=str(told["owner"]), size_bytes=int(told["size"]), crc32=int(told["crc32"]),
            chunk_bytes=int(told["chunk_bytes"]), segment_bytes=int(told["segment_bytes"]), k=int(told["k"]),
            p=int(told["p"]), wrapped_key=base64.b64decode(told["key"], validate=True),
            created_at=datetime.fromisoformat(told["created_at"]), stored_at=_instant(told["stored_at"]),
            trashed_at=_instant(told["trashed_at"]), drives=list(told["drives"]),
            parts=[Part(KINDS[str(letter)], *rest) for letter, *rest in told["objects"]],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"no description of a file: {error!r}") from error


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
