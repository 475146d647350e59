"""A cashier's day: opened with a float, cash taken to the bank, cheques followed, closed by counting."""

import uuid
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant
from coaching.lib.errors import DomainError
from fees import cheques, days
from fees.counter_forms import ChequeDayForm, ClosingForm, MoveForm, OpeningForm
from fees.models import CashierDay, DocKind, Document, Mode, Payment

CASHIERS = grant_required(Grant.Kind.CASHIER)
PAGE_ROWS = 50


@CASHIERS
@require_safe
def counter_day(request: SignedInRequest) -> HttpResponse:
    """One's own day, today."""
    return _shown(request, days.today(request.user, now=timezone.now()))


@CASHIERS
@require_safe
def counter_day_of(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A day that was opened: one's own, of an admin everybody's."""
    return _shown(request, _day(request, public_id))


@CASHIERS
@require_POST
def counter_open(request: SignedInRequest) -> HttpResponse:
    """Begin the day with what is in the drawer."""
    form, now = OpeningForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            days.open_day(request.user, opening_paise=form.cleaned_data["opening"], now=now, request=request)
            return redirect("counter")
        except (days.DayOpen, days.DayClosed) as refused:
            _say(form, refused)
    return _shown(request, days.today(request.user, now=now), opening=form)


@CASHIERS
@require_POST
def counter_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Note cash that leaves or enters the drawer."""
    form, now, day = MoveForm(request.POST), timezone.now(), _day(request, public_id)
    if form.is_valid():
        given = form.cleaned_data
        fields = {"kind": given["kind"], "amount_paise": given["amount"], "note": given["note"]}
        try:
            days.move_cash(day, **fields, actor=request.user, now=now, form_token=given["token"], request=request)
            return redirect("counter_day_of", day.uuid)
        except DomainError as refused:
            _say(form, refused)
    return _shown(request, day, move=form)


@CASHIERS
@require_POST
def counter_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End a day with what was counted; a difference needs its reason."""
    day, now = _day(request, public_id), timezone.now()
    form = ClosingForm(request.POST, should_be=days.drawer(day).should_be)
    if form.is_valid():
        counted, note = form.cleaned_data["counted"], form.cleaned_data["note"]
        try:
            days.close_day(day, counted_paise=counted, note=note, actor=request.user, now=now, request=request)
            return redirect("counter_day_of", day.uuid)
        except DomainError as refused:
            _say(form, refused)
    return _shown(request, day, closing=form)


def _days(request: SignedInRequest) -> QuerySet[CashierDay]:
    rows = CashierDay.objects.select_related("cashier")
    return rows if request.user.is_admin else rows.filter(cashier=request.user)


def _day(request: SignedInRequest, public_id: UUID) -> CashierDay:
    return get_object_or_404(_days(request), uuid=public_id)


def _say(form: OpeningForm | MoveForm | ClosingForm, refused: DomainError) -> None:
    field = getattr(refused, "field", "")
    form.add_error(field if field in form.fields else None, refused.message)


def _shown(
    request: SignedInRequest,
    day: CashierDay | None,
    *,
    opening: OpeningForm | None = None,
    move: MoveForm | None = None,
    closing: ClosingForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    past = _days(request).exclude(pk=day.pk) if day else _days(request)
    drawer = days.drawer(day) if day else None
    context = {
        "day": day,
        "is_today": day is None or day.on == today,
        "is_mine": day is None or day.cashier_id == request.user.pk,
        "drawer": drawer,
        "modes": [(str(Mode(mode).label), total) for mode, total in drawer.by_mode.items()] if drawer else [],
        "paper": Document.objects.filter(kind=DocKind.DAY_CLOSE, day=day).first() if day and day.closed_at else None,
        "opening": opening or OpeningForm(),
        "move": move or MoveForm(initial={"token": uuid.uuid4()}),
        "closing": closing or ClosingForm(),
        "page": Paginator(past.order_by("-on", "pk"), PAGE_ROWS).get_page(request.GET.get("page")),
        "today": today,
    }
    is_refused = any(form is not None and form.errors for form in (opening, move, closing))
    return render(request, "fees/counter/day.html", context, status=422 if is_refused else 200)


# --- Cheques ----------------------------------------------------------------------------------------------------------


@CASHIERS
@require_safe
def cheque_list(request: SignedInRequest) -> HttpResponse:
    """Cheques and drafts that are not cleared yet, the oldest first."""
    return _cheques(request)


@CASHIERS
@require_POST
def cheque_deposit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The bank took it on that day."""
    return _stepped(request, public_id, cheques.DEPOSITED)


@CASHIERS
@require_POST
def cheque_clear(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Its money came on that day."""
    return _stepped(request, public_id, cheques.CLEARED)


def _stepped(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    rows = Payment.objects.for_user(request.user).filter(mode__in=[Mode.CHEQUE, Mode.DD])
    payment, form = get_object_or_404(rows, uuid=public_id), ChequeDayForm(request.POST)
    if not form.is_valid():
        return _cheques(request, refused=_("Enter the day as the calendar has it."))
    step = cheques.deposit if kind == cheques.DEPOSITED else cheques.clear
    try:
        step(payment, on=form.cleaned_data["on"], actor=request.user, now=timezone.now(), request=request)
    except cheques.ChequeRefused as why:
        return _cheques(request, refused=why.message)
    return redirect("cheque_list")


def _cheques(request: SignedInRequest, *, refused: str = "") -> HttpResponse:
    page = Paginator(cheques.waiting(request.user), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "today": timezone.localdate(), "refused": refused}
    return render(request, "fees/counter/cheque_list.html", context, status=422 if refused else 200)
