"""What reports of fees say, and how it is reckoned: every page and every file takes its sums from here.

In paise, days by the institute's clock.

expected   of a month: what is due in it, less what was credited of that, whenever it was
collected  of a month: payments received in it (`received_on`), less those taken back and advances given back in it;
           of a batch: what went to its dues, by the day it went there; an advance is of no batch yet
paid       of dues: the money that went to them, whenever it came
open       of dues: expected less paid
overdue    open of dues from before today; a late fine counts from the day it is issued
advance    money that no due took yet

So over all time: collected = paid + advances. `expected`, `open` and the advances are balances of the ledger's
accounts student:… and advance:…; `collected` is what came to and went from where money lies.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from batches.class_days import day_span
from batches.models import Batch
from coaching.lib.counts import Of, Sets, counted_once
from coaching.lib.money import grouped, rupees
from coaching.lib.offers import Figure, Panel, Todo
from fees.models import Allocation, CashierDay, Concession, Due, Payment, PaymentBalance, Payout, Reversal
from fees.report_months import Month

EXPECTED = F("balance__total_paise") - F("balance__credited_paise")
MOVED = Case(When(reverses=None, then=F("amount_paise")), default=-F("amount_paise"))
"""Of an allocation: less than nothing when it takes another back."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some dues, in paise."""

    count: int = 0
    total: int = 0
    credited: int = 0
    paid: int = 0

    @property
    def expected(self) -> int:
        return self.total - self.credited

    @property
    def open(self) -> int:
        return self.expected - self.paid


def sums_of(dues: QuerySet[Due]) -> Sums:
    """One query."""
    found = dues.order_by().aggregate(
        count=Count("pk"),
        total=Sum("balance__total_paise", default=0),
        credited=Sum("balance__credited_paise", default=0),
        paid=Sum("balance__paid_paise", default=0),
    )
    return Sums(**found)


def overdue(today: date) -> Q:
    """The rule, as a condition on dues."""
    return Q(due_on__lt=today, balance__open_paise__gt=0)


# --- By months --------------------------------------------------------------------------------------------------------


def expected_by_month(months: Sequence[Month], *, batch: Batch | None = None) -> dict[Month, int]:
    """One query, in which days and not months are grouped: no database does that slowly."""
    rows = Due.objects.filter(due_on__range=(months[0].first, months[-1].last))
    if batch:
        rows = rows.filter(enrolment__batch=batch)
    return _folded(months, rows.order_by().values_list("due_on").annotate(sum=Sum(EXPECTED)))


def collected_by_month(months: Sequence[Month], *, batch: Batch | None = None) -> dict[Month, int]:
    """Three queries, of a batch one."""
    if batch:
        return _by_instants(months, Allocation.objects.filter(due__enrolment__batch=batch), MOVED)
    came = Payment.objects.filter(received_on__range=(months[0].first, months[-1].last))
    found = _folded(months, came.order_by().values_list("received_on").annotate(sum=Sum("amount_paise")))
    for went in (
        _by_instants(months, Reversal.objects.all(), F("payment__amount_paise")),
        _by_instants(months, Payout.objects.all(), F("amount_paise")),
    ):
        found = {month: paise - went[month] for month, paise in found.items()}
    return found


def _folded(months: Sequence[Month], days: Iterable[tuple[date, int]]) -> dict[Month, int]:
    found: dict[Month, int] = defaultdict(int)
    for day, paise in days:
        found[Month.of(day)] += paise
    return {month: found[month] for month in months}


def _by_instants(
    months: Sequence[Month],
    rows: QuerySet[Allocation] | QuerySet[Reversal] | QuerySet[Payout],
    paise: Combinable,
) -> dict[Month, int]:
    """By `at`, whose month only the institute's clock knows."""
    sums = {f"m{number}": Sum(paise, filter=Q(at__range=month.instants)) for number, month in enumerate(months)}
    span = (months[0].instants[0], months[-1].instants[1])
    found = rows.filter(at__range=span).order_by().aggregate(**sums)
    return {month: found[f"m{number}"] or 0 for number, month in enumerate(months)}


def advances_held() -> int:
    """Money that no due took yet. One query."""
    rows = PaymentBalance.objects.filter(free_paise__gt=0)
    found: int = rows.aggregate(sum=Sum("free_paise", default=0))["sum"]
    return found


# --- The office's first screen ----------------------------------------------------------------------------------------


def office_panel(admin: User, *, now: datetime) -> Panel:
    """What came this month and today, against what is expected, and what is overdue. One query at most."""
    today = timezone.localdate(now)
    month = Month.of(today)
    found = counts_of(admin, now=now)
    came = found["fee_month_in"] - found["fee_month_back"] - found["fee_month_out"]
    today_paise, expected = found["fee_day_in"] - found["fee_day_back"] - found["fee_day_out"], found["fee_expected"]
    note = _("%(sum)s is expected") if expected else _("Nothing is expected")
    figures = (
        Figure(
            label=_("Collected in %(month)s") % {"month": date_format(today, "F")},
            value=figure(came),
            url=f"{reverse('fees_overview')}?month={month}",
            note=note % {"sum": figure(expected)},
            percent=percent(came, expected),
        ),
        Figure(
            label=_("Collected today"),
            value=figure(today_paise),
            url=f"{reverse('fee_collections')}?on={today:%Y-%m-%d}",
        ),
        _overdue_figure(found["fee_overdue"], found["fee_students"]),
    )
    return Panel("fees", _("Fees"), reverse("fees_overview"), _("Overview"), figures=figures)


