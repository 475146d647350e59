"""Manifests: what the registry says of a file, sealed, beside its pieces on p + 1 owners' Drives.

So master keys and Drives are enough to read everything back (`dfs.recovery`). The row says since when its manifests lag
behind (`manifest_due_at`); whoever changes what they tell sets it, and writing one clears it. A manifest is never
changed: a new number is laid down whole, and the older ones go once enough of it is verified. Cut off anywhere, the
file is still due and the scheduler writes the next number.
"""

import hashlib
import json
import logging
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from kombu.exceptions import OperationalError

from coaching.lib import sealing as ring
from dfs import deposits, removal
from dfs.deposits import Berth
from dfs.describing import Description, describe, read
from dfs.drives import DriveError
from dfs.drives.opening import open_drive
from dfs.keys import file_seal
from dfs.layout import HEADER_BYTES
from dfs.models import Chunk, DriveAccount, StoredFile
from dfs.sealing import Header, Kind, SealBroken
from dfs.standing import standings

PURPOSE = "dfs-manifest"
AT_A_TIME = 500
STAYING = (DriveAccount.State.ACTIVE, DriveAccount.State.FULL, DriveAccount.State.PAUSED, DriveAccount.State.SUSPECT)
log = logging.getLogger("dfs.manifests")


# --- The object -------------------------------------------------------------------------------------------------------


def seal(file: StoredFile, told: dict[str, Any]) -> bytes:
    """The whole object of manifest number `file.manifest_number`. Raises: dfs.keys.KeyDestroyed."""
    packed = zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 6)
    payload = ring.ring().seal(PURPOSE, packed, context=_context(file.uuid.bytes, file.generation))
    header = file_seal(file).header(Kind.MANIFEST, file.manifest_number, payload_bytes=len(payload))
    return header + payload


def unseal(sealed: bytes) -> Description:
    """What a manifest tells. Raises: SealBroken when it is none of ours, is changed, or its key is not in the ring."""
    header = Header.unpack(sealed)
    if header.kind is not Kind.MANIFEST or len(sealed) != HEADER_BYTES + header.payload_bytes:
        raise SealBroken("not a whole manifest")
    try:
        packed = ring.ring().open(
            PURPOSE, sealed[HEADER_BYTES:], context=_context(header.file.bytes, header.generation)
        )
        told = read(json.loads(zlib.decompress(packed)))
    except (ring.SealBroken, zlib.error, ValueError) as error:
        raise SealBroken(f"the manifest does not open: {error}") from error
    said = (header.file, header.generation, header.index, header.chunk_bytes, header.segment_bytes, header.size)
    if said != (told.uuid, told.generation, told.number, told.chunk_bytes, told.segment_bytes, told.size_bytes):
        raise SealBroken("the manifest tells of another file, generation, number or shape")
    return told


def trouble_with(row: Chunk) -> str:
    """Why the manifest cannot be read from its Drive; "" when it can."""
    try:
        unseal(open_drive(row.account).get(row.object_id))
    except (DriveError, SealBroken) as error:
        return str(error)
    return ""


def _context(file: bytes, generation: int) -> bytes:
    return file + generation.to_bytes(4, "big")


def manifest_name(file: StoredFile, number: int, copy: int) -> str:
    return f"c1.{file.uuid}.{file.generation}.m{number}.{copy}"


# --- Which are due ----------------------------------------------------------------------------------------------------


def lag(files: QuerySet[StoredFile]) -> int:
    """Say that what the manifests tell of these stored files is not the newest any more; returns of how many."""
    return files.filter(state=StoredFile.State.STORED).update(manifest_due_at=timezone.now())


def wake(file_pk: int) -> None:
    """Have a worker write the file's manifest on commit. Not heard: the scheduler finds the row."""

    def send() -> None:
        try:
            current_app.send_task("dfs.tasks.write_manifest", args=[file_pk], queue="dfs")
        except (OperationalError, OSError) as error:
            log.info("no wake-up for the manifest of file %s: %s", file_pk, error)

    transaction.on_commit(send)


def mark_short() -> int:
    """Make due whose newest manifest lies with fewer owners than it could; returns how many.

    Copies that are missing or damaged do not count, nor those on Drives that are lost, moving out or signed off.
    """
    newest = Chunk.objects.manifests().filter(
        file=OuterRef("pk"), generation=OuterRef("generation"), index=OuterRef("manifest_number"),
        state=Chunk.State.VERIFIED, account__state__in=STAYING,
    )  # fmt: skip
    owners = newest.order_by().values("file").annotate(count=Count("account__owner_key", distinct=True)).values("count")
    possible = deposits.roomy_owners()
    stored = StoredFile.objects.filter(state=StoredFile.State.STORED, manifest_due_at=None)
    counted = stored.annotate(manifests=Coalesce(Subquery(owners), 0))
    short = counted.filter(Q(manifests__lte=F("p")) & Q(manifests__lt=possible))
    pks = list(short.values_list("pk", flat=True))
    return sum(
        StoredFile.objects.filter(pk__in=pks[at : at + 500], manifest_due_at=None).update(
            manifest_due_at=timezone.now()
        )
        for at in range(0, len(pks), 500)
    )


