"""What of the store is sealed by the master key ring: file keys, Drives' sign-ins, manifests, snapshots.

Changing the master key touches no piece of any file: only the small keys are sealed anew, and the manifests and
snapshots that hold them are written again.
"""

import logging
from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, QuerySet

from coaching.lib.holders import Checked
from coaching.lib.sealing import SealBroken, ring
from dfs import manifests, snapshots
from dfs.keys import PURPOSE as FILE_KEY
from dfs.keys import file_context
from dfs.models import Chunk, DriveAccount, Snapshot, SnapshotCopy, StoredFile

SIGN_IN = "dfs-google"
PAGE = 500
log = logging.getLogger("dfs.sealed")


def _kid(token: bytes) -> str:
    try:
        return ring().kid_of(token)
    except SealBroken:
        return "?"


class FileKeys:
    """Every stored or waiting file's key."""

    name = "file keys"

    def _rows(self) -> QuerySet[StoredFile]:
        return StoredFile.objects.exclude(wrapped_key=None)

    def _pages(self) -> Iterator[list[StoredFile]]:
        last = 0
        rows = self._rows().only("pk", "uuid", "generation", "wrapped_key", "name").order_by("pk")
        while page := list(rows.filter(pk__gt=last)[:PAGE]):
            yield page
            last = page[-1].pk

    def count(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for page in self._pages():
            found.update(_kid(bytes(file.wrapped_key or b"")) for file in page)
        return dict(found)

    def rewrap(self) -> int:
        active = ring().active_kid
        return sum(
            self._seal_anew(file)
            for page in self._pages()
            for file in page
            if _kid(bytes(file.wrapped_key or b"")) != active
        )

    def _seal_anew(self, file: StoredFile) -> int:
        old = bytes(file.wrapped_key or b"")
        try:
            key = ring().open(FILE_KEY, old, context=file_context(file))
        except SealBroken as error:
            log.warning("the key of file %s stays as it is: %s", file.uuid, error)
            return 0
        with transaction.atomic():
            same = StoredFile.objects.filter(pk=file.pk, generation=file.generation, wrapped_key=old)
            changed = same.update(wrapped_key=ring().seal(FILE_KEY, key, context=file_context(file)))
            manifests.lag(StoredFile.objects.filter(pk=file.pk))
        return changed

    def check(self, at_most: int) -> Checked:
        found, seen = Checked(), Counter[str]()
        kids = max(1, len(ring().kids()))
        for page in self._pages():
            for file in page:
                kid = _kid(bytes(file.wrapped_key or b""))
                if seen[kid] >= max(1, at_most // kids):
                    continue
                seen[kid] += 1
                try:
                    ring().open(FILE_KEY, bytes(file.wrapped_key or b""), context=file_context(file))
                    found.opened += 1
                except SealBroken as error:
                    found.failed.append(f"{file.uuid} {error}")
        return found


class SignIns:
    """The offline sign-ins of far Drives."""

    name = "Drives' sign-ins"

    def _rows(self) -> list[DriveAccount]:
        return [one for one in DriveAccount.objects.exclude(kind=DriveAccount.Kind.LOCAL) if one.credentials]

    def count(self) -> dict[str, int]:
        return dict(Counter(_kid(bytes(one.credentials)) for one in self._rows()))

    def rewrap(self) -> int:
        done = 0
        for one in self._rows():
            old = bytes(one.credentials)
            if _kid(old) == ring().active_kid:
                continue
            try:
                plain = ring().open(SIGN_IN, old, context=one.uuid.bytes)
            except SealBroken as error:
                log.warning("the sign-in of %s stays as it is: %s", one.label, error)
                continue
            anew = ring().seal(SIGN_IN, plain, context=one.uuid.bytes)
            done += DriveAccount.objects.filter(pk=one.pk, credentials=old).update(credentials=anew)
        return done

    def check(self, at_most: int) -> Checked:
        found = Checked()
        for one in self._rows()[:at_most]:
            try:
                ring().open(SIGN_IN, bytes(one.credentials), context=one.uuid.bytes)
                found.opened += 1
            except SealBroken as error:
                found.failed.append(f"{one.label} {error}")
        return found


class Manifests:
    """The newest manifest of every file; what replaced ones hold on silent Drives goes when these answer."""

    name = "manifests"

    def _rows(self) -> QuerySet[StoredFile]:
        return StoredFile.objects.filter(state=StoredFile.State.STORED).exclude(manifest_kid="")

    def count(self) -> dict[str, int]:
        return dict(self._rows().order_by().values_list("manifest_kid").annotate(Count("pk")))

    def rewrap(self) -> int:
        """Writes them again on the Drives; with none that has room, nothing is done."""
        older = self._rows().exclude(manifest_kid=ring().active_kid)
        manifests.lag(older)
        before = older.count()
        while manifests.tend():
            pass
        return before - older.count()

    def check(self, at_most: int) -> Checked:
        found = Checked()
        rows = Chunk.objects.manifests().readable().select_related("account", "file").order_by("verified_at")
        for row in rows[:at_most]:
            problem = manifests.trouble_with(row)
            if problem:
                found.failed.append(f"{row.file.uuid} {problem}")
            else:
                found.opened += 1
        return found


class Snapshots:
    """Snapshots of the registry. Those of an older key are let go once there is one of the active key."""

    name = "snapshots"

    def count(self) -> dict[str, int]:
        held = SnapshotCopy.objects.exclude(state=SnapshotCopy.State.DELETING).values("snapshot")
        return dict(Snapshot.objects.filter(pk__in=held).order_by().values_list("kid").annotate(Count("pk")))

    def rewrap(self) -> int:
        active = ring().active_kid
        older = SnapshotCopy.objects.exclude(snapshot__kid=active).exclude(state=SnapshotCopy.State.DELETING)
        count = older.values("snapshot").distinct().count()
        last = snapshots.newest()
        if not count or not ((last and last.kid == active) or snapshots.make()):
            return 0
        older.update(state=SnapshotCopy.State.DELETING)
        snapshots.sweep()
        return count

    def check(self, at_most: int) -> Checked:
        found = Checked()
        for copy in SnapshotCopy.objects.good().select_related("account", "snapshot")[:at_most]:
            problem = snapshots.trouble_with(copy)
            if problem:
                found.failed.append(f"{copy.snapshot} {problem}")
            else:
                found.opened += 1
        return found


HOLDERS = (FileKeys(), SignIns(), Manifests(), Snapshots())
