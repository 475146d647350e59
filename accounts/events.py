"""What events of the activity log are called on a page. Imports no models, so that an `apps.py` may import it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, str | Promise] = {
    "sign_in.succeeded": _("Signed in"),
    "sign_in.failed": _("Sign-in refused"),
    "sign_out": _("Signed out"),
    "google.connected": _("Google connected"),
    "google.disconnected": _("Google disconnected"),
    "session.ended": _("Session ended"),
    "session_policy.changed": _("Session policy changed"),
    "second_step.added": _("Second step added"),
    "second_step.removed": _("Second step removed"),
    "second_step.codes_made": _("New recovery codes made"),
    "second_step.code_used": _("Recovery code used"),
    "second_step.failed": _("Code refused at the second step"),
    "second_step.reset": _("Second step reset"),
    "invitation.made": _("Invitation made"),
    "invitation.sent": _("Invitation sent again"),
    "invitation.revoked": _("Invitation taken back"),
    "invitation.accepted": _("Invitation accepted"),
    "grant.given": _("Grant given"),
    "grant.taken": _("Grant taken back"),
    "guardianship.made": _("Guardian named"),
    "guardianship.changed": _("Guardianship changed"),
    "guardianship.ended": _("Guardianship ended"),
    "guardian_link.made": _("Guardian link made"),
    "guardian_link.opened": _("Guardian link opened"),
    "guardian_link.failed": _("Wrong PIN at a guardian link"),
    "guardian_link.locked": _("Guardian link locked"),
    "guardian_link.extended": _("Guardian link extended"),
    "guardian_link.revoked": _("Guardian link taken back"),
    "delivery.retried": _("Failed deliveries tried again"),
    "question.asked": _("Question asked"),
    "question.written": _("Wrote on a question"),
    "question.answered": _("Question answered"),
    "question.closed": _("Question closed"),
    "question.opened": _("Question opened again"),
    "institute.changed": _("Institute’s settings changed"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "erasure.asked": _("Erasure asked for"),
    "erasure.held": _("Erasure held"),
    "erasure.refused": _("Erasure refused"),
    "erasure.done": _("Person erased"),
    "person.exported": _("Copy of the own data taken"),
    "people.imported": _("People imported"),
    "people.import_undone": _("Import of people taken back"),
    "people.exported": _("List of people exported"),
    "people.written_to": _("Message from the office sent"),
    "person.created": _("Person added"),
    "person.changed": _("Person changed"),
    "person.closed": _("Account closed"),
    "person.let_in": _("Account opened again"),
    "person.photo_put": _("Photo changed"),
    "person.photo_removed": _("Photo removed"),
    "person.password_changed": _("Password changed"),
    "person.password_link_made": _("Password link made"),
    "person.password_link_asked": _("Password link asked for"),
    "activity.exported": _("Activity log exported"),
}
# What the first part of an event's name stands for in the filter of the log.
GROUPS: dict[str, str | Promise] = {
    "sign_in": _("Signing in and out"),
    "google": _("Google sign-in"),
    "session": _("Sessions"),
    "session_policy": _("Session policies"),
    "second_step": _("Second step"),
    "invitation": _("Invitations"),
    "person": _("People"),
    "people": _("Import and export of people"),
    "question": _("Questions to the office"),
    "institute": _("Institute"),
    "consent": _("Consents"),
    "erasure": _("Erasure"),
    "grant": _("Grants"),
    "guardianship": _("Guardianships"),
    "guardian_link": _("Guardian links"),
    "delivery": _("Deliveries"),
    "activity": _("Activity log"),
    "file": _("Files"),
    "job": _("File jobs"),
    "drive": _("Drives"),
    "store": _("File store"),
    "keys": _("Keys"),
}


def name_events(words: dict[str, str | Promise], groups: dict[str, str | Promise] | None = None) -> None:
    """Say what an app's events and their groups are called; to be called in `AppConfig.ready`."""
    EVENTS.update(words)
    GROUPS.update(groups or {})


def group_of(event: str) -> str:
    """The first part of an event's name; what has only one stands with signing in."""
    group, dot, _rest = event.partition(".")
    return group if dot else "sign_in"


def describe(event: str) -> str:
    """The event in the reader's language; an event nobody named is shown as it is."""
    return str(EVENTS.get(event, event))
