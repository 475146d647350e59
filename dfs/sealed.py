"""What of the store is sealed by the master key ring: file keys, Drives' sign-ins, manifests, snapshots.

Changing the master key touches no piece of any file: only the small keys are sealed anew, and the manifests and
snapshots that hold them are written again.
"""

import logging
from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, QuerySet

from coaching.lib.holders import Checked, kid_of, of_every_key
from coaching.lib.sealing import SealBroken, ring
from dfs import manifests, snapshots
from dfs.keys import PURPOSE as FILE_KEY
from dfs.keys import file_context
from dfs.models import Chunk, DriveAccount, Snapshot, SnapshotCopy, StoredFile

SIGN_IN = "dfs-google"
PAGE = 500
log = logging.getLogger("dfs.sealed")


class FileKeys:
    """Every stored or waiting file's key."""

    name = "file keys"

    def _rows(self) -> QuerySet[StoredFile]:
        return StoredFile.objects.exclude(wrapped_key=None)

    def _files(self) -> Iterator[StoredFile]:
        """A page at a time, so that nothing is held open while files change."""
        last = 0
        rows = self._rows().only("pk", "uuid", "generation", "wrapped_key", "name").order_by("pk")
        while page := list(rows.filter(pk__gt=last)[:PAGE]):
            yield from page
            last = page[-1].pk

    def count(self) -> dict[str, int]:
        return dict(Counter(_file_kid(file) for file in self._files()))

    def rewrap(self) -> int:
        active = ring().active_kid
        return sum(self._seal_anew(file) for file in self._files() if _file_kid(file) != active)

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
        found = Checked()
        for file in of_every_key(self._files(), at_most, kid=_file_kid):
            with found.trying(str(file.uuid)):
                ring().open(FILE_KEY, bytes(file.wrapped_key or b""), context=file_context(file))
        return found


class SignIns:
    """The offline sign-ins of far Drives."""

    name = "Drives' sign-ins"

    def _rows(self) -> list[DriveAccount]:
        return [one for one in DriveAccount.objects.exclude(kind=DriveAccount.Kind.LOCAL) if one.credentials]

    def count(self) -> dict[str, int]:
        return dict(Counter(kid_of(bytes(one.credentials)) for one in self._rows()))

    def rewrap(self) -> int:
        done = 0
        for one in self._rows():
            old = bytes(one.credentials)
            if kid_of(old) == ring().active_kid:
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
            with found.trying(one.label):
                ring().open(SIGN_IN, bytes(one.credentials), context=one.uuid.bytes)
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


def _file_kid(file: StoredFile) -> str:
    return kid_of(bytes(file.wrapped_key or b""))


HOLDERS = (FileKeys(), SignIns(), Manifests(), Snapshots())
