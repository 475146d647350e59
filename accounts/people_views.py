"""One person for admins: entered, changed, let in by a link, linked to his guardians."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import guardians, invitations, services
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.guardians import GuardianRefused
from accounts.invitation_views import links_made
from accounts.invitations import InvitationRefused
from accounts.invitees import Invitee, can_sign_in
from accounts.limits import INVITATION_SENDS, limited, person_of
from accounts.models import Role, User
from accounts.people_forms import GuardianForm, PersonForm
from coaching.lib.errors import DomainError
from coaching.lib.text import search_text

FOUND_SHOWN = 10


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_create(request: SignedInRequest) -> HttpResponse:
    """Enter one person; he is invited from his page."""
    form = PersonForm(request.POST if request.method == "POST" else None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.instance
        try:
            form.enter(request.user, request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("%(name)s is entered.") % {"name": person.name})
            return redirect("person", person.uuid)
    return render(request, "accounts/person_edit.html", {"form": form})


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change who somebody is, his role, his rights, or whether he may sign in."""
    person = _person(request, public_id)
    form = PersonForm(request.POST if request.method == "POST" else None, instance=person, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            form.keep(request.user, request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved.") if form.changed_data else _("Nothing was changed."))
            return redirect("person", public_id)
    return render(request, "accounts/person_edit.html", {"form": form, "person": _person(request, public_id)})


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
@limited(INVITATION_SENDS, key=person_of)
def person_password_link(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A link at which somebody who can sign in already sets a new password, shown this once."""
    person = _person(request, public_id)
    if not person.is_active or not can_sign_in(person):
        messages.warning(request, _("Invite this person instead: there is no password yet, or the account is closed."))
        return redirect("person", public_id)
    link = services.make_password_link(person, actor=request.user)
    return render(request, "accounts/person_password_link.html", {"person": person, "link": link})


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
@limited(INVITATION_SENDS, key=person_of)
def person_invite(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Invite somebody who is entered; the answer shows the link, this once."""
    one = _person(request, public_id)
    invitee = Invitee(Role(one.role), one.name, one.email or "", one.admission_number or "")
    try:
        return links_made(request, [invitations.invite(invitee, actor=request.user, request=request)])
    except InvitationRefused as error:
        messages.warning(request, error.message)
        return redirect("person", public_id)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_guardians(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A student's guardians: look for people, add one, take one away."""
    student = get_object_or_404(User.objects.for_user(request.user), uuid=public_id, role=Role.STUDENT)
    if request.method == "POST":
        return _change_guardians(request, student)
    words, links = search_text(request.GET.get("q", "")), list(guardians.links_of(student))
    known = [student.pk, *(link.guardian_id for link in links)]
    found = User.objects.search(words).active().exclude(pk__in=known) if words else User.objects.none()
    context = {"student": student, "links": links, "words": words, "found": found[:FOUND_SHOWN]}
    return render(request, "accounts/person_guardians.html", context)


def _change_guardians(request: SignedInRequest, student: User) -> HttpResponse:
    form = GuardianForm(request.POST)
    if not form.is_valid():
        raise BadRequest("not a guardian")
    guardian = get_object_or_404(User.objects.for_user(request.user), uuid=form.cleaned_data["guardian"])
    told = {"guardian": guardian, "actor": request.user, "request": request}
    if form.cleaned_data["do"] == "remove":
        guardians.unlink_guardian(student, **told)
        messages.success(request, _("%(name)s is no guardian any more.") % {"name": guardian.name})
    else:
        try:
            guardians.link_guardian(student, relation=form.cleaned_data["relation"], **told)
            messages.success(request, _("%(name)s is a guardian now.") % {"name": guardian.name})
        except GuardianRefused as error:
            messages.error(request, error.message)
    return redirect("person_guardians", student.uuid)


def _person(request: SignedInRequest, public_id: UUID) -> User:
    person: User = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    return person
