"""Uploads: bytes gather in the spool, their count in a row, and a complete upload becomes a staged file.

The row's `offset_bytes` is the truth: it is committed after the bytes are on the disk, and whatever lies beyond it in
the spool is cut off by the next write. So a client that goes away, a worker killed in between, or a lost answer costs
at most `SLICE_BYTES` or `SLICE_AGE` of sending again.
"""

import errno
import logging
import mimetypes
import os
import re
import shutil
import sys
import threading
import uuid
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from coaching.lib.errors import DomainError, NotAllowed, TooLarge
from coaching.lib.text import clean_filename
from coaching.templatetags.figures import size
from dfs import spool, store
from dfs.models import UPLOAD_KEPT, StoredFile, Upload

if sys.platform != "win32":
    import fcntl

GIB = 1024**3
MIB = 1024**2
QUOTA_BYTES: dict[str, int] = {
    Role.ADMIN: 20 * GIB,
    Role.TEACHER: 5 * GIB,
    Role.STAFF: 2 * GIB,
    Role.STUDENT: 500 * MIB,
    Role.GUARDIAN: 100 * MIB,
}
"""Room for a person's own files, the trash and what is under way included."""
MAX_OPEN = 100
SLICE_BYTES = 16 * MIB
SLICE_AGE = timedelta(seconds=30)
"""When bytes of a request that goes on are committed: so many of them, or the last ones so long ago."""
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_UNKNOWN_TYPE = "application/octet-stream"
log = logging.getLogger("dfs.uploads")


class OverQuota(TooLarge):
    """The person's own space has no room for it."""

    code = "over_quota"


class TooManyUploads(DomainError):
    """A person has too many uploads under way."""

    code = "too_many_uploads"
    status = 429


class WrongOffset(DomainError):
    """The bytes do not continue what is there; the client must ask where to go on."""

    code = "wrong_offset"


class UploadBusy(DomainError):
    """Another request is sending the same upload."""

    code = "upload_busy"
    status = 423


class UploadGone(DomainError):
    """The upload was cancelled, lay idle for too long, or its bytes are lost."""

    code = "upload_gone"
    status = 410


class ChecksumMismatch(DomainError):
    """The bytes of one request are not those the client meant; none of them is kept."""

    code = "checksum_mismatch"
    status = 460


class UnknownPurpose(DomainError):
    """There is no such area to upload to."""

    code = "unknown_purpose"
    status = 400


class Check(Protocol):
    """A running checksum of the bytes of one request."""

    def update(self, block: bytes | bytearray) -> None: ...

    @property
    def is_met(self) -> bool: ...


def quota_left(owner: User) -> int:
    """Bytes a person may still send to his own files; never below 0."""
    under_way = Upload.objects.filter(owner=owner, purpose=StoredFile.MINE, file=None).aggregate(
        total=Sum("length_bytes")
    )
    return max(0, QUOTA_BYTES[owner.role] - store.used_bytes(owner, StoredFile.MINE) - (under_way["total"] or 0))


def check_welcome(owner: User, *, purpose: str, length_bytes: int) -> None:
    """Whether bytes may come at all, before the first one does.

    Raises: NotAllowed, UnknownPurpose, TooLarge, OverQuota, spool.SpoolFull.
    """
    if purpose not in {StoredFile.MINE, StoredFile.CONSOLE}:
        raise UnknownPurpose(_("There is no such place to upload to."))
    if purpose == StoredFile.CONSOLE and not owner.is_admin:
        raise NotAllowed(_("Only admins upload files to the console."))
    if length_bytes > settings.DFS_MAX_UPLOAD_BYTES:
        words = {"size": size(length_bytes), "limit": size(settings.DFS_MAX_UPLOAD_BYTES)}
        raise TooLarge(
            _("%(size)s is too big; a file may have %(limit)s. Make it smaller or send it in parts.") % words
        )
    left = quota_left(owner) if purpose == StoredFile.MINE else length_bytes
    if length_bytes > left:
        words = {"size": size(length_bytes), "left": size(left)}
        raise OverQuota(
            _("%(size)s does not fit: %(left)s of your space is left. Delete files and empty the trash to make room.")
            % words
        )
    if length_bytes > shutil.disk_usage(spool.folder()).free:
        raise spool.SpoolFull(
            _("The server's disk is full, so the file was not taken. Try again later or tell the office.")
        )


def create_upload(owner: User, *, name: str, content_type: str, purpose: str, length_bytes: int) -> Upload:
    """Make room for a file of exactly `length_bytes`; an empty one is complete, and staged, at once.

    Raises: what `check_welcome` raises, TooManyUploads.
    """
    upload = _new_row(owner, name, content_type, purpose, length_bytes, uuid.uuid4())
    try:
        spool.write(spool.part_path(upload.uuid), ())
    except OSError:
        upload.delete()
        raise
    return stage_when_complete(upload)


