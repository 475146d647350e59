"""What people type: the sign-in, and what they change about themselves."""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import password_links, sessions
from accounts.models import User
from coaching.lib.text import composed

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    PersonForm = forms.ModelForm[User]
else:
    PersonForm = forms.ModelForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address or admission number, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("E-mail address or admission number")
        login.max_length = login.widget.attrs["maxlength"] = 254
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        for field in (login, password):
            field.widget.attrs["class"] = "input"
            field.widget.attrs.pop("placeholder", None)
        password.help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """A session lives as long as the role's policy says; allauth would give all the same age."""
        response: HttpResponse = super().login(request, redirect_url)
        sessions.set_lifetime(request)
        return response

    def user_credentials(self) -> dict[str, str]:
        """One way only. allauth's own tries an address twice, which takes twice as long for people it knows."""
        login = composed(self.cleaned_data["login"])
        return {"email" if "@" in login else "username": login, "password": self.cleaned_data["password"]}


class PasswordLinkForm(forms.Form):
    """Who wants a link for a new password. allauth's view knows the field as `email`."""

    email = forms.CharField(label=_("E-mail address or admission number"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs |= {
            "class": "input",
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Have the link sent, if there is somebody to send it to. Raises: TooMany, Unavailable."""
        typed: str = self.cleaned_data["email"]
        password_links.ask(typed, request=request)
        return typed


class OwnForm(PersonForm):
    """What a person changes about himself. Nothing else of his row is written: an admin may be changing that."""

    def save(self, commit: bool = True) -> User:
        self.instance.save(update_fields=list(self.fields))
        return self.instance


class ThemeForm(OwnForm):
    """Light, dark or like the device."""

    class Meta:
        model = User
        fields = ("theme",)


class LanguageForm(OwnForm):
    """The language of the pages and mails; empty is the browser's."""

    class Meta:
        model = User
        fields = ("language",)


class PhoneField(forms.CharField):
    """A number to call, kept as it was typed."""

    widget = forms.TelInput

    def __init__(self, **kwargs: Any) -> None:
        form = RegexValidator(r"^\+?[0-9 ()/-]{5,20}$", _("Only digits, spaces and a + in front."))
        super().__init__(label=_("Phone"), required=False, max_length=20, validators=[form], **kwargs)


class PhoneForm(OwnForm):
    """The number at which the office calls."""

    phone = PhoneField(widget=forms.TelInput(attrs={"autocomplete": "tel"}))

    class Meta:
        model = User
        fields = ("phone",)
