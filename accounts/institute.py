"""Changing what the institute says of itself and the rules it sets; `Institute.current()` is how others read it."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts import activity
from accounts.models import Institute, User


def row() -> Institute:
    """The row to be changed, or one with the settings' name as long as nobody changed anything."""
    return Institute.objects.filter(pk=1).first() or Institute(pk=1, name=settings.INSTITUTE_NAME)


def put_logo(institute: Institute, webp: bytes) -> None:
    """Let `webp`, made by `coaching.lib.pictures`, or nothing (b"") be the logo; the caller saves."""
    institute.logo = webp or None
    institute.logo_etag = hashlib.sha256(webp).hexdigest()[:32] if webp else ""


@transaction.atomic
def change_institute(
    institute: Institute, *, changed: list[str], actor: User, request: HttpRequest | None = None
) -> None:
    """Keep what was changed (names of fields) and nothing else. Another privacy notice is another version, so consents
    tell which."""
    Institute.objects.get_or_create(pk=1, defaults={"name": settings.INSTITUTE_NAME})
    before = Institute.objects.select_for_update().get(pk=1)
    is_other_notice = institute.privacy_notice != before.privacy_notice
    institute.notice_version = before.notice_version + is_other_notice
    logo = ["logo_etag"] if "logo" in changed else []
    institute.save(update_fields=[*changed, *logo, "notice_version", "changed_at"])
    activity.record("institute.changed", actor=actor, on=institute, request=request, fields=sorted(changed))
    transaction.on_commit(Institute.forget)
