"""The questions of a student's result one by one: in the order he saw them, each with its letters as he saw them.

Only for who may see keys and solutions (`Seen.shows_questions`): a verdict tells the key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from exams import markup
from exams.asked import keys_of
from exams.content import Body, Key, Kind
from exams.models import ExamQuestion, KeyFix, Response
from exams.models.bank import KINDS
from exams.own_answers import Letters, key_words, said_words
from exams.own_result import OwnResult
from exams.paper_facts import Order, PaperFacts, facts_of
from exams.result_reading import ItemResult
from exams.result_words import clock
from exams.scheme_words import number
from exams.schemes import Verdict
from exams.sitting_page import page_language

PAGE_ROWS = 10
SHORT_TEXT = 90
LOOK, LEFT, ALL = "look", "left", "all"
TONES: dict[Verdict, tuple[str, str]] = {
    Verdict.RIGHT: ("ok", "circle-check"),
    Verdict.BONUS: ("ok", "circle-check"),
    Verdict.PARTIAL: ("due", "circle-alert"),
    Verdict.WRONG: ("bad", "circle-x"),
    Verdict.BLANK: ("off", "minus"),
    Verdict.WAITING: ("run", "clock-fading"),
    Verdict.DROPPED: ("off", "minus"),
}


def verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.RIGHT: _("Right"),
        Verdict.BONUS: _("Full marks to all"),
        Verdict.PARTIAL: _("In part"),
        Verdict.WRONG: _("Wrong"),
        Verdict.BLANK: _("Left"),
        Verdict.WAITING: _("Waits for marks"),
        Verdict.DROPPED: _("Taken out"),
    }[verdict]


@dataclass(frozen=True, slots=True)
class Said:
    """His last answer, and the seconds he spent on the question."""

    answer: Any = None
    spent_s: float = 0


@dataclass(frozen=True)
class Written:
    """A result with how it was written: his order, his answers, and how keys were mended."""

    own: OwnResult
    said: Mapping[int, Said]
    fixes: Mapping[int, KeyFix]

    @cached_property
    def _seen_order(self) -> Order | None:
        attempt = self.own.row.attempt
        if attempt is None:
            return None
        test = self.own.version.test
        mixes = (test.shuffles_questions, test.shuffles_options)
        return self._facts.order_for(test.seed, attempt.student_id, attempt.number, *mixes)

    @cached_property
    def _facts(self) -> PaperFacts:
        test = self.own.version.test
        return facts_of(test.pk, test.paper_revision)

    @cached_property
    def order(self) -> list[int]:
        """Places of the paper as he saw them; the paper's own where his is not known."""
        places = {one.question: one.place for one in self.own.items}
        seen = [self._facts.by_uuid[one].pk for one in self._seen_order.questions] if self._seen_order else []
        found = [places[one] for one in seen if one in places]
        return found if len(found) == len(places) else sorted(places.values())

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each of exam_questions as he saw it."""
        return {self.own.items[place].question: count for count, place in enumerate(self.order, start=1)}

    @property
    def spent_s(self) -> dict[int, float]:
        """By place."""
        return {one.place: self.said[one.question].spent_s for one in self.own.items if one.question in self.said}

    def letters(self, question: ExamQuestion, body: Body) -> Letters:
        order = self._seen_order.options.get(question.uuid) if self._seen_order else None
        return Letters.of(Kind(question.question.kind), body, order)

    def among(self, show: str) -> list[int]:
        """Numbers of the questions of a list: to look at, left, or all."""
        return [count for count, place in enumerate(self.order, start=1) if self._is_in(show, self.own.items[place])]

    def _is_in(self, show: str, item: ItemResult) -> bool:
        if show == LOOK:
            return item.verdict not in {Verdict.RIGHT, Verdict.BONUS} or item.question in self.fixes
        return show == ALL or item.verdict is Verdict.BLANK

    def item(self, count: int) -> ItemResult:
        """What the question of that number came to. Raises: IndexError."""
        if count < 1:
            raise IndexError(count)
        return self.own.items[self.order[count - 1]]


def written(own: OwnResult, fixes: Mapping[int, KeyFix]) -> Written:
    """With his answers: one query."""
    rows = (
        Response.objects.filter(attempt=own.row.attempt_id).order_by()
        if own.row.attempt_id
        else Response.objects.none()
    )
    found = rows.values_list("question", "answer", "spent_ms")
    return Written(own, {pk: Said(answer, ms / 1000) for pk, answer, ms in found}, fixes)


# --- Lists of questions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the list. `you` and `key` are said shortly, `fix` says how its key was mended, "" if it was not."""

    number: int
    topic: str
    short: str
    lang: str
    you: str
    key: str
    fix: str
    tone: str
    icon: str
    verdict: str
    marks: str
    counts: bool
    spent: str
    average: str
    share: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A page of a list: which list, how many each has, and the one question that stands open."""

    show: str
    counts: Mapping[str, int]
    page: Page[int]
    rows: tuple[Row, ...]
    questions: Mapping[int, ExamQuestion]
    opened: int | None

    @property
    def icons(self) -> list[str]:
        """What is drawn in the rows, once for all of them."""
        return ["chevron-down", *sorted({one.icon for one in self.rows})]


def review(found: Written, *, show: str, page: str | None, opened: int | None) -> Review:
    """One query. A question that was asked for is shown open in the list of all, when it is not in the wanted one."""
    lists = {name: found.among(name) for name in (LOOK, LEFT, ALL)}
    show = show if show in lists else (LOOK if lists[LOOK] else ALL)
    if opened is not None and opened not in lists[show]:
        show, opened = (ALL, opened) if opened in lists[ALL] else (show, None)
    paginator = Paginator(lists[show], PAGE_ROWS)
    if opened is not None and page is None:
        page = str(lists[show].index(opened) // PAGE_ROWS + 1)
    shown = paginator.get_page(page)
    numbers = list(shown.object_list)
    questions = questions_of(found, numbers)
    rows = tuple(_row(found, one, questions[found.item(one).question], is_open=one == opened) for one in numbers)
    return Review(show, {name: len(one) for name, one in lists.items()}, shown, rows, questions, opened)


def questions_of(found: Written, numbers: Sequence[int]) -> dict[int, ExamQuestion]:
    """The rows of these numbers with their texts and keys, by themselves. One query."""
    named = ("version", "question__topic", "question__subject", "passage_version")
    pks = [found.item(one).question for one in numbers]
    rows = ExamQuestion.objects.filter(pk__in=pks).select_related(*named)
    return {one.pk: one for one in rows.defer("passage_version__key", "version__plain", "passage_version__plain")}


def _row(found: Written, count: int, question: ExamQuestion, *, is_open: bool) -> Row:
    item, body = found.item(count), Body.from_json(question.version.body)
    key, letters = Key.from_json(question.version.key), found.letters(question, body)
    said, fix = found.said.get(question.pk, Said()), found.fixes.get(question.pk)
    tone, icon = TONES[item.verdict]
    short, lang = short_text(body)
    topic = question.question.topic
    stats = found.own.figures.questions[item.place] if item.place < len(found.own.figures.questions) else None
    asked = stats.right + stats.partial + stats.wrong + stats.blank + stats.waiting if stats else 0
    return Row(
        number=count,
        topic=topic.name if topic else str(KINDS[Kind(question.question.kind)]),
        short=short,
        lang=lang,
        you=said_words(letters, said.answer),
        key=key_words(letters, keys_of(key, fix)),
        fix=fix_words(letters, key, fix),
        tone=tone,
        icon=icon,
        verdict=verdict_words(item.verdict),
        marks=number(item.marks, signed=True),
        counts=item.counts,
        spent=clock(said.spent_s) if said.spent_s else "",
        average=clock(stats.mean_s) if stats and found.own.has_others else "",
        share=_("%(percent)d %% right") % {"percent": round(stats.right * 100 / asked)} if stats and asked else "",
        is_open=is_open,
    )


def short_text(body: Body) -> tuple[str, str]:
    """How a question begins, on one line, and in which language that is."""
    wanted = page_language()
    own = body.text.hi if wanted == "hi" else body.text.en
    lang = wanted if own.strip() else ("en" if wanted == "hi" else "hi")
    text = markup.plain(body.text.in_language(wanted)[: 4 * SHORT_TEXT])
    return (text if len(text) <= SHORT_TEXT else f"{text[:SHORT_TEXT].rstrip()} …"), lang


def fix_words(letters: Letters, key: Key, fix: KeyFix | None) -> str:
    """In a few words how the key was mended: "key was B"."""
    if fix is None or (fix.action == KeyFix.Action.CHANGE and not fix.keys):  # people mark it, as before
        return ""
    was = key_words(letters, [key])
    match fix.action:
        case KeyFix.Action.DROP:
            return _("taken out")
        case KeyFix.Action.BONUS_ALL:
            return _("full marks to all")
        case KeyFix.Action.BONUS_ATTEMPTED:
            return _("full marks to who answered")
    if was == key_words(letters, keys_of(key, fix)) or not was:
        return _("key corrected")
    return _("key was %(key)s") % {"key": was}
