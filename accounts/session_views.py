"""Where people are signed in: my devices, the choice at the limit, an admin's view of somebody, and the policies."""

from typing import Any, cast
from uuid import UUID

from allauth.account.stages import LoginStageController
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.access import SignedInRequest, public, recent_sign_in_required, role_required, signed_in
from accounts.models import Role, SessionPolicy, SessionSlot, User
from accounts.session_forms import policy_forms
from accounts.stages import SessionLimitStage
from coaching.lib.uuids import uuid_of

ENDED_SHOWN = 10
Reason = SessionSlot.EndReason


@signed_in
@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    """My devices: those that are signed in, and the last ones that were."""
    context = _devices(request.user) | {"here": sessions.slot_id(request)}
    return render(request, "accounts/session_list.html", context)


@signed_in
@recent_sign_in_required
@require_POST
def session_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one of my own sessions; ending this one signs me out."""
    slot = get_object_or_404(SessionSlot.objects.of(request.user), uuid=public_id)
    sessions.end([slot], reason=Reason.USER_ENDED, now=timezone.now(), actor=request.user, request=request)
    messages.success(request, _("Signed out there."))
    return redirect("session_list")


@signed_in
@recent_sign_in_required
@require_POST
def session_end_others(request: SignedInRequest) -> HttpResponse:
    """End all of my sessions but this one."""
    here = sessions.slot_id(request)
    count = sessions.end_all(request.user, reason=Reason.USER_ENDED, actor=request.user, request=request, keep=here)
    messages.success(request, _said(count))
    return redirect("session_list")


@role_required(Role.ADMIN)
@require_safe
def person_sessions(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Where somebody is signed in."""
    person = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    return render(request, "accounts/person_sessions.html", _devices(person))


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_POST
def person_sessions_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one (`session` in the form) or all of somebody's sessions."""
    person = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    wanted = request.POST.get("session")
    slots = SessionSlot.objects.of(person).filter(ended_at=None).select_related("user")
    if wanted:
        slots = slots.filter(pk=get_object_or_404(slots, uuid=uuid_of(wanted)).pk)
    count = sessions.end(slots, reason=Reason.ADMIN_ENDED, now=timezone.now(), actor=request.user, request=request)
    messages.success(request, _said(count))
    return redirect("person_sessions", public_id)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_policies(request: SignedInRequest) -> HttpResponse:
    """On how many devices each role may be signed in, and for how long."""
    forms = policy_forms(request.POST or None)
    if request.method == "POST" and not [form for form in forms if not form.is_valid()]:
        changed = [form.instance for form in forms if form.has_changed()]
        count = sessions.change_policies(changed, actor=request.user, request=request)
        messages.success(request, _("Saved.") + (f" {_said(count)}" if count else ""))
        return redirect("session_policies")
    return render(request, "accounts/session_policies.html", {"forms": forms})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_choose(request: HttpRequest) -> HttpResponse:
    """Too many devices: end one and go on, or where the policy refuses, learn which ones they are (403).

    Only the browser that has just shown who it is comes here; its sign-in waits in its session for 15 minutes.
    """
    stage = LoginStageController.enter(request, SessionLimitStage.key)
    if stage is None:
        return redirect("account_login")
    person = cast("User", stage.login.user)
    slots = sessions.blocking(person, request=request, now=timezone.now())
    if not slots:
        return cast("HttpResponse", stage.exit())
    refuses = SessionPolicy.of(person.role).on_limit == SessionPolicy.OnLimit.REFUSE
    chosen = [slot for slot in slots if str(slot.uuid) == request.POST.get("session")]
    if chosen and not refuses:
        sessions.end(chosen, reason=Reason.USER_ENDED, now=timezone.now(), actor=person, request=request)
        return cast("HttpResponse", stage.exit())
    context = {"slots": slots, "refuses": refuses, "is_missing": request.method == "POST"}
    return render(request, "accounts/session_choose.html", context, status=403 if refuses else 200)


@public
@require_POST
def session_choose_cancel(request: HttpRequest) -> HttpResponse:
    """Leave the sign-in and everything as it was."""
    stage = LoginStageController.enter(request, SessionLimitStage.key)
    return cast("HttpResponse", stage.abort()) if stage else redirect("account_login")


def _devices(person: User) -> dict[str, Any]:
    now, slots = timezone.now(), SessionSlot.objects.of(person)
    return {
        "person": person,
        "slots": slots.live(now).order_by("-last_seen_at"),
        "ended": slots.exclude(ended_at=None).order_by("-ended_at", "-pk")[:ENDED_SHOWN],
        "policy": SessionPolicy.of(person.role),
    }


def _said(count: int) -> str:
    return ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count) % {"count": count}
