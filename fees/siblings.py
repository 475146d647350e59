"""The sibling discount: who has a brother or sister here is put forward for it, and an admin decides.

Siblings are students who share a guardian.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Guardianship, User
from batches.models import Enrolment
from fees import concessions
from fees.models import Agreement, Concession, FeeSettings, StudentAccount

State, Type = Concession.State, Concession.Type


@dataclass(frozen=True, slots=True)
class Found:
    """A stay that should have the discount, and a sibling because of whom."""

    enrolment: Enrolment
    sibling: User


def suggest(
    account: StudentAccount, *, actor: User | None, now: datetime, http: HttpRequest | None = None
) -> list[Concession]:
    """Ask for the discount on each stay of the student that should have it and has none. Without a rate, nothing."""
    settings = FeeSettings.current()
    asked = Concession.objects.filter(
        account=account, type=Type.SIBLING, state__in=[State.REQUESTED, State.APPROVED]
    ).values_list("enrolment", flat=True)
    return _ask(found(account, settings, now=now), settings, but=set(asked), actor=actor, now=now, http=http)


def suggest_all(*, now: datetime) -> int:
    """The same for everybody with a sibling, but nobody is put forward twice for a stay. How many that were."""
    settings = FeeSettings.current()
    if not settings.sibling_bp:
        return 0
    other = Guardianship.objects.filter(guardian=OuterRef("guardian")).exclude(student=OuterRef("student"))
    students = Guardianship.objects.filter(Exists(other)).values("student")
    asked = Concession.objects.filter(type=Type.SIBLING)
    waiting = Enrolment.objects.not_over(now).filter(student__in=students, fee_agreements__isnull=False)
    waiting = waiting.exclude(pk__in=asked.values("enrolment"))
    count = 0
    for account in StudentAccount.objects.filter(student__in=waiting.values("student")).select_related("student"):
        mine = set(asked.filter(account=account).values_list("enrolment", flat=True))
        count += len(_ask(found(account, settings, now=now), settings, but=mine, actor=None, now=now, http=None))
    return count


def found(account: StudentAccount, settings: FeeSettings, *, now: datetime) -> list[Found]:
    """Stays of the student, with a plan, that the institute's rule gives the discount, asked for or not."""
    if not settings.sibling_bp:
        return []
    mine = Guardianship.objects.filter(student=account.student).values("guardian")
    theirs = Guardianship.objects.filter(guardian__in=mine).exclude(student=account.student).values("student")
    stays = Enrolment.objects.not_over(now).select_related("student", "batch")
    others = list(stays.filter(student__in=theirs).order_by("joined_at", "pk"))
    own = stays.filter(Exists(Agreement.objects.filter(enrolment=OuterRef("pk"))), student=account.student)
    return [
        Found(stay, sibling)
        for stay in own.order_by("joined_at", "pk")
        if (sibling := _because_of(stay, others, settings.sibling_who)) is not None
    ]


def _because_of(stay: Enrolment, others: Iterable[Enrolment], who: str) -> User | None:
    for other in others:
        if who == FeeSettings.SiblingWho.LATER:
            comes_after = (other.joined_at, other.pk) < (stay.joined_at, stay.pk)
        else:
            comes_after = _is_younger(stay.student, other.student)
        if comes_after:
            return other.student
    return None


def _is_younger(one: User, other: User) -> bool:
    """Twins: who came into the list of people later. Nobody is taken for younger whose birth date is not known."""
    if one.date_of_birth is None or other.date_of_birth is None:
        return False
    return (one.date_of_birth, one.pk) > (other.date_of_birth, other.pk)


def _ask(
    stays: Iterable[Found],
    settings: FeeSettings,
    *,
    but: Collection[int | None],
    actor: User | None,
    now: datetime,
    http: HttpRequest | None,
) -> list[Concession]:
    made = []
    for one in stays:
        if one.enrolment.pk in but:
            continue
        try:
            made.append(
                concessions.request(
                    one.enrolment,
                    type=Type.SIBLING,
                    bp=settings.sibling_bp,
                    reason=_("Sibling: %(name)s") % {"name": one.sibling.name},
                    actor=actor,
                    now=now,
                    http=http,
                )
            )
        except (concessions.AlreadyAsked, concessions.NothingOpen):
            continue
    return made
