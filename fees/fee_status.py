"""Who has paid, without amounts: for teachers and staff who were granted to see it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Grant, User
from batches import taught
from batches.models import Batch
from coaching.lib.offers import Cell, Column
from fees.models import Due


def may_read(person: User) -> bool:
    """Whether somebody is told who has paid: those with the grant; admins and cashiers see amounts anyway."""
    return person.may(Grant.Kind.FEE_STATUS) or person.may(Grant.Kind.CASHIER)


def batches_of(person: User, *, now: datetime) -> QuerySet[Batch]:
    """Of which batches: a teacher of his own, staff of all."""
    every = Batch.objects.current()
    return taught.batches_of(person, now=now) if person.is_teacher and not person.is_admin else every


def words(students: Iterable[User], batch: Batch, *, today: date) -> dict[int, tuple[str, str]]:
    """Tone and word for each student (by number) of his dues in this batch; who has none is not in it. One query."""
    dues = Due.objects.filter(enrolment__batch=batch, enrolment__student=OuterRef("pk")).order_by()
    rows: QuerySet[User, Any] = User.objects.filter(pk__in=[one.pk for one in students]).order_by()
    found = rows.values_list(
        "pk",
        Exists(dues),
        Exists(dues.filter(balance__open_paise__gt=0, due_on__lt=today)),
        Exists(dues.filter(balance__open_paise__gt=0)),
        Exists(dues.filter(Q(balance__paid_paise__gt=0))),
    )
    return {pk: _said(late, is_open, was_paid) for pk, has_dues, late, is_open, was_paid in found if has_dues}


def _said(is_late: bool, is_open: bool, was_paid: bool) -> tuple[str, str]:
    if is_late:
        return "bad", _("Overdue")
    if not is_open:
        return "ok", _("Paid")
    return ("due", _("Partly paid")) if was_paid else ("off", _("Not due yet"))


def column(batch: Batch, students: Iterable[User], *, today: date) -> Column:
    """Its column in the roster of a batch."""
    said = words(students, batch, today=today)
    return Column(_("Fees"), {pk: Cell(word, tone=tone) for pk, (tone, word) in said.items()})
