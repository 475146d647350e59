"""A cashier's day: opened with a float, cash taken to the bank, cheques followed, closed by counting."""

import uuid
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant
from coaching.lib.errors import DomainError
from fees import cheques, days
from fees.counter_forms import ClosingForm, MoveForm, OpeningForm
from fees.models import CashierDay, CashMove, DocKind, Document, Mode, Payment
from fees.receiving import MoneyRefused

CASHIERS = grant_required(Grant.Kind.CASHIER)
PAGE_ROWS = 50


@CASHIERS
@require_safe
def counter_day(request: SignedInRequest) -> HttpResponse:
    """One's own day."""
    return _shown(request)


@CASHIERS
@require_POST
def counter_open(request: SignedInRequest) -> HttpResponse:
    """Begin the day with what is in the drawer."""
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _shown(request, opening=form)
    days.open_day(request.user, opening_paise=form.cleaned_data["opening"], now=timezone.now(), request=request)
    return redirect("counter_day")


@CASHIERS
@require_POST
def counter_move(request: SignedInRequest) -> HttpResponse:
    """Note cash that leaves or enters the drawer."""
    form, now = MoveForm(request.POST), timezone.now()
    day = get_object_or_404(CashierDay, cashier=request.user, on=timezone.localdate(now))
    if form.is_valid():
        given = form.cleaned_data
        fields = {"kind": given["kind"], "amount_paise": given["amount"], "note": given["note"]}
        try:
            days.move_cash(day, **fields, actor=request.user, now=now, form_token=given["token"], request=request)
            return redirect("counter_day")
        except (MoneyRefused, days.DayClosed) as refused:
            _say(form, refused)
    return _shown(request, move=form)


@CASHIERS
@require_POST
def counter_close(request: SignedInRequest) -> HttpResponse:
    """End the day with what was counted."""
    form, now = ClosingForm(request.POST), timezone.now()
    day = get_object_or_404(CashierDay, cashier=request.user, on=timezone.localdate(now))
    if form.is_valid():
        counted, note = form.cleaned_data["counted"], form.cleaned_data["note"]
        try:
            days.close_day(day, counted_paise=counted, note=note, actor=request.user, now=now, request=request)
            return redirect("counter_day")
        except DomainError as refused:
            _say(form, refused)
    return _shown(request, closing=form)


def _say(form: OpeningForm | MoveForm | ClosingForm, refused: DomainError) -> None:
    field = getattr(refused, "field", "")
    form.add_error(field if field in form.fields else None, refused.message)


def _shown(
    request: SignedInRequest,
    *,
    opening: OpeningForm | None = None,
    move: MoveForm | None = None,
    closing: ClosingForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    day = days.today(request.user, now=now)
    paper = Document.objects.filter(kind=DocKind.DAY_CLOSE, day=day).first() if day and day.closed_at else None
    past = CashierDay.objects.exclude(pk=day.pk) if day else CashierDay.objects.all()
    mine = past if request.user.is_admin else past.filter(cashier=request.user)
    context = {
        "day": day,
        "drawer": days.drawer(day) if day else None,
        "modes": _modes(day),
        "paper": paper,
        "kinds": dict(CashMove.Kind.choices),
        "opening": opening or OpeningForm(),
        "move": move or MoveForm(initial={"token": uuid.uuid4()}),
        "closing": closing or ClosingForm(),
        "page": Paginator(mine.select_related("cashier").order_by("-on", "pk"), PAGE_ROWS).get_page(
            request.GET.get("page")
        ),
        "today": timezone.localdate(now),
    }
    has_errors = any(form is not None and form.errors for form in (opening, move, closing))
    return render(request, "fees/counter/day.html", context, status=422 if has_errors else 200)


def _modes(day: CashierDay | None) -> list[tuple[str, days.Total]]:
    """What each way of paying brought, by its name."""
    if day is None:
        return []
    return [(str(Mode(mode).label), total) for mode, total in days.drawer(day).by_mode.items()]


# --- Cheques ----------------------------------------------------------------------------------------------------------


@CASHIERS
@require_safe
def cheque_list(request: SignedInRequest) -> HttpResponse:
    """Cheques and drafts that are not cleared yet, the oldest first."""
    page = Paginator(cheques.waiting(request.user), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "fees/counter/cheque_list.html", {"page": page, "today": timezone.localdate()})


@CASHIERS
@require_POST
def cheque_deposit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """It was taken to the bank today."""
    payment, now = _cheque(request, public_id), timezone.now()
    cheques.deposit(payment, on=timezone.localdate(now), actor=request.user, now=now, request=request)
    return redirect("cheque_list")


@CASHIERS
@require_POST
def cheque_clear(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Its money came today."""
    payment, now = _cheque(request, public_id), timezone.now()
    cheques.clear(payment, on=timezone.localdate(now), actor=request.user, now=now, request=request)
    return redirect("cheque_list")


def _cheque(request: SignedInRequest, public_id: UUID) -> Payment:
    return get_object_or_404(Payment.objects.for_user(request.user), uuid=public_id, mode__in=[Mode.CHEQUE, Mode.DD])
