"""The preview of a correction as its page shows it."""

from dataclasses import dataclass, replace
from typing import Any

from exams import bank_rows
from exams.bank_rows import KeyLine
from exams.key_fix_forms import KeyFixForm
from exams.result_changes import Named, Preview, Standing
from exams.scheme_words import number


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A student before and after; "" where there is nothing. `tone`: ok gains marks, bad loses some."""

    name: str
    was: str
    becomes: str
    difference: str
    tone: str
    rank_was: int | None
    rank_becomes: int | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place among the first ten: who had it and who gets it."""

    before: Named | None
    after: Named | None
    is_other: bool


def changes(found: Preview, most: int) -> list[ChangeRow]:
    """By the new rank, so many at most."""
    return [_row(one.name, one.before, one.after) for one in found.changes[:most]]


def _row(name: str, before: Standing | None, after: Standing | None) -> ChangeRow:
    gain = after.total - before.total if before and after else None
    return ChangeRow(
        name=name,
        was=_marks(before),
        becomes=_marks(after),
        difference=number(gain, signed=True) if gain else "",
        tone="" if not gain else "ok" if gain > 0 else "bad",
        rank_was=before.rank if before else None,
        rank_becomes=after.rank if after else None,
    )


def _marks(standing: Standing | None) -> str:
    return number(standing.total) if standing else ""


def first(found: Preview) -> list[PlaceRow]:
    """The first ten beside one another."""
    count = max(len(found.first_before), len(found.first_after))
    before = [*found.first_before, *[None] * (count - len(found.first_before))]
    after = [*found.first_after, *[None] * (count - len(found.first_after))]
    pairs = zip(before, after, strict=True)
    return [PlaceRow(one, two, (one and one.student) != (two and two.student)) for one, two in pairs]


def figures(found: Preview) -> dict[str, Any]:
    """Means and full marks, as text."""
    return {
        "mean_before": number(found.mean_before) if found.mean_before is not None else "–",
        "mean_after": number(found.mean_after) if found.mean_after is not None else "–",
        "most_before": number(found.most_before),
        "most_after": number(found.most_after),
    }


def right(form: KeyFixForm) -> list[KeyLine]:
    """What is right by the correction; nothing where it says no key."""
    keys = form.cleaned_data.get("keys", ())
    return [line for key in keys for line in bank_rows.key_lines(replace(form.content, key=key))]
