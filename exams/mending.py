"""Results as they would be with one question marked differently: only what that touches is marked again.

From the newest version everything else is taken as it stands, so that 5,000 students are reckoned while somebody waits.
Where attempts, marks by hand, judgements or rules are not those of that version any more, all is marked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from exams.asked import fixes_of
from exams.grading import Grader, Sheet, plain, total_up
from exams.models import Rejudge, Result, ResultVersion, Test
from exams.reckoning import Reckoned, draft, ranked
from exams.result_entries import Entry, answers_to, marks_by_hand, part_json, shares_by_place
from exams.result_reading import VERDICTS
from exams.result_sheets import Facts, Fix, facts_in, facts_of, sheet_of
from exams.schemes import NOTHING, Outcome

_HEAD = ("attempt", "student", "attempt__number", "student__date_of_birth")
_COUNTS = ("total", "right", "partial", "wrong", "blank", "waiting", "spent_s")


def mended(test: Test, fix: Fix) -> Reckoned:
    """As results would be with this correction. Nothing is locked, nothing kept."""
    return _with_another(test, fix.question, [fix], None)


def rejudged(test: Test, rejudge: Rejudge) -> Reckoned:
    """As results would be with that judging again applied. Nothing is locked, nothing kept."""
    return _with_another(test, rejudge.question_id, [], rejudge)


def _with_another(test: Test, question: int, fixes: list[Fix], rejudge: Rejudge | None) -> Reckoned:
    """With this question (of exam_questions) marked otherwise."""
    held = Test.objects.select_related("scheme", "newest_results").get(pk=test.pk)
    newest = held.newest_results
    facts = facts_of(held)
    if newest is None or held.is_on_paper or not is_of(newest, facts):
        return draft(held, fixes, rejudge=rejudge)
    known = (Fix.of(one) for one in fixes_of(newest).values())
    sheet = sheet_of(held, [*known, *fixes])
    entries = list(_entries(newest))
    _mark_again(held, sheet, question, entries, rejudge)
    return ranked(held, facts, sheet.outline(held.counted_attempt), entries)


def is_of(version: ResultVersion, facts: Facts) -> bool:
    """Whether a version was made of just that."""
    if (version.marks_upto, version.section_marks_upto) != (facts.marks, facts.section_marks):
        return False
    return dict(facts_in(version.outline)) == facts.to_json() and not facts.writing


def _entries(version: ResultVersion) -> Iterator[Entry]:
    """The results of a version, not ranked."""
    rows = Result.objects.filter(version=version).order_by("student_id", "attempt__number")
    for row in rows.values_list(*_HEAD, *_COUNTS, "sections", "verdicts", "marks"):
        yield Entry(*row)


def _mark_again(test: Test, sheet: Sheet, question: int, entries: Sequence[Entry], rejudge: Rejudge | None) -> None:
    """Mark this question of every entry again, and its section with it."""
    grader, place = Grader(sheet), next(at for at, item in enumerate(sheet.items) if item.id == question)
    at = next(at for at, part in enumerate(sheet.parts) if place in part.places)
    part = sheet.parts[at]
    timed = part.at_most is not None
    places = {sheet.items[one].id: one for one in part.places} if timed else {question: place}
    given, judged = marks_by_hand(test, sheet), shares_by_place(test, sheet, question=question, rejudge=rejudge)
    of_attempt = {one.attempt: one for one in entries if one.attempt is not None}
    for attempt, rows in answers_to(list(of_attempt), list(places), timed=timed):
        entry = of_attempt[attempt]
        first = {places[asked]: first for asked, answer, first in rows if answer is not None}
        answer = next((answer for asked, answer, _first in rows if asked == question and answer is not None), "null")
        entry.marks = list(entry.marks)
        outcomes = [_outcome(entry.verdicts[one], entry.marks[one]) for one in part.places]
        new = grader.outcome(place, answer, given.get(attempt, {}).get(place), judged.get(attempt, {}).get(place))
        outcomes[part.places.index(place)] = new
        entry.marks[place] = plain(new.marks)
        total = total_up(part, outcomes, first)
        letters = list(entry.verdicts)
        for one, letter in zip(part.places, total.letters, strict=True):
            letters[one] = letter
        entry.verdicts = "".join(letters)
        entry.sections = [*entry.sections]
        entry.sections[at] = part_json(total, entry.sections[at]["spent_s"])
        _sum_up(entry)


@lru_cache(4096)
def _outcome(letter: str, marks: str) -> Outcome:
    return Outcome(VERDICTS[letter.upper()], Decimal(marks))


def _sum_up(entry: Entry) -> None:
    """The numbers of the whole, from its sections."""
    sections: Sequence[Mapping[str, Any]] = entry.sections
    entry.total = sum((Decimal(one["marks"]) for one in sections), NOTHING)
    for name in ("right", "partial", "wrong", "blank", "waiting"):
        setattr(entry, name, sum(one[name] for one in sections))
