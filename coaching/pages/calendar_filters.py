"""By what the calendar is narrowed: kind of entry, batch, teacher, room and child, as far as there is a choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.offers import Entry

LABELS: dict[str, Any] = {
    "child": gettext_lazy("Child"),
    "batch": gettext_lazy("Batch"),
    "teacher": gettext_lazy("Teacher"),
    "room": gettext_lazy("Room"),
    "kind": gettext_lazy("What"),
}
KINDS: dict[str, Any] = {
    "class": gettext_lazy("Classes"),
    "holiday": gettext_lazy("Holidays"),
    "test": gettext_lazy("Tests"),
    "homework": gettext_lazy("Homework"),
    "due": gettext_lazy("Fees"),
}
LONGEST = 64
WIDE = frozenset({"child", "batch"})
"""Who sees several of these narrows often, so the choice stands on top."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One select: `options` are (value, label, is_chosen)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """What the address narrows to; unknown names are left out."""
    return {name: given[name] for name in LABELS if 0 < len(given.get(name, "")) <= LONGEST}


def narrowed(entries: Sequence[Entry], chosen: Mapping[str, str]) -> list[Entry]:
    """Those that fit; holidays are everybody's, so no batch, teacher, room or child leaves them out."""
    if not chosen:
        return list(entries)
    facets = {(name, value) for name, value in chosen.items() if name != "kind"}
    kind = chosen.get("kind")
    return [
        one
        for one in entries
        if kind in (None, one.kind)
        and (one.kind == "holiday" or facets <= {(facet.kind, facet.value) for facet in one.facets})
    ]


def choices(entries: Sequence[Entry], chosen: Mapping[str, str]) -> list[Choice]:
    """The selects in which there is something to choose among these entries, or something chosen."""
    found: dict[str, dict[str, str]] = {name: {} for name in LABELS}
    for facet in {facet for one in entries for facet in one.facets}:
        found[facet.kind][facet.value] = facet.label
    for kind in {one.kind for one in entries}:
        found["kind"][kind] = str(KINDS.get(kind, kind))
    selects = []
    for name, options in found.items():
        value = chosen.get(name, "")
        if value and value not in options:
            options[value] = _("Nothing of it in these days")
        if len(options) > 1 or value:
            by_label = sorted(options.items(), key=lambda option: option[1].casefold())
            selects.append(Choice(name, str(LABELS[name]), [(one, label, one == value) for one, label in by_label]))
    return selects
