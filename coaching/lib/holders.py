"""What holds secrets sealed by the master key ring, and so must follow when its active key changes.

An app describes each of its kinds of rows by a `Holder`; `manage.py keys` names them all in one tuple.
"""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass
class Checked:
    """What a try at opening found: how many opened, and which did not."""

    opened: int = 0
    failed: list[str] = field(default_factory=list)


class Holder(Protocol):
    """One kind of sealed rows. `name` is plain and stable, it is printed."""

    name: str

    def count(self) -> dict[str, int]:
        """Rows by the id of the master key that seals them."""

    def rewrap(self) -> int:
        """Seal anew what another key than the active one seals; returns how many rows were.

        Rows change one by one and only if they are still what was read, so it may be cut off and run twice. A row
        that does not open is left as it is.
        """

    def check(self, at_most: int) -> Checked:
        """Open `at_most` rows, of every key some, and forget what was inside."""
