"""Tests on paper: made, seen, not written here; marks by grid and by file, and what others entered meanwhile."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Notification, Role, User
from batches.models import Enrolment
from exams import admission, hindrances, paper_mark_files, paper_marks, tests_made, tests_published
from exams import papers as exam_papers
from exams.devices import Device
from exams.mark_reading import NoMarks
from exams.models import SectionMark, Test
from exams.paper_marks import Cell, Entered, MarksRefused
from exams.papers import PaperRefused, SectionDetails
from exams.tests_made import TestRefused
from tests import people
from tests.batches import timetables
from tests.exams import making, marked, papers
from tests.racing import outcomes

pytestmark = pytest.mark.django_db


def on_paper(students: int = 2, *titles: str, **fields: Any) -> Test:
    """Written yesterday in the room; each section has 50 marks."""
    now = timezone.now()
    window = {"opens_at": now - timedelta(days=1, hours=3), "closes_at": now - timedelta(days=1)}
    row = papers.exam("Half-yearly", is_on_paper=True, **(window | fields))
    for title in titles or ("Physics", "Chemistry"):
        papers.section(row, title, full_marks=50)
    for who in marked.several(students)[1:]:
        timetables.enrol(who, row.batches.get())
    return row


def enter(row: Test, *cells: tuple[User, int, str, int], actor: User | None = None) -> paper_marks.Saved:
    sections = paper_marks.sections_of(row)
    typed = [
        Cell(who.pk, sections[at].pk, paper_marks.read(text, full=Decimal(50)), seen) for who, at, text, seen in cells
    ]
    return paper_marks.enter_marks(row, typed, actor=actor or people.teacher(), now=timezone.now())


def field(row: Test, student: User, at: int, seen: int = 0) -> str:
    return f"m.{student.uuid}.{paper_marks.sections_of(row)[at].pk}.{seen}"


def stands(row: Test) -> dict[tuple[str, int], str]:
    """What is in the cells, by name and place of the section."""
    places = {one.pk: at for at, one in enumerate(paper_marks.sections_of(row))}
    newest = paper_marks.newest_of(row)
    names = dict(User.objects.values_list("pk", "name"))
    return {(names[who], places[part]): paper_marks.entered(mark).text for (who, part), mark in newest.items()}


ANANYA, RITIKA = "Ananya Kulkarni", "रितिका शर्मा"


# --- A test on paper --------------------------------------------------------------------------------------------------


def test_draft_needs_sections_with_full_marks_and_no_questions():
    row, now = making.coming(is_on_paper=True), timezone.now()
    assert [one.where for one in hindrances.of(row, now=now)] == ["test_paper"]
    part = papers.section(row)
    assert "full marks" in hindrances.of(row, now=now)[0].words
    exam_papers.change_section(
        part, to=SectionDetails("Physics", full_marks=Decimal(50)), actor=people.teacher(), now=now
    )
    tests_published.publish_test(row, actor=people.teacher(), now=now)
    assert not row.sealed_papers.exists()


def test_one_that_is_over_can_be_noted_and_nobody_is_told():
    row = on_paper(1, published_at=None)
    tests_published.publish_test(row, actor=people.teacher(), now=timezone.now())
    row.refresh_from_db()
    assert row.published_at
    assert not Notification.objects.exists()


def test_way_it_is_written_stays_once_it_is_used():
    row = on_paper(1)
    enter(row, (people.student(), 0, "12", 0))
    for fields in ({"published_at": timezone.now()}, {"published_at": None}):
        Test.objects.filter(pk=row.pk).update(**fields)
        row.refresh_from_db()
        with pytest.raises(TestRefused):
            tests_made.change_test(
                row,
                to=making.changed(row, is_on_paper=False),
                revision=None,
                actor=people.teacher(),
                now=timezone.now(),
            )
    with pytest.raises(TestRefused):
        tests_made.delete_test(row, actor=people.teacher())


def test_section_with_marks_stays_and_is_not_worth_less():
    row = on_paper(1)
    enter(row, (people.student(), 0, "42.5", 0))
    part, by = row.sections.order_by("position")[0], {"actor": people.teacher(), "now": timezone.now()}
    with pytest.raises(PaperRefused, match="stays"):
        exam_papers.remove_section(part, **by)
    with pytest.raises(PaperRefused, match=r"42\.5"):
        exam_papers.change_section(part, to=SectionDetails("Physics", full_marks=Decimal(40)), **by)
    assert exam_papers.change_section(part, to=SectionDetails("Physics", full_marks=Decimal("42.5")), **by)
    with pytest.raises(TestRefused, match="stays published"):
        tests_published.withdraw_test(row, **by)


def test_nobody_begins_it_and_its_pages_say_so():
    now = timezone.now()
    row = on_paper(1, opens_at=now - timedelta(minutes=5), closes_at=now + timedelta(hours=1))
    with pytest.raises(admission.CannotBegin, match="on paper"):
        admission.admit(row, people.student(), device=Device(), now=now)
    browser = people.signed_in(people.student())
    html = browser.get(reverse("test", args=[row.uuid])).content.decode()
    assert "On paper, in the room" in html
    assert "50 marks" in html
    assert browser.post(reverse("test_room", args=[row.uuid]), {"alone": "on"}).url == reverse("test", args=[row.uuid])
    assert browser.get(reverse("test_room", args=[row.uuid])).status_code == 302
    assert browser.get(reverse("test_room_state", args=[row.uuid])).status_code == 404
    assert "On paper, in the room" in browser.get(reverse("test_list")).content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "test",
        "test_edit",
        "test_paper",
        "test_print",
        "test_preview",
        "test_allowances",
        "test_monitor",
        "test_marking",
    ],
)
def test_pages_of_staff_know_it(name: str) -> None:
    row = on_paper(1)
    answer = people.signed_in(people.teacher()).get(reverse(name, args=[row.uuid]))
    assert answer.status_code == 200
    assert name == "test_edit" or "Solutions are shown" not in answer.text  # it has none


# --- What is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", ""),
        (" a ", "A"),
        ("AB", "A"),
        ("अनुपस्थित", "A"),
        ("४२.५", "42.5"),
        ("−7", "-7"),
        ("050", "50"),
        ("0.0", "0"),
    ],
)
def test_cell_is_read(typed: str, text: str) -> None:
    assert paper_marks.read(typed, full=Decimal(50)).text == text


@pytest.mark.parametrize("typed", ["50.01", "-51", "12.345", "1e1", "NaN", "Infinity", "x", "1,5", "\0"])
def test_cell_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(NoMarks):
        paper_marks.read(typed, full=Decimal(50))


# --- The grid ---------------------------------------------------------------------------------------------------------


def test_page_is_saved_and_what_others_wrote_meanwhile_is_shown():
    row = on_paper()
    ananya, ritika = people.student(), people.other_student()
    enter(row, (ananya, 1, "30", 0), actor=people.admin())
    browser, url = people.signed_in(people.teacher()), reverse("paper_marks", args=[row.uuid])
    sent = {
        field(row, ananya, 0): "41.5",
        field(row, ananya, 1): "35",
        field(row, ritika, 0): "A",
        field(row, ritika, 1): "51",
    }
    answer = browser.post(url, sent)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert f"{people.admin().name}: 30" in html
    assert 'value="35"' in html
    assert 'value="51"' in html
    assert "At most 50." in html
    assert stands(row) == {(ANANYA, 0): "41.5", (ANANYA, 1): "30", (RITIKA, 0): "A"}
    again = {field(row, ananya, 0, 1): "41.5", field(row, ananya, 1, 1): "35", field(row, ritika, 1): "-2"}
    assert browser.post(url, again).status_code == 302
    assert stands(row) == {(ANANYA, 0): "41.5", (ANANYA, 1): "35", (RITIKA, 0): "A", (RITIKA, 1): "-2"}
    assert browser.post(url, again | {field(row, ritika, 0, 1): ""}).status_code == 302  # sent again, one taken back
    assert SectionMark.objects.count() == 6
    assert stands(row)[RITIKA, 0] == ""
    assert "76.5" in browser.get(url).content.decode()
    assert Activity.objects.filter(event="test.marks_entered").count() == 4


def test_strangers_and_nonsense_are_nobodys_cells():
    row, stranger = on_paper(1), people.person("Nobody Here", Role.STUDENT, admission_number="X-1")
    browser, url = people.signed_in(people.teacher()), reverse("paper_marks", args=[row.uuid])
    other = papers.section(papers.exam("Other", batch=row.batches.get(), is_on_paper=True), full_marks=50)
    sent = {
        field(row, stranger, 0): "1",
        f"m.{people.student().uuid}.{other.pk}.0": "1",
        "m.x.y.z": "1",
        f"m.{people.student().uuid}.{'9' * 40}.0": "1",
        "m": "1",
    }
    assert browser.post(url, sent).status_code == 302
    assert not SectionMark.objects.exists()
    with pytest.raises(MarksRefused):
        enter(row, (stranger, 0, "1", 0))
    with pytest.raises(MarksRefused):
        paper_marks.enter_marks(
            row,
            [Cell(people.student().pk, other.pk, Entered(Decimal(1)), 0)],
            actor=people.teacher(),
            now=timezone.now(),
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": None},
        {"archived_at": timezone.now()},
        {"opens_at": None, "closes_at": None, "published_at": None},
    ],
)
def test_no_marks_before_it_is_published_or_when_it_is_archived(fields: dict[str, Any]) -> None:
    row = on_paper(1)
    name = field(row, people.student(), 0)
    Test.objects.filter(pk=row.pk).update(**fields)
    browser, url = people.signed_in(people.teacher()), reverse("paper_marks", args=[row.uuid])
    assert "No marks can be entered now" in browser.get(url).content.decode()
    assert browser.post(url, {name: "1"}).status_code == 409
    for other in ("paper_marks_csv", "paper_marks_file"):
        assert browser.get(reverse(other, args=[row.uuid])).status_code == 302
    assert not SectionMark.objects.exists()


def test_one_that_is_written_here_has_no_grid():
    row = marked.closed(1)
    assert people.signed_in(people.teacher()).get(reverse("paper_marks", args=[row.uuid])).status_code == 404


def test_grid_costs_the_same_for_many(same_queries):
    row, numbers = on_paper(1), iter(range(1000))

    def add(count: int) -> None:
        new = [
            people.person(f"P {n}", Role.STUDENT, admission_number=f"P-{n}")
            for n in (next(numbers) for _ in range(count))
        ]
        for who in new:
            timetables.enrol(who, row.batches.get())
        enter(row, *((who, 0, "7", 0) for who in new))

    browser = people.signed_in(people.teacher())
    same_queries(lambda: browser.get(reverse("paper_marks", args=[row.uuid])), add=add, at_most=22)


@pytest.mark.django_db(transaction=True)
def test_two_teachers_enter_the_same_cell_at_once():
    row, student = on_paper(1), people.student()
    section, who = paper_marks.sections_of(row)[0], [people.teacher(), people.admin()]

    def work(at: int) -> paper_marks.Saved:
        cell = Cell(student.pk, section.pk, Entered(Decimal(at)), 0)
        return paper_marks.enter_marks(row, [cell], actor=who[at], now=timezone.now())

    told = outcomes([lambda: work(0), lambda: work(1)])
    assert sorted(one.count for one in told) == [0, 1]
    assert sum(len(one.taken) for one in told) == 1
    assert SectionMark.objects.get().number == 1


# --- Files ------------------------------------------------------------------------------------------------------------


def uploaded(row: Test, text: str, browser: Any) -> Any:
    file = SimpleUploadedFile("marks.csv", text.encode(), content_type="text/csv")
    return browser.post(reverse("paper_marks_file", args=[row.uuid]), {"file": file})


def shown(browser: Any, url: str) -> str:
    html: str = browser.get(url).content.decode()
    return html.split('name="shown" value="')[1].split('"')[0]


def test_file_is_looked_at_then_saved_once():
    row = on_paper()
    ananya, ritika = people.student(), people.other_student()
    enter(row, (ananya, 0, "10", 0), (ananya, 1, "20", 0))
    browser = people.signed_in(people.teacher())
    table = b"".join(browser.get(reverse("paper_marks_csv", args=[row.uuid])).streaming_content).decode()
    assert f"{ananya.name},10,20" in table
    text = (
        "Admission number;E-mail;Name;Physics;CHEMISTRY;Total\n"
        f"{ananya.admission_number};;;11;;31\n"
        f";{(ritika.email or '').upper()};;a;३०;\n"
        f"{ritika.admission_number};;;1;1;\n"
        "X-99;nobody@example.org;Who;1;1;\n"
    )
    url = uploaded(row, text, browser).url
    html = browser.get(url).content.decode()
    assert "2 lines do not fit" in html
    assert "Total" in html
    assert browser.post(url, {"shown": shown(browser, url)}).url == url  # lines that do not fit
    assert browser.post(url, {"shown": "0" * 32, "leave_out": "1"}).url == url
    assert SectionMark.objects.count() == 2
    done = {"shown": shown(browser, url), "leave_out": "1"}
    for _twice in range(2):
        assert browser.post(url, done).status_code == 302
    assert stands(row) == {(ANANYA, 0): "11", (ANANYA, 1): "20", (RITIKA, 0): "A", (RITIKA, 1): "30"}
    assert SectionMark.objects.count() == 5


def test_own_file_comes_back_whole_whatever_its_sections_are_called():
    row = on_paper(1, "=Physics", "-Chemistry")
    enter(row, (people.student(), 0, "10", 0))
    browser = people.signed_in(people.teacher())
    table = b"".join(browser.get(reverse("paper_marks_csv", args=[row.uuid])).streaming_content).decode()
    plan = paper_mark_files.plan_file(row, table.replace(",10,", ",12,-3").encode())
    assert (plan.left_out, [one.value.text for one in plan.cells]) == ([], ["12", "-3"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Name,Physics\nAnanya,1\n",
        "E-mail,Maths\na@b.c,1\n",
        "E-mail,Physics,physics\na@b.c,1,2\n",
        "E-mail,Physics\n",
    ],
)
def test_file_that_is_no_table_of_marks_is_refused(text: str) -> None:
    row = on_paper(1)
    answer = uploaded(row, text, people.signed_in(people.teacher()))
    assert answer.status_code == 200
    assert "error-text" in answer.content.decode()


def test_draft_of_a_file_is_one_persons_and_one_tests():
    row = on_paper(1)
    url = uploaded(
        row, f"Roll number,Physics\n{people.student().admission_number},1\n", people.signed_in(people.teacher())
    ).url
    assert people.signed_in(people.admin()).get(url).status_code == 302
    assert people.signed_in(people.teacher()).get(url).status_code == 200


def test_a_thousand_lines_are_read_within_seconds():
    row = on_paper(1, "Physics")
    many = [User(name=f"S {n}", role=Role.STUDENT, admission_number=f"N-{n}") for n in range(1000)]
    User.objects.bulk_create(many)
    held, at = row.batches.get(), timezone.now() - timedelta(days=9)
    Enrolment.objects.bulk_create(Enrolment(student=one, batch=held, joined_at=at) for one in many)
    lines = "\n".join(f"N-{n},{n % 50}" for n in range(1000))
    text = f"Roll number,Physics\n{lines}"
    began = time.monotonic()
    plan = paper_mark_files.plan_file(row, text.encode())
    saved = paper_marks.enter_marks(row, plan.cells, actor=people.teacher(), now=timezone.now())
    assert time.monotonic() - began < 5
    assert saved.count == 1000
    assert paper_mark_files.plan_file(row, text.encode()).cells == []
