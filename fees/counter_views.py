"""The counter: somebody is found, his money is recorded, the next one comes."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant, Role, User
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from fees import charging, counter_page, days, payable, payments
from fees.counter_forms import TakeForm
from fees.models import Payment
from fees.receiving import FormUsed, PaymentRefused

CASHIERS = grant_required(Grant.Kind.CASHIER)


@CASHIERS
@require_safe
def counter(request: SignedInRequest) -> HttpResponse:
    """`q` finds, `student` chooses, `done` is the payment that was recorded last."""
    words = search_text(request.GET.get("q", ""))
    found = counter_page.hits(words)
    chosen = uuid_of(request.GET.get("student", ""))
    if chosen is None and len(found) == 1:
        return redirect(f"{reverse('counter')}?student={found[0].student.uuid}")
    context: dict[str, object] = {"words": words, "hits": found, "done": _done(request)}
    if chosen:
        context |= _of_student(get_object_or_404(User, uuid=chosen, role=Role.STUDENT))
    return render(request, "fees/counter/counter.html", context | _desk(request))


@CASHIERS
@require_safe
def counter_find(request: SignedInRequest) -> HttpResponse:
    """Who has these letters in his name, number or phone: the list alone."""
    words = search_text(request.GET.get("q", ""))
    return render(request, "fees/counter/_hits.html", {"words": words, "hits": counter_page.hits(words)})


@CASHIERS
@require_POST
def counter_take(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Record what was handed over; the same form again leads to the same receipt."""
    student = get_object_or_404(User, uuid=public_id, role=Role.STUDENT)
    account, now = charging.account_of(student), timezone.now()
    token = uuid_of(request.POST.get("token", ""))
    earlier = Payment.objects.filter(form_token=token, account=account, received_by=request.user) if token else None
    if earlier and (known := earlier.first()):  # sent twice: its dues are paid, so the form would not fit any more
        return _recorded(known)
    form = TakeForm(request.POST, rows=payable.rows(account, on=timezone.localdate(now)), chosen={})
    if form.is_valid():
        try:
            made = payments.record(account, actor=request.user, now=now, request=request, **form.money())
            return _recorded(made)
        except (PaymentRefused, payable.NotPayable, days.DayClosed, FormUsed) as refused:
            form.say(refused.message, getattr(refused, "field", ""))
    context = _of_student(student, form=form) | {"words": "", "hits": [], "done": None} | _desk(request)
    return render(request, "fees/counter/counter.html", context, status=422)


def _recorded(payment: Payment) -> HttpResponse:
    return redirect(f"{reverse('counter')}?done={payment.uuid}")


def _done(request: SignedInRequest) -> Payment | None:
    """The payment a redirect leads to, of one's own."""
    number = uuid_of(request.GET.get("done", ""))
    if number is None:
        return None
    return counter_page.with_receipts(Payment.objects.filter(received_by=request.user, uuid=number)).first()


def _of_student(student: User, *, form: TakeForm | None = None) -> dict[str, object]:
    """The form with what is usual, or as it was sent, on rows as they are now."""
    today = timezone.localdate()
    rows = form.rows if form else payable.rows(charging.account_of(student), on=today)
    form = form or TakeForm(None, rows=rows, chosen=counter_page.usual(rows, today=today))
    return {"payer": counter_page.payer(student, rows), "form": form, "today": today}


def _desk(request: SignedInRequest) -> dict[str, object]:
    """What stands around it: the day, the drawer and the last receipts."""
    now = timezone.now()
    day = days.today(request.user, now=now)
    return {
        "day": day,
        "drawer": counter_page.drawer_of(day),
        "last": counter_page.last_lines(request.user, now=now),
        "now": now,
    }
