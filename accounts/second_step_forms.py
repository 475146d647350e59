"""What people show at the second step: a code, a passkey; and what a passkey is called.

Tries are counted per person, whichever process takes them, and a good one is given back.
"""

import time
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import activity, second_step
from accounts.models import User
from coaching.lib.limits import Limit, Spent, TooMany

CODE_TRIES = Limit("second_step", tries=5, per_s=300)
# What fido2 raises at credentials that are none: anybody may send them.
UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError)
WRONG_CODE = _("This code is not right, or it was used already. Wait for the next one and type that.")
WRONG_PASSKEY = _("This passkey could not be checked. Try again, or choose another way.")


def take_try(person: User) -> Spent:
    """One of the person's tries. Raises: forms.ValidationError when he has none left."""
    try:
        return CODE_TRIES.take(person.pk)
    except TooMany as error:
        raise forms.ValidationError(error.message, code="too_many") from None


class _Code:
    """Instead of allauth's check: the code is used up in the database, for all processes at once."""

    user: User
    cleaned_data: dict[str, Any]
    fields: dict[str, forms.Field]

    def clean_code(self) -> str:
        spent = take_try(self.user)
        code: str = self.cleaned_data["code"]
        found = second_step.use_code(self.user, code, now_s=time.time())
        if found is None:
            activity.record("second_step.failed", subject=self.user, request=context.request)
            raise forms.ValidationError(WRONG_CODE, code="wrong_code")
        spent.give_back()
        if found.type == second_step.CODES:
            activity.record("second_step.code_used", actor=self.user, subject=self.user, request=context.request)
        found.user = self.user
        self.authenticator = found
        return code


def _dress(field: forms.Field) -> None:
    """A code's field: digits on a phone's keyboard, filled in by what knows the code; recovery codes fit, too."""
    field.label = _("Code")
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20, "autofocus": True}


class SignInCodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """At sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["code"])


class AgainCodeForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """When the site asks again who somebody is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["code"])


class _Passkey:
    """allauth's check, with an answer in words for whatever was sent instead of a credential."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, *UNREADABLE):
            raise forms.ValidationError(WRONG_PASSKEY, code="wrong_passkey") from None


class CredentialField(forms.JSONField):
    """What a browser says of a passkey; lists in lists without end are no such thing."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(WRONG_PASSKEY, code="wrong_passkey") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Not shown again: a credential is good for one challenge."""
        return None


class SignInPasskeyForm(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of a password."""

    credential = CredentialField(widget=forms.HiddenInput)


class SecondPasskeyForm(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """After the password."""

    credential = CredentialField(widget=forms.HiddenInput)


class AgainPasskeyForm(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """When the site asks again who somebody is."""

    credential = CredentialField(widget=forms.HiddenInput)


class AppForm(forms.Form):
    """The code that proves that the app has the secret; `step` is the time step it belongs to."""

    code = forms.CharField(label=_("The code the app shows now"), max_length=20)
    step: int

    def __init__(self, *args: Any, person: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.secret = person, secret
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        spent = take_try(self.person)
        code: str = self.cleaned_data["code"]
        step = second_step.step_of(self.secret, code, now_s=time.time())
        if step is None:
            text = gettext("The app shows another code. Type the newest, and see that the phone's clock is right.")
            raise forms.ValidationError(text, code="wrong_code")
        spent.give_back()
        self.step = step
        return code


class PasskeyNameForm(forms.Form):
    """What a person calls his passkey."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Say, the phone or the key it is kept on."))


class PasskeyForm(PasskeyNameForm):
    """A new passkey, made by the browser for the challenge that waits in the session."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        credential: dict[str, Any] = self.cleaned_data["credential"]
        try:
            webauthn.parse_registration_response(credential)
            made = webauthn.complete_registration(credential)
        except (forms.ValidationError, *UNREADABLE):
            raise forms.ValidationError(WRONG_PASSKEY, code="wrong_passkey") from None
        if not made.is_user_verified():
            text = gettext("This device did not check that it is you. Use one with a fingerprint, a face or a PIN.")
            raise forms.ValidationError(text, code="not_verified")
        return credential

    def clean(self) -> dict[str, Any]:
        """A credential that is not right is told at the top of the form: its own field is not seen."""
        cleaned = super().clean() or {}
        for error in self.errors.pop("credential", []):
            self.add_error(None, error)
        return cleaned


def suggested_name(person: User, *, device: str) -> str:
    """The browser and system the passkey is made on; numbered when the name is taken."""
    name = device or gettext("Passkey")
    names = {row.data.get("name") for row in second_step.standing(person).passkeys}
    number = next(n for n in range(1, second_step.MAX_PASSKEYS + 2) if (name if n == 1 else f"{name} {n}") not in names)
    return name if number == 1 else f"{name} {number}"
