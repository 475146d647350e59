"""Results as a person takes them with him: as far as they are shown to him now, like his pages.

Marks of single questions, comments and keys come with the solutions, marks no version has yet not at all; whether he
is on leaderboards always.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from coaching.lib.offers import Section
from exams.asked import fixes_of, keys_of
from exams.content import Key
from exams.grading import plain
from exams.models import ExamQuestion, LeaderboardChoice, ManualMark, Result, ResultVersion, SectionMark
from exams.result_reading import ItemResult, ResultOutline, items_of, sections_of
from exams.schemes import Verdict

AT_ONCE = 500
Row = tuple[Any, ...]


def sections(person: User) -> list[Section]:
    """Results with their sections and questions, marks by hand and on paper, and the choice of leaderboards."""
    now = timezone.now()
    place = (_("Rank"), _("Of"), _("Percentile"), _("Code"))
    return [
        Section(
            "results",
            _("Results"),
            (_("Test"), _("Version"), _("Of what"), _("Marks"), _("Most"), _("Outcome"), _("Right answer"), *place),
            _results(person, now),
        ),
        Section(
            "manual_marks",
            _("Marks by hand"),
            (_("Test"), _("Question"), _("When"), _("Marks"), _("Comment")),
            _by_hand(person, now),
        ),
        Section(
            "paper_marks",
            _("Marks on paper"),
            (_("Test"), _("Section"), _("When"), _("Marks")),
            _paper(person, now),
        ),
        Section("leaderboards", _("Leaderboards"), (_("When"), _("Named")), _choices(person)),
    ]


def _results(person: User, now: datetime) -> Iterator[Row]:
    """Of each test the whole, each section and, once solutions are out, each question."""
    mine = Result.objects.filter(student=person)
    solved = set(mine.with_solutions(now).order_by().values_list("pk", flat=True))
    rows = mine.shown(now).select_related("version__test").order_by("version__test__closes_at", "pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        version, outline = row.version, ResultOutline.from_json(row.version.outline)
        head, place = (version.test.title, version.number), (row.rank, version.ranked_count, _plain(row.percentile))
        yield *head, _("All of it"), _plain(row.total), _plain(row.most), "", "", *place, row.code
        for part in sections_of(outline, row.sections):
            yield *head, part.section.title, _plain(part.marks), _plain(part.section.most), "", "", *NO_PLACE
        items = items_of(outline, row.verdicts, row.marks) if row.pk in solved and row.verdicts else []
        keys = _keys(version, items)
        for item in items:
            number, outcome = _("Question %(number)d") % {"number": item.place + 1}, str(OUTCOMES[item.verdict])
            yield *head, number, _plain(item.marks), None, outcome, keys.get(item.question, ""), *NO_PLACE


def _plain(marks: Decimal | None) -> str:
    """Marks as text, as files have them: 72.15."""
    return "" if marks is None else plain(marks)


NO_PLACE = (None, None, None, "")
OUTCOMES = {
    Verdict.RIGHT: gettext_lazy("right"),
    Verdict.PARTIAL: gettext_lazy("partly right"),
    Verdict.WRONG: gettext_lazy("wrong"),
    Verdict.BLANK: gettext_lazy("not answered"),
    Verdict.WAITING: gettext_lazy("not marked yet"),
    Verdict.BONUS: gettext_lazy("full marks for everybody"),
    Verdict.DROPPED: gettext_lazy("taken out"),
}


def _keys(version: ResultVersion, items: list[ItemResult]) -> dict[int, str]:
    """What is right, with the corrections that hold; of a question several keys may be."""
    fixes = fixes_of(version) if items else {}
    rows = ExamQuestion.objects.filter(pk__in=[one.question for one in items]).select_related("version")
    held = {row.pk: keys_of(Key.from_json(row.version.key), fixes.get(row.pk)) for row in rows}
    return {pk: " | ".join(_said(one) for one in keys) for pk, keys in held.items()}


def _said(key: Key) -> str:
    pairs = [f"{row}: {', '.join(columns)}" for row, columns in key.pairs.items()]
    numbers = [str(one.value) for one in key.numbers]
    return "; ".join([*key.right, *pairs, *numbers, *key.accepted])


def _by_hand(person: User, now: datetime) -> Iterator[Row]:
    tests = Result.objects.with_solutions(now).filter(student=person).order_by().values("version__test")
    rows = ManualMark.objects.filter(attempt__student=person, attempt__test__in=tests)
    rows = rows.filter(pk__lte=F("attempt__test__newest_results__marks_upto"))
    named = rows.select_related("attempt__test", "question").order_by("at", "pk")
    for row in named.iterator(chunk_size=AT_ONCE):
        yield row.attempt.test.title, f"#{row.question.question_id}", row.at, _plain(row.marks), row.comment


def _paper(person: User, now: datetime) -> Iterator[Row]:
    tests = Result.objects.shown(now).filter(student=person).order_by().values("version__test")
    rows = SectionMark.objects.filter(student=person, section__test__in=tests).select_related("section__test")
    rows = rows.filter(pk__lte=F("section__test__newest_results__section_marks_upto"))
    for row in rows.order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        marks = _("absent") if row.is_absent else _plain(row.marks)
        yield row.section.test.title, row.section.title, row.at, marks


def _choices(person: User) -> Iterator[Row]:
    for row in LeaderboardChoice.objects.filter(student=person):
        yield row.chosen_at, row.is_shown
