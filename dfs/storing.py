"""The DISTRIBUTE job: from the spool's plaintext to a stored file."""

import os
import threading
import zlib
from collections.abc import Sequence
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
    """Seals chunks of the staged plaintext into buffers that go round: memory does not grow with the file.

    `read_bytes` from the start were read without a gap and once, and `crc32` is theirs.
    """

    def __init__(self, path: Path, seal: FileSeal) -> None:
        self._path, self._seal, self._layout = path, seal, seal.layout
        self._plain = bytearray(min(self._layout.chunk_bytes, max(1, self._layout.size)))
        self._free: list[bytearray] = []
        self.read_bytes = self.crc32 = 0
        self._is_counting = True

    def objects(self, chunks: range) -> list[Sealed]:
        """Raises: SpoolChanged when the spool holds fewer bytes than the file has."""
        with self._path.open("rb", buffering=0) as file:
            return [self._object(file.fileno(), index) for index in chunks]

    def take_back(self, objects: Sequence[Sealed]) -> None:
        self._free += [view.obj for view in objects if isinstance(view, memoryview) and isinstance(view.obj, bytearray)]

    def _object(self, handle: int, index: int) -> memoryview:
        length = self._layout.chunk_length(index)
        start = index * self._layout.chunk_bytes
        view = memoryview(self._plain)[:length]
        got = 0
        while got < length:
            read = os.preadv(handle, [view[got:]], start + got)
            if not read:
                raise SpoolChanged
            got += read
        self._count(start, view)
        buffer = self._free.pop() if self._free else bytearray(HEADER_BYTES + self._layout.payload_length(0))
        return data_object(self._seal, self._layout, index, view, memoryview(buffer))

    def _count(self, start: int, block: memoryview) -> None:
        """What is read a second time may differ from the first; then only another look at all of it tells."""
        if start < self.read_bytes:
            self._is_counting, self.read_bytes, self.crc32 = False, 0, 0
        elif start == self.read_bytes and self._is_counting:
            self.read_bytes, self.crc32 = start + len(block), zlib.crc32(block, self.crc32)


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
        source = SpoolSource(path, file_seal(file))
        policy, rows = Laying(lease, file_seal(file), source).run()
        _check_plaintext(path, lease, source)
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
    _let_go_of_plaintext(path, file)
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


def _let_go_of_plaintext(path: Path, file: StoredFile) -> None:
    """Its name goes at once, its blocks in a thread: a disk that discards them makes one wait, 1.3 s for a GiB.

    Should the process end before, the kernel does the same.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # erased this moment
        handle = -1
    jobs.remove_plaintext(file)
    if handle >= 0:
        threading.Thread(target=os.close, args=(handle,), name="dfs-free").start()


def _check_plaintext(path: Path, lease: Lease, source: SpoolSource) -> None:
    """Raises: SpoolChanged unless what was sealed is what arrived, and the spool still is as long; LeaseLost.

    What was sealed in this run was summed up on its way. The rest was sealed by an earlier one and is read again.
    """
    crc32, done, buffer = source.crc32, 0, bytearray(spool.BLOCK_BYTES)
    with path.open("rb", buffering=0) as stream:
        if os.fstat(stream.fileno()).st_size != lease.job.file.size_bytes:
            raise SpoolChanged
        stream.seek(source.read_bytes)
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
