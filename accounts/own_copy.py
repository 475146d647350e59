"""What this floor keeps about a person, as tables he can take with him."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts import activity
from accounts.events import describe
from accounts.kinds import label_of
from accounts.models import (
    Activity,
    Consent,
    Guardianship,
    Notification,
    SessionSlot,
    TicketMessage,
    User,
)
from coaching.lib.offers import Hold, Section


def export(person: User) -> list[Section]:
    """Who he is here, what he agreed to, what he was told and asked, where he signed in, what was done."""
    return [
        Section("profile", _("Profile"), (_("What"), _("Value")), _profile(person)),
        Section("family", _("Guardians and children"), (_("Guardian"), _("Student"), _("Relation")), _family(person)),
        Section(
            "consents",
            _("Consents"),
            (_("Purpose"), _("Given"), _("How"), _("By"), _("Version of the notice"), _("Evidence"), _("Withdrawn")),
            _consents(person),
        ),
        Section(
            "notifications",
            _("What you were told"),
            (_("Time"), _("Kind"), _("Title"), _("Text"), _("Read")),
            _notifications(person),
        ),
        Section(
            "questions", _("Questions to the office"), (_("Time"), _("About"), _("By"), _("Text")), _questions(person)
        ),
        Section(
            "sessions",
            _("Devices"),
            (_("Signed in"), _("Last used"), _("Ended"), _("How"), _("Device"), _("IP address")),
            _sessions(person),
        ),
        Section(
            "activity",
            _("Activity"),
            (_("Time"), _("What"), _("Who"), _("About"), _("Name"), _("IP address"), _("Device")),
            _activity(person),
        ),
    ]


def holds(person: User) -> list[Hold]:
    """Nothing of this floor must be kept with the name: the log holds numbers."""
    return []


def _profile(person: User) -> Iterator[tuple[Any, ...]]:
    yield _("Name"), person.name
    yield _("Role"), str(person.get_role_display())
    yield _("E-mail address"), person.email
    yield _("Admission number"), person.admission_number
    yield _("Phone"), person.phone
    yield _("Birth date"), person.date_of_birth
    yield _("Language"), str(person.get_language_display())
    yield _("Joined"), person.date_joined
    for grant in person.grants.all():
        yield _("May do"), str(grant)


def _family(person: User) -> Iterator[tuple[Any, ...]]:
    links = person.guardianships.all() | person.guardian_links.all()
    rows: list[Guardianship] = list(links.select_related("guardian", "student"))
    return ((row.guardian.name, row.student.name, row.relation) for row in rows)


def _consents(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Consent.objects.filter(subject=person).select_related("given_by"):
        how = (str(row.get_purpose_display()), row.given_at, str(row.get_method_display()), row.given_by.name)
        yield *how, row.notice_version, row.evidence, row.withdrawn_at


def _notifications(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Notification.objects.filter(recipient=person).iterator():
        yield row.created_at, label_of(row.kind), row.title, row.body, row.read_at


def _questions(person: User) -> Iterator[tuple[Any, ...]]:
    rows = TicketMessage.objects.filter(ticket__asked_by=person).select_related("ticket", "author")
    for row in rows.order_by("ticket_id", "pk"):
        yield row.at, row.ticket.subject, row.author.name, row.text


def _sessions(person: User) -> Iterator[tuple[Any, ...]]:
    for row in SessionSlot.objects.of(person):
        yield row.created_at, row.last_seen_at, row.ended_at, str(row.get_method_display()), row.device, row.ip


def _activity(person: User) -> Iterator[tuple[Any, ...]]:
    rows = list(Activity.objects.about(person).select_related("actor", "subject"))
    names = activity.names_in(rows)
    for row in rows:
        who, whom = str(row.actor or ""), str(row.subject or "")
        yield row.at, describe(row.event), who, whom, activity.about(row, names), row.ip, row.device
