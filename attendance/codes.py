"""The code on the screen of a class: eight letters and digits that change every twenty seconds. Pure.

HMAC-SHA256 of the number of the step under a key of this class alone, so nothing that could make codes lies in the
database. The current code is taken, and the one before it, which somebody may still be typing.

Source: RFC 6238 (steps of time), RFC 4648 section 6 (base32).
"""

import base64
import hashlib
import hmac
from datetime import datetime

STEP_S = 20
LENGTH = 8
LOOKALIKES = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""What base32 leaves out, and what people then mean."""


def step_at(now: datetime) -> int:
    """The number of the step an instant lies in."""
    return int(now.timestamp()) // STEP_S


def ends_in_s(now: datetime) -> float:
    """Seconds until the code changes."""
    return STEP_S - now.timestamp() % STEP_S


def code_of(key: bytes, step: int) -> str:
    """The code of one step, eight characters A-Z and 2-7."""
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def normal(typed: str) -> str:
    """As people type it: in small letters, with spaces or a hyphen, 0 for O."""
    return "".join(typed.split()).replace("-", "").upper().translate(LOOKALIKES)


def step_of(key: bytes, typed: str, *, now: datetime) -> int | None:
    """The step whose code this is, the current or the one before; None for any other text."""
    given, current = normal(typed).encode("utf-8", "replace"), step_at(now)
    found = None
    for step in (current, current - 1):  # both are compared, whichever it is
        if hmac.compare_digest(given, code_of(key, step).encode()):
            found = step
    return found


def age_s(step: int, *, now: datetime) -> int:
    """Whole seconds since the code of a step first stood on the screen."""
    return max(0, int(now.timestamp()) - step * STEP_S)
