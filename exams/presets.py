"""Schemes every institute begins with. Data: what an exam asks for in another year is another version.

Source of the marks: the examinations' own information bulletins, of 2025; an institute changes them where a later one
says otherwise.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOUR_AND_MINUS_ONE = {"right": "4", "wrong": "-1", "blank": "0"}
OLDER_LAST = [{"by": "FEWER_WRONG"}, {"by": "OLDER"}]


def _by_sections(*names: str) -> list[dict[str, str]]:
    return [{"by": "SECTION", "name": name} for name in names]


@dataclass(frozen=True, slots=True)
class Preset:
    """A scheme by its `code`; `name` becomes the row's name in the language of whoever meets it first."""

    code: str
    name: str | Promise
    rules: dict[str, Any]


PRESETS = (
    Preset(
        "jee-main",
        _("JEE Main"),
        {
            "kinds": {"SINGLE": FOUR_AND_MINUS_ONE, "NUMERICAL": FOUR_AND_MINUS_ONE},
            "others": FOUR_AND_MINUS_ONE,
            "ties": [*_by_sections("Mathematics", "Physics", "Chemistry"), *OLDER_LAST],
            "percentile": "AT_OR_BELOW",
        },
    ),
    Preset(
        "jee-advanced",
        _("JEE Advanced"),
        {
            "kinds": {
                "SINGLE": {"right": "3", "wrong": "-1", "blank": "0"},
                "MULTIPLE": {"right": "4", "wrong": "-2", "blank": "0", "partial": "PER_RIGHT", "each": "1"},
                "NUMERICAL": {"right": "4", "wrong": "0", "blank": "0"},
                "MATCH": {"right": "4", "wrong": "-1", "blank": "0"},
            },
            "others": {"right": "3", "wrong": "0", "blank": "0"},
            "ties": [*_by_sections("Mathematics", "Physics"), {"by": "OLDER"}],
            "percentile": "AT_OR_BELOW",
        },
    ),
    Preset(
        "neet",
        _("NEET"),
        {
            "kinds": {"SINGLE": FOUR_AND_MINUS_ONE},
            "others": FOUR_AND_MINUS_ONE,
            "ties": [*_by_sections("Biology", "Chemistry", "Physics"), *OLDER_LAST],
            "percentile": "AT_OR_BELOW",
        },
    ),
    Preset(
        "board",
        _("Board exam"),
        {
            "kinds": {
                "SHORT": {"right": "2", "wrong": "0", "blank": "0"},
                "LONG": {"right": "5", "wrong": "0", "blank": "0"},
                "MATCH": {"right": "4", "wrong": "0", "blank": "0", "partial": "PER_ROW", "each": "1"},
                "MULTIPLE": {"right": "2", "wrong": "0", "blank": "0", "partial": "PROPORTION"},
                "CODING": {"right": "10", "wrong": "0", "blank": "0"},
            },
            "others": {"right": "1", "wrong": "0", "blank": "0"},
            "ties": [],
            "percentile": "AT_OR_BELOW",
        },
    ),
)
DEFAULT = "jee-main"
