"""Rebuilding the registry from the Drives, when the database is lost: `dfs recover`.

Wanted are the master keys and the Drives, added again beforehand. What a file was is learnt from the snapshots, from
manifests that are newer or of files no snapshot knows, and, where neither opens, from the objects' headers, which only
tell that something is there. Looking changes nothing. Restoring adds rows for what was found, file by file; it never
changes or removes what the registry already says, so it may be done twice or be cut off.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.activity import record
from accounts.models import User
from coaching.lib import sealing as ring
from dfs import manifests, repair, snapshots
from dfs.describing import Description, Part
from dfs.drives import DriveError, DriveObject, Trouble
from dfs.drives.opening import open_drive
from dfs.keys import file_seal
from dfs.layout import HEADER_BYTES
from dfs.models import Chunk, DriveAccount, Snapshot, SnapshotCopy, StoredFile
from dfs.sealing import Kind, SealBroken
from dfs.snapshots import Picture
from dfs.standing import SILENT
from dfs.survey import Found, ours

T = TypeVar("T")
log = logging.getLogger("dfs.recovery")


@dataclass
class Trace:
    """What headers or names alone tell of a file nothing describes."""

    generation: int
    size_bytes: int | None
    objects: int = 0


@dataclass
class Restorable:
    """A file the registry lacks, wholly or in part. `spare` objects may vanish still; below 0 it cannot be read."""

    description: Description
    parts: list[tuple[Part, DriveAccount]]
    is_new: bool
    spare: int


@dataclass
class Survey:
    """What the Drives hold and what could be made of it."""

    drives: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    objects: int = 0
    known: int = 0
    pictures: list[Picture] = field(default_factory=list)
    manifests: int = 0
    unopened: int = 0
    files: list[Restorable] = field(default_factory=list)
    absent: list[Description] = field(default_factory=list)
    keyless: list[Description] = field(default_factory=list)
    erased: int = 0
    traces: dict[uuid.UUID, Trace] = field(default_factory=dict)
    away: list[str] = field(default_factory=list)
    places: dict[str, list[tuple[DriveAccount, DriveObject]]] = field(default_factory=dict)
    sealed: dict[tuple[Kind, uuid.UUID, int, int], list[Found]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Every object has its file and every file can be read."""
        can_read = all(file.spare >= 0 for file in self.files)
        return can_read and not (self.silent or self.unopened or self.absent or self.keyless or self.traces)


# --- Looking ----------------------------------------------------------------------------------------------------------


def look() -> Survey:
    """List every Drive and find what the registry lacks. Reads and changes nothing but the Drives' own states."""
    survey = Survey()
    for account in repair.check_drives():
        try:
            if account.state in SILENT:
                raise DriveError(Trouble.UNREACHABLE, account.state_reason)
            _list(account, survey)
            survey.drives.append(account.label)
        except DriveError as error:
            survey.silent.append(account.label)
            log.warning("%s could not be listed: %s", account, error)
    told = _descriptions(survey)
    for description in told.values():
        _weigh(description, survey)
    _trace(survey, set(told))
    return survey


def _list(account: DriveAccount, survey: Survey) -> None:
    for found in ours(account):
        survey.objects += 1
        survey.places.setdefault(found.thing.object_id, []).append((account, found.thing))
        if found.kind in (Kind.MANIFEST, Kind.SNAPSHOT):
            place = (found.kind, found.file, found.generation, found.index)
            survey.sealed.setdefault(place, []).append(found)
        else:
            trace = survey.traces.setdefault(found.file, Trace(found.generation, found.size_bytes))
            trace.objects += 1


def _descriptions(survey: Survey) -> dict[uuid.UUID, Description]:
    """The newest description of every file that was not erased."""
    told: dict[uuid.UUID, Description] = {}
    erased = set(StoredFile.objects.filter(state=StoredFile.State.ERASED).values_list("uuid", flat=True))
    for _place, copies in _of_kind(survey, Kind.SNAPSHOT):
        picture = _first(copies, snapshots.unseal, survey)
        if picture is not None:
            survey.pictures.append(picture)
            erased |= picture.erased
            for description in picture.files:
                _keep(told, description)
    for (_kind, file, generation, number), copies in _of_kind(survey, Kind.MANIFEST):
        known = told.get(file)
        if file not in erased and (known is None or (generation, number) > known.age):
            opened = _first(copies, manifests.unseal, survey)
            if opened is not None:
                survey.manifests += 1
                _keep(told, opened)
    survey.erased = len(erased & (set(told) | set(survey.traces)))
    for gone in erased:
        told.pop(gone, None)
        survey.traces.pop(gone, None)
    linked = set(DriveAccount.objects.values_list("uuid", flat=True))
    last = max(survey.pictures, key=lambda picture: picture.made_at).drives if survey.pictures else []
    survey.away = [str(drive["label"]) for drive in last if not _is_linked(drive, linked)]
    return told