def counts_of(admin: User, *, now: datetime) -> dict[str, int]:
    """Sums and counts for an admin; asked once for this object, for panel and to-do list."""
    if "_fees" not in vars(admin):
        know(admin, _of_office(**office_moments(now)))
    known: dict[str, int] = vars(admin)["_fees"]
    return known


def know(admin: User, counts: dict[str, Any]) -> None:
    """Let `counts_of` this object be these, `office_sets` among them: a page counts for several areas at once."""
    vars(admin)["_fees"] = {name: value or 0 for name, value in counts.items()}


def office_moments(now: datetime) -> dict[str, Any]:
    """What `office_sets` wants to be given: days in words, as a statement that is kept takes them, and instants."""
    today = timezone.localdate(now)
    month = Month.of(today)
    day, first, last = (day_span(one) for one in (today, month.first, month.last))
    instants = {"month_since": first.starts_at, "month_until": last.ends_at}
    days = {"today": f"{today}", "first": f"{month.first}", "last": f"{month.last}"}
    return days | instants | {"since": day.starts_at, "until": day.ends_at}


def office_sets(
    *,
    today: str,
    first: str,
    last: str,
    since: datetime,
    until: datetime,
    month_since: datetime,
    month_until: datetime,
) -> Sets:
    """What is counted for an admin; `since` and `until` are the ends of today."""
    day, begin, end = Value(today), Value(first), Value(last)
    late = Due.objects.filter(due_on__lt=day, balance__open_paise__gt=0)
    back, out = Reversal.objects.all(), Payout.objects.all()
    in_day, in_month = {"at__gte": since, "at__lt": until}, {"at__gte": month_since, "at__lt": month_until}
    came = Payment.objects.all()
    return {
        "fee_expected": Of(Due.objects.filter(due_on__gte=begin, due_on__lte=end), Sum(EXPECTED)),
        "fee_overdue": Of(late, Sum("balance__open_paise")),
        "fee_students": late.order_by().values("account").distinct(),
        "fee_day_in": Of(came.filter(received_on=day), Sum("amount_paise")),
        "fee_day_back": Of(back.filter(**in_day), Sum("payment__amount_paise")),
        "fee_day_out": Of(out.filter(**in_day), Sum("amount_paise")),
        "fee_month_in": Of(came.filter(received_on__gte=begin, received_on__lte=end), Sum("amount_paise")),
        "fee_month_back": Of(back.filter(**in_month), Sum("payment__amount_paise")),
        "fee_month_out": Of(out.filter(**in_month), Sum("amount_paise")),
        "fee_asked": Concession.objects.filter(state=Concession.State.REQUESTED),
        "fee_days": CashierDay.objects.filter(closed_at=None, on__lt=day),
    }


_of_office = counted_once(office_sets)


def _overdue_figure(paise: int, students: int) -> Figure:
    words = ngettext("%(count)s student", "%(count)s students", students) % {"count": grouped(students)}
    return Figure(
        label=_("Overdue"),
        value=figure(paise),
        url=reverse("fee_defaulters"),
        tone="bad" if paise else "ok",
        word=words if paise else _("Nothing is overdue"),
    )


def todo(person: User, *, now: datetime) -> list[Todo]:
    """Days at the counter that were never closed: a cashier's own, for admins everybody's. One query at most."""
    if person.is_admin and not counts_of(person, now=now)["fee_days"]:
        return []
    rows = CashierDay.objects.filter(closed_at=None, on__lt=timezone.localdate(now)).select_related("cashier")
    rows = rows if person.is_admin else rows.filter(cashier=person)
    return [
        Todo(
            kind="fees.day",
            label=_("The counter is open since %(day)s") % {"day": date_format(row.on, "D j M Y")},
            url=reverse("fee_register", args=["days"]),
            action=_("Look"),
            area="fees",
            meta="" if row.cashier_id == person.pk else row.cashier.name,
            tone="due",
        )
        for row in rows.order_by("on", "pk")[:5]
    ]


def in_file(paise: int) -> Decimal:
    """A sum as files have it: 1234.50, a number also when it is less than nothing."""
    return Decimal(paise).scaleb(-2)


def figure(paise: int) -> str:
    """A sum as a figure says it: without paise where there are none."""
    return rupees(paise).removesuffix(".00")


def percent(part: int, whole: int) -> int | None:
    """Rounded down, at most 100 as a bar shows it; None of nothing."""
    return max(0, min(100, part * 100 // whole)) if whole > 0 else None
