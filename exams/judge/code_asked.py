"""What a coding question asks, beside its text: samples, groups of tests, limits, languages, and the code one begins
with. All of it comes from the paper (`exams.judge.suites.student_view`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams.content import CODE_LANGUAGES
from exams.judge.code_words import limit_words, points_text
from exams.judge.hosts import judge_state


@dataclass(frozen=True, slots=True)
class Group:
    """A group of hidden tests: its title, and in words what it is worth and how it counts."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """`source` stands in the editor: what was written, else what one begins with in that language. `facts` are for the
    page's script: {"starts", "limits"} by language."""

    samples: Sequence[Mapping[str, Any]]
    groups: tuple[Group, ...]
    worth: str
    names: tuple[tuple[str, str], ...]
    language: str
    source: str
    limits: str
    facts: Mapping[str, Any]


def code_asked(code: Mapping[str, Any], languages: Sequence[str], answer: Any, now: datetime) -> CodeAsked:
    """`code` of the question in the paper, its languages, and what was answered so far."""
    said = answer if isinstance(answer, Mapping) else {}
    language = said.get("language") if said.get("language") in languages else next(iter(languages), "")
    known, limits = code_names(now), {one: limits_words(code["limits"].get(one)) for one in languages}
    return CodeAsked(
        samples=code["samples"],
        groups=tuple(Group(one["title"], _group_words(one)) for one in code["groups"] if not one["is_sample"]),
        worth=_worth(code["groups"]),
        names=tuple((one, known.get(one, one)) for one in languages),
        language=str(language),
        source=str(said.get("source") or code["starts"].get(language, "")),
        limits=limits.get(str(language), ""),
        facts={"starts": code["starts"], "limits": limits},
    )


def code_names(now: datetime) -> dict[str, str]:
    """Languages as they are chosen: as the machine that runs them calls them, where one did."""
    known = judge_state(now).languages
    return {name: known[name].version if name in known else word for name, word in CODE_LANGUAGES.items()}


def limits_words(limits: Mapping[str, int] | None) -> str:
    """1.0 s and 256 MB for each test."""
    if not limits:
        return ""
    given = {"time": limit_words(limits["cpu_ms"]), "memory": _("%(count)s MB") % {"count": limits["memory_mb"]}}
    return _("%(time)s and %(memory)s for each test") % given


def is_untouched(code: Mapping[str, Any] | None, answer: Any) -> bool:
    """Whether nothing was written: only what one begins with stands there."""
    if not code or not isinstance(answer, Mapping):
        return False
    start = str(code["starts"].get(answer.get("language"), ""))
    return bool(start) and str(answer.get("source", "")).strip() == start.strip()


def _group_words(group: Mapping[str, Any]) -> str:
    count = int(group["count"])
    parts = [ngettext("%(count)d test", "%(count)d tests", count) % {"count": count}]
    if Decimal(group["points"]):
        parts.insert(0, _("%(points)s points") % {"points": points_text(group["points"])})
    if group["rule"] == "ALL":
        parts.append(_("all or nothing"))
    return ", ".join(parts)


def _worth(groups: Sequence[Mapping[str, Any]]) -> str:
    """100 points in 2 groups."""
    worth = [one for one in groups if Decimal(one["points"])]
    points = sum((Decimal(one["points"]) for one in worth), Decimal(0))
    if not points:
        return ""
    given = {"points": points_text(points), "count": len(worth)}
    return ngettext("%(points)s points in %(count)d group", "%(points)s points in %(count)d groups", len(worth)) % given
