"""Results on first screens and on pages of a student and a batch, what waits for staff, and the leaderboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import consents
from accounts.models import Guardianship, Institute
from exams import boards, leaderboard, own_copy, result_boards, waiting
from exams.content import Kind
from exams.models import Analysis, LeaderboardChoice, Test, TestBatch
from exams.models.tests import Release, Shown
from exams.weak_topics import WeakTopic, weakest
from tests import people
from tests.batches import timetables
from tests.exams import marked

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def todo_of(person):
    return [(one.label, one.meta, one.action) for one in waiting.todo(person, now=now())]


# --- First screens ----------------------------------------------------------------------------------------------------


def test_student_sees_the_last_result_and_nothing_of_one_that_is_held_back():
    test = marked.exam()
    [line] = result_boards.panel(people.student(), now=now()).lines
    assert (line.label, line.meta) == ("Full mock 5", "16 of 16 · rank 1 of 5, percentile 100.00")
    assert (line.url, line.percent) == (reverse("own_result", args=[test.uuid]), 100)
    TestBatch.objects.filter(test=test).update(results=Shown.NO)
    assert result_boards.panel(people.student(), now=now()).lines == ()


def test_weakest_topic_is_the_one_that_cost_most():
    topics = [
        {"name": "Optics", "questions": [0, 1, 2]},
        {"name": "Rotation", "questions": [3, 4, 5, 6]},
        {"name": "Two only", "questions": [7, 8]},
        {"name": "", "questions": [9, 10, 11]},
    ]
    assert weakest(topics, "RRW" + "RWBW" + "WW" + "WWW") == WeakTopic("Rotation", 1, 4)
    assert weakest(topics, "RRR" + "RRDG" + "WW" + "WWW") is None
    assert weakest([], "") is None


def test_weak_topic_is_said_on_the_first_screen():
    test = marked.exam(students=3)
    document = {"topics": [{"name": "Rotation", "questions": [0, 1, 2], "all": [1, 9], "by_batch": {}}]}
    Analysis.objects.update_or_create(version=test.newest_results, defaults={"document": document})
    [line] = result_boards.panel(people.other_student(), now=now()).lines
    assert line.meta.endswith("weakest: Rotation, 2 of 3 right")


def test_guardian_sees_the_last_result_of_each_child():
    first, test = people.student(), marked.exam(students=3)
    for child in (first, people.other_student()):
        Guardianship.objects.create(student=child, guardian=people.guardian())
    lines = result_boards.panel(people.guardian(), now=now()).lines
    assert {one.label for one in lines} == {f"{one.name} · {test.title}" for one in (first, people.other_student())}
    assert {one.url for one in lines} >= {reverse("student_result", args=[test.uuid, first.pk])}


# --- What waits for staff ---------------------------------------------------------------------------------------------


def test_teacher_is_told_of_answers_to_mark_results_to_release_and_doubtful_keys():
    test = marked.exam(students=1, parts={"Essay": [Kind.LONG]}, results_release=Release.BY_HAND)
    assert todo_of(people.teacher()) == [("1 answer to mark", "Full mock 5", "Mark")]
    assert todo_of(people.admin()) == [("1 test waits to be marked", "", "Look")]
    attempt = test.attempts.get(student=people.student())
    marked.mark(attempt, 0, "3")
    assert todo_of(people.teacher()) == []
    marked.reckoned(test)
    assert todo_of(people.teacher()) == [("Results to release", "Full mock 5", "Release")]
    assert todo_of(people.admin()) == [("Results of 1 test to release", "", "Look")]
    TestBatch.objects.filter(test=test).update(results=Shown.NO)
    assert todo_of(people.teacher()) == []
    document = {"questions": [{"flags": ["KEY", "HARD"]}], "topics": []}
    Analysis.objects.update_or_create(version=test.newest_results, defaults={"document": document})
    assert todo_of(people.teacher()) == [("A key may be wrong", "Full mock 5", "Look")]
    assert todo_of(people.other_teacher()) == []


# --- Pages of a student and of a batch --------------------------------------------------------------------------------


def test_page_of_a_student_has_a_line_over_his_tests_for_who_may_see_them():
    for days, title in ((8, "Older"), (1, "Newer")):
        ends = now() - timedelta(days=days)
        marked.exam(students=2, title=title, opens_at=ends - timedelta(hours=3), closes_at=ends)
    over = result_boards.over_tests(people.other_student(), people.admin(), now=now())
    assert [line.label for line in over.lines] == ["Newer", "Older"]
    assert over.chart
    assert over.finding == "As at first, 69 % over 2 tests."
    TestBatch.objects.update(results=Shown.NO)
    Guardianship.objects.create(student=people.other_student(), guardian=people.guardian())
    page = reverse("person", args=[people.other_student().uuid])
    assert "Newer" in people.signed_in(people.admin()).get(page).content.decode()
    assert "Newer" not in people.signed_in(people.guardian()).get(page).content.decode()


def test_batch_says_what_its_last_tests_came_to_to_staff_only():
    test = marked.exam()
    batch = timetables.batch()
    [line] = boards.batch_panel(batch, people.admin(), now=now()).lines
    assert (line.meta, line.url) == ("average 7.2 of 16", reverse("test_results", args=[test.uuid]))
    [line] = boards.batch_panel(batch, people.student(), now=now()).lines
    assert (line.meta, line.url) == ("", reverse("test", args=[test.uuid]))


# --- Own copy ---------------------------------------------------------------------------------------------------------


def test_own_copy_has_what_is_shown_and_keys_only_with_solutions():
    test = marked.exam(students=2, solutions_release=Release.BY_HAND)

    def rows():
        return [row[2:7] for one in own_copy.export(people.student()) if one.key == "results" for row in one.rows]

    assert [row[:2] for row in rows()] == [("All of it", "16"), ("Physics", "16")]
    TestBatch.objects.update(solutions=Shown.YES)
    assert rows()[2] == ("Question 1", "4", None, "right", "b")
    TestBatch.objects.update(results=Shown.NO)
    assert rows() == []
    assert test.newest_results


def test_own_copy_has_no_marks_that_are_in_no_version_yet():
    test = marked.closed(parts={"Essay": [Kind.LONG]}, title="Essay")
    paper = marked.closed(parts={"Physics": []}, is_on_paper=True, title="On paper")
    paper.sections.update(full_marks=50)
    attempt = marked.answers(test, people.student(), {0: "At length."})
    for nth, (marks, comment) in enumerate((("1", "First look"), ("2", "Second look"))):
        marked.mark(attempt, 0, marks, comment=comment)
        marked.paper_mark(paper, people.student(), 0, f"3{nth}")
        if not nth:
            marked.reckoned(test)
            marked.reckoned(paper)
    held = {one.key: list(one.rows) for one in own_copy.export(people.student())}
    assert [row[-2:] for row in held["manual_marks"]] == [("1", "First look")]
    assert [row[-1] for row in held["paper_marks"]] == ["30"]


# --- Leaderboard ------------------------------------------------------------------------------------------------------


@pytest.fixture
def board_test() -> Test:
    Institute.objects.update_or_create(pk=1, defaults={"leaderboards": True})
    Institute.forget()
    return marked.exam(students=5, leaderboard_size=2)


def born(person, years: int):
    person.date_of_birth = timezone.localdate() - timedelta(days=366 * years)
    person.save()
    return person


def named(test: Test, viewer, *, is_staff: bool = False):
    board = leaderboard.board_of(test, viewer, is_staff=is_staff, now=now())
    return [(one.rank, one.name) for one in board.best], [(one.rank, one.name) for one in board.mine]


def test_only_who_agreed_is_named_and_minors_by_initials(board_test):
    ananya, ritika = born(people.student(), 16), born(people.other_student(), 19)
    assert named(board_test, ananya) == ([], [(1, ananya.name)])
    for one in (ananya, ritika):
        leaderboard.choose(one, is_shown=True, now=now())
    assert named(board_test, people.teacher(), is_staff=True) == ([(2, ritika.name)], [])
    assert leaderboard.standing_of(ananya, now=now()).waits
    Guardianship.objects.create(student=ananya, guardian=people.guardian())
    consents.give(ananya, purpose="RESULTS", actor=people.guardian(), now=now())
    initials = ". ".join(word[0] for word in ananya.name.split()) + "."
    assert named(board_test, ritika)[0] == [(1, initials), (2, ritika.name)]
    assert named(board_test, people.guardian())[0] == [(1, ananya.name), (2, ritika.name)]
    leaderboard.choose(ritika, is_shown=False, now=now())
    assert not consents.may(ritika, "RESULTS", on=timezone.localdate())
    assert named(board_test, ananya) == ([(1, ananya.name)], [])


def test_nobody_beyond_the_last_place_is_named_but_oneself(board_test):
    third = people.person("Student 0003", "STUDENT", admission_number="S-0003")
    fourth = people.person("Student 0004", "STUDENT", admission_number="S-0004")
    for one in (born(third, 20), born(fourth, 20)):
        leaderboard.choose(one, is_shown=True, now=now())
    assert named(board_test, third) == ([], [(3, "Student 0003")])
    page = people.signed_in(fourth).get(reverse("test_leaderboard", args=[board_test.uuid])).content.decode()
    assert "Student 0003" not in page


def test_leaderboard_is_not_there_before_marks_are_out_nor_without_one(board_test):
    page, browser = reverse("test_leaderboard", args=[board_test.uuid]), people.signed_in(people.student())
    assert "Rank" in browser.get(page).content.decode()
    TestBatch.objects.update(results=Shown.NO)
    assert "when marks are out" in browser.get(page).content.decode()
    assert named(board_test, people.student()) == ([], [])
    Institute.objects.update(leaderboards=False)
    Institute.forget()
    assert browser.get(page).status_code == 404


@pytest.mark.parametrize(("to", "where"), [("/exams/results/", "/exams/results/"), ("https://evil.test/", None)])
def test_choice_leads_back_and_nowhere_else(to, where):
    browser = people.signed_in(people.student())
    answer = browser.post(reverse("leaderboard_choice"), {"is_shown": "yes", "next": to})
    assert answer["Location"] == (where or reverse("privacy"))
    assert LeaderboardChoice.objects.get().is_shown
    assert browser.post(reverse("leaderboard_choice"), {"is_shown": "perhaps"}).status_code == 400
