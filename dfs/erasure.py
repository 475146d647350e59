"""What became of an erased file: when its key went, what is left of it and where, when the last of it was gone.

Destroying the key in the registry is at once. Sealed copies of it, which only the master keys open, lie in the file's
manifests until their Drives answer, and in snapshots made before, for seven days at most.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dfs.models import Chunk, Snapshot, SnapshotCopy, StoredFile
from dfs.snapshots import EVERY, KEPT
from dfs.standing import SILENT


def note_gone() -> int:
    """Write down for erased files whose last object is gone that this is so now; returns for how many."""
    rows = Chunk.objects.filter(file=OuterRef("pk"))
    gone = StoredFile.objects.filter(state=StoredFile.State.ERASED, objects_gone_at=None).exclude(Exists(rows))
    return gone.update(objects_gone_at=timezone.now())


def report(file: StoredFile) -> dict[str, Any] | None:
    """The erasure in figures; None for a file that was not erased."""
    if file.state != StoredFile.State.ERASED or file.erased_at is None:
        return None
    telling = _telling(file)
    last = telling.first()
    return {
        "key_destroyed_at": file.erased_at.isoformat(),
        "objects_left": file.chunks.count(),
        "manifests_left": file.chunks.manifests().count(),
        "objects_gone_at": file.objects_gone_at.isoformat() if file.objects_gone_at else None,
        "drives_left": sorted(set(file.chunks.values_list("account__label", flat=True))),
        "snapshots_left": telling.count(),
        "snapshots_gone_by": (last.made_at + EVERY * KEPT).isoformat() if last else None,
        "snapshots_out_of_reach": _out_of_reach(file).count(),
    }


def _telling(file: StoredFile) -> QuerySet[Snapshot]:
    """Snapshots that hold the erased file's sealed key and lie somewhere still, newest first."""
    made = Snapshot.objects.filter(made_at__lt=file.erased_at, made_at__gte=file.stored_at or file.created_at)
    return made.filter(Exists(SnapshotCopy.objects.filter(snapshot=OuterRef("pk"))))


def _out_of_reach(file: StoredFile) -> QuerySet[SnapshotCopy]:
    """Copies of these on Drives that do not answer: known to be silent, or holding what could not be removed."""
    silent = Q(account__state__in=SILENT) | Q(account__in=file.chunks.values("account"))
    return SnapshotCopy.objects.filter(silent, snapshot__in=_telling(file))


def remains(file: StoredFile) -> str:
    """What of an erased file lies on Drives that do not answer, in a sentence; "" when nothing does."""
    manifests, copies = file.chunks.manifests().count(), _out_of_reach(file).count()
    pieces = file.chunks.content().count()
    parts = [
        ngettext("%(count)d piece", "%(count)d pieces", pieces) % {"count": pieces} if pieces else "",
        ngettext("%(count)d manifest", "%(count)d manifests", manifests) % {"count": manifests} if manifests else "",
        ngettext("%(count)d snapshot", "%(count)d snapshots", copies) % {"count": copies} if copies else "",
    ]
    if not any(parts):
        return ""
    return _(
        "On Drives that do not answer remain until these return: %(parts)s. Its key is destroyed, nobody can read them "
        "without the master keys."
    ) % {"parts": ", ".join(part for part in parts if part)}


def lines(told: dict[str, Any]) -> list[str]:
    """The report for a person at a prompt."""
    said = [f"key destroyed {told['key_destroyed_at']}"]
    if told["objects_left"]:
        names = ", ".join(told["drives_left"])
        said.append(f"{told['objects_left']} pieces left on {names}, {told['manifests_left']} of them manifests")
    else:
        said.append(f"last piece gone {told['objects_gone_at']}")
    if told["snapshots_left"]:
        said.append(
            f"{told['snapshots_left']} snapshots still hold its sealed key, gone by {told['snapshots_gone_by']}"
        )
    if told["snapshots_out_of_reach"]:
        said.append(f"{told['snapshots_out_of_reach']} copies of them lie on silent Drives and go when these return")
    return said
