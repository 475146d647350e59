"""Snapshots: once a day the whole registry as plain lines, sealed, on three owners' Drives.

A snapshot says what all manifests say together, which Drives there were, and which files were erased. It is JSON lines,
compressed and sealed by the master key ring (FORMAT.md). Of each day the newest is kept, of seven days at most, so a
file's key that was destroyed is in no snapshot after seven days.
"""

import hashlib
import json
import logging
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from coaching.lib import sealing as ring
from dfs import deposits
from dfs.describing import Description, describe, read
from dfs.drives import DriveError, DriveObject
from dfs.drives.opening import open_drive
from dfs.layout import HEADER_BYTES
from dfs.models import Chunk, DriveAccount, Snapshot, SnapshotCopy, StoredFile
from dfs.sealing import Header, Kind, SealBroken

PURPOSE = "dfs-snapshot"
OWNERS = 3
KEPT = 7
EVERY = timedelta(days=1)
SOON = timedelta(hours=1)
"""How long a snapshot that names an erased file's key, or lies with too few owners, stays the newest."""
FILES_AT_ONCE = 200
log = logging.getLogger("dfs.snapshots")


# --- The object -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """What a snapshot tells. `erased` are the files whose key was destroyed before it was made."""

    key: uuid.UUID
    made_at: datetime
    drives: list[dict[str, Any]]
    files: list[Description]
    erased: set[uuid.UUID]


