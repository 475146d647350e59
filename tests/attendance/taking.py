"""What a teacher's page sends, as the tests of the register need it."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from attendance.models import Record
from batches.models import ClassSession
from tests import people


def page(held: ClassSession, *, who: User | None = None, show: str = "") -> str:
    """The register as its teacher sees it."""
    answer = people.signed_in(who or people.teacher()).get(address(held), {"show": show} if show else {})
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def address(held: ClassSession, name: str = "register") -> str:
    return reverse(name, args=[held.uuid])


def mark(student: User, status: str, **more: Any) -> dict[str, Any]:
    """One mark as the page's script spells it."""
    return {"student": str(student.uuid), "status": status, **more}


def send(held: ClassSession, *marks: Any, who: User | None = None, browser: Client | None = None) -> Any:
    """The answer to marks sent by the script; the teacher's unless said otherwise."""
    client = browser or people.signed_in(who or people.teacher())
    return client.post(address(held, "register_marks"), json.dumps({"marks": marks}), content_type="application/json")


def lines(held: ClassSession, *, who: User | None = None, seen: str = "") -> Any:
    return people.signed_in(who or people.teacher()).get(address(held, "register_lines"), {"seen": seen})


def line_of(held: ClassSession, student: User, *, who: User | None = None) -> dict[str, Any]:
    """What the script is told of one student."""
    found: list[dict[str, Any]] = lines(held, who=who).json()["lines"]
    line = next(one for one in found if one["student"] == str(student.uuid))
    return line | {"note": line["note"].replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")}


def form(student: User, letter: str, *, version: int = 0, shown: str = "U", **more: str) -> dict[str, str]:
    """The plain form's fields of one student; `late`, `remark`, `why` as typed."""
    names = {"late": "l", "remark": "r", "why": "w"}
    fields = {f"{names[name]}.{student.uuid}": text for name, text in more.items()}
    return {f"s.{student.uuid}.{version}.{shown}": letter, **fields}


def letter_of(held: ClassSession, student: User) -> str:
    return Record.objects.get(class_session=held, student=student).status
