"""What a student, his guardian and staff see of results, and what nobody sees before it is shown."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Guardianship
from exams import analysis, key_fixes
from exams.content import Key, Kind
from exams.models import Analysis, ManualMark, Rubric, Test, Topic
from exams.models.attempts import State
from exams.models.results import Cause
from exams.models.tests import Release, Shown
from exams.result_sheets import Fix
from tests import people
from tests.batches import timetables
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db
PARTS = {"Physics": [Kind.SINGLE] * 3, "Chemistry": [Kind.SINGLE] * 3}


def own(test: Test) -> str:
    return f"/exams/tests/{test.uuid}/result/"


def of(test: Test, student=None) -> str:
    return f"/exams/tests/{test.uuid}/results/of/{(student or people.student()).pk}/"


def text(answer) -> str:
    return answer.content.decode()


def guarded() -> None:
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())


# --- Marks, place, sections -------------------------------------------------------------------------------------------


def test_student_reads_marks_place_sections_and_the_way_to_the_topper(browser_of):
    test = marked.exam(5, parts=PARTS)
    page = text(browser_of("other student").get(own(test)))
    for words in (
        '<b class="num">19</b>',
        "of 24",
        "2 <small>of 5</small>",
        "80.00",
        "5 <small>of 6 tried</small>",
        "Marks 19, average 15, topper 24, of 24",
        "Marks 7, average 4, topper 12, of 12",
        "2 right",
        "1 wrong",
        "To the topper",
        "Nearly all of it is Physics.",
        "83 %",
    ):
        assert words in page, words


def test_the_first_has_no_way_to_go_and_one_alone_nobody_to_be_compared_with(browser_of):
    page = text(browser_of("student").get(own(marked.exam(2))))
    assert "To the topper" not in page
    assert "topper 16" not in page
    alone = text(browser_of("student").get(own(marked.exam(1, title="Alone"))))
    assert "average" not in alone
    assert "Percentile" not in alone


def test_other_attempts_stand_with_their_totals(browser_of):
    test = marked.written(2, most_attempts=2)
    marked.answers(test, people.student(), {0: "b"}, number=2)
    page = text(browser_of("student").get(own(marked.reckoned(test))))
    assert '<b class="num">16</b>' in page
    assert "Attempt 2" in page
    assert "4 of 16" in page


def test_test_on_paper_has_marks_and_sections_only(browser_of):
    test = marked.closed(parts={"Physics": [], "Chemistry": []}, is_on_paper=True)
    test.sections.update(full_marks=50)
    for section, marks in enumerate(("31", "42.5")):
        marked.paper_mark(test, people.student(), section, marks)
    page = text(browser_of("student").get(own(marked.reckoned(test, Cause.BY_HAND))))
    assert '<b class="num">73.5</b>' in page
    assert "of 50" in page
    for words in ("Questions", "tried", "Time", "min used"):
        assert words not in page


def test_who_has_no_marks_of_a_test_on_paper_learns_it_once_they_are_out(browser_of):
    test = marked.closed(parts={"Physics": []}, is_on_paper=True)
    test.sections.update(full_marks=50)
    marked.paper_mark(test, people.other_student(), 0, "31")
    marked.paper_mark(test, people.student(), 0, None, is_absent=True)
    browser = browser_of("student")
    assert "Answers are being marked" in text(browser.get(own(test)))
    marked.reckoned(test, Cause.BY_HAND)
    assert "Marks of this test are out, and there are none of you" in text(browser.get(own(test)))
    test.test_batches.update(results=Shown.NO)
    assert "Marks are shown when a teacher releases them" in text(browser.get(own(test)))


def test_provisional_marks_say_so(browser_of):
    test = marked.written(2, parts={"Physics": [Kind.SINGLE, Kind.LONG]})
    marked.reckoned(test)
    student = browser_of("student")
    assert "Answers are being marked" in text(student.get(own(test)))
    test.test_batches.update(results=Shown.YES, solutions=Shown.YES)
    page = text(student.get(own(test)))
    assert "Provisional." in page
    assert "Waits for marks" in page


# --- What is not shown ------------------------------------------------------------------------------------------------


def leaks(page: str) -> list[str]:
    """Signs of marks on a page."""
    return [words for words in ("of 16", "Rank", "tried", "Percentile", "rv-", 'class="hero') if words in page]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"results_release": Release.BY_HAND}, "when a teacher releases them"),
        ({"results_release": Release.NEVER}, "not shown here"),
        ({"results_release": Release.ON_DATE, "results_at": timezone.now() + timedelta(days=400)}, "shown from"),
    ],
)
def test_marks_that_are_not_out_are_nowhere_but_the_page_says_when(browser_of, fields, said):
    test = marked.exam(2, **fields)
    guarded()
    student, guardian = browser_of("student"), browser_of("guardian")
    page = text(student.get(own(test)))
    assert said in page
    assert said in text(student.get(f"/exams/tests/{test.uuid}/"))
    for one in (
        page,
        *(text(student.get(path)) for path in ("/exams/", "/exams/results/", f"/exams/tests/{test.uuid}/")),
    ):
        assert leaks(one) == []
    assert student.get(of(test)).status_code == 404
    assert guardian.get(of(test)).status_code == 404
    assert leaks(text(guardian.get(f"/exams/tests/{test.uuid}/"))) == []
    assert "not see this yet" in text(browser_of("teacher").get(of(test)))


def test_batch_can_be_held_back_or_shown_over_the_rule(browser_of):
    test, student = marked.exam(2), browser_of("student")
    assert "Rank" in text(student.get(own(test)))
    test.test_batches.update(results=Shown.NO)
    assert leaks(text(student.get(own(test)))) == []
    test.test_batches.update(results=Shown.FROM, results_from=timezone.now() + timedelta(days=1))
    assert "Marks are shown from" in text(student.get(own(test)))
    Test.objects.update(results_release=Release.NEVER)
    test.test_batches.update(results=Shown.YES)
    assert "Rank" in text(student.get(own(test)))


def test_open_test_says_when_and_a_test_not_written_says_so(browser_of):
    test, student = papers.paper(), browser_of("student")
    assert "when the test closes" in text(student.get(own(test)))
    attempt = papers.attempt(test)
    assert "You are writing it" in text(student.get(own(test)))
    gone = {"opens_at": timezone.now() - timedelta(hours=4), "closes_at": timezone.now() - timedelta(hours=1)}
    missed = papers.paper(title="Missed", **gone)
    assert "nothing of yours was handed in" in text(student.get(own(missed)))
    assert attempt.state == State.WRITING


def test_list_says_of_what_is_over_that_it_closed(browser_of):
    marked.closed(1)
    page = text(browser_of("student").get("/exams/"))
    assert "closed <time" in page
    assert "closes " not in page


def test_who_writes_again_sees_nothing_until_he_hands_in(browser_of):
    test = marked.exam(2)
    test.attempts.filter(student=people.student()).update(state=State.WRITING)
    page = text(browser_of("student").get(own(test)))
    assert "You are writing it" in page
    assert leaks(page) == []


def test_while_one_writes_again_nobody_reads_keys_to_him(browser_of):
    test = marked.exam(2)
    student, opened = browser_of("other student"), own(test) + "?show=all&question=1"
    assert "Because" in text(student.get(opened))
    again = test.attempts.filter(student=people.student())
    again.update(state=State.WRITING)
    page = text(student.get(opened))
    assert "Rank" in page
    assert "shown when nobody writes this test any more" in page
    assert "Because" not in page
    again.update(state=State.SUBMITTED)
    assert "Because" in text(student.get(opened))


def test_without_solutions_no_verdict_and_no_key_leaves(browser_of):
    test = marked.exam(3, parts=PARTS, solutions_release=Release.BY_HAND)
    topic = Topic.objects.create(subject=timetables.subject(), name="Units")
    for row in marked.asked(test)[:2]:
        row.question.topic = topic
        row.question.save()
    Analysis.objects.all().delete()
    student = browser_of("other student")
    page = text(student.get(own(test)))
    assert "shown when a teacher releases them" in page
    assert "1 wrong" in page  # of the section
    for words in ("Because", "Units", "rv-", "time-bad", "time-ok", ">key", "went wrong", "and was right"):
        assert words not in page, words
    for asked in ("?question=1", "?show=all", "?show=all&question=2"):
        assert "rv-" not in text(student.get(own(test) + asked))
    assert student.get(f"{own(test)}?question=1", headers={"X-Live": "1"}).status_code == 404
    assert "Because" in text(browser_of("teacher").get(f"{of(test, people.other_student())}?question=1"))


# --- Questions --------------------------------------------------------------------------------------------------------


def test_letters_are_those_he_saw_in_the_question_its_answer_and_its_key(browser_of):
    test = marked.exam(2, 4)
    student = browser_of("other student")
    rows = re.findall(r"you <b>(\w)</b></span><span>key <b>(\w)</b>", text(student.get(f"{own(test)}?show=all")))
    assert len(rows) == 4
    for number, (you, key) in enumerate(rows, start=1):
        opened = text(student.get(f"{own(test)}?question={number}", headers={"X-Live": "1"}))
        options = re.findall(r'<span class="letter">(\w)</span>.*?<p>(\w+)</p>(.*?)</li>', opened, re.S)
        assert [word for letter, word, _rest in options if letter == key] == ["newton"]
        assert [word for letter, word, _rest in options if letter == you] == ["newton" if you == key else "watt"]
        assert [letter for letter, _word, rest in options if ">Key<" in rest] == [key]
    assert len({key for _you, key in rows}) > 1


def test_mended_key_is_told_with_what_it_changed(browser_of):
    test = marked.exam(3)
    question = marked.asked(test)[0]
    said = {"actor": people.teacher(), "now": timezone.now(), "seen": 1, "token": uuid.uuid4()}
    key_fixes.apply(test, Fix(question.pk, "CHANGE", (Key(right=("c",)),)), reason="It is so.", **said)
    student = browser_of("other student")
    page = text(student.get(own(test)))
    assert re.search(r"Key of question \d corrected on", page)
    assert "You went from 11 to 16, rank 2 to 1." in page
    assert "key was" in page
    assert "It is so." in text(student.get(f"{own(test)}?question={_number(page)}", headers={"X-Live": "1"}))
    test.test_batches.update(solutions=Shown.NO)
    held = text(student.get(own(test)))
    assert "1 question was corrected" in held
    assert "Key of question" not in held


def _number(page: str) -> str:
    found = re.search(r"Key of question (\d)", page)
    assert found
    return found[1]


def test_every_kind_can_be_looked_at_again(browser_of):
    kinds = [*marked.RIGHT]
    test = marked.written(2, parts={"All": kinds}, shuffles_questions=False)
    essay = marked.asked(test)[-1]
    lines = [{"id": "a", "text": "Names three", "most": "1"}]
    Rubric.objects.create(question=essay, lines=lines, changed_by=people.teacher())
    for attempt in test.attempts.all():
        given = {"comment": "Well told.\nUnits!", "rubric": {"a": "0.5"}, "by": people.teacher()}
        ManualMark.objects.create(attempt=attempt, question=essay, number=1, marks="0.5", **given)
    marked.reckoned(test)
    student = browser_of("student")
    wanted = {
        Kind.MULTIPLE: "Why ",
        Kind.TRUE_FALSE: "<p>True</p>",
        Kind.NUMERICAL: "5.236 to 5.238 counts",
        Kind.SHORT: "Newton",
        Kind.MATCH: "P–1; Q–3; R–2",
        Kind.LONG: "Well told.<br>Units!",
    }
    for number, kind in enumerate(kinds, start=1):
        opened = text(student.get(f"{own(test)}?question={number}", headers={"X-Live": "1"}))
        assert wanted.get(kind, "rv-body") in opened, kind
    assert "0.5 of 1" in opened


@pytest.mark.parametrize(
    ("action", "said"), [("DROP", "taken out"), ("BONUS_ALL", "full marks to all"), ("BONUS_TRIED", "to who answered")]
)
def test_question_that_was_taken_out_or_given_says_so(browser_of, action, said):
    test = marked.exam(3, parts={"Physics": [Kind.SINGLE], "Chemistry": [Kind.SINGLE] * 2})
    fix = {"actor": people.teacher(), "now": timezone.now(), "seen": 1, "token": uuid.uuid4()}
    key_fixes.apply(test, Fix(marked.asked(test)[0].pk, action), reason="Misprint.", **fix)
    student = browser_of("other student")
    assert said in text(student.get(own(test)))
    assert "Misprint." in text(student.get(f"{own(test)}?show=all&question=1"))


def test_lists_are_paged_and_a_question_opens_on_its_page(browser_of):
    test = marked.exam(3, 40)
    student = browser_of("other student")
    page = text(student.get(f"{own(test)}?show=all"))
    assert page.count("<details") == 10
    opened = text(student.get(f"{own(test)}?show=all&question=33"))
    assert opened.count("<details open") == 1
    assert 'id="q33"' in opened
    assert "To look at, 1" in opened


@pytest.mark.parametrize(
    "asked", ["question=0", "question=-1", "question=999", "question=٣", "page=x", "show=%00", "question=" + "9" * 4000]
)
def test_nonsense_is_answered(browser_of, asked):
    test = marked.exam(1, 2)
    assert browser_of("student").get(f"{own(test)}?{asked}").status_code == 200
    assert browser_of("student").get(f"/exams/results/?{asked}&child={asked}").status_code == 200


def test_hindi_reader_reads_hindi(browser_of):
    test = marked.exam(2, 2)
    test.sections.update(title_hi="भौतिकी")
    marked.reckoned(test, Cause.BY_HAND, force=True)
    student = browser_of("student")
    student.cookies["django_language"] = "hi"
    people_language = people.student()
    people_language.language = "hi"
    people_language.save()
    page = text(student.get(f"{own(test)}?question=1"))
    assert "भौतिकी" in page
    assert "हिन्दी: Physics" in page


# --- Who --------------------------------------------------------------------------------------------------------------


def test_guardian_and_staff_read_it_strangers_do_not(browser_of):
    test = marked.exam(2)
    guarded()
    page = text(browser_of("guardian").get(of(test)))
    assert "Ananya Kulkarni" in page
    assert "student 16" in page
    assert browser_of("guardian").get(of(test, people.other_student())).status_code == 404
    assert browser_of("student").get(of(test, people.other_student())).status_code == 404
    assert browser_of("other teacher").get(of(test)).status_code == 404
    assert browser_of("admin").get(f"/exams/tests/{test.uuid}/results/of/{10**25}/").status_code == 404
    assert browser_of("guardian").get(own(test))["Location"] == of(test)
    assert browser_of("teacher").get(own(test))["Location"] == f"/exams/tests/{test.uuid}/"
    Guardianship.objects.create(guardian=people.guardian(), student=people.other_student())
    assert browser_of("guardian").get(own(test))["Location"] == f"/exams/tests/{test.uuid}/"
    assert of(test) in text(browser_of("guardian").get(f"/exams/tests/{test.uuid}/"))
    for who in ("teacher", "admin"):
        assert "2026-0188" in text(browser_of(who).get(of(test)))


def test_list_and_page_of_a_test_lead_to_the_result(browser_of):
    test = marked.exam(2)
    for path in ("/exams/", f"/exams/tests/{test.uuid}/"):
        page = text(browser_of("student").get(path))
        assert "Result: 16 of 16" in page
        assert own(test) in page


def test_only_one_at_a_time_reckons_what_a_new_version_says_of_all(browser_of, monkeypatch):
    test, browser = marked.exam(2), browser_of("student")
    monkeypatch.setattr(analysis, "WAIT_S", 0)
    version = marked.version(test)
    cache.add(analysis.claim_of(version), 1)  # somebody is at it
    answer = browser.get(own(test))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Load this page again" in text(answer)
    assert not Analysis.objects.exists()
    analysis.make(version)
    assert browser.get(own(test)).status_code == 200
    Analysis.objects.all().delete()
    cache.delete(analysis.claim_of(version))
    assert browser.get(own(test)).status_code == 200
    assert cache.get(analysis.claim_of(version)) is None


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_page_asks_as_much_of_many_questions_and_students_and_weighs_little(same_queries, browser_of):
    made: list[Test] = []

    def add(count):
        made.append(marked.exam(count // 6 + 2, count * 6, title=f"With {count}", most_attempts=2))
        browser.get(own(made[-1]))  # what is kept of its paper, and its analysis

    browser = browser_of("other student")
    same_queries(lambda: browser.get(f"{own(made[-1])}?show=all&question=2"), add=add, at_most=14)
    assert len(browser.get(f"{own(made[-1])}?show=all").content) < 45_000
