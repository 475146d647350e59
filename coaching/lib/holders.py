"""What holds secrets sealed by the master key ring, and so must follow when its active key changes.

An app describes each of its kinds of rows by a `Holder`; `manage.py keys` names them all in one tuple.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from coaching.lib.sealing import SealBroken, ring

Row = TypeVar("Row")


@dataclass
class Checked:
    """What a try at opening found: how many opened, and which did not."""

    opened: int = 0
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Count one: as opened, or by this name as failed when its seal turns out to be broken inside."""
        try:
            yield
        except SealBroken as error:
            self.failed.append(f"{what} {error}")
        else:
            self.opened += 1


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


def kid_of(token: bytes) -> str:
    """The id of the key that sealed the token; "?" when it is no token, which no key is called."""
    try:
        return ring().kid_of(token)
    except SealBroken:
        return "?"


def of_every_key(rows: Iterable[Row], at_most: int, *, kid: Callable[[Row], str]) -> Iterator[Row]:
    """The first rows of each key, so many that of a full ring's there are `at_most`, but one of each at least."""
    seen, share = Counter[str](), max(1, at_most // len(ring().kids()))
    for row in rows:
        sealed_by = kid(row)
        if seen[sealed_by] < share:
            seen[sealed_by] += 1
            yield row
