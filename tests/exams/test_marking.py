"""Marking by hand: one answer after the other, without a name; what another marked meanwhile is not written over."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Role
from exams import mark_reading, marking_page, marking_queue, rubrics
from exams.content import Kind
from exams.mark_reading import STEP, NoMarks
from exams.marking import MarkedMeanwhile, MarkingRefused, mark_answer
from exams.models import Attempt, ExamQuestion, ManualMark, Response, Rubric, Test
from exams.models.attempts import State
from tests import people
from tests.exams import marked, papers
from tests.racing import outcomes

pytestmark = pytest.mark.django_db
RULES = {"kinds": {"LONG": {"right": "5"}, "SHORT": {"right": "2"}}, "others": {"right": "4", "wrong": "-1"}}
WORDS = "First <b>bold</b> point.\nSecond: {{ 7 }} & 'so on'"


def essay(students: int = 2, kinds: tuple[Kind, ...] = (Kind.LONG,), said: Any = WORDS) -> Test:
    """Handed in by so many, each with this answer to the first question."""
    row = marked.closed(parts={"Essay": kinds}, scheme=papers.scheme_version(RULES))
    for student in marked.several(students):
        marked.answers(row, student, {0: said})
    return row


def first(row: Test) -> ExamQuestion:
    return ExamQuestion.objects.select_related(*marking_page.FETCHED).filter(test=row).order_by("pk")[0]


def page(row: Test, name: str = "marking_question") -> str:
    return reverse(name, args=[row.uuid, first(row).uuid])


def given(row: Test, attempt: Attempt | None = None, marks: str = "3", **how: Any) -> ManualMark:
    values = {"seen": 0, "actor": people.teacher(), "now": timezone.now(), "full": Decimal(5), **how}
    return mark_answer(first(row), attempt or row.attempts.order_by("pk")[0], marks=Decimal(marks), **values)


def fields(html: str, **typed: str) -> dict[str, str]:
    """What a browser would send of the page's form, with what is typed."""
    found = dict(re.findall(r'<input type="hidden" name="(seen|answer)" value="([^"]*)"', html))
    return {"marks": "", "comment": "", **found, **typed}


# --- Marks as they are typed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "marks"), [("3", "3"), (" 2.50 ", "2.5"), ("२.५", "2.5"), (".25", "0.25"), ("5.", "5"), ("-0", "0")]
)
def test_marks_are_read(typed: str, marks: str) -> None:
    read = mark_reading.read(typed, most=Decimal(5), step=STEP)
    assert read == Decimal(marks)
    assert str(read)[0] != "-"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Write a number"),
        ("1e1", "Write a number"),
        ("nan", "Write a number"),
        ("2,5", "Write a number"),
        ("½", "Write a number"),
        ("6", "At most 5"),
        ("-1", "Not below 0"),
        ("2.1", "steps of 0.25"),
        ("9" * 400, "Write a number"),
    ],
)
def test_what_are_no_marks_is_refused_in_plain_words(typed: str, why: str) -> None:
    with pytest.raises(NoMarks, match=why):
        mark_reading.read(typed, most=Decimal(5), step=STEP)


def test_full_marks_fit_though_they_are_no_step() -> None:
    assert mark_reading.read("1.33", most=Decimal("1.33"), step=STEP) == Decimal("1.33")
    with pytest.raises(NoMarks, match="Two places"):
        mark_reading.read("12.345", most=Decimal(50))


# --- What waits -------------------------------------------------------------------------------------------------------


def test_answers_wait_that_people_mark_of_who_handed_in() -> None:
    row = essay(3, (Kind.LONG, Kind.SINGLE, Kind.SHORT))
    written_on = row.attempts.order_by("pk")[2]
    Attempt.objects.filter(pk=written_on.pk).update(state=State.WRITING)
    assert marking_queue.waiting_of(people.teacher()) == {row.pk: 2}
    given(row)
    assert marking_queue.waiting_of(people.teacher()) == {row.pk: 1}
    assert marking_queue.counts_of([first(row).pk]) == {first(row).pk: marking_queue.Counts(waiting=1, marked=1)}
    assert marking_queue.waiting_of(people.other_teacher()) == {}


