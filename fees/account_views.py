"""The office's page of a student's fees, and what is done there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import activity
from accounts.access import SignedInRequest, grant_required, role_required
from accounts.models import Grant, Role, User
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from coaching.lib.money import rupees
from fees import account_page, advances, agreements, charging, due_page, heads
from fees.account_forms import AccountForm, ChargeForm, CorrectionForm, PlanChoiceForm, WaiverForm
from fees.models import Due, FeeSettings, StudentAccount
from fees.plan_editor import PlanEditor
from fees.plan_preview import of_plan

POSTS = ["GET", "HEAD", "POST"]
CASHIER = Grant.Kind.CASHIER


@grant_required(CASHIER)
@require_safe
def fee_account(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Everything of a student's fees."""
    student = _student(public_id)
    now = timezone.now()
    context = {"student": student, "office": account_page.of(student, now=now), "today": timezone.localdate(now)}
    return render(request, "fees/account/account.html", context)


@grant_required(CASHIER)
@require_http_methods(POSTS)
def fee_account_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Dispute, note, and who the bills are for."""
    student = _student(public_id)
    account = charging.account_of(student) if request.method == "POST" else _account(student)
    form = AccountForm(request.POST or None, instance=account, is_admin=request.user.is_admin)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            changed = ", ".join(form.changed_data)
            activity.record("fees.account", actor=request.user, subject=student, request=request, changed=changed)
        messages.success(request, _("Saved."))
        return redirect("fee_account", public_id)
    return _form(request, student, form, title=_("Account and bills"), verb=_("Save"))


@grant_required(CASHIER)
@require_http_methods(POSTS)
def fee_charge(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Another charge."""
    student, now = _student(public_id), timezone.now()
    initial = {"due_on": timezone.localdate(now)}
    form = ChargeForm(request.POST or None, student=student.pk, initial=initial)
    if not heads.offered().exists():
        messages.info(request, _("There is no fee head yet. An admin makes one in the fee settings."))
        return redirect("fee_account", public_id)
    if request.method == "POST" and form.is_valid():
        account = charging.account_of(student)
        due = charging.charge_other(account, **form.cleaned_data, actor=request.user, now=now, request=request)
        said = _("%(what)s: %(amount)s was charged.") % {"what": due.label, "amount": rupees(due.total_paise)}
        messages.success(request, said)
        return redirect("fee_account", public_id)
    return _form(request, student, form, title=_("Another charge"), verb=_("Charge"))


