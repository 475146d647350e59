"""From which device a check-in came, so far as two students who hand one phone around can be told."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from accounts import sessions
from accounts.activity import client_ip
from accounts.devices import describe_agent
from accounts.models import SessionSlot


@dataclass(frozen=True, slots=True)
class Device:
    """`hash` stands for the browser and reveals nothing of it, "" when it is unknown; `agent` is its name in words."""

    hash: str = ""
    agent: str = ""
    ip: str | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Device":
        """By the id the browser got at its first sign-in, which outlives signing out.

        What the session noted of it counts: whoever throws the cookie away afterwards is still known by it.
        """
        slot: SessionSlot | None = getattr(request, "session_slot", None)
        known = (slot.device_id if slot else None) or sessions.device_id(request)
        named = describe_agent(request.META.get("HTTP_USER_AGENT", ""))[:80]
        return cls(_hash(str(known)) if known else "", named, client_ip(request))


def _hash(device_id: str) -> str:
    key = f"attendance.devices:{settings.SECRET_KEY}".encode()
    return hmac.new(key, device_id.encode(), hashlib.sha256).hexdigest()[:32]
