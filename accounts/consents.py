"""What people agreed to: whether something may be done with a person, and who may say yes or no.

Others call `may(subject, purpose, on=day)`, or `who_may` for a list, before they use a position, show a photo or put
a name on a leaderboard. A minor's own yes does not count: a guardian says it, or the office enters it from paper.
Withdrawing takes effect at once; a photo is deleted with it.

Source: Digital Personal Data Protection Act 2023, sections 6 and 9.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, guardians
from accounts.models import Consent, Institute, Photo, Role, User
from coaching.lib.errors import DomainError, NotAllowed
from coaching.lib.statements import written_once

Purpose: TypeAlias = Consent.Purpose
Method: TypeAlias = Consent.Method
EVIDENCE_LENGTH = 200
COUNTS_FOR_MINORS = frozenset({Method.GUARDIAN, Method.PAPER})


class EvidenceMissing(DomainError):
    """The office must say where the paper is (400)."""

    code = "evidence_missing"
    status = 400


@dataclass(frozen=True, slots=True)
class Standing:
    """How one purpose stands for one person. `row` is the consent in force, else the last one, else None."""

    purpose: Purpose
    row: Consent | None
    is_allowed: bool
    is_never: bool

    @property
    def is_in_force(self) -> bool:
        return self.row is not None and self.row.withdrawn_at is None

    @property
    def can_be_given(self) -> bool:
        return not self.is_allowed and not self.is_never

    @property
    def can_be_withdrawn(self) -> bool:
        return self.is_allowed or self.is_in_force


# --- What may be done -------------------------------------------------------------------------------------------------


def may(subject: User, purpose: str, *, on: date) -> bool:
    """Whether this may be done with the person on that day."""
    return subject.pk in who_may([subject], purpose, on=on)


def who_may(people: Iterable[User], purpose: str, *, on: date) -> set[int]:
    """The numbers of those with whom this may be done on that day, in one query for all."""
    listed = list(people)
    rows = _newest(Consent.objects.filter(subject__in=listed, purpose=purpose))
    return {one.pk for one in listed if _stands(one, Purpose(purpose), rows.get((one.pk, purpose)), on).is_allowed}


def standings(people: Iterable[User], *, on: date) -> dict[int, list[Standing]]:
    """Every purpose that concerns each person, by his number, in one query for all."""
    listed = list(people)
    rows = _newest(_said_about(people=tuple(one.pk for one in listed)) if listed else [])
    return {
        one.pk: [_stands(one, purpose, rows.get((one.pk, purpose)), on) for purpose in _asked_of(one)] for one in listed
    }


def of_children(guardian: User, *, on: date) -> dict[int, list[Standing]]:
    """The same for one's children, asked once for this object, which is fetched with each request."""
    known: dict[int, list[Standing]] | None = vars(guardian).get("_standings")
    if known is None:
        known = vars(guardian)["_standings"] = standings(guardians.children_of(guardian), on=on)
    return known


@written_once
def _said_about(*, people: tuple[int, ...]) -> QuerySet[Consent]:
    return Consent.objects.filter(subject__in=people).select_related("given_by", "withdrawn_by")


def _asked_of(person: User) -> tuple[Purpose, ...]:
    """Only students check in and have results."""
    return tuple(Purpose) if person.role == Role.STUDENT else (Purpose.PHOTO,)


def _newest(rows: Iterable[Consent]) -> dict[tuple[int, str], Consent]:
    """By person and purpose the row in force, else the last."""
    ordered = sorted(rows, key=lambda row: (row.withdrawn_at is None, row.given_at, row.pk))
    return {(row.subject_id, row.purpose): row for row in ordered}


def _stands(person: User, purpose: Purpose, row: Consent | None, on: date) -> Standing:
    is_minor = person.is_minor(on=on)
    policy = Institute.current().minor_location
    if purpose == Purpose.LOCATION and is_minor and policy == Institute.MinorLocation.OFF:
        return Standing(purpose, row, is_allowed=False, is_never=True)
    is_free = {
        Purpose.LOCATION: not is_minor or policy == Institute.MinorLocation.EXEMPT,
        Purpose.PHOTO: not is_minor,
        Purpose.RESULTS: False,
    }[purpose]
    is_allowed = is_free if row is None else row.withdrawn_at is None and (is_free or _counts(row, is_minor))
    return Standing(purpose, row, is_allowed=is_allowed, is_never=False)


def _counts(row: Consent, is_minor: bool) -> bool:
    return not is_minor or row.method in COUNTS_FOR_MINORS


# --- Who decides ------------------------------------------------------------------------------------------------------


def own_and_children(user: User) -> QuerySet[User]:
    """Whose page of consents this person sees: his own and those of the students he is the guardian of."""
    child = Q(guardian_links__guardian=user, role=Role.STUDENT)
    people: QuerySet[User] = User.objects.filter(Q(pk=user.pk) | child)
    return people.distinct()


def can_decide(subject: User, *, actor: User, on: date) -> bool:
    """Whether this person himself says yes and no for the subject: an adult for himself or for a minor he guards."""
    return _method(subject, actor, on) is not None


