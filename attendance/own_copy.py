"""What attendance keeps of a person: as tables he can take with him, and what an erasure takes.

Nothing here holds an erasure: whoever is still in a batch is held by his enrolment.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from attendance.models import CheckInAttempt, CheckInPosition, CorrectionRequest, Flag, Leave, Record, RecordChange
from attendance.models.asks import AskState
from coaching.lib.offers import Section

AT_ONCE = 500


def export(person: User) -> list[Section]:
    """What registers say of him with every change, his check-ins with their positions, and what he asked."""
    return [
        Section(
            "attendance",
            _("Attendance"),
            (_("Class"), _("Begins"), _("Status"), _("Late by, minutes"), _("By"), _("Remark"), _("Marked")),
            _records(person),
        ),
        Section(
            "attendance_changes",
            _("Changes of attendance"),
            (_("Class"), _("Begins"), _("When"), _("Was"), _("Became"), _("By"), _("Reason"), _("Correction")),
            _changes(person),
        ),
        Section(
            "check_ins",
            _("Check-ins"),
            _check_in_header(),
            _check_ins(person),
        ),
        Section(
            "leaves",
            _("Leave"),
            (_("First day"), _("Last day"), _("Reason"), _("Asked"), _("State"), _("Answer")),
            _leaves(person),
        ),
        Section(
            "attendance_requests",
            _("Requests for corrections"),
            (_("Class"), _("Should say"), _("Reason"), _("Asked"), _("State"), _("Answer")),
            _corrections(person),
        ),
    ]


def erase(person: User) -> None:
    """Before his name goes: positions, remarks, what he wrote when he asked, notes on flags; what waits is withdrawn.

    Records, check-ins and changes stay as the history of classes, and name nobody any more.
    """
    CheckInPosition.objects.filter(attempt__student=person).delete()
    Record.objects.filter(student=person).exclude(remark="").update(remark="")
    Flag.objects.filter(attempt__student=person).exclude(note="").update(note="")
    for asked in (Leave.objects.filter(student=person), CorrectionRequest.objects.filter(record__student=person)):
        asked.filter(state=AskState.ASKED).update(state=AskState.WITHDRAWN)
        asked.update(reason="", answer="")


def _check_in_header() -> tuple[str, ...]:
    measured = (_("Position"), _("Metres from the venue"), _("Accuracy, metres"), _("Code was right"), _("Browser"))
    where = (_("Latitude"), _("Longitude"), _("IP address"))
    return (_("Class"), _("Received"), *measured, *where, _("Noted as odd"))


def _records(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Record.objects.filter(student=person).select_related("class_session__batch")
    for row in rows.order_by("class_session__starts_at", "pk").iterator(chunk_size=AT_ONCE):
        said, by = str(row.get_status_display()), str(row.get_source_display())
        held = row.class_session
        yield held.batch.name, held.starts_at, said, row.late_min, by, row.remark, row.marked_at


def _changes(person: User) -> Iterator[tuple[Any, ...]]:
    rows = RecordChange.objects.filter(record__student=person).select_related("record__class_session__batch")
    for row in rows.order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        held = row.record.class_session
        was, became, by = (
            str(one) for one in (row.get_was_display(), row.get_status_display(), row.get_source_display())
        )
        yield held.batch.name, held.starts_at, row.at, was, became, by, row.reason, row.is_correction


def _check_ins(person: User) -> Iterator[tuple[Any, ...]]:
    rows = CheckInAttempt.objects.filter(student=person).select_related("register__class_session__batch", "position")
    for row in rows.prefetch_related("flags").order_by("received_at", "pk").iterator(chunk_size=AT_ONCE):
        position: CheckInPosition | None = getattr(row, "position", None)
        where = (position.latitude, position.longitude, position.ip) if position else (None, None, None)
        odd = ", ".join(str(flag.get_kind_display()) for flag in row.flags.all())
        batch, decision = row.register.class_session.batch.name, str(row.get_decision_display())
        yield batch, row.received_at, decision, row.distance_m, row.accuracy_m, row.code_ok, row.agent, *where, odd


def _leaves(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Leave.objects.filter(student=person).order_by("first_on", "pk"):
        yield row.first_on, row.last_on, row.reason, row.asked_at, str(row.get_state_display()), row.answer


def _corrections(person: User) -> Iterator[tuple[Any, ...]]:
    rows = CorrectionRequest.objects.filter(record__student=person).select_related("record__class_session__batch")
    for row in rows.order_by("asked_at", "pk"):
        wanted, state = str(row.get_wanted_display()), str(row.get_state_display())
        yield row.record.class_session.batch.name, wanted, row.reason, row.asked_at, state, row.answer
