"""What first screens, pages of classes and batches, and to-do lists say about attendance, and to whom."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts import guardians
from accounts.models import Role, User
from attendance import offers
from attendance.models import CheckInAttempt, CheckInRule, CorrectionRequest, Flag, Leave, Mode
from attendance.models.records import Source, Status
from batches.models import Batch, ClassSession
from coaching.lib.offers import ClassState
from coaching.pages import todo
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def state(person: User, held: ClassSession) -> ClassState:
    said = offers.class_states(fresh(person), [held.pk], now=timezone.now())
    return replace(said.get(held.pk, ClassState()), url="", more=())


def waits(person: User) -> dict[str, str]:
    return {one.kind: one.label for one in todo.waiting(fresh(person), now=timezone.now())}


def home(person: User) -> str:
    return people.signed_in(person).get("/dashboard/").content.decode()


def past_class(days: int = 1, **fields: Any) -> ClassSession:
    return registers.class_now(began_min_ago=days * 24 * 60, **fields)


@pytest.fixture
def child() -> User:
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    return people.student()


# --- A class in a list ------------------------------------------------------------------------------------------------


def test_student_is_led_to_check_in_while_it_is_open_and_reads_afterwards_what_the_register_says():
    held = registers.class_now()
    shown = state(people.student(), held)
    assert (shown.word, shown.action and shown.action.label) == ("", "Check in")
    assert f"/attendance/sessions/{held.uuid}/check-in/" in home(people.student())
    record = registers.mark(held, people.student(), Status.PRESENT)
    assert state(people.student(), held) == ClassState("ok", "Present")
    type(record).objects.update(source=Source.POSITION)
    assert state(people.student(), held).word.startswith("Present, ")


@pytest.mark.parametrize(
    ("began_min_ago", "fields"), [(-30, {}), (95, {}), (1, {"mode": Mode.TEACHER}), (1, {"close_after_min": 0})]
)
def test_nobody_is_led_to_a_check_in_that_is_not_open(began_min_ago, fields):
    held = registers.class_now(began_min_ago=began_min_ago)
    CheckInRule.objects.create(batch=held.batch, **fields)
    assert state(people.student(), held).action is None
    assert "class.check_in" not in waits(people.student())


def test_rule_of_the_batch_and_then_of_the_institute_says_when_check_in_opens():
    held = registers.class_now(began_min_ago=-30)
    institute = CheckInRule.objects.create(open_before_min=40)
    assert state(people.student(), held).action
    CheckInRule.objects.create(batch=held.batch, open_before_min=20)
    assert state(people.student(), held).action is None
    assert institute.batch is None


def test_late_absent_and_waiting_are_said_in_words():
    held = registers.class_now()
    record = registers.mark(held, people.student(), Status.LATE)
    type(record).objects.update(late_min=12)
    assert state(people.student(), held) == ClassState("due", "12 minutes late")
    registers.mark(held, people.student(), Status.ABSENT)
    assert state(people.student(), held) == ClassState("bad", "Absent")
    registers.mark(held, people.student(), Status.WAITING)
    shown = state(people.student(), held)
    assert (shown.tone, shown.word, bool(shown.action)) == ("run", "To confirm", True)


def test_teacher_is_led_to_the_register_and_reads_how_far_it_is():
    held = registers.class_now()
    timetables.enrol(people.other_student(), held.batch)
    shown = state(people.teacher(), held)
    assert (shown.word, shown.action and shown.action.label) == ("Nobody marked yet", "Register")
    registers.mark(held, people.student(), Status.PRESENT)
    assert state(people.teacher(), held).word == "1 of 2 marked"
    registers.mark(held, people.other_student(), Status.ABSENT)
    assert state(people.admin(), held).word == "1 of 2 there"
    registers.mark(held, people.other_student(), Status.WAITING)
    assert state(people.teacher(), held).word == "1 to confirm"
    assert state(people.other_teacher(), held) == ClassState()


def test_register_that_is_not_open_yet_and_one_of_nobody_are_not_led_to():
    assert state(people.teacher(), registers.class_now(began_min_ago=-30)).action is None
    empty = timetables.class_session(timetables.batch("Empty"), timezone.now())
    assert state(people.teacher(), empty).action is None


def test_guardian_reads_how_his_child_was_and_of_several_who(child):
    held = past_class()
    registers.mark(held, child, Status.ABSENT)
    assert state(people.guardian(), held) == ClassState("bad", "Absent")
    sister = people.other_student()
    timetables.enrol(sister, held.batch)
    guardians.link_guardian(sister, guardian=people.guardian(), actor=people.admin())
    registers.mark(held, sister, Status.PRESENT)
    assert state(people.guardian(), held) == ClassState("bad", "Ananya Kulkarni: Absent, रितिका शर्मा: Present")
    registers.mark(held, people.other_student(), Status.PRESENT)


def test_teacher_reads_of_his_own_child_what_its_guardian_reads(child):
    guardians.link_guardian(child, guardian=people.guardian_who_teaches(), actor=people.admin())
    held = past_class()
    registers.mark(held, child, Status.LATE)
    assert state(people.guardian_who_teaches(), held) == ClassState("due", "Late")


def test_page_of_a_class_says_the_same():
    held = registers.class_now()
    path = f"/batches/classes/{held.uuid}/"
    assert "Check in" in people.signed_in(people.student()).get(path).content.decode()
    page = people.signed_in(people.teacher()).get(path).content.decode()
    assert f"/attendance/sessions/{held.uuid}/register/" in page
    assert "Nobody marked yet" in page
    assert f"/attendance/sessions/{held.uuid}/code/" in page
    assert people.signed_in(people.other_student()).get(path).status_code == 404
    record = registers.mark(held, people.student(), Status.ABSENT)
    [said] = offers.class_states(fresh(people.student()), [held.pk], now=timezone.now()).values()
    assert said.url in people.signed_in(people.student()).get(path).content.decode()
    assert people.signed_in(people.student()).get(said.url).headers["Location"] == f"/attendance/records/{record.uuid}/"


def test_classes_on_a_first_screen_cost_the_same_however_many_there_are(same_queries):
    batch = timetables.batch(venue=timetables.venue())
    browser, made = people.signed_in(people.teacher()), iter(range(100))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            student = people.person(f"S {number}", Role.STUDENT, admission_number=f"2027-{number}")
            timetables.enrol(student, batch)
            held = registers.class_now(batch=batch, began_min_ago=number % 5)
            registers.mark(held, student, Status.WAITING)

    same_queries(lambda: browser.get("/dashboard/"), add=add, at_most=20)


# --- Panels -----------------------------------------------------------------------------------------------------------


def attended(student: User, *letters: Status, batch: Batch | None = None) -> None:
    for number, letter in enumerate(letters, 1):
        registers.mark(past_class(days=number, batch=batch), student, letter)


def test_student_and_guardian_read_the_share_and_what_is_still_needed(child):
    attended(child, Status.PRESENT, Status.LATE, Status.ABSENT, Status.ABSENT, Status.EXCUSED)
    [line] = offers.panel(fresh(child), now=timezone.now()).lines
    assert (line.label, line.percent, line.tone, line.word) == ("JEE 2027 A", 50, "bad", "50 %")
    assert line.meta == "2 of 4 · needs 4 more for 75 %"
    [same] = offers.panel(fresh(people.guardian()), now=timezone.now()).lines
    assert (same.label, same.meta) == (line.label, line.meta)
    for person in (child, people.guardian()):
        assert "Percentages are rounded down." in home(person)


def test_percent_that_is_wanted_is_the_batchs_own(child):
    attended(child, Status.PRESENT, Status.ABSENT)
    CheckInRule.objects.create(percent_wanted=60)
    assert "for 60 %" in offers.panel(fresh(child), now=timezone.now()).lines[0].meta
    CheckInRule.objects.create(batch=timetables.batch(), percent_wanted=50)
    assert offers.panel(fresh(child), now=timezone.now()).lines[0].meta == "1 of 2 · must not miss the next one"


def test_who_left_the_batch_and_who_never_was_counted_read_no_share():
    assert offers.panel(fresh(people.student()), now=timezone.now()).lines == ()
    attended(people.student(), Status.PRESENT)
    timetables.batch().enrolments.update(left_at=timezone.now())
    assert offers.panel(fresh(people.student()), now=timezone.now()).lines == ()


def test_teacher_reads_what_his_registers_need_and_it_waits_for_him():
    assert offers.panel(fresh(people.teacher()), now=timezone.now()).lines == ()
    student, missed = people.student(), past_class(days=5)
    attended(student, Status.ABSENT, Status.ABSENT, Status.PRESENT)
    waiting = registers.mark(past_class(days=4), student, Status.WAITING)
    asked: dict[str, Any] = {"reason": "Ill", "asked_by": student}
    Leave.objects.create(student=student, first_on=timezone.localdate(), last_on=timezone.localdate(), **asked)
    CorrectionRequest.objects.create(record=waiting, wanted="P", **asked)
    labels = [line.label for line in offers.panel(fresh(people.teacher()), now=timezone.now()).lines]
    assert labels == [
        "2 classes without a register",
        "1 check-in to confirm",
        "2 requests to decide",
        "1 student attends too little",
    ]
    found = waits(people.teacher())
    assert found["register.take"] == "Take the register of JEE 2027 A"
    assert found["check_in.confirm"] == "1 check-in to confirm"
    assert found["attendance.asked"] == "2 requests about attendance"
    assert not {"register.take", "check_in.confirm", "attendance.asked"} & set(waits(people.other_teacher()))
    assert str(missed.uuid) in "".join(one.url for one in todo.waiting(fresh(people.teacher()), now=timezone.now()))


def test_office_reads_who_is_here_today_and_what_no_teacher_has_done():
    held = registers.class_now()
    timetables.enrol(people.other_student(), held.batch)
    registers.mark(held, people.student(), Status.PRESENT)
    registers.mark(held, people.other_student(), Status.ABSENT)
    past_class(days=2)
    attempt = CheckInAttempt.objects.create(
        register=held.register, student=people.student(), client_uuid=people.student().uuid
    )
    Flag.objects.create(attempt=attempt, kind=Flag.Kind.OUTSIDE)
    [figure] = offers.office(fresh(people.admin()), now=timezone.now()).figures
    assert (figure.value, figure.small, figure.percent, figure.note) == ("1", "of 2", 50, "In 1 class so far")
    found = waits(people.admin())
    assert found["register.take"] == "1 class without a register"
    assert found["check_in.flag"] == "1 check-in looks odd"
    for one in todo.waiting(fresh(people.admin()), now=timezone.now()):
        assert people.signed_in(people.admin()).get(one.url).status_code == 200


def test_page_of_a_batch_shows_shares_to_who_takes_its_registers_and_to_nobody_else(child):
    attended(child, Status.PRESENT, Status.PRESENT, Status.ABSENT)
    path = f"/batches/{timetables.batch().uuid}/"
    for person in (people.teacher(), people.admin()):
        page = people.signed_in(person).get(path).content.decode()
        assert "Attended" in page
        assert "66 %" in page
    for person in (child, people.guardian()):
        assert "66 %" not in people.signed_in(person).get(path).content.decode()


def test_the_register_of_the_class_that_is_on_is_the_one_big_button_of_a_teachers_home():
    quiet = home(people.teacher())
    assert 'class="btn btn-primary" href="/dfs/files/"' in quiet
    held = registers.class_now()
    page = home(people.teacher())
    assert f'class="btn btn-primary" href="/attendance/sessions/{held.uuid}/register/"' in page
    assert page.count("btn-primary") == quiet.count("btn-primary")


def test_a_teachers_home_leads_to_the_very_list_of_what_waits():
    registers.mark(registers.class_now(), people.student(), Status.WAITING)
    past_class()
    page = home(people.teacher())
    listed = people.signed_in(people.teacher()).get("/attendance/").content.decode()
    for place in ("missing", "confirm"):
        assert f'href="/attendance/#{place}"' in page
        assert f'<h2 id="{place}">' in listed
