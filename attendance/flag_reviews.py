"""Flags as people look at them: whose they see, and that somebody has looked. Nothing else changes by it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts import activity
from accounts.models import User
from attendance.models import Flag
from batches.models import Batch, ClassSession
from coaching.lib.text import one_line

NOTE_LENGTH = 200
NAMES = (
    "attempt__student",
    "attempt__venue",
    "attempt__register__class_session__batch",
    "attempt__register__class_session__subject",
    "other__student",
    "reviewed_by",
)
"""What a line about a flag names."""


def flags_for(user: User) -> QuerySet[Flag]:
    """Of the classes somebody holds: an admin all, a teacher those he may change."""
    if user.is_admin:
        return Flag.objects.all()
    held = ClassSession.objects.editable_by(user).order_by().values("pk")
    return Flag.objects.filter(attempt__register__in=held)


def narrowed(rows: QuerySet[Flag], *, batch: Batch | None, kind: str, is_reviewed: bool | None) -> QuerySet[Flag]:
    """Those of one batch and kind, None and "" for all; `is_reviewed` None for open and reviewed ones."""
    wanted = Q()
    if batch:
        wanted &= Q(attempt__register__class_session__batch=batch)
    if kind:
        wanted &= Q(kind=kind)
    if is_reviewed is not None:
        wanted &= Q(reviewed_at__isnull=not is_reviewed)
    return rows.filter(wanted)


@transaction.atomic
def review(flag: Flag, *, note: str, actor: User, now: datetime, request: HttpRequest) -> bool:
    """Note that a person has looked at it; False when somebody had already."""
    is_first = Flag.objects.filter(pk=flag.pk, reviewed_at=None).update(
        reviewed_at=now, reviewed_by=actor, note=one_line(note, at_most=NOTE_LENGTH)
    )
    if is_first:
        student = flag.attempt.student
        activity.record(
            "check_in.flag_reviewed", actor=actor, subject=student, on=flag, request=request, kind=flag.kind
        )
    return bool(is_first)
