"""What is typed of a marking scheme: a row of marks for each kind, rules for ties, the percentile's definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coaching.lib.text import one_line
from exams.content import Kind
from exams.models import Scheme
from exams.models.bank import KINDS
from exams.ranking import Percentile, Tie
from exams.scheme_checks import MOST_MARKS
from exams.schemes import Partial

OTHERS = "others"
ROWS = (*(kind.value for kind in Kind if kind is not Kind.PASSAGE), OTHERS)
IN_PART = frozenset({Kind.MULTIPLE, Kind.MATCH})
TIE_ROWS = 6
MARKS = ("right", "wrong", "blank", "each")
PARTIALS = [
    (Partial.NONE.value, gettext_lazy("Nothing: it counts as wrong")),
    (Partial.PER_RIGHT.value, gettext_lazy("Marks for each right option, none while one is wrong")),
    (Partial.PROPORTION.value, gettext_lazy("A share of the marks, none while one is wrong")),
    (Partial.PER_ROW.value, gettext_lazy("Marks for each right row")),
]
TIES = [
    ("", gettext_lazy("No more rules")),
    (Tie.SECTION.value, gettext_lazy("More marks in the section")),
    (Tie.FEWER_WRONG.value, gettext_lazy("Fewer wrong answers")),
    (Tie.MORE_RIGHT.value, gettext_lazy("More right answers")),
    (Tie.OLDER.value, gettext_lazy("Who is older")),
    (Tie.LESS_TIME.value, gettext_lazy("Who took less time")),
]
PERCENTILES = [
    (Percentile.AT_OR_BELOW.value, gettext_lazy("How many in a hundred have as much or less, oneself among them")),
    (Percentile.BELOW.value, gettext_lazy("How many in a hundred have less")),
    (Percentile.MIDDLE.value, gettext_lazy("How many in a hundred have less, and half of one's equals")),
]


@dataclass(frozen=True, slots=True)
class MarksRow:
    """The fields of one kind with their short names, in the order of the table."""

    title: str
    cells: list[tuple[str, forms.BoundField]]
    partial: forms.BoundField | None


class SchemeForm(forms.Form):
    """A scheme whole. `rules_json()` gives it as `exams.schemes` wants it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    percentile = forms.ChoiceField(label=gettext_lazy("Percentile"), choices=PERCENTILES)
    note = forms.CharField(label=gettext_lazy("What is new"), max_length=200, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, scheme: Scheme | None = None, **kwargs: Any) -> None:
        newest = scheme.newest if scheme else None
        if newest is not None and scheme is not None:
            kwargs["initial"] = {"name": scheme.name, "seen": newest.number, **_initial(newest.rules)}
        super().__init__(*args, **kwargs)
        if scheme is not None:
            del self.fields["name"]
        for row in ROWS:
            self._add_row(row)
        for place in range(TIE_ROWS):
            self.fields[f"tie_{place}"] = forms.ChoiceField(choices=TIES, required=False, label=_tie_label(place))
            self.fields[f"tie_{place}_name"] = forms.CharField(
                max_length=120, required=False, label=_("Name of the section")
            )

    def _add_row(self, row: str) -> None:
        for mark in MARKS:
            if mark != "each" or row in IN_PART:
                self.fields[f"{row}_{mark}"] = forms.DecimalField(
                    label=_label(row, mark),
                    required=row == OTHERS and mark == "right",
                    max_digits=6,
                    decimal_places=2,
                    min_value=Decimal("0.01") if mark in ("right", "each") else -MOST_MARKS,
                    max_value=MOST_MARKS,
                    widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
                )
        if row in IN_PART:
            self.fields[f"{row}_partial"] = forms.ChoiceField(
                label=_("Right in part"), choices=PARTIALS, required=False, initial=Partial.NONE.value
            )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], at_most=120)
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"], at_most=200)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for row in ROWS:
            self._clean_row(row, said)
        for place in range(TIE_ROWS):
            if said.get(f"tie_{place}") == Tie.SECTION and not said.get(f"tie_{place}_name", "").strip():
                self.add_error(f"tie_{place}_name", _("Say which section."))
        return said

    def _clean_row(self, row: str, said: Mapping[str, Any]) -> None:
        right, wrong = said.get(f"{row}_right"), said.get(f"{row}_wrong")
        if right is not None and wrong is not None and wrong > right:
            self.add_error(f"{row}_wrong", _("A wrong answer is worth more than a right one."))
        if said.get(f"{row}_partial") in (Partial.PER_RIGHT, Partial.PER_ROW) and said.get(f"{row}_each") is None:
            self.add_error(f"{row}_each", _("Say how much for each."))

    def rules_json(self) -> dict[str, Any]:
        """The rules typed; a kind without marks for a right answer goes by the last row."""
        said = self.cleaned_data
        rows = {row: _marks(row, said) for row in ROWS if said.get(f"{row}_right") is not None}
        others = rows.pop(OTHERS)
        ties = [_tie(said[f"tie_{n}"], said[f"tie_{n}_name"]) for n in range(TIE_ROWS) if said.get(f"tie_{n}")]
        return {"kinds": rows, "others": others, "ties": ties, "percentile": said["percentile"]}

    def rows(self) -> Iterator[MarksRow]:
        """For the table."""
        words = {
            "right": pgettext("answer", "Right"),
            "wrong": pgettext("answer", "Wrong"),
            "blank": _("Blank"),
            "each": _("Each"),
        }
        for row in ROWS:
            has_part = f"{row}_partial" in self.fields
            shown = MARKS if has_part else MARKS[:-1]
            cells = [(words[mark], self[f"{row}_{mark}"]) for mark in shown]
            yield MarksRow(_title(row), cells, self[f"{row}_partial"] if has_part else None)

    def ties(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"tie_{place}"], self[f"tie_{place}_name"]) for place in range(TIE_ROWS)]


def _tie_label(place: int) -> str:
    return _("Equal marks, rule %(number)d") % {"number": place + 1}


def _title(row: str) -> str:
    return _("Everything else") if row == OTHERS else str(KINDS[Kind(row)])


def _label(row: str, mark: str) -> str:
    """For who does not see the table's head."""
    marks = {"right": _("right"), "wrong": _("wrong"), "blank": _("not answered"), "each": _("for each")}
    return f"{_title(row)}: {marks[mark]}"


def _marks(row: str, said: Mapping[str, Any]) -> dict[str, str]:
    marks = {mark: said.get(f"{row}_{mark}") for mark in MARKS}
    found = {mark: f"{value.normalize():f}" for mark, value in marks.items() if value is not None}
    partial = said.get(f"{row}_partial")
    if partial and partial != Partial.NONE:
        return {"wrong": "0", "blank": "0", **found, "partial": partial}
    found.pop("each", None)
    return {"wrong": "0", "blank": "0", **found}


def _tie(by: str, name: str) -> dict[str, str]:
    return {"by": by, "name": one_line(name, at_most=120)} if by == Tie.SECTION else {"by": by}


def _initial(rules: Mapping[str, Any]) -> dict[str, Any]:
    rows = {**(rules.get("kinds") or {}), OTHERS: rules.get("others") or {}}
    found = {f"{row}_{name}": value for row, marks in rows.items() for name, value in marks.items()}
    for place, tie in enumerate(rules.get("ties") or []):
        found |= {f"tie_{place}": tie["by"], f"tie_{place}_name": tie.get("name", "")}
    return found | {"percentile": rules.get("percentile", Percentile.AT_OR_BELOW)}
