"""Whom a teacher teaches: the batches that are his, or in which he stands in, and the students in them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from batches.models import Batch, ClassSession, Enrolment, Teaching
from batches.models.batches import SUBSTITUTE_SEES, BatchQuerySet


def batches_of(teacher: User, *, now: datetime) -> BatchQuerySet:
    """Those he teaches, and those he stands in for now or lately; of others, even where his child learns, none."""
    classes = ClassSession.objects.held().filter(teacher=teacher, ends_at__gt=now - SUBSTITUTE_SEES)
    taught = Teaching.objects.filter(teacher=teacher)
    return Batch.objects.filter(Q(pk__in=taught.values("batch")) | Q(pk__in=classes.order_by().values("batch")))


def rosters_of(person: User, *, now: datetime) -> BatchQuerySet:
    """The batches whose students somebody sees: an admin all, a teacher his."""
    return Batch.objects.all() if person.is_admin else batches_of(person, now=now)


def students_of(teacher: User, *, now: datetime) -> QuerySet[User]:
    """Who is in one of these batches now or will be, by name; nobody of an archived one."""
    batches = batches_of(teacher, now=now).current().order_by().values("pk")
    rows = Enrolment.objects.filter(batch__in=batches).not_over(now).order_by()
    students: QuerySet[User] = User.objects.filter(pk__in=rows.values("student")).order_by("name", "pk")
    return students
