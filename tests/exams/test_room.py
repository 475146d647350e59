"""The waiting room over HTTP: coming in, what it shows, the sealed paper, the opening."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exams import sealed_papers
from exams.content import Kind
from exams.models import Attempt, SealedPaper, Test
from exams.models.attempts import State
from tests import people
from tests.exams import papers

pytestmark = pytest.mark.django_db
ALONE = {"alone": "on"}


def coming(minutes: float = 10, **fields) -> Test:
    """A paper of every kind that opens so many minutes from now."""
    opens = timezone.now() + timedelta(minutes=minutes)
    kinds = [one for one in Kind if one is not Kind.PASSAGE]
    return papers.paper(kinds, opens_at=opens, closes_at=opens + timedelta(hours=3), **fields)


def opened(test: Test) -> None:
    Test.objects.filter(pk=test.pk).update(opens_at=timezone.now() - timedelta(seconds=1))


def room(test: Test) -> str:
    return f"/exams/tests/{test.uuid}/room/"


def start(client: Client, attempt: Attempt):
    return client.post(f"/exams/attempts/{attempt.uuid}/start/", headers={"accept": "application/json"})


@pytest.fixture
def student(browser_of) -> Client:
    return browser_of("student")


def test_student_comes_in_waits_and_begins_at_the_opening(student):
    test = coming()
    assert student.get(room(test))["Location"] == f"/exams/tests/{test.uuid}/"
    assert student.post(room(test), ALONE)["Location"] == room(test)
    page = student.get(room(test)).content.decode()
    assert "Opens in" in page
    attempt = Attempt.objects.get()
    early = start(student, attempt)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_open_yet")
    assert 0 < early.json()["error"]["seconds"] <= 600
    assert early["Retry-After"] == str(early.json()["error"]["seconds"])
    opened(test)
    begun = start(student, attempt)
    assert begun.json()["epoch"] == 1
    assert begun["Cache-Control"] == "no-store"
    assert student.get(room(test))["Location"] == f"/exams/attempts/{attempt.uuid}/"


def test_who_comes_late_begins_at_once(student):
    test = papers.paper()
    answer = student.post(room(test), ALONE)
    attempt = Attempt.objects.get()
    assert (attempt.state, answer["Location"]) == (State.WRITING, f"/exams/attempts/{attempt.uuid}/")


def test_who_does_not_promise_or_has_the_wrong_code_stays_outside_and_is_told(student):
    test = coming(access_code="Tiger7")
    for sent in ({}, ALONE, ALONE | {"code": "lion"}, ALONE | {"code": "x" * 5000}):
        answer = student.post(room(test), sent, follow=True)
        assert answer.redirect_chain[-1][0] == f"/exams/tests/{test.uuid}/"
        assert 'role="alert"' in answer.content.decode() or "toast" in answer.content.decode()
    assert not Attempt.objects.exists()
    student.post(room(test), ALONE | {"code": "tiger7"})
    assert Attempt.objects.count() == 1


def test_plain_form_that_begins_too_early_comes_back_to_the_room(student):
    test = coming()
    student.post(room(test), ALONE)
    answer = student.post(f"/exams/attempts/{Attempt.objects.get().uuid}/start/", follow=True)
    assert answer.redirect_chain[-1][0] == room(test)
    assert "opens on" in answer.content.decode()


def test_sealed_paper_is_kept_by_the_browser_and_asked_for_once(student):
    test = coming()
    student.post(room(test), ALONE)
    url = student.get(f"{room(test)}state/").json()["paper"]["url"]
    answer = student.get(url)
    row = SealedPaper.objects.get()
    assert answer.content == bytes(row.ciphertext)
    assert answer["ETag"] == f'"{row.sha256}"'
    assert {"private", "immutable"} <= set(answer["Cache-Control"].replace(",", "").split())
    again = student.get(url, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_room_notices_a_paper_that_was_changed_a_test_that_was_stopped_and_who_else_waits(student):
    test = coming()
    student.post(room(test), ALONE)
    before = student.get(f"{room(test)}state/").json()
    Test.objects.update(paper_revision=2, is_active=False)
    after = student.get(f"{room(test)}state/").json()
    assert (before["problem"], before["others"], before["state"]) == ("", 0, "READY")
    assert "lets nobody begin" in after["problem"]
    assert after["paper"]["sha256"] != before["paper"]["sha256"]
    assert after["paper"]["revision"] == 2


def secrets_of(test: Test) -> list[bytes]:
    """Everything a student must not have before the opening: words of questions and options, and the key's bytes."""
    row = sealed_papers.seal(test)
    key = sealed_papers.opened_key(row)
    words = ["joule", "newton", "watt", "pascal", "Question 1", "हिन्दी: ", "F = ma", "5.237"]
    written = [key, key.hex().encode(), json.dumps(list(key)).encode()]
    coded = [base64.b64encode(key)]
    return [*(word.encode() for word in words), *written, *coded]


