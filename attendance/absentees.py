"""Who was absent on a day, in which classes, whom to call, and whether the guardians were told."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.models import Guardianship, Notification, User
from attendance.models import Record
from attendance.models.records import COUNTED, THERE, Status
from attendance.news import ABSENT
from batches.class_days import day_span
from batches.models.batches import BatchQuerySet


@dataclass(frozen=True, slots=True)
class Missed:
    """A class somebody missed."""

    pk: int
    uuid: UUID
    batch: str
    label: str
    starts_at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class Absentee:
    """A student with the classes he missed that day; `guardians` for those who may call them."""

    student: User
    missed: list[Missed]
    guardians: list[Guardianship] = field(default_factory=list)
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class DayOf:
    """One day of these batches: `counts` of records by letter, and who was absent, by name."""

    day: date
    counts: Counter[str]
    absentees: list[Absentee]

    @property
    def there(self) -> int:
        return sum(self.counts[letter] for letter in THERE)

    @property
    def held(self) -> int:
        return sum(self.counts[letter] for letter in COUNTED)

    @property
    def absent(self) -> int:
        return self.counts[Status.ABSENT]

    @property
    def excused(self) -> int:
        return self.counts[Status.EXCUSED]

    @property
    def waiting(self) -> int:
        return self.counts[Status.WAITING] + self.counts[Status.UNMARKED]


def counts_of(day: date, batches: BatchQuerySet) -> DayOf:
    """How many there were, without names. One query."""
    rows = _records(day, batches).order_by().values_list("status").annotate(count=Count("pk"))
    return DayOf(day, Counter(dict(rows)), [])


def day_of(day: date, batches: BatchQuerySet) -> DayOf:
    """Of the classes of these batches that began that day and were held. Four queries."""
    rows = _records(day, batches).order_by("class_session__starts_at", "class_session")
    columns = ("student", "status", "remark", "class_session", "class_session__uuid", "class_session__starts_at")
    names = ("class_session__batch__name", "class_session__subject__name", "class_session__topic")
    counts: Counter[str] = Counter()
    missed: dict[int, list[Missed]] = defaultdict(list)
    for student, status, remark, pk, uuid, starts_at, batch, subject, topic in rows.values_list(*columns, *names):
        counts[status] += 1
        if status == Status.ABSENT:
            missed[student].append(Missed(pk, uuid, batch, topic or subject or "", starts_at, remark))
    return DayOf(day, counts, _absentees(missed))


def _records(day: date, batches: BatchQuerySet) -> QuerySet[Record]:
    span = day_span(day)
    return Record.objects.filter(
        class_session__starts_at__gte=span.starts_at,
        class_session__starts_at__lt=span.ends_at,
        class_session__cancelled_at=None,
        class_session__batch__in=batches.order_by().values("pk"),
    )


def _absentees(missed: dict[int, list[Missed]]) -> list[Absentee]:
    students = list(User.objects.filter(pk__in=missed).order_by("name", "pk"))
    guardians: dict[int, list[Guardianship]] = defaultdict(list)
    links = Guardianship.objects.filter(student__in=missed).select_related("guardian")
    for link in links.order_by("guardian__name", "pk"):
        guardians[link.student_id].append(link)
    told = _told(students, missed)
    return [
        Absentee(
            one,
            missed[one.pk],
            guardians[one.pk],
            is_told=all((one.pk, _address(row.uuid)) in told for row in missed[one.pk]),
        )
        for one in students
    ]


def _told(students: Sequence[User], missed: dict[int, list[Missed]]) -> set[tuple[int | None, str]]:
    """The (student, class's page) about whose absence a guardian was told."""
    pages = {_address(row.uuid) for rows in missed.values() for row in rows}
    rows = Notification.objects.filter(kind=ABSENT.key, about__in=[one.pk for one in students], url__in=pages)
    return set(rows.order_by().values_list("about", "url"))


def _address(uuid: UUID) -> str:
    """The page the news of an absence leads to (attendance.news)."""
    return reverse("own_record", args=[uuid])
