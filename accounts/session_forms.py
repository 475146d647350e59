"""The form of the session policies: one line for each role, kept together."""

from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Role, SessionPolicy

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    PolicyForm = forms.ModelForm[SessionPolicy]
else:
    PolicyForm = forms.ModelForm


class SessionPolicyForm(PolicyForm):
    """How many devices a role may have, and for how long."""

    class Meta:
        model = SessionPolicy
        fields = ("max_sessions", "on_limit", "idle_minutes", "absolute_hours")


def policy_forms(posted: Any = None) -> list[SessionPolicyForm]:
    """A form for every role, with what is in force or what was typed."""
    return [SessionPolicyForm(posted, instance=SessionPolicy.of(role), prefix=role.lower()) for role in Role]
