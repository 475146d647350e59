"""What the overview of fees shows: a month, how it went over a year, what is overdue, and what needs somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from accounts.models import User
from coaching.lib.counts import counted
from coaching.lib.offers import Figure
from coaching.templatetags.figures import grouped
from fees import ageing, registers_dues, registers_money, reports
from fees.ageing import Aged
from fees.models import CashierDay, Concession, Due, PaymentBalance
from fees.report_asked import IS_OPEN, Asked
from fees.report_months import Month, last_months
from fees.reports_chart import Months, Piece, months_chart, pieces

MONTHS = 12
CHEQUE_PATIENCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """A month of the chart, for its table."""

    month: Month
    expected: int
    collected: int

    @property
    def short(self) -> int:
        return self.expected - self.collected


@dataclass(frozen=True, slots=True)
class Needed:
    """Something that needs somebody, with the way to its rows."""

    label: str
    url: str
    tone: str


def context_of(person: User, asked: Asked) -> dict[str, Any]:
    """About a dozen queries, however much there is."""
    dues = Due.objects.for_user(person)
    month = asked.month or Month.of(asked.today)
    months = last_months(MONTHS, until=month)
    expected = reports.expected_by_month(months, batch=asked.batch)
    collected = reports.collected_by_month(months, batch=asked.batch)
    lines = [Line(one, expected[one], collected[one]) for one in months]
    aged = ageing.aged(asked.of_batch(dues), today=asked.today)
    return asked.context | {
        "month": month,
        "is_now": month == Month.of(asked.today),
        "around": (month.before, month.after),
        "figures": _figures(asked, lines[-1], aged, students=_overdue_students(asked, dues)),
        "lines": lines,
        "chart": chart_of(lines),
        "finding": finding(lines),
        "more": shortfalls(lines),
        "aged": aged,
        "age_pieces": age_pieces(aged),
        "age_finding": age_finding(aged),
        "sums": reports.sums_of(asked.of_batch(dues)),
        "advances": None if asked.batch else reports.advances_held(),
        "exceptions": [] if asked.batch else list(exceptions(person, now=asked.now)),
    }


def _overdue_students(asked: Asked, dues: QuerySet[Due]) -> int:
    return asked.of_batch(dues).filter(reports.overdue(asked.today)).order_by().values("account").distinct().count()


def _figures(asked: Asked, line: Line, aged: Aged, *, students: int) -> list[Figure]:
    batch = {"batch": asked.given.get("batch", "")} if asked.batch else {}
    month = str(line.month)
    dues, late = reverse("due_list"), reverse("fee_defaulters")
    came = f"{reverse('fee_collections')}?month={month}"
    words = ngettext("%(count)s student", "%(count)s students", students) % {"count": grouped(students)}
    return [
        Figure(
            label=_("Expected in %(month)s") % {"month": line.month.name},
            value=reports.figure(line.expected),
            url=dues + _address({"month": month, **batch}),
        ),
        Figure(
            label=_("Collected in %(month)s") % {"month": line.month.name},
            value=reports.figure(line.collected),
            url=dues + _address(batch) if asked.batch else came,
            percent=reports.percent(line.collected, line.expected),
            note=_percent_words(line),
        ),
        Figure(
            label=_("Overdue"),
            value=reports.figure(aged.overdue),
            url=late + _address(batch),
            tone="bad" if aged.overdue else "ok",
            word=words if aged.overdue else _("Nothing is overdue"),
        ),
        Figure(
            label=_("Not yet overdue"),
            value=reports.figure(aged.paise.get(ageing.COMING, 0)),
            url=dues + _address({"state": ageing.COMING, **batch}),
        ),
    ]


def _address(given: dict[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in given.items()) if given else ""


def _percent_words(line: Line) -> str:
    if line.expected <= 0:
        return ""
    return _("%(percent)d %% of what is expected") % {"percent": line.collected * 100 // line.expected}


# --- Charts -----------------------------------------------------------------------------------------------------------


def chart_of(lines: list[Line]) -> Months:
    return months_chart(
        [date_format(one.month.first, "M") for one in lines],
        [one.collected for one in lines],
        [one.expected for one in lines],
    )


def finding(lines: list[Line]) -> str:
    """What the last month shows."""
    last = lines[-1]
    words = {"month": last.month.name, "sum": reports.figure(abs(last.short))}
    if not last.expected:
        return _("Nothing is expected in %(month)s.") % words
    if last.short > 0:
        return _("%(month)s is %(sum)s short of what is expected.") % words
    return _("%(month)s has all that is expected.") % words


def shortfalls(lines: list[Line]) -> str:
    """How the months before it went; "" when nothing was expected in them."""
    before = [one for one in lines[:-1] if one.expected]
    if not before:
        return ""
    short = sum(1 for one in before if one.short > 0)
    words = {"count": short, "all": len(before)}
    if not short:
        return _("No month before stayed short.")
    return (
        ngettext(
            "%(count)d of the %(all)d months before stayed short.",
            "%(count)d of the %(all)d months before stayed short.",
            short,
        )
        % words
    )


def age_pieces(aged: Aged) -> list[Piece]:
    return pieces([paise for _bucket, _students, paise in aged.parts])


def age_finding(aged: Aged) -> str:
    """How much of what is overdue is old."""
    if not aged.overdue:
        return _("Nothing is overdue.")
    old = aged.overdue - aged.parts[0][2]
    return _("%(percent)d %% of it is older than 30 days.") % {"percent": old * 100 // aged.overdue}


# --- What needs somebody ----------------------------------------------------------------------------------------------


def exceptions(person: User, *, now: datetime) -> Iterator[Needed]:
    """Counted in one query; each leads to its rows."""
    today = timezone.localdate(now)
    late = Due.objects.filter(reports.overdue(today), account=OuterRef("payment__account"))
    counts = counted(
        asked=Concession.objects.filter(state=Concession.State.REQUESTED),
        cheques=registers_money.cheques().filter(received_on__lt=today - CHEQUE_PATIENCE),
        days=CashierDay.objects.filter(closed_at=None, on__lt=today),
        unused=PaymentBalance.objects.filter(Exists(late), free_paise__gt=0).values("payment__account").distinct(),
        disputed=Due.objects.filter(IS_OPEN, account__is_disputed=True).values("account").distinct(),
        left=Due.objects.filter(IS_OPEN & (Q(enrolment__left_at__lte=now) | Q(account__student__is_active=False)))
        .values("account")
        .distinct(),
        uncharged=registers_dues.uncharged(),
    )
    for key, words, tone in NEEDED:
        if counts[key]:
            yield Needed(str(words % {"count": counts[key]}), _place(key), tone)


NEEDED = (
    (
        "asked",
        ngettext_lazy("%(count)d concession waits for approval", "%(count)d concessions wait for approval", "count"),
        "due",
    ),
    (
        "days",
        ngettext_lazy(
            "%(count)d day at the counter is not closed", "%(count)d days at the counter are not closed", "count"
        ),
        "bad",
    ),
    (
        "cheques",
        ngettext_lazy(
            "%(count)d cheque is under way for over a week", "%(count)d cheques are under way for over a week", "count"
        ),
        "due",
    ),
    (
        "unused",
        ngettext_lazy(
            "%(count)d student has an advance and overdue dues",
            "%(count)d students have an advance and overdue dues",
            "count",
        ),
        "due",
    ),
    (
        "disputed",
        ngettext_lazy("%(count)d student is in dispute and owes", "%(count)d students are in dispute and owe", "count"),
        "run",
    ),
    ("left", ngettext_lazy("%(count)d student left and owes", "%(count)d students left and owe", "count"), "due"),
    (
        "uncharged",
        ngettext_lazy("%(count)d enrolment is not charged", "%(count)d enrolments are not charged", "count"),
        "due",
    ),
)
REGISTER_OF = {"days": "days", "cheques": "cheques", "unused": "advances", "uncharged": "uncharged"}


def _place(key: str) -> str:
    """Where its rows are."""
    if key == "asked":
        return reverse("concession_list")
    if key in REGISTER_OF:
        return reverse("fee_register", args=[REGISTER_OF[key]])
    return f"{reverse('due_list')}?state={key}"
