"""Invitations for admins: the list, one person, many at once, links and slips."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import invitations, slips
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.invitation_forms import InvitationFilter, InvitationForm, ManyForm
from accounts.invitation_mail import Made
from accounts.limits import INVITATION_AGAIN, INVITATION_SENDS, limited, person_of
from accounts.models import Invitation, Role
from coaching.lib.text import search_text
from coaching.lib.uuids import uuids_of

PAGE_ROWS = 50
SLIPS_AT_ONCE = 100
PROBLEMS_SHOWN = 100
READ_SHOWN = 5


@role_required(Role.ADMIN)
@require_safe
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """All invitations, newest first."""
    state = request.GET.get("state", "")
    words, now = search_text(request.GET.get("q", "")), timezone.now()
    rows = Invitation.objects.search(words).in_state(state, now=now).select_related("created_by", "used_by")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    form = InvitationFilter({"q": words, "state": state if state in Invitation.State.values else ""})
    context = {"page": page, "rows": [(row, *_shown(row.state(now))) for row in page], "form": form, "words": words}
    context["states"] = [("", _("All")), *((one.value, one.label) for one in Invitation.State)]
    context["state"] = state
    return render(request, "accounts/invitation_list.html", context)


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(INVITATION_SENDS, key=person_of)
def invitation_create(request: SignedInRequest) -> HttpResponse:
    """Invite one person; the answer shows the link, this once."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite(form.invitee(), actor=request.user, request=request)
        except invitations.InvitationRefused as error:
            form.add_error(None, error.message)
        else:
            return links_made(request, [made])
    return render(request, "accounts/invitation_create.html", {"form": form})


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(INVITATION_SENDS, key=person_of)
def invitation_create_many(request: SignedInRequest) -> HttpResponse:
    """Invite many: first the list is read and shown, then, when every line fits, all are made or none."""
    form = ManyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/invitation_create_many.html", {"form": form})
    lines = form.read()
    wrong = [line for line in lines if line.checked.problem]
    if "create" in request.POST and not wrong:
        try:
            people = [line.checked.invitee for line in lines]
            return many_made(request, invitations.invite_many(people, actor=request.user, request=request))
        except invitations.InvitationRefused as error:
            form.add_error(None, error.message)
    context = {"form": form, "lines": lines[:READ_SHOWN], "count": len(lines), "fits": len(lines) - len(wrong)}
    context |= {"wrong": wrong[:PROBLEMS_SHOWN], "wrong_count": len(wrong), "can_be_made": not (wrong or form.errors)}
    return render(request, "accounts/invitation_create_many.html", context)


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
@limited(INVITATION_SENDS, key=person_of)
def invitation_renew(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A new link instead of the old one, mailed and shown this once."""
    invitation = get_object_or_404(_rows(), uuid=public_id)
    INVITATION_AGAIN.take(invitation.pk)
    return links_made(request, [invitations.renew(invitation, actor=request.user, request=request)])


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
@limited(INVITATION_SENDS, key=person_of)
def invitation_act(request: SignedInRequest) -> HttpResponse:
    """What is done with those that were chosen: `do` is send, slips or revoke."""
    wanted, do = request.POST.getlist("chosen")[:SLIPS_AT_ONCE], request.POST.get("do", "")
    rows = _rows().filter(uuid__in=uuids_of(wanted), used_at=None, revoked_at=None).order_by("pk")
    if not rows and do in {"send", "slips", "revoke"}:
        messages.warning(request, _("Choose invitations that are not used and not taken back."))
        return redirect("invitation_list")
    if do == "slips":
        return links_made(request, invitations.make_links(rows, actor=request.user, request=request))
    if do == "send":
        count = invitations.mail_again(rows, actor=request.user, request=request)
        text = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    elif do == "revoke":
        count = invitations.revoke(rows, actor=request.user, request=request)
        text = ngettext("%(count)s invitation was taken back.", "%(count)s invitations were taken back.", count)
    else:
        raise BadRequest("unknown verb")
    messages.success(request, text % {"count": count})
    return redirect("invitation_list")


def links_made(request: SignedInRequest, made: list[Made]) -> HttpResponse:
    """Links are known for this one answer; nothing of it is stored, here or in the browser."""
    response = render(request, "accounts/invitation_links.html", {"slips": [slips.slip(one) for one in made]})
    response.headers["Cache-Control"] = "no-store"
    return response


def many_made(request: SignedInRequest, made: list[Invitation]) -> HttpResponse:
    """Who was mailed, and buttons for the slips of the others."""
    on_paper = [one for one in made if not one.email]
    parts = [on_paper[start : start + SLIPS_AT_ONCE] for start in range(0, len(on_paper), SLIPS_AT_ONCE)]
    context = {"count": len(made), "mailed": len(made) - len(on_paper), "on_paper": len(on_paper), "parts": parts}
    return render(request, "accounts/invitation_many_made.html", context)


def _rows() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("person", "created_by")


def _shown(state: Invitation.State) -> tuple[str, Any]:
    """A state's hue and word."""
    tones = {Invitation.State.OPEN: "run", Invitation.State.USED: "ok", Invitation.State.EXPIRED: "due"}
    return tones.get(state, "off"), state.label
