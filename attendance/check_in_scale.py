"""A drawn line from the venue outwards, on which the limit and the position with its uncertainty lie."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from attendance.check_in_words import Answer, metres

LEAST_AT = 2.0
MOST_AT = 98.0
LIMIT_NEAREST, LIMIT_FARTHEST = 38.0, 66.0
"""The limit stands in the middle of the line, so that its figure never runs into the venue's name."""
VENUE_LETTERS = 14


@dataclass(frozen=True, slots=True)
class Scale:
    """In percent of the width, as text so that no language puts a comma there."""

    limit_at: str
    you_at: str
    from_at: str
    blur: str
    venue: str
    limit: str
    text: str


def scale_of(answer: Answer) -> Scale | None:
    """None where no position was looked at."""
    if answer.distance_m is None or answer.accuracy_m is None or not answer.radius_m:
        return None
    far = max(answer.distance_m + answer.accuracy_m, 1.0)
    limit_at = min(max(100 * answer.radius_m / far * 0.95, LIMIT_NEAREST), LIMIT_FARTHEST)

    def at(length_m: float) -> float:
        """Beyond the limit the line is squeezed as far as it must be to hold everything."""
        radius = float(answer.radius_m or 1)
        if length_m <= radius:
            return limit_at * length_m / radius
        rest = max(far - radius, radius / 2)
        return limit_at + (100 - limit_at) * min(1.0, (length_m - radius) / rest)

    you = min(max(at(answer.distance_m), LEAST_AT), MOST_AT)
    since, until = at(max(0.0, answer.distance_m - answer.accuracy_m)), at(answer.distance_m + answer.accuracy_m)
    words = {
        "distance": metres(answer.distance_m),
        "limit": metres(answer.radius_m),
        "accuracy": metres(answer.accuracy_m),
    }
    text = _("%(distance)s away, sure to %(accuracy)s; the limit is %(limit)s.") % words
    venue = answer.venue if len(answer.venue) <= VENUE_LETTERS else f"{answer.venue[: VENUE_LETTERS - 1].rstrip()}…"
    return Scale(_p(limit_at), _p(you), _p(since), _p(max(0.0, until - since)), venue, words["limit"], text)


def _p(percent: float) -> str:
    return f"{percent:.1f}"
