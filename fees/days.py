"""A cashier's day at the counter: what came into the drawer and left it, and the closing by counting it.

Whatever passes over a counter holds the lock on its day until it is written, so a day that is closed holds all of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.money import MOST_PAISE, rupees
from fees import documents, ledger
from fees.models import CashierDay, CashMove, Mode, Payment, Payout, Reversal
from fees.receiving import FormUsed, MoneyRefused, token_of


class DayClosed(DomainError):
    """The counter is closed for that day: it takes and gives nothing any more."""

    code = "day_closed"


class DayOpen(DomainError):
    """The counter was opened already, with another sum in the drawer."""

    code = "day_open"


class MoveRefused(MoneyRefused):
    """Cash cannot be moved or counted like that."""

    code = "move_refused"


def today(cashier: User, *, now: datetime) -> CashierDay | None:
    """His day, open or closed; None until the first payment or until he opens it."""
    return CashierDay.objects.filter(cashier=cashier, on=timezone.localdate(now)).first()


def taking(cashier: User, *, now: datetime, request: HttpRequest | None = None) -> CashierDay:
    """His day of today, locked; opened when it was not. After the account's lock, before numbers. Raises: DayClosed."""
    on = timezone.localdate(now)
    locked = CashierDay.objects.select_for_update(no_key=True)
    day = locked.filter(cashier=cashier, on=on).first()
    if day is None:
        day, is_new = CashierDay.objects.get_or_create(cashier=cashier, on=on, defaults={"opened_at": now})
        if is_new:
            activity.record("fees.day_opened", actor=cashier, on=day, request=request)
        else:
            day = locked.get(pk=day.pk)
    if day.closed_at:
        raise DayClosed(_("Your counter is closed for today."))
    return day


def open_day(cashier: User, *, opening_paise: int, now: datetime, request: HttpRequest | None = None) -> CashierDay:
    """Open his counter with that much change in the drawer; also says so later of a day a payment opened.

    Raises: DayClosed; DayOpen when another sum was said already.
    """
    with transaction.atomic():
        day = taking(cashier, now=now, request=request)
        if day.opening_paise not in {0, opening_paise}:
            raise DayOpen(_("Your counter was opened with %(amount)s.") % {"amount": rupees(day.opening_paise)})
        day.opening_paise = opening_paise
        day.save(update_fields=["opening_paise"])
        return day


def move_cash(
    day: CashierDay,
    *,
    kind: str,
    amount_paise: int,
    note: str,
    actor: User,
    now: datetime,
    form_token: str | UUID,
    request: HttpRequest | None = None,
) -> CashMove:
    """Cash leaves a drawer or comes into it. The same form sent again gives the move it recorded.

    Raises: DayClosed, MoveRefused, FormUsed.
    """
    token = token_of(form_token)
    try:
        with transaction.atomic():
            day = _locked(day)
            earlier = CashMove.objects.filter(form_token=token).first()
            if earlier is None:
                return _moved(day, kind, amount_paise, note.strip(), actor, now, token, request)
    except IntegrityError:
        earlier = CashMove.objects.filter(form_token=token).first()
        if earlier is None:
            raise
    if (earlier.day_id, earlier.kind, earlier.amount_paise) != (day.pk, kind, amount_paise):
        raise FormUsed(_("This form was sent already. Open a new one."))
    return earlier


def _moved(
    day: CashierDay,
    kind: str,
    paise: int,
    note: str,
    actor: User,
    now: datetime,
    token: UUID,
    request: HttpRequest | None,
) -> CashMove:
    if day.closed_at:
        raise DayClosed(_("This counter is closed for that day."))
    if kind not in CashMove.Kind.values:
        raise MoveRefused(_("Choose where the cash goes."), field="kind")
    if not 0 < paise <= MOST_PAISE:
        raise MoveRefused(_("Enter an amount above zero."), field="amount")
    if len(note) > 200:
        raise MoveRefused(_("This is too long."), field="note")
    if kind != CashMove.Kind.FROM_OFFICE and paise > (there := drawer(day).should_be):
        raise MoveRefused(_("Only %(amount)s is in the drawer.") % {"amount": rupees(max(there, 0))}, field="amount")
    move = CashMove.objects.create(
        day=day, kind=kind, amount_paise=paise, note=note, made_by=actor, at=now, form_token=token
    )
    ledger.moved(move, ledger.Booking(by=actor, source="counter", on=timezone.localdate(now), now=now))
    activity.record("fees.cash_moved", actor=actor, on=day, request=request, kind=kind, paise=paise)
    return move


