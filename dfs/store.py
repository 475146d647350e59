"""THE interface of the file store: what other apps may call, and all they may call.

    file = store.put(stream, name="Optics.pdf", purpose="notes", owner=teacher)
    return await store.respond(request, file)          # in an async view, after your own for_user
    store.state(file), store.trash(file, actor=…), store.erase(file, actor=…)

The store keeps bytes; who may see them is the caller's to decide.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from coaching.lib.errors import DomainError, TooLarge
from coaching.lib.text import clean_filename
from dfs import jobs, manifests, reassembly, spool
from dfs.delivery import respond
from dfs.keys import wrap_new_key
from dfs.layout import SEGMENT_BYTES
from dfs.models import Job, StoredFile, Upload

__all__ = [
    "FileState",
    "erase",
    "erase_trashed",
    "put",
    "read",
    "rename",
    "respond",
    "restore",
    "stage_upload",
    "state",
    "trash",
    "used_bytes",
]


class NoSuchState(DomainError):
    """The file is not in a state in which this can be done."""

    code = "wrong_state"


@dataclass(frozen=True, slots=True)
class FileState:
    """Where a file stands: its own state, that of its storing job with the reason if it waits, and 0 to 100."""

    state: str
    job_state: str
    reason: str
    percent: int


def put(
    stream: BinaryIO, *, name: str, purpose: str, owner: User | None, content_type: str = "", actor: User | None = None
) -> StoredFile:
    """Take everything `stream` gives and queue it; the plaintext waits in the spool until its objects are verified.

    Raises: TooLarge past DFS_MAX_UPLOAD_BYTES, spool.SpoolFull.
    """
    part = spool.part_path(uuid.uuid4())
    try:
        size, crc32 = spool.write(part, _limited(iter(lambda: stream.read(spool.BLOCK_BYTES), b"")))
        file = _new_file(name, purpose, owner, content_type, size, crc32)
        spool.adopt(part, file.uuid)
        with transaction.atomic():
            _queue(file, actor or owner)
    finally:
        part.unlink(missing_ok=True)
    return file


def stage_upload(upload: Upload, *, actor: User | None = None) -> StoredFile:
    """Turn a complete upload into a staged file with its job. Sent twice, it gives the same file."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.file is not None:
            return row.file
        if row.offset_bytes != row.length_bytes:
            raise NoSuchState(_("The upload is not complete."))
        file = _new_file(row.name, row.purpose, row.owner, row.content_type, row.length_bytes, row.crc32)
        _queue(file, actor or row.owner, after_commit=lambda: jobs.ensure_staged(file))
        row.file = file
        row.save(update_fields=["file"])
    return file


def _new_file(name: str, purpose: str, owner: User | None, content_type: str, size: int, crc32: int) -> StoredFile:
    file = StoredFile(
        name=clean_filename(name),
        purpose=purpose,
        owner=owner,
        content_type=content_type or "application/octet-stream",
        size_bytes=size,
        crc32=crc32,
        chunk_bytes=settings.DFS_CHUNK_BYTES,
        segment_bytes=SEGMENT_BYTES,
    )
    wrap_new_key(file)
    return file


def _queue(file: StoredFile, actor: User | None, after_commit: "jobs.Later | None" = None) -> None:
    file.save()
    jobs.enqueue(file, Job.Kind.DISTRIBUTE, actor=actor, before_wake=after_commit)
    record("file.put", actor=actor, on=file, name=file.name, size_bytes=file.size_bytes, purpose=file.purpose)


def _limited(blocks: Iterator[bytes]) -> Iterable[bytes]:
    total = 0
    for block in blocks:
        total += len(block)
        if total > settings.DFS_MAX_UPLOAD_BYTES:
            raise TooLarge(_("The file is larger than the institute allows."))
        yield block


def state(file: StoredFile) -> FileState:
    """What to tell a person who waits for the file."""
    job = file.jobs.filter(kind=Job.Kind.DISTRIBUTE).first()
    if job is None:
        return FileState(file.state, "", "", 100 if file.state == StoredFile.State.STORED else 0)
    return FileState(file.state, job.state, job.reason, job.percent)


def read(file: StoredFile, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The plaintext of bytes [start, end) in blocks, for commands and workers.

    Raises: reassembly.FileDamaged when it cannot be had, NoSuchState for an erased file.
    """
    return reassembly.read(reassembly.open_file(file), start, file.size_bytes if end is None else end)


def used_bytes(owner: User, purpose: str) -> int:
    """Bytes of a person's files in an area, the trash included."""
    files = StoredFile.objects.of(purpose).filter(owner=owner).exclude(state=StoredFile.State.ERASED)
    return files.aggregate(total=Sum("size_bytes"))["total"] or 0


def rename(file: StoredFile, *, name: str, actor: User | None) -> None:
    """Give the file another name; its content and key stay."""
    before, file.name = file.name, clean_filename(name)
    with transaction.atomic():
        file.save(update_fields=["name"])
        _tell_manifest(file)
        record("file.rename", actor=actor, on=file, before=before, after=file.name)


def trash(file: StoredFile, *, actor: User | None, now: datetime | None = None) -> None:
    """Put the file in the trash, where it can be taken back for seven days. In the trash already: nothing."""
    with transaction.atomic():
        changed = StoredFile.objects.live().filter(pk=file.pk).update(trashed_at=now or timezone.now())
        if changed:
            _tell_manifest(file)
            record("file.trash", actor=actor, on=file, name=file.name)
    file.refresh_from_db(fields=["trashed_at", "state"])


def restore(file: StoredFile, *, actor: User | None) -> None:
    """Take the file out of the trash. Raises: NoSuchState when its key is already destroyed."""
    with transaction.atomic():
        changed = StoredFile.objects.in_trash().filter(pk=file.pk).update(trashed_at=None)
        if changed:
            _tell_manifest(file)
            record("file.restore", actor=actor, on=file, name=file.name)
    file.refresh_from_db(fields=["trashed_at", "state"])
    if file.state == StoredFile.State.ERASED:
        raise NoSuchState(_("The file was already erased and cannot be taken back."))


def _tell_manifest(file: StoredFile) -> None:
    """What its manifests on the Drives tell of the file is not the newest any more."""
    manifests.lag(StoredFile.objects.filter(pk=file.pk))
    manifests.wake(file.pk)


def erase(file: StoredFile, *, actor: User | None) -> None:
    """Destroy the file's key at once; the objects on the Drives are noise from here on and are removed afterwards."""
    jobs.erase_file(file, actor=actor)


def erase_trashed(file: StoredFile, *, actor: User | None) -> None:
    """Erase a file of the trash, unless somebody took it back meanwhile."""
    jobs.erase_trashed(file, actor=actor)
