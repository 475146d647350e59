"""Public numbers of rows as addresses, cookies and forms bring them: text that may be anything."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import BadRequest


def uuid_of(text: str) -> UUID | None:
    """The number written so; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def uuids_of(texts: Iterable[str]) -> list[UUID]:
    """Each of them. Raises: BadRequest when one is none: our pages send no such thing."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise BadRequest("no number") from None
