"""What a scheme says, in words students and teachers read."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exams.content import Kind
from exams.models.bank import KINDS
from exams.ranking import Tie
from exams.schemes import Marks, Partial, Rules


def number(marks: Decimal, *, signed: bool = False) -> str:
    """Marks without needless places: 4, −1, 1.33; `signed` puts a plus before what is above nothing."""
    text = f"{marks.normalize():f}".replace("-", "−")
    return f"+{text}" if signed and marks > 0 else text


def marks_line(rules: Rules, kind: Kind) -> str:
    """`+4 / −1`: for a right and for a wrong answer; only the first where a wrong one costs nothing."""
    marks = rules.of(kind)
    if not marks.wrong:
        return number(marks.right, signed=True)
    return f"{number(marks.right, signed=True)} / {number(marks.wrong, signed=True)}"


def marks_sentence(rules: Rules, kind: Kind) -> str:
    """The whole rule, for instructions."""
    marks = rules.of(kind)
    said = _("%(right)s for a right answer, %(wrong)s for a wrong one, %(blank)s for none.") % {
        "right": number(marks.right, signed=True),
        "wrong": number(marks.wrong, signed=True),
        "blank": number(marks.blank, signed=True),
    }
    return f"{said} {_partial(marks)}".rstrip()


def _partial(marks: Marks) -> str:
    each = {"each": number(marks.each, signed=True)}
    match marks.partial:
        case Partial.PER_RIGHT:
            return _("%(each)s for each right option chosen while none is wrong.") % each
        case Partial.PROPORTION:
            return _("Part of the marks for part of the right options, while none is wrong.")
        case Partial.PER_ROW:
            return _("%(each)s for each row that is right.") % each
    return ""


@dataclass(frozen=True, slots=True)
class RulesLine:
    """A line of a scheme in words: a kind of question and what it gives."""

    title: str
    marks: str
    more: str = ""


def rules_lines(found: Mapping[str, Any]) -> list[RulesLine]:
    """The whole scheme, kind by kind, with the rest, the ties and the percentile."""
    rules = Rules.from_json(found)
    lines = [
        RulesLine(str(KINDS[kind]), marks_line(rules, kind), _partial(marks)) for kind, marks in rules.kinds.items()
    ]
    title = _("Everything else") if lines else _("Every question")
    lines.append(RulesLine(title, marks_line(rules, Kind.PASSAGE), _partial(rules.others)))
    return lines


def ties_line(found: Mapping[str, Any]) -> str:
    """What decides among equal marks, in order; the empty text when they share a rank."""
    return ", ".join(_tie(one) for one in found.get("ties") or ())


def _tie(tie: Mapping[str, str]) -> str:
    match Tie(tie["by"]):
        case Tie.SECTION:
            return _("more in %(section)s") % {"section": tie["name"]}
        case Tie.FEWER_WRONG:
            return _("fewer wrong answers")
        case Tie.MORE_RIGHT:
            return _("more right answers")
        case Tie.OLDER:
            return _("who is older")
        case Tie.LESS_TIME:
            return _("who took less time")
