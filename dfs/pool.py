"""The pool of lent Drives: adding, pausing, moving out, and what would be lost without some of them."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from coaching.lib.errors import DomainError
from dfs import jobs, removal, repair, snapshots
from dfs.drives import DriveError, local
from dfs.models import Chunk, DriveAccount, Job, StoredFile

DEFAULT_CAP_BYTES = 15 * 1024**3


class DriveRefused(DomainError):
    """The Drive cannot be added or changed like this."""

    code = "drive_refused"


def local_folder(name: str) -> Path:
    """Where `add_local` puts a Drive of this name unless told otherwise."""
    return Path(settings.DATA_DIR) / "drives" / name


def place_of(name: str, folder: Path | None) -> Path:
    """The folder of a Drive of this name, its own or the one given. Raises: DriveRefused when it is no plain name."""
    if not name or name != Path(name).name or name.startswith("."):
        raise DriveRefused(_("A Drive's name is a plain word, without slashes."))
    return (folder or local_folder(name)).resolve()


def add_local(
    name: str,
    *,
    cap_bytes: int = DEFAULT_CAP_BYTES,
    owner: User | None = None,
    folder: Path | None = None,
    actor: User | None = None,
) -> DriveAccount:
    """Lend a folder on this machine as one owner's Drive; jobs that waited for room look again.

    Raises: DriveRefused when the name or the folder is taken, or is no plain name.
    """
    place = place_of(name, folder)
    try:
        with transaction.atomic():
            account = DriveAccount.objects.create(
                label=name, owner=owner, owner_key=str(place), location=str(place), cap_bytes=cap_bytes
            )
            record("drive.add", actor=actor, on=account, name=name, cap_bytes=cap_bytes)
            local.prepare(place, account.uuid)
            jobs.hurry_waiting()
    except IntegrityError:
        raise DriveRefused(_("There is a Drive of this name or in this folder already.")) from None
    except (DriveError, OSError) as error:
        raise DriveRefused(_("The folder cannot be used: %(error)s") % {"error": error}) from error
    return account


def add_google(
    email: str,
    refresh_token: str,
    *,
    cap_bytes: int = DEFAULT_CAP_BYTES,
    owner: User | None = None,
    actor: User | None = None,
) -> DriveAccount:
    """Lend the Google Drive of `email` by its offline sign-in; jobs that waited for room look again.

    Raises: DriveRefused when Google refuses it, another account answers, or the Drive is lent already.
    """
    # Here for the reason `open_drive` gives.
    from dfs.drives.google.opening import open_google, seal_sign_in

    account = DriveAccount(
        kind=DriveAccount.Kind.GOOGLE, label=email, owner=owner, cap_bytes=cap_bytes, signed_in_at=timezone.now()
    )
    seal_sign_in(account, refresh_token)
    try:
        drive = open_google(account)
        told = drive.owner()
        if told.email.casefold() != email.casefold():
            raise DriveRefused(_("This sign-in belongs to %(email)s.") % {"email": told.email or _("nobody")})
        account.owner_key = told.permission_id
        if _is_lent(account):
            raise DriveRefused(_("This Google account's Drive is lent already."))
        account.location = drive.place_marker()
    except DriveError as error:
        raise DriveRefused(_("The Drive cannot be used: %(error)s") % {"error": error}) from None
    try:
        with transaction.atomic():
            account.save()
            record("drive.add", actor=actor, on=account, name=email, cap_bytes=cap_bytes)
            jobs.hurry_waiting()
    except IntegrityError:
        raise DriveRefused(_("This Google account's Drive is lent already.")) from None
    return repair.check_drive(account)


def _is_lent(account: DriveAccount) -> bool:
    same = Q(kind=account.kind, owner_key=account.owner_key) | Q(label=account.label)
    return DriveAccount.objects.filter(same).exists()


def pause(account: DriveAccount, *, actor: User | None) -> None:
    """Put nothing new there; what lies there is read as before. Raises: DriveRefused when it does not answer."""
    states = DriveAccount.State
    if account.state in (states.SUSPECT, states.LOST, states.NEEDS_REAUTH):
        raise DriveRefused(_("It does not answer, so nothing is put there anyway."))
    _set_state(account, DriveAccount.State.PAUSED, "drive.pause", actor)


def resume(account: DriveAccount, *, actor: User | None) -> None:
    """Use the Drive again, if it answers, even one that asked for rest."""
    _set_state(account, DriveAccount.State.ACTIVE, "drive.resume", actor)
    DriveAccount.objects.filter(pk=account.pk).update(rests_until=None)
    repair.check_drive(account)
    jobs.hurry_waiting()


def drain(account: DriveAccount, *, actor: User | None) -> list[Job]:
    """Move everything elsewhere; the jobs that do it."""
    empty_out(account, actor=actor)
    return repair.queue_healing()


def empty_out(account: DriveAccount, *, actor: User | None) -> None:
    """Say that everything is to move elsewhere; the next look over the store queues the jobs that do it."""
    _set_state(account, DriveAccount.State.DRAINING, "drive.drain", actor)


def forget(account: DriveAccount, *, actor: User | None) -> None:
    """Take a Drive off the list: one that holds nothing of ours, or a lost one no file counts on any more.

    Raises: DriveRefused, saying what to do first.
    """
    if account.state != DriveAccount.State.LOST:
        removal.remove_objects(account.chunks.all())
    with transaction.atomic():
        # Held, so that no worker reserves room there between the look and the end.
        held = DriveAccount.objects.select_for_update().filter(pk=account.pk).first()
        if held is None:
            return
        if held.state != DriveAccount.State.LOST and held.chunks.exists():
            raise DriveRefused(_("It still holds pieces. Move them out first: dfs drain, then dfs verify --repair."))
        counted_on = held.chunks.content().exclude(state=Chunk.State.DELETING)
        if counted_on.filter(file__state=StoredFile.State.STORED).exists():
            raise DriveRefused(_("Files still count on it. Heal them first: dfs verify --repair."))
        held.chunks.all().delete()
        struck = snapshots.strike(held)
        record("drive.forget", actor=actor, on=account, name=account.label)
        held.delete()
    snapshots.remove(account, struck)
    if account.kind == DriveAccount.Kind.LOCAL:
        local.release(Path(account.location), account.uuid)
    else:
        _release_far(account)


def _release_far(account: DriveAccount) -> None:
    """Take the marker off a Drive that is ours no more; one that does not answer keeps it, and it says nothing."""
    from dfs.drives.google.opening import open_google  # here for the reason `open_drive` gives

    with suppress(DriveError):
        open_google(account).remove_marker()


def _set_state(account: DriveAccount, state: str, event: str, actor: User | None) -> None:
    with transaction.atomic():
        others = DriveAccount.objects.filter(pk=account.pk).exclude(state=state)
        if others.update(state=state, asked_state=state, state_reason=""):
            record(event, actor=actor, on=account, name=account.label)
    account.state, account.state_reason = state, ""


@dataclass
class WhatIf:
    """Files by what would become of them. `without_spare` can be read but stand no further loss."""

    files: int = 0
    lost: list[StoredFile] = field(default_factory=list)
    without_spare: list[StoredFile] = field(default_factory=list)
    degraded: list[StoredFile] = field(default_factory=list)


def what_if(gone: Collection[DriveAccount]) -> WhatIf:
    """What would be lost, or lose its spare, without these Drives. One pass over the registry, nothing is changed."""
    answer, without = WhatIf(), frozenset(account.pk for account in gone)
    for file, rows in _files_with_rows():
        answer.files += 1
        verdict = repair.redundancy(file, rows, without)
        if verdict.is_lost:
            answer.lost.append(file)
        elif verdict.spare == 0:
            answer.without_spare.append(file)
        elif verdict.is_degraded:
            answer.degraded.append(file)
    return answer


def _files_with_rows() -> Iterator[tuple[StoredFile, list[Chunk]]]:
    """Every stored file with its current rows, accounts loaded, in three queries and bounded memory."""
    accounts = DriveAccount.objects.in_bulk()
    rows = (
        Chunk.objects.content()
        .filter(file__state=StoredFile.State.STORED, state=Chunk.State.VERIFIED)
        .order_by("file_id")
    )
    grouped = groupby(rows.iterator(chunk_size=5_000), key=lambda row: row.file_id)
    held: tuple[int, list[Chunk]] | None = None
    for file in StoredFile.objects.filter(state=StoredFile.State.STORED).order_by("pk").iterator(chunk_size=500):
        while held is None or held[0] < file.pk:
            found = next(grouped, None)
            if found is None:
                break
            held = (found[0], list(found[1]))
        mine = held[1] if held is not None and held[0] == file.pk else []
        for row in mine:
            row.account = accounts[row.account_id]
        yield file, [row for row in mine if row.generation == file.generation]
