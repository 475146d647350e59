"""How long what is overdue has been so: in all, and batch by batch. `fees.reports` says what overdue is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from batches.models import Batch
from fees.models import Due
from fees.report_months import DAY
from fees.reports import in_file

COMING = "coming"


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many days overdue, from `since` to `until` (None: no end); `key` stands in addresses."""

    key: str
    since: int
    until: int | None
    label: Any

    def days(self, today: date) -> Q:
        """The rule, as a condition on dues."""
        late = Q(due_on__lte=today - DAY * self.since)
        return late if self.until is None else late & Q(due_on__gte=today - DAY * self.until)


BUCKETS = (
    Bucket("30", 1, 30, _("1 to 30 days")),
    Bucket("60", 31, 60, _("31 to 60 days")),
    Bucket("90", 61, 90, _("61 to 90 days")),
    Bucket("more", 91, None, _("Over 90 days")),
)
KEYS = (*(one.key for one in BUCKETS), COMING)
NOT_YET = _("Not yet overdue")


@dataclass(frozen=True, slots=True)
class Aged:
    """Open paise and students by the keys of the buckets; `coming` is what is due today or later."""

    paise: dict[str, int] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        return sum(self.paise.get(one.key, 0) for one in BUCKETS)

    @property
    def open(self) -> int:
        return sum(self.paise.values())

    @property
    def cells(self) -> list[int]:
        """In the order of KEYS."""
        return [self.paise.get(key, 0) for key in KEYS]

    @property
    def parts(self) -> list[tuple[Bucket, int, int]]:
        """What is overdue, the newest first: bucket, students, paise."""
        return [(one, self.students.get(one.key, 0), self.paise.get(one.key, 0)) for one in BUCKETS]


@dataclass(frozen=True, slots=True)
class OfBatch:
    """A batch (None: of dues without one) and what is open of it."""

    batch: Batch | None
    aged: Aged


def bucket_of(key: str) -> Bucket | None:
    return next((one for one in BUCKETS if one.key == key), None)


def aged(dues: QuerySet[Due], *, today: date) -> Aged:
    """What is open of these, by age; a student counts in each bucket he owes in. One query."""
    rows = (
        _open(dues, today).values("age").annotate(sum=Sum("balance__open_paise"), who=Count("account", distinct=True))
    )
    found = list(rows.values_list("age", "sum", "who"))
    return Aged({age: paise for age, paise, _who in found}, {age: who for age, _paise, who in found})


def by_batch(dues: QuerySet[Due], *, today: date) -> list[OfBatch]:
    """The same for each batch that has something open, by its name; what is of no batch comes last. Two queries."""
    rows = _open(dues, today).values_list("enrolment__batch", "age").annotate(sum=Sum("balance__open_paise"))
    found: dict[int | None, dict[str, int]] = {}
    for batch, age, paise in rows:
        found.setdefault(batch, {})[age] = paise
    named = Batch.objects.filter(pk__in=[pk for pk in found if pk]).order_by("name", "pk")
    lines = [OfBatch(one, Aged(found[one.pk])) for one in named]
    return [*lines, OfBatch(None, Aged(found[None]))] if None in found else lines


def together(lines: Sequence[OfBatch]) -> Aged:
    """Their sum."""
    return Aged({key: sum(one.aged.paise.get(key, 0) for one in lines) for key in KEYS})


def _open(dues: QuerySet[Due], today: date) -> QuerySet[Any]:
    whens = [When(one.days(today), then=Value(one.key)) for one in BUCKETS]
    age = Case(*whens, default=Value(COMING), output_field=CharField())
    return dues.filter(balance__open_paise__gt=0).order_by().annotate(age=age)


# --- For a spreadsheet ------------------------------------------------------------------------------------------------


def header() -> list[str]:
    return [gettext("Batch"), *(str(one.label) for one in BUCKETS), str(NOT_YET), gettext("Overdue"), gettext("Open")]


def cells(lines: Sequence[OfBatch]) -> Iterator[list[Any]]:
    """A row for each batch."""
    for line in lines:
        sums = (*line.aged.cells, line.aged.overdue, line.aged.open)
        yield [line.batch.name if line.batch else gettext("Without a batch"), *map(in_file, sums)]