@grant_required(CASHIER)
@require_POST
def fee_advance_use(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Pay what is due until today from the advance."""
    student = _student(public_id)
    made = advances.use_now(charging.account_of(student), actor=request.user, now=timezone.now())
    paid = sum(one.amount_paise for one in made)
    if paid:
        messages.success(request, _("%(amount)s of the advance was used.") % {"amount": rupees(paid)})
    else:
        messages.info(request, _("Nothing is due yet: the advance stays."))
    return redirect("fee_account", public_id)


# --- A due ------------------------------------------------------------------------------------------------------------


@grant_required(CASHIER)
@require_safe
def fee_due(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A due: what it is made of, what was paid and taken off, and its late fine."""
    return _due(request, get_object_or_404(_dues(request), uuid=public_id))


@role_required(Role.ADMIN)
@require_POST
def fee_due_correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take something off that was charged wrongly."""
    due = get_object_or_404(_dues(request), uuid=public_id)
    form = CorrectionForm(request.POST, prefix="correct")
    if form.is_valid():
        try:
            due_page.correct(due, **form.cleaned_data, actor=request.user, now=timezone.now(), request=request)
        except DomainError as error:
            form.add_error("amount_paise", error.message)
        else:
            messages.success(request, _("%(amount)s was taken off.") % _amount(form))
            return redirect("fee_due", public_id)
    return _due(request, due, correction=form, status=422)


@grant_required(CASHIER)
@require_POST
def fee_due_waive(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask to waive a due, or the fine that has grown for it (`what` is fine)."""
    due = get_object_or_404(_dues(request), uuid=public_id)
    form = WaiverForm(request.POST, prefix="waive")
    is_fine = request.POST.get("what") == "fine"
    if form.is_valid():
        try:
            due_page.ask_waiver(due, form.cleaned_data, is_fine, actor=request.user, now=timezone.now(), http=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Asked for. An admin approves it."))
            return redirect("fee_account", due.account.student.uuid)
    return _due(request, due, waiver=form, status=422)


def _dues(request: SignedInRequest) -> Any:
    return Due.objects.for_user(request.user).select_related(
        "account__student", "balance", "bill", "parent", "enrolment__batch", "issued_by", "agreement__plan"
    )


def _due(request: SignedInRequest, due: Due, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "due": due,
        "student": due.account.student,
        "page": due_page.of(due, today=timezone.localdate()),
        "correction": forms.get("correction") or CorrectionForm(prefix="correct"),
        "waiver": forms.get("waiver") or WaiverForm(prefix="waive"),
    }
    return render(request, "fees/account/due.html", context, status=status)


def _amount(form: CorrectionForm) -> dict[str, str]:
    return {"amount": rupees(form.cleaned_data["amount_paise"])}


# --- Plans ------------------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_agree(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Put an enrolment on another plan of its batch."""
    stay, now = _stay(public_id), timezone.now()
    form = PlanChoiceForm(request.POST or None, enrolment=stay)
    if request.method == "POST" and form.is_valid():
        try:
            agreements.agree(stay, **form.cleaned_data, actor=request.user, now=now, request=request)
        except DomainError as error:
            form.add_error("plan", error.message)
        else:
            return _agreed(request, stay)
    settings = FeeSettings.current()
    plans = [(plan, of_plan(plan, settings=settings)) for plan in form.fields["plan"].queryset]  # type: ignore[attr-defined]
    context = {"form": form, "stay": stay, "student": stay.student, "held": charging.current(stay), "plans": plans}
    return render(request, "fees/account/agree.html", context, status=422 if form.errors else 200)


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_own_plan(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Write a plan for one student, which holds at once."""
    stay = _stay(public_id)
    held = charging.current(stay)
    posted = request.POST if request.method == "POST" else None
    editor = PlanEditor(stay.batch, over=held.plan if held else None, enrolment=stay, posted=posted)
    if posted is not None and posted.get("do", "save") == "save":
        if due_page.agree_own(editor, stay, actor=request.user, now=timezone.now(), request=request):
            return _agreed(request, stay)
    elif posted is not None and posted["do"] == "rows":
        editor.write_out()
    context = {"editor": editor, "stay": stay, "student": stay.student, "held": held, "preview": editor.preview()}
    return render(request, "fees/account/own_plan.html", context, status=editor.status)


def _agreed(request: SignedInRequest, stay: Enrolment) -> HttpResponse:
    messages.success(request, _("The plan holds from now on."))
    return redirect("fee_account", stay.student.uuid)


# --- Small things -----------------------------------------------------------------------------------------------------


def _student(public_id: UUID) -> User:
    """Somebody with fees: a student, or whoever was one."""
    found = User.objects.filter(Q(role=Role.STUDENT) | Q(fee_account__isnull=False))
    student: User = get_object_or_404(found, uuid=public_id)
    return student


def _account(student: User) -> StudentAccount:
    """As it is, or as it would be: looking makes none."""
    return StudentAccount.objects.filter(student=student).first() or StudentAccount(student=student)


def _stay(public_id: UUID) -> Enrolment:
    return get_object_or_404(Enrolment.objects.select_related("student", "batch"), uuid=public_id)


def _form(request: SignedInRequest, student: User, form: Any, *, title: str, verb: str) -> HttpResponse:
    context = {"student": student, "form": form, "title": title, "verb": verb}
    return render(request, "fees/account/form.html", context, status=422 if form.errors else 200)
