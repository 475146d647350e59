"""The DISTRIBUTE job: from the spool's plaintext to a stored file."""

import os
import zlib
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dfs import jobs, manifests, removal, spool
from dfs.distribution import Chimera, Laying, data_object
from dfs.jobs import Lease
from dfs.keys import file_seal, wrap_new_key
from dfs.layout import HEADER_BYTES
from dfs.making import Sealed
from dfs.models import Chunk, Job, StoredFile
from dfs.placement import Policy
from dfs.sealing import FileSeal

CHECKED_BLOCKS = 256


class SpoolChanged(Exception):
    """The staged plaintext is not what arrived: shorter, longer, or with other bytes."""


class SpoolSource:
    """Seals chunks of the staged plaintext, into two sets of buffers in turns: memory does not grow with the file."""

    def __init__(self, path: Path, seal: FileSeal) -> None:
        self._path, self._seal, self._layout = path, seal, seal.layout
        self._plain = bytearray(min(self._layout.chunk_bytes, max(1, self._layout.size)))
        self._sealed: list[bytearray] = []
        self._resting: list[bytearray] = []

    def objects(self, chunks: range) -> list[Sealed]:
        """Raises: SpoolChanged when the spool holds fewer bytes than the file has."""
        self._sealed, self._resting = self._resting, self._sealed
        room = HEADER_BYTES + self._layout.payload_length(chunks[0])
        self._sealed += [bytearray(room) for _index in range(len(chunks) - len(self._sealed))]
        with self._path.open("rb", buffering=0) as file:
            return [self._object(file.fileno(), index, at) for at, index in enumerate(chunks)]

    def _object(self, handle: int, index: int, at: int) -> memoryview:
        length = self._layout.chunk_length(index)
        view = memoryview(self._plain)[:length]
        got = 0
        while got < length:
            read = os.preadv(handle, [view[got:]], index * self._layout.chunk_bytes + got)
            if not read:
                raise SpoolChanged
            got += read
        return data_object(self._seal, self._layout, index, view, memoryview(self._sealed[at]))


def store_file(lease: Lease) -> None:
    """Seal, place and verify every object of a staged file, then let go of its plaintext."""
    file = lease.job.file
    if file.state != StoredFile.State.STAGED:
        lease.end(Job.State.COMPLETE)
        jobs.remove_plaintext(file)
        return
    path = spool.staged_path(file.uuid)
    if not path.exists():
        jobs.ensure_staged(file)
    try:
        policy, rows = Laying(lease, file_seal(file), SpoolSource(path, file_seal(file))).run()
        _check_plaintext(path, lease)
    except Chimera:
        _new_generation(lease)
        return
    except (SpoolChanged, FileNotFoundError):
        lease.end(
            Job.State.FAILED,
            _("The uploaded bytes are gone or were changed before they were stored. Upload the file again."),
        )
        return
    unwanted = _finish(lease, policy, rows)
    jobs.remove_plaintext(file)
    if unwanted:
        removal.remove_objects(file.chunks.all())


def _finish(lease: Lease, policy: Policy, rows: list[int]) -> int:
    """Call the file stored; returns how many objects of earlier attempts are to be removed."""
    file, now = lease.job.file, timezone.now()
    with transaction.atomic():
        lease.say("done", _("Stored as %(policy)s, every piece verified") % {"policy": policy})
        lease.end(Job.State.COMPLETE, objects_done=len(rows), objects_total=len(rows))
        StoredFile.objects.filter(pk=file.pk).update(
            state=StoredFile.State.STORED, k=policy.k, p=policy.p, stored_at=now, verified_at=now, manifest_due_at=now
        )
        manifests.wake(file.pk)
        return file.chunks.exclude(pk__in=rows).update(state=Chunk.State.DELETING)


def _check_plaintext(path: Path, lease: Lease) -> None:
    """Raises: SpoolChanged unless the spool still holds exactly what arrived; LeaseLost."""
    crc32, done, buffer = 0, 0, bytearray(spool.BLOCK_BYTES)
    with path.open("rb", buffering=0) as stream:
        if os.fstat(stream.fileno()).st_size != lease.job.file.size_bytes:
            raise SpoolChanged
        while got := stream.readinto(buffer):
            crc32, done = zlib.crc32(memoryview(buffer)[:got], crc32), done + 1
            if done % CHECKED_BLOCKS == 0:
                lease.write()  # reading 5 GB from a slow disk takes longer than a lease
    if crc32 != lease.job.file.crc32:
        raise SpoolChanged


def _new_generation(lease: Lease) -> None:
    """The plaintext was not the same as at the last attempt: start over under a new key, keeping nothing sealed."""
    file = lease.job.file
    file.generation += 1
    wrap_new_key(file)
    with transaction.atomic():
        lease.say("seal", _("The waiting bytes differ from the last attempt: a new key, from the start"), problem=True)
        lease.write(objects_done=0)
        file.save(update_fields=["generation", "wrapped_key"])
        file.chunks.update(state=Chunk.State.DELETING)
    lease.put_back()
