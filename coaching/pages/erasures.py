"""The queue of those who ask to be forgotten, and the decision: erase everywhere, hold, or refuse."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import erasures, forgetting
from accounts import own_copy as accounts_copy
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.models import ErasureRequest, Role, User
from attendance import own_copy as attendance_copy
from batches import own_copy as batches_copy
from coaching.lib.offers import Hold
from coaching.lib.text import search_text
from dfs import own_copy as dfs_copy
from exams import own_copy as exams_copy
from fees import own_copy as fees_copy

HOLDS: tuple[Callable[[User], list[Hold]], ...] = (
    accounts_copy.holds,
    batches_copy.holds,
    fees_copy.holds,
    dfs_copy.holds,
)
PAGE_ROWS = 25
State = ErasureRequest.State
TONES = {State.WAITING: "due", State.HELD: "run", State.DONE: "ok", State.REFUSED: "off"}


class EraseForm(forms.Form):
    """The word that makes sure it is the right person: what he types to sign in."""

    typed = forms.CharField(label=gettext_lazy("To make sure, type this person’s e-mail address or admission number"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["typed"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() != self.person.identifier.casefold():
            raise forms.ValidationError(_("That is not what this person signs in with. Nothing was erased."))
        return typed


class RefuseForm(forms.Form):
    """Why not; the person reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Why not? The person reads this."),
        max_length=erasures.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def holds_of(person: User) -> list[Hold]:
    """Everything any area must keep of this person."""
    return [hold for holds in HOLDS for hold in holds(person)]


@transaction.atomic
def erase(row: ErasureRequest, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Erase the person in every area, or hold the request when something must be kept; whether he was erased.

    Raises: erasures.AlreadyDecided, erasures.LastAdmin.
    """
    asked = erasures.locked(row)
    person = erasures.locked_beside_another_admin(asked.subject)
    holds = holds_of(person)
    if holds:
        erasures.hold(asked, holds=holds, actor=actor, request=request)
        return False
    dfs_copy.erase(person, actor=actor)
    attendance_copy.erase(person)
    exams_copy.erase(person)
    fees_copy.erase(person)
    batches_copy.erase(person)
    forgetting.forget(person, actor=actor, request=request)
    erasures.close(asked, actor=actor, request=request)
    return True


@role_required(Role.ADMIN)
@require_safe
def erasure_list(request: SignedInRequest) -> HttpResponse:
    """Who asked, newest first; by state and name."""
    words, state = search_text(request.GET.get("q", "")), request.GET.get("state", "")
    rows = ErasureRequest.objects.select_related("subject", "asked_by")
    if words:
        rows = rows.filter(subject__in=User.objects.search(words))
    if state in State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    lines = [(row, TONES[State(row.state)], row.get_state_display()) for row in page]
    context = {"page": page, "rows": lines, "words": words, "state": state, "states": State.choices}
    return render(request, "pages/erasure_list.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One request: who, what must be kept, and the decision."""
    rows = ErasureRequest.objects.select_related("subject", "asked_by", "decided_by")
    row = get_object_or_404(rows, uuid=public_id)
    if request.method == "POST":
        return _decide(request, row)
    return _page(request, row)


@recent_sign_in_required
def _decide(request: SignedInRequest, row: ErasureRequest) -> HttpResponse:
    verb = {"erase": _erase, "hold": _hold, "refuse": _refuse}.get(request.POST.get("do", ""))
    if verb is None:
        raise BadRequest("unknown decision")
    return verb(request, row)


def _erase(request: SignedInRequest, row: ErasureRequest) -> HttpResponse:
    erasures.locked(row)
    form = EraseForm(request.POST, person=row.subject)
    if not form.is_valid():
        return _page(request, row, erase=form)
    if erase(row, actor=request.user, request=request):
        messages.success(request, _("Erased. What had to stay names nobody any more."))
    else:
        messages.warning(request, _("Not erased: something must be kept. The request is held."))
    return redirect("erasure", row.uuid)


def _hold(request: SignedInRequest, row: ErasureRequest) -> HttpResponse:
    holds = holds_of(row.subject)
    if holds:
        erasures.hold(row, holds=holds, actor=request.user, request=request)
        messages.success(request, _("Held. The person was told why."))
    else:
        messages.warning(request, _("Nothing holds this request any more. Erase or refuse it."))
    return redirect("erasure", row.uuid)


def _refuse(request: SignedInRequest, row: ErasureRequest) -> HttpResponse:
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, refuse=form)
    erasures.refuse(row, reason=form.cleaned_data["reason"], actor=request.user, request=request)
    messages.success(request, _("Refused. The person was told why."))
    return redirect("erasure", row.uuid)


def _page(
    request: SignedInRequest,
    row: ErasureRequest,
    *,
    erase: EraseForm | None = None,
    refuse: RefuseForm | None = None,
) -> HttpResponse:
    is_open = row.state in erasures.OPEN
    context = {
        "row": row,
        "tone": TONES[State(row.state)],
        "is_open": is_open,
        "holds": [erasures.words_of(hold) for hold in holds_of(row.subject)] if is_open else [],
        "erase": erase or EraseForm(person=row.subject),
        "refuse": refuse or RefuseForm(),
    }
    return render(request, "pages/erasure.html", context)
