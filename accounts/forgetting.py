"""Making a person of this floor unknown: his row stays, because history points at it, and says nothing of him.

Lines of the activity log stay for their retention; they hold numbers and what the thing acted on was called.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts import sessions
from accounts.models import (
    Consent,
    Grant,
    GuardianPass,
    Guardianship,
    ImportedRow,
    Invitation,
    Notification,
    NotificationChoice,
    Photo,
    QuietHours,
    SessionSlot,
    Ticket,
    TicketMessage,
    User,
)

NAME = "Erased person"
TEXT = "—"
NOWHERE = "erased.invalid"
"""Nobody can ever have an address there. Source: RFC 2606."""


def is_forgotten(person: User) -> bool:
    """Whether this row names nobody any more; nobody comes in by it again."""
    return (person.email or "").endswith(f"@{NOWHERE}")


@transaction.atomic
def forget(person: User, *, actor: User, request: HttpRequest | None = None) -> None:
    """End his sessions and take out everything that tells who he was. Twice is once."""
    sessions.end_all(person, reason=SessionSlot.EndReason.DEACTIVATED, actor=actor, request=request)
    _forget_ways_in(person)
    _forget_ties(person)
    _forget_words(person, actor)
    _forget_records(person)
    _blank(person)


def _forget_ways_in(person: User) -> None:
    for table in (SocialAccount, EmailAddress, Authenticator):
        table.objects.filter(user=person).delete()
    SessionSlot.objects.filter(user=person).update(ip=None, device="", device_id=None)
    Grant.objects.filter(user=person).delete()
    known = Q(person=person) | Q(used_by=person)
    if person.email:
        known |= Q(email__iexact=person.email)
    if person.admission_number:
        known |= Q(admission_number__iexact=person.admission_number)
    Invitation.objects.filter(known).delete()


def _forget_ties(person: User) -> None:
    Guardianship.objects.filter(Q(guardian=person) | Q(student=person)).delete()
    Invitation.students.through.objects.filter(user=person).delete()
    GuardianPass.objects.filter(student=person).delete()
    ImportedRow.objects.filter(person=person).delete()


def _forget_words(person: User, actor: User) -> None:
    """What he was told or what was told about him, what he asked, what the office noted as evidence."""
    Notification.objects.filter(Q(recipient=person) | Q(about=person)).delete()
    NotificationChoice.objects.filter(user=person).delete()
    QuietHours.objects.filter(user=person).delete()
    Photo.objects.filter(user=person).delete()
    now = timezone.now()
    Consent.objects.filter(subject=person).update(evidence="")
    Consent.objects.filter(subject=person, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=actor)
    tickets = Ticket.objects.filter(asked_by=person)
    TicketMessage.objects.filter(ticket__in=tickets).update(text=TEXT)
    tickets.update(subject=TEXT, state=Ticket.State.CLOSED)


def _forget_records(person: User) -> None:
    """What Django's admin wrote down about changes by hand: his own record, and links that name him at either end."""
    own = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=own, object_id=str(person.pk)).update(object_repr=NAME)
    if not person.name:
        return
    links = ContentType.objects.get_for_model(Guardianship)
    names_him = Q(object_repr__startswith=person.name) | Q(object_repr__endswith=person.name)
    LogEntry.objects.filter(names_him, content_type=links).update(object_repr=NAME)


def _blank(person: User) -> None:
    person.name, person.email, person.admission_number = NAME, f"{person.uuid.hex}@{NOWHERE}", None
    person.phone, person.date_of_birth, person.language = "", None, ""
    person.theme, person.teaches, person.is_active = User.Theme.SYSTEM, False, False
    person.set_unusable_password()
    person.save()
