"""Changing how the institute bills; `FeeSettings.current()` is how others read it.

What was issued stays as it was issued: the tax profile counts for dues and documents from then on.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from fees.models import FeeSettings

EVENT = "fees.settings"


class SettingsMoved(DomainError):
    """Somebody saved other settings since the page was opened; `revision` is theirs."""

    code = "settings_moved"

    def __init__(self, revision: int) -> None:
        super().__init__(
            _("Somebody else saved these settings in the meantime. Look at them; saving again keeps what you typed.")
        )
        self.revision = revision


@transaction.atomic
def save_settings(
    settings: FeeSettings,
    *,
    changed: Sequence[str],
    seen: int,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> None:
    """Keep what was `changed` (names of fields) of settings that were opened at the revision `seen`.

    Raises: SettingsMoved.
    """
    FeeSettings.objects.get_or_create(pk=1)
    values = {name: getattr(settings, name) for name in changed}
    own = FeeSettings.objects.filter(pk=1, revision=seen)
    if not own.update(**values, revision=F("revision") + 1, changed_at=now):
        raise SettingsMoved(FeeSettings.objects.values_list("revision", flat=True).get(pk=1))
    activity.record(EVENT, actor=actor, on=settings, request=request, fields=sorted(changed))
