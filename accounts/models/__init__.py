"""Tables of people: who they are, their sessions and invitations, what they did, and the master keys' marks."""

from accounts.models.activity import ACTIVITY_KEPT, Activity
from accounts.models.invitations import Invitation
from accounts.models.keys import MasterKeyMark
from accounts.models.people import Grant, Guardianship, Role, User, UserManager
from accounts.models.sessions import SessionPolicy, SessionSlot

__all__ = [
    "ACTIVITY_KEPT",
    "Activity",
    "Grant",
    "Guardianship",
    "Invitation",
    "MasterKeyMark",
    "Role",
    "SessionPolicy",
    "SessionSlot",
    "User",
    "UserManager",
]