def due() -> QuerySet[StoredFile]:
    """Stored files whose manifests lag behind, longest first."""
    return StoredFile.objects.filter(state=StoredFile.State.STORED, manifest_due_at__isnull=False).order_by(
        "manifest_due_at", "pk"
    )


def tend(limit: int = AT_A_TIME) -> int:
    """Find manifests that are short and write what is due, `limit` files at most; returns how many were written."""
    mark_short()
    written = 0
    for pk in list(due().values_list("pk", flat=True)[:limit]):
        if write(pk):
            written += 1
        elif not deposits.roomy_owners():
            break  # nowhere to put one: the rest would find the same
    return written


# --- Writing one ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draft:
    """A manifest number that was taken, sealed and planned."""

    file: StoredFile
    sealed: bytes
    md5: str
    places: list[Berth]
    rows: list[Chunk]
    wanted: int
    due_at: datetime | None


def write(file_pk: int) -> bool:
    """Write the file's manifest if it is due, and let the older ones go; whether it lies where it should now."""
    file = due().filter(pk=file_pk).first()
    if file is None:
        return False
    # The size is not known before the rows are read; a manifest with a few hundred objects has some 10 KB.
    places = deposits.berths((file.p or 0) + 1, deposits.ROOM_BYTES)
    draft = _plan(file_pk, places) if places else None
    if draft is None:
        return False
    errors = deposits.put(
        draft.places, lambda copy: manifest_name(draft.file, draft.file.manifest_number, copy), draft.sealed, draft.md5
    )
    good = [row.pk for row, error in zip(draft.rows, errors, strict=True) if error is None]
    bad = [row.pk for row, error in zip(draft.rows, errors, strict=True) if error is not None]
    for place, error in zip(draft.places, errors, strict=True):
        if error is not None:
            log.warning("manifest of file %s on %s: %s", draft.file.uuid, place.account, error)
    is_done = _settle(draft, good, bad)
    removal.remove_objects(Chunk.objects.manifests().filter(file=file_pk))
    return is_done


def _plan(file_pk: int, places: list[Berth]) -> _Draft | None:
    """Take the next number, seal what the rows say now and commit a row per copy, before anything leaves."""
    with transaction.atomic():
        file = due().select_for_update().filter(pk=file_pk).first()
        if file is None:
            return None
        standing = standings([file]).get(file.pk)
        if standing is None or standing.spare < 0:  # an older manifest knows more of it than the registry now
            StoredFile.objects.filter(pk=file_pk).update(manifest_due_at=timezone.now())
            return None
        file.manifest_number += 1
        rows = file.chunks.content().filter(generation=file.generation, state=Chunk.State.VERIFIED)
        told = describe(file, rows.select_related("account"))
        sealed = seal(file, told)
        md5 = hashlib.md5(sealed, usedforsecurity=False).hexdigest()
        kept = deposits.reserve(places, len(sealed))
        StoredFile.objects.filter(pk=file_pk).update(
            manifest_number=file.manifest_number, manifest_kid=ring.ring().active_kid
        )
        made = [
            Chunk.objects.create(
                file=file, generation=file.generation, kind=Chunk.Kind.MANIFEST, index=file.manifest_number,
                copy=copy, account=place.account, object_id=place.object_id, size_bytes=len(sealed), md5=md5,
            ) for copy, place in enumerate(kept)
        ]  # fmt: skip
    return _Draft(file, sealed, md5, kept, made, len(places), file.manifest_due_at) if made else None


def _settle(draft: _Draft, good: list[int], bad: list[int]) -> bool:
    """Commit what the Drives confirmed; with one good copy the older manifests go, with all of them nothing is due."""
    now, states = timezone.now(), Chunk.State
    with transaction.atomic():
        same = StoredFile.objects.select_for_update().filter(
            pk=draft.file.pk, state=StoredFile.State.STORED, manifest_number=draft.file.manifest_number
        )
        planned = Chunk.objects.filter(state=states.PLANNED)
        planned.filter(pk__in=bad).update(state=states.DELETING)
        if not same.exists():  # erased, or somebody wrote a newer one meanwhile and let go of these
            planned.filter(pk__in=good).update(state=states.DELETING)
            return False
        planned.filter(pk__in=good).update(state=states.VERIFIED, verified_at=now)
        if not good:
            return False
        older = Chunk.objects.manifests().filter(file=draft.file).exclude(pk__in=[*good, *bad])
        older.exclude(state=states.DELETING).update(state=states.DELETING)
        is_done = len(good) == draft.wanted
        if is_done:  # unless something changed since the rows were read
            same.filter(manifest_due_at=draft.due_at).update(manifest_due_at=None)
    return is_done
