"""The counter: somebody is found, his money is recorded, the next one comes."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant, Institute, Role, User
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from fees import charging, counter_page, counter_taking, days, payable, payments
from fees.counter_forms import TakeForm
from fees.models import CashierDay, FeeSettings, StudentAccount
from fees.receiving import FormUsed, PaymentRefused

CASHIERS = grant_required(Grant.Kind.CASHIER)


@CASHIERS
@require_safe
def counter(request: SignedInRequest) -> HttpResponse:
    """`q` finds, `student` chooses, `done` is the payment that was recorded last."""
    words = search_text(request.GET.get("q", ""))
    found = counter_page.found(words)
    chosen, done = uuid_of(request.GET.get("student", "")), uuid_of(request.GET.get("done", ""))
    if chosen is None and len(found.hits) == 1:
        return redirect(f"{reverse('counter')}?student={found.hits[0].student.uuid}")
    context: dict[str, object] = {"words": words, "found": found}
    if done:
        context["done"] = counter_page.recorded(request.user, done)
    if chosen:
        student = _student(chosen)
        account = counter_taking.of(student)
        context |= _of_student(student, account, counter_taking.fresh(account, now=timezone.now()))
    elif not words and not done:
        context["has_students"] = User.objects.filter(role=Role.STUDENT).exists()
    return render(request, "fees/counter/counter.html", context | _desk(request))


@CASHIERS
@require_safe
def counter_find(request: SignedInRequest) -> HttpResponse:
    """Who has these letters in his name, number or phone: the list alone."""
    words = search_text(request.GET.get("q", ""))
    return render(request, "fees/counter/_hits.html", {"words": words, "found": counter_page.found(words)})


@CASHIERS
@require_POST
def counter_preview(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The receipt as it would be with what stands in the form: that part of the page alone."""
    student, now = _student(public_id), timezone.now()
    form = counter_taking.sent(request.POST, charging.account_of(student), now=now)
    return render(request, "fees/counter/_preview.html", _paper(student, form))


@CASHIERS
@require_POST
def counter_take(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Record what was handed over; the same form again leads to the same receipt."""
    student, now = _student(public_id), timezone.now()
    account = charging.account_of(student)
    form, error = counter_taking.sent(request.POST, account, now=now), None
    if form.is_valid():
        try:
            made = payments.record(account, actor=request.user, now=now, request=request, **form.money())
            return redirect(f"{reverse('counter')}?done={made.uuid}")
        except (PaymentRefused, payable.NotPayable, days.DayClosed, FormUsed) as refused:
            error = refused
    form = counter_taking.refused(form, request.POST, account, error, now=now)
    context = _of_student(student, account, form) | _desk(request)
    return render(request, "fees/counter/counter.html", context, status=422)


def _student(number: UUID) -> User:
    return get_object_or_404(User, uuid=number, role=Role.STUDENT)


def _of_student(student: User, account: StudentAccount | None, form: TakeForm) -> dict[str, object]:
    payer = counter_page.payer(student, account, form.rows)
    batches = {row.about.enrolment_id for row in form.rows}
    return {"payer": payer, "form": form, "names_batches": len(batches) > 1} | _paper(student, form)


def _paper(student: User, form: TakeForm) -> dict[str, object]:
    return {
        "student": student,
        "preview": form.preview(),
        "institute": Institute.current(),
        "gstin": FeeSettings.current().gstin,
        "now": timezone.now(),
    }


def _desk(request: SignedInRequest) -> dict[str, object]:
    """What stands around it: the day, the drawer and the last receipts; a day before that was never closed."""
    now = timezone.now()
    day = days.today(request.user, now=now)
    before = CashierDay.objects.filter(cashier=request.user, closed_at=None, on__lt=timezone.localdate(now))
    drawer = days.drawer(day) if day else None
    return {
        "day": day,
        "drawer": drawer,
        "count": sum(total.count for total in drawer.by_mode.values()) if drawer else 0,
        "forgotten": before.order_by("on").first(),
        "last": counter_page.last_lines(request.user, now=now),
        "now": now,
    }
