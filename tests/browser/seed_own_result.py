"""Results of a student in the middle of his batch: tests in a row, one with a mended key, one of every kind of
question, one whose solutions are held back, one on paper.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams import analysis, key_fixes
from exams.content import Key, Kind
from exams.models import KeyFix, ManualMark, Question, Rubric, Test, Topic
from exams.models.results import Cause
from exams.models.tests import Release
from exams.result_sheets import Fix
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of, people_and_batch
from tests.browser.seed_results import BAD_KEY, BATCHES, BEFORE, TITLE, results_of, writers
from tests.exams import marked

EARLIER = "Weekly test 11"
MIXED = "अर्धवार्षिक परीक्षा: भौतिकी, रसायन विज्ञान एवं गणित (हिन्दी माध्यम), दूसरा भाग"
HELD, PAPER, COMING = "Surprise test", "Board practice, on paper", "FullMock" * 19
LONG_TITLE = "अकार्बनिक रसायन विज्ञान, समन्वय यौगिक तथा संक्रमण तत्वों के गुणधर्म (खंड ब), केवल उन छात्रों के लिए जो चाहें"
PLACE, ESSAY = 14, 6
KINDS = [Kind.SINGLE, Kind.MULTIPLE, Kind.NUMERICAL, Kind.MATCH, Kind.TRUE_FALSE, Kind.SHORT, Kind.LONG]
COMMENT = "पहला बिंदु ठीक है। The second law needs its unit; write down what each sign stands for."


def main() -> None:
    people_and_batch()
    batches = [timetables.batch(name) for name in BATCHES]
    ananya, *others = writers(batches)
    students = [*others[:PLACE], ananya, *others[PLACE:]]
    for title, days_ago in ((EARLIER, 15), (BEFORE, 8), (TITLE, 1)):
        mend(results_of(title, batches, students, days_ago=days_ago))
    of_every_kind()
    solutions_held_back()
    on_paper()
    not_out_yet()


def mend(test: Test) -> None:
    """The key that says B is C."""
    assert test.newest_results
    question = marked.asked(test)[BAD_KEY]
    fix = Fix(question.pk, KeyFix.Action.CHANGE, (Key(right=("c",)),))
    said: dict[str, Any] = {"actor": people.teacher(), "now": timezone.now(), "token": uuid.uuid4()}
    analysis.make(key_fixes.apply(test, fix, reason="The point moves, too.", seen=test.newest_results.number, **said))


def window(days_ago: float, title: str) -> dict[str, Any]:
    opens_at = timezone.now() - timedelta(days=days_ago)
    return {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=3), "uuid": number_of(title), "title": title}


def of_every_kind() -> None:
    test = marked.closed(parts={"Physics": KINDS, LONG_TITLE: [Kind.SINGLE] * 2}, **window(3, MIXED))
    essay = marked.asked(test)[ESSAY]
    about = Topic.objects.create(subject=essay.question.subject, name=LONG_TITLE)
    Question.objects.filter(placed__test=test, placed__section__title=LONG_TITLE).update(topic=about)
    lines = [{"id": "a", "text": "Names the three laws", "most": "2"}, {"id": "b", "text": "Units", "most": "2"}]
    Rubric.objects.create(question=essay, lines=lines, changed_by=people.teacher())
    for nth, who in enumerate((people.other_student(), people.student())):
        attempt = marked.answers(test, who, marked.pattern(test, nth + 1) | {ESSAY: marked.RIGHT[Kind.LONG]})
        given: dict[str, Any] = {"attempt": attempt, "question": essay, "by": people.teacher()}
        ManualMark.objects.create(number=1, marks="0.5", comment=COMMENT, rubric={"a": "0.5", "b": "0"}, **given)
    marked.reckoned(test)


def solutions_held_back() -> None:
    test = marked.written(2, 6, solutions_release=Release.BY_HAND, **window(5, HELD))
    marked.answers(test, people.student(), marked.pattern(test, 2))
    marked.reckoned(test)


def on_paper() -> None:
    test = marked.closed(parts={"Physics": [], "Chemistry": []}, is_on_paper=True, **window(20, PAPER))
    test.sections.update(full_marks=50)
    for who, marks in ((people.student(), ("31", "42.5")), (people.other_student(), ("44", "38"))):
        for section, one in enumerate(marks):
            marked.paper_mark(test, who, section, one)
    marked.reckoned(test, cause=Cause.BY_HAND)


def not_out_yet() -> None:
    later = timezone.now() + timedelta(days=2)
    marked.exam(2, 3, results_release=Release.ON_DATE, results_at=later, **window(0.3, COMING))
