"""Setting up the second step, one page for each thing; and the two pages at sign-in that allauth leads to."""

import base64
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import second_step
from accounts.access import SignedInRequest, recent_sign_in_required, role_required, signed_in, while_enrolling
from accounts.devices import describe_agent
from accounts.models import Role, User
from accounts.second_step_forms import (
    AgainCodeForm,
    AgainPasskeyForm,
    AppForm,
    PasskeyForm,
    PasskeyNameForm,
    SecondPasskeyForm,
    SignInCodeForm,
    SignInPasskeyForm,
    suggested_name,
)

PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@while_enrolling
@signed_in
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """What there is and what can be added; the first page of an admin who must have a second step."""
    return _page(request, "second_step", standing=second_step.standing(request.user))


@while_enrolling
@signed_in
@recent_sign_in_required
@never_cache
@require_http_methods(PAGE_OR_FORM)
def app(request: SignedInRequest) -> HttpResponse:
    """Set up the authenticator app, or one on a new phone instead of the old."""
    secret = second_step.pending_secret(request)
    form = AppForm(request.POST or None, person=request.user, secret=secret)
    if request.method == "POST" and form.is_valid():
        return _after(second_step.set_up_app(request, step=form.step))
    link = get_adapter().build_totp_url(request.user, secret)
    drawn = base64.b64encode(get_adapter().build_totp_svg(link).encode()).decode()
    known = {"standing": second_step.standing(request.user), "link": link, "drawn": drawn}
    return _page(request, "app", form=form, groups=[secret[at : at + 4] for at in range(0, len(secret), 4)], **known)


@while_enrolling
@signed_in
@recent_sign_in_required
@never_cache
@require_http_methods(PAGE_OR_FORM)
def passkey_add(request: SignedInRequest) -> HttpResponse:
    """Make a passkey on this device, or on another that the browser reaches."""
    device = describe_agent(request.META.get("HTTP_USER_AGENT", ""))
    form = PasskeyForm(request.POST or None, initial={"name": suggested_name(request.user, device=device)})
    if request.method == "POST" and form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        return _after(second_step.add_passkey(request, name=name, credential=credential))
    return _page(request, "passkey_add", form=form, options=webauthn.begin_registration(request.user, True))


@signed_in
@recent_sign_in_required
@require_http_methods(PAGE_OR_FORM)
def passkey_rename(request: SignedInRequest, key: int) -> HttpResponse:
    passkey = get_object_or_404(_own(request), pk=key, type=second_step.PASSKEY)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.data["name"]})
    if request.method == "POST" and form.is_valid():
        second_step.rename_passkey(passkey, name=form.cleaned_data["name"])
        return redirect("profile")
    return _page(request, "passkey_rename", form=form)


@signed_in
@recent_sign_in_required
@require_http_methods(PAGE_OR_FORM)
def remove(request: SignedInRequest, key: int) -> HttpResponse:
    """Take an app or a passkey away, after saying what that means."""
    row = get_object_or_404(_own(request).exclude(type=second_step.CODES), pk=key)
    if request.method == "POST":
        second_step.remove(request, authenticator=row)
        return redirect("profile")
    is_last = not _own(request).exclude(pk=row.pk).exclude(type=second_step.CODES).exists()
    demanded = second_step.is_demanded_of(request.user)
    return _page(request, "remove", name=row.data.get("name", ""), is_last=is_last, is_demanded=demanded)


@while_enrolling
@signed_in
@never_cache
@require_http_methods(PAGE_OR_FORM)
def codes(request: SignedInRequest) -> HttpResponse:
    """The recovery codes, until the person says that he has kept them."""
    shown = second_step.codes_to_show(request)
    if request.method == "POST":
        second_step.codes_are_kept(request)
        return redirect("profile")
    return _page(request, "codes", codes=shown) if shown else redirect("second_step")


@while_enrolling
@signed_in
@never_cache
@require_safe
def codes_download(request: SignedInRequest) -> HttpResponse:
    """The same as a text file."""
    shown = second_step.codes_to_show(request)
    if not shown:
        return redirect("second_step")
    response = render(request, "mfa/codes.txt", {"codes": shown}, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@signed_in
@recent_sign_in_required
@require_POST
def codes_new(request: SignedInRequest) -> HttpResponse:
    """Make new recovery codes; the old ones are dead."""
    second_step.make_new_codes(request)
    return redirect("second_step_codes")


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(PAGE_OR_FORM)
def person_reset(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take the second step from somebody who lost his phone and his codes."""
    person = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    if request.method == "POST":
        second_step.reset(person, actor=request.user, request=request)
        messages.success(request, _("The second step of %(name)s is off.") % {"name": person.name})
        return redirect("person", person.uuid)
    return _page(request, "person_reset", person=person, standing=second_step.standing(person))


class SignInStepView(AuthenticateView):  # type: ignore[misc]
    """The page between password and site. A passkey is offered only to who has one, a code only to who has codes."""

    form_class, webauthn_form_class = SignInCodeForm, SecondPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = second_step.standing(self.stage.login.user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"standing": standing}


sign_in_step = never_cache(SignInStepView.as_view())


class AgainPasskeyView(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Confirming who one is with a passkey; one that is refused leads back to the same page, where the others are."""

    form_class = AgainPasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        for error in form.errors.get("credential", []):
            messages.error(self.request, error)
        return redirect(self.passthrough_next_url(self.request.path))


again_passkey = never_cache(AgainPasskeyView.as_view())
again_code = never_cache(ReauthenticateView.as_view(form_class=AgainCodeForm))
passkey_sign_in = LoginWebAuthnView.as_view(form_class=SignInPasskeyForm)


def _own(request: SignedInRequest) -> Any:
    return Authenticator.objects.filter(user=request.user)


def _after(made_codes: bool) -> HttpResponse:
    return redirect("second_step_codes" if made_codes else "profile")


def _page(request: HttpRequest, page: str, /, **context: Any) -> HttpResponse:
    slot = getattr(request, "session_slot", None)
    return render(request, f"mfa/{page}.html", context | {"must_enrol": bool(slot and slot.must_enrol)})
