"""A browser at the counter: the form as its page shows it, with changes, sent."""

from typing import Any

from django.test import Client

from accounts.models import User
from fees.models import Due

COUNTER = "/fees/counter/"


def opened(browser: Client, student: User) -> dict[str, Any]:
    """What the browser would send were nothing changed."""
    return fields_of(browser.get(COUNTER, {"student": str(student.uuid)}))


def fields_of(page: Any) -> dict[str, Any]:
    """Of a page with the form, also of one that was refused."""
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in typed.items()} | {"pick": sorted(form.picked)}


def send(browser: Client, student: User, fields: dict[str, Any], **changes: Any) -> Any:
    return browser.post(f"{COUNTER}of/{student.uuid}/", fields | changes)


def take(browser: Client, student: User, **changes: Any) -> Any:
    """The page opened and sent."""
    return send(browser, student, opened(browser, student), **changes)


def line(due: Due) -> str:
    """The field of what is paid of it."""
    return f"pay:due:{due.uuid}"


def only(*dues: Due) -> dict[str, Any]:
    """These picked, no others."""
    return {"pick": [f"due:{due.uuid}" for due in dues]}