def test_pages_cost_the_same_for_many(same_queries):
    row = essay(0)
    browser = people.signed_in(people.teacher())
    numbers = iter(range(1000))

    def add(count: int) -> None:
        for _one in range(count):
            number = next(numbers)
            who = people.person(f"Student {number}", Role.STUDENT, admission_number=f"M-{number}")
            given(row, marked.answers(row, who, {0: "So"}))
        marked.answers(row, people.student(), {0: "So"})

    def visit() -> None:
        for url in (page(row), page(row, "marking_marked")):
            assert browser.get(url).status_code == 200

    same_queries(visit, add=add, at_most=44)


def test_page_of_a_test_costs_the_same_for_many_short_questions(same_queries):
    row = essay(0, (Kind.LONG, *[Kind.SHORT] * 30))
    browser = people.signed_in(people.teacher())
    said: dict[int, Any] = {}

    def add(count: int) -> None:
        said.update((place, "Neuton") for place in range(len(said) + 1, len(said) + 1 + count))
        marked.answers(row, people.student(), said)

    def visit() -> None:
        assert "Short answers" in browser.get(reverse("test_marking", args=[row.uuid])).text

    same_queries(visit, add=add, at_most=20)


def test_page_says_nothing_of_whose_it_is_and_runs_nothing():
    row = essay(1)
    html = people.signed_in(people.teacher()).get(page(row)).content.decode()
    student, attempt = people.student(), row.attempts.get()
    for word in (student.name, str(student.uuid), str(attempt.uuid), row.batches.get().name, student.identifier):
        assert word not in html
    assert "First &lt;b&gt;bold&lt;/b&gt; point.\nSecond: {{ 7 }} &amp; &#x27;so on&#x27;" in html
    assert "Three points." in html  # the guide


def test_code_is_shown_as_it_was_written():
    row = essay(1, (Kind.CODING,), {"language": "py", "source": "if 1 < 2:\n\tprint('<script>')"})
    html = people.signed_in(people.teacher()).get(page(row)).content.decode()
    assert "<code>if 1 &lt; 2:\n\tprint(&#x27;&lt;script&gt;&#x27;)</code>" in html
    assert "Python" in html


# --- One after the other ----------------------------------------------------------------------------------------------


def test_teacher_marks_all_and_changes_one():
    row = essay(3)
    browser = people.signed_in(people.teacher())
    for typed in ("3", "२.५", "0"):
        html = browser.get(page(row)).content.decode()
        assert browser.post(page(row), fields(html, marks=typed, comment="Good\r\nwork")).status_code == 302
    assert sorted(ManualMark.objects.values_list("marks", flat=True)) == [0, Decimal("2.5"), 3]
    html = browser.get(page(row)).content.decode()
    assert "All answers are marked" in html
    assert Activity.objects.filter(event="attempt.marked").count() == 3
    again = re.search(r"\?answer=\w+", browser.get(page(row, "marking_marked")).content.decode())
    assert again
    html = browser.get(page(row) + again[0]).content.decode()
    assert "Marks so far" in html
    assert browser.post(page(row), fields(html, marks="5")).url == page(row, "marking_marked")
    newest = ManualMark.objects.get(number=2)
    assert (newest.marks, newest.by) == (5, people.teacher())


@pytest.mark.parametrize("typed", ["", "5.25", "x", "\0"])
def test_refused_marks_are_told_and_nothing_is_saved(typed: str) -> None:
    row = essay(1)
    browser = people.signed_in(people.teacher())
    html = browser.get(page(row)).content.decode()
    answer = browser.post(page(row), fields(html, marks=typed, comment="Kept"))
    assert answer.status_code == 422
    assert "Kept" in answer.content.decode()
    assert not ManualMark.objects.exists()


