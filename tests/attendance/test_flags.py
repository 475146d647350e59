"""What is noted about a check-in for a person to look at: each kind at its limits, and nothing twice."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from attendance import flags
from attendance.models import CheckInAttempt, CheckInPosition, Flag, Record, Register
from attendance.networks import network_of
from tests import people
from tests.attendance import registers
from tests.attendance.registers import THERE, north_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db
Kind = Flag.Kind
PHONE, LAPTOP = "Chrome, Android", "Chrome, Windows"
HALL, HOME, OTHER_HOME = "203.0.113.7", "198.51.100.9", "192.0.2.77"


@pytest.fixture
def register() -> Register:
    return registers.register()


def sent(
    register: Register,
    student: User | None = None,
    *,
    at: tuple[float, float] | None = THERE,
    accuracy: float = 12.5,
    ip: str | None = HALL,
    taken: datetime | None = None,
    **fields: Any,
) -> list[Flag]:
    """A check-in as it lies in the tables, and what is noted of it."""
    now = timezone.now()
    there = {"accuracy_m": accuracy, "decision": "INSIDE"} if at else {}
    given = {"student": student or people.student(), "client_uuid": uuid.uuid4(), "agent": PHONE, **there, **fields}
    given["network"] = network_of(register, ip)
    attempt = CheckInAttempt.objects.create(register=register, received_at=taken or now, **given)
    position = None
    if at:
        position = CheckInPosition.objects.create(
            attempt=attempt, latitude=at[0], longitude=at[1], ip=ip, taken_at=taken or now
        )
    return flags.look_at(attempt, position, now=now)


def kinds(found: list[Flag]) -> set[str]:
    return {flag.kind for flag in found}


def test_ordinary_check_in_is_not_flagged(register: Register) -> None:
    assert sent(register, at=north_of(3)) == []
    assert sent(register, people.other_student(), at=north_of(9), device_hash="b") == []


def test_two_students_on_one_device_are_noted_with_both(register: Register) -> None:
    assert sent(register, device_hash="a", at=None) == []
    (flag,) = sent(register, people.other_student(), device_hash="a", at=None)
    assert flag.kind == Kind.SAME_DEVICE
    assert flag.other is not None
    assert flag.other.student == people.student()


def test_one_student_twice_on_his_device_is_not_noted(register: Register) -> None:
    sent(register, device_hash="a", at=None)
    assert sent(register, device_hash="a", at=None) == []


def test_browsers_without_a_device_are_not_the_same_one(register: Register) -> None:
    sent(register, at=None)
    assert sent(register, people.other_student(), at=None) == []


def test_same_device_in_another_class_is_nobodys_business(register: Register) -> None:
    sent(register, device_hash="a", at=None)
    later = registers.register(registers.class_now(batch=timetables.batch("NEET 2027 C")))
    assert sent(later, people.other_student(), device_hash="a", at=None) == []


@pytest.mark.parametrize(("apart", "is_same"), [(0.0, True), (4e-7, True), (1e-6, False)])
def test_same_coordinates_are_those_that_agree_to_six_decimals(register: Register, apart: float, is_same: bool) -> None:
    sent(register, at=(20.006412, 73.764534))
    found = sent(register, people.other_student(), at=(20.006412 + apart, 73.764534))
    assert kinds(found) == ({Kind.SAME_POSITION} if is_same else set())


@pytest.mark.parametrize(("days", "is_noted"), [(1, False), (2, True)])
def test_same_coordinates_of_one_student_are_noted_on_the_third_day(
    register: Register, days: int, is_noted: bool
) -> None:
    now = timezone.now()
    for ago in range(days, 0, -1):
        sent(register, taken=now - timedelta(days=ago))
    assert kinds(sent(register, taken=now)) == ({Kind.REPEATED_POSITION} if is_noted else set())


def test_same_coordinates_three_times_on_one_day_are_no_three_days(register: Register) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0)
    for minutes in (0, 2, 4, 6):
        found = sent(register, taken=noon + timedelta(minutes=minutes))
    assert found == []


@pytest.mark.parametrize(("accuracy", "is_noted"), [(2.9, True), (3.0, False), (12.5, False)])
def test_the_very_same_accuracy_is_noted_below_three_metres(
    register: Register, accuracy: float, is_noted: bool
) -> None:
    sent(register, at=north_of(2), accuracy=accuracy)
    found = sent(register, people.other_student(), at=north_of(9), accuracy=accuracy)
    assert kinds(found) == ({Kind.TOO_EXACT} if is_noted else set())


def test_the_very_same_accuracy_as_at_another_time_of_his_own_is_noted(register: Register) -> None:
    sent(register, at=north_of(2), accuracy=2.5)
    (flag,) = sent(register, at=north_of(4), accuracy=2.5)
    assert (flag.kind, flag.figures) == (Kind.TOO_EXACT, {"accuracy_m": 2.5})


@pytest.mark.parametrize(
    ("kilometres", "minutes", "is_noted"), [(26, 10, True), (24, 10, False), (300, 60 * 24, False)]
)
def test_faster_than_150_kmh_between_his_own_positions_is_noted(
    register: Register, kilometres: float, minutes: int, is_noted: bool
) -> None:
    now = timezone.now()
    sent(register, at=north_of(kilometres * 1000), taken=now - timedelta(minutes=minutes), decision="OUTSIDE")
    found = sent(register, taken=now)
    assert kinds(found) == ({Kind.TOO_FAST} if is_noted else set())


def test_two_uncertain_positions_at_once_are_no_journey(register: Register) -> None:
    now = timezone.now()
    sent(register, at=north_of(900), accuracy=1000, taken=now)
    assert sent(register, at=THERE, accuracy=20, taken=now) == []


@pytest.mark.parametrize(
    ("agent", "accuracy", "is_noted"),
    [(LAPTOP, 9.9, True), (LAPTOP, 10, False), (PHONE, 4, False), ("Safari, iPad", 4, False), ("", 4, False)],
)
def test_computer_that_knows_its_place_within_ten_metres_is_noted(
    register: Register, agent: str, accuracy: float, is_noted: bool
) -> None:
    assert kinds(sent(register, agent=agent, accuracy=accuracy)) == ({Kind.DESKTOP} if is_noted else set())


def test_outside_and_offline_are_noted(register: Register) -> None:
    found = sent(register, at=north_of(400), decision="OUTSIDE", is_offline=True)
    assert kinds(found) == {Kind.OUTSIDE, Kind.OFFLINE}


def a_class_in_the_hall(register: Register, *, addresses: tuple[str, ...] = (HALL,) * 3) -> None:
    for number, ip in enumerate(addresses):
        student = people.person(f"Student {number}", people.student().role, admission_number=f"H-{number}")  # type: ignore[arg-type]
        sent(register, student, at=north_of(5 * number + 1), ip=ip)


@pytest.mark.parametrize(
    ("age", "ip", "is_noted"),
    [(16, HOME, True), (15, HOME, False), (16, HALL, False), (16, "203.0.113.99", False), (16, None, False)],
)
def test_code_after_fifteen_seconds_from_another_network_is_noted(
    register: Register, age: int, ip: str | None, is_noted: bool
) -> None:
    a_class_in_the_hall(register)
    found = sent(register, at=None, ip=ip, code_ok=True, code_age_s=age)
    assert kinds(found) == ({Kind.LATE_CODE} if is_noted else set())


@pytest.mark.parametrize("addresses", [(HALL, HALL), (HALL, HOME, OTHER_HOME, HALL)])
def test_class_without_a_usual_network_has_no_late_codes(register: Register, addresses: tuple[str, ...]) -> None:
    a_class_in_the_hall(register, addresses=addresses)
    assert sent(register, at=None, ip="100.64.3.2", code_ok=True, code_age_s=30) == []


def test_addresses_of_one_institute_in_ipv6_are_one_network(register: Register) -> None:
    a_class_in_the_hall(register, addresses=("2001:db8:7:1::1", "2001:db8:7:2::9", "2001:db8:7::5"))
    assert sent(register, at=None, ip="2001:db8:7:ff::2", code_ok=True, code_age_s=30) == []
    assert kinds(sent(register, at=None, ip="2001:db8:8::2", code_ok=True, code_age_s=30)) == {Kind.LATE_CODE}


def test_a_kind_is_noted_once_until_somebody_has_looked(register: Register) -> None:
    away = {"at": north_of(400), "decision": "OUTSIDE"}
    assert kinds(sent(register, **away)) == {Kind.OUTSIDE}  # type: ignore[arg-type]
    assert sent(register, **away) == []  # type: ignore[arg-type]
    Flag.objects.update(reviewed_at=timezone.now())
    assert kinds(sent(register, **away)) == {Kind.OUTSIDE}  # type: ignore[arg-type]


def test_looking_twice_at_one_check_in_notes_nothing_twice(register: Register) -> None:
    (flag,) = sent(register, at=north_of(400), decision="OUTSIDE")
    Flag.objects.update(reviewed_at=timezone.now())
    assert flags.look_at(flag.attempt, flag.attempt.position, now=timezone.now()) == []


def test_flags_change_no_record(register: Register) -> None:
    sent(register, device_hash="a")
    sent(register, people.other_student(), device_hash="a")
    assert Flag.objects.exists()
    assert not Record.objects.exists()


def test_looking_costs_two_queries_when_all_is_well_and_five_at_most(
    register: Register, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    a_class_in_the_hall(register)
    for ago in (4, 3, 2):
        sent(register, people.other_student(), taken=timezone.now() - timedelta(days=ago), device_hash="a")
    attempt = CheckInAttempt.objects.filter(student=people.other_student()).latest("pk")
    fresh = CheckInAttempt.objects.create(
        register=register, student=people.student(), client_uuid=uuid.uuid4(), accuracy_m=12, decision="INSIDE"
    )
    there = CheckInPosition.objects.create(attempt=fresh, latitude=20.00643, longitude=73.76452, ip=HALL)
    with django_assert_num_queries(2):
        assert flags.look_at(fresh, there, now=timezone.now()) == []
    fresh.device_hash, fresh.decision, fresh.code_ok, fresh.code_age_s = "a", "OUTSIDE", True, 30
    fresh.network = network_of(register, HOME)
    there.latitude, there.longitude = attempt.position.latitude, attempt.position.longitude
    with django_assert_max_num_queries(5):
        found = flags.look_at(fresh, there, now=timezone.now())
    assert kinds(found) == {Kind.SAME_DEVICE, Kind.SAME_POSITION, Kind.OUTSIDE, Kind.LATE_CODE}


def test_network_is_kept_so_that_it_leads_back_to_no_address_and_to_no_other_class(register: Register) -> None:
    other = registers.register(registers.class_now(batch=timetables.batch("NEET 2027 C")))
    assert network_of(register, HALL) == network_of(register, "203.0.113.200") != network_of(other, HALL)
    assert len(network_of(register, HALL)) == 16
    assert network_of(register, None) == ""
