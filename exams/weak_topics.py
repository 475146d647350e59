"""Which topic cost a student most in a test. Pure; for first screens, where a line has room for one.

Topics are those of an analysis as JSON: {"name": "Optics", "questions": [places], …}.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exams.result_reading import VERDICTS
from exams.schemes import Verdict

FEWEST = 3
"""Of fewer questions a topic would tell which of them was right, before solutions are out."""
RIGHT = frozenset({Verdict.RIGHT, Verdict.BONUS})


@dataclass(frozen=True, slots=True)
class WeakTopic:
    """So many of its questions were right."""

    name: str
    right: int
    asked: int


def weakest(topics: Iterable[Mapping[str, Any]], verdicts: str) -> WeakTopic | None:
    """The one with most that is not right, of equal ones the smaller; None where every topic is full, or none known."""
    found = [one for one in (_of(topic, verdicts) for topic in topics) if one]
    worst = min(found, key=lambda one: (one.right - one.asked, one.right / one.asked), default=None)
    return worst if worst and worst.right < worst.asked else None


def _of(topic: Mapping[str, Any], verdicts: str) -> WeakTopic | None:
    letters = [verdicts[place] for place in topic["questions"] if place < len(verdicts)]
    asked = [VERDICTS[one.upper()] for one in letters if VERDICTS[one.upper()] is not Verdict.DROPPED]
    if not topic["name"] or len(asked) < FEWEST:
        return None
    return WeakTopic(topic["name"], sum(one in RIGHT for one in asked), len(asked))
