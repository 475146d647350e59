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
"""Longer than any class."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the hall sees at one moment.

    `state`: early | open | closed | final | teacher (who alone takes the register). There is a code only while it is
    open, and only for who has opened the screen (`is_opened`); after `left_ms` it says something else, and after
    `look_ms` it is worth asking again.
    """

    register: Register
    state: str
    there: int
    on_roll: int
    left_ms: int
    is_opened: bool
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


def screen_of(class_session: ClassSession, *, by: User, now: datetime) -> Screen:
    """What the hall sees now. Raises: RegisterRefused for a cancelled class."""
    is_opened = bool(cache.get(_opening(class_session, by)))
    register = _register_of(class_session, is_opened=is_opened, now=now)
    state, left_ms = state_of(register, now=now), int(codes.ends_in_s(now) * 1000)
    roll = marks.students_on_roll(class_session)
    records = Record.objects.filter(class_session=class_session, status__in=THERE).order_by()
    there = len(roll.intersection(records.values_list("student_id", flat=True)))
    if state != "open" or not is_opened:
        return Screen(register, state, there, len(roll), left_ms, is_opened)
    code = codes.code_of(key_of(register), codes.step_at(now))
    picture = qr_svg(link_of(class_session, code))
    return Screen(register, state, there, len(roll), left_ms, is_opened, code, picture)


def _register_of(class_session: ClassSession, *, is_opened: bool, now: datetime) -> Register:
    """Only who has opened the screen opens the register by it; for others it is as it would be."""
    found = Register.objects.filter(pk=class_session.pk).first() or rules.register_to_be(class_session)
    found.class_session = class_session
    is_early = now < found.opens_at or (found._state.adding and not is_opened)
    return found if is_early and not class_session.is_cancelled else rules.open_register(class_session, now=now)


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


def open_screen(class_session: ClassSession, *, by: User, now: datetime, request: HttpRequest) -> None:
    """Somebody puts the code of a class on a screen, which is logged; from then on he gets its codes.

    Nothing happens for a class that has none (any more). Raises: RegisterRefused for a cancelled class.
    """
    register = _register_of(class_session, is_opened=True, now=now)
    if state_of(register, now=now) not in {"early", "open"}:
        return
    activity.record("check_in.code_shown", actor=by, on=class_session, request=request, name=str(class_session))
    cache.set(_opening(class_session, by), 1, OPENING_LASTS_S)


def _opening(class_session: ClassSession, by: User) -> str:
    return f"attendance:code-shown:{class_session.pk}:{by.pk}"
