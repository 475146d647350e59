"""Staff's pages of tests: what they show, what they refuse, and what they cost."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from exams.content import Kind
from exams.models import Allowance, ExamQuestion, Question, Section, Test
from tests import people
from tests.batches import timetables
from tests.exams import making, papers

pytestmark = pytest.mark.django_db
LONG = "अर्धवार्षिक परीक्षा की तैयारी " * 5


@pytest.fixture
def teacher(db):
    return people.signed_in(people.teacher())


def url(name, row):
    return reverse(name, args=[row.uuid])


def typed(**fields):
    """The form of a test as a browser sends it."""
    day = timezone.localtime() + timedelta(days=1)
    given = {
        "title": "Weekly test 14",
        "batches": timetables.batch().pk,
        "scheme": papers.scheme_version().pk,
        "opens_at": day.strftime("%Y-%m-%dT10:00"),
        "closes_at": day.strftime("%Y-%m-%dT13:00"),
        "duration_min": "180",
        "most_attempts": "1",
        "results_release": "AT_CLOSE",
        "solutions_release": "BY_HAND",
        "focus_action": "NOTE",
        "shuffles_questions": "on",
        "test_uuid": uuid.uuid4(),
    }
    return given | fields


def test_teacher_makes_a_test_from_nothing_to_published(teacher):
    making.bank(3)
    answer = teacher.post(reverse("test_new"), typed())
    row = Test.objects.get()
    assert answer.url == url("test_paper", row)
    assert timezone.localtime(row.opens_at).hour == 10
    assert row.shuffles_questions
    assert not row.shuffles_options
    section = {"title": "Physics", "any_rule": "FIRST"}
    teacher.post(url("section_new", row), section)
    teacher.post(url("section_add", Section.objects.get()), {"chosen": [one.uuid for one in Question.objects.all()]})
    assert row.questions.count() == 3
    assert "Publish" in teacher.get(url("test", row)).text
    teacher.post(url("test_publish", row))
    row.refresh_from_db()
    assert row.published_at


def test_form_sent_twice_makes_one_test(teacher):
    sent = typed()
    for _ in range(2):
        teacher.post(reverse("test_new"), sent)
    assert Test.objects.count() == 1


def test_what_hinders_publishing_is_listed_with_links(teacher):
    row = making.coming()
    page = teacher.get(url("test", row)).text
    assert "Place at least one question." in page
    assert f'href="{url("test_paper", row)}"' in page
    teacher.post(url("test_publish", row))
    row.refresh_from_db()
    assert row.published_at is None


def test_who_saves_second_sees_what_is_there_and_can_save_then(teacher):
    row = making.ready()
    sent = typed(revision="1", title="Mine")
    Test.objects.update(revision=2, title="Theirs")
    answer = teacher.post(url("test_edit", row), sent)
    assert answer.status_code == 409
    assert "<b>Theirs</b>" in answer.text
    assert 'name="revision" value="2"' in answer.text
    teacher.post(url("test_edit", row), sent | {"revision": "2"})
    row.refresh_from_db()
    assert row.title == "Mine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "   "),
        ("opens_at", "0001-01-01T00:00"),
        ("closes_at", "9999-12-31T23:59"),
        ("opens_at", "2026-02-30T10:00"),
        ("duration_min", "-5"),
        ("duration_min", "9" * 400),
        ("scheme", "0"),
        ("batches", "0"),
        ("focus_limit", "0"),
        ("results_release", "NOW"),
        ("most_attempts", ""),
    ],
)
def test_nonsense_is_refused_at_its_field_and_nothing_is_made(teacher, field, value):
    answer = teacher.post(reverse("test_new"), typed(**{field: value}))
    assert answer.status_code == 200
    assert "aria-invalid" in answer.text
    assert not Test.objects.exists()


def test_batch_of_others_is_not_offered_and_not_taken(teacher):
    other = timetables.batch("NEET 2027 C")
    other.teachings.all().delete()
    assert "NEET 2027 C" not in teacher.get(reverse("test_new")).text
    teacher.post(reverse("test_new"), typed(batches=other.pk))
    assert not Test.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["test", "test_edit", "test_paper", "test_print", "test_preview", "test_allowances", "section_new", "test_delete"],
)
def test_test_of_other_teachers_batches_is_not_there(name):
    row = making.ready()
    assert people.signed_in(people.other_teacher()).get(url(name, row)).status_code == 404


@pytest.mark.parametrize("name", ["placed_move", "placed_block_move", "placed_remove", "placed_newest"])
def test_question_of_other_teachers_tests_is_not_there(name):
    placed = making.ready().questions.first()
    assert people.signed_in(people.other_teacher()).post(url(name, placed), {"to": "0"}).status_code == 404


def test_list_shows_what_runs_before_what_comes_drafts_and_what_is_over(teacher):
    now = timezone.now()
    papers.exam("Past", opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1))
    making.coming("Draft")
    papers.exam("Coming", opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=2))
    papers.exam("Running")
    papers.exam("Gone", archived_at=now)
    page = teacher.get(reverse("test_list"))
    assert [row.test.title for row in page.context["rows"]] == ["Running", "Coming", "Draft", "Past"]
    for show, title in (("coming", "Coming"), ("draft", "Draft"), ("past", "Past"), ("archived", "Gone")):
        page = teacher.get(reverse("test_list"), {"show": show})
        assert [row.test.title for row in page.context["rows"]] == [title]


def test_list_is_found_by_title_and_batch(teacher):
    other = timetables.batch("NEET 2027 C")
    papers.exam("Full mock 5")
    papers.exam("Weekly test", batch=other)
    found = teacher.get(reverse("test_list"), {"q": "mock"}).context["rows"]
    assert [row.test.title for row in found] == ["Full mock 5"]
    found = teacher.get(reverse("test_list"), {"batch": other.uuid}).context["rows"]
    assert [row.test.title for row in found] == ["Weekly test"]


def test_list_costs_the_same_at_3_and_at_300_tests(teacher, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add(count):
        for n in range(count):
            papers.exam(f"{LONG[:100]} {n}")

    add(3)
    teacher.get(reverse("test_list"))
    with CaptureQueriesContext(connection) as few:
        teacher.get(reverse("test_list"))
    first = Test.objects.all()[0]
    Test.objects.bulk_create(
        Test(
            title=f"Test {n}",
            scheme=first.scheme,
            opens_at=first.opens_at,
            closes_at=first.closes_at,
            published_at=first.published_at,
            created_by=people.teacher(),
        )
        for n in range(297)
    )
    with django_assert_num_queries(len(few)):
        teacher.get(reverse("test_list"))
    assert len(few) <= 20


def test_paper_of_90_questions_costs_at_most_20_queries(teacher, django_assert_max_num_queries):
    row = making.coming()
    above, members = making.passage(3)
    papers.place(papers.section(row), *making.bank(57), *members)
    papers.place(papers.section(row, "Chemistry"), *making.bank(30))
    ExamQuestion.objects.filter(question__passage=above).update(passage_version=above.newest)
    for name in ("test_paper", "test", "test_preview", "test_print"):
        teacher.get(url(name, row))
        with django_assert_max_num_queries(20):
            assert teacher.get(url(name, row)).status_code == 200


def test_adding_from_the_bank_costs_the_same_at_3_and_at_30_questions(teacher, same_queries):
    part = papers.section(making.coming())
    same_queries(lambda: teacher.get(url("section_add", part)), add=making.bank)


def test_extra_time_page_costs_the_same_at_3_and_at_30_rows(teacher, same_queries):
    row = making.ready()

    def add(count):
        before = Allowance.objects.count()
        for n in range(before, before + count):
            student = people.person(f"Student {n}", Role.STUDENT, admission_number=f"2026-7{n:03}")
            Allowance.objects.create(test=row, student=student, minutes=5, reason="x", created_by=people.teacher())

    same_queries(lambda: teacher.get(url("test_allowances", row)), add=add)


# --- The paper --------------------------------------------------------------------------------------------------------


def test_bank_is_narrowed_and_says_what_is_in_the_test(teacher):
    row = making.ready()
    papers.question(Kind.NUMERICAL, "How far?", difficulty="HARD")
    part = row.sections.get()
    page = teacher.get(url("section_add", part)).text
    assert "in Physics already" in page
    page = teacher.get(url("section_add", part), {"difficulty": "HARD", "q": "far"}).text
    assert "How far?" in page
    assert "in Physics already" not in page


def test_up_button_pressed_twice_moves_once(teacher):
    row = making.ready()
    last = row.questions.order_by("-position")[0]
    for _ in range(2):
        answer = teacher.post(url("placed_block_move", last), {"to": "1"})
        assert answer.url.endswith(f"#question-{last.uuid}")
    assert making.order(row)[1] == last.question_id


@pytest.mark.parametrize("to", ["", "-1", "9" * 30, "१", "x"])
def test_place_that_is_none_is_the_end(teacher, to):
    row = making.ready()
    first = row.questions.order_by("position")[0]
    assert teacher.post(url("placed_block_move", first), {"to": to}).status_code == 302
    assert making.order(row)[-1] == first.question_id


def test_shortage_is_told_by_line_and_what_there_is_can_be_placed(teacher):
    part = papers.section(making.coming())
    making.bank(7)
    sent = {
        "cells-TOTAL_FORMS": "1",
        "cells-INITIAL_FORMS": "0",
        "cells-0-count": "10",
        "cells-0-subject": timetables.subject().pk,
        "do": "pick",
    }
    answer = teacher.post(url("section_blueprint", part), sent)
    assert answer.status_code == 409
    assert "Physics: wanted 10, there are 7" in answer.text
    assert not part.questions.exists()
    teacher.post(url("section_blueprint", part), sent | {"do": "pick_what_there_is"})
    assert part.questions.count() == 7


def test_line_without_a_number_says_so(teacher):
    part = papers.section(making.coming())
    sent = {"cells-TOTAL_FORMS": "1", "cells-INITIAL_FORMS": "0", "cells-0-difficulty": "HARD", "do": "pick"}
    assert "Say how many" in teacher.post(url("section_blueprint", part), sent).text


def test_fixed_paper_is_shown_without_its_buttons_and_refuses_them(teacher):
    row = papers.paper()
    page = teacher.get(url("test_paper", row)).text
    assert "The paper is fixed." in page
    assert "formaction" not in page
    answer = teacher.post(url("placed_remove", row.questions.first()))
    assert answer.status_code == 409
    assert row.questions.count() == 3


def test_student_has_extra_time_by_the_page_and_a_stranger_has_not(teacher):
    row = making.ready()
    give = {"minutes": "20", "reason": "Scribe"}
    assert people.student().name in teacher.get(url("test_allowances", row), {"q": "Ananya"}).text
    teacher.post(url("test_allowances", row), give | {"whom": people.student().uuid})
    assert row.allowances.get().minutes == 20
    answer = teacher.post(url("test_allowances", row), give | {"whom": people.other_student().uuid})
    assert "Choose a batch or a student of this test." in answer.text
    teacher.post(url("allowance_drop", row.allowances.get()))
    assert not row.allowances.exists()


# --- Print and preview ------------------------------------------------------------------------------------------------


def test_print_of_a_student_is_in_his_order_and_the_same_each_time(teacher):
    row = papers.paper([Kind.SINGLE] * 12)
    papers.attempt(row)
    asked = {"student": people.student().uuid}
    numbers = [
        [one.uuid for part in teacher.get(url("test_print", row), asked).context["parts"] for one in part.questions]
        for _ in range(2)
    ]
    plain = [one.uuid for part in teacher.get(url("test_print", row)).context["parts"] for one in part.questions]
    assert numbers[0] == numbers[1]
    assert sorted(numbers[0]) == sorted(plain)
    assert numbers[0] != plain


def test_key_is_printed_only_when_it_is_asked_for_and_in_the_letters_of_the_order(teacher):
    row = papers.paper([Kind.SINGLE])
    assert "Because" not in teacher.get(url("test_print", row)).text
    papers.attempt(row)
    page = teacher.get(url("test_print", row), {"key": "1", "student": people.student().uuid})
    shown = page.context["parts"][0].questions[0].shown
    assert page.context["keys"][0].right == next(one.letter for one in shown.options if one.id == "b")
    assert "Because" in page.text


def test_print_for_who_has_no_attempt_is_not_there(teacher):
    row = papers.paper()
    for student in (people.student().uuid, "nonsense"):
        assert teacher.get(url("test_print", row), {"student": student}).status_code == 404


def test_preview_makes_no_attempt_and_shows_no_key(teacher):
    row = making.ready()
    page = teacher.get(url("test_preview", row))
    assert "Because" not in page.text
    assert not row.attempts.exists()


def test_form_says_that_who_writes_keeps_his_time(teacher):
    attempt = papers.attempt()
    deadline, words = attempt.deadline_at, "keeps the time he began with"
    page = url("test_edit", attempt.test)
    assert words in teacher.get(page).content.decode()
    shown = teacher.get(page).context["form"].initial
    given = {name: value for name, value in shown.items() if value not in (None, "", False)}
    soon = timezone.localtime() + timedelta(minutes=10)
    for name, instant in (("opens_at", timezone.localtime(attempt.test.opens_at)), ("closes_at", soon)):
        given[name] = instant.strftime("%Y-%m-%dT%H:%M")  # as a browser shows it: without seconds
    given["duration_min"] = 5
    answer = teacher.post(page, given)
    attempt.refresh_from_db()
    attempt.test.refresh_from_db()
    assert (answer.status_code, attempt.test.duration_min, attempt.deadline_at) == (302, 5, deadline)
    assert words not in teacher.get(url("test_edit", making.coming("Another"))).content.decode()


def test_test_of_archived_batches_only_is_not_published_for_nobody(teacher):
    row = making.ready()
    row.batches.update(archived_at=timezone.now())
    answer = teacher.post(url("test_publish", row), follow=True)
    assert "Choose at least one batch that writes it." in answer.content.decode()
    row.refresh_from_db()
    assert row.published_at is None
