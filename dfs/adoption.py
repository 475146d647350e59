"""Taking a folder that was a Drive before into a registry that does not know it: a new database, an old disk."""

import uuid
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.activity import record
from accounts.models import User
from dfs import jobs, repair
from dfs.drives import local
from dfs.models import DriveAccount
from dfs.pool import DEFAULT_CAP_BYTES, DriveRefused, place_of


def adopt_local(
    name: str,
    *,
    cap_bytes: int = DEFAULT_CAP_BYTES,
    owner: User | None = None,
    folder: Path | None = None,
    actor: User | None = None,
) -> DriveAccount:
    """Lend a folder that carries a Drive's marker, under the uuid the marker names; what lies in it stays.

    A Drive the registry knows and misses (its disk is mounted elsewhere now) is found again. Adopted twice: nothing.
    Raises: DriveRefused without a marker, or when the Drive is in use at another place.
    """
    place = place_of(name, folder)
    try:
        key = uuid.UUID(local.marked(place))
    except ValueError:
        raise DriveRefused(_("This folder carries no Drive's marker, so there is nothing to adopt.")) from None
    known = DriveAccount.objects.filter(uuid=key).first()
    if known is not None:
        return _found_again(known, place)
    try:
        with transaction.atomic():
            account = DriveAccount.objects.create(
                uuid=key, label=name, owner=owner, owner_key=str(place), location=str(place), cap_bytes=cap_bytes
            )
            record("drive.add", actor=actor, on=account, name=name, cap_bytes=cap_bytes)
            jobs.hurry_waiting()
    except IntegrityError:
        raise DriveRefused(_("There is a Drive of this name or in this folder already.")) from None
    return account


def _found_again(account: DriveAccount, place: Path) -> DriveAccount:
    """The Drive of this marker is on the list: adopted before, or its folder was moved while it was missed."""
    if account.location != str(place):
        if local.marked(Path(account.location)) == str(account.uuid):
            raise DriveRefused(_("This folder is a copy of a Drive that is in use at another place."))
        DriveAccount.objects.filter(pk=account.pk).update(location=str(place), owner_key=str(place))
        account.refresh_from_db()
    return repair.check_drive(account)