# --- What it comes to -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """Of one mode: what came less what went back, and how many payments of it stand."""

    count: int = 0
    paise: int = 0


@dataclass(frozen=True, slots=True)
class Drawer:
    """What a drawer should hold, in paise: `opening` + `cash_in` − `cash_back` + what came otherwise − what left.

    `cash_count` payments brought `cash_in`; `cash_back` was given back of payments or advances. `by_mode`: of each
    mode that occurred, net.
    """

    opening: int
    cash_in: int
    cash_count: int
    cash_back: int
    moves: list[CashMove]
    should_be: int
    by_mode: dict[str, Total]


def drawer(day: CashierDay) -> Drawer:
    """As it is now. Four queries."""
    return drawers([day])[day.pk]


def drawers(days: Iterable[CashierDay]) -> dict[int, Drawer]:
    """Of each day by its number. Four queries, however many."""
    rows = list(days)
    came = _sums(Payment.objects.filter(day__in=rows), "mode", "amount_paise")
    back = _sums(Reversal.objects.filter(day__in=rows), "payment__mode", "payment__amount_paise")
    given = _sums(Payout.objects.filter(day__in=rows), "mode", "amount_paise")
    moves: dict[int, list[CashMove]] = {}
    for move in CashMove.objects.filter(day__in=rows):
        moves.setdefault(move.day_id, []).append(move)
    return {
        row.pk: _drawer(row, moves.get(row.pk, []), *(one.get(row.pk, {}) for one in (came, back, given)))
        for row in rows
    }


def _sums(rows: QuerySet[Any], mode: str, paise: str) -> dict[int, dict[str, Total]]:
    """By day and mode."""
    found: dict[int, dict[str, Total]] = {}
    for day, one, count, total in rows.order_by().values_list("day", mode).annotate(Count("pk"), Sum(paise)):
        found.setdefault(day, {})[one] = Total(count, total)
    return found


def _drawer(
    day: CashierDay, moves: list[CashMove], came: dict[str, Total], back: dict[str, Total], given: dict[str, Total]
) -> Drawer:
    none = Total()
    by_mode = {
        mode: Total(
            came.get(mode, none).count - back.get(mode, none).count,
            came.get(mode, none).paise - back.get(mode, none).paise - given.get(mode, none).paise,
        )
        for mode in Mode.values
        if mode in {*came, *back, *given}
    }
    cash = came.get(Mode.CASH, none)
    cash_back = back.get(Mode.CASH, none).paise + given.get(Mode.CASH, none).paise
    moved = sum(one.amount_paise * (1 if one.kind == CashMove.Kind.FROM_OFFICE else -1) for one in moves)
    should_be = day.opening_paise + cash.paise - cash_back + moved
    return Drawer(day.opening_paise, cash.paise, cash.count, cash_back, moves, should_be, by_mode)


# --- Closing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_day(
    day: CashierDay, *, counted_paise: int, note: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> CashierDay:
    """Count the drawer and close the day for good; a difference is booked as one. Raises: DayClosed, MoveRefused."""
    day = _locked(day)
    if day.closed_at:
        raise DayClosed(_("This counter is closed for that day already."))
    if not 0 <= counted_paise <= MOST_PAISE:
        raise MoveRefused(_("Enter what you counted."), field="counted")
    if len(note.strip()) > 300:
        raise MoveRefused(_("This is too long."), field="note")
    found = drawer(day)
    day.expected_paise, day.counted_paise = found.should_be, counted_paise
    day.totals, day.closed_at, day.note = totals(found), now, note.strip()
    day.save(update_fields=["expected_paise", "counted_paise", "totals", "closed_at", "note"])
    booking = ledger.Booking(by=actor, source="counter", on=timezone.localdate(now), now=now)
    ledger.counted(day, booking)
    paper = documents.day_close(day, booking=booking)
    over = counted_paise - found.should_be
    activity.record("fees.day_closed", actor=actor, on=day, request=request, name=paper.number, difference_paise=over)
    return day


def totals(found: Drawer) -> dict[str, dict[str, int]]:
    """By mode, as a closed day keeps them."""
    return {mode: {"count": one.count, "paise": one.paise} for mode, one in found.by_mode.items()}


def _locked(day: CashierDay) -> CashierDay:
    return CashierDay.objects.select_for_update(no_key=True).get(pk=day.pk)
