"""What is no check-in: refused by name of the field, and nothing of it is stored."""

import json
import math
from typing import Any

import pytest

from attendance.models import CheckInAttempt, CheckInPosition, Record, Register
from tests import people
from tests.attendance import registers
from tests.attendance.checking_in import address, body, fix, send

pytestmark = pytest.mark.django_db

NUMBERS = ("latitude", "longitude", "accuracy", "fix_age_ms")
NO_NUMBERS: list[Any] = ["20.0064", "", True, False, None, [20.0], {"value": 20.0}, 10**300, -1e9, 1e11]
WRONG = [
    *((name, fix() | {name: value}) for name in NUMBERS for value in NO_NUMBERS),
    ("latitude", fix() | {"latitude": 90.1}),
    ("longitude", fix() | {"longitude": -180.5}),
    ("latitude", fix((0, 0))),
    ("latitude", fix((0.0, -0.0))),
    ("accuracy", fix(accuracy=0)),
    ("accuracy", fix(accuracy=-5)),
    ("accuracy", fix(accuracy=1e9)),
    ("fix_age_ms", fix(age_ms=-1)),
    ("client_uuid", {"client_uuid": "x"}),
    ("client_uuid", {"client_uuid": 7}),
    ("client_uuid", {"client_uuid": None}),
    ("client_uuid", {"client_uuid": ["a"]}),
    ("client_uuid", {"client_uuid": "{12345678-1234-1234-1234-1234567890}"}),
    ("code", {"code": 12345678}),
    ("code", {"code": "A" * 41}),
    ("code", {"code": "ABCD\0EFG"}),
    ("tell_teacher", {"tell_teacher": "true"}),
    ("tell_teacher", {"tell_teacher": 1}),
    ("trouble", {"trouble": "unknown"}),
    ("captured_at", {"offline": True}),
    ("captured_at", {"offline": True, "captured_at": "yesterday"}),
    ("captured_at", {"offline": True, "captured_at": "2026-11-22T10:00:00"}),
    ("captured_at", {"offline": True, "captured_at": "2026-13-45T10:00:00Z"}),
    ("captured_at", {"offline": True, "captured_at": "2999-01-01T10:00:00Z"}),
    ("offline", {"offline": "yes"}),
]


def assert_nothing_stored() -> None:
    for model in (CheckInAttempt, CheckInPosition, Record):
        assert not model._default_manager.exists()


def test_malformed_check_in_is_refused_by_its_field_and_leaves_nothing():
    class_session = registers.class_now()
    browser = people.signed_in(people.student())
    for field, wrong in WRONG:
        text = json.dumps(body() | wrong)
        answer = browser.post(address(class_session), text, content_type="application/json")
        assert answer.status_code == 422, text
        error = answer.json()["error"]
        assert (error["code"], list(error["fields"])) == ("malformed", [field]), text
    assert_nothing_stored()


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "null",
        "[]",
        "7",
        '"text"',
        "{",
        "{]",
        "\udcff",
        '{"latitude": NaN}',
        '{"latitude": Infinity}',
        '{"latitude": -Infinity}',
        "[" * 4000,
        '{"a":' * 800,
        '{"latitude": ' + "9" * 4000 + "}",
    ],
)
def test_body_that_is_no_json_object_is_refused(text):
    class_session = registers.class_now()
    browser = people.signed_in(people.student())
    raw = text.encode("utf-8", "surrogateescape")
    answer = browser.post(address(class_session), raw, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]
    assert_nothing_stored()


def test_position_sent_as_nan_is_refused():
    class_session = registers.class_now()
    for name in NUMBERS:
        assert send(class_session, body(**fix() | {name: math.nan})).status_code == 422
    assert_nothing_stored()
    assert not Register.objects.exists()


def test_body_of_a_megabyte_is_too_large():
    class_session = registers.class_now()
    answer = send(class_session, body(code="A" * 1_000_000))
    assert answer.status_code == 413
    assert_nothing_stored()


def test_check_in_without_the_token_of_a_page_is_refused():
    from django.test import Client

    class_session = registers.class_now()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.student())
    assert send(class_session, body(**fix()), browser=browser).status_code == 403
    assert_nothing_stored()


def test_fields_nobody_asked_for_change_nothing():
    register = registers.register()
    more = {"status": "P", "student": people.other_student().pk, "received_at": "2020-01-01", "decision": "INSIDE"}
    got = send(register.class_session, body(**fix(registers.north_of(500)), **more)).json()
    assert (got["decision"], got["status"]) == ("OUTSIDE", "UNMARKED")
    assert CheckInAttempt.objects.get().student == people.student()
