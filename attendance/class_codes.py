"""The code of one class: its key, and what stands on the screen of the hall.

The key is made of the master key ring and the class's nonce and lies in no table: whoever has the database alone can
make no code. After a rotation of the ring the code on the screen is another one, as it is every twenty seconds.
"""

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts import activity
from accounts.models import User
from accounts.slips import qr_svg
from attendance import codes, marks, rules
from attendance.models import Mode, Record, Register
from attendance.models.records import THERE
from batches.models import ClassSession
from coaching.lib import sealing

PURPOSE = "attendance-code"
LOOK_EVERY_MS = 5000
"""So often the screen asks how many have checked in."""
OPENING_LASTS_S = 13 * 3600


@dataclass(frozen=True, slots=True)
class Screen:
    """What the hall sees at one moment.

    `state`: early | open | closed | final | teacher (who alone takes the register). There is a code only while it is
    open; after `left_ms` the screen says something else, and after `look_ms` it is worth asking again.
    """

    register: Register
    state: str
    there: int
    on_roll: int
    left_ms: int
    code: str = ""
    picture: SafeString | None = None

    @property
    def groups(self) -> list[str]:
        """As it is read out: four and four."""
        return [self.code[:4], self.code[4:]]

    @property
    def look_ms(self) -> int:
        return min(self.left_ms, LOOK_EVERY_MS)

    @property
    def again_s(self) -> int:
        """After so many whole seconds a page without JavaScript is made anew."""
        return math.ceil(self.left_ms / 1000) + 1


def key_of(register: Register) -> bytes:
    """The key that the codes of this class are made with."""
    material = register.class_session.uuid.bytes + bytes(register.code_nonce)
    return hmac.new(sealing.ring().subkey(PURPOSE), material, hashlib.sha256).digest()


def screen_of(class_session: ClassSession, *, now: datetime) -> Screen:
    """What the hall sees now. Raises: RegisterRefused for a cancelled class."""
    register = rules.register_to_be(class_session)
    is_early = now < register.opens_at and not Register.objects.filter(pk=class_session.pk).exists()
    if class_session.is_cancelled or not is_early:
        register = rules.open_register(class_session, now=now)
    state, left_ms = state_of(register, now=now), int(codes.ends_in_s(now) * 1000)
    roll = marks.students_on_roll(class_session)
    records = Record.objects.filter(class_session=class_session, status__in=THERE).order_by()
    there = len(roll.intersection(records.values_list("student_id", flat=True)))
    if state != "open":
        return Screen(register, state, there, len(roll), left_ms)
    code = codes.code_of(key_of(register), codes.step_at(now))
    return Screen(register, state, there, len(roll), left_ms, code, qr_svg(link_of(class_session, code)))


def state_of(register: Register, *, now: datetime) -> str:
    """As `Screen.state` names it."""
    if register.is_final:
        return "final"
    if register.mode == Mode.TEACHER:
        return "teacher"
    if now < register.opens_at:
        return "early"
    return "open" if now <= register.closes_at else "closed"


def link_of(class_session: ClassSession, code: str) -> str:
    """Where a phone's camera goes: the code stands behind #, so neither logs nor other sites ever see it."""
    return f"{settings.BASE_URL}{reverse('check_in_link', args=[class_session.uuid])}#{code}"


def note_opening(class_session: ClassSession, *, by: User, request: HttpRequest) -> None:
    """Log that somebody put the code on a screen."""
    cache.set(_opening(class_session, by), 1, OPENING_LASTS_S)
    activity.record("check_in.code_shown", actor=by, on=class_session, request=request, name=str(class_session))


def note_look(class_session: ClassSession, *, by: User, request: HttpRequest) -> None:
    """Log it when a code is asked for by somebody who has not opened the page."""
    if not cache.get(_opening(class_session, by)):
        note_opening(class_session, by=by, request=request)


def _opening(class_session: ClassSession, by: User) -> str:
    return f"attendance:code-shown:{class_session.pk}:{by.pk}"
