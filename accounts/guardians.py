"""Guardians and their students: who is linked to whom, and the two changes to that."""

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Guardianship, Notification, Photo, Role, User
from coaching.lib.errors import DomainError
from coaching.lib.statements import written_once


class GuardianRefused(DomainError):
    """This person cannot be made this student's guardian. The message says why."""

    code = "guardian_refused"


def students_of(user: User) -> QuerySet[User]:
    """The students this person is a guardian of, whatever his own role, by name; who is none any more is nobody's."""
    # Joined, SQLite walks through all students by name and asks of each whether he is one.
    linked = Guardianship.objects.filter(guardian=user, student__role=Role.STUDENT)
    students: QuerySet[User] = User.objects.filter(pk__in=linked.values("student")).order_by("name", "pk")
    return students


def children_of(user: User) -> list[User]:
    """The same as a list, asked once for this object: the person of a request is fetched anew with the next.

    Each comes with the `etag` of the photo, if there is one, and with how much unread `news` there is about the child.
    """
    known: list[User] | None = vars(user).get("_children")
    if known is None:
        known = vars(user)["_children"] = _children(guardian=user.pk)
    return known


@written_once
def _children(*, guardian: int) -> QuerySet[User]:
    tag = Photo.objects.filter(user=OuterRef("pk")).values("etag")[:1]
    told = Notification.objects.for_user(User(pk=guardian)).unread().filter(about=OuterRef("pk")).order_by()
    news = Coalesce(Subquery(told.values("about").values(count=Count("pk"))), 0)
    return students_of(User(pk=guardian)).annotate(etag=Subquery(tag), news=news)


def links_of(student: User) -> QuerySet[Guardianship]:
    """The links to a student's guardians, by their names, each with what he is to him; `guardian` is fetched along."""
    return student.guardian_links.select_related("guardian").order_by("guardian__name", "pk")


@transaction.atomic
def link_guardian(
    student: User, *, guardian: User, relation: str = "", actor: User, request: HttpRequest | None = None
) -> Guardianship:
    """Name a guardian; naming him again only changes what he is to the student. Raises: GuardianRefused."""
    _require_fit(student, guardian)
    relation = " ".join(relation.split())[:40]
    try:
        with transaction.atomic():
            link = Guardianship.objects.create(student=student, guardian=guardian, relation=relation)
        event = "guardianship.made"
    except IntegrityError:
        link = Guardianship.objects.select_for_update().get(student=student, guardian=guardian)
        if link.relation == relation:
            return link
        link.relation, event = relation, "guardianship.changed"
        link.save(update_fields=["relation"])
    activity.record(event, actor=actor, subject=student, on=link, request=request, person=guardian.pk)
    return link


@transaction.atomic
def unlink_guardian(student: User, *, guardian: User, actor: User, request: HttpRequest | None = None) -> bool:
    """From the next request on he sees nothing of the student. Answers whether he was a guardian until now."""
    link = Guardianship.objects.select_for_update().filter(student=student, guardian=guardian).first()
    if link is None:
        return False
    activity.record("guardianship.ended", actor=actor, subject=student, on=link, request=request, person=guardian.pk)
    link.delete()
    return True


def _require_fit(student: User, guardian: User) -> None:
    """Raises: GuardianRefused."""
    if student.role != Role.STUDENT:
        raise GuardianRefused(_("Only students have guardians."))
    if student == guardian:
        raise GuardianRefused(_("Nobody is his own guardian."))
    if guardian.is_minor(on=timezone.localdate()):
        raise GuardianRefused(_("%(name)s is not 18 yet and cannot be a guardian.") % {"name": guardian.name})
    if not guardian.is_active:
        raise GuardianRefused(_("%(name)s is deactivated. Let him in again first.") % {"name": guardian.name})
