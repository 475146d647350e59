"""The kinds of news there are; each app declares its own in `AppConfig.ready`."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import Delivery, NotificationChoice, Role

Channel = Delivery.Channel
When = NotificationChoice.When
BELL = NotificationChoice.Channel.BELL
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of news, on which a person may decide. All of it stands in his list; what else it does is his choice.

    `email` holds until he chooses; other channels are off until he turns them on. An urgent kind does not wait for the
    end of quiet hours. A fixed one is mailed at once, whatever is chosen. Both always count at the bell. `roles` see it
    on the page of choices.
    """

    key: str
    label: str | Promise
    email: When = When.AT_ONCE
    is_urgent: bool = False
    is_fixed: bool = False
    roles: frozenset[Role] = EVERYBODY

    @property
    def may_be_silent(self) -> bool:
        """Whether a person may keep it from being counted at the bell."""
        return not (self.is_urgent or self.is_fixed)

    def default(self, channel: str) -> When:
        """What holds for somebody who chose nothing."""
        if channel == BELL:
            return When.AT_ONCE
        return self.email if channel == Channel.EMAIL else When.NEVER


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Make kinds known; to be called in `AppConfig.ready`. The same again changes nothing."""
    for kind in kinds:
        known = KINDS.setdefault(kind.key, kind)
        if known != kind:
            raise ValueError(f"There is another kind {kind.key} already.")


def label_of(key: str) -> str:
    """What the kind is called, in the reader's language; one that no app declares any more is shown by its key."""
    return str(KINDS[key].label) if key in KINDS else key


def chosen_by(role: str) -> list[Kind]:
    """The kinds somebody of this role decides on, in the order of their names."""
    return sorted((kind for kind in KINDS.values() if role in kind.roles), key=lambda kind: str(kind.label).casefold())