def _method(subject: User, actor: User, on: date) -> Method | None:
    is_minor = subject.is_minor(on=on)
    if subject.pk == actor.pk:
        return None if is_minor else Method.SELF
    is_guardian = is_minor and not actor.is_minor(on=on) and subject.guardian_links.filter(guardian=actor).exists()
    return Method.GUARDIAN if is_guardian else None


def _own_method(subject: User, actor: User, on: date) -> Method:
    method = _method(subject, actor, on)
    if method is None:
        raise NotAllowed(_("Until 18, a guardian decides this; from then on only the person does."))
    return method


# --- Yes and no -------------------------------------------------------------------------------------------------------


def give(subject: User, *, purpose: str, actor: User, now: datetime, request: HttpRequest | None = None) -> Consent:
    """A yes by the person or his guardian. Given already: the one in force. Raises: NotAllowed."""
    said = _Statement(_own_method(subject, actor, day_of(now)), "", actor, now, request)
    return _give(subject, Purpose(purpose), said)


def give_on_paper(
    subject: User, *, purpose: str, evidence: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> Consent:
    """A yes the office has on paper; `evidence` says where. Raises: NotAllowed, EvidenceMissing."""
    _require_office(actor, evidence)
    return _give(subject, Purpose(purpose), _Statement(Method.PAPER, evidence.strip(), actor, now, request))


def withdraw(subject: User, *, purpose: str, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """A no by the person or his guardian. No already: nothing. Raises: NotAllowed."""
    said = _Statement(_own_method(subject, actor, day_of(now)), "", actor, now, request)
    _withdraw(subject, Purpose(purpose), said)


def withdraw_on_paper(
    subject: User, *, purpose: str, evidence: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> None:
    """A no the office has on paper. Raises: NotAllowed, EvidenceMissing."""
    _require_office(actor, evidence)
    _withdraw(subject, Purpose(purpose), _Statement(Method.PAPER, evidence.strip(), actor, now, request))


def day_of(now: datetime) -> date:
    """The day it is at the institute."""
    return timezone.localtime(now, Institute.current().zone).date()


def _require_office(actor: User, evidence: str) -> None:
    if not actor.is_admin:
        raise NotAllowed(_("Only the office enters what was said on paper."))
    if not evidence.strip():
        raise EvidenceMissing(_("Say which paper this is and where it is kept."))


@dataclass(frozen=True, slots=True)
class _Statement:
    """Who said yes or no, when and how; `evidence` names the paper."""

    method: Method
    evidence: str
    actor: User
    now: datetime
    request: HttpRequest | None


@transaction.atomic
def _give(subject: User, purpose: Purpose, said: _Statement) -> Consent:
    person, in_force = _locked(subject, purpose)
    if in_force is not None:
        if _counts(in_force, person.is_minor(on=day_of(said.now))):
            return in_force
        _end(in_force, said)  # he said it himself and turned out to be a minor
    consent = _new(person, purpose, said)
    consent.evidence = said.evidence
    consent.save()
    _log("consent.given", consent, said)
    return consent


@transaction.atomic
def _withdraw(subject: User, purpose: Purpose, said: _Statement) -> None:
    """Where nobody was asked, the no is kept as a yes that ended with its beginning: an objection."""
    person, consent = _locked(subject, purpose)
    if consent is None:
        if Consent.objects.filter(subject=person, purpose=purpose).exists():
            return
        consent = _new(person, purpose, said)
    if said.evidence:
        consent.evidence = "; ".join(filter(None, (consent.evidence, said.evidence)))[:EVIDENCE_LENGTH]
    _end(consent, said)
    if purpose == Purpose.PHOTO:
        Photo.objects.filter(user=person).delete()
    _log("consent.withdrawn", consent, said)


def _new(subject: User, purpose: Purpose, said: _Statement) -> Consent:
    """Unsaved, under the notice as it stands."""
    version = Institute.objects.filter(pk=1).values_list("notice_version", flat=True).first() or 1
    given = {"method": said.method, "given_by": said.actor, "given_at": said.now, "notice_version": version}
    return Consent(subject=subject, purpose=purpose, **given)


def _locked(subject: User, purpose: Purpose) -> tuple[User, Consent | None]:
    """The person's row, held so that two at once become one after the other, and his consent in force."""
    person = User.objects.select_for_update(no_key=True).get(pk=subject.pk)
    return person, Consent.objects.filter(subject=person, purpose=purpose, withdrawn_at=None).first()


def _end(consent: Consent, said: _Statement) -> None:
    consent.withdrawn_at, consent.withdrawn_by = max(said.now, consent.given_at), said.actor
    consent.save()


def _log(event: str, consent: Consent, said: _Statement) -> None:
    extra = {"name": str(Purpose(consent.purpose).label), "purpose": consent.purpose, "method": consent.method}
    activity.record(event, actor=said.actor, subject=consent.subject, on=consent, request=said.request, **extra)
