"""The page of the invited: a link that consumes nothing by being opened, and the form that uses it."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import invitations
from accounts.access import public
from accounts.invitation_forms import AcceptForm
from accounts.invitations import KEPT, InvitationClosed
from accounts.limits import INVITATION_ACCEPT, INVITATION_LOST, address_of, limited
from accounts.models import User
from accounts.models.invitations import hash_token
from accounts.ways_in import leads_to_google, require_passwords
from coaching.lib.refusals import refuse, wants_json


@public
@never_cache
@require_safe
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself: note in this browser's session which it was, and go on where the address tells nobody."""
    try:
        invitation = invitations.find(hash_token(token))
    except InvitationClosed as error:
        return _closed(request, error)
    request.session[KEPT] = invitation.token_hash
    response = redirect("invitation_accept")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@public
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(INVITATION_ACCEPT)
@leads_to_google
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Who invites, as what, and the way in: a password, or Google where the institute has it."""
    mark = str(request.session.get(KEPT, ""))
    try:
        invitation = invitations.find(mark)
        if request.method == "POST" and request.user.is_authenticated:
            return _leave(request, mark)
        form = AcceptForm(request.POST if request.method == "POST" else None, invitation=invitation)
        if request.method == "POST" and form.is_valid():
            return _come_in(request, _accept(request, mark, form))
    except InvitationClosed as error:
        return _closed(request, error)
    return render(request, "account/invitation_accept.html", {"form": form, "invitation": invitation})


def _accept(request: HttpRequest, mark: str, form: AcceptForm) -> User:
    require_passwords()
    name, password = form.cleaned_data.get("name", ""), form.cleaned_data["password1"]
    return invitations.accept_with_password(mark, password=password, name=name, request=request)


def _come_in(request: HttpRequest, person: User) -> HttpResponse:
    """Through the same door as everybody: second step and number of devices count."""
    request.session.pop(KEPT, None)
    credentials = {"email": person.email, "username": person.admission_number}
    return cast("HttpResponse", perform_password_login(request, credentials, Login(user=person)))


def _leave(request: HttpRequest, mark: str) -> HttpResponse:
    """Somebody else is signed in here: he is signed out first, and the invitation stays open in this browser."""
    get_adapter().logout(request)
    request.session[KEPT] = mark
    return redirect("invitation_accept")


def _closed(request: HttpRequest, error: InvitationClosed) -> HttpResponse:
    """The same answer for a link that was used, taken back, has expired, or that nobody ever made."""
    INVITATION_LOST.take(address_of(request))
    if wants_json(request):
        return refuse(request, status=error.status, code=error.code, message=error.message)
    return render(request, "account/invitation_closed.html", status=error.status)
