"""The versions of a test's results: why each was made, and what it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams.models import KeyFix, Result, ResultVersion, Test
from exams.result_reading import ResultOutline
from exams.result_words import one_place


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version; `changed` says whose marks are others than in the one before, `fixes` which questions it mended."""

    version: ResultVersion
    mean: str
    changed: str
    fixes: list[tuple[int, KeyFix]]
    is_newest: bool


def lines_of(test: Test) -> list[VersionLine]:
    """Newest first. Three queries, however many versions there are."""
    path = "analysis__document__mean"
    versions = list(test.result_versions.select_related("made_by").order_by("-number"))
    means = dict(test.result_versions.order_by().values_list("pk", path))
    changes = _changes(test)
    fixes = _fixes(versions)
    return [
        VersionLine(
            version=one,
            mean=one_place(means[one.pk]) if means.get(one.pk) is not None else "",
            changed=_changed_words(changes.get(one.pk, {})) if one.number > 1 else "",
            fixes=fixes.get(one.pk, []),
            is_newest=one.pk == test.newest_results_id,
        )
        for one in versions
    ]


def _changes(test: Test) -> dict[int, Mapping[str, Any]]:
    """By version: `marks` that are others than before, `more` who had none."""
    before = Result.objects.filter(
        version__test=test, version__number=OuterRef("version__number") - 1, student=OuterRef("student")
    ).filter(is_counted=True)
    rows = Result.objects.filter(version__test=test, is_counted=True, version__number__gt=1).order_by()
    rows = rows.annotate(was=Subquery(before.order_by().values("total")[:1]))
    is_other, is_new = Q(was__isnull=False) & ~Q(total=F("was")), Q(was__isnull=True)
    counted = rows.values("version").annotate(
        marks=Count("pk", filter=is_other),
        more=Count("pk", filter=is_new),
        ups=Count("pk", filter=Q(total__gt=F("was"))),
    )
    return {row["version"]: row for row in counted}


def _changed_words(found: Mapping[str, Any]) -> str:
    """Marks of 12 students changed, 9 of them up; 1 student more."""
    parts: list[str] = []
    if marks := found.get("marks", 0):
        text = ngettext("marks of %(count)d student changed", "marks of %(count)d students changed", marks)
        parts.append(text % {"count": marks})
        parts.append(_("up for %(count)d") % {"count": found.get("ups", 0)})
    if more := found.get("more", 0):
        parts.append(ngettext("%(count)d student more", "%(count)d students more", more) % {"count": more})
    return ", ".join(parts) if parts else _("nobody’s marks changed")


def _fixes(versions: Iterable[ResultVersion]) -> dict[int, list[tuple[int, KeyFix]]]:
    """By version, each with the number of its question in the paper."""
    places = {one.pk: ResultOutline.from_json(one.outline).questions for one in versions}
    found: dict[int, list[Any]] = {}
    for fix in KeyFix.objects.filter(version__in=list(places)).select_related("by").order_by("pk"):
        paper = places[fix.version_id]
        number = paper.index(fix.question_id) + 1 if fix.question_id in paper else 0
        found.setdefault(fix.version_id, []).append((number, fix))
    return found
