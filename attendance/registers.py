"""What a teacher does to the register of a class besides single marks: confirm who waits, count heads, call names."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from attendance import leaves, marks, rules
from attendance.models import Flag, Record, RecordChange, Register
from attendance.models.records import BY_CHECK_IN, THERE, RecordQuerySet, Source, Status
from attendance.register_lines import Line, numbers_of
from attendance.rules import PeriodFrozen, RegisterRefused
from batches.models import ClassSession
from coaching.lib.clock import clock_text, moment_text

CALLED_AT_ONCE = 3
MOST_HEADS = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether marks are taken now (`may_mark`), else why not as tone, title and text of a banner."""

    may_mark: bool
    tone: str = ""
    title: str = ""
    text: str = ""


def register_seen(class_session: ClassSession) -> Register:
    """The register of a class to look at: its row, or as it would be opened now. Writes nothing."""
    found = Register.objects.select_related("finalised_by").filter(pk=class_session.pk).first()
    if found is None:
        return rules.register_to_be(class_session)
    found.class_session = class_session
    return found


def standing_of(register: Register, *, now: datetime) -> Standing:
    """Of a cancelled class, one to come, one of an archived batch or a frozen period: the reason; else the way."""
    class_session = register.class_session
    if class_session.is_cancelled:
        return Standing(False, "off", _("This class is cancelled."), _("Nobody is marked."))
    if now < register.opens_at:
        words = {"time": moment_text(register.opens_at)}
        return Standing(False, "run", _("Not open yet."), _("The register opens on %(time)s.") % words)
    if class_session.batch.archived_at:
        return Standing(False, "off", _("This batch is archived."), _("Its registers are kept as they are."))
    try:
        rules.require_not_frozen(class_session)
    except PeriodFrozen as error:
        return Standing(False, "off", _("Frozen."), error.message)
    return Standing(True)


def require_markable(class_session: ClassSession, *, now: datetime) -> Register:
    """The opened register. Raises: RegisterRefused where nobody is marked."""
    if class_session.batch.archived_at:
        raise RegisterRefused(_("This batch is archived. Its registers are kept as they are."))
    return rules.open_register(class_session, now=now)


def open_marks(register: Register, numbers: Mapping[UUID, int], *, but: Collection[int] = ()) -> list[marks.Mark]:
    """Everybody on the roll whom nobody has marked is present, or on leave where leave was granted; without `but`.

    Whose check-in is flagged stays as he is: a person looks at him.
    """
    rest = sorted(_unmarked(register, numbers) - _flagged(register) - set(but))
    away = leaves.on_leave(rest, day=timezone.localdate(register.class_session.starts_at))
    return [marks.Mark(pk, Status.EXCUSED if pk in away else Status.PRESENT) for pk in rest]


def left_by_flags(register: Register, numbers: Mapping[UUID, int]) -> int:
    """How many nobody has marked whom `open_marks` leaves because of a flag."""
    return len(_unmarked(register, numbers) & _flagged(register))


def _unmarked(register: Register, numbers: Mapping[UUID, int]) -> set[int]:
    known = Record.objects.filter(class_session=register.pk).exclude(status=Status.UNMARKED)
    return set(numbers.values()) - set(known.order_by().values_list("student_id", flat=True))


def _flagged(register: Register) -> set[int]:
    """Whose check-ins to this class nobody has reviewed yet."""
    rows = Flag.objects.filter(attempt__register=register.pk, reviewed_at=None).order_by()
    return set(rows.values_list("attempt__student_id", flat=True))


# --- Accept all who wait ----------------------------------------------------------------------------------------------


@transaction.atomic
def accept_waiting(register: Register, *, actor: User, now: datetime) -> int:
    """Everybody who waits was there, late by when he checked in; how many that were.

    Raises: PeriodFrozen; RegisterRefused once the register is closed, where each needs a reason of its own.
    """
    rules.require_not_frozen(register.class_session)
    waiting = _locked(register, Record.objects.filter(status=Status.WAITING))
    _require_open(register)
    for record in waiting:
        late_min = _late_min(register, record)
        status = Status.LATE if late_min else Status.PRESENT
        marks.put(record, status=status, late_min=late_min, source=Source.TEACHER, by=actor, now=now)
    return len(waiting)


@transaction.atomic
def wait_again(register: Register, *, accepted_at: datetime, actor: User, now: datetime) -> int:
    """Take back what `accept_waiting` did at that instant, where nobody has changed it since.

    Raises: PeriodFrozen, RegisterRefused once the register is closed.
    """
    rules.require_not_frozen(register.class_session)
    mine = RecordChange.objects.filter(record__class_session=register.pk, by=actor, at=accepted_at, was=Status.WAITING)
    versions = dict(mine.order_by().values_list("record", "version"))
    rows = _locked(register, Record.objects.filter(pk__in=versions))
    _require_open(register)
    again = [row for row in rows if row.version == versions[row.pk]]
    by_source: dict[Source, list[Record]] = defaultdict(list)
    for record in again:
        by_source[_source_before(record)].append(record)
    for source, records in by_source.items():
        for record in records:
            record.late_min = None
        marks.put_all(records, status=Status.WAITING, source=source, by=actor, now=now)
    return len(again)


