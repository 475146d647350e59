"""Two authors of the same tests at the same moment, with real threads."""

from functools import partial

import pytest

from exams.judge import suite_editor, suites
from exams.judge.suite_editor import SuiteMoved, Written
from exams.models import CodeData, CodeSuite
from tests import people
from tests.exams import coded
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_bytes_kept_by_two_are_one_row() -> None:
    kept = at_once([partial(suites.keep_data, b"7 " * 1000)] * 2)
    assert kept[0].pk == kept[1].pk
    many = [bytes([one]) for one in range(40)]
    first, second = at_once([partial(suites.keep_many, many), partial(suites.keep_many, many[::-1])])
    assert first == second[::-1]
    assert CodeData.objects.count() == 41


def test_a_version_two_begin_is_one_draft() -> None:
    question, teacher = coded.a_suite().question, people.teacher()
    begun = at_once([partial(suite_editor.begin, question, actor=teacher)] * 2)
    assert begun[0] == begun[1]
    assert CodeSuite.objects.filter(question=question).count() == 2
    assert begun[0].tests.count() == 3


def test_of_two_changes_of_one_revision_one_is_refused() -> None:
    suite, teacher = coded.a_suite(ready=False), people.teacher()

    def add(typed: bytes) -> None:
        with suite_editor.changing(suite, seen=1, actor=teacher) as draft:
            suite_editor.add_test(draft, draft.groups.all()[0], Written(typed, b"1"))

    given = outcomes([partial(add, b"mine"), partial(add, b"theirs")])
    assert sorted(type(one).__name__ for one in given) == sorted(["NoneType", SuiteMoved.__name__])
    suite.refresh_from_db()
    assert (suite.revision, suite.tests.count()) == (2, 4)
