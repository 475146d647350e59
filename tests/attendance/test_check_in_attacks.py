"""A check-in attacked: by clocks that lie, codes of others, numbers used again, and students who are not there."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import consents
from accounts.models import Consent, Institute, User
from attendance import closing
from attendance.models import CheckInAttempt, CheckInPosition, Flag, Mode, Record, RecordChange, Register
from attendance.models.records import Source, Status
from batches.models import ClassSession, Enrolment
from tests import people
from tests.attendance import registers, taking
from tests.attendance.checking_in import address, body, code_now, fix, send
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def offline(at: datetime, **more: Any) -> dict[str, Any]:
    return body(offline=True, captured_at=at.isoformat(), **more)


def letter(held: ClassSession) -> str:
    row = Record.objects.filter(class_session=held, student=people.student()).first()
    return row.status if row else "-"


# --- The clock of a phone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-22T10:00:00+99:99",
        "2025-W48-1T10:00:00Z",
        "\ud83d",
        "1970-01-01T00:00:00Z",
        "20251122T100000Z",
        "2025-11-22T10:00:00.123456789Z",
        "-001-01-01T00:00:00Z",
    ],
)
def test_instant_that_cannot_have_been_leaves_nothing(said):
    held = registers.class_now()
    answer = send(held, body(offline=True, captured_at=said, **fix()))
    assert answer.status_code in {403, 422}
    assert not CheckInAttempt.objects.exists()


def test_offline_never_makes_anybody_present_or_on_time():
    """Whatever instant a phone names: his teacher decides."""
    held = registers.class_now(began_min_ago=40)
    send(held, offline(held.starts_at + timedelta(minutes=1), **fix()))
    assert letter(held) == "W"
    assert Flag.objects.get().kind == Flag.Kind.OFFLINE


def test_offline_lifts_no_closed_register():
    held = registers.class_now(began_min_ago=30)
    register = registers.register(held)
    closing.close_register(register, actor=people.teacher(), now=timezone.now())
    answer = send(held, offline(held.starts_at + timedelta(minutes=1), **fix()))
    assert answer.status_code == 200
    assert letter(held) == "A"
    assert CheckInAttempt.objects.get().status == ""


def test_offline_code_counts_by_the_step_it_was_seen_at_and_waits():
    held = registers.class_now(began_min_ago=30)
    register = registers.register(held, mode=Mode.CODE)
    then = timezone.now() - timedelta(minutes=10)
    assert send(held, offline(then, code=code_now(register, now=then))).status_code == 200
    assert letter(held) == "W"
    assert CheckInAttempt.objects.get().code_ok is True


def test_code_of_a_step_long_gone_is_no_code_however_the_phone_dates_the_fix():
    held = registers.class_now(began_min_ago=30)
    register = registers.register(held, mode=Mode.CODE)
    old = code_now(register, steps_ago=2)
    send(held, body(code=old))
    send(held, body(code=old, captured_at=(timezone.now() - timedelta(seconds=40)).isoformat()))
    assert letter(held) in {"-", "U"}
    assert set(CheckInAttempt.objects.values_list("code_ok", flat=True)) == {False}


def test_code_of_the_step_before_is_taken_and_the_one_before_that_is_not():
    held = registers.class_now()
    register = registers.register(held, mode=Mode.CODE)
    assert send(held, body(code=code_now(register, steps_ago=2))).status_code == 200
    assert letter(held) in {"-", "U"}
    send(held, body(code=code_now(register, steps_ago=1)))
    assert letter(held) == "P"


def test_stale_position_is_of_when_it_was_taken_and_accuses_nobody_of_flying():
    """A phone that gives the position of half an hour ago, from home, and then the right one."""
    held = registers.class_now()
    send(held, body(**fix(registers.north_of(8000), age_ms=30 * 60_000)))
    send(held, body(**fix()))
    assert letter(held) == "P"
    assert not Flag.objects.filter(kind=Flag.Kind.TOO_FAST).exists()


# --- Numbers used again -----------------------------------------------------------------------------------------------


def test_number_of_another_students_check_in_is_ones_own_check_in():
    held = registers.class_now()
    timetables.enrol(people.other_student(), held.batch)
    sent = body(**fix())
    assert send(held, sent).status_code == 200
    assert send(held, sent, who=people.other_student()).status_code == 200
    assert Record.objects.filter(status=Status.PRESENT).count() == 2


def test_number_of_a_check_in_to_another_class_is_refused():
    held = registers.class_now()
    other = registers.class_now(batch=held.batch, minutes=30)
    sent = body(**fix())
    assert send(held, sent).status_code == 200
    assert send(other, sent).status_code == 422
    assert letter(other) == "-"


def test_other_content_under_the_same_number_changes_nothing():
    held = registers.class_now()
    register = registers.register(held, mode=Mode.GPS)
    sent = body(**fix(registers.north_of(5000)))
    first = send(held, sent)
    again = send(held, {"client_uuid": sent["client_uuid"], **fix(), "code": code_now(register)})
    assert (first.status_code, again.status_code) == (200, 200)
    assert letter(held) in {"-", "U"}
    assert CheckInAttempt.objects.count() == 1


# --- Codes ------------------------------------------------------------------------------------------------------------


def test_code_of_another_class_is_wrong_here():
    held = registers.class_now()
    registers.register(held, mode=Mode.CODE)
    other = registers.register(registers.class_now(batch=held.batch, minutes=30), mode=Mode.CODE)
    send(held, body(code=code_now(other)))
    assert letter(held) in {"-", "U"}
    assert CheckInAttempt.objects.get().code_ok is False


@pytest.mark.parametrize(
    "code", ["😀" * 8, "\ud83d" * 8, "ABCDEFGH" * 5, "        ", "ＡＢＣＤＥＦＧＨ", "\u202eABCDEFG", "%00", "' OR 1=1"]
)
def test_code_of_any_letters_is_answered(code):
    held = registers.class_now()
    registers.register(held, mode=Mode.CODE)
    assert send(held, body(code=code)).status_code in {200, 422}
    assert letter(held) in {"-", "U"}


def test_right_code_in_the_pause_is_refused_as_well():
    held = registers.class_now()
    register = registers.register(held, mode=Mode.CODE)
    answers = [
        send(held, body(code=f"AAAAAA{n:02}".translate(str.maketrans("0123456789", "QRSTUVWXYZ")))) for n in range(6)
    ]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert send(held, body(code=code_now(register))).status_code == 429
    assert letter(held) in {"-", "U"}
    other = people.other_student()
    timetables.enrol(other, held.batch)
    assert send(held, body(code=code_now(register)), who=other).status_code == 200
    assert Record.objects.get(student=other).status == Status.PRESENT


# --- Who --------------------------------------------------------------------------------------------------------------


def test_student_who_left_yesterday_is_not_there():
    held = registers.class_now()
    Enrolment.objects.update(left_at=timezone.now() - timedelta(days=1))
    assert send(held, body(**fix())).status_code == 404
    assert not Record.objects.exists()


def test_student_who_joins_after_the_class_is_not_there():
    held = registers.class_now(minutes=30)
    Enrolment.objects.update(joined_at=timezone.now() + timedelta(hours=1))
    assert send(held, body(**fix())).status_code == 404


def test_deactivated_student_checks_in_no_more():
    held = registers.class_now()
    browser = people.signed_in(people.student())
    User.objects.filter(pk=people.student().pk).update(is_active=False)
    assert send(held, body(**fix()), browser=browser).status_code in {302, 401}
    assert not Record.objects.exists()


def test_student_with_two_enrolments_in_the_batch_is_one_line_and_one_record():
    held = registers.class_now()
    Enrolment.objects.update(left_at=held.starts_at + timedelta(minutes=30))
    timetables.enrol(people.student(), held.batch, joined_at=held.starts_at + timedelta(minutes=31))
    send(held, body(**fix()))
    assert Record.objects.count() == 1
    lines = people.signed_in(people.teacher()).get(address(held).replace("check-in", "register/lines")).json()["lines"]
    assert len(lines) == 1


def test_cancelled_class_marks_nobody_though_its_register_was_open():
    held = registers.class_now()
    registers.register(held)
    ClassSession.objects.update(cancelled_at=timezone.now())
    assert send(held, body(**fix())).status_code == 409
    assert not Record.objects.exists()


def test_moved_class_is_checked_in_to_when_it_is_held():
    held = registers.class_now()
    registers.register(held)
    later = timezone.now() + timedelta(hours=5)
    ClassSession.objects.update(starts_at=later, ends_at=later + timedelta(minutes=90))
    assert send(held, body(**fix())).status_code == 403
    assert send(held, offline(timezone.now() - timedelta(minutes=1), **fix())).status_code == 403
    assert not Record.objects.exists()


def test_check_in_from_before_its_class_was_moved_is_shown_as_such():
    held = registers.class_now()
    send(held, body(**fix()))
    later = timezone.now() + timedelta(days=1)
    ClassSession.objects.update(starts_at=later, ends_at=later + timedelta(minutes=90))
    held.refresh_from_db()
    line = taking.line_of(held, people.student())
    assert line["note"].endswith("before the class was moved")
    assert line["tone"] == "due"


def test_class_over_midnight_is_one_class():
    held = registers.class_now(began_min_ago=5, minutes=60 * 10)
    assert send(held, body(**fix())).status_code == 200
    assert letter(held) == "P"


# --- What a student cannot say ----------------------------------------------------------------------------------------


def test_fields_of_the_register_in_a_check_in_say_nothing():
    held = registers.class_now(began_min_ago=30)
    lies = {
        "status": "P",
        "late_min": 0,
        "received_at": held.starts_at.isoformat(),
        "decision": "INSIDE",
        "code_ok": True,
    }
    send(held, body(**fix(), **lies, student=str(people.other_student().uuid), is_final=True, source="TEACHER"))
    row = Record.objects.get()
    assert (row.student, row.status, row.source) == (people.student(), Status.LATE, Source.POSITION)


def test_looking_changes_nothing():
    held = registers.class_now()
    browser = people.signed_in(people.student())
    for method in (browser.get, browser.head):
        assert method(address(held)).status_code == 200
        assert method(f"/a/{held.uuid}/").status_code == 302
        assert method(f"/a/{held.uuid}/?code=ABCDEFGH&do=tell").status_code == 302
    for model in (Register, Record, CheckInAttempt, RecordChange):
        assert not model._default_manager.exists()


def test_check_in_needs_the_pages_token():
    held = registers.class_now()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.student())
    assert send(held, body(**fix()), browser=browser).status_code == 403
    assert not CheckInAttempt.objects.exists()


def test_coordinates_stand_in_no_answer_to_a_student_or_teacher():
    held = registers.class_now()
    where = (20.0064321, 73.7645678)
    answers = [send(held, body(**fix(where)))]
    student, teacher = people.signed_in(people.student()), people.signed_in(people.teacher())
    record = Record.objects.get()
    answers += [student.get(address(held)), student.get(f"/attendance/records/{record.uuid}/")]
    for path in ("register/", "register/lines/"):
        answers.append(teacher.get(f"/attendance/sessions/{held.uuid}/{path}"))
    answers += [teacher.get(f"/attendance/records/{record.uuid}/"), teacher.get("/attendance/flags/?state=all")]
    assert CheckInPosition.objects.count() == 1
    for answer in answers:
        assert answer.status_code == 200
        assert "20.00643" not in answer.content.decode()
        assert "73.76456" not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]


def test_forged_device_cookie_or_none_is_the_same_device():
    """What the browser was called at its sign-in counts, not what its cookies say afterwards."""
    held = registers.class_now()
    browser = people.signed_in(people.student())
    browser.get("/")
    for cookie in ("", str(uuid.uuid4()), "x", str(uuid.uuid4())):
        browser.cookies[settings.DEVICE_COOKIE_NAME] = cookie
        assert send(held, body(**fix()), browser=browser).status_code == 200
    [known] = set(CheckInAttempt.objects.values_list("device_hash", flat=True))
    assert known


# --- Minors -----------------------------------------------------------------------------------------------------------


def consent(**fields: Any) -> Consent:
    given = {"subject": people.student(), "purpose": Consent.Purpose.LOCATION, "given_by": people.guardian(), **fields}
    given |= {"notice_version": 1, "method": Consent.Method.GUARDIAN}
    return Consent.objects.create(**given)


@pytest.fixture
def a_minor() -> User:
    """For whom the institute wants a guardian's yes."""
    institute = Institute.objects.get_or_create(pk=1)[0]
    institute.minor_location = Institute.MinorLocation.CONSENT
    institute.save()
    student = people.student()
    student.date_of_birth = timezone.localdate() - timedelta(days=16 * 365)
    student.save()
    return student


def test_consent_that_is_withdrawn_between_page_and_tap_counts_at_the_tap(a_minor):
    held = registers.class_now()
    yes = consent()
    browser = people.signed_in(a_minor)
    assert consents.may(a_minor, Consent.Purpose.LOCATION, on=timezone.localdate())
    assert browser.get(address(held)).status_code == 200
    Consent.objects.filter(pk=yes.pk).update(withdrawn_at=timezone.now(), withdrawn_by=people.guardian())
    assert send(held, body(**fix()), browser=browser).status_code == 200
    attempt = CheckInAttempt.objects.get()
    assert (attempt.distance_m, attempt.accuracy_m, attempt.fix_age_ms, attempt.venue) == (None, None, None, None)
    assert not CheckInPosition.objects.exists()
    assert letter(held) in {"-", "U"}


def test_minor_who_has_turned_eighteen_gives_his_own_position(a_minor):
    held = registers.class_now()
    send(held, body(**fix()))
    assert not CheckInPosition.objects.exists()
    User.objects.filter(pk=a_minor.pk).update(
        date_of_birth=timezone.localdate().replace(year=timezone.localdate().year - 18)
    )
    send(held, body(**fix()))
    assert letter(held) == "P"