def _locked(register: Register, rows: RecordQuerySet) -> list[Record]:
    """Those of the class among these rows, locked in the order in which whoever marks locks them."""
    mine = rows.filter(class_session=register.pk).select_for_update(of=("self",))
    return list(mine.select_related("attempt").order_by("pk"))


def _require_open(register: Register) -> None:
    if rules.is_closed(register.pk):
        raise RegisterRefused(_("The register is closed. Say for each why it is changed."))


def _late_min(register: Register, record: Record) -> int | None:
    """Minutes since the class began when he checked in late; what was sent afterwards says nothing about that."""
    attempt = record.attempt
    if attempt is None or attempt.is_offline or attempt.received_at <= register.late_from:
        return None
    return register.late_minutes(attempt.received_at)


def _source_before(record: Record) -> Source:
    """By what the record said so before its last change."""
    before = RecordChange.objects.filter(record=record, version__lt=record.version).order_by("-version").first()
    return Source(before.source) if before else Source.POSITION


# --- Heads in the room ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heads:
    """The count beside the register: tone, word, a sentence, and whether calling names would help."""

    tone: str
    word: str
    text: str
    may_call: bool


def count_heads(
    register: Register, heads: int | None, *, actor: User, now: datetime, request: HttpRequest | None = None
) -> None:
    """Keep how many heads somebody counted in the room; None: he takes it back. Raises: PeriodFrozen."""
    rules.require_not_frozen(register.class_session)
    register.headcount, register.headcount_at = heads, now
    register.save(update_fields=["headcount", "headcount_at"])
    name = str(register.class_session)
    activity.record(
        "attendance.headcount", actor=actor, on=register.class_session, request=request, name=name, count=heads
    )


def heads_of(register: Register, lines: Iterable[Line]) -> Heads | None:
    """How the count agrees with who is marked present or late; None where nobody counted."""
    if register.headcount is None:
        return None
    there = [line for line in lines if line.status in THERE]
    more = register.headcount - len(there)
    marked = ngettext("%(count)d marked present or late.", "%(count)d marked present or late.", len(there))
    text = marked % {"count": len(there)}
    if more == 0:
        return Heads("ok", _("As many as in the register"), text, may_call=False)
    if more > 0:
        word = ngettext("%(count)d more than the register", "%(count)d more than the register", more)
        hint = _("Somebody in the room is not marked.")
        return Heads("due", word % {"count": more}, f"{text} {hint}", may_call=False)
    word = ngettext("%(count)d fewer than the register", "%(count)d fewer than the register", -more)
    hint = _("Somebody may have checked in and left.")
    asked = {UUID(one["student"]) for one in register.called}
    may_call = any(line.by_check_in and line.student not in asked for line in there)
    return Heads("due", word % {"count": -more}, f"{text} {hint}", may_call=may_call)


def call_names(register: Register, *, now: datetime) -> list[str]:
    """Three of those whom only a check-in put there, by lot, none of them twice; their uuids. Raises: PeriodFrozen."""
    rules.require_not_frozen(register.class_session)
    with transaction.atomic():
        locked = Register.objects.select_for_update(no_key=True).get(pk=register.pk)
        numbers = {pk: public_id for public_id, pk in numbers_of(register.class_session).items()}
        rows = Record.objects.filter(class_session=register.pk, status__in=THERE, source__in=BY_CHECK_IN)
        asked = {one["student"] for one in locked.called}
        there = [str(numbers[pk]) for pk in rows.order_by("pk").values_list("student_id", flat=True) if pk in numbers]
        left = [one for one in there if one not in asked]
        drawn = secrets.SystemRandom().sample(left, min(CALLED_AT_ONCE, len(left)))
        locked.called += [{"student": one, "at": now.isoformat(), "answered": None} for one in drawn]
        locked.save(update_fields=["called"])
    register.called = locked.called
    return drawn


def note_answer(register: Register, student: UUID, *, answered: bool | None) -> None:
    """Whether somebody who was called out answered; None: not yet after all. Who was not called is left out.

    Raises: PeriodFrozen.
    """
    rules.require_not_frozen(register.class_session)
    with transaction.atomic():
        locked = Register.objects.select_for_update(no_key=True).get(pk=register.pk)
        for one in locked.called:
            if one["student"] == str(student):
                one["answered"] = answered
        locked.save(update_fields=["called"])
    register.called = locked.called


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody who was called out: `answered` None while nobody has said; `is_there`: the register still says so."""

    student: UUID
    name: str
    version: int
    answered: bool | None
    is_there: bool


def called_of(register: Register, lines: Iterable[Line]) -> list[Called]:
    """In the order they were called."""
    known = {line.student: line for line in lines}
    found = []
    for one in register.called:
        line = known.get(UUID(one["student"]))
        if line:
            is_there = line.status in THERE
            found.append(Called(line.student, line.name, line.version, one["answered"], is_there))
    return found


def closed_words(register: Register) -> str:
    """Closed 6:40 pm by Meera Joshi; "" while it is open."""
    if register.finalised_at is None:
        return ""
    words = {"time": clock_text(register.finalised_at)}
    if register.finalised_by is None:
        return _("Closed %(time)s by itself.") % words
    return _("Closed %(time)s by %(name)s.") % {**words, "name": register.finalised_by.name}