def test_nothing_that_can_be_read_leaves_before_the_opening(student):
    test = coming()
    student.post(room(test), ALONE)
    attempt, paper = Attempt.objects.get(), sealed_papers.seal(test)
    addresses = [
        *("/exams/", f"/exams/tests/{test.uuid}/", room(test), f"{room(test)}state/", f"/exams/papers/{paper.uuid}/"),
        *(f"/exams/attempts/{attempt.uuid}/{end}" for end in ("", "state/", "paper/", "q/1/", "log/", "takeover/")),
        *("/dashboard/", "/calendar/", "/todo/", "/more/"),
    ]
    answers = [student.get(one, follow=True) for one in addresses]
    answers += [start(student, attempt), student.post(f"/exams/attempts/{attempt.uuid}/start/", follow=True)]
    saves = {"epoch": 1, "responses": [], "events": []}
    for end in ("responses", "finish"):
        answers.append(student.post(f"/exams/attempts/{attempt.uuid}/{end}/", saves, "application/json"))
    leaked = [
        (answer.request["PATH_INFO"], word) for answer in answers for word in secrets_of(test) if word in answer.content
    ]
    assert leaked == []
    opened(test)
    assert secrets_of(test)[-1] in start(student, attempt).content  # what was looked for is what opens it
    assert b"joule" in student.get(f"/exams/attempts/{attempt.uuid}/paper/").content


def test_old_sealed_papers_are_not_for_who_was_not_let_in(browser_of):
    paper = sealed_papers.seal(coming())
    for who, status in (("student", 404), ("guardian", 404), ("other teacher", 404), ("teacher", 200)):
        assert browser_of(who).get(f"/exams/papers/{paper.uuid}/").status_code == status


def test_room_asks_as_much_with_many_who_wait(student, django_assert_num_queries, django_assert_max_num_queries):
    test = coming()
    student.post(room(test), ALONE)
    student.get(room(test))
    with django_assert_max_num_queries(20) as few:
        student.get(room(test))
    with django_assert_max_num_queries(8):
        student.get(f"{room(test)}state/", headers={"x-live": "1"})
    for number in range(20):
        papers.attempt(
            test,
            people.person(f"Writer {number}", people.student().role, admission_number=f"W-{number}"),
            state=State.READY,
            started_at=None,
            deadline_at=None,
        )
    with django_assert_num_queries(len(few)):
        student.get(room(test))


@pytest.mark.parametrize("end", ["start", "takeover"])
@pytest.mark.parametrize("sent", [{"do": "x" * 9000}, {"do": "a\0b"}, {}])
def test_hostile_posts_are_answered(student, end, sent):
    attempt = papers.attempt(device_id=uuid.UUID(int=9))
    assert student.post(f"/exams/attempts/{attempt.uuid}/{end}/", sent).status_code in {302, 409}
    attempt.refresh_from_db()
    assert attempt.epoch == 1
