"""What of exams is sealed by the master key ring: the keys of sealed papers. Their bytes stay as they are."""

import logging
from collections import Counter
from collections.abc import Iterator

from coaching.lib.holders import Checked, kid_of, of_every_key
from coaching.lib.sealing import SealBroken, ring
from exams.models import SealedPaper
from exams.sealed_papers import PURPOSE, context, opened_key

log = logging.getLogger("exams.sealed")


class PaperKeys:
    """The key of each revision of each paper that was sealed."""

    name = "exam papers"

    def _rows(self) -> Iterator[SealedPaper]:
        yield from SealedPaper.objects.only("uuid", "key_sealed").order_by("pk").iterator(chunk_size=500)

    def count(self) -> dict[str, int]:
        return dict(Counter(_kid(row) for row in self._rows()))

    def rewrap(self) -> int:
        active = ring().active_kid
        return sum(self._seal_anew(row) for row in list(self._rows()) if _kid(row) != active)

    def _seal_anew(self, row: SealedPaper) -> int:
        old = bytes(row.key_sealed)
        try:
            anew = ring().seal(PURPOSE, opened_key(row), context=context(row))
        except SealBroken as error:
            log.warning("the key of paper %s stays as it is: %s", row.uuid, error)
            return 0
        return SealedPaper.objects.filter(pk=row.pk, key_sealed=old).update(key_sealed=anew)

    def check(self, at_most: int) -> Checked:
        found = Checked()
        for row in of_every_key(self._rows(), at_most, kid=_kid):
            with found.trying(str(row.uuid)):
                opened_key(row)
        return found


def _kid(row: SealedPaper) -> str:
    return kid_of(bytes(row.key_sealed))


HOLDERS = (PaperKeys(),)
