"""Every address is asked and sent what no browser of ours sends: no page may fail over it (status 500 and above)."""

import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.access_table import TABLE

pytestmark = pytest.mark.django_db
FIELDS = (
    *(
        "q",
        "page",
        "role",
        "state",
        "seen",
        "account",
        "drive",
        "sort",
        "rows",
        "about",
        "next",
        "v",
        "kind",
        "channel",
    ),
    *("person", "event", "since", "until", "ip", "device", "do", "mode", "chosen", "all", "title", "text", "message"),
    *("client_uuid", "purpose", "evidence", "typed", "reason", "guardian", "relation", "label", "days", "pin", "name"),
    *("email", "phone", "admission_number", "date_of_birth", "theme", "language", "sure", "shown", "login", "password"),
    *("time_zone", "academic_year_month", "begins", "ends", "lines", "students", "grants", "subject", "cap", "limit"),
)
HOSTILE = {"number": "9" * 5_000, "signs": b"a\0\xff\xed\xa0\x80\r\n", "long": "💥" * 1_000}
ASKED = {kind: "&".join(f"{field}={quote(value)}" for field in FIELDS) for kind, value in HOSTILE.items()}
"""Written once: to quote ninety long words took longer than most pages."""
WRONG = (
    *(
        "9" * 30,
        "9" * 5_000,
        "-1",
        "1e400",
        "a\0b",
        "a\r\nb: c",
        "💥" * 1_000,
        "<script>",
        "%_\\'\"",
        "\u200b",
        "\u202eabc",
    ),
    *("", "१" * 50, "0001-01-01", "2026-13-45", "25:61", str(uuid.UUID(int=0))),
)
BATCH = {
    "name": "NEET",
    "mode": "ONLINE",
    "link": "https://a.example/",
    "seats": "9",
    "venue": "",
    "batch_uuid": "",
    "starts_on": "2026-12-01",
    "ends_on": "",
    "subjects": "",
    "more_subjects": "Botany",
    "teachings-TOTAL_FORMS": "1",
    "teachings-INITIAL_FORMS": "0",
    "teachings-0-teacher": "",
    "teachings-0-subject": "",
    "place-name": "Hall",
    "place-latitude": "20",
    "place-longitude": "73",
    "place-radius_m": "50",
}
TEST = {
    "title": "Mock",
    "scheme": "1",
    "batches": "",
    "opens_at": "2026-12-01T10:00",
    "closes_at": "2026-12-01T13:00",
    "duration_min": "180",
    "most_attempts": "1",
    "results_release": "ON_DATE",
    "results_at": "2026-12-02T10:00",
    "solutions_release": "NEVER",
    "focus_action": "NOTE",
    "focus_limit": "3",
    "access_code": "B7",
    "instructions": "All",
    "test_uuid": "",
}
FORMS: dict[str, dict[str, Any]] = {
    "test_new": TEST,
    "test_edit": {"title": "Mock", "revision": "1"},
    "section_new": {"title": "Physics", "title_hi": "", "subject": "", "duration_min": "60", "any_rule": "BEST"},
    "section_add": {"chosen": ""},
    "section_blueprint": {
        "cells-TOTAL_FORMS": "1",
        "cells-INITIAL_FORMS": "0",
        "cells-0-count": "2",
        "cells-0-subject": "",
        "cells-0-kind": "SINGLE",
        "do": "pick",
    },
    "placed_block_move": {"to": "1"},
    "test_allowances": {"whom": "", "minutes": "10", "reason": "Scribe"},
    "test_copy": {"copy_uuid": ""},
    "question_tests": {"do": "limits", "seconds": "2", "memory_mb": "256", "revision": "1"},
    "question_tests_style": {"style": "FUNCTION", "revision": "1", "py_before": "", "py_start": "", "py_after": "f()"},
    "suite_group": {"title": "Small", "rule": "EACH", "points_each": "5", "revision": "1"},
    "suite_solution": {"name": "a.py", "language": "py", "expects": "PASS", "source": "1", "note": "", "revision": "1"},
    "suite_test": {"group": "1", "points": "1", "name": "", "stdin": "1", "answer": "1", "revision": "1"},
    "suite_test_do": {"do": "move", "to": "1", "revision": "1"},
    "code_rules": {"counts": "BEST", "feedback": "TESTS", "most_submissions": "9", "pause_s": "1", "seen": ""},
    "person_create": {"name": "Isha", "role": "STUDENT", "email": "", "admission_number": "7", "phone": "98230 41161"},
    "person_edit": {"name": "Isha", "role": "STUDENT", "admission_number": "7", "is_active": "on", "date_of_birth": ""},
    "institute": {
        "name": "P",
        "language": "en",
        "academic_year_month": "4",
        "minor_location": "EXEMPT",
        "time_zone": "",
    },
    "guardian_link_list": {"label": "Mother", "days": "30"},
    "guardian_link_extend": {"until": ""},
    "guardian_link": {"pin": "123456"},
    "person_guardians": {"do": "add", "guardian": "", "relation": "Aunt"},
    "question_create": {"subject": "Fees", "text": "Which?", "client_uuid": ""},
    "question": {"text": "Which?", "client_uuid": ""},
    "person_consents": {"do": "give", "purpose": "PHOTO", "evidence": "Folder 12"},
    "erasure": {"do": "refuse", "reason": "Law", "typed": "2026-0188"},
    "people_act": {"all": "1", "do": "message", "title": "Hi", "q": "", "role": "", "message": str(uuid.UUID(int=1))},
    "notification_choices": {"begins": "22:00", "ends": "06:00"},
    "profile": {"phone": "98230 41161", "language": "hi"},
    "data_export": {"person": ""},
    "theme_set": {"theme": "dark", "next": "/"},
    "set_language": {"language": "hi", "next": "/"},
    "batch_create": BATCH,
    "batch_change": BATCH | {"seen": ""},
    "batch_restore": {"name": "JEE"},
    "place_create": {"name": "Room 1", "venue": "", "seats": ""},
    "place_change": {"name": "College Road", "latitude": "20", "longitude": "73", "radius_m": "50", "shown": ""},
}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_address_fails_over_what_it_is_asked_or_sent(name, browser_of):
    browser, failed = browser_of("admin"), []
    browser.raise_request_exception = False
    path = reverse(name, kwargs=TABLE[name].kwargs())
    for kind, value in HOSTILE.items():
        sent = value if isinstance(value, str) else value.decode("latin-1")
        cache.clear()
        asked = browser.get(f"{path}?{ASKED[kind]}")
        posted = browser.post(path, dict.fromkeys(FIELDS, sent))
        failed += [(kind, answer.request["REQUEST_METHOD"]) for answer in (asked, posted) if answer.status_code >= 500]
    assert failed == []


@pytest.mark.parametrize("name", sorted(FORMS))
def test_no_form_fails_over_one_wrong_field(name, browser_of):
    browser, failed = browser_of("admin"), []
    browser.raise_request_exception = False
    path = reverse(name, kwargs=TABLE[name].kwargs())
    for value in WRONG:
        for field in FORMS[name]:
            cache.clear()
            if browser.post(path, FORMS[name] | {field: value}).status_code >= 500:
                failed.append((field, value[:20]))
    assert failed == []
