"""What the office decides about a batch, as plain values: to be typed, compared, and kept in a page that was opened.

Pure but for `of`, which reads a row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from batches.models import Batch

PLAIN = ("name", "mode", "link", "seats", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Details:
    """`venue`, `subjects` and `teachings` hold numbers of rows; a teaching is a teacher and a subject or None."""

    name: str
    mode: str
    link: str
    seats: int | None
    starts_on: date
    ends_on: date
    venue: int | None
    subjects: frozenset[int]
    teachings: frozenset[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as a page showed it."""

    revision: int
    details: Details


def of(batch: Batch) -> Details:
    """As it is now. Two queries."""
    return Details(
        **{name: getattr(batch, name) for name in PLAIN},
        venue=batch.venue_id,
        subjects=frozenset(batch.subjects.values_list("pk", flat=True)),
        teachings=frozenset(batch.teachings.values_list("teacher_id", "subject_id")),
    )


def differing(one: Details, other: Details) -> list[str]:
    """Names of the fields in which they are not the same, in order."""
    return [field.name for field in fields(Details) if getattr(one, field.name) != getattr(other, field.name)]


def merged(*, seen: Details, typed: Details, now: Details) -> Details:
    """What was typed where it was touched since `seen`, and what is there `now` everywhere else."""
    touched = differing(seen, typed)
    return replace(now, **{name: getattr(typed, name) for name in touched})


def with_what_is_taught(typed: Details) -> Details:
    """What somebody teaches is among the subjects, ticked or not."""
    return replace(typed, subjects=typed.subjects | {what for _who, what in typed.teachings if what is not None})


# --- In a page --------------------------------------------------------------------------------------------------------


def as_text(seen: Seen) -> str:
    """One line for a hidden field."""
    kept: dict[str, Any] = {name: getattr(seen.details, name) for name in (*PLAIN, "venue")}
    kept |= {"starts_on": kept["starts_on"].isoformat(), "ends_on": kept["ends_on"].isoformat()}
    kept["subjects"] = sorted(seen.details.subjects)
    kept["teachings"] = sorted(seen.details.teachings, key=str)
    return json.dumps({"revision": seen.revision, **kept}, ensure_ascii=False)


def from_text(text: str) -> Seen | None:
    """What `as_text` wrote; None for anything else."""
    try:
        kept: Mapping[str, Any] = json.loads(text)
        details = Details(
            name=str(kept["name"]),
            mode=str(kept["mode"]),
            link=str(kept["link"]),
            seats=None if kept["seats"] is None else int(kept["seats"]),
            starts_on=date.fromisoformat(kept["starts_on"]),
            ends_on=date.fromisoformat(kept["ends_on"]),
            venue=None if kept["venue"] is None else int(kept["venue"]),
            subjects=frozenset(int(pk) for pk in kept["subjects"]),
            teachings=frozenset((int(who), None if what is None else int(what)) for who, what in kept["teachings"]),
        )
        return Seen(int(kept["revision"]), details)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None
