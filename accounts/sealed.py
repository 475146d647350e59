"""What of people is sealed by the master key ring: seeds of authenticator apps and of recovery codes, and photos."""

import logging
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import photos
from accounts.models import Photo
from accounts.second_step import APP, CODES, sealed_bytes
from coaching.lib.holders import Checked, kid_of, of_every_key
from coaching.lib.sealing import SealBroken, ring

COLUMN = {APP: "secret", CODES: "seed"}  # in allauth's JSON
log = logging.getLogger("accounts.sealed")


class Seeds:
    """Seeds of the second step. Passkeys have none: what is kept of them is public."""

    name = "second steps"

    def _rows(self) -> Iterator[Authenticator]:
        yield from Authenticator.objects.filter(type__in=COLUMN).order_by("pk").iterator()

    def count(self) -> dict[str, int]:
        return dict(Counter(_kid(row) for row in self._rows()))

    def rewrap(self) -> int:
        active = ring().active_kid
        return sum(self._seal_anew(row.pk) for row in self._rows() if _kid(row) != active)

    @transaction.atomic
    def _seal_anew(self, key: int) -> int:
        """Under the row's lock, because using a code writes to the same column."""
        row = Authenticator.objects.select_for_update().filter(pk=key).first()
        if row is None or _kid(row) == ring().active_kid:
            return 0
        column = COLUMN[row.type]
        try:
            row.data[column] = get_adapter().encrypt(get_adapter().decrypt(row.data[column]))
        except SealBroken as error:
            log.warning("a second step of person %s stays as it is: %s", row.user_id, error)
            return 0
        row.save(update_fields=["data"])
        return 1

    def check(self, at_most: int) -> Checked:
        found = Checked()
        for row in of_every_key(self._rows(), at_most, kid=_kid):
            with found.trying(f"person {row.user_id} {row.type}"):
                get_adapter().decrypt(row.data[COLUMN[row.type]])
        return found


class Photos:
    """People's photos."""

    name = "photos"

    def _keys(self) -> Iterator[tuple[int, str]]:
        """The person's number and the key that seals his photo, row by row."""
        for number, token in Photo.objects.order_by("pk").values_list("pk", "sealed").iterator(chunk_size=100):
            yield number, kid_of(bytes(token))

    def count(self) -> dict[str, int]:
        return dict(Counter(kid for _number, kid in self._keys()))

    def rewrap(self) -> int:
        active = ring().active_kid
        return sum(self._seal_anew(number) for number, kid in list(self._keys()) if kid != active)

    @transaction.atomic
    def _seal_anew(self, number: int) -> int:
        photo = Photo.objects.select_for_update(of=("self",)).select_related("user").filter(pk=number).first()
        if photo is None or kid_of(bytes(photo.sealed)) == ring().active_kid:
            return 0
        try:
            photo.sealed = photos.seal(photo.user, photos.opened(photo))
        except SealBroken as error:
            log.warning("the photo of person %s stays as it is: %s", number, error)
            return 0
        photo.save(update_fields=["sealed"])
        return 1

    def check(self, at_most: int) -> Checked:
        found = Checked()
        for number, _key in of_every_key(list(self._keys()), at_most, kid=itemgetter(1)):
            with found.trying(f"person {number}"):
                photos.opened(Photo.objects.select_related("user").get(pk=number))
        return found


def _kid(row: Authenticator) -> str:
    try:
        return kid_of(sealed_bytes(row.data[COLUMN[row.type]]))
    except SealBroken:
        return "?"


HOLDERS = (Seeds(), Photos())
