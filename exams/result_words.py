"""Marks, ranks, percentiles, figures and times of results, as every page of them writes them."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coaching.templatetags.figures import grouped
from exams.result_reading import OutlineSection
from exams.scheme_words import number
from exams.schemes import HUNDREDTH

NONE = "–"
"""Stands where a figure cannot be said."""


def marks_words(total: Decimal, most: Decimal) -> str:
    """198 of 300."""
    return _("%(marks)s of %(most)s") % {"marks": number(total), "most": number(most)}


def rank_words(rank: int | None, count: int, percentile: Decimal | None) -> str:
    """rank 7 of 148, percentile 95.27."""
    said = _("rank %(rank)s of %(count)s") % {"rank": grouped(rank or 0), "count": grouped(count)}
    if percentile is None:
        return said
    return _("%(rank)s, percentile %(percentile)s") % {"rank": said, "percentile": percentile_words(percentile)}


def percentile_words(percentile: Decimal | None) -> str:
    """95.27: two places, cut, so that nobody is rounded up to the place above him; "" for who has none."""
    return "" if percentile is None else f"{percentile.quantize(HUNDREDTH, ROUND_DOWN)}"


def percent_of(total: Decimal, most: Decimal) -> int:
    """Between 0 and 100, for a bar: who is below nothing has nothing."""
    if most <= 0:
        return 0
    return max(0, min(100, int((total * 100 / most).quantize(Decimal(1), ROUND_HALF_UP))))


def section_title(section: OutlineSection) -> str:
    """In the language of the page, where it has one in it."""
    return section.title_hi if get_language() == "hi" and section.title_hi else section.title


# --- Figures of many --------------------------------------------------------------------------------------------------


def one_place(value: float) -> str:
    """Marks on average, with one place at most: 139.4, 271, −3.5."""
    return f"{value:.1f}".removesuffix(".0").replace("-", "−")


def two_places(value: float | None) -> str:
    """A coefficient: 0.52, −0.18; a dash for what cannot be said."""
    if value is None:
        return NONE
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def clock(seconds: float | None) -> str:
    """11:04, in minutes and seconds; "" where nothing is known."""
    if seconds is None:
        return ""
    whole, left = divmod(round(seconds), 60)
    return f"{whole}:{left:02}"