def test_hostile_tokens_are_nowhere():
    row = essay(1)
    browser = people.signed_in(people.teacher())
    assert browser.get(page(row), {"answer": "x"}).status_code == 404
    assert browser.get(page(row), {"after": "z" * 5000}).status_code == 200
    assert browser.post(page(row), {"answer": "0" * 24, "seen": "0", "marks": "1"}).status_code == 404
    token = marking_queue.answers_of(first(row))[0].token
    assert browser.post(page(row), {"answer": token, "seen": "", "marks": "1"}).status_code == 422
    assert not ManualMark.objects.exists()


def test_two_teachers_get_different_answers_and_nobody_is_kept_out():
    row = essay(2)
    answers, question = marking_queue.answers_of(first(row)), first(row)
    one, other, third = people.teacher(), people.other_teacher(), people.admin()
    mine = marking_queue.next_for(question, one, answers)
    his = marking_queue.next_for(question, other, answers)
    assert mine
    assert his
    assert mine != his
    assert marking_queue.next_for(question, one, answers) == mine  # looked at again
    assert marking_queue.next_for(question, third, answers) == answers[0]  # all are looked at
    assert marking_queue.next_for(question, other, answers, after=his.token) == his  # the other is taken: round to it
    cache.clear()
    assert marking_queue.next_for(question, one, answers, after=answers[0].token) == answers[1]


def test_what_another_marked_meanwhile_is_shown_and_not_written_over():
    row = essay(1)
    browser = people.signed_in(people.teacher())
    html = browser.get(page(row)).content.decode()
    given(row, marks="1", actor=people.admin(), comment="Too short")
    answer = browser.post(page(row), fields(html, marks="4"))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert f"{people.admin().name} marked it in the meantime: 1." in shown
    assert "Too short" in shown
    assert ManualMark.objects.count() == 1
    assert browser.post(page(row), fields(shown, marks="4")).status_code == 302
    assert ManualMark.objects.get(number=2).marks == 4


def test_sent_twice_it_is_marked_once():
    row = essay(1)
    first_one = given(row, marks="4")
    assert given(row, marks="4") == first_one
    assert given(row, marks="4", seen=1) == first_one
    with pytest.raises(MarkedMeanwhile):
        given(row, marks="4", actor=people.admin())
    assert ManualMark.objects.count() == 1


def test_what_is_written_on_or_was_not_answered_is_not_marked():
    row = essay(1)
    attempt = row.attempts.get()
    with pytest.raises(MarkingRefused):
        given(row, attempt, marks="5.5")
    Attempt.objects.update(state=State.WRITING)
    with pytest.raises(MarkingRefused, match="written on"):
        given(row, attempt)
    Attempt.objects.update(state=State.SUBMITTED)
    Response.objects.update(is_answered=False)
    with pytest.raises(MarkingRefused, match="nothing to mark"):
        given(row, attempt)


@pytest.mark.django_db(transaction=True)
def test_two_teachers_mark_the_same_answer_at_once():
    row = essay(1)
    attempt, question, who = row.attempts.get(), first(row), [people.teacher(), people.admin()]

    def work(at: int) -> Any:
        how = {"seen": 0, "actor": who[at], "now": timezone.now(), "full": Decimal(5)}
        return mark_answer(question, attempt, marks=Decimal(at), **how)

    told = outcomes([lambda: work(0), lambda: work(1)])
    assert sorted(type(one).__name__ for one in told) == ["ManualMark", "MarkedMeanwhile"]
    assert ManualMark.objects.get().number == 1


# --- Rubrics ----------------------------------------------------------------------------------------------------------


def lines(*typed: tuple[str, str], revision: int = 0, ids: str = "") -> dict[str, str]:
    sent = {"revision": str(revision), "lines-TOTAL_FORMS": str(len(typed)), "lines-INITIAL_FORMS": "0"}
    for at, (text, most) in enumerate(typed):
        sent |= {f"lines-{at}-text": text, f"lines-{at}-most": most, f"lines-{at}-line": ids[at : at + 1]}
    return sent


