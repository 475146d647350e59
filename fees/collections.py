"""What came in a stretch of days, and what went back: by mode, by day, by who took it. See `fees.reports`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.clock import clock_text
from fees.models import DocKind, Document, Mode, Payment, Payout, Reversal
from fees.report_months import DAY, instants_of
from fees.reports import in_file

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both counted."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Flow:
    """Paise that came with `count` payments, that were taken back, and that were given back of advances."""

    count: int = 0
    came: int = 0
    back: int = 0
    out: int = 0

    @property
    def net(self) -> int:
        return self.came - self.back - self.out

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.count + other.count, self.came + other.came, self.back + other.back, self.out + other.out)


@dataclass(frozen=True, slots=True)
class Part:
    """What flowed on a day, in a mode, through the hands of somebody (None: of nobody, online)."""

    day: date
    mode: str
    who: int | None
    flow: Flow


@dataclass(frozen=True, slots=True)
class Collected:
    """All of a span, whole and by its parts; each list has a line for whatever flowed, `by_day` the newest first."""

    whole: Flow
    by_mode: list[tuple[str, Flow]]
    by_day: list[tuple[date, Flow]]
    by_who: list[tuple[str, Flow]]


def collected(span: Span) -> Collected:
    """Four queries."""
    parts = [*_came(span), *_back(span), *_out(span)]
    whos = _folded(parts, lambda one: one.who)
    names = dict(User.objects.filter(pk__in=[pk for pk in whos if pk]).values_list("pk", "name"))
    modes = _folded(parts, lambda one: one.mode)
    return Collected(
        whole=sum((one.flow for one in parts), Flow()),
        by_mode=[(str(mode.label), modes[mode]) for mode in Mode if mode in modes],
        by_day=sorted(_folded(parts, lambda one: one.day).items(), reverse=True),
        by_who=sorted((names.get(pk or 0, _("Online")), flow) for pk, flow in whos.items()),
    )


def _came(span: Span) -> Iterator[Part]:
    rows = Payment.objects.filter(received_on__range=(span.first, span.last)).order_by()
    grouped = rows.values_list("received_on", "mode", "received_by").annotate(
        count=Count("pk"), sum=Sum("amount_paise")
    )
    for day, mode, who, count, paise in grouped:
        yield Part(day, mode, who, Flow(count=count, came=paise))


def _back(span: Span) -> Iterator[Part]:
    rows = Reversal.objects.filter(at__range=instants_of(span.first, span.last)).order_by()
    for at, mode, who, paise in rows.values_list("at", "payment__mode", "made_by", "payment__amount_paise"):
        yield Part(timezone.localdate(at), mode, who, Flow(back=paise))


def _out(span: Span) -> Iterator[Part]:
    rows = Payout.objects.filter(at__range=instants_of(span.first, span.last)).order_by()
    for at, mode, who, paise in rows.values_list("at", "mode", "made_by", "amount_paise"):
        yield Part(timezone.localdate(at), mode, who, Flow(out=paise))


def _folded(parts: Iterable[Part], key: Callable[[Part], Any]) -> dict[Any, Flow]:
    found: dict[Any, Flow] = defaultdict(Flow)
    for one in parts:
        found[key(one)] += one.flow
    return found


# --- Its rows ---------------------------------------------------------------------------------------------------------


def payments(span: Span) -> QuerySet[Payment]:
    """Those that came, the newest first, with all that a row says; those taken back later too."""
    receipts = Prefetch("documents", Document.objects.filter(kind=DocKind.RECEIPT), to_attr="receipts")
    rows = Payment.objects.filter(received_on__range=(span.first, span.last))
    return (
        rows.select_related("account__student", "received_by")
        .prefetch_related(receipts)
        .order_by("-received_on", "-pk")
    )


def header() -> list[str]:
    return [
        _("Day"),
        _("Time"),
        _("What"),
        _("Amount"),
        _("Mode"),
        _("Reference"),
        _("Receipt"),
        _("Admission number"),
        _("Student"),
        _("Batches"),
        _("By"),
        _("Note"),
    ]


def cells(span: Span) -> Iterator[list[Any]]:
    """A row for each payment, each that was taken back and each pay-out; the amounts add up to what was collected."""
    batches = Prefetch("allocations__due__enrolment__batch")
    for payment in payments(span).prefetch_related(batches).iterator(AT_A_TIME):
        day, at = payment.received_on, payment.received_at
        yield _line(day, at, _("Payment"), payment.amount_paise, payment, payment.received_by, payment.note)
    within = instants_of(span.first, span.last)
    for row in _of_payment(Reversal.objects.filter(at__range=within)):
        yield _line(
            timezone.localdate(row.at),
            row.at,
            _("Taken back"),
            -row.payment.amount_paise,
            row.payment,
            row.made_by,
            row.reason,
        )
    for out in _of_payment(Payout.objects.filter(at__range=within)):
        line = _line(
            timezone.localdate(out.at), out.at, _("Given back"), -out.amount_paise, out.payment, out.made_by, out.reason
        )
        yield [*line[:4], str(Mode(out.mode).label), out.reference, *line[6:]]


def _of_payment(rows: QuerySet[Any]) -> QuerySet[Any]:
    receipts = Prefetch("payment__documents", Document.objects.filter(kind=DocKind.RECEIPT), to_attr="receipts")
    fetched = rows.select_related("payment__account__student", "made_by").order_by("at", "pk")
    return fetched.prefetch_related(receipts, "payment__allocations__due__enrolment__batch")


def _line(day: date, at: Any, what: str, paise: int, payment: Payment, who: User | None, note: str) -> list[Any]:
    student = payment.account.student
    batches = {one.due.enrolment.batch.name for one in payment.allocations.all() if one.due.enrolment}
    receipt = next((one.number for one in vars(payment)["receipts"]), "")
    how = [in_file(paise), str(Mode(payment.mode).label), payment.reference, receipt]
    whose = [student.admission_number or "", student.name, ", ".join(sorted(batches))]
    return [day.isoformat(), clock_text(at), what, *how, *whose, who.name if who else "", note]
