"""Small objects laid on several owners' Drives, each a whole copy: manifests and snapshots.

The caller commits a row per berth, with its digest, before `put` sends anything.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db.models import F

from dfs.drives import DriveError, Trouble
from dfs.drives.opening import open_drive
from dfs.models import DriveAccount
from dfs.placement import Candidate, choose

ROOM_BYTES = 1024 * 1024
"""A Drive with less left is not asked for small objects."""


@dataclass(frozen=True, slots=True)
class Berth:
    """Room on a Drive for one copy, under an id of the Drive's own."""

    account: DriveAccount
    object_id: str


def roomy_owners() -> int:
    """How many owners could take a small object now."""
    return len({(drive.kind, drive.owner_key) for drive in _roomy()})


def _roomy() -> list[DriveAccount]:
    return [drive for drive in DriveAccount.objects.placeable() if drive.free_bytes >= ROOM_BYTES]


def berths(copies: int, size: int) -> list[Berth]:
    """Up to `copies` Drives of as many owners with room, and an id on each. Nothing is reserved in the database yet."""
    drives = {drive.pk: drive for drive in _roomy() if drive.free_bytes >= size}
    candidates = [Candidate(pk, f"{drive.kind} {drive.owner_key}", drive.free_bytes) for pk, drive in drives.items()]
    owners = len({candidate.owner for candidate in candidates})
    chosen = choose([()] * min(copies, owners), candidates, size)
    found = [_berth(drives[pk]) for pk in dict.fromkeys(chosen) if pk is not None]
    return [berth for berth in found if berth is not None]


def _berth(drive: DriveAccount) -> Berth | None:
    try:
        return Berth(drive, open_drive(drive).reserve_ids(1)[0])
    except DriveError:
        return None


def reserve(places: Sequence[Berth], size: int) -> list[Berth]:
    """Count the bytes on the Drives' rows, inside the caller's transaction; those whose room is still there."""
    order = sorted(place.account.pk for place in places)
    list(DriveAccount.objects.select_for_update().filter(pk__in=order).order_by("pk").values_list("pk"))
    return [
        place
        for place in places
        if DriveAccount.objects.filter(pk=place.account.pk, used_bytes__lte=F("cap_bytes") - size).update(
            used_bytes=F("used_bytes") + size
        )
    ]


def put(places: Sequence[Berth], name: Callable[[int], str], sealed: bytes, md5: str) -> list[DriveError | None]:
    """Send the copies, several at once; None where the Drive confirmed size and digest. No queries in the threads."""

    def send(numbered: tuple[int, Berth]) -> DriveError | None:
        number, place = numbered
        try:
            there = open_drive(place.account).put(place.object_id, name(number), [sealed], md5)
        except DriveError as error:
            return error
        if (there.size_bytes, there.md5) != (len(sealed), md5):
            return DriveError(Trouble.TRANSIENT, "the Drive kept other bytes than were sent")
        return None

    if not places:
        return []
    with ThreadPoolExecutor(max_workers=min(5, len(places)), thread_name_prefix="dfs-deposit") as pool:
        return list(pool.map(send, enumerate(places)))
