"""Concessions: asking for one, the list of requests, deciding, revoking."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, grant_required, role_required
from accounts.models import Grant, Role
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from coaching.lib.money import rupees
from coaching.lib.text import search_text
from fees import account_page, charging, concession_rows, concessions, siblings
from fees.concession_forms import ConcessionForm, NoteForm, ReasonForm
from fees.models import Concession, StudentAccount

PAGE_ROWS = 50
CASHIER = Grant.Kind.CASHIER
WORDS = {
    "reject": gettext_lazy("Rejected."),
    "revoke": gettext_lazy("Revoked. What it took off is to be paid again."),
}


@grant_required(CASHIER)
@require_safe
def concession_list(request: SignedInRequest) -> HttpResponse:
    """Requests that wait, the longest first, and what was decided."""
    shown, words = request.GET.get("show", ""), search_text(request.GET.get("q", ""))
    shown = shown if shown in concession_rows.TABS else concession_rows.WAITING
    page = Paginator(concession_rows.found(shown, words), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": account_page.toned(page.object_list), "words": words, "shown": shown}
    return render(request, "fees/account/concession_list.html", {**context, "tabs": concession_rows.tabs(shown)})


@grant_required(CASHIER)
@require_safe
def concession(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One request: who asks for what and why, what it would come to, and the decision."""
    return _shown(request, _found(public_id))


@grant_required(CASHIER)
@require_http_methods(["GET", "HEAD", "POST"])
def concession_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask for a concession on an enrolment."""
    stay = get_object_or_404(Enrolment.objects.select_related("student", "batch"), uuid=public_id)
    form = ConcessionForm(request.POST or None, enrolment=stay)
    if request.method == "POST" and form.is_valid():
        given = form.verb_arguments()
        try:
            concessions.request(stay, **given, actor=request.user, now=timezone.now(), http=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Asked for. An admin approves it."))
            return redirect("fee_account", stay.student.uuid)
    context = {"form": form, "stay": stay, "student": stay.student}
    return render(request, "fees/account/concession_ask.html", context, status=422 if form.errors else 200)


@grant_required(CASHIER)
@require_POST
def concession_sibling(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask for the sibling discount wherever the institute's rule gives it to this student."""
    account = get_object_or_404(StudentAccount.objects.select_related("student"), student__uuid=public_id)
    if siblings.suggest(account, actor=request.user, now=timezone.now(), http=request):
        messages.success(request, _("Asked for. An admin approves it."))
    else:
        messages.info(request, _("Nothing is left to ask for."))
    return redirect("fee_account", public_id)


@role_required(Role.ADMIN)
@require_POST
def concession_decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is approve, reject or revoke; the last two with a reason."""
    row, do = _found(public_id), request.POST.get("do", "")
    if do == "approve":
        return _approve(request, row)
    verbs: dict[str, Callable[..., Any]] = {"reject": concessions.reject, "revoke": concessions.revoke}
    if do not in verbs:
        raise BadRequest("unknown verb")
    form = ReasonForm(request.POST, prefix="no")
    if not form.is_valid():
        return _shown(request, row, reason=form, status=422)
    given = {"reason": form.cleaned_data["reason"], "actor": request.user, "now": timezone.now(), "http": request}
    return _done(request, row, lambda: verbs[do](row, **given), said=str(WORDS[do]))


@grant_required(CASHIER)
@require_POST
def concession_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back what one asked for."""
    row = _found(public_id)
    verb = concessions.withdraw
    return _done(
        request, row, lambda: verb(row, actor=request.user, now=timezone.now(), http=request), said=_("Withdrawn.")
    )


def _approve(request: SignedInRequest, row: Concession) -> HttpResponse:
    form = NoteForm(request.POST, prefix="yes")
    if not form.is_valid():
        return _shown(request, row, note=form, status=422)
    note = form.cleaned_data["note"]

    def verb() -> str:
        paise = concessions.approve(row, actor=request.user, now=timezone.now(), note=note, http=request)
        return _("Approved: %(amount)s less to pay.") % {"amount": rupees(paise)}

    return _done(request, row, verb)


def _done(request: SignedInRequest, row: Concession, verb: Callable[[], Any], *, said: str = "") -> HttpResponse:
    """Back to the student's fees, or to the request with the reason why not."""
    try:
        result = verb()
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("concession", row.uuid)
    messages.success(request, said or str(result))
    return redirect("fee_account", row.account.student.uuid)


def _found(public_id: UUID) -> Concession:
    return get_object_or_404(concession_rows.rows(), uuid=public_id)


def _shown(request: SignedInRequest, row: Concession, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "row": row,
        "tone": account_page.CONCESSION_TONES[Concession.State(row.state)],
        "student": row.account.student,
        "held": charging.current(row.enrolment) if row.enrolment else None,
        "outlook": concession_rows.outlook(row),
        "is_own": row.requested_by_id == request.user.pk,
        "note_form": forms.get("note") or NoteForm(prefix="yes"),
        "reason_form": forms.get("reason") or ReasonForm(prefix="no"),
    }
    return render(request, "fees/account/concession.html", context, status=status)
