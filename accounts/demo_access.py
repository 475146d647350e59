"""What the demo's people may do, whose guardians they are, and who is invited but not in yet."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Grant, Guardianship, Invitation, Role, User
from accounts.models.invitations import INVITATION_LIVES, hash_token

_NAMESPACE = uuid.UUID("3f7c6b1e-0d52-4e0b-8a43-6f1d8f6c2b77")
GUARDIANS = (
    ("sunil", "ananya", "Father"),
    ("sunil", "aarav", "Uncle"),
    ("sunita", "ritika", "Mother"),
    ("subramaniam", "kavya", "Father"),
)
RIGHTS = (("lata", Grant.Kind.CASHIER),)


@dataclass(frozen=True, slots=True)
class DemoInvitation:
    """Somebody invited `days` ago; `used_by` is the key of who came in with it."""

    name: str
    role: Role
    days: int
    email: str | None = None
    admission_number: str | None = None
    used_by: str = ""


INVITATIONS = (
    DemoInvitation("Meera Joshi", Role.TEACHER, 40, email="meera@pragati.example", used_by="meera"),
    DemoInvitation("Nandini Rao", Role.TEACHER, 12, email="nandini@pragati.example"),
    DemoInvitation("Farida Merchant", Role.TEACHER, 1, email="farida@pragati.example"),
    DemoInvitation("तन्वी चव्हाण", Role.STUDENT, 0, admission_number="2026-0200"),
)


def seed(people: dict[str, User]) -> None:
    """Make what is missing; `people` by the keys of `accounts.demo`."""
    by = people["rajendra"]
    rights = [Grant(user=people[key], kind=kind, given_by=by) for key, kind in RIGHTS]
    Grant.objects.bulk_create(rights, ignore_conflicts=True)
    links = [
        Guardianship(guardian=people[guardian], student=people[student], relation=relation)
        for guardian, student, relation in GUARDIANS
    ]
    Guardianship.objects.bulk_create(links, ignore_conflicts=True)
    now = timezone.now()
    Invitation.objects.bulk_create([_row(one, people, now=now) for one in INVITATIONS], ignore_conflicts=True)


def _row(one: DemoInvitation, people: dict[str, User], *, now: datetime) -> Invitation:
    """Nobody knows its link: an admin makes a new one on the list of invitations."""
    sent_at, person = now - timedelta(days=one.days), people.get(one.used_by)
    return Invitation(
        uuid=uuid.uuid5(_NAMESPACE, one.name),
        name=one.name,
        role=one.role,
        email=one.email,
        admission_number=one.admission_number,
        token_hash=hash_token(secrets.token_urlsafe(32)),
        created_by=people["rajendra"],
        created_at=sent_at,
        sent_at=sent_at,
        expires_at=sent_at + INVITATION_LIVES,
        used_at=sent_at + timedelta(hours=3) if person else None,
        used_by=person,
        person=person,
    )
