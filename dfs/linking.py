"""Linking a person's Google Drive: there, back, and the Drive in the pool or refused.

A consent flow of its own, apart from sign-in: begun by a button, bound to the session it was begun in, good for ten
minutes and once.
"""

import hashlib
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from coaching.lib.errors import Unavailable
from dfs import consent, jobs, pool, repair
from dfs.consent import Attempt, Grant, LinkRefused
from dfs.drives import DriveError, Trouble
from dfs.models import Chunk, DriveAccount

KEPT_S = 600
"""How long a way to Google and back may take."""
_STATE = DriveAccount.State


def begin(*, actor: User, cap_bytes: int, drive: DriveAccount | None, now: datetime) -> tuple[str, dict[str, Any]]:
    """Google's address to go to, and what the session has to keep until the person is back.

    With a `drive` he signs in for that one again. Raises: LinkRefused when the institute has no OAuth client.
    """
    if not consent.is_configured():
        raise LinkRefused(_("The institute is not connected with Google yet. Ask the office."))
    attempt = consent.new_attempt(now=now, drive=str(drive.uuid) if drive else "")
    kept = asdict(attempt) | {"cap_bytes": cap_bytes, "person": actor.pk}
    return consent.address(attempt, hint=drive.label if drive else ""), kept


def is_mine(kept: dict[str, Any], state: str) -> bool:
    """Whether an answer from Google belongs to what this session keeps."""
    return secrets.compare_digest(str(kept.get("state")).encode(), state.encode())


def claim(kept: dict[str, Any], *, actor: User, now: datetime) -> Attempt:
    """The attempt behind what the session kept, once. Raises: LinkRefused when late, used or somebody else's."""
    attempt = Attempt(**{name: kept[name] for name in ("state", "nonce", "verifier", "begun_s", "drive")})
    if kept["person"] != actor.pk or not 0 <= now.timestamp() - attempt.begun_s <= KEPT_S:
        raise LinkRefused(_("That took longer than ten minutes, so nothing was linked. Start again."))
    used = "drive-link:" + hashlib.sha256(attempt.state.encode()).hexdigest()
    if not cache.add(used, True, 2 * KEPT_S):
        raise LinkRefused(_("This answer from Google was used already. Start again if your Drive is not listed."))
    return attempt


def finish(attempt: Attempt, *, code: str, cap_bytes: int, actor: User) -> DriveAccount:
    """Turn Google's answer into a Drive that is used. Raises: LinkRefused, DriveRefused, Unavailable.

    A permission that is refused here is dropped, never given back to Google: that would take back all this person
    granted us, the Drive he has linked already included.
    """
    grant = consent.exchange(attempt, code)
    owner_key = _who(grant)
    known = DriveAccount.objects.filter(kind=DriveAccount.Kind.GOOGLE, owner_key=owner_key).first()
    if known is not None and known.owner_id == actor.pk:
        return _sign_in_again(known, grant, actor=actor)
    if known is not None:
        raise LinkRefused(_taken(known, actor))
    if attempt.drive:
        wanted = DriveAccount.objects.for_user(actor).filter(uuid=attempt.drive).first()
        words = {"chosen": grant.email, "wanted": wanted.label if wanted else _("the Drive")}
        raise LinkRefused(
            _("You chose %(chosen)s at Google, but this is about %(wanted)s. Nothing was linked.") % words
        )
    return pool.add_google(grant.email, grant.refresh_token, cap_bytes=cap_bytes, owner=actor, actor=actor)


def _taken(known: DriveAccount, actor: User) -> str:
    """Who has it is nobody's business but the admins'."""
    if actor.is_admin:
        who = str(known.owner) if known.owner else _("the institute")
        return _("%(email)s is linked already, by %(who)s. One Google account counts as one owner.") % {
            "email": known.label,
            "who": who,
        }
    return _("This Google account is linked already. Choose another one, or ask the office.")


def _who(grant: Grant) -> str:
    """Google's own id of the account. Raises: Unavailable, LinkRefused."""
    from dfs.drives.google.sign_in import owner_of  # loads Google's client library

    try:
        return str(owner_of(grant.refresh_token).permission_id)
    except DriveError as error:
        raise _told(error) from error


def _told(error: DriveError) -> LinkRefused | Unavailable:
    if error.trouble in (Trouble.AUTH, Trouble.PROJECT):
        return LinkRefused(_("Google does not let this app into that Drive, so nothing was linked. Tell the office."))
    return Unavailable(_("Google does not answer now, so nothing was linked. Try again in a few minutes."))


def _sign_in_again(account: DriveAccount, grant: Grant, *, actor: User) -> DriveAccount:
    """The same account once more: its pieces count again at once. A Drive that was fine simply has a newer sign-in."""
    from dfs.drives.google.opening import seal_sign_in

    seal_sign_in(account, grant.refresh_token)
    back = _STATE.DRAINING if account.leaving_at else _STATE.ACTIVE
    with transaction.atomic():
        rows = DriveAccount.objects.filter(pk=account.pk)
        rows.update(credentials=account.credentials, signed_in_at=timezone.now())
        rows.filter(state__in=(_STATE.NEEDS_REAUTH, _STATE.SUSPECT)).update(state=back, state_reason="")
        record("drive.relink", actor=actor, on=account, name=account.label)
        jobs.hurry_waiting()
    account.refresh_from_db()
    account = repair.check_drive(account)
    return _begin_anew(account) if account.state in (_STATE.SUSPECT, _STATE.LOST) else account


def _begin_anew(account: DriveAccount) -> DriveAccount:
    """When the owner had disconnected the app, its folder is gone: an empty Drive from now on, its pieces missing.

    Should they turn up after all (another OAuth client was used meanwhile), the next verification takes them back.
    """
    from dfs.drives.google.opening import open_google

    try:
        drive = open_google(account)
        if drive.is_marked():
            return account
        marker = drive.place_marker()
    except DriveError:
        return account  # it is asked again every few minutes
    with transaction.atomic():
        DriveAccount.objects.filter(pk=account.pk).update(
            location=marker, state=_STATE.DRAINING if account.leaving_at else _STATE.ACTIVE, state_reason=""
        )
        account.chunks.filter(state=Chunk.State.VERIFIED).update(state=Chunk.State.MISSING)
    account.refresh_from_db()
    return repair.check_drive(account)
