"""A batch with a month of classes and what registers say of them."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from attendance.models import Record, Register
from attendance.models.records import Status
from batches.models import Batch, ClassSession
from tests.batches import timetables


def classes(count: int, *, batch: Batch | None = None, until_days_ago: int = 1) -> list[ClassSession]:
    """So many classes on following days, the last so many days ago, their registers opened; oldest first."""
    held = batch or timetables.batch()
    first = timezone.now() - timedelta(days=until_days_ago + count - 1)
    rows = [timetables.class_session(held, first + timedelta(days=number)) for number in range(count)]
    Register.objects.bulk_create(Register(class_session=row) for row in rows)
    return rows


def say(rows: list[ClassSession], student: User, letters: str) -> None:
    """The record of each class in its order; "." for none."""
    Record.objects.bulk_create(
        Record(class_session=row, student=student, status=Status(letter))
        for row, letter in zip(rows, letters, strict=True)
        if letter != "."
    )


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def lines_of(answer) -> list[str]:
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