def _is_linked(drive: dict[str, object], linked: set[uuid.UUID]) -> bool:
    same = DriveAccount.objects.filter(kind=drive["kind"], owner_key=drive["owner_key"])
    return uuid.UUID(str(drive["uuid"])) in linked or same.exists()


def _of_kind(survey: Survey, kind: Kind) -> list[tuple[tuple[Kind, uuid.UUID, int, int], list[Found]]]:
    """Sealed objects of a kind, grouped by what they are copies of, the newest last."""
    return sorted(
        ((place, copies) for place, copies in survey.sealed.items() if place[0] is kind), key=lambda item: item[0][1:]
    )


def _keep(told: dict[uuid.UUID, Description], description: Description) -> None:
    """Of two of the same age the one that names more objects: a Drive may have been away when the other was made."""
    known = told.get(description.uuid)
    if known is None or (*description.age, len(description.parts)) > (*known.age, len(known.parts)):
        told[description.uuid] = description


def _first(copies: list[Found], unseal: Callable[[bytes], T], survey: Survey) -> T | None:
    """What the first copy tells that can be fetched and opens."""
    for found in copies:
        try:
            return unseal(open_drive(found.account).get(found.thing.object_id))
        except (DriveError, SealBroken) as error:
            log.warning("%s on %s: %s", found.thing.object_id, found.account, error)
    survey.unopened += 1
    return None


def _weigh(description: Description, survey: Survey) -> None:
    """Put the file where it belongs: to be restored, known already, without its objects, or without its key."""
    row = StoredFile.objects.filter(uuid=description.uuid).first()
    if row is not None and not _completes(row, description):
        survey.known += 1
        return
    held = set(row.chunks.values_list("object_id", flat=True)) if row else set()
    parts = [(part, drive) for part in description.parts for drive in _where(part, description, survey)]
    missing = [(part, drive) for part, drive in parts if part.object_id not in held]
    if not parts:
        survey.absent.append(description)
    elif not missing:
        survey.known += 1
    elif not _opens(description):
        survey.keyless.append(description)
    else:
        file = _row_of(description)
        spare = repair.redundancy(file, [_chunk_of(part, drive, file) for part, drive in parts]).spare
        survey.files.append(Restorable(description, missing, row is None, spare))


def _completes(row: StoredFile, description: Description) -> bool:
    """Whether the description may add objects to a living row: of the same content, and the row is short of them."""
    if row.state != StoredFile.State.STORED or row.generation != description.generation:
        return False
    return repair.redundancy(row, row.chunks.filter(generation=row.generation).select_related("account")).is_degraded


def _where(part: Part, description: Description, survey: Survey) -> list[DriveAccount]:
    """The Drive that holds the object with the size and digest told; its own, when a folder was copied."""
    there = survey.places.get(part.object_id, [])
    good = [drive for drive, thing in there if (thing.size_bytes, thing.md5) == (part.size_bytes, part.md5)]
    own = description.drives[part.drive]["uuid"]
    return sorted(good, key=lambda drive: str(drive.uuid) != own)[:1]


def _opens(description: Description) -> bool:
    try:
        file_seal(_row_of(description))
    except ring.SealBroken:
        return False
    return True


def _trace(survey: Survey, described: set[uuid.UUID]) -> None:
    """Keep the traces of files nothing describes and no row knows."""
    found = list(survey.traces)
    rows: set[uuid.UUID] = set()
    for at in range(0, len(found), 500):
        rows |= set(StoredFile.objects.filter(uuid__in=found[at : at + 500]).values_list("uuid", flat=True))
    survey.traces = {key: trace for key, trace in survey.traces.items() if key not in described | rows}


# --- Restoring --------------------------------------------------------------------------------------------------------


@dataclass
class Restored:
    """What became of it: rows made; `ownerless` files whose person is not (yet) known here."""

    files: int = 0
    completed: int = 0
    objects: int = 0
    ownerless: int = 0


def restore(survey: Survey) -> Restored:
    """Make the rows the survey found lacking, file by file, and take snapshots that were found into the books."""
    done = Restored()
    for restorable in survey.files:
        try:
            with transaction.atomic():
                _restore(restorable, survey, done)
        except IntegrityError as error:
            log.warning("file %s changed while it was restored: %s", restorable.description.uuid, error)
    for picture in survey.pictures:
        _restore_snapshot(picture, survey)
    record("store.recover", files=done.files, objects=done.objects)
    return done


