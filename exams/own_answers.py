"""An answer, and a key, in the few words a student reads them in, with letters as he saw them. Pure but for words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from exams import markup
from exams.content import CODE_LANGUAGES, TRUE, Body, Key, Kind
from exams.showing import ROW_NAMES, letters
from exams.sitting_page import page_language

SHORT_ANSWER = 24
MOST_ACCEPTED = 3


@dataclass(frozen=True, slots=True)
class Letters:
    """What the choices of a question were called for him; `unit` stands behind a number."""

    kind: Kind
    options: Mapping[str, str]
    order: tuple[str, ...] | None
    rows: Mapping[str, str]
    columns: Mapping[str, str]
    unit: str

    @classmethod
    def of(cls, kind: Kind, body: Body, order: Sequence[str] | None) -> Self:
        """`order`: the ids of the options as he saw them; None: as the paper has them."""
        ids = list(order) if order else [one.id for one in body.options]
        return cls(
            kind,
            dict(zip(ids, letters(), strict=False)),
            tuple(order) if order else None,
            dict(zip((one.id for one in body.rows), ROW_NAMES, strict=False)),
            {one.id: str(place) for place, one in enumerate(body.columns, start=1)},
            markup.plain(body.unit.in_language(page_language())),
        )


def said_words(named: Letters, answer: Any) -> str:
    """His answer in short; "" for none."""
    if answer in (None, "", [], {}):
        return ""
    match named.kind:
        case Kind.LONG:
            return _("written")
        case Kind.CODING:
            language = answer.get("language", "") if isinstance(answer, Mapping) else ""
            return CODE_LANGUAGES.get(language, language)
        case Kind.SHORT:
            return Truncator(str(answer)).chars(SHORT_ANSWER)
        case Kind.NUMERICAL:
            return number_words(str(answer))
        case Kind.MATCH:
            return _pairs(named, answer if isinstance(answer, Mapping) else {})
    return _chosen(named, [answer] if isinstance(answer, str) else list(answer), ", ")


def key_words(named: Letters, keys: Sequence[Key]) -> str:
    """What is right, in short; "" where no key says it."""
    found = dict.fromkeys(words for one in keys if (words := _key(named, one)))
    return _either(found)


def _key(named: Letters, key: Key) -> str:
    match named.kind:
        case Kind.NUMERICAL:
            return _either(number_words(one.value) for one in key.numbers)
        case Kind.SHORT:
            return _either(Truncator(one).chars(SHORT_ANSWER) for one in key.accepted[:MOST_ACCEPTED])
        case Kind.MATCH:
            return _pairs(named, key.pairs)
        case Kind.MULTIPLE:
            return _chosen(named, key.right, ", ")
        case Kind.SINGLE | Kind.TRUE_FALSE:
            return _chosen(named, key.right, _between())
    return ""


def _either(found: Iterable[str]) -> str:
    return _between().join(found)


def _between() -> str:
    return " " + _("or") + " "


def _chosen(named: Letters, ids: Sequence[str], between: str) -> str:
    if named.kind is Kind.TRUE_FALSE:
        return between.join(_("true") if one == TRUE else _("false") for one in ids)
    return between.join(sorted(named.options.get(one, "?") for one in ids))


def _pairs(named: Letters, pairs: Mapping[str, Sequence[str]]) -> str:
    said = (
        f"{letter}–{', '.join(named.columns.get(one, '?') for one in pairs[row])}"
        for row, letter in named.rows.items()
        if pairs.get(row)
    )
    return "; ".join(said)


def number_words(value: str) -> str:
    """A number with a true minus."""
    return value.replace("-", "−")


def tolerance_words(key: Key) -> str:
    """From where to where a number counts, where that is more than one; "" else."""
    said = []
    for one in key.numbers:
        value, around = Decimal(one.value), Decimal(one.tolerance)
        if around:
            low, high = (number_words(f"{end:f}") for end in (value - around, value + around))
            said.append(_("%(low)s to %(high)s counts") % {"low": low, "high": high})
    return "; ".join(said)
