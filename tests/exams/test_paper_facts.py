"""The order in which one student sees a paper, and what of it is kept in the process."""

import uuid
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams import paper_facts
from exams.content import Kind
from exams.models import ExamQuestion
from exams.paper_facts import PaperFacts, QuestionFacts, SectionFacts
from tests.exams import papers


def facts(*sections: list[int | None], kind: Kind = Kind.SINGLE, is_shuffled: bool = True) -> PaperFacts:
    """A paper whose sections are lists of passages, None for a question that has none."""
    number = iter(range(1, 1000))
    parts = tuple(SectionFacts(place, uuid.UUID(int=place), None, None, "FIRST") for place in range(len(sections)))
    questions = tuple(
        QuestionFacts(pk, uuid.UUID(int=pk), pk, place, kind, passage, tuple("abcd"), (), (), is_shuffled, 0, ())
        for place, passages in enumerate(sections)
        for passage in passages
        for pk in [next(number)]
    )
    return PaperFacts(1, 1, parts, questions)


PAPERS = st.lists(st.lists(st.none() | st.integers(1, 3), max_size=8), min_size=1, max_size=3).map(
    lambda found: facts(*found)
)


@given(paper=PAPERS, student=st.integers(1, 10**6), number=st.integers(1, 3))
def test_a_student_sees_each_question_once_in_its_section_with_passages_whole(paper, student, number):
    seen = paper.order_for("seed", student, number, True, True)
    assert sorted(seen.questions) == sorted(paper.by_uuid)
    rows = [paper.by_uuid[one] for one in seen.questions]
    assert [one.section for one in rows] == sorted(one.section for one in rows)
    passages = [key for key, _of in groupby(rows, lambda one: (one.section, one.passage)) if key[1]]
    assert len(passages) == len(set(passages))
    for key in passages:
        members = [one.pk for one in rows if (one.section, one.passage) == key]
        assert members == sorted(members)
    assert seen == paper.order_for("seed", student, number, True, True)


def test_nothing_is_shuffled_where_the_test_says_so():
    paper = facts([None] * 9, [None] * 9)
    seen = paper.order_for("seed", 7, 1, False, False)
    assert seen.questions == [one.uuid for one in paper.questions]
    assert set(map(tuple, seen.options.values())) == {tuple("abcd")}


def test_students_and_attempts_get_orders_of_their_own():
    paper = facts([None] * 9)
    orders = [paper.order_for("seed", student, number, True, True) for student in (1, 2) for number in (1, 2)]
    assert len({tuple(one.questions) for one in orders}) == len(orders)
    assert len({str(one.options) for one in orders}) == len(orders)


@pytest.mark.parametrize("paper", [facts([None] * 9, is_shuffled=False), facts([None] * 9, kind=Kind.TRUE_FALSE)])
def test_options_that_have_an_order_keep_it(paper):
    seen = paper.order_for("seed", 7, 1, True, True)
    assert set(map(tuple, seen.options.values())) == {tuple("abcd")}


@pytest.mark.django_db
def test_facts_of_a_paper_are_read_once_and_anew_for_its_next_revision(django_assert_num_queries):
    test = papers.paper([Kind.SINGLE, Kind.MATCH, Kind.CODING], duration_min=60)
    papers.place(papers.section(test, "Chemistry", duration_min=30), papers.question(Kind.LONG))
    with django_assert_num_queries(2):
        found = paper_facts.facts_of(test.pk, 1)
    with django_assert_num_queries(0):
        assert paper_facts.facts_of(test.pk, 1) is found
    assert [one.kind for one in found.questions] == [Kind.SINGLE, Kind.MATCH, Kind.CODING, Kind.LONG]
    assert [one.section for one in found.questions] == [0, 0, 0, 1]
    assert found.questions[0].options == tuple("abcd")
    assert found.questions[1].rows == tuple("pqr")
    assert found.questions[2].languages == ("py", "cpp")
    assert found.is_timed
    assert set(found.by_uuid) == set(ExamQuestion.objects.values_list("uuid", flat=True))
    with django_assert_num_queries(2):
        assert paper_facts.facts_of(test.pk, 2) is not found
