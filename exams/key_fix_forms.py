"""How a question is to be marked from now on, as a page asks it: what is done, which answers are right, and why.

Of options several sets may be right, and of a match several grids: each set is a row of ticks of its own, and empty
ones are left out. All other kinds have one key, which may hold several answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from exams import bank_rows
from exams.bank_forms import NumberForm
from exams.content import Content, Key, Kind
from exams.key_fixes import MOST_REASON, WITHOUT_KEY, actions_for
from exams.models import ExamQuestion, KeyFix
from exams.models.marking import MARKED_AGAIN
from exams.result_sheets import KEYED, Fix
from exams.showing import Shown

SETS, NUMBER_ROWS, MOST_LINES = 3, 4, 40
IN_SETS = frozenset({Kind.MULTIPLE, Kind.MATCH})
MEANINGS = {
    KeyFix.Action.CHANGE: gettext_lazy("The key was wrong. Only what you say below is right."),
    KeyFix.Action.ACCEPT: gettext_lazy("More than one answer is right. Each gets the best marks any of them gives."),
    KeyFix.Action.BONUS_ALL: gettext_lazy("Whoever wrote the test, answered or not."),
    KeyFix.Action.BONUS_ATTEMPTED: gettext_lazy("Whoever left it blank gets nothing for it."),
    KeyFix.Action.DROP: gettext_lazy("Out of everybody’s marks and out of the full marks."),
}


AS_BEFORE = gettext_lazy("As if it had never been taken out or given to all: the marks by hand count.")


@dataclass(frozen=True, slots=True)
class Tick:
    """An option, or a column of a row of a match, to be ticked."""

    name: str
    value: str
    letter: str
    html: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class TickRow:
    """Ticks in a line: options without a head, or the columns of a row of a match."""

    letter: str
    html: str
    ticks: list[Tick]


class KeyFixForm(forms.Form):
    """Unbound it stands at the keys that are right now."""

    action = forms.ChoiceField(label=gettext_lazy("What is done"), widget=forms.RadioSelect)
    accepted = forms.CharField(
        label=gettext_lazy("Right answers"),
        help_text=gettext_lazy("One a line."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=MOST_REASON,
        help_text=gettext_lazy(
            "Students may read it, so say why, and not which answer is right: “Misprint in the figure”."
        ),
    )

    def __init__(
        self, posted: QueryDict | None, *, question: ExamQuestion, keys: Sequence[Key], is_fixed: bool = False
    ) -> None:
        super().__init__(posted, initial={"accepted": "\n".join(keys[0].accepted) if keys else ""})
        self.posted, self.question, self.keys = posted, question, tuple(keys) or (Key(),)
        self.content: Content = question.version.content
        self.kind = self.content.kind
        field, actions = self.fields["action"], actions_for(self.kind, is_fixed=is_fixed)
        again = {KeyFix.Action.CHANGE: MARKED_AGAIN} if self.kind in WITHOUT_KEY else {}
        field.choices = [(one.value, again.get(one, one.label)) for one in actions]  # type: ignore[attr-defined]
        self.numbers = self._number_forms() if self.kind is Kind.NUMERICAL else []
        if self.kind is not Kind.SHORT:
            del self.fields["accepted"]

    # --- What the page asks ---

    @property
    def choices(self) -> list[tuple[str, str, str, bool]]:
        """Each action with its word, what it means, and whether it is chosen."""
        chosen = self["action"].value()
        meanings = MEANINGS | ({KeyFix.Action.CHANGE: AS_BEFORE} if self.kind in WITHOUT_KEY else {})
        choices = self.fields["action"].choices  # type: ignore[attr-defined]
        return [(value, str(label), str(meanings[value]), value == chosen) for value, label in choices]

    @property
    def sets(self) -> list[list[TickRow]]:
        """What can be ticked, set by set; none of kinds without choices."""
        shown = self._shown()
        count = SETS if self.kind in IN_SETS else 1
        if self.kind is Kind.MATCH:
            return [self._grid(shown, place) for place in range(count)]
        if not shown.options:
            return []
        return [[TickRow("", "", self._ticks(shown, place))] for place in range(count)]

    @property
    def is_one_set(self) -> bool:
        return self.kind not in IN_SETS

    def _shown(self) -> Shown:
        sides = bank_rows.sides(self.content)
        return next((one for one in sides if one.lang == get_language()), sides[0]).shown

    def _ticks(self, shown: Shown, place: int) -> list[Tick]:
        name, right = f"key-{place}", self._ticked(place)
        return [Tick(name, one.id, one.letter, one.html, one.id in right) for one in shown.options]

    def _grid(self, shown: Shown, place: int) -> list[TickRow]:
        rows = []
        for row in shown.rows:
            name, right = f"pair-{place}-{row.id}", self._paired(place, row.id)
            ticks = [Tick(name, one.id, one.letter, one.html, one.id in right) for one in shown.columns]
            rows.append(TickRow(row.letter, row.html, ticks))
        return rows

    def _ticked(self, place: int) -> set[str]:
        if self.posted is not None:
            return set(self.posted.getlist(f"key-{place}"))
        if self.kind in IN_SETS:
            return set(self.keys[place].right) if place < len(self.keys) else set()
        return {one for key in self.keys for one in key.right}

    def _paired(self, place: int, row: str) -> set[str]:
        if self.posted is not None:
            return set(self.posted.getlist(f"pair-{place}-{row}"))
        return set(self.keys[place].pairs.get(row, ())) if place < len(self.keys) else set()

    def _number_forms(self) -> list[NumberForm]:
        there = [{"value": one.value, "tolerance": one.tolerance} for key in self.keys for one in key.numbers]
        initial = (there + [{} for _row in range(NUMBER_ROWS)])[: max(NUMBER_ROWS, len(there) + 1)]
        return [NumberForm(self.posted, prefix=f"number-{at}", initial=one) for at, one in enumerate(initial)]

    # --- What was posted ---

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).split())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("action") not in KEYED or self.kind in WITHOUT_KEY:
            return given
        if any([not form.is_valid() for form in self.numbers]):  # noqa: C419 - every form says what is wrong
            raise ValidationError(_("One of the numbers is none."))
        given["keys"] = self._keys()
        if given["action"] == KeyFix.Action.CHANGE and self._said(given["keys"]) > 1:
            raise ValidationError(_("Another key is one: leave one answer, or choose several keys."))
        return given

    def _said(self, keys: tuple[Key, ...]) -> int:
        return len(keys[0].right) if self.kind is Kind.SINGLE and keys else len(keys)

    def fix(self) -> Fix:
        """What was asked for; after `is_valid`."""
        given = self.cleaned_data
        return Fix(self.question.pk, given["action"], given.get("keys", ()))

    def _keys(self) -> tuple[Key, ...]:
        plain = replace(self.content.key, right=(), numbers=(), accepted=(), pairs={})
        match self.kind:
            case Kind.SINGLE:
                found = [replace(plain, right=tuple(sorted(self._ticked(0))))]
            case Kind.TRUE_FALSE:
                found = [replace(plain, right=(one,)) for one in sorted(self._ticked(0), reverse=True)]
            case Kind.MULTIPLE:
                found = [replace(plain, right=tuple(sorted(self._ticked(place)))) for place in range(SETS)]
            case Kind.MATCH:
                found = [replace(plain, pairs=self._pairs(place)) for place in range(SETS)]
            case Kind.NUMERICAL:
                found = [replace(plain, numbers=tuple(form.number for form in self.numbers if form.number))]
            case _:
                lines = [one.strip() for one in str(self.cleaned_data.get("accepted") or "").splitlines()]
                found = [replace(plain, accepted=tuple(dict.fromkeys(one for one in lines if one))[:MOST_LINES])]
        unlike = [one for at, one in enumerate(found) if one not in found[:at]]
        return tuple(one for one in unlike if one.right or one.numbers or one.accepted or one.pairs)

    def _pairs(self, place: int) -> dict[str, tuple[str, ...]]:
        rows = ((row.id, tuple(sorted(self._paired(place, row.id)))) for row in self.content.body.rows)
        return {row: columns for row, columns in rows if columns}
