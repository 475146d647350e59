"""Which ways in a page may offer."""

from typing import Any

from django import template

from accounts import ways_in

register = template.Library()
register.simple_tag(ways_in.has_google, name="has_google")
register.simple_tag(ways_in.has_passwords, name="has_passwords")


@register.simple_tag
def google_address(person: Any) -> str:
    """The address of the Google account connected with a person; "" when there is none."""
    account = ways_in.google_account(person)
    return str(account.extra_data.get("email") or "Google") if account else ""
