"""A student's own tests, and what his guardian sees of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Guardianship
from exams.content import Kind
from exams.models import Attempt, Response, Test
from exams.models.attempts import EndedBy, State
from exams.own_tests import own_list, stands
from tests import people
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
NOT_BEGUN = {"state": State.READY, "started_at": None, "deadline_at": None}


def hours(opens: float, closes: float, **fields) -> dict:
    now = timezone.now()
    window = {"opens_at": now + timedelta(hours=opens), "closes_at": now + timedelta(hours=closes)}
    return window | fields


def handed_in(test: Test, **fields) -> Attempt:
    at = {"state": State.SUBMITTED, "submitted_at": timezone.now(), "ended_by": EndedBy.STUDENT}
    return papers.attempt(test, now=test.opens_at, **(at | fields))


def test_tests_stand_by_what_can_be_done_with_them():
    papers.paper(title="Now")
    papers.paper(title="Soon", **hours(0.2, 3))
    papers.paper(title="Next week", **hours(7 * 24, 7 * 24 + 3))
    papers.paper(title="Missed", **hours(-5, -2))
    handed_in(papers.paper(title="Done"))
    papers.paper(title="Draft", published_at=None)
    papers.paper(title="Gone", archived_at=timezone.now())
    writing = papers.paper(title="Out of its hours", **hours(-5, -0.1))
    papers.attempt(writing, deadline_at=timezone.now() + timedelta(minutes=5), now=timezone.now() - timedelta(hours=1))
    own = own_list(people.student())
    said = {one.test.title: one.state for one in (*own.now, *own.coming, *own.over)}
    assert said == {
        "Now": "open",
        "Soon": "waiting",
        "Next week": "coming",
        "Missed": "missed",
        "Done": "written",
        "Out of its hours": "writing",
    }
    assert [one.test.title for one in own.coming] == ["Next week"]
    assert own.coming[0].countdown in {"in 7 days", "in 8 days"}


def test_older_attempt_that_was_opened_again_is_what_one_goes_on_with():
    test = papers.paper(most_attempts=3)
    older = handed_in(test)
    handed_in(test, number=2)
    Attempt.objects.filter(pk=older.pk).update(state=State.WRITING, submitted_at=None, ended_by="")
    line = own_list(people.student()).now[0]
    assert (line.state, line.last) == ("writing", older)


@pytest.mark.parametrize(
    ("fields", "attempts", "state"),
    [
        ({}, [], "open"),
        ({"is_active": False}, [], "stopped"),
        ({}, ["READY"], "ready"),
        ({}, ["WRITING"], "writing"),
        ({}, ["SUBMITTED"], "written"),
        ({"most_attempts": 2}, ["SUBMITTED"], "written"),
        ({"most_attempts": 2}, ["SUBMITTED", "READY"], "ready"),
    ],
)
def test_a_test_stands_by_its_last_attempt(fields, attempts, state):
    test = papers.paper(**fields)
    assert stands(test, [Attempt(test=test, state=one) for one in attempts], now=timezone.now()) == state


def test_guardian_sees_his_childs_tests_by_name_and_no_way_in(browser_of):
    test = papers.paper()
    handed_in(test)
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    guardian = browser_of("guardian")
    for address in ("/exams/", f"/exams/tests/{test.uuid}/"):
        page = guardian.get(address).content.decode()
        assert "Ananya Kulkarni" in page
        assert "Handed in" in page
        assert f"/exams/tests/{test.uuid}/room/" not in page


def test_test_of_another_batch_is_not_listed_and_not_there(browser_of):
    other = papers.paper(title="Secret", batch=timetables.batch("NEET 2027"))
    timetables.enrol(people.other_student(), other.batches.get())
    other.batches.get().enrolments.filter(student=people.student()).delete()
    student = browser_of("student")
    assert "Secret" not in student.get("/exams/").content.decode()
    assert student.get(f"/exams/tests/{other.uuid}/").status_code == 404
    assert student.post(f"/exams/tests/{other.uuid}/room/", {"alone": "on"}).status_code == 404


def test_page_says_what_is_asked_what_it_is_worth_and_what_is_noted(browser_of):
    test = papers.paper(instructions="No calculators.", instructions_hi="कैलकुलेटर नहीं।", access_code="Tiger7")
    page = browser_of("student").get(f"/exams/tests/{test.uuid}/").content.decode()
    for words in (
        "3 questions",
        "120 minutes",
        "12 marks",
        "+4 / −1",
        "No calculators.",
        "कैलकुलेटर नहीं।",
        "never a verdict",
    ):
        assert words in page
    assert 'name="code"' in page
    assert "Tiger7" not in page
    assert "joule" not in page


def test_page_says_which_kinds_have_which_marks_where_they_differ(browser_of):
    others = {"right": "1", "wrong": "0", "blank": "0"}
    scheme = papers.scheme_version({"kinds": {"SHORT": others | {"right": "2"}}, "others": others}, name="Board")
    test = papers.paper([Kind.SINGLE, Kind.SHORT], scheme=scheme)
    words = browser_of("student").get(f"/exams/tests/{test.uuid}/").content.decode()
    assert "+2</b> Short text" in words
    assert "+1</b> One answer is right" in words


def test_instructions_are_markup(browser_of):
    test = papers.paper(instructions="**No** calculators. <b>x</b>")
    words = browser_of("student").get(f"/exams/tests/{test.uuid}/").content.decode()
    assert "<strong>No</strong> calculators. &lt;b&gt;x" in words


def test_page_after_handing_in_says_when_and_how_much(browser_of):
    test = papers.paper()
    attempt = handed_in(test)
    now = timezone.now()
    first, second, _third = test.questions.all()
    said = {"attempt": attempt, "seq": 1, "saved_at": now}
    Response.objects.create(question=first, answer="a", is_answered=True, answered_at=now, **said)
    Response.objects.create(question=second, answer=None, **said)
    page = browser_of("student").get(f"/exams/tests/{test.uuid}/").content.decode()
    assert "1 of 3 questions answered" in page
    assert "Handed in at" in page
    assert f"/exams/tests/{test.uuid}/room/" not in page


def test_who_may_write_it_again_finds_the_way_in(browser_of):
    test = papers.paper(most_attempts=2)
    handed_in(test)
    assert "Begin again" in browser_of("student").get(f"/exams/tests/{test.uuid}/").content.decode()


def test_list_asks_as_much_of_many_tests(same_queries, browser_of):
    student = browser_of("student")
    batch = timetables.batch()

    def add(count):
        for number in range(count):
            papers.exam(f"Test {number}", batch=batch, **hours(number + 1, number + 4))
            handed_in(papers.exam(f"Old {number}", batch=batch, **hours(-number - 9, -number - 4)))

    same_queries(lambda: student.get("/exams/"), add=add)


def test_page_asks_little(same_queries, browser_of):
    student, test = browser_of("student"), papers.paper()

    def add(count):
        papers.place(papers.section(test), *(papers.question(text=f"Q {n} of {count}") for n in range(count)))

    same_queries(lambda: student.get(f"/exams/tests/{test.uuid}/"), add=add)


@pytest.mark.parametrize("asked", ["page=9999999999999", "page=-1", "page=%00", "page=" + "9" * 4000])
def test_hostile_pages_are_answered(browser_of, asked):
    papers.paper()
    assert browser_of("student").get(f"/exams/?{asked}").status_code == 200
