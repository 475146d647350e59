"""People's photos: who may put one, how it is kept, who sees whose.

    with_tags(people)      before a list shows its people with `components/avatar.html`

A photo is a square WebP made anew by us (`coaching.lib.pictures`) and sealed with the master key ring for its person,
so that a row put under another person does not open. A minor's needs a yes (`accounts.consents`), asked again whenever
somebody else looks at it.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, consents, guardians
from accounts.models import PHOTO_MAX_BYTES, Consent, Photo, User
from coaching.lib.errors import NotAllowed, TooLarge
from coaching.lib.pictures import small_webp
from coaching.lib.sealing import ring

SIDE = 256
UPLOAD_BYTES = 10_000_000
PURPOSE = "photo"


class ConsentMissing(NotAllowed):
    """Nobody who may say so agreed to a photo of this person (403)."""

    code = "consent_missing"


def put_photo(person: User, content: bytes, *, actor: User, request: HttpRequest | None = None) -> Photo:
    """Let the picture in `content`, a JPEG, PNG or WebP as somebody sent it, be the person's photo.

    Raises: TooLarge, NotAPicture, ConsentMissing.
    """
    _require_consent(person)
    if len(content) > UPLOAD_BYTES:
        raise TooLarge(_("The file is larger than 10 MB. Choose a smaller one."))
    webp = small_webp(content, side=SIDE, at_most=PHOTO_MAX_BYTES, is_square=True)
    return _keep(person, webp, actor, request)


@transaction.atomic
def _keep(person: User, webp: bytes, actor: User, request: HttpRequest | None) -> Photo:
    """Under the person's lock, which whoever withdraws the consent takes too."""
    _require_consent(User.objects.select_for_update(no_key=True).get(pk=person.pk))
    fields = {"sealed": seal(person, webp), "etag": hashlib.sha256(webp).hexdigest()[:32], "changed_at": timezone.now()}
    photo, _is_new = Photo.objects.update_or_create(user=person, defaults=fields)
    activity.record("person.photo_put", actor=actor, subject=person, on=person, request=request)
    return photo


@transaction.atomic
def remove_photo(person: User, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Whether there was one until now."""
    if not Photo.objects.filter(user=person).delete()[0]:
        return False
    activity.record("person.photo_removed", actor=actor, subject=person, on=person, request=request)
    return True


def may_have(person: User) -> bool:
    """Whether a photo of this person may be kept and shown today."""
    return consents.may(person, Consent.Purpose.PHOTO, on=_today())


def photo_for(viewer: User, person: User) -> Photo | None:
    """The photo as this viewer sees it; his own he sees in any case."""
    photo = Photo.objects.filter(user=person).select_related("user").first()
    return photo if photo and (viewer.pk == person.pk or may_have(person)) else None


def with_tags(people: Iterable[User]) -> list[User]:
    """The same people, each knowing by `photo_tag` whether there is a photo to show. Two queries for all."""
    listed = list(people)
    tags = dict(Photo.objects.filter(user__in=listed).values_list("user_id", "etag")) if listed else {}
    shown = (
        consents.who_may([one for one in listed if one.pk in tags], Consent.Purpose.PHOTO, on=_today()) if tags else ()
    )
    for one in listed:
        one.photo_tag = tags.get(one.pk, "") if one.pk in shown else ""
    return listed


def tag_children(guardian: User) -> list[User]:
    """The same for one's children (`guardians.children_of`), of whose consents `accounts.offers` asks too."""
    children = guardians.children_of(guardian)
    if any(child.etag for child in children):  # type: ignore[attr-defined]  # annotated
        standings = consents.of_children(guardian, on=_today())
        for child in children:
            is_shown = any(one.purpose == Consent.Purpose.PHOTO and one.is_allowed for one in standings[child.pk])
            child.photo_tag = child.etag or "" if is_shown else ""  # type: ignore[attr-defined]
    return children


def own_tag(person: User) -> str:
    """Of his own photo, as the frame of every page shows it; "" when there is none. One query."""
    return Photo.objects.filter(user=person).values_list("etag", flat=True).first() or ""


# --- Sealed -----------------------------------------------------------------------------------------------------------


def seal(person: User, webp: bytes) -> bytes:
    return ring().seal(PURPOSE, webp, context=person.uuid.bytes)


def opened(photo: Photo) -> bytes:
    """The WebP. Raises: SealBroken."""
    return ring().open(PURPOSE, bytes(photo.sealed), context=photo.user.uuid.bytes)


def _require_consent(person: User) -> None:
    if not may_have(person):
        raise ConsentMissing(
            _("Until 18, a guardian must allow a photo first: under Privacy, or on paper at the office.")
        )


def _today() -> date:
    return consents.day_of(timezone.now())
