"""Registers of what is owed: concessions, credits, reminders, and who was never charged."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.models import Enrolment
from coaching.lib.money import rupees
from fees.models import Agreement, Concession, Credit, Reminder
from fees.registers_shape import Money, Register, Said, Value, batch_of, name_of, student_link, what_of

CONCESSION_TONES = {
    Concession.State.REQUESTED: "due",
    Concession.State.APPROVED: "ok",
    Concession.State.REJECTED: "bad",
    Concession.State.WITHDRAWN: "off",
    Concession.State.REVOKED: "off",
}
REMINDER_WORDS = {
    "BEFORE": gettext_lazy("Before the day"),
    "ON": gettext_lazy("On the day"),
    "AFTER": gettext_lazy("After the day"),
    "HAND": gettext_lazy("By hand"),
}
BY_ITSELF = gettext_lazy("By itself")


def _concessions() -> QuerySet[Any]:
    rows = Concession.objects.select_related(
        "account__student", "enrolment__batch", "due__enrolment__batch", "head", "requested_by", "decided_by"
    )
    return rows.annotate(credited=Sum("credits__amount_paise", default=0)).order_by("-requested_at", "-pk")


def _concession(row: Any) -> Sequence[Value]:
    batch = row.enrolment.batch.name if row.enrolment else batch_of(row.due)
    much = f"{row.bp / 100:g} %" if row.kind == Concession.Kind.PERCENT else rupees(row.amount_paise)
    of_head = _("%(much)s of %(head)s") % {"much": much, "head": row.head.name} if row.head else much
    return (
        student_link(row.account.student),
        timezone.localdate(row.requested_at),
        batch,
        Concession.Type(row.type).label,
        of_head,
        Money(row.credited),
        Said(CONCESSION_TONES[row.state], Concession.State(row.state).label),
        row.reason,
        name_of(row.requested_by, BY_ITSELF),
        name_of(row.decided_by),
    )


CONCESSIONS = Register(
    key="concessions",
    title=gettext_lazy("Concessions"),
    lead=gettext_lazy("Asked for in the month, with what they took from dues so far."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Asked on"),
        gettext_lazy("Batch"),
        gettext_lazy("What for"),
        gettext_lazy("How much"),
        gettext_lazy("Credited"),
        gettext_lazy("State"),
        gettext_lazy("Reason"),
        gettext_lazy("Asked by"),
        gettext_lazy("Decided by"),
    ),
    rows=_concessions,
    row=_concession,
    at="requested_at",
    student="account__student",
    batch="enrolment__batch",
    paise=Sum("credited", default=0),
)


def _credits() -> QuerySet[Any]:
    rows = Credit.objects.select_related("due__account__student", "due__enrolment__batch", "due__parent", "made_by")
    return rows.order_by("-at", "-pk")


def _credit(row: Any) -> Sequence[Value]:
    return (
        student_link(row.due.account.student),
        timezone.localdate(row.at),
        batch_of(row.due),
        what_of(row.due),
        Credit.Kind(row.kind).label,
        Money(row.amount_paise),
        row.reason,
        name_of(row.made_by, BY_ITSELF),
    )


CREDITS = Register(
    key="credits",
    title=gettext_lazy("Credits"),
    lead=gettext_lazy("What was taken from dues without money: concessions, waivers, withdrawals, corrections."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Day"),
        gettext_lazy("Batch"),
        gettext_lazy("Of what"),
        gettext_lazy("Kind"),
        gettext_lazy("Amount"),
        gettext_lazy("Reason"),
        gettext_lazy("By"),
    ),
    rows=_credits,
    row=_credit,
    at="at",
    student="due__account__student",
    batch="due__enrolment__batch",
    paise=Sum("amount_paise", default=0),
)


def _reminders() -> QuerySet[Any]:
    rows = Reminder.objects.select_related("due__account__student", "due__enrolment__batch", "due__parent", "sent_by")
    return rows.order_by("-at", "-pk")


def _reminder(row: Any) -> Sequence[Value]:
    return (
        student_link(row.due.account.student),
        row.at,
        batch_of(row.due),
        what_of(row.due),
        row.due.due_on,
        Money(row.open_paise),
        REMINDER_WORDS[row.kind],
        name_of(row.sent_by, BY_ITSELF),
    )


REMINDERS = Register(
    key="reminders",
    title=gettext_lazy("Reminders"),
    lead=gettext_lazy("Which families were reminded of what, and when."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Sent"),
        gettext_lazy("Batch"),
        gettext_lazy("Of what"),
        gettext_lazy("Due on"),
        gettext_lazy("Open then"),
        gettext_lazy("Kind"),
        gettext_lazy("By"),
    ),
    rows=_reminders,
    row=_reminder,
    at="at",
    student="due__account__student",
    batch="due__enrolment__batch",
)


def uncharged() -> QuerySet[Any]:
    """Enrolments of now, in batches of now, for which nothing was agreed."""
    charged = Agreement.objects.filter(enrolment=OuterRef("pk"))
    rows = Enrolment.objects.active_at(timezone.now()).filter(~Exists(charged), batch__archived_at=None)
    return rows.select_related("student", "batch").order_by("batch__name", "student__name", "pk")


def _uncharged(row: Any) -> Sequence[Value]:
    return student_link(row.student), row.batch.name, timezone.localdate(row.joined_at)


UNCHARGED = Register(
    key="uncharged",
    title=gettext_lazy("Not charged"),
    lead=gettext_lazy("Students who are in a batch without fees: it has no plan, or none was agreed with them."),
    columns=(gettext_lazy("Student"), gettext_lazy("Batch"), gettext_lazy("Joined on")),
    rows=uncharged,
    row=_uncharged,
    at="joined_at",
    student="student",
    batch="batch",
)

OF_DUES = (CONCESSIONS, CREDITS, UNCHARGED, REMINDERS)
