"""Topics by batch: how many answers were right, as a map from pale to deep, and which topic is weak."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coaching.lib.charts import heat_level
from exams.analysis_doc import AnalysisDoc, TopicStats
from exams.result_items import percent

MOST_TOPICS = 14
MOST_AT_ONCE = 5
"""So many columns of batches fit beside the chart of marks."""
WEAK = 45
"""Percent of right answers below which a topic is weak."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Percent of right answers and its level, 1 to 5; None where nothing was asked."""

    percent: int | None
    level: int


@dataclass(frozen=True, slots=True)
class Heat:
    """A row for each topic with a cell for each batch; `batches` are (short name, name)."""

    batches: list[tuple[str, str]]
    rows: list[tuple[str, list[HeatCell]]]
    finding: str
    more: int


def heat_of(doc: AnalysisDoc) -> Heat | None:
    """Topics in the paper's order; of very many the weakest."""
    topics = [one for one in doc.topics if one.all[1]]
    if not topics:
        return None
    shown = topics
    if len(topics) > MOST_TOPICS:
        weakest = sorted(topics, key=_share)[:MOST_TOPICS]
        shown = [one for one in topics if one in weakest]
    batches = [one for one in doc.batches if one.id is not None]
    names = [one.name for one in batches]
    columns = list(zip(short_names(names), names, strict=True)) if len(batches) > 1 else []
    keys = [str(one.id) for one in batches] if columns else []
    at = len(keys) if len(keys) <= MOST_AT_ONCE else 0  # of more than can be seen at once all come first
    rows = [(topic_name(one), [_cell(one.by_batch.get(key)) for key in keys]) for one in shown]
    for one, (_name, cells) in zip(shown, rows, strict=True):
        cells.insert(at, _cell(one.all))
    columns.insert(at, (_("All"), _("All batches")))
    return Heat(columns, rows, _heat_finding(topics, keys), len(topics) - len(shown))


def topic_name(topic: TopicStats) -> str:
    return topic.name or topic.subject or _("Without a topic")


def _share(topic: TopicStats) -> float:
    return topic.all[0] / topic.all[1]


def _cell(pair: tuple[int, int] | None) -> HeatCell:
    if not pair or not pair[1]:
        return HeatCell(None, 0)
    exact = 100 * pair[0] / pair[1]
    return HeatCell(percent(*pair), heat_level(exact))


def _heat_finding(topics: Sequence[TopicStats], batches: Sequence[str]) -> str:
    """The weakest topic, and whether it is weak everywhere."""
    weakest = min(topics, key=_share)
    said = {"topic": topic_name(weakest), "percent": percent(*weakest.all)}
    cells = [_cell(weakest.by_batch.get(one)).percent for one in batches]
    known = [one for one in cells if one is not None]
    if len(known) > 1 and all(one < WEAK for one in known):
        return _("%(topic)s is weak in every batch.") % said
    if len(topics) == 1:
        return _("%(percent)d %% of the answers are right.") % said
    return _("%(topic)s is weakest: %(percent)d %% right.") % said


def short_names(names: Sequence[str]) -> list[str]:
    """What of the names differs, by whole words: JEE 27 A and JEE 27 B are A and B."""
    words = [one.split() for one in names]
    same = 0
    while len(words) > 1 and all(len(one) > same + 1 and one[same] == words[0][same] for one in words):
        same += 1
    return [" ".join(one[same:]) for one in words]
