"""What a phone sends with a check-in, as JSON or as a plain form. Malformed is malformed: nothing of it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from attendance.geofence import Fix, NotAPosition
from coaching.lib.json_bodies import MalformedFields, instant_in, json_object, uuid_in

MOST_BYTES = 4096
MOST_CODE = 40
TROUBLES = ("denied", "unavailable", "timeout")
"""Why a browser gave no position."""
FIX = ("latitude", "longitude", "accuracy", "fix_age_ms")


class Malformed(MalformedFields):
    """This is no check-in (422); `fields` says by name what is wrong."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_("This check-in was not understood, and nothing was kept. Load the page again."), fields)


@dataclass(frozen=True, slots=True)
class Sent:
    """One check-in as it was sent. `captured_at`: the button was pressed then, without a connection."""

    client_uuid: UUID
    fix: Fix | None = None
    code: str = ""
    tells_teacher: bool = False
    trouble: str = ""
    captured_at: datetime | None = None


def read(request: HttpRequest) -> Sent:
    """What the request brought. Raises: Malformed."""
    if request.content_type == "application/json":
        return _sent(_object(request.body))
    form: dict[str, Any] = {name: request.POST.get(name, "") for name in ("client_uuid", "code")}
    return _sent(form | {"tell_teacher": request.POST.get("do") == "tell"})


def _object(body: bytes) -> dict[str, Any]:
    found = json_object(body)
    if found is None:
        raise Malformed({"body": _("This is no JSON object.")})
    return found


def _sent(given: Mapping[str, Any]) -> Sent:
    return Sent(
        client_uuid=_uuid(given.get("client_uuid")),
        fix=_fix(given),
        code=_code(given.get("code", "")),
        tells_teacher=_truth(given, "tell_teacher"),
        trouble=_trouble(given.get("trouble", "")),
        captured_at=_captured_at(given) if _truth(given, "offline") else None,
    )


def _uuid(value: Any) -> UUID:
    found = uuid_in(value)
    if found is None:
        raise Malformed({"client_uuid": _("This is no UUID.")})
    return found


def _fix(given: Mapping[str, Any]) -> Fix | None:
    """Of all four numbers, or of none."""
    if all(given.get(name) is None for name in FIX):
        return None
    try:
        return Fix.of(*(given.get(name) for name in FIX))
    except NotAPosition as error:
        raise Malformed({error.field: _("This is no position on earth.")}) from None


def _code(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CODE or "\0" in value:
        raise Malformed({"code": _("This is no code.")})
    return value.strip()


def _truth(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Malformed({name: _("This is neither true nor false.")})
    return value


def _trouble(value: Any) -> str:
    if not isinstance(value, str) or value not in ("", *TROUBLES):
        raise Malformed({"trouble": _("This is no known trouble.")})
    return value


def _captured_at(given: Mapping[str, Any]) -> datetime:
    found = instant_in(given.get("captured_at"))
    if found is None:
        raise Malformed({"captured_at": _("This is no instant.")})
    return found
