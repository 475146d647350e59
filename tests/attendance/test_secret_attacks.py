"""What nobody may learn of attendance: coordinates but for admins who are logged, keys of codes, marks of devices."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, Notification, User
from attendance import class_codes
from attendance.models import CheckInAttempt, CheckInPosition, Flag, Mode, Record, Register
from batches.models import ClassSession
from tests import people
from tests.attendance import asking, registers
from tests.attendance.checking_in import body, code_now, fix, send
from tests.batches import timetables

pytestmark = pytest.mark.django_db

NORTH, EAST = 20.0064321, 73.7645678
PLACE = ("20.00643", "73.76456", "20.0064", "73.7645")


@pytest.fixture
def held() -> ClassSession:
    """A class with check-ins of two on one device, from one place, with the code."""
    row = registers.class_now()
    timetables.enrol(people.other_student(), row.batch)
    asking.a_family()
    register = registers.register(row, mode=Mode.GPS_AND_CODE)
    browser = people.signed_in(people.student())
    browser.get("/")
    send(row, body(**fix((NORTH, EAST)), code=code_now(register)), browser=browser)
    send(row, body(**fix((NORTH, EAST), accuracy=2.0)), who=people.other_student())
    send(row, body(**fix((NORTH + 0.05, EAST))), who=people.other_student())
    assert CheckInPosition.objects.count() == 3
    return row


def secrets_of(held: ClassSession) -> list[str]:
    register = Register.objects.get(pk=held.pk)
    register.class_session = held
    nonce, key = bytes(register.code_nonce), class_codes.key_of(register)
    hashes = set(CheckInAttempt.objects.values_list("device_hash", "network").distinct())
    return [nonce.hex(), key.hex(), str(nonce), str(key), *(one for pair in hashes for one in pair if one)]


def text_of(answer: Any) -> str:
    found = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found.decode() + str(dict(answer.headers))


def pages(held: ClassSession) -> list[str]:
    record = Record.objects.get(student=people.student())
    attempt = CheckInAttempt.objects.filter(student=people.student())[0]
    return [
        *(
            reverse(name)
            for name in ("attendance", "flag_list", "ask_list", "absentees", "low_attendance", "leave_list")
        ),
        *(
            reverse(name, args=[held.uuid])
            for name in ("register", "register_lines", "register_close", "class_session")
        ),
        *(
            reverse(name, args=[held.uuid])
            for name in ("check_in", "register_headcount", "own_record", "register_mode")
        ),
        reverse("record", args=[record.uuid]),
        reverse("attendance_of", args=[people.student().uuid]),
        reverse("attendance_grid", args=[held.batch.uuid]),
        reverse("check_in_position", args=[attempt.uuid]),
        "/",
    ]


@pytest.mark.parametrize(
    "who", [people.student, people.other_student, people.guardian, people.teacher, people.other_teacher, people.admin]
)
def test_no_page_that_is_looked_at_tells_coordinates_keys_or_marks_of_devices(held, who):
    browser, hidden = people.signed_in(who()), [*PLACE, *secrets_of(held)]
    for address in pages(held):
        answer = browser.get(address)
        told = text_of(answer)
        assert answer.status_code in {200, 204, 302, 403, 404}, address
        assert not [one for one in hidden if one in told], address


def test_files_tell_no_coordinates(held):
    admin, hidden = people.signed_in(people.admin()), [*PLACE, *secrets_of(held)]
    names = [("attendance_grid_export", [held.batch.uuid]), ("attendance_of_export", [people.student().uuid])]
    for name, numbers in [*names, ("absentees_export", []), ("low_attendance_export", [])]:
        told = text_of(admin.post(reverse(name, args=numbers)))
        assert not [one for one in hidden if one in told], name


def test_neither_log_nor_news_nor_flags_hold_coordinates_or_codes(held, caplog):
    attempt = CheckInAttempt.objects.filter(student=people.student())[0]
    with caplog.at_level("DEBUG"):
        code = code_now(held.register)
        send(held, body(**fix((NORTH, 999.0)), code=code))
        send(held, body(**fix((NORTH, EAST)), code=code))
        people.signed_in(people.admin()).post(reverse("check_in_position", args=[attempt.uuid]))
    kept = [*Activity.objects.values(), *Notification.objects.values(), *Flag.objects.values()]
    told = " ".join([caplog.text, *(json.dumps(row, default=str) for row in kept)])
    assert not [one for one in (*PLACE, code, *secrets_of(held)) if one in told]
    assert Activity.objects.filter(event="check_in.position_seen", subject=people.student()).count() == 1


def test_records_of_the_office_tell_none_of_it_and_find_nothing_by_it(held):
    """Neither on the pages of Django's admin nor letter by letter through its addresses."""
    browser, hidden = people.signed_in(people.admin()), [*PLACE, *secrets_of(held)]
    hidden_names = {
        "checkinposition": ("latitude__gte", "ip__startswith", "attempt__device_hash__startswith"),
        "checkinattempt": ("position__latitude__gte", "device_hash__startswith", "network", "register__code_nonce__gt"),
        "register": ("code_nonce__gt", "called__contains"),
        "record": ("remark__startswith", "attempt__position__latitude__gte", "attempt__device_hash"),
        "flag": ("note__startswith", "attempt__position__longitude__gte", "attempt__network"),
    }
    for model in apps.get_app_config("attendance").get_models():
        name = model._meta.model_name or ""
        listed = reverse(f"admin:attendance_{name}_changelist")
        addresses = [listed, *(f"{listed}?{one}=0" for one in hidden_names.get(name, ()))]
        row = model._default_manager.first()
        if row:
            addresses.append(reverse(f"admin:attendance_{name}_change", args=[row.pk]))
        for address in addresses:
            answer = browser.get(address)
            told = text_of(answer)
            assert answer.status_code in ({200} if "?" not in address else {302, 400, 403}), (
                address,
                answer.status_code,
            )
            assert not [one for one in hidden if one in told], address


def test_looking_at_any_page_of_attendance_writes_nothing(held):
    tables = list(apps.get_app_config("attendance").get_models())

    def rows() -> list[Any]:
        return [list(model._default_manager.order_by("pk").values()) for model in tables]

    before = rows()
    for who in (people.student, people.guardian, people.teacher, people.admin):
        browser = people.signed_in(who())
        for address in pages(held):
            browser.get(address)
            browser.head(address)
    assert rows() == before


def test_the_same_for_everybody_who_is_not_signed_in(held):
    for address in pages(held):
        assert Client().get(address).status_code == 302, address


def test_name_of_the_institute_or_a_batch_breaks_out_of_no_page(held):
    hostile = '"><svg onload=alert(1)>{{ 7|add:7 }}'
    held.batch.name = hostile[:80]
    held.batch.save()
    User.objects.filter(pk=people.student().pk).update(name=hostile[:80])
    teacher = people.signed_in(people.teacher())
    teacher.post(reverse("class_code", args=[held.uuid]))
    for address in [*pages(held), reverse("class_code", args=[held.uuid]), reverse("class_code_now", args=[held.uuid])]:
        assert "<svg onload" not in text_of(teacher.get(address)), address
