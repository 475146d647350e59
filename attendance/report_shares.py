"""What a student attended in each of his batches, and how many classes that leaves him."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from accounts.models import User
from attendance.share_words import outlook
from attendance.shares import Share
from attendance.totals import shares_by_student_and_batch, tone_of, wanted_by_batch
from batches import taught
from batches.models import Batch, Enrolment


@dataclass(frozen=True, slots=True)
class BatchShare:
    """A student's share in one batch; `is_over`: he is not in it any more."""

    batch: Batch
    share: Share
    wanted: int
    is_over: bool

    @property
    def tone(self) -> str:
        return tone_of(self.share, self.wanted)

    @property
    def advice(self) -> str:
        """How many classes more he needs, or may miss; "" where nothing can be changed any more or was held yet."""
        return capfirst(outlook(self.share, self.wanted)) if self.share.held and not self.is_over else ""


def batch_shares(student: User, *, viewer: User, sees_all: bool, now: datetime) -> list[BatchShare]:
    """Of the batches he is or was in, those of now first; to a teacher, of the batches he teaches. Four queries."""
    stays = Enrolment.objects.filter(student=student, joined_at__lte=now).select_related("batch")
    if not sees_all:
        stays = stays.filter(batch__in=taught.rosters_of(viewer, now=now).order_by().values("pk"))
    batches = {stay.batch_id: stay.batch for stay in stays}
    active = {stay.batch_id for stay in stays if stay.is_active(now) and stay.batch.archived_at is None}
    shares, wanted = shares_by_student_and_batch([student.pk]), wanted_by_batch(batches)
    rows = [
        BatchShare(batch, shares.get((student.pk, number), Share()), wanted[number], number not in active)
        for number, batch in batches.items()
    ]
    shown = [row for row in rows if row.share.held or not row.is_over]
    return sorted(shown, key=lambda row: (row.is_over, row.batch.name))
