"""A student checks in: by position, by code, by telling the teacher; what each answer says and what is written."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Institute
from attendance import check_ins, marks
from attendance.check_in_forms import Sent
from attendance.check_ins import Taken
from attendance.devices import Device
from attendance.models import CheckInAttempt, CheckInPosition, Flag, Mode, Record
from attendance.models.records import Source, Status
from coaching.lib.limits import TooMany
from tests import people
from tests.attendance import registers
from tests.attendance.checking_in import address, body, code_now, fix, send

pytestmark = pytest.mark.django_db


def the_record() -> Record:
    return Record.objects.get(student=people.student())


def codes_of(answer) -> list[str]:
    return [reason["code"] for reason in answer.json()["reasons"]]


# --- By position ------------------------------------------------------------------------------------------------------


def test_inside_is_present_and_says_how_far_and_how_sure():
    register = registers.register()
    answer = send(register.class_session, body(**fix(registers.north_of(20))))
    assert answer.status_code == 200
    got = answer.json()
    assert (got["decision"], got["status"], got["letter"]) == ("INSIDE", "PRESENT", "P")
    assert got["distance_m"] == pytest.approx(20, abs=0.1)
    assert (got["accuracy_m"], got["radius_m"], got["venue"]) == (10.0, 50, "College Road")
    assert (got["late_min"], got["is_repeat"]) == (None, False)
    [reason] = got["reasons"]
    assert reason["text"] == ("You are 20 m from College Road, and your phone is sure to 10 m. Within 50 m counts.")
    record = the_record()
    assert (record.status, record.source, record.marked_by) == (Status.PRESENT, Source.POSITION, people.student())
    [change] = record.changes.all()
    assert (change.was, change.status, change.by) == (Status.UNMARKED, Status.PRESENT, people.student())
    assert record.attempt.status == Status.PRESENT


def test_after_the_last_minute_on_time_it_is_late_with_begun_minutes_since_the_class_began():
    register = registers.register(registers.class_now(began_min_ago=12.5))
    got = send(register.class_session, body(**fix())).json()
    assert (got["status"], got["late_min"], got["title"]) == ("LATE", 13, "Checked in, 13 minutes late")
    assert the_record().late_min == 13


def test_position_outside_is_kept_and_flagged_but_marks_nothing():
    register = registers.register()
    got = send(register.class_session, body(**fix(registers.north_of(400)))).json()
    assert (got["decision"], got["status"]) == ("OUTSIDE", "UNMARKED")
    assert [step["code"] for step in got["next"]] == ["try_again", "type_code", "tell_teacher"]
    assert "Your teacher sees that you tried." in got["reasons"][0]["text"]
    assert the_record().status == Status.UNMARKED
    assert Flag.objects.get().kind == Flag.Kind.OUTSIDE


def test_position_outside_never_lowers_who_is_present():
    register = registers.register()
    send(register.class_session, body(**fix()))
    got = send(register.class_session, body(**fix(registers.north_of(400)))).json()
    assert (got["status"], [one["code"] for one in got["reasons"]]) == ("PRESENT", ["already", "outside"])
    assert the_record().version == 1
    assert CheckInAttempt.objects.count() == 2


def test_uncertain_position_waits_for_the_teacher_and_a_code_lifts_it():
    register = registers.register()
    got = send(register.class_session, body(**fix(registers.north_of(60), accuracy=40))).json()
    assert (got["decision"], got["status"], got["tone"]) == ("UNCERTAIN", "WAITING", "run")
    got = send(register.class_session, body(code=code_now(register))).json()
    assert (got["decision"], got["status"]) == ("NONE", "PRESENT")
    assert the_record().source == Source.CODE


@pytest.mark.parametrize(("sent", "decision"), [(fix(accuracy=900), "LOW_ACCURACY"), (fix(age_ms=40_000), "STALE")])
def test_position_that_decides_nothing_leaves_the_record_and_names_the_other_ways(sent, decision):
    register = registers.register()
    got = send(register.class_session, body(**sent)).json()
    assert (got["decision"], got["status"]) == (decision, "UNMARKED")
    assert [step["code"] for step in got["next"]] == ["type_code", "try_again", "tell_teacher"]
    assert the_record().status == Status.UNMARKED


def test_online_class_is_checked_in_to_with_the_code():
    register = registers.register(registers.class_now(mode="ONLINE"))
    got = send(register.class_session, body(**fix())).json()
    assert (got["decision"], [one["code"] for one in got["reasons"]]) == ("NONE", ["code_missing"])
    assert not CheckInPosition.objects.exists()
    assert send(register.class_session, body(code=code_now(register))).json()["status"] == "PRESENT"


# --- By code, and by telling the teacher ------------------------------------------------------------------------------


def test_code_counts_as_much_as_a_position_and_no_position_is_kept_where_only_codes_count():
    register = registers.register(mode=Mode.CODE)
    got = send(register.class_session, body(code=f" {code_now(register).lower()} ", **fix())).json()
    assert (got["status"], got["decision"], got["distance_m"]) == ("PRESENT", "NONE", None)
    attempt = CheckInAttempt.objects.get()
    assert (attempt.code_ok, attempt.accuracy_m, attempt.venue) == (True, None, None)
    assert not CheckInPosition.objects.exists()


def test_code_that_is_a_minute_old_is_refused():
    register = registers.register(mode=Mode.CODE)
    answer = send(register.class_session, body(code=code_now(register, steps_ago=3)))
    assert (answer.json()["status"], codes_of(answer)) == ("UNMARKED", ["code_wrong"])
    assert CheckInAttempt.objects.get().code_ok is False


def test_code_of_another_class_is_wrong():
    mine = registers.register(mode=Mode.CODE)
    other = registers.register(registers.class_now(began_min_ago=2), mode=Mode.CODE)
    assert send(mine.class_session, body(code=code_now(other))).json()["status"] == "UNMARKED"


def test_either_is_enough_where_either_counts_though_outside_is_flagged():
    register = registers.register(mode=Mode.GPS_OR_CODE)
    got = send(register.class_session, body(code=code_now(register), **fix(registers.north_of(400)))).json()
    assert (got["decision"], got["status"]) == ("OUTSIDE", "PRESENT")
    assert Flag.objects.get().kind == Flag.Kind.OUTSIDE


def test_valid_code_does_not_take_back_a_position_outside_where_the_position_counts():
    register = registers.register(mode=Mode.GPS)
    got = send(register.class_session, body(code=code_now(register), **fix(registers.north_of(400)))).json()
    assert (got["decision"], got["status"]) == ("OUTSIDE", "UNMARKED")


def test_where_both_are_wanted_one_of_them_waits_for_the_teacher():
    register = registers.register(mode=Mode.GPS_AND_CODE)
    answer = send(register.class_session, body(**fix()))
    assert (answer.json()["status"], codes_of(answer)) == ("WAITING", ["inside", "code_wanted"])
    assert send(register.class_session, body(code=code_now(register), **fix())).json()["status"] == "PRESENT"


def test_telling_the_teacher_waits_for_him():
    register = registers.register()
    answer = send(register.class_session, body(tell_teacher=True, trouble="denied"))
    assert (answer.json()["status"], codes_of(answer)) == ("WAITING", ["denied", "told"])
    assert the_record().status == Status.WAITING


def test_sixth_wrong_code_in_a_minute_pauses_codes_for_two_minutes():
    register, now = registers.register(mode=Mode.CODE), timezone.now()

    def type_code(code: str, seconds: int) -> Taken:
        at = now + timedelta(seconds=seconds)
        sent = Sent(uuid.uuid4(), code=code or code_now(register, now=at))
        return check_ins.check_in(register, people.student(), sent, now=at, device=Device())

    for seconds in range(0, 50, 10):
        assert type_code("AAAA AAAA", seconds).attempt.code_ok is False
    with pytest.raises(TooMany) as refusal:
        type_code("AAAA AAAA", 55)
    assert refusal.value.retry_after_s == 120
    with pytest.raises(TooMany):
        type_code("", 170)
    assert type_code("", 176).record.status == Status.PRESENT


def test_seventh_check_in_of_a_minute_is_too_many():
    register = registers.register()
    for _ in range(6):
        assert send(register.class_session, body(**fix())).status_code == 200
    answer = send(register.class_session, body(**fix()))
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert CheckInAttempt.objects.count() == 6


# --- When -------------------------------------------------------------------------------------------------------------


def test_before_it_opens_and_after_it_closes_nothing_is_kept():
    early = registers.class_now(began_min_ago=-60)
    answer = send(early, body(**fix()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "check_in_not_open")
    over = registers.class_now(began_min_ago=100)
    answer = send(over, body(**fix()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "check_in_closed")
    assert not CheckInAttempt.objects.exists()
    assert not Record.objects.exists()


def test_cancelled_class_and_one_the_teacher_takes_refuse_with_the_reason():
    cancelled = registers.class_now(cancelled_at=timezone.now())
    assert send(cancelled, body(**fix())).status_code == 409
    register = registers.register(registers.class_now(began_min_ago=2), mode=Mode.TEACHER)
    answer = send(register.class_session, body(**fix()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "teacher_takes_register")


def test_register_that_is_final_takes_no_check_in():
    register = registers.register(finalised_at=timezone.now())
    assert send(register.class_session, body(**fix())).status_code == 403


def test_first_check_in_opens_the_register_and_looking_at_the_page_does_not():
    class_session = registers.class_now()
    assert people.signed_in(people.student()).get(address(class_session)).status_code == 200
    assert not hasattr(type(class_session).objects.get(pk=class_session.pk), "register")
    assert send(class_session, body(**fix())).status_code == 200
    assert type(class_session).objects.get(pk=class_session.pk).register.opened_at


def test_who_is_not_on_the_roll_finds_nothing_and_a_guardian_is_told_why_not():
    class_session = registers.class_now()
    assert send(class_session, body(**fix()), who=people.other_student()).status_code == 404
    teacher = people.signed_in(people.teacher())
    assert send(class_session, body(**fix()), browser=teacher).status_code == 403


# --- What others have said --------------------------------------------------------------------------------------------


def test_what_the_teacher_has_marked_stays():
    register = registers.register()
    registers.mark(register.class_session, people.student(), Status.ABSENT)
    answer = send(register.class_session, body(**fix()))
    assert (answer.json()["status"], codes_of(answer)) == ("ABSENT", ["teacher_said", "inside"])
    assert the_record().version == 1
    assert CheckInAttempt.objects.count() == 1


def test_who_is_on_leave_and_comes_is_present():
    register = registers.register()
    [record] = marks_of(register)
    marks.put(record, status=Status.EXCUSED, source=Source.LEAVE, by=None, now=timezone.now())
    assert send(register.class_session, body(**fix())).json()["status"] == "PRESENT"


def marks_of(register) -> list[Record]:
    return list(marks.locked_records(register.pk, [people.student().pk]).values())


# --- The same again ---------------------------------------------------------------------------------------------------


def test_replay_gives_the_same_answer_and_writes_nothing():
    register = registers.register()
    sent = body(**fix())
    first = send(register.class_session, sent).json()
    again = send(register.class_session, sent).json()
    assert (first.pop("is_repeat"), again.pop("is_repeat")) == (False, True)
    assert again == first
    assert CheckInAttempt.objects.count() == 1
    assert the_record().version == 1


def test_replay_is_answered_after_check_in_closed():
    register = registers.register()
    sent = body(**fix())
    send(register.class_session, sent)
    register.finalised_at = timezone.now()
    register.save()
    assert send(register.class_session, sent).json()["status"] == "PRESENT"


def test_number_of_a_check_in_to_another_class_is_refused():
    first, second = registers.register(), registers.register(registers.class_now(began_min_ago=2))
    sent = body(**fix())
    send(first.class_session, sent)
    assert send(second.class_session, sent).status_code == 422


# --- Kept on the phone ------------------------------------------------------------------------------------------------


def offline(minutes_ago: float, **more):
    pressed_at = timezone.now() - timedelta(minutes=minutes_ago)
    return body(offline=True, captured_at=pressed_at.isoformat(), **more)


def test_what_was_kept_on_the_phone_waits_for_the_teacher_and_is_flagged():
    register = registers.register(registers.class_now(began_min_ago=60))
    answer = send(register.class_session, offline(55, **fix()))
    assert (answer.json()["status"], codes_of(answer)) == ("WAITING", ["offline", "inside"])
    assert Flag.objects.get().kind == Flag.Kind.OFFLINE


def test_kept_code_is_compared_with_the_screen_of_its_moment():
    register = registers.register(registers.class_now(began_min_ago=60), mode=Mode.CODE)
    pressed_at = timezone.now() - timedelta(minutes=55)
    answer = send(register.class_session, offline(55, code=code_now(register, now=pressed_at)))
    assert (answer.json()["status"], codes_of(answer)) == ("WAITING", ["offline", "code_valid"])


def test_kept_check_in_arrives_after_the_class_but_not_after_a_day():
    over = registers.register(registers.class_now(began_min_ago=300))
    assert send(over.class_session, offline(290, **fix())).json()["status"] == "WAITING"
    assert send(over.class_session, offline(10, **fix())).status_code == 403  # pressed after it closed
    long_ago = registers.register(registers.class_now(began_min_ago=25 * 60))
    assert send(long_ago.class_session, offline(25 * 60 - 5, **fix())).status_code == 403


def test_kept_check_in_to_a_closed_register_is_kept_and_changes_nothing():
    register = registers.register(registers.class_now(began_min_ago=300), finalised_at=timezone.now())
    answer = send(register.class_session, offline(290, **fix()))
    assert (answer.json()["status"], codes_of(answer)) == ("UNMARKED", ["final", "offline", "inside"])
    assert CheckInAttempt.objects.get().is_offline


# --- Whose position may not be used -----------------------------------------------------------------------------------


@pytest.fixture
def minors_positions_are_off():
    institute = Institute.objects.create(pk=1, name="Pragati", minor_location=Institute.MinorLocation.OFF)
    Institute.forget()
    student = people.student()
    student.date_of_birth = timezone.localdate() - timedelta(days=15 * 365)
    student.save()
    return institute


def test_minors_position_is_neither_asked_for_nor_used_nor_kept(minors_positions_are_off):
    register = registers.register()
    page = people.signed_in(people.student()).get(address(register.class_session)).content.decode()
    assert "data-here" not in page
    assert "Your position is not asked for" in page
    answer = send(register.class_session, body(**fix()))
    assert (answer.json()["status"], codes_of(answer)) == ("UNMARKED", ["position_off"])
    attempt = CheckInAttempt.objects.get()
    assert (attempt.accuracy_m, attempt.distance_m, attempt.decision) == (None, None, "NONE")
    assert not CheckInPosition.objects.exists()
    assert send(register.class_session, body(code=code_now(register), **fix())).json()["status"] == "PRESENT"
