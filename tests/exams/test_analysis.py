"""What the analysis of a version says: figures, answers counted in the database, topics, batches and advice."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from scipy import stats

from exams import analysis, item_flags
from exams.analysis_doc import AnalysisDoc, QuestionStats, Suspect
from exams.asked import asked_of
from exams.content import Kind
from exams.models import Analysis, KeyFix, Question, Result, ResultVersion, Test, Topic
from exams.models.results import Cause
from tests import people
from tests.batches import timetables
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db
CLOSE: dict[str, Any] = {"rel": 1e-9, "abs": 1e-9}
MIXED = {"Physics": [Kind.SINGLE, Kind.MULTIPLE], "Maths": [Kind.NUMERICAL, Kind.TRUE_FALSE, Kind.MATCH, Kind.SHORT]}


def doc_of(test: Test) -> AnalysisDoc:
    return analysis.of(marked.version(test))


def advice_of(test: Test, doc: AnalysisDoc) -> list[item_flags.Advice]:
    """On each question, in the paper's order."""
    pairs = zip(doc.questions, asked_of(marked.version(test)), strict=True)
    return [item_flags.advice(stats, asked, doc=doc) for stats, asked in pairs]


def answered(test: Test, table: Sequence[Sequence[Any]]) -> Test:
    """A row for each student with what he says to each question, None for nothing; reckoned."""
    for who, row in zip(marked.several(len(table)), table, strict=True):
        marked.answers(test, who, {place: said for place, said in enumerate(row) if said is not None})
    return marked.reckoned(test)


