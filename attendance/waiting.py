"""What waits in attendance for a person to do: his check-in, or the registers and requests that are his to see to."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from attendance.class_states import SOON, TIMES, is_checked_in_now, register_of, with_own, with_times
from attendance.models.records import SAID
from attendance.pending import counts_of, not_taken
from batches.models import ClassSession, Enrolment
from coaching.lib.clock import clock_text, day_text
from coaching.lib.offers import Todo
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped

NAMED = 3


def todo(person: User, *, now: datetime) -> list[Todo]:
    """A student's check-in that is open now; what a teacher's registers, or the office's, need."""
    if person.role == Role.STUDENT:
        return list(_check_ins(person, now))
    if person.is_admin:
        return list(_office(person, now))
    return [*_not_taken(person, now), *_asked(counts_of(person, now=now))] if person.is_teacher else []


# --- A student's ------------------------------------------------------------------------------------------------------


def _check_ins(student: User, now: datetime) -> Iterator[Todo]:
    """Classes he may check in to now and has not."""
    for row in _near(student=student.pk, now=now):
        register = register_of(row)
        if vars(row)["status"] in SAID or not is_checked_in_now(register, now):
            continue
        label, url = _("Check in to %(title)s") % {"title": row.title}, reverse("check_in", args=[row.uuid])
        said = row.batch.name if row.title != row.batch.name else ""
        yield Todo(
            "class.check_in", label, url, _("Check in"), "attendance", "map-pin-check", register.closes_at, said, "due"
        )


@written_once
def _near(*, student: int, now: datetime) -> QuerySet[ClassSession]:
    """Classes of now and the next hours that fall into his enrolments, with what is said of him."""
    stays = Enrolment.objects.filter(student=student, batch=OuterRef("batch"))
    mine = Exists(stays.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at")))
    rows = ClassSession.objects.held().filter(mine, starts_at__lte=now + SOON, ends_at__gt=now)
    named = with_times(with_own(rows, student)).select_related("register", "batch__check_in_rule", "subject")
    columns = ("uuid", "topic", "starts_at", "ends_at", "batch__name", "subject__name", *TIMES)
    return named.only(*columns).order_by("starts_at", "pk")


# --- A teacher's, and the office's ------------------------------------------------------------------------------------


def _not_taken(teacher: User, now: datetime) -> Iterator[Todo]:
    """Registers of his classes that nobody took, one by one while they are few."""
    count = counts_of(teacher, now=now)["missing"]
    if count > NAMED:
        yield _classes_without(count)
    if not 0 < count <= NAMED:
        return
    for row in _latest_not_taken(teacher=teacher.pk, now=now):
        label = _("Take the register of %(batch)s") % {"batch": row.batch.name}
        said = f"{day_text(row.starts_at)}, {clock_text(row.starts_at)} · {row.title}"
        url = reverse("register", args=[row.uuid])
        yield Todo("register.take", label, url, _("Register"), "attendance", "list-checks", meta=said, tone="due")


@written_once
def _latest_not_taken(*, teacher: int, now: datetime) -> QuerySet[ClassSession]:
    rows = not_taken(User(pk=teacher, role=Role.TEACHER), now=now).select_related("batch", "subject")
    return rows.order_by("-starts_at", "pk")[:NAMED]


def _classes_without(count: int) -> Todo:
    label = ngettext("%(count)s class without a register", "%(count)s classes without a register", count)
    label %= {"count": grouped(count)}
    said, url = _("Nobody was marked in the last two weeks."), reverse("attendance") + "#missing"
    return Todo("register.take", label, url, _("Look"), "attendance", "list-checks", meta=said, tone="due")


def _office(admin: User, now: datetime) -> Iterator[Todo]:
    """What any admin sees."""
    counts = counts_of(admin, now=now)
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
    if counts["confirm"]:
        label = ngettext("%(count)d check-in to confirm", "%(count)d check-ins to confirm", counts["confirm"])
        said, url = _("They wait until a teacher says yes or no."), reverse("attendance") + "#confirm"
        words = {"count": counts["confirm"]}
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
