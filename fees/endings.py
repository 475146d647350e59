"""What the dates of a stay do to its dues, after they were issued.

Instalments due after the last day are credited away as long as nobody paid or billed anything of them; when the end is
lifted they are issued anew. When the first day is put right, untouched instalments follow it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from batches import enrolments
from batches.models import Enrolment
from batches.models.enrolments import EnrolmentQuerySet
from fees import credits, issuing, schedule
from fees.credits import Piece
from fees.issuing import Draft, Line, parts_of
from fees.ledger import Booking
from fees.models import Agreement, Bill, Concession, Credit, Due, StudentAccount
from fees.tax import Parts, together

RETURN = "return"
Kind = Credit.Kind
_STAYS_OFF = {Kind.CORRECTION, Kind.WAIVER}
"""Kinds of credits that lower what a due was for; concessions are granted again instead."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """The days of an enrolment; `last` None: no end. Who leaves before he came stays no day."""

    last: date | None
    is_empty: bool

    def holds(self, day: date) -> bool:
        return not self.is_empty and (self.last is None or day <= self.last)

    def in_time(self, day: date, *, today: date) -> date:
        """When something of that day is due that is issued only now: not before, as far as the stay goes."""
        return max(day, today if self.last is None else min(today, self.last))


def suspects() -> EnrolmentQuerySet:
    """Stays that ended with an instalment open that is due later, or go on with one credited away."""
    dues = Due.objects.filter(kind=Due.Kind.INSTALMENT)
    later = dues.open().filter(due_on__gte=TruncDate("enrolment__left_at"), balance__paid_paise=0, bill=None)
    off = dues.filter(credits__kind=Kind.WITHDRAWAL, enrolment__left_at=None)
    return Enrolment.objects.filter(Q(pk__in=later.values("enrolment")) | Q(pk__in=off.values("enrolment")))


def follow(enrolment: Enrolment, agreement: Agreement, account: StudentAccount, booking: Booking) -> bool:
    """Bring the instalments of what holds now in line with the stay, and say whether something changed.

    Done twice, it changes nothing.
    """
    is_empty = enrolment.left_at is not None and enrolment.left_at <= enrolment.joined_at
    stay = _Stay(enrolments.last_day(enrolment), is_empty)
    newest = {due.part: due for due in _instalments(agreement)}
    days = _days(agreement, newest.values(), joined_on=timezone.localdate(enrolment.joined_at))
    gone = [due for due in newest.values() if _is_untouched(due) and not stay.holds(days[due.part])]
    back = [due for due in newest.values() if due.is_withdrawn and stay.holds(days[due.part])]  # type: ignore[attr-defined]
    moved = [
        due
        for due in newest.values()
        if _is_untouched(due) and due not in gone and due.source != RETURN and due.due_on != days[due.part]
    ]
    _take_off(gone, Kind.WITHDRAWAL, _("Left the batch"), booking)
    for due in back:
        again(due, stay.in_time(days[due.part], today=booking.on), account, RETURN, booking)
    _take_off(moved, Kind.REPLACED, _("The first day was put right"), booking)
    for due in moved:
        again(due, days[due.part], account, booking.source, booking)
    return bool(gone or back or moved)


def _instalments(agreement: Agreement) -> Iterable[Due]:
    """In the order of their numbers, with balances and what became of them. One query."""
    withdrawn = Credit.objects.filter(due=OuterRef("pk"), kind=Kind.WITHDRAWAL)
    dues = Due.objects.filter(agreement=agreement, kind=Due.Kind.INSTALMENT).select_related("balance")
    billed = Exists(Bill.objects.filter(due=OuterRef("pk")))
    return dues.annotate(is_withdrawn=Exists(withdrawn), is_billed=billed).order_by("seq")


def _is_untouched(due: Due) -> bool:
    """Open, and nobody paid anything of it, and it was not billed."""
    balance = due.balance
    return balance.open_paise > 0 and not balance.paid_paise and not due.is_billed  # type: ignore[attr-defined]


def _days(agreement: Agreement, dues: Iterable[Due], *, joined_on: date) -> dict[int, date]:
    """By part the day it should be due; later agreements have their days from the day they were made."""
    days = {due.part: due.due_on for due in dues}
    if agreement.revision == 1:
        for one in agreement.plan.instalments.all():
            days[one.seq] = schedule.due_day(
                schedule.Part(one.amount_paise, one.due_on, one.days_after), joined_on=joined_on
            )
    return days


def _take_off(dues: list[Due], kind: str, reason: str, booking: Booking) -> None:
    pieces = [Piece(due, due.balance.open_paise) for due in dues]
    credits.credit_each(pieces, kind=kind, reason=reason, booking=booking)


def again(due: Due, due_on: date, account: StudentAccount, source: str, booking: Booking) -> Due:
    """Issue anew what was credited away, with the concessions that still hold."""
    booking = Booking(by=booking.by, source=source, on=booking.on, now=booking.now)
    made = list(Credit.objects.filter(due=due).select_related("concession").order_by("pk"))
    gone: dict[int, Parts] = {}
    for one in (row for row in made if row.kind in _STAYS_OFF and not _is_revoked(row)):
        for line, parts in credits.lines_of(one):
            gone[line.pk] = together([gone.get(line.pk, Parts(0)), parts])
    lines = [
        Line(row.head_id, row.sac, row.gst_bp, parts_of(row).minus(gone.get(row.pk, Parts(0))))
        for row in due.lines.order_by("pk")
    ]
    [new] = issuing.issue(
        account,
        [Draft(due_on, lines, part=due.part, parts=due.parts, label=due.label)],
        booking=booking,
        supply_state=due.supply_state,
        enrolment=due.enrolment,
        agreement=due.agreement,
    )
    _grant_again(made, new, booking)
    return new


def _is_revoked(one: Credit) -> bool:
    return one.concession is not None and one.concession.state == Concession.State.REVOKED


def _grant_again(made: Iterable[Credit], new: Due, booking: Booking) -> None:
    for one in made:
        granted = one.concession
        if one.kind == Kind.CONCESSION and granted is not None and granted.state == Concession.State.APPROVED:
            paise = min(one.amount_paise, credits.open_for([new], head=granted.head_id)[new.pk])
            if paise:
                credits.credit(
                    new, kind=one.kind, amount_paise=paise, reason=one.reason, booking=booking, concession=granted
                )
