"""From which device a test is entered and written: the browser's own id, the session it came in with, its name."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts import sessions
from accounts.devices import describe_agent
from accounts.models import SessionSlot


@dataclass(frozen=True, slots=True)
class Device:
    """`id` outlives signing out and tells browsers apart; `slot` is the session; `name` is for people."""

    slot: int | None = None
    id: UUID | None = None
    name: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Device":
        """What the session noted of the browser counts, so that throwing the cookie away makes no other device."""
        slot: SessionSlot | None = getattr(request, "session_slot", None)
        known = (slot.device_id if slot else None) or sessions.device_id(request)
        return cls(slot.pk if slot else None, known, describe_agent(request.META.get("HTTP_USER_AGENT", ""))[:80])
