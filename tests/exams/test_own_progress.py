"""All results of a student: how his tests go, what he is weak in, and whose results a guardian looks at."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Guardianship
from exams import analysis
from exams.models import Result, Test, Topic
from exams.models.results import new_code
from tests import people
from tests.batches import timetables
from tests.exams import marked

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def of(test: Test, student) -> str:
    return f"/exams/tests/{test.uuid}/results/of/{student.pk}/"


def test_all_results_tell_how_tests_go_and_what_is_weak(browser_of):
    subject = timetables.subject()
    for days, title, nth in ((3, "First", 3), (2, "Second", 3), (1, "Third", 1)):
        test = marked.closed(4, title=title, **_window(days))
        for row in marked.asked(test):
            row.question.topic = Topic.objects.get_or_create(subject=subject, name="Units")[0]
            row.question.save()
        marked.answers(test, people.student(), marked.pattern(test, nth))
        marked.answers(test, people.other_student(), marked.pattern(test, 0))
        analysis.make(marked.version(marked.reckoned(test)))
    page = text(browser_of("student").get("/exams/results/"))
    listed = page[page.index("All results") :]
    assert listed.index("Third") < listed.index("Second") < listed.index("First")
    assert "69 % in the newest test, 50 points above those before." in page
    assert "percentile 50" in page
    assert re.search(r"To work on</h3>.*<b>Units</b>.*5 of 12", page)


def _window(days: int) -> dict:
    opens_at = timezone.now() - timedelta(days=days)
    return {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=3)}


def test_guardian_chooses_a_child_and_nobody_else(browser_of):
    test = marked.exam(3)
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
    guardian = browser_of("guardian")
    assert of(test, people.student()) in text(guardian.get("/exams/results/"))
    chosen = f"/exams/results/?child={people.other_student().uuid}"
    assert of(test, people.other_student()) in text(guardian.get(chosen))
    Guardianship.objects.filter(student=people.other_student()).delete()
    assert of(test, people.other_student()) not in text(guardian.get(chosen))


def test_without_results_the_page_says_what_will_stand_there(browser_of):
    people.student()
    assert "No results yet" in text(browser_of("student").get("/exams/results/"))
    assert "Nobody’s results" in text(browser_of("cashier").get("/exams/results/"))


def test_all_results_ask_as_much_of_many(same_queries, browser_of):
    browser = browser_of("student")
    first = marked.result(marked.exam(2, 2))

    def add(many):
        for _each in range(many):
            another(first)

    same_queries(lambda: browser.get("/exams/results/"), add=add, at_most=14)


def another(result: Result) -> None:
    """A test like that of this result, with a result like it."""
    test, version = result.version.test, result.version
    test.pk, test.uuid, version.pk, version.uuid, result.pk, result.code = (
        None,
        uuid.uuid4(),
        None,
        uuid.uuid4(),
        None,
        new_code(),
    )
    test.newest_results = None
    test.save()
    version.test = test
    version.save()
    result.version = version
    result.save()
    Test.objects.filter(pk=test.pk).update(newest_results=version)


def test_results_of_a_test_in_the_archive_stay_with_their_students(browser_of):
    test = marked.exam(3, title="Long over")
    Test.objects.filter(pk=test.pk).update(archived_at=timezone.now())
    browser = browser_of("other student")
    assert "Long over" in text(browser.get("/exams/results/"))
    page = text(browser.get(f"/exams/tests/{test.uuid}/result/"))
    assert "Long over" in page
    assert f'href="/exams/tests/{test.uuid}/"' not in page  # which is out of his lists
    code = Result.objects.get(version__test=test, student=people.other_student()).code
    assert "genuine" in text(browser.get(f"/exams/verify/{code}/"))
