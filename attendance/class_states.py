"""What attendance says of classes in a list: of a student what the register says or the way to check in, of his
guardian's children what it says of each, and to who takes the register how far it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import guardians
from accounts.models import Role, User
from attendance.models import CheckInRule, Mode, Record, Register
from attendance.models.records import BY_CHECK_IN, SAID, THERE, Status
from attendance.models.registers import MOST_OPEN_BEFORE_MIN
from attendance.month_of import TONES
from attendance.rules import COPIED, register_by
from batches.models import ClassSession, Enrolment
from coaching.lib.clock import clock_text
from coaching.lib.offers import Action, ClassState
from coaching.lib.statements import written_once

SOON = timedelta(minutes=MOST_OPEN_BEFORE_MIN)
_STAYS = Enrolment.objects.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at"))
_ROLL = Coalesce(
    Subquery(_STAYS.filter(batch=OuterRef("batch")).order_by().values("batch").annotate(n=Count("pk")).values("n")), 0
)
_INSTITUTE = {
    f"institute_{name}": Subquery(CheckInRule.objects.filter(batch=None).order_by().values(name)[:1]) for name in COPIED
}
TIMES = (
    "batch__uuid",
    *(f"batch__check_in_rule__{name}" for name in ("batch", *COPIED)),
    *(f"register__{name}" for name in ("class_session", "finalised_at", *COPIED)),
)
"""The columns of `with_times` that are looked at."""


def class_states(person: User, refs: Collection[int], *, now: datetime) -> dict[int, ClassState]:
    """Of these classes, by their numbers, what concerns this person; of which there is nothing to say has none.

    One query, for a teacher whose child is in a class a second.
    """
    if not refs:
        return {}
    if person.role == Role.STUDENT:
        return own_states(person, refs, now=now)
    found = register_states(person, refs, now=now) if person.is_admin or person.is_teacher else {}
    rest = set(refs) - set(found)
    if rest and not person.is_admin:
        found |= childrens_states(guardians.children_of(person), rest)
    return found


# --- A student, and his guardians -------------------------------------------------------------------------------------


def own_states(student: User, refs: Collection[int], *, now: datetime) -> dict[int, ClassState]:
    """What the register says of him; while check-in is open and nobody has said a final word, the way there."""
    found = {row.pk: _own_state(row, register_of(row), now) for row in _own(student=student.pk, refs=tuple(refs))}
    return {pk: state for pk, state in found.items() if state.word or state.action}


@written_once
def _own(*, student: int, refs: tuple[int, ...]) -> QuerySet[ClassSession]:
    rows = with_own(ClassSession.objects.filter(pk__in=refs, cancelled_at=None), student)
    return with_times(rows).only("uuid", "starts_at", "ends_at", *TIMES)


def with_own(rows: QuerySet[ClassSession], student: int) -> QuerySet[ClassSession]:
    """The same classes with what the register says of this student; all is None where it says nothing."""
    return rows.annotate(
        mine=FilteredRelation("records", condition=Q(records__student=student)),
        status=F("mine__status"),
        late_min=F("mine__late_min"),
        source=F("mine__source"),
        marked_at=F("mine__marked_at"),
    )


def _own_state(row: ClassSession, register: Register, now: datetime) -> ClassState:
    said = vars(row)
    tone, word = tone_of(said["status"]), word_of(said["status"], said["late_min"])
    if said["status"] in THERE and said["source"] in BY_CHECK_IN:
        word = f"{word}, {clock_text(said['marked_at'])}"
    is_open = said["status"] not in SAID and is_checked_in_now(register, now)
    action = _check_in(row, register) if is_open else None
    return ClassState(tone, word, action, _explained(row.uuid) if word else "")


def is_checked_in_now(register: Register, now: datetime) -> bool:
    """Whether students check in to this class by themselves at this moment."""
    is_theirs = register.mode != Mode.TEACHER and not register.is_final
    return is_theirs and register.opens_at <= now <= register.closes_at


def _check_in(row: ClassSession, register: Register) -> Action:
    small = _("until %(time)s") % {"time": clock_text(register.closes_at)}
    return Action(_("Check in"), reverse("check_in", args=[row.uuid]), drawn="map-pin-check", small=small)


def childrens_states(students: Sequence[User], refs: Collection[int]) -> dict[int, ClassState]:
    """What the registers say of these students; of several, each is named. One query."""
    said: dict[int, list[Record]] = defaultdict(list)
    pks = tuple(one.pk for one in students)
    for record in _of_students(students=pks, refs=tuple(refs)) if pks else ():
        said[record.class_session_id].append(record)
    return {pk: _of_children(records, is_named=len(students) > 1) for pk, records in said.items()}


@written_once
def _of_students(*, students: tuple[int, ...], refs: tuple[int, ...]) -> QuerySet[Record]:
    rows = Record.objects.filter(class_session__in=refs, student__in=students).exclude(status=Status.UNMARKED)
    named = rows.select_related("student", "class_session").order_by("student__name", "pk")
    return named.only("status", "late_min", "student__name", "class_session__uuid")


def _explained(class_uuid: UUID) -> str:
    """Where the record stands with its history, and a correction is asked for."""
    return reverse("own_record", args=[class_uuid])


def _of_children(records: Sequence[Record], *, is_named: bool) -> ClassState:
    words = [word_of(one.status, one.late_min) for one in records]
    if is_named:
        words = [f"{one.student.name}: {word}" for one, word in zip(records, words, strict=True)]
    tones = {tone_of(one.status) for one in records}
    tone = next(tone for tone in ("bad", "due", "run", "off", "ok") if tone in tones)
    return ClassState(tone, ", ".join(words), url=_explained(records[0].class_session.uuid))


def tone_of(status: str | None) -> str:
    return TONES.get(Status(status), "") if status else ""


def word_of(status: str | None, late_min: int | None) -> str:
    """As somebody reads it of himself; "" while nobody has marked him."""
    if status in {None, Status.UNMARKED}:
        return ""
    if status == Status.LATE and late_min:
        return ngettext("%(count)d minute late", "%(count)d minutes late", late_min) % {"count": late_min}
    return str(Status(status).label)


# --- Who takes the register -------------------------------------------------------------------------------------------


def register_states(person: User, refs: Collection[int], *, now: datetime) -> dict[int, ClassState]:
    """Of those he may write in: the register, as soon as it is open, and how far it is."""
    known = {"person": person.pk} if person.is_teacher else {}
    rows = _taken(person.role, refs=tuple(refs), **known)
    return {row.pk: _register_state(row, register_of(row), now) for row in rows}


@written_once
def _taken(role: str, *, refs: tuple[int, ...], person: int = 0) -> QuerySet[ClassSession]:
    mine = ClassSession.objects.editable_by(User(pk=person, role=role)).filter(pk__in=refs, cancelled_at=None)
    counted = with_times(ClassSession.objects.filter(pk__in=mine.values("pk"))).annotate(
        said=_marked(SAID), there=_marked(THERE), waiting=_marked({Status.WAITING}), roll=_ROLL
    )
    return counted.only("uuid", "starts_at", "ends_at", *TIMES)


def _register_state(row: ClassSession, register: Register, now: datetime) -> ClassState:
    counts = vars(row)
    if now < register.opens_at or not counts["roll"]:
        return ClassState()
    action = Action(_("Register"), reverse("register", args=[row.uuid]), drawn="list-checks")
    more = (Action(_("Show code"), reverse("class_code", args=[row.uuid]), drawn="qr-code", posts=True),)
    return ClassState(*_progress(register, counts, now), action, more=more if is_checked_in_now(register, now) else ())


def _progress(register: Register, counts: dict[str, int], now: datetime) -> tuple[str, str]:
    """Tone and word of a register that is or was open."""
    words = {"count": counts["waiting"], "there": counts["there"], "said": counts["said"], "roll": counts["roll"]}
    if counts["waiting"]:
        return "due", ngettext("%(count)d to confirm", "%(count)d to confirm", counts["waiting"]) % words
    if register.is_final or counts["said"] >= counts["roll"]:
        return "ok", _("%(there)d of %(roll)d there") % words
    if counts["said"]:
        return "run", _("%(said)d of %(roll)d marked") % words
    if register.class_session.ends_at <= now:
        return "due", _("Not taken")
    return "run", _("Nobody marked yet")


def _marked(statuses: Iterable[str]) -> Coalesce:
    """How many of a class the register says one of these of."""
    rows = Record.objects.filter(class_session=OuterRef("pk"), status__in=statuses).order_by()
    return Coalesce(Subquery(rows.values("class_session").annotate(n=Count("pk")).values("n")), 0)


# --- Registers, made or not -------------------------------------------------------------------------------------------


def with_times(rows: QuerySet[ClassSession]) -> QuerySet[ClassSession]:
    """The same classes with all that says when they are checked in to: register, the batch's rule, the institute's."""
    return rows.select_related("register", "batch__check_in_rule").annotate(**_INSTITUTE)


def register_of(row: ClassSession) -> Register:
    """The register of a class fetched `with_times`, or what it would be; not saved."""
    found: Register | None = getattr(row, "register", None)
    if found is not None:
        return found
    return register_by(getattr(row.batch, "check_in_rule", None) or _institute_of(row), row)


def _institute_of(row: ClassSession) -> CheckInRule:
    """The institute's rule as it came along; its defaults where nobody has said anything yet."""
    said = {name: vars(row)[f"institute_{name}"] for name in COPIED}
    return CheckInRule(**said) if said["mode"] else CheckInRule()
