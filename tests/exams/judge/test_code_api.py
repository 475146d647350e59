"""What an editor sends and is answered: as JSON, as a form without JavaScript, and who sees a submission at all."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams.models import CodeSubmission, Judgement
from tests import people
from tests.exams import coded
from tests.exams.judge_rows import a_host, a_question, an_attempt, crowd, judge, run, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _judge() -> None:
    a_host()


@pytest.fixture
def question():
    return a_question()


@pytest.fixture
def attempt(question):
    return an_attempt(question)


def post(attempt, question, to="code_submit", *, browser=None, **sent):
    body = {"epoch": 1, "language": "py", "source": coded.ADD} | sent
    client = browser or people.signed_in(attempt.student)
    url = reverse(to, args=[attempt.uuid, question.uuid])
    return client.post(url, json.dumps(body), content_type="application/json")


def look(submission, person, **headers):
    return people.signed_in(person).get(reverse("code", args=[submission.uuid]), headers=headers)


def test_a_program_is_taken_and_its_address_said(attempt, question):
    answer = post(attempt, question)
    made = CodeSubmission.objects.get()
    assert (answer.status_code, answer["Cache-Control"]) == (202, "no-store")
    said = answer.json()
    assert (said["id"], said["url"], said["state"], said["kind"]) == (
        str(made.uuid), f"/exams/code/{made.uuid}/", "PENDING", "SUBMIT",
    )  # fmt: skip
    assert post(attempt, question).status_code == 200  # the same one, sent again


def test_a_run_takes_an_own_input(attempt, question):
    assert post(attempt, question, "code_run", stdin="").json()["kind"] == "RUN"
    made = CodeSubmission.objects.get()
    assert (made.has_stdin, made.stdin) == (True, "")


def test_a_form_is_led_to_the_page_of_what_it_sent(attempt, question):
    sent = {"epoch": "1", "language": "py", "source": coded.ADD.replace("\n", "\r\n"), "stdin": ""}
    url = reverse("code_run", args=[attempt.uuid, question.uuid])
    answer = people.signed_in(attempt.student).post(url, sent)
    made = CodeSubmission.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/exams/code/{made.uuid}/")
    assert (made.source, made.has_stdin) == (coded.ADD, False)  # an empty field is no input


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"epoch": "1"}, "epoch"),
        ({"epoch": True}, "epoch"),
        ({"epoch": -1}, "epoch"),
        ({"epoch": 2**60}, "epoch"),
        ({"seq": 0}, "seq"),
        ({"seq": "8"}, "seq"),
        ({"source": 5}, "source"),
        ({"source": None}, "source"),
        ({"language": ["py"]}, "language"),
        ({"source": "print('\ud800')"}, "source"),
    ],
)
def test_what_is_malformed_is_named(attempt, question, sent, field):
    answer = post(attempt, question, **sent)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"epoch": NaN}', b"[" * 50_000])
def test_what_is_no_json_object_is_refused(attempt, question, body):
    url = reverse("code_submit", args=[attempt.uuid, question.uuid])
    answer = people.signed_in(attempt.student).post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "malformed")


def test_a_body_over_the_limit_is_not_read(attempt, question):
    assert post(attempt, question, source="#" * 1024 * 1024).status_code == 413


def test_refusals_say_their_code_and_when_to_come_again(attempt, question):
    judge(submit(attempt, question), "AC", "AC", "AC")
    soon = post(attempt, question, source="print(1)")
    assert (soon.status_code, soon.json()["error"]["code"]) == (429, "too_soon")
    assert 1 <= int(soon["Retry-After"]) <= 10
    moved = post(attempt, question, epoch=5)
    assert (moved.status_code, moved.json()["error"]["code"]) == (409, "attempt_moved")


def test_a_foreign_or_made_up_attempt_is_not_there(attempt, question):
    assert post(attempt, question, browser=people.signed_in(people.teacher())).status_code == 404
    url = reverse("code_submit", args=[uuid.uuid4(), question.uuid])
    body = json.dumps({"epoch": 1, "language": "py", "source": "1"})
    assert people.signed_in(attempt.student).post(url, body, content_type="application/json").status_code == 404


def test_its_student_and_staff_of_the_test_see_a_submission_and_nobody_else(attempt, question):
    made = submit(attempt, question)
    seen = {one: look(made, person()).status_code for one, person in people.EVERYBODY.items()}
    assert {one for one, status in seen.items() if status == 200} >= {"student", "teacher", "admin"}
    assert seen["guardian"] == seen["other teacher"] == 404


def test_only_staff_read_why_it_could_not_be_judged(attempt, question):
    made = submit(attempt, question)
    Judgement.objects.update(detail="the sandbox broke")
    assert "detail" not in look(made, attempt.student).json()
    assert look(made, people.teacher()).json()["detail"] == "the sandbox broke"


@pytest.mark.parametrize("to", ["code_submit", "code_run"])
def test_a_program_costs_thirteen_statements_however_many_came_before(
    attempt, question, to, django_assert_max_num_queries
):
    """Session, person, slot, suite and rules; in one transaction fence, answer, what came before, queue, two rows."""
    browser, now = people.signed_in(attempt.student), timezone.now() - timedelta(minutes=5)
    for turn in range(3):
        now += timedelta(minutes=1)
        make = submit if to == "code_submit" else run
        made = make(attempt, question, f"print({turn})", now=now)
        judge(made, "AC", "WA", "AC", now=now)
    browser.get(reverse("code", args=[made.uuid]))  # this process meets the suite
    with django_assert_max_num_queries(13):
        answer = post(attempt, question, to, browser=browser)
    assert (answer.status_code, answer.json()["position"]) == (202, 1)


@pytest.mark.parametrize("to", ["code_submit", "code_run"])
def test_what_is_said_of_a_program_that_was_taken_is_what_a_look_says(attempt, question, to):
    others = [an_attempt(question, one) for one in crowd(3)]
    for other, make in zip(others, (run, submit, run), strict=True):
        make(other, question)
    browser = people.signed_in(attempt.student)
    told = post(attempt, question, to, browser=browser).json()
    assert told["position"] == (2 if to == "code_submit" else 4)
    assert browser.get(told["url"]).json() == told


def test_a_run_that_takes_the_place_of_another_says_its_own_place(attempt, question):
    now = timezone.now()
    run(an_attempt(question, *crowd(1)), question)
    run(attempt, question, now=now - timedelta(seconds=3))
    browser = people.signed_in(attempt.student)
    told = post(attempt, question, "code_run", browser=browser, source="print(1)").json()
    assert (told["position"], browser.get(told["url"]).json()) == (2, told)


def test_it_is_never_kept_and_costs_the_same_with_many_tests(attempt, question, django_assert_max_num_queries):
    now = timezone.now()
    judge(submit(attempt, question, now=now), "AC", "WA", "AC", now=now)
    made = submit(attempt, question, "print(2)", now=now + timedelta(minutes=1))
    browser = people.signed_in(attempt.student)
    url = reverse("code", args=[made.uuid])
    assert browser.get(url)["Cache-Control"] == "no-store"
    with django_assert_max_num_queries(6):
        assert browser.get(url).json()["position"] == 1
