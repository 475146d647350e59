"""The roll of a batch from a file: every row's fate, all or nothing."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.utils import timezone

from accounts.import_tables import Unreadable
from accounts.models import Activity
from batches import enrolments, rolls
from batches.models import Enrolment
from batches.rolls import Fate
from tests import people
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db


def csv(*lines, header="Admission number,E-mail address,Joined"):
    return "\n".join((header, *lines)).encode() + b"\n"


def planned(content, batch=None):
    return rolls.plan_roll(batch or enrolling.batch(), content, now=timezone.now())


def take_in(content, batch):
    plan = planned(content, batch)
    return rolls.take_in(batch, content, shown=plan.fingerprint, actor=people.admin(), now=timezone.now())


def test_every_row_says_its_line_and_what_is_wrong_with_it():
    people.student()
    people.teacher()
    closed = people.person("Isha Rao", "STUDENT", admission_number="2026-0500")
    closed.is_active = False
    closed.save()
    people.other_student()
    plan = planned(
        csv(
            "2026-0188,,",
            "",
            "2026-9999,,",
            ",meera@pragati.test,",
            "2026-0500,,",
            "2026-0290,ritika@pragati.test,12/13/2026",
            ",,",
            "2026-0188,,",
            "2026-0188,ritika@pragati.test,",
            '"2026',
        )
    )
    assert [(row.line, row.fate) for row in plan.rows] == [
        (2, Fate.ADD),
        (4, Fate.BAD),
        (5, Fate.BAD),
        (6, Fate.BAD),
        (7, Fate.BAD),
        (9, Fate.BAD),
        (10, Fate.BAD),
        (11, Fate.BAD),
    ]
    notes = [row.note for row in plan.rows if row.note]
    assert notes == [
        "Nobody is known by that. Add the person to the list of people first.",
        "Meera Joshi is no student. Only students are enrolled.",
        "The account of Isha Rao is closed. Open it in the list of people first.",
        "There is no month 13. Write the day first, then the month.",
        "Stands in line 2 already.",
        "This e-mail address and this admission number belong to two people.",
        "A quotation mark is not closed, or a cell is far too long.",
    ]


def test_one_bad_row_keeps_all_out_and_the_same_file_again_adds_nobody():
    batch = enrolling.batch()
    people.student()
    with pytest.raises(rolls.RollRefused):
        take_in(csv("2026-0188,,", "nobody,,"), batch)
    assert not Enrolment.objects.exists()
    good = csv("2026-0188,,01/11/2026")
    assert (take_in(good, batch), take_in(good, batch)) == (1, 0)
    assert Enrolment.objects.get().joined_at == timetables.at(date(2026, 11, 1), 0)
    assert Enrolment.objects.get().source == "FILE"
    assert planned(good, batch).rows[0].fate == Fate.IN
    assert Activity.objects.filter(event="enrolment.imported").count() == 1


def test_file_that_was_looked_at_before_somebody_changed_students_is_looked_at_again():
    batch = enrolling.batch()
    student = people.student()
    people.other_student()
    content = csv("2026-0188,,", "2026-0290,,")
    shown = planned(content, batch).fingerprint
    enrolments.enrol(batch, student=student, actor=people.admin())
    with pytest.raises(rolls.RollRefused, match="Look at the rows again"):
        rolls.take_in(batch, content, shown=shown, actor=people.admin(), now=timezone.now())


def test_too_few_seats_are_said_before_and_hold_at_the_end():
    batch = enrolling.batch(seats=1)
    people.student()
    people.other_student()
    content = csv("2026-0188,,", "2026-0290,,")
    assert planned(content, batch).lacks_seats == 1
    with pytest.raises(enrolments.BatchFull):
        take_in(content, batch)
    assert not Enrolment.objects.exists()


def test_workbooks_hindi_titles_and_either_case_are_read():
    people.student()
    book = openpyxl.Workbook()
    book.active.append(["प्रवेश संख्या", "नाम", "प्रवेश तिथि", "Remarks"])
    book.active.append(["2026-0188", "अनन्या", timezone.localdate() - timedelta(days=1), "x"])
    kept = io.BytesIO()
    book.save(kept)
    plan = planned(kept.getvalue())
    assert (plan.added, list(plan.unknown)) == (1, ["Remarks"])
    assert plan.rows[0].joined_on == timezone.localdate() - timedelta(days=1)
    people.person("Isha Rao", "STUDENT", admission_number="AB-7")
    assert planned(csv("ab-7,,")).added == 1
    assert planned(csv(",RITIKA@pragati.test,")).bad == 1
    people.other_student()
    assert planned(csv(",RITIKA@pragati.test,")).added == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\x00\x01", "not a table"),
        (b"PK\x03\x04nonsense", "cannot be read"),
        (csv("x", header="Name,Phone"), "No column has the title"),
        (csv("x", header="Admission number,Roll No"), "both stand for the same"),
        (csv(*(f"N-{number},," for number in range(rolls.AT_MOST + 1))), "more than 2,000 rows"),
    ],
)
def test_file_that_is_no_roll_is_refused_as_a_whole(content, why):
    with pytest.raises(Unreadable, match=why):
        planned(content)


def test_file_costs_as_many_queries_for_300_rows_as_for_3(django_assert_max_num_queries):
    enrolling.students(300)
    batch = enrolling.batch()
    content = csv(*(f"E-{number:03},," for number in range(1, 301)))
    with django_assert_max_num_queries(5):
        assert planned(content, batch).added == 300
