"""Whose attendance somebody may look at."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import guardians
from accounts.models import Role, User
from attendance.models import Record
from batches import taught
from batches.models import ClassSession, Enrolment


def students_seen_by(person: User, *, now: datetime) -> QuerySet[User]:
    """An admin all, a teacher whoever is or was in a batch of his, everybody himself and his children."""
    students: QuerySet[User] = User.objects.filter(role=Role.STUDENT)
    if person.is_admin:
        return students
    seen = Q(pk=person.pk) | Q(pk__in=guardians.students_of(person).order_by().values("pk"))
    if person.is_teacher:
        batches = taught.rosters_of(person, now=now).order_by().values("pk")
        seen |= Q(pk__in=Enrolment.objects.filter(batch__in=batches).order_by().values("student"))
    return students.filter(seen)


def sees_all_of(person: User, student: User) -> bool:
    """Whether every class of the student is his business, and not only those he teaches."""
    return person.is_admin or person == student or guardians.students_of(person).filter(pk=student.pk).exists()


def classes_of(student: User, *, viewer: User, sees_all: bool) -> QuerySet[ClassSession]:
    """On whose roll the student stands, or that keep a record of him; a teacher's are those he may see."""
    stays = Enrolment.objects.filter(student=student, batch=OuterRef("batch"))
    on_roll = stays.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at"))
    kept = Record.objects.filter(student=student).order_by().values("class_session")
    seen = ClassSession.objects.all() if sees_all else ClassSession.objects.for_user(viewer)
    return seen.filter(Q(Exists(on_roll)) | Q(pk__in=kept))


def records_of(student: User, *, viewer: User, sees_all: bool) -> QuerySet[Record]:
    """What registers say of him, of classes that were held; to a teacher, those of classes he may see."""
    rows = Record.objects.filter(student=student, class_session__cancelled_at=None)
    return rows if sees_all else rows.for_user(viewer)