def _new_row(owner: User, name: str, content_type: str, purpose: str, length_bytes: int, key: uuid.UUID) -> Upload:
    name = clean_filename(name)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two tabs must not both take the quota's rest
        check_welcome(owner, purpose=purpose, length_bytes=length_bytes)
        if Upload.objects.filter(owner=owner, file=None).count() >= MAX_OPEN:
            raise TooManyUploads(_("You have too many unfinished uploads. Finish or cancel some of them first."))
        return Upload.objects.create(
            uuid=key, owner=owner, name=name, content_type=_known_type(content_type, name), purpose=purpose,
            length_bytes=length_bytes,
        )  # fmt: skip


def _known_type(content_type: str, name: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _UNKNOWN_TYPE or len(kind) > 127 or not _CONTENT_TYPE.fullmatch(kind):
        kind = mimetypes.guess_type(name)[0] or _UNKNOWN_TYPE
    return kind


def find_upload(owner: User, key: uuid.UUID, *, now: datetime | None = None) -> Upload | None:
    """A person's upload by its public name, None when he has no such one. Raises: UploadGone when it has expired."""
    upload = Upload.objects.select_related("file").filter(owner=owner, uuid=key).first()
    if upload is not None and upload.file is None and upload.touched_at + UPLOAD_KEPT < (now or timezone.now()):
        cancel_upload(upload)
        raise UploadGone(_("This upload lay idle for too long and was removed. Send the file again."))
    return upload


class Appending:
    """The bytes of one request on their way into the spool: `write` … `commit` when `is_due` … `finish`, then `close`.

    From its making to its `close` nobody else can send to the upload. What was written is kept by `commit` and
    `finish`; with a `check`, either all of it or nothing, at `finish`. May be driven by several threads in turn;
    `write` asks the database nothing.
    """

    def __init__(self, upload: Upload, *, offset: int, length: int, check: Check | None = None) -> None:
        """`length` is how many bytes the request announced from `offset` on.

        Raises: WrongOffset, TooLarge, UploadBusy, UploadGone.
        """
        self.upload, self._check = upload, check
        self._turn = threading.Lock()
        self._handle = _hold(upload)
        try:
            _require_room(upload, offset, length)
            self._part = spool.Writer(self._handle, offset=upload.offset_bytes, crc32=upload.crc32)
        except BaseException:
            os.close(self._handle)
            raise

    @property
    def is_due(self) -> bool:
        """Whether so much was written, or so long ago, that it should be committed though more may come."""
        waiting = self._part.offset - self.upload.offset_bytes
        if self._check is not None or not waiting:
            return False
        return waiting >= SLICE_BYTES or timezone.now() - self.upload.touched_at >= SLICE_AGE

    def write(self, block: bytes | bytearray) -> None:
        """Raises: spool.SpoolFull."""
        with self._turn:
            if self._check is not None:
                self._check.update(block)
            self._part.add(block)

    def commit(self) -> None:
        """Make durable what was written, and say so in the row. Raises: UploadGone, spool.SpoolFull."""
        with self._turn:
            if self._check is None:
                self._commit()

    def finish(self) -> Upload:
        """Keep all that came, and stage the file when it is complete; the row as it stands now.

        Raises: ChecksumMismatch, UploadGone, spool.SpoolFull.
        """
        with self._turn:
            if self._check is not None and not self._check.is_met:
                self._part.cut(self.upload.offset_bytes)
                raise ChecksumMismatch(
                    _("The bytes were damaged on the way. None of this request was kept; send it again.")
                )
            self._commit()
        return stage_when_complete(self.upload)

    def close(self) -> None:
        """Let go of the upload. Call once, whatever happened."""
        with self._turn:
            os.close(self._handle)

    def _commit(self) -> None:
        if self._part.offset != self.upload.offset_bytes:
            self._part.sync()
            _commit(self.upload, self._part.offset, self._part.crc32)


def is_repeated(upload: Upload, *, offset: int, length: int) -> bool:
    """Whether a request asks for nothing but the answer that its upload's last bytes had."""
    return offset == upload.offset_bytes and upload.file is not None and not length


def _require_room(upload: Upload, offset: int, length: int) -> None:
    if offset != upload.offset_bytes or upload.file is not None:
        raise WrongOffset(_("The upload goes on at byte %(offset)d.") % {"offset": upload.offset_bytes})
    if offset + length > upload.length_bytes:
        raise TooLarge(_("More bytes than the upload was announced with. Nothing of this request was kept."))


def _commit(upload: Upload, offset: int, crc32: int) -> None:
    now = timezone.now()
    same = Upload.objects.filter(pk=upload.pk, offset_bytes=upload.offset_bytes, file=None)
    if not same.update(offset_bytes=offset, crc32=crc32, touched_at=now):
        spool.part_path(upload.uuid).unlink(missing_ok=True)  # cancelled meanwhile; the write may have made it anew
        raise UploadGone(_("This upload was cancelled."))
    upload.offset_bytes, upload.crc32, upload.touched_at = offset, crc32, now


def stage_when_complete(upload: Upload) -> Upload:
    """Hand a complete upload over to the store; also right after a crash between the last byte and this."""
    if upload.file is None and upload.offset_bytes == upload.length_bytes:
        try:
            upload.file = store.stage_upload(upload, actor=upload.owner)
        except Upload.DoesNotExist:
            raise UploadGone(_("This upload was cancelled.")) from None
    return upload


def _refresh(upload: Upload) -> None:
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        raise UploadGone(_("This upload was cancelled.")) from None


def _hold(upload: Upload) -> int:
    """The upload's part file, open and locked against every other request; closing it lets go.

    Raises: UploadBusy, WrongOffset, UploadGone.
    """
    try:
        handle = os.open(spool.part_path(upload.uuid), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        _refresh(upload)
        if upload.file is not None:
            raise WrongOffset(_("The upload is complete.")) from None
        raise _lost(upload) from None
    try:
        if not _lock(handle):
            raise UploadBusy(_("Another window is sending this file right now. Wait a moment and try again."))
        _refresh(upload)
        if upload.file is None and os.fstat(handle).st_size < upload.offset_bytes:
            raise _lost(upload)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _lock(handle: int) -> bool:
    if sys.platform == "win32":  # only workers run there, and they append nothing
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
            return False
        raise
    return True


def _lost(upload: Upload) -> UploadGone:
    log.error("the spool lost bytes of upload %s", upload.uuid)
    cancel_upload(upload)
    return UploadGone(_("The server lost what was sent so far. Send the file again from its beginning."))


def cancel_upload(upload: Upload) -> None:
    """Forget an upload and its bytes; a file that was made of it stays. Cancelled already: nothing."""
    unfinished = Upload.objects.filter(pk=upload.pk, file=None)
    if unfinished.delete()[0]:
        spool.part_path(upload.uuid).unlink(missing_ok=True)
    else:
        Upload.objects.filter(pk=upload.pk).exclude(file__state=StoredFile.State.STAGED).delete()


def expire_uploads(now: datetime) -> int:
    """Forget uploads idle for `UPLOAD_KEPT` and finished ones nobody asks for any more; returns how many.

    A complete one that a crash kept from being staged is staged instead.
    """
    idle = Upload.objects.filter(touched_at__lt=now - UPLOAD_KEPT)
    forgotten = idle.exclude(file=None).exclude(file__state=StoredFile.State.STAGED).delete()[0]
    for upload in Upload.objects.filter(file=None, offset_bytes=F("length_bytes")).select_related("owner"):
        if spool.part_path(upload.uuid).exists():
            stage_when_complete(upload)
    for upload in idle.filter(file=None):
        cancel_upload(upload)
        forgotten += 1
    return forgotten


# --- The plain form ---------------------------------------------------------------------------------------------------


class Arrived(Protocol):
    """A file of a form, complete in the spool's part file of `key`."""

    key: uuid.UUID
    content_type: str | None
    arrived_bytes: int
    crc32: int

    @property
    def name(self) -> str | None: ...


def take_form_file(arrived: Arrived, *, owner: User, purpose: str, form_key: uuid.UUID, number: int) -> StoredFile:
    """Stage a form's file. `form_key` is the form's own and `number` the file's place in it: sent twice, taken once.

    Raises: what `create_upload` raises, UploadBusy when the same form is just being taken.
    """
    name = clean_filename(arrived.name or "")
    key = uuid.uuid5(form_key, f"{owner.uuid} {number}")
    known = Upload.objects.select_related("file").filter(uuid=key, owner=owner).first()
    if known is not None and known.file is not None:
        if (known.name, known.length_bytes, known.crc32) == (name, arrived.arrived_bytes, arrived.crc32):
            return known.file
        key = arrived.key  # the form came back from the browser's history with another file
    try:
        upload = _new_row(owner, name, arrived.content_type or "", purpose, arrived.arrived_bytes, key)
    except IntegrityError:
        raise UploadBusy(_("This form is being sent already. Look at the list before you send it again.")) from None
    spool.part_path(arrived.key).replace(spool.part_path(key))
    if arrived.arrived_bytes:
        _commit(upload, arrived.arrived_bytes, arrived.crc32)
    staged = stage_when_complete(upload).file
    if staged is None:  # cannot be: all bytes are there
        raise UploadGone(_("This upload was cancelled."))
    return staged
