"""My data: the notice, what I and my children agreed to, and the way to have a copy or be forgotten."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consents, erasures
from accounts.access import SignedInRequest, recent_sign_in_required, role_required, signed_in
from accounts.consent_forms import GIVE, ConsentForm, PaperForm
from accounts.models import Consent, ErasureRequest, Institute, Role, User


@signed_in
@require_safe
def privacy(request: SignedInRequest) -> HttpResponse:
    """The notice, then myself and every student I am the guardian of."""
    today = consents.day_of(timezone.now())
    people = [request.user, *consents.own_and_children(request.user).exclude(pk=request.user.pk)]
    standings = consents.standings(people, on=today)
    asked = ErasureRequest.objects.filter(subject__in=people, state__in=erasures.OPEN)
    waiting = set(asked.values_list("subject_id", flat=True))
    rows = [_about(one, request.user, standings[one.pk], waiting) for one in people]
    return render(request, "accounts/privacy.html", {"rows": rows, **_notice()})


def _about(person: User, user: User, standings: list[consents.Standing], waiting: set[int]) -> dict[str, Any]:
    today = consents.day_of(timezone.now())
    is_me, is_minor = person.pk == user.pk, person.is_minor(on=today)
    return {
        "person": person,
        "is_me": is_me,
        "standings": standings,
        "decides": is_minor != is_me and not user.is_minor(on=today),  # who is listed is myself or a child of mine
        "has_copy": is_me or is_minor,
        "is_asked": person.pk in waiting,
    }


def _notice() -> dict[str, Any]:
    known = Institute.objects.filter(pk=1).values("privacy_notice", "notice_version").first()
    row: dict[str, Any] = dict(known or {})
    return {"notice": row.get("privacy_notice", ""), "version": row.get("notice_version", 1)}


@signed_in
@require_POST
def consent_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say yes or no for myself or for a child. Somebody else's: 404."""
    person = get_object_or_404(consents.own_and_children(request.user), uuid=public_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise BadRequest("unknown purpose or verb")
    change = consents.give if form.cleaned_data["do"] == GIVE else consents.withdraw
    purpose = form.cleaned_data["purpose"]
    change(person, purpose=purpose, actor=request.user, now=timezone.now(), request=request)
    messages.success(request, _("Noted. It counts from now on."))
    return redirect("privacy")


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def person_consents(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What one person agreed to, with the office's evidence, and what a paper says."""
    person = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _enter_paper(request, person, form)
        return redirect("person_consents", public_id)
    rows = Consent.objects.filter(subject=person).select_related("given_by", "withdrawn_by")
    standings = consents.standings([person], on=consents.day_of(timezone.now()))[person.pk]
    context = {"person": person, "form": form, "consents": rows, "standings": standings}
    context["request_open"] = erasures.open_request(person)
    return render(request, "accounts/person_consents.html", context)


def _enter_paper(request: SignedInRequest, person: User, form: PaperForm) -> None:
    change = consents.give_on_paper if form.cleaned_data["do"] == GIVE else consents.withdraw_on_paper
    said = {"purpose": form.cleaned_data["purpose"], "evidence": form.cleaned_data["evidence"]}
    change(person, **said, actor=request.user, now=timezone.now(), request=request)
    messages.success(request, _("Noted. It counts from now on."))


@signed_in
@recent_sign_in_required
@require_POST
def erasure_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask to be forgotten, oneself or a child under 18; an admin asks for anybody who wrote to the office."""
    person = get_object_or_404(_askable(request), uuid=public_id)
    if "sure" not in request.POST:
        messages.error(request, _("Nothing was asked: tick that you mean it."))
    else:
        erasures.ask(person, actor=request.user, request=request)
        messages.success(request, _("The office has your request. You hear from it."))
    is_office = request.user.is_admin and person.pk != request.user.pk
    return redirect("person_consents", public_id) if is_office else redirect("privacy")


def _askable(request: HttpRequest) -> Any:
    user: User = request.user  # type: ignore[assignment]
    return User.objects.all() if user.is_admin else consents.own_and_children(user)
