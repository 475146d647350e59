"""Drives: where objects are put. One protocol, one exception, one module per kind.

A Drive knows nothing of files: it keeps opaque objects under ids it handed out. `open_drive(account)` gives the
implementation for a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol


class Trouble(Enum):
    """What went wrong, and so what to do about it."""

    TRANSIENT = "transient"  # try again later
    FULL = "full"  # no room: place elsewhere
    MISSING = "missing"  # the object is not there
    UNREACHABLE = "unreachable"  # the whole Drive does not answer
    AUTH = "auth"  # the owner must sign in again
    BUSY = "busy"  # it was asked for as long as is sensible, or said how long to leave it alone: see `wait_s`
    TAKEN = "taken"  # this id holds something else or is used up: take another
    PROJECT = "project"  # the institute's own standing with the provider; no Drive is at fault, nothing is given up


NOT_NOW = frozenset({Trouble.BUSY, Trouble.PROJECT})
"""The Drive is there and keeps what it has, but may not be asked for now."""


class DriveError(Exception):
    """Every failure of a Drive. `trouble` says what to do, the message what happened.

    `wait_s` is how long a BUSY Drive wants to be left alone, in seconds.
    """

    def __init__(self, trouble: Trouble, message: str, *, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.trouble, self.wait_s = trouble, wait_s


@dataclass(frozen=True, slots=True)
class DriveObject:
    """What a Drive says of one object. `md5` is hex.

    `name` is "" where the Drive keeps none; the object's own header tells the same. `made_at` is the Drive's word.
    """

    object_id: str
    size_bytes: int
    md5: str
    name: str = field(default="", compare=False)
    made_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DriveQuota:
    """Bytes; `limit_bytes` is None when the Drive knows none."""

    used_bytes: int
    limit_bytes: int | None


class Drive(Protocol):
    """Opaque objects under ids. Every method may raise DriveError and is safe to repeat."""

    def check(self) -> DriveQuota:
        """Prove that the Drive is the one that was lent and answers."""

    def reserve_ids(self, count: int) -> list[str]:
        """Ids to commit before the first put, so that a put repeated after a crash makes no second object."""

    def put(self, object_id: str, name: str, parts: list[memoryview | bytes], md5: str) -> DriveObject:
        """Store the concatenated parts, whose digest is `md5`; an object already there with equal bytes is success.

        A far Drive answers with the digest of what arrived. A Drive on this machine may answer with the one it was
        given once the bytes are synced: hashing the same memory again would prove nothing.
        """

    def get(self, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        """Bytes [start, end) of the object, all of it when `end` is None."""

    def stat(self, object_id: str) -> DriveObject:
        """Size and md5 as the Drive has them now."""

    def delete(self, object_id: str) -> None:
        """Remove for good; an object already gone is success."""

    def list(self) -> Iterator[DriveObject]:
        """Every object of ours on this Drive, digests included."""


def stat_if_there(drive: Drive, object_id: str) -> DriveObject | None:
    """What the Drive says of the object; None when it says that it has none. Raises: DriveError for other troubles."""
    try:
        return drive.stat(object_id)
    except DriveError as error:
        if error.trouble is Trouble.MISSING:
            return None
        raise
