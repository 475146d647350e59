"""What waits in attendance for a person to do: registers to take, check-ins to confirm, requests to decide, flags.

For an admin everybody's, for a teacher those of the classes he takes. Looked at are classes of the last two weeks.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from attendance.class_states import SOON, is_checked_in_now, registers_of, with_times
from attendance.missing import LOOKS_BACK, classes_without_register
from attendance.models import CorrectionRequest, Flag, Leave, Record
from attendance.models.asks import AskState
from attendance.models.records import SAID, Status
from batches.models import ClassSession, Enrolment
from batches.models.timetable import ClassSessionQuerySet
from coaching.lib.clock import clock_text, day_text
from coaching.lib.counts import counted
from coaching.lib.offers import Todo
from coaching.templatetags.figures import grouped

NAMED = 3
AT_MOST = 99


def todo(person: User, *, now: datetime) -> list[Todo]:
    """A student's check-in that is open now; what a teacher's registers, or the office's, need."""
    if person.role == Role.STUDENT:
        return list(_check_ins(person, now))
    if person.is_admin:
        return list(_office(person, now))
    return [*_not_taken(person, now), *_decisions(person, now)] if person.is_teacher else []


# --- A student's ------------------------------------------------------------------------------------------------------


def _check_ins(student: User, now: datetime) -> Iterator[Todo]:
    """Classes he may check in to now and has not."""
    near = ClassSession.objects.held().filter(starts_at__lte=now + SOON, ends_at__gt=now, pk__in=_learnt_by(student))
    mine = FilteredRelation("records", condition=Q(records__student=student))
    rows = (
        with_times(near)
        .select_related("register", "batch__check_in_rule", "subject")
        .annotate(mine=mine, status=F("mine__status"))
    )
    for row, register in registers_of(rows.order_by("starts_at", "pk"), now=now):
        if register is None or vars(row)["status"] in SAID or not is_checked_in_now(register, now):
            continue
        label, url = _("Check in to %(title)s") % {"title": row.title}, reverse("check_in", args=[row.uuid])
        said = row.batch.name if row.title != row.batch.name else ""
        yield Todo(
            "class.check_in", label, url, _("Check in"), "attendance", "map-pin-check", register.closes_at, said, "due"
        )


def _learnt_by(student: User) -> QuerySet[ClassSession, Any]:
    """Classes that fall into his enrolments."""
    stays = Enrolment.objects.filter(student=student, batch=OuterRef("batch"))
    held = stays.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at"))
    return ClassSession.objects.filter(Exists(held)).values("pk")


# --- Sets -------------------------------------------------------------------------------------------------------------


def classes_of(person: User) -> ClassSessionQuerySet:
    """An admin's are all, a teacher's those that are his to take."""
    return ClassSession.objects.all() if person.is_admin else ClassSession.objects.taught_by(person)


def not_taken(person: User, *, now: datetime) -> QuerySet[ClassSession]:
    """Classes that are over, of whose students nothing is said."""
    return classes_without_register(now).filter(pk__in=classes_of(person).order_by().values("pk"))


def to_confirm(person: User, *, now: datetime) -> QuerySet[Record]:
    """Check-ins that wait for the teacher's word."""
    rows = Record.objects.filter(status=Status.WAITING, class_session__starts_at__gt=now - LOOKS_BACK)
    return rows.filter(class_session__in=classes_of(person).held().order_by().values("pk"))


def leaves_asked(person: User) -> QuerySet[Leave]:
    rows = Leave.objects.filter(state=AskState.ASKED)
    if person.is_admin:
        return rows
    taught = Enrolment.objects.filter(batch__teachings__teacher=person, left_at=None)
    return rows.filter(student__in=taught.order_by().values("student"))


def corrections_asked(person: User) -> QuerySet[CorrectionRequest]:
    rows = CorrectionRequest.objects.filter(state=AskState.ASKED)
    if person.is_admin:
        return rows
    mine = ClassSession.objects.editable_by(person).order_by().values("pk")
    return rows.filter(record__class_session__in=mine)


def flags_open(person: User) -> QuerySet[Flag]:
    rows = Flag.objects.filter(reviewed_at=None)
    if person.is_admin:
        return rows
    return rows.filter(attempt__register__in=ClassSession.objects.editable_by(person).order_by().values("pk"))


# --- A teacher's, and the office's ------------------------------------------------------------------------------------


def _not_taken(teacher: User, now: datetime) -> Iterator[Todo]:
    """Registers of his classes that nobody took, one by one while they are few."""
    rows = list(not_taken(teacher, now=now).select_related("batch", "subject").order_by("-starts_at", "pk")[:AT_MOST])
    if len(rows) > NAMED:
        yield _classes_without(len(rows))
        return
    for row in rows:
        label = _("Take the register of %(batch)s") % {"batch": row.batch.name}
        said = f"{day_text(row.starts_at)}, {clock_text(row.starts_at)} · {row.title}"
        url = reverse("register", args=[row.uuid])
        yield Todo("register.take", label, url, _("Register"), "attendance", "list-checks", meta=said, tone="due")


def _classes_without(count: int) -> Todo:
    label = ngettext("%(count)s class without a register", "%(count)s classes without a register", count)
    label %= {"count": f"{AT_MOST}+" if count >= AT_MOST else grouped(count)}
    said, url = _("Nobody was marked in the last two weeks."), reverse("attendance")
    return Todo("register.take", label, url, _("Look"), "attendance", "list-checks", meta=said, tone="due")


def _decisions(person: User, now: datetime) -> Iterator[Todo]:
    counts = counted(
        waiting=to_confirm(person, now=now), leaves=leaves_asked(person), corrections=corrections_asked(person)
    )
    yield from _asked(counts)


def _office(admin: User, now: datetime) -> Iterator[Todo]:
    """What any admin sees, counted in one query."""
    counts = counted(
        missing=not_taken(admin, now=now),
        waiting=to_confirm(admin, now=now),
        leaves=leaves_asked(admin),
        corrections=corrections_asked(admin),
        flags=flags_open(admin),
    )
    if counts["missing"]:
        yield _classes_without(counts["missing"])
    yield from _asked(counts)
    if counts["flags"]:
        label = ngettext("%(count)d check-in looks odd", "%(count)d check-ins look odd", counts["flags"])
        said, url = _("Flags prove nothing. Somebody looks and decides."), reverse("flag_list")
        words = {"count": counts["flags"]}
        yield Todo("check_in.flag", label % words, url, _("Look"), "attendance", "flag", meta=said)


def _asked(counts: dict[str, int]) -> Iterator[Todo]:
    """Check-ins to confirm, and what students ask."""
    if counts["waiting"]:
        label = ngettext("%(count)d check-in to confirm", "%(count)d check-ins to confirm", counts["waiting"])
        said, url = _("They wait until a teacher says yes or no."), reverse("attendance")
        words = {"count": counts["waiting"]}
        yield Todo("check_in.confirm", label % words, url, _("Look"), "attendance", "user-check", meta=said, tone="due")
    asked = counts["leaves"] + counts["corrections"]
    if asked:
        label = ngettext("%(count)d request about attendance", "%(count)d requests about attendance", asked)
        words = {"leaves": counts["leaves"], "corrections": counts["corrections"]}
        said = _("Leave: %(leaves)d, corrections: %(corrections)d") % words
        url = reverse("ask_list")
        yield Todo(
            "attendance.asked",
            label % {"count": asked},
            url,
            _("Decide"),
            "attendance",
            "calendar-clock",
            meta=said,
            tone="due",
        )
