"""Of a student's result the map of topics, and the time his questions took."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from coaching.lib.charts import heat_level
from exams.own_charts import Spent, TimeChart, time_chart
from exams.own_log import lasted
from exams.own_result import OwnResult, minutes
from exams.result_reading import ItemResult
from exams.result_words import clock, section_title
from exams.schemes import Verdict
from exams.weak_topics import FEWEST, RIGHT

WIDEST = 12
SHOWN_FULL = 2
SAID = frozenset({Verdict.WRONG, Verdict.BLANK, Verdict.RIGHT})


@dataclass(frozen=True, slots=True)
class Tile:
    """A topic: his right answers of so many, how dark it is (1 to 5), how wide (1 to 12), what others got of it."""

    name: str  # "" of questions without a topic
    subject: str
    right: int
    asked: int
    wrong: int
    others: str
    place: int = 0
    is_worst: bool = False

    @property
    def level(self) -> int:
        return heat_level(self.right * 100 / self.asked)

    @property
    def width(self) -> int:
        return min(self.asked, WIDEST)


@dataclass(frozen=True, slots=True)
class TopicMap:
    """Tiles by subject, and what they say: the worst one, and those that are full."""

    lead: str
    more: str
    groups: tuple[tuple[str, tuple[Tile, ...]], ...]


def topic_map(own: OwnResult) -> TopicMap | None:
    """None where nobody said what the questions are about, or too few are asked."""
    tiles = _tiles(own) if any(one.name for one in own.figures.topics) else []
    if not own.seen.shows_questions:
        tiles = _coarse(tiles)
    if not tiles:
        return None
    named = [one for one in tiles if one.name]
    worst = min(
        [one for one in named if one.right < one.asked] or tiles,
        key=lambda one: (one.right - one.asked, one.right / one.asked),
    )
    groups: dict[str, list[Tile]] = defaultdict(list)
    for one in tiles:
        groups[one.subject].append(replace(one, is_worst=one is worst and one.right < one.asked))
    lead, more = _finding(worst, tiles)
    ordered = {name: tuple(sorted(found, key=lambda one: one.right / one.asked)) for name, found in groups.items()}
    return TopicMap(lead, more, tuple(ordered.items()))


def _tiles(own: OwnResult) -> list[Tile]:
    asked = {one.place: one for one in own.items if one.verdict is not Verdict.DROPPED}
    found = []
    for topic in own.figures.topics:
        items = [asked[place] for place in topic.questions if place in asked]
        if items:
            others = _others(own, topic.by_batch, topic.all)
            found.append(Tile(topic.name, topic.subject, *_counts(items), others, items[0].place))
    return sorted(found, key=lambda one: one.place)


def _counts(items: Sequence[ItemResult]) -> tuple[int, int, int]:
    """How many are right, how many there are, how many are wrong."""
    right = sum(one.verdict in RIGHT for one in items)
    return right, len(items), sum(one.verdict is Verdict.WRONG for one in items)


def _others(own: OwnResult, by_batch: Mapping[str, Sequence[int]], everybody: Sequence[int]) -> str:
    """How much of it his batch, else everybody, had right; "" where that would be he alone."""
    if not own.has_others:
        return ""
    mine = by_batch.get(str(own.row.batch_id))
    right, asked = mine or everybody
    if not asked:
        return ""
    words = _("batch %(percent)d %%") if mine else _("all %(percent)d %%")
    return words % {"percent": round(right * 100 / asked)}


def _coarse(tiles: Sequence[Tile]) -> list[Tile]:
    """Topics of few questions together, by subject; what is still too few is left out."""
    found = [one for one in tiles if one.asked >= FEWEST]
    rest: dict[str, list[Tile]] = defaultdict(list)
    for one in tiles:
        if one.asked < FEWEST:
            rest[one.subject].append(one)
    for subject, small in rest.items():
        asked = sum(one.asked for one in small)
        if asked >= FEWEST:
            right, wrong = sum(one.right for one in small), sum(one.wrong for one in small)
            found.append(Tile("", subject, right, asked, wrong, ""))
    return found


def _finding(worst: Tile, tiles: Sequence[Tile]) -> tuple[str, str]:
    if all(one.right == one.asked for one in tiles):
        return _("Every topic is full."), ""
    values = {"right": worst.right, "asked": worst.asked, "wrong": worst.wrong}
    said = _("%(right)d of %(asked)d right, %(wrong)d wrong.") if worst.wrong else _("%(right)d of %(asked)d right.")
    most = sorted((one for one in tiles if one.name), key=lambda one: -one.asked)
    full = [one.name for one in most if one.right == one.asked][:SHOWN_FULL]
    more = said % values
    if len(full) == 1:
        more += " " + _("%(topic)s is full.") % {"topic": full[0]}
    elif full:
        more += " " + _("%(topic)s and %(other)s are full.") % {"topic": full[0], "other": full[1]}
    return _("%(topic)s cost most:") % {"topic": worst.name or _("Other topics")}, more


# --- Time -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The chart, what it says, the minutes of each section, and all of it as (number, his, average)."""

    lead: str
    more: str
    chart: TimeChart
    sections: tuple[tuple[str, str], ...]
    rows: tuple[tuple[int, str, str], ...]


MARKS = {
    Verdict.RIGHT: "ok",
    Verdict.BONUS: "ok",
    Verdict.PARTIAL: "part",
    Verdict.WRONG: "bad",
    Verdict.BLANK: "left",
    Verdict.WAITING: "left",
    Verdict.DROPPED: "left",
}


def time_spent(own: OwnResult, order: Sequence[int], spent_s: Mapping[int, float]) -> TimeSpent | None:
    """`order`: places of the paper as he saw them; `spent_s` by place. None where no time is known."""
    if not any(spent_s.values()):
        return None
    questions = own.figures.questions if own.has_others else ()
    spent = [
        Spent(
            count,
            spent_s.get(place, 0),
            questions[place].mean_s if place < len(questions) else None,
            MARKS[own.items[place].verdict] if own.seen.shows_questions else "",
        )
        for count, place in enumerate(order, start=1)
    ]
    longest = max(spent, key=lambda one: one.seconds)
    verdict = own.items[order[longest.number - 1]].verdict if own.seen.shows_questions else None
    lead, more = _longest_words(longest, verdict)
    chart = time_chart(
        spent,
        [len(one.section.questions) for one in own.sections],
        words=_("Q %(number)d") % {"number": longest.number},
    )
    return TimeSpent(
        lead,
        more,
        chart,
        tuple((section_title(one.section), minutes(one.spent_s)) for one in own.sections),
        tuple((one.number, clock(one.seconds), clock(one.average)) for one in spent),
    )


def _longest_words(one: Spent, verdict: Verdict | None) -> tuple[str, str]:
    values = {"number": one.number, "time": _took(one.seconds)}
    average = {"time": _took(one.average)} if one.average is not None else {}
    if verdict not in SAID:
        lead = _("Question %(number)d took %(time)s.") % values
        return lead, _("The average is %(time)s.") % average if average else ""
    lead, said = _("Question %(number)d took %(time)s") % values, []
    if verdict is Verdict.WRONG:
        said.append(_("and went wrong"))
    elif verdict is Verdict.BLANK:
        said.append(_("and was left"))
    else:
        said.append(_("and was right"))
    if average:
        said.append(_("the average is %(time)s") % average)
    return lead, _("%(said)s.") % {"said": "; ".join(said)}


def _took(seconds: float) -> str:
    whole = round(seconds)
    return minutes(whole) if whole and not whole % 60 else lasted(whole * 1000)
