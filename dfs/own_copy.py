"""What the store keeps of a person: as tables he can take with him, and erased when he is forgotten.

The content of his files is not in the tables: he downloads it from My files.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.offers import Hold, Section
from dfs import store, uploads
from dfs.models import DriveAccount, StoredFile, Upload

ERASED_NAME = "erased"


def export(person: User) -> list[Section]:
    """His own files and the Drives he lent."""
    return [
        Section(
            "files",
            _("My files"),
            (_("Name"), _("Type"), _("Bytes"), _("Stored"), _("State"), _("In the trash since")),
            _files(person),
        ),
        Section(
            "drives",
            _("My Drives"),
            (_("Name"), _("Kind"), _("State"), _("Bytes lent"), _("Bytes used"), _("Lent since")),
            _drives(person),
        ),
    ]


def holds(person: User) -> list[Hold]:
    """Pieces of other people's files lie on a Drive that is lent; they move elsewhere before its owner is forgotten."""
    lent = DriveAccount.objects.filter(owner=person).count()
    return [Hold(_("Lent Drives hold parts of files. They must be unlinked and empty first."))] if lent else []


def erase(person: User, *, actor: User) -> int:
    """Destroy the keys of his own files and drop what he was just sending; returns how many files."""
    files = list(StoredFile.objects.for_user(person).exclude(state=StoredFile.State.ERASED))
    with transaction.atomic():
        for file in files:
            store.trash(file, actor=actor)
            store.erase(file, actor=actor)
        for upload in Upload.objects.filter(owner=person, file=None):
            uploads.cancel_upload(upload)
        StoredFile.objects.for_user(person).update(name=ERASED_NAME)
    return len(files)


def _files(person: User) -> Iterator[tuple[Any, ...]]:
    for row in StoredFile.objects.for_user(person).exclude(state=StoredFile.State.ERASED).iterator():
        yield row.name, row.content_type, row.size_bytes, row.stored_at, str(row.get_state_display()), row.trashed_at


def _drives(person: User) -> Iterator[tuple[Any, ...]]:
    for row in DriveAccount.objects.filter(owner=person):
        kind, state = str(row.get_kind_display()), str(row.get_state_display())
        yield row.label, kind, state, row.cap_bytes, row.used_bytes, row.created_at