def _restore(restorable: Restorable, survey: Survey, done: Restored) -> None:
    description = restorable.description
    person = User.objects.known_as(description.owner).first() if description.owner else None
    if restorable.is_new:
        file = _row_of(description)
        file.owner = person
        file.save(force_insert=True)
        done.files += 1
        done.ownerless += bool(description.owner and person is None)
    else:
        file = StoredFile.objects.select_for_update().get(uuid=description.uuid)
        if not _completes(file, description):
            return
        done.completed += 1
    of_policy = [item for item in restorable.parts if item[0].stripe_k in (0, file.k)]
    for row in [_chunk_of(part, drive, file) for part, drive in of_policy]:
        done.objects += _add(row)
    for row in _manifest_rows(file, survey):
        done.objects += _add(row)
        if row.index > file.manifest_number:
            StoredFile.objects.filter(pk=file.pk).update(manifest_number=row.index)


def _manifest_rows(file: StoredFile, survey: Survey) -> Iterator[Chunk]:
    """The manifests that were found of the file, so that they go when the next one is written."""
    for (_kind, key, generation, number), copies in _of_kind(survey, Kind.MANIFEST):
        if (key, generation) == (file.uuid, file.generation):
            for copy, found in enumerate(copies):
                yield Chunk(
                    file=file, generation=generation, kind=Chunk.Kind.MANIFEST, index=number, copy=copy,
                    account=found.account, object_id=found.thing.object_id, size_bytes=found.thing.size_bytes,
                    md5=found.thing.md5, state=Chunk.State.VERIFIED, verified_at=timezone.now(),
                )  # fmt: skip


def _add(row: Chunk) -> bool:
    """Save the row unless its object or position is in the registry already, and count its bytes."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            DriveAccount.objects.filter(pk=row.account_id).update(used_bytes=F("used_bytes") + row.size_bytes)
    except IntegrityError:
        return False
    return True


def _restore_snapshot(picture: Picture, survey: Survey) -> None:
    copies = survey.sealed[(Kind.SNAPSHOT, picture.key, 0, 0)]
    first = copies[0]
    with transaction.atomic():
        snapshot, is_new = Snapshot.objects.get_or_create(
            uuid=picture.key,
            defaults={
                "files": len(picture.files), "size_bytes": first.thing.size_bytes, "md5": first.thing.md5,
                "made_at": picture.made_at, "kid": _kid(first),
            },
        )  # fmt: skip
        for found in copies if is_new else ():
            thing = found.thing
            SnapshotCopy.objects.create(
                snapshot=snapshot, account=found.account, object_id=thing.object_id, size_bytes=thing.size_bytes,
                md5=thing.md5, state=SnapshotCopy.State.VERIFIED, created_at=picture.made_at,
            )  # fmt: skip
            DriveAccount.objects.filter(pk=found.account.pk).update(used_bytes=F("used_bytes") + thing.size_bytes)


def _kid(found: Found) -> str:
    """The master key a snapshot is sealed by; "" when that cannot be told."""
    try:
        return ring.ring().kid_of(open_drive(found.account).get(found.thing.object_id, HEADER_BYTES, HEADER_BYTES + 80))
    except (DriveError, ring.SealBroken):
        return ""


def _row_of(told: Description) -> StoredFile:
    return StoredFile(
        uuid=told.uuid, name=told.name, content_type=told.content_type, size_bytes=told.size_bytes, crc32=told.crc32,
        purpose=told.purpose, state=StoredFile.State.STORED, generation=told.generation, chunk_bytes=told.chunk_bytes,
        segment_bytes=told.segment_bytes, k=told.k, p=told.p, wrapped_key=told.wrapped_key, created_at=told.created_at,
        stored_at=told.stored_at, trashed_at=told.trashed_at, manifest_number=told.number,
        manifest_due_at=timezone.now(),
    )  # fmt: skip


def _chunk_of(part: Part, drive: DriveAccount, file: StoredFile) -> Chunk:
    now: datetime = timezone.now()
    return Chunk(
        file=file, generation=file.generation, kind=part.kind, index=part.index, row=part.row, copy=part.copy,
        stripe_k=part.stripe_k, account=drive, object_id=part.object_id, size_bytes=part.size_bytes, md5=part.md5,
        state=Chunk.State.VERIFIED, verified_at=now,
    )  # fmt: skip