def test_rubric_adds_up_to_the_marks():
    row = essay(1)
    browser, url = people.signed_in(people.teacher()), page(row, "rubric_edit")
    assert browser.post(url, lines(("Names the law", "2"), ("", ""), ("Reckons", "2.5"))).status_code == 302
    html = browser.get(page(row)).content.decode()
    assert "Names the law" in html
    sent = {"line_a": "1.5", "line_b": "2"}
    wrong = browser.post(page(row), fields(html, marks="4", **sent))
    assert "The lines come to 3.5, but here it says 4." in wrong.content.decode()
    assert browser.post(page(row), fields(html, **sent | {"line_a": "2.25"})).status_code == 422
    assert browser.post(page(row), fields(html, **sent)).status_code == 302
    mark = ManualMark.objects.get()
    assert (mark.marks, mark.rubric) == (Decimal("3.5"), {"a": "1.50", "b": "2.00"})
    assert "1 answer is marked already" in browser.get(url).content.decode()


def test_rubric_keeps_letters_and_is_not_lost_to_another():
    row = essay(1)
    browser, url = people.signed_in(people.teacher()), page(row, "rubric_edit")
    browser.post(url, lines(("Law", "2"), ("Sum", "2")))
    assert browser.post(url, lines(("Sum of it", "1"), ("New", "1"), revision=1, ids="b")).status_code == 302
    assert [(one["id"], one["text"]) for one in Rubric.objects.get().lines] == [("b", "Sum of it"), ("c", "New")]
    given(row, rubric={"a": "1", "d": "2"})
    browser.post(url, lines(("Sum of it", "1"), ("New", "1"), ("Newer", "1"), revision=2, ids="bc"))
    assert [one["id"] for one in Rubric.objects.get().lines] == ["b", "c", "e"]  # marks were given for "a" and "d"
    stale = browser.post(url, lines(("Other", "1"), revision=1))
    assert stale.status_code == 409
    assert "Sum of it" in stale.content.decode()
    assert rubrics.lines_of(first(row))[1] == 3


@pytest.mark.parametrize(
    "typed", [(("Law", "5.25"),), (("Law", "x"),), (("", "2"),), (("Law", ""),), (("A", "3"), ("B", "3"))]
)
def test_rubric_that_does_not_fit_is_refused(typed):
    row = essay(1)
    browser = people.signed_in(people.teacher())
    answer = browser.post(page(row, "rubric_edit"), lines(*typed))
    assert answer.status_code in (200, 422)
    assert not Rubric.objects.exists()


# --- Short answers ----------------------------------------------------------------------------------------------------


def test_short_answers_that_no_key_accepts_can_be_marked():
    row = essay(0, (Kind.SHORT,))
    for student, said in zip(marked.several(2), ("newton", "Neuton"), strict=True):
        marked.answers(row, student, {0: said})
    browser = people.signed_in(people.teacher())
    assert (
        "Short answers the key did not accept" in browser.get(reverse("test_marking", args=[row.uuid])).content.decode()
    )
    html = browser.get(page(row)).content.decode()
    assert "Neuton" in html
    assert browser.post(page(row), fields(html, marks="2")).status_code == 302
    assert "Neuton" not in browser.get(page(row)).content.decode()
    assert ManualMark.objects.get().attempt.student == people.other_student()


def test_short_answers_that_say_the_same_get_the_same_at_once():
    row = essay(0, (Kind.SHORT,))
    for student, said in zip(marked.several(4), ("Neuton", " neuton", "NEUTON ", "joule"), strict=True):
        marked.answers(row, student, {0: said})
    browser = people.signed_in(people.teacher())
    taken = marking_queue.answers_of(first(row))
    one = next(each for each in taken if each.attempt == row.attempts.get(student=people.student()).pk)
    html = browser.get(page(row), {"answer": one.token}).content.decode()
    assert "The same for 2 others" in html
    assert browser.post(page(row), fields(html, marks="1.5", alike="1")).status_code == 302
    assert list(ManualMark.objects.values_list("marks", flat=True)) == [Decimal("1.5")] * 3
    assert [each.waits for each in marking_queue.answers_of(first(row))].count(True) == 1
