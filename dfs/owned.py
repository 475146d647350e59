"""What pages about people ask of the store: who lent which Drive, and whose Drive waits for its owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from dfs.console import DRIVE_STATES, NEARLY_FULL
from dfs.models import DriveAccount

_WORST_FIRST = ("bad", "due", "run", "off", "ok")


@dataclass(frozen=True, slots=True)
class OwnedDrive:
    """A person's Drive in a line: its state's hue and word, and bytes in use of those lent."""

    name: str
    tone: str
    word: str
    used_bytes: int
    cap_bytes: int


def drives_of(people: Iterable[User]) -> dict[int, list[OwnedDrive]]:
    """By person's number, those in trouble first; people without a Drive are left out. One query."""
    found: dict[int, list[OwnedDrive]] = {}
    for drive in DriveAccount.objects.filter(owner__in=list(people)).order_by("label"):
        found.setdefault(drive.owner_id or 0, []).append(_owned(drive))
    for drives in found.values():
        drives.sort(key=lambda drive: _WORST_FIRST.index(drive.tone))
    return found


def owners() -> QuerySet[Any]:
    """The numbers of those who lend a Drive."""
    return DriveAccount.objects.exclude(owner=None).values("owner")


def owners_to_sign_in() -> QuerySet[Any]:
    """The numbers of those whose Drive counts again once they have signed in at Google."""
    return owners().filter(state=DriveAccount.State.NEEDS_REAUTH, leaving_at=None)


def _owned(drive: DriveAccount) -> OwnedDrive:
    tone, word = DRIVE_STATES[drive.state], str(drive.get_state_display())
    if drive.state == DriveAccount.State.ACTIVE and drive.used_bytes > drive.cap_bytes * NEARLY_FULL:
        tone, word = "due", _("Nearly full")
    return OwnedDrive(drive.label, tone, word, drive.used_bytes, drive.cap_bytes)