def seal(key: uuid.UUID, made_at: datetime) -> tuple[bytes, int]:
    """The whole object of a snapshot of the registry as it is now, and how many files it describes."""
    packer, files = zlib.compressobj(6), 0
    packed = bytearray()
    for line in _lines(key, made_at):
        files += "file" in line
        packed += packer.compress(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    packed += packer.flush()
    payload = ring.ring().seal(PURPOSE, bytes(packed), context=key.bytes)
    header = Header(Kind.SNAPSHOT, key, 0, 0, 0, 0, 0, len(payload), bytes(32)).pack()
    return header + payload, files


def _lines(key: uuid.UUID, made_at: datetime) -> Iterator[dict[str, Any]]:
    accounts = DriveAccount.objects.in_bulk()
    drives = [
        {"uuid": str(one.uuid), "kind": one.kind, "owner_key": one.owner_key, "label": one.label, "cap": one.cap_bytes}
        for one in accounts.values()
    ]
    yield {"snapshot": str(key), "made_at": made_at.isoformat(), "drives": drives}
    files = StoredFile.objects.filter(state=StoredFile.State.STORED).select_related("owner").order_by("pk")
    last = 0
    while page := list(files.filter(pk__gt=last)[:FILES_AT_ONCE]):
        last = page[-1].pk
        rows: dict[int, list[Chunk]] = {file.pk: [] for file in page}
        for row in Chunk.objects.content().filter(file__in=page, state=Chunk.State.VERIFIED):
            row.account = accounts[row.account_id]
            rows[row.file_id].append(row)
        for file in page:
            yield {"file": describe(file, [row for row in rows[file.pk] if row.generation == file.generation])}
    for gone in StoredFile.objects.filter(state=StoredFile.State.ERASED).values_list("uuid", flat=True).iterator():
        yield {"erased": str(gone)}


def unseal(sealed: bytes) -> Picture:
    """What a snapshot tells. Raises: SealBroken when it is none of ours, is changed, or its key is not in the ring."""
    header = Header.unpack(sealed)
    if header.kind is not Kind.SNAPSHOT or len(sealed) != HEADER_BYTES + header.payload_bytes:
        raise SealBroken("not a whole snapshot")
    try:
        packed = ring.ring().open(PURPOSE, sealed[HEADER_BYTES:], context=header.file.bytes)
        first, *lines = [json.loads(line) for line in zlib.decompress(packed).splitlines()]
        files = [read(line["file"]) for line in lines if "file" in line]
        erased = {uuid.UUID(line["erased"]) for line in lines if "erased" in line}
        made_at = datetime.fromisoformat(first["made_at"])
    except (ring.SealBroken, zlib.error, ValueError, KeyError) as error:
        raise SealBroken(f"the snapshot does not open: {error}") from error
    return Picture(header.file, made_at, list(first["drives"]), files, erased)


def trouble_with(copy: SnapshotCopy) -> str:
    """Why the snapshot cannot be read from this Drive; "" when it can."""
    try:
        unseal(open_drive(copy.account).get(copy.object_id))
    except (DriveError, SealBroken) as error:
        return str(error)
    return ""


# --- Making them ------------------------------------------------------------------------------------------------------


def newest() -> Snapshot | None:
    """The newest snapshot that can be had from a Drive."""
    return _good().first()


def _good() -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(Exists(SnapshotCopy.objects.good().filter(snapshot=OuterRef("pk"))))


def is_due(now: datetime) -> bool:
    """Daily; sooner when a file was erased since, when too few owners hold it, or after a new master key."""
    if not StoredFile.objects.exclude(state=StoredFile.State.STAGED).exists():
        return False
    last = newest()
    if last is None or last.made_at <= now - EVERY:
        return True
    if last.made_at > now - SOON:
        return False
    owners = set(SnapshotCopy.objects.good().filter(snapshot=last).values_list("account__kind", "account__owner_key"))
    is_short = len(owners) < min(OWNERS, deposits.roomy_owners())
    tells_erased = StoredFile.objects.filter(state=StoredFile.State.ERASED, erased_at__gte=last.made_at).exists()
    return is_short or tells_erased or last.kid != ring.ring().active_kid


def tend(now: datetime | None = None) -> Snapshot | None:
    """Make a snapshot when one is due and let go of those that are too old; the new one."""
    now = now or timezone.now()
    made = make(now) if is_due(now) else None
    _let_go(now)
    sweep()
    return made


def make(now: datetime | None = None) -> Snapshot | None:
    """Make a snapshot now; None when no Drive took it."""
    now, key = now or timezone.now(), uuid.uuid4()
    sealed, files = seal(key, now)
    md5 = hashlib.md5(sealed, usedforsecurity=False).hexdigest()
    places = deposits.berths(OWNERS, len(sealed))
    with transaction.atomic():
        kept = deposits.reserve(places, len(sealed))
        if not kept:
            log.warning("no Drive has room for a snapshot of the registry")
            return None
        snapshot = Snapshot.objects.create(
            uuid=key, files=files, size_bytes=len(sealed), md5=md5, kid=ring.ring().active_kid, made_at=now
        )
        rows = [
            SnapshotCopy.objects.create(
                snapshot=snapshot, account=place.account, object_id=place.object_id, size_bytes=len(sealed), md5=md5
            )
            for place in kept
        ]
    errors = deposits.put(kept, lambda copy: f"c1.{key}.0.s0.{copy}", sealed, md5)
    for row, error in zip(rows, errors, strict=True):
        state = SnapshotCopy.State.DELETING if error else SnapshotCopy.State.VERIFIED
        SnapshotCopy.objects.filter(pk=row.pk, state=SnapshotCopy.State.PLANNED).update(state=state)
        if error:
            log.warning("snapshot on %s: %s", row.account, error)
    return snapshot if None in errors else None


# --- Letting them go --------------------------------------------------------------------------------------------------


def _let_go(now: datetime) -> None:
    """Mark the copies of snapshots that are not kept: all but the newest of each of the last seven days."""
    kept: dict[Any, int] = {}
    for snapshot in _good():
        day = timezone.localdate(snapshot.made_at)
        is_young = snapshot.made_at > now - EVERY * KEPT
        if not kept or (is_young and day not in kept and len(kept) < KEPT):
            kept[day] = snapshot.pk
    old = SnapshotCopy.objects.exclude(snapshot__in=kept.values()).filter(created_at__lt=now - SOON)
    leaving = SnapshotCopy.objects.filter(account__state=DriveAccount.State.DRAINING)
    for copies in (old, leaving):
        copies.exclude(state=SnapshotCopy.State.DELETING).update(state=SnapshotCopy.State.DELETING)


def sweep() -> int:
    """Take copies that are not wanted any more off the Drives that answer; returns how many are left."""
    silent: set[int] = set()
    for copy in SnapshotCopy.objects.filter(state=SnapshotCopy.State.DELETING).select_related("account"):
        if copy.account_id in silent:
            continue
        try:
            open_drive(copy.account).delete(copy.object_id)
        except DriveError:
            silent.add(copy.account_id)
        else:
            _forget(copy)
    Snapshot.objects.filter(copies=None, made_at__lt=timezone.now() - SOON).delete()
    return SnapshotCopy.objects.filter(state=SnapshotCopy.State.DELETING).count()


def _forget(copy: SnapshotCopy) -> None:
    with transaction.atomic():
        if SnapshotCopy.objects.filter(pk=copy.pk).delete()[0]:
            DriveAccount.objects.filter(pk=copy.account_id).update(used_bytes=F("used_bytes") - copy.size_bytes)


def strike(account: DriveAccount) -> list[str]:
    """Forget the copies on a Drive that is given back, in the caller's transaction; their ids, to be removed after."""
    ids = list(account.snapshot_copies.values_list("object_id", flat=True))
    account.snapshot_copies.all().delete()
    return ids


def remove(account: DriveAccount, ids: list[str]) -> None:
    """Take struck copies off the Drive; of one that does not answer they stay, sealed."""
    for object_id in ids:
        try:
            open_drive(account).delete(object_id)
        except DriveError as error:
            log.info("a snapshot stays on %s: %s", account, error)
            return


def compare(account: DriveAccount, there: dict[str, DriveObject], began: datetime) -> int:
    """Let go of copies the Drive does not hold as they were put; how many. Short of them, a new one is made."""
    copies = account.snapshot_copies.filter(state=SnapshotCopy.State.VERIFIED, created_at__lt=began)
    wrong = []
    for copy in copies:
        found = there.get(copy.object_id)
        if found is None or (found.size_bytes, found.md5) != (copy.size_bytes, copy.md5):
            wrong.append(copy.pk)
    SnapshotCopy.objects.filter(pk__in=wrong).update(state=SnapshotCopy.State.DELETING)
    return len(wrong)