def columns(test: Test) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Verdicts by student, their marks as a table with a row for each student, totals; the best first."""
    rows = list(Result.objects.filter(version=marked.version(test), is_counted=True).order_by("rank", "student_id"))
    marks = np.array([[float(one) for one in row.marks] for row in rows])
    return [row.verdicts for row in rows], marks, np.array([float(row.total) for row in rows])


def test_the_figures_are_those_of_numpy_and_scipy() -> None:
    chance = random.Random(7)
    skill = [chance.random() for _student in range(23)]
    said: list[Any] = ["a", "c", None]
    table: list[list[Any]] = [
        ["b" if chance.random() < one else chance.choice(said) for _q in range(8)] for one in skill
    ]
    test = answered(marked.closed(8), table)
    doc, (verdicts, marks, totals) = doc_of(test), columns(test)
    assert (doc.count, doc.best_count) == (23, 6)
    assert (doc.mean, doc.sd) == pytest.approx((totals.mean(), totals.std(ddof=1)), **CLOSE)
    assert (doc.q1, doc.median, doc.q3) == pytest.approx(tuple(np.percentile(totals, [25, 50, 75])), **CLOSE)
    assert (doc.least, doc.highest) == (totals.min(), totals.max())
    assert doc.alpha == pytest.approx(8 / 7 * (1 - marks.var(axis=0, ddof=1).sum() / totals.var(ddof=1)), **CLOSE)
    assert sum(doc.histogram.counts) == 23
    for place, one in enumerate(doc.questions):
        right = np.array([letters[place] == "R" for letters in verdicts])
        wanted = stats.pointbiserialr(right, totals - marks[:, place]).statistic
        assert one.p == pytest.approx(right.mean(), **CLOSE)
        assert one.d == pytest.approx((right[:6].sum() - right[-6:].sum()) / 6, **CLOSE)
        assert one.r == pytest.approx(wanted, **CLOSE)
        assert one.mean_marks == pytest.approx(marks[:, place].mean(), **CLOSE)
        said = [row[place] for row in table]
        assert one.chosen == {option: said.count(option) for option in "abcd"}
        assert (one.right, one.wrong, one.blank) == (said.count("b"), one.answered - said.count("b"), said.count(None))
        assert one.right_best == right[:6].sum() == one.chosen_best["b"]


def test_answers_of_all_kinds_are_counted_by_what_they_say() -> None:
    table: list[list[Any]] = [
        ["b", ["a", "c"], "5.237", "true", {"p": ["a"], "q": ["c"], "r": ["b"]}, "Newton"],
        ["c", ["a"], "5.2370", "false", {"p": ["a"], "q": ["d"]}, " newton "],
        ["c", ["a", "b"], "−7", "false", {"p": ["b"]}, "Pascal"],
        [None, None, None, None, None, None],
    ]
    questions = doc_of(answered(marked.closed(parts=MIXED), table)).questions
    assert questions[0].chosen == {"a": 0, "b": 1, "c": 2, "d": 0}
    assert questions[1].chosen == {"a": 3, "b": 1, "c": 1, "d": 0}
    assert questions[2].chosen == {"5.237": 2, "-7": 1}
    assert questions[3].chosen == {"true": 1, "false": 2}
    assert {name: count for name, count in questions[4].chosen.items() if count} == {
        "p-a": 2,
        "p-b": 1,
        "q-c": 1,
        "q-d": 1,
        "r-b": 1,
    }
    assert questions[5].chosen == {"newton": 2, "pascal": 1}
    assert [one.blank for one in questions] == [1] * 6
    assert [one.answered for one in questions] == [3] * 6
    assert (questions[0].mean_s, questions[0].median_s, questions[0].top_s) == (46.25, 60, 60)


def test_a_question_that_was_taken_out_or_given_tells_nothing() -> None:
    test = marked.written(6, 4)
    marked.reckoned(test)
    first, second, *_others = marked.asked(test)
    later = ResultVersion.objects.create(test=test, number=1000, cause=Cause.KEY_FIX, digest="x")
    fixes = ((first, KeyFix.Action.DROP), (second, KeyFix.Action.BONUS_ALL))
    for version in (later, marked.version(test)):
        Analysis.objects.all().delete()
        before = doc_of(test)
        assert before.questions[0].p is not None  # a later correction says nothing of an earlier version
        for question, action in fixes:
            given = {"action": action, "reason": "Misprint", "by": people.teacher()}
            KeyFix.objects.create(question=question, version=version, **given)
    doc = AnalysisDoc.from_json(analysis.make(marked.version(test)).document)
    assert [(one.p, one.d, one.r, one.suspect, one.flags) for one in doc.questions[:2]] == [(None,) * 4 + ((),)] * 2
    _verdicts, marks, _totals = columns(test)
    rest = marks[:, 2:]
    assert doc.alpha == pytest.approx(2 * (1 - rest.var(axis=0, ddof=1).sum() / rest.sum(axis=1).var(ddof=1)), **CLOSE)
    assert doc.topics[0].all[1] == 12
    words = [one.word for one in advice_of(test, doc)]
    assert words == ["Not marked by its key"] * 2 + ["Too few wrote it"] * 2


def test_one_student_and_empty_papers_have_an_analysis_too() -> None:
    doc = doc_of(marked.exam(1, 2))
    assert (doc.count, doc.mean, doc.sd, doc.alpha) == (1, 8, None, None)
    assert [(one.p, one.d, one.r) for one in doc.questions] == [(1, None, None)] * 2
    doc = doc_of(answered(marked.closed(2, title="Nobody knew"), [[None, None]] * 3))
    assert (doc.count, doc.mean, doc.sd, doc.alpha, doc.highest) == (3, 0, 0, None, 0)
    assert [(one.p, one.d, one.r, one.answered) for one in doc.questions] == [(0, 0, None, 0)] * 2


def test_where_some_of_many_count_a_question_is_asked_of_who_answered_it() -> None:
    test = marked.closed(3)
    test.sections.update(answers_count=1)
    doc = doc_of(answered(test, [["b", None, None], ["c", "b", None], [None, "b", None], [None, None, None]]))
    assert [one.p for one in doc.questions] == [0.5, 1, None]
    assert doc.topics[0].all == (3, 4)


def test_topics_come_from_the_bank_and_batches_from_who_wrote() -> None:
    test = marked.closed(3)
    bank = list(Question.objects.order_by("pk"))
    topic = Topic.objects.create(subject=bank[0].subject, name="Rotation")
    Question.objects.filter(pk__in=[bank[0].pk, bank[2].pk]).update(topic=topic)
    test = answered(test, [["b", "b", "b"], ["b", "c", None], ["c", "c", "c"]])
    doc = doc_of(test)
    assert [(one.name, one.questions, one.all) for one in doc.topics] == [
        ("", (1,), (1, 3)),
        ("Rotation", (0, 2), (3, 6)),
    ]
    assert doc.topics[1].topic == topic.pk
    assert doc.topics[1].subject == topic.subject.name
    held = test.batches.get()
    assert doc.topics[1].by_batch == {str(held.pk): (3, 6)}
    assert [(one.id, one.name, one.count, one.highest) for one in doc.batches] == [(held.pk, held.name, 3, 12)]


def test_a_test_on_paper_has_totals_sections_and_batches() -> None:
    test = papers.exam(is_on_paper=True)
    for title in ("Physics", "Maths"):
        papers.section(test, title, full_marks=Decimal(50))
    first, second = marked.several(2)
    timetables.enrol(second, test.batches.get())
    for section, own in enumerate([("40", "20.5"), ("30", "10")]):
        for who, marks in zip((first, second), own, strict=True):
            marked.paper_mark(test, who, section, marks)
    doc = doc_of(marked.reckoned(test, Cause.BY_HAND))
    assert (doc.count, doc.mean, doc.highest) == (2, 50.25, 70)
    assert [(one.mean, one.top) for one in doc.sections] == [(30.25, 40), (20, 30)]
    assert (doc.questions, doc.topics, doc.alpha) == ((), (), None)
    assert len(doc.batches) == 1


def test_it_is_made_once_and_the_same_again() -> None:
    test = marked.exam(4, 3)
    version = marked.version(test)
    Analysis.objects.all().delete()
    first = analysis.of(version)
    kept = Analysis.objects.get()
    assert analysis.of(version) == first
    assert Analysis.objects.get().made_at == kept.made_at
    assert analysis.make(version).document == kept.document
    Analysis.objects.update(document={"count": 3})  # of an older shape
    assert analysis.of(version) == first


def test_it_costs_the_same_however_many_wrote() -> None:
    versions = [marked.version(marked.exam(count, 3, title=f"Of {count}")) for count in (2, 12)]
    counts = []
    for version in versions:
        with CaptureQueriesContext(connection) as captured:
            analysis.reckon(version)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


# --- Advice -----------------------------------------------------------------------------------------------------------


def bad_key() -> Test:
    """Of 40 who wrote 12 questions the good ones say C to the first, whose key is B; the second is easy, the third is
    told by nobody, nobody chose D in the fourth."""
    table = []
    for nth in range(40):
        good = nth < 20
        first = "c" if good or nth % 3 == 0 else "b" if nth % 3 == 1 else "a"
        rest = ["b" if good or (nth + place) % 5 == 0 else "acd"[(nth + place) % 3] for place in range(4, 12)]
        fourth = "b" if good or nth % 7 == 0 else "ac"[nth % 2]
        table.append([first, "b", "acd"[nth % 3], fourth, *rest])
    return answered(marked.closed(12), table)


def test_advice_says_in_a_sentence_what_is_wrong() -> None:
    test = bad_key()
    doc = doc_of(test)
    said = advice_of(test, doc)
    assert doc.best_count == 11
    assert said[0].flags[0] == "KEY"
    assert (said[0].tone, said[0].word) == ("bad", "Check the key")
    assert said[0].sentence == "68 % chose C, among them 11 of the best 11; the key says B."
    assert (said[1].flags, said[1].word) == (("EASY",), "Too easy")
    assert said[2].word == "Hard"
    assert (said[3].flags, said[3].word) == (("DISTRACTOR",), "D rarely chosen")
    assert said[3].sentence.startswith("Nearly nobody chose D")
    assert {(one.tone, one.word, one.sentence) for one in said[4:]} == {("ok", "Good", "")}
    with translation.override("hi"):
        assert advice_of(test, doc)[0].sentence


def stats_of(**changed: Any) -> QuestionStats:
    """A good question, but for these."""
    usual: dict[str, Any] = {
        "p": 0.5,
        "d": 0.5,
        "r": 0.4,
        "right": 50,
        "partial": 0,
        "wrong": 45,
        "blank": 5,
        "waiting": 0,
        "answered": 95,
        "mean_marks": 2.0,
        "mean_s": 50.0,
        "top_s": 50.0,
        "median_s": 50.0,
        "chosen": {"a": 15, "b": 50, "c": 15, "d": 15},
        "chosen_best": {"a": 0, "b": 27, "c": 0, "d": 0},
        "right_best": 27,
        "suspect": None,
        "flags": (),
    }
    return QuestionStats(**(usual | changed))


@pytest.mark.parametrize(
    ("changed", "flags"),
    [
        ({}, ()),
        ({"p": 0.9}, ("EASY",)),
        ({"p": 0.29}, ("HARD",)),
        ({"p": 0.3}, ()),
        ({"d": 0.19, "r": 0.14}, ("WEAK",)),
        ({"d": 0.19, "r": 0.3}, ()),
        ({"d": -0.1, "r": -0.1}, ("NEGATIVE", "WEAK")),
        ({"p": None, "d": None, "r": None}, ()),
        ({"median_s": 140.0}, ("SLOW",)),
        ({"chosen": {"a": 2, "b": 50, "c": 15, "d": 15}}, ("DISTRACTOR",)),
        ({"suspect": Suspect("c", 40, 16), "right_best": 8, "r": 0.1}, ("KEY",)),
        ({"suspect": Suspect("c", 40, 16), "right_best": 9, "r": 0.1}, ()),
        ({"suspect": Suspect("c", 40, 13), "right_best": 1, "r": 0.1}, ()),
        ({"suspect": Suspect("c", 40, 16), "right_best": 8, "r": 0.11}, ()),
    ],
)
def test_flags_stand_where_their_thresholds_say(changed: dict[str, Any], flags: tuple[str, ...]) -> None:
    marked.exam(1, 1)
    asked = asked_of(ResultVersion.objects.get())
    both = [stats_of(**changed), stats_of(), stats_of()]
    found = item_flags.flags_of(both, asked * 3, count=100, best_count=27)
    assert found == [flags, (), ()]
    assert item_flags.flags_of(both, asked * 3, count=9, best_count=2) == [(), (), ()]
