"""Looking over a Drive without the registry: which objects are ours, and what their names or headers say of them."""

import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dfs.drives import Drive, DriveError, DriveObject, Trouble
from dfs.drives.opening import open_drive
from dfs.layout import HEADER_BYTES
from dfs.models import DriveAccount
from dfs.sealing import Header, Kind, SealBroken

LETTERS = {"d": Kind.DATA, "p": Kind.PARITY, "m": Kind.MANIFEST, "s": Kind.SNAPSHOT}
_NAME = re.compile(r"c1\.([0-9a-f-]{36})\.(\d{1,9})\.([dpms])(\d{1,9})\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class Found:
    """One of our objects on a Drive. `size_bytes` is the file's, None where only a name was looked at."""

    account: DriveAccount
    thing: DriveObject
    kind: Kind
    file: uuid.UUID
    generation: int
    index: int
    size_bytes: int | None = None


def ours(account: DriveAccount, known: Collection[str] = ()) -> Iterator[Found]:
    """Objects of ours on the Drive but for those of `known` ids; strangers' files are passed over.

    Where the Drive keeps names they are enough; elsewhere the object's first 96 bytes are read. Raises: DriveError.
    """
    drive = open_drive(account)
    for thing in drive.list():
        if thing.object_id not in known:
            found = _named(account, thing) if thing.name else _headed(account, drive, thing)
            if found is not None:
                yield found


def _named(account: DriveAccount, thing: DriveObject) -> Found | None:
    match = _NAME.fullmatch(thing.name)
    if match is None:
        return None
    return Found(account, thing, LETTERS[match[3]], uuid.UUID(match[1]), int(match[2]), int(match[4]))


def _headed(account: DriveAccount, drive: Drive, thing: DriveObject) -> Found | None:
    try:
        header = Header.unpack(drive.get(thing.object_id, 0, min(HEADER_BYTES, thing.size_bytes)))
    except SealBroken:
        return None
    except DriveError as error:
        if error.trouble is Trouble.MISSING:  # removed since the list began
            return None
        raise
    return Found(account, thing, header.kind, header.file, header.generation, header.index, header.size)
