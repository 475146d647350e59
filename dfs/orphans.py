"""Objects of ours that no row explains: what a worker cut off at the wrong moment left behind. `dfs gc`.

Deleting is the one thing that cannot be taken back, so an object goes only when all of this holds: it is ours by its
name or header; its file is known here and either erased or whole without it; it is older than a day and was seen by an
earlier look; every Drive answers; the master keys are those the files need. What belongs to a file nobody knows is left
alone: the registry may be the older of the two (`dfs.recovery`). Looking deletes nothing but notes what it saw.
"""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.keys import verify_master_keys
from accounts.models import User
from coaching.lib.errors import DomainError
from dfs import repair, standing
from dfs.drives import DriveError
from dfs.drives.opening import open_drive
from dfs.models import Chunk, DriveAccount, Job, Orphan, SnapshotCopy, StoredFile
from dfs.sealing import Kind
from dfs.snapshots import EVERY, KEPT
from dfs.survey import Found, ours

log = logging.getLogger("dfs.orphans")
AGE = timedelta(days=1)
APART = timedelta(hours=1)
"""Between the two looks that must have seen an orphan before it goes."""
AT_MOST = 100
SHARE = 0.05
"""Of all objects: more orphans than that, or than `AT_MOST`, and a person must have counted them too."""


class GcRefused(DomainError):
    """Nothing is removed now; the message says why."""

    code = "gc_refused"


@dataclass
class Look:
    """What one look found. `unknown` are files the registry does not know or knows older than the Drives do."""

    objects: int = 0
    orphans: list[Orphan] = field(default_factory=list)
    ready: list[Orphan] = field(default_factory=list)
    unknown: set[uuid.UUID] = field(default_factory=set)
    in_use: int = 0

    @property
    def limit(self) -> int:
        """How many may go without being counted by a person."""
        return max(1, min(AT_MOST, int(self.objects * SHARE)))


def look(now: datetime | None = None) -> Look:
    """List every Drive, note what no row explains, and say which of it may go.

    Raises: GcRefused when the registry is empty or a Drive does not answer; ImproperlyConfigured for wrong keys.
    """
    now, result = now or timezone.now(), Look()
    verify_master_keys()
    if not StoredFile.objects.exclude(state=StoredFile.State.STAGED).exists():
        raise GcRefused(_("The registry knows no file. If that is wrong, rebuild it first: dfs recover."))
    accounts = repair.check_drives()
    silent = [account.label for account in accounts if account.state in standing.SILENT]
    if silent:
        raise GcRefused(_("These Drives do not answer: %(names)s.") % {"names": ", ".join(silent)})
    for account in accounts:
        _look_at(account, now, result)
    return result


def note() -> None:
    """The daily look: `dfs gc` can only remove what an earlier look saw."""
    try:
        found = look()
    except (GcRefused, DriveError, ImproperlyConfigured) as error:
        log.info("orphans were not looked for: %s", error)
    else:
        log.info("%d orphans, %d of them could go", len(found.orphans), len(found.ready))


class Verdict(Enum):
    """What the objects of one file that no row explains are."""

    ORPHANS = "orphans"
    IN_USE = "in use"
    UNKNOWN = "unknown"


def _look_at(account: DriveAccount, now: datetime, result: Look) -> None:
    known = set(account.chunks.values_list("object_id", flat=True))
    known |= set(account.snapshot_copies.values_list("object_id", flat=True))
    result.objects += len(known)
    strays: dict[uuid.UUID, list[Found]] = {}
    for found in ours(account, known):
        if not _has_row(account, found.thing.object_id):  # one that came since the rows were read
            strays.setdefault(found.file, []).append(found)
            result.objects += 1
    for key, objects in strays.items():
        verdict = _verdict(key, objects)
        if verdict is Verdict.UNKNOWN:
            result.unknown.add(key)
        elif verdict is Verdict.IN_USE:
            result.in_use += len(objects)
        else:
            _note(account, objects, now, result)
    account.orphans.filter(last_seen_at__lt=now).delete()


def _has_row(account: DriveAccount, object_id: str) -> bool:
    chunks = Chunk.objects.filter(account=account, object_id=object_id)
    return chunks.exists() or SnapshotCopy.objects.filter(account=account, object_id=object_id).exists()


def _verdict(key: uuid.UUID, objects: list[Found]) -> Verdict:
    states = StoredFile.State
    if objects[0].kind is Kind.SNAPSHOT:
        return Verdict.ORPHANS
    file = StoredFile.objects.filter(uuid=key).first()
    if file is None or any(_is_newer(found, file) for found in objects):
        return Verdict.UNKNOWN
    if file.state == states.ERASED:
        return Verdict.ORPHANS
    found = standing.standings([file]).get(file.pk)
    is_whole = found is not None and not found.is_short
    if file.state == states.STAGED or not is_whole or Job.objects.open().filter(file=file).exists():
        return Verdict.IN_USE
    return Verdict.ORPHANS


def _is_newer(found: Found, file: StoredFile) -> bool:
    """Whether the object was made after what the registry knows: then the registry is not to be believed."""
    number = file.manifest_number if found.kind is Kind.MANIFEST else found.index
    return (found.generation, found.index) > (file.generation, number)


def _note(account: DriveAccount, objects: list[Found], now: datetime, result: Look) -> None:
    """Write down what was seen, and pick what was seen before and is old enough."""
    for found in objects:
        age = EVERY * KEPT if found.kind is Kind.SNAPSHOT else AGE
        orphan, _is_new = Orphan.objects.update_or_create(
            account=account, object_id=found.thing.object_id,
            defaults={"last_seen_at": now, "size_bytes": found.thing.size_bytes},
            create_defaults={"first_seen_at": now, "last_seen_at": now, "size_bytes": found.thing.size_bytes},
        )  # fmt: skip
        result.orphans.append(orphan)
        made_at = found.thing.made_at or orphan.first_seen_at
        if orphan.first_seen_at <= now - APART and made_at <= now - age:
            result.ready.append(orphan)


def remove(result: Look, *, counted: int | None = None, actor: User | None = None) -> int:
    """Delete what may go; returns how many. More than `limit` only when `counted` says exactly how many.

    Raises: GcRefused.
    """
    count = len(result.ready)
    if count > result.limit and counted != count:
        words = {"count": count, "limit": result.limit}
        raise GcRefused(
            _(
                "%(count)d are more than the %(limit)d that go without a second look. "
                "Right all the same? Add --confirm %(count)d."
            )
            % words
        )
    removed = 0
    for orphan in result.ready:
        if not _has_row(orphan.account, orphan.object_id):
            open_drive(orphan.account).delete(orphan.object_id)
            removed += 1
        orphan.delete()
    if removed:
        record("store.gc", actor=actor, count=removed)
    return removed
