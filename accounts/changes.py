"""What floors above do inside a change of people.

They append functions in `AppConfig.ready`; the service calls them within its transaction, and an error in one rolls all
of it back. Only batches needs this: whoever was invited into a batch is in it with the acceptance, or neither is true.
"""

from collections.abc import Callable

from accounts.models import Invitation, User

INVITATION_ACCEPTED: list[Callable[[Invitation, User], None]] = []
"""Called with the invitation, used by then, and the person who accepted it."""


def invitation_accepted(invitation: Invitation, person: User) -> None:
    """To be called inside the transaction, after the rows were written."""
    for follow in INVITATION_ACCEPTED:
        follow(invitation, person)
