"""Many rows from one template: rendered once with marks in the places of what differs, then filled for each row.

Two hundred rows cost little more than one; Django's own loop would take most of a large page's time.
"""

import re
from collections.abc import Iterable, Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

_OPENS, _CLOSES = "\x01", "\x02"
_PLACE = re.compile(f"{_OPENS}(\\w+){_CLOSES}")


class Pattern:
    """A template's text cut at its places, the names it is given."""

    def __init__(self, template: str, places: Iterable[str], **context: object) -> None:
        marks = {name: mark_safe(f"{_OPENS}{name}{_CLOSES}") for name in places}  # noqa: S308
        parts = _PLACE.split(render_to_string(template, {**context, **marks}))
        self._texts, self._names = parts[::2], parts[1::2]

    def filled(self, cells: Mapping[str, str]) -> SafeString:
        """With these cells in its places; they must be escaped already."""
        out = [self._texts[0]]
        for name, text in zip(self._names, self._texts[1:], strict=True):
            out.append(cells[name])
            out.append(text)
        return mark_safe("".join(out))  # noqa: S308 - a template's own text, its places filled with escaped cells
