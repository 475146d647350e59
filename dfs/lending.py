"""What a person may do with a Drive he lent: say how much of it, and take it back.

Taking back: LENT → leaving (DRAINING until empty) → the permission goes back to Google → the row goes. The row's
`leaving_at` is the truth; `go_on_leaving`, run by the scheduler, does whatever is next and may be cut off anywhere.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.templatetags.figures import size
from dfs import consent, jobs, pool, removal
from dfs.models import Chunk, DriveAccount
from dfs.pool import DriveRefused

log = logging.getLogger("dfs.lending")
_STATE = DriveAccount.State
SHUT = (_STATE.NEEDS_REAUTH, _STATE.LOST)
"""Drives nothing can be moved out of; their pieces are rebuilt from others."""


def lend(account: DriveAccount, *, cap_bytes: int, actor: User) -> None:
    """Change how much of the Drive is lent. Raises: DriveRefused when more than that lies there already."""
    with transaction.atomic():
        rows = DriveAccount.objects.filter(pk=account.pk)
        if not rows.filter(used_bytes__lte=cap_bytes).update(cap_bytes=cap_bytes):
            account.refresh_from_db()
            raise DriveRefused(
                _("%(used)s lie there already. Lend at least that much, or unlink the Drive to have it all back.")
                % {"used": size(account.used_bytes)}
            )
        record("drive.cap", actor=actor, on=account, name=account.label, cap_bytes=cap_bytes)
        if rows.filter(state=_STATE.FULL, used_bytes__lt=cap_bytes).update(state=_STATE.ACTIVE, state_reason=""):
            account.state, account.state_reason = _STATE.ACTIVE, ""
        jobs.hurry_waiting()
    account.cap_bytes = cap_bytes


def unlink(account: DriveAccount, *, actor: User, now: datetime) -> None:
    """Take the Drive back: everything moves elsewhere first. Twice is once. Raises: DriveRefused for a folder."""
    if account.kind != DriveAccount.Kind.GOOGLE:
        raise DriveRefused(_("This is a folder on the institute's own machine. Ask the office to take it out."))
    with transaction.atomic():
        if DriveAccount.objects.filter(pk=account.pk, leaving_at=None).update(leaving_at=now):
            record("drive.unlink", actor=actor, on=account, name=account.label, pieces=pieces(account).count())
            account.leaving_at = now
        _move_out(account, actor=actor)


def keep(account: DriveAccount, *, actor: User) -> None:
    """Stop taking it back, or use a paused Drive again. What the office moves out goes on moving."""
    with transaction.atomic():
        was_leaving = DriveAccount.objects.filter(pk=account.pk).exclude(leaving_at=None).update(leaving_at=None)
        if was_leaving:
            record("drive.keep", actor=actor, on=account, name=account.label)
        account.leaving_at = None
    if account.state == _STATE.PAUSED or (was_leaving and account.state == _STATE.DRAINING):
        pool.resume(account, actor=actor)


def pieces(account: DriveAccount) -> QuerySet[Chunk]:
    """What lies there and is counted on."""
    return account.chunks.exclude(state=Chunk.State.DELETING)


def go_on_leaving() -> int:
    """Do what is next for every Drive that is taken back; returns how many are gone now."""
    gone = 0
    for account in DriveAccount.objects.exclude(leaving_at=None):
        try:
            gone += _leave(account)
        except DomainError as error:
            log.info("%s stays for now: %s", account.uuid, error)
    return gone


def _leave(account: DriveAccount) -> bool:
    """Raises: DriveRefused, Unavailable: not yet."""
    _move_out(account, actor=None)
    if pieces(account).exists() or account.state == _STATE.SUSPECT:
        return False
    if account.state not in SHUT and removal.remove_objects(account.chunks.all()):
        return False
    _give_back(account)
    if account.state in SHUT:  # what waits for removal there is out of our reach, and noise to everybody
        DriveAccount.objects.filter(pk=account.pk).update(state=_STATE.LOST)
        account.state = _STATE.LOST
    pool.forget(account, actor=None)
    return True


def _move_out(account: DriveAccount, *, actor: User | None) -> None:
    """The owner's word stands, whatever else was said of the Drive meanwhile."""
    if account.state in (_STATE.ACTIVE, _STATE.FULL, _STATE.PAUSED):
        pool.empty_out(account, actor=actor)


def _give_back(account: DriveAccount) -> None:
    """The permission goes first: a row without one would leave it open at Google. Raises: Unavailable."""
    from dfs.drives.google.sign_in import sign_in_of  # loads Google's client library

    token = sign_in_of(account)
    if token:
        consent.revoke(token)
