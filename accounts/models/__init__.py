"""Tables of people: who they are, how they come in, what they are told and agreed to, and the institute itself."""

from accounts.models.activity import ACTIVITY_KEPT, Activity
from accounts.models.guardian_passes import GuardianPass
from accounts.models.imports import ImportedRow, PeopleImport
from accounts.models.institute import Institute
from accounts.models.invitations import Invitation
from accounts.models.keys import MasterKeyMark
from accounts.models.notifications import Delivery, Notification, NotificationChoice, QuietHours
from accounts.models.people import Grant, Guardianship, Role, User, UserManager
from accounts.models.photos import PHOTO_MAX_BYTES, Photo
from accounts.models.privacy import Consent, ErasureRequest
from accounts.models.sessions import SessionPolicy, SessionSlot
from accounts.models.tickets import Ticket, TicketMessage

__all__ = [
    "ACTIVITY_KEPT",
    "PHOTO_MAX_BYTES",
    "Activity",
    "Consent",
    "Delivery",
    "ErasureRequest",
    "Grant",
    "GuardianPass",
    "Guardianship",
    "ImportedRow",
    "Institute",
    "Invitation",
    "MasterKeyMark",
    "Notification",
    "NotificationChoice",
    "PeopleImport",
    "Photo",
    "QuietHours",
    "Role",
    "SessionPolicy",
    "SessionSlot",
    "Ticket",
    "TicketMessage",
    "User",
    "UserManager",
]
