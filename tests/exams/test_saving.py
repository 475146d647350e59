"""Autosave: what is acknowledged is kept, what is refused leaves nothing behind, and each refusal says why."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from exams import saving
from exams.content import Kind
from exams.models import Attempt, AttemptEvent, Response, Test, TestMessage
from exams.models.attempts import EndedBy, State
from exams.models.tests import FocusAction
from tests import people
from tests.exams import papers
from tests.exams.writing import asked, batch, event, kept, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    return papers.attempt()


def error(answer) -> dict:
    return answer.json()["error"]


def untouched(attempt: Attempt) -> bool:
    """Whether nothing of a batch was kept, not even its sign of life."""
    now = Attempt.objects.get(pk=attempt.pk)
    same = (now.last_beat_at, now.last_saved_at, now.away_count) == (attempt.last_beat_at, None, 0)
    return same and not Response.objects.exists() and not AttemptEvent.objects.exists()


def test_answers_are_kept_and_acknowledged(attempt):
    first, second, _third = asked(attempt)
    answer = send(attempt, batch(said(first, 1, "b", spent_ms=900), said(second, 2, None, marked=True)))
    assert answer.status_code == 200
    told = answer.json()
    assert told["saved"] == [{"question": str(first.uuid), "seq": 1}, {"question": str(second.uuid), "seq": 2}]
    assert told["state"] == "WRITING"
    assert told["messages"] == told["section_ends"] == []
    assert parse_datetime(told["deadline"]) == attempt.deadline_at.replace(
        microsecond=attempt.deadline_at.microsecond // 1000 * 1000
    )
    assert told["deadline"].endswith("Z")
    assert told["server_now"].endswith("Z")
    one, other = Response.objects.order_by("seq")
    assert (one.answer, one.is_answered, one.is_marked, one.spent_ms) == ("b", True, False, 900)
    assert (other.answer, other.is_answered, other.is_marked, other.answered_at) == (None, False, True, None)
    now = Attempt.objects.get(pk=attempt.pk)
    assert now.last_saved_at == now.last_beat_at == one.saved_at == one.answered_at


def test_a_save_of_five_costs_eight_statements(attempt, django_assert_max_num_queries):
    """Session, person, slot; the fence and the answers in one transaction."""
    questions = asked(attempt)
    browser = people.signed_in(attempt.student)
    send(attempt, batch(said(questions[0], 1)), browser=browser)
    with django_assert_max_num_queries(7):
        send(attempt, batch(*(said(one, 2) for one in questions)), browser=browser)


def test_an_older_counter_changes_nothing_and_learns_that_it_is_behind(attempt):
    question = asked(attempt)[0]
    send(attempt, batch(said(question, 7, "b")))
    answer = send(attempt, batch(said(question, 3, "c")))
    assert answer.json()["saved"] == [{"question": str(question.uuid), "seq": 7}]
    assert kept(attempt) == {question.uuid: (7, "b")}
    assert send(attempt, batch(said(question, 7, "d"))).json()["saved"][0]["seq"] == 7
    assert kept(attempt) == {question.uuid: (7, "b")}


def test_of_two_answers_to_a_question_in_one_batch_the_higher_counter_stays(attempt):
    question = asked(attempt)[0]
    answer = send(attempt, batch(said(question, 3, "c"), said(question, 5, "a"), said(question, 4, "d")))
    assert answer.json()["saved"] == [{"question": str(question.uuid), "seq": 5}]
    assert kept(attempt) == {question.uuid: (5, "a")}


def test_when_a_question_was_first_answered_stays_known(attempt):
    question = asked(attempt)[0]
    send(attempt, batch(said(question, 1, "b", spent_ms=500)))
    first = Response.objects.get().answered_at
    send(attempt, batch(said(question, 2, None, spent_ms=200)))
    send(attempt, batch(said(question, 3, "c")))
    row = Response.objects.get()
    assert (row.answered_at, row.answer, row.spent_ms) == (first, "c", 500)
    assert row.saved_at > first


def test_without_answers_it_is_a_sign_of_life(attempt):
    answer = send(attempt, {"epoch": 1})
    assert answer.json()["saved"] == []
    now = Attempt.objects.get(pk=attempt.pk)
    assert now.last_beat_at > attempt.last_beat_at
    assert now.last_saved_at is None


def test_answers_of_every_kind_come_back_as_they_were_sent():
    attempt = papers.attempt(papers.paper([kind for kind in Kind if kind is not Kind.PASSAGE]))
    answers = ["b", ["c", "a"], "false", "-5.0e3", "न्यूटन", "words\n  and more 🙂", {"q": ["c"], "p": ["a", "b"]}]
    answers.append({"language": "py", "source": 'print("\\u0000")'})
    questions = asked(attempt)
    assert send(attempt, batch(*map(said, questions, range(1, 9), answers))).status_code == 200
    browser = people.signed_in(attempt.student)
    Attempt.objects.update(device_id=None)
    state = browser.get(reverse("attempt_state", args=[attempt.uuid])).json()
    assert [one["answer"] for one in state["responses"]] == [answers[0], ["a", "c"], *answers[2:]]
    assert state["next_seq"] == 9
    assert state["epoch"] == 1


# --- Refused ----------------------------------------------------------------------------------------------------------


def test_answers_under_an_old_epoch_are_refused(attempt):
    Attempt.objects.update(epoch=2)
    answer = send(attempt, batch(said(asked(attempt)[0], 1), events=[event()]))
    assert (answer.status_code, error(answer)["code"]) == (409, "attempt_moved")
    assert untouched(attempt)


def test_answers_on_their_way_at_the_deadline_are_taken_and_later_ones_not(attempt):
    question, now = asked(attempt)[0], timezone.now()
    Attempt.objects.update(started_at=now - timedelta(hours=1), deadline_at=now - timedelta(seconds=25))
    assert send(attempt, batch(said(question, 1))).status_code == 200
    Attempt.objects.update(deadline_at=now - timedelta(seconds=31))
    answer = send(attempt, batch(said(question, 2, "c")))
    assert (answer.status_code, error(answer)["code"]) == (409, "attempt_closed")
    assert kept(attempt) == {question.uuid: (1, "b")}


def test_nothing_is_taken_before_the_test_has_begun():
    attempt = papers.attempt(state=State.READY, started_at=None, deadline_at=None)
    answer = send(attempt, batch(said(asked(attempt)[0], 1)))
    assert (answer.status_code, error(answer)["code"]) == (409, "attempt_not_started")
    assert untouched(attempt)


def test_nothing_is_taken_once_it_is_handed_in(attempt):
    Attempt.objects.update(state=State.SUBMITTED, submitted_at=timezone.now(), ended_by=EndedBy.STAFF)
    answer = send(attempt, batch(said(asked(attempt)[0], 1)))
    assert (answer.status_code, error(answer)["code"]) == (409, "attempt_closed")
    assert untouched(attempt)


@pytest.mark.parametrize("to", ["attempt_responses", "attempt_finish"])
def test_an_attempt_of_somebody_else_is_not_there(attempt, to):
    for somebody in (people.other_student(), people.teacher(), people.admin()):
        assert send(attempt, batch(), browser=people.signed_in(somebody), to=to).status_code == 404
    assert untouched(attempt)


def test_an_attempt_that_is_none_is_not_there(attempt):
    attempt.uuid = uuid.uuid4()
    assert send(attempt, batch()).status_code == 404


def test_a_question_of_another_test_refuses_the_batch(attempt):
    foreign = papers.place(papers.section(papers.exam("Another")), papers.question())[0]
    answer = send(attempt, batch(said(asked(attempt)[0], 1), said(foreign, 2)))
    assert answer.status_code == 422
    assert error(answer)["fields"] == {str(foreign.uuid): "This paper has no such question."}
    assert untouched(attempt)


def test_an_answer_that_is_none_refuses_the_batch_and_names_its_question(attempt):
    first, second, _third = asked(attempt)
    answer = send(attempt, batch(said(first, 1, "b"), said(second, 2, "z"), events=[event()]))
    assert (answer.status_code, error(answer)["code"]) == (422, "malformed")
    assert error(answer)["fields"] == {str(second.uuid): "The question has no such choice."}
    assert untouched(attempt)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"epoch": NaN}', "body"),
        (b"\xff{}", "body"),
        (b"[" * 100_000, "body"),
        (b'{"epoch": ' + b"9" * 5000 + b"}", "body"),
        (b"{}", "epoch"),
        (b'{"epoch": 0}', "epoch"),
        (b'{"epoch": true}', "epoch"),
        (b'{"epoch": "1"}', "epoch"),
        (b'{"epoch": 1, "responses": {}}', "responses"),
        (b'{"epoch": 1, "responses": [1]}', "responses.0"),
        (b'{"epoch": 1, "responses": [{"question": "x", "seq": 1}]}', "responses.0.question"),
        (json.dumps(batch(*[said(uuid.UUID(int=1), 1)] * 501)).encode(), "responses"),
        (json.dumps(batch(said(uuid.UUID(int=1), 0))).encode(), "responses.0.seq"),
        (json.dumps(batch(said(uuid.UUID(int=1), 2**53))).encode(), "responses.0.seq"),
        (json.dumps(batch(said(uuid.UUID(int=1), 1, marked=1))).encode(), "responses.0.marked"),
        (json.dumps(batch(said(uuid.UUID(int=1), 1, spent_ms=-1))).encode(), "responses.0.spent_ms"),
        (json.dumps(batch(events=[{"id": str(uuid.UUID(int=1)), "kind": "SUBMITTED"}])).encode(), "events.0.kind"),
        (json.dumps(batch(events=[{"id": "7", "kind": "AWAY"}])).encode(), "events.0.id"),
        (
            json.dumps(batch(events=[{"id": str(uuid.UUID(int=1)), "kind": "AWAY", "at": "now"}])).encode(),
            "events.0.at",
        ),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_and_said_where(attempt, body, field):
    answer = send(attempt, body)
    assert (answer.status_code, error(answer)["code"]) == (422, "malformed")
    assert list(error(answer)["fields"]) == [field]
    assert untouched(attempt)


def test_a_batch_over_its_limit_is_not_read(attempt):
    assert send(attempt, b" " * (256 * 1024 + 1)).status_code == 413


def test_a_database_that_has_too_much_to_do_is_asked_again_later(attempt):
    def busy(execute, sql, *given):
        if "exam_submissions" in sql:
            raise OperationalError("database is locked")
        return execute(sql, *given)

    with connection.execute_wrapper(busy):
        answer = send(attempt, batch(said(asked(attempt)[0], 1)))
    assert (answer.status_code, error(answer)["code"]) == (503, "busy")
    assert answer["Retry-After"] == "5"
    assert untouched(attempt)


def test_who_was_signed_out_elsewhere_learns_it_and_nothing_is_kept(attempt):
    browser = people.signed_in(attempt.student)
    browser.cookies.clear()
    answer = send(attempt, batch(said(asked(attempt)[0], 1)), browser=browser)
    assert (answer.status_code, error(answer)["code"]) == (401, "signed_out")
    assert untouched(attempt)


# --- Timed sections ---------------------------------------------------------------------------------------------------


@pytest.fixture
def timed() -> Attempt:
    """Two sections of an hour each."""
    test = papers.exam(duration_min=None)
    for title in ("Physics", "Chemistry"):
        papers.place(papers.section(test, title, duration_min=60), papers.question(text=title))
    return papers.attempt(test)


def begun(attempt: Attempt, *, ago: timedelta) -> None:
    """As if it had been begun so long ago."""
    now = timezone.now()
    ends = [now - ago + timedelta(hours=hours) for hours in (1, 2)]
    Attempt.objects.update(
        started_at=now - ago, section_ends=[one.isoformat() for one in ends], deadline_at=ends[-1], last_saved_at=None
    )


@pytest.mark.parametrize(
    ("ago", "open_ones"),
    [
        (timedelta(minutes=59), [0]),
        (timedelta(minutes=60, seconds=10), [0, 1]),
        (timedelta(minutes=61), [1]),
        (timedelta(minutes=120, seconds=10), [1]),
    ],
)  # fmt: skip
def test_a_timed_section_takes_answers_in_its_time_and_for_the_grace_after_it(timed, ago, open_ones):
    begun(timed, ago=ago)
    for place, question in enumerate(asked(timed)):
        answer = send(timed, batch(said(question, 1)))
        assert answer.status_code == (200 if place in open_ones else 409)
        if place not in open_ones:
            assert error(answer)["code"] == "section_closed"
            assert list(error(answer)["fields"]) == [str(question.uuid)]
    assert len(kept(timed)) == len(open_ones)


def test_all_times_that_are_told_say_their_zone(timed):
    begun(timed, ago=timedelta(minutes=5))
    Attempt.objects.update(device_id=None)
    TestMessage.objects.create(test=timed.test, text="Ten minutes left", by=people.teacher())
    state = people.signed_in(timed.student).get(reverse("attempt_state", args=[timed.uuid])).json()
    for told in (send(timed, batch()).json(), state):
        times = [told["deadline"], told["server_now"], *told["section_ends"], told["messages"][0]["at"]]
        assert len(times) == 5
        assert all(one.endswith(("Z", "+00:00")) for one in times)
        assert parse_datetime(told["deadline"]) - timezone.now() > timedelta(minutes=110)
    assert send(timed, batch(), to="attempt_finish").json()["submitted_at"].endswith("Z")


def test_one_answer_in_a_closed_section_refuses_the_batch(timed):
    begun(timed, ago=timedelta(minutes=70))
    first, second = asked(timed)
    answer = send(timed, batch(said(first, 1), said(second, 2)))
    assert list(error(answer)["fields"]) == [str(first.uuid)]
    assert kept(timed) == {}


# --- Events and messages ----------------------------------------------------------------------------------------------


def test_what_the_device_saw_is_noted_once_and_leaving_is_counted(attempt):
    left, pasted = event(duration_ms=4000), event("PASTE", duration_ms=None, detail={"signs": 120})
    for _again in range(2):
        answer = send(attempt, batch(events=[left, pasted, left, event("OFFLINE", id=pasted["id"])]))
    assert answer.json()["away_count"] == 1
    now = Attempt.objects.get(pk=attempt.pk)
    assert (now.away_count, now.away_ms) == (1, 4000)
    rows = list(AttemptEvent.objects.order_by("kind").values_list("kind", "duration_ms", "cause", "detail"))
    assert rows == [("AWAY", 4000, "hidden", {}), ("PASTE", None, "hidden", {"signs": 120})]


def test_an_event_of_a_device_whose_clock_is_wrong_has_the_servers(attempt):
    send(attempt, batch(events=[event(at="1970-01-01T00:00:00Z")]))
    row = AttemptEvent.objects.get()
    assert row.happened_at == row.at


def test_who_leaves_the_test_too_often_hands_it_in_with_the_answers_of_that_batch():
    attempt = papers.attempt(papers.paper(focus_limit=2, focus_action=FocusAction.SUBMIT))
    first, second, _third = asked(attempt)
    assert send(attempt, batch(said(first, 1), events=[event(), event()])).json()["state"] == "WRITING"
    answer = send(attempt, batch(said(second, 2), events=[event()]))
    assert answer.json()["state"] == "SUBMITTED"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_by) == (State.SUBMITTED, EndedBy.FOCUS)
    assert len(kept(attempt)) == 2
    assert send(attempt, batch(said(first, 3, "c"))).status_code == 409


def test_who_was_given_back_the_test_may_leave_it_as_often_again():
    attempt = papers.attempt(papers.paper(focus_limit=1, focus_action=FocusAction.SUBMIT))
    send(attempt, batch(events=[event(), event()]))
    Attempt.objects.update(state=State.WRITING, submitted_at=None, ended_by="")
    AttemptEvent.objects.create(attempt=attempt, kind="REOPENED", happened_at=timezone.now(), by=people.teacher())
    assert send(attempt, batch()).json()["state"] == "WRITING"
    assert saving.left_since_given_back(attempt.pk, 2) == 0
    assert send(attempt, batch(events=[event()])).json()["state"] == "WRITING"
    assert send(attempt, batch(events=[event()])).json()["state"] == "SUBMITTED"


def test_number_without_end_in_an_event_is_refused(attempt):
    sent = json.dumps(batch(events=[event(detail={"signs": 1})])).replace('"signs": 1', '"signs": 1e999')
    assert send(attempt, sent.encode()).status_code == 422
    assert not AttemptEvent.objects.exists()


def test_flood_of_events_ends_and_answers_are_still_kept(attempt, monkeypatch):
    monkeypatch.setattr(saving, "MOST_NOTED", 3)
    send(attempt, batch(events=[event("PASTE") for _ in range(3)]))
    answer = send(attempt, batch(said(asked(attempt)[0], 1), events=[event("PASTE")]))
    assert answer.status_code == 200
    assert AttemptEvent.objects.count() == 3
    assert len(kept(attempt)) == 1


def test_question_that_came_to_the_paper_just_before_it_opened_is_known(attempt):
    send(attempt, batch())
    placed = papers.place(attempt.test.sections.get(), papers.question())
    Test.objects.update(paper_revision=F("paper_revision") + 1)
    assert send(attempt, batch(said(placed[0], 1))).status_code == 200


def test_leaving_is_only_noted_where_the_test_says_so():
    attempt = papers.attempt(papers.paper(focus_limit=1, focus_action=FocusAction.NOTE))
    assert send(attempt, batch(events=[event(), event()])).json()["state"] == "WRITING"


def test_messages_to_all_and_to_him_come_with_each_answer(attempt):
    other = papers.attempt(attempt.test, people.other_student())
    for to, text in ((None, "Ten minutes left"), (attempt, "Sit in row 3"), (other, "For Ritika")):
        TestMessage.objects.create(test=attempt.test, attempt=to, text=text, by=people.teacher())
    told = send(attempt, batch()).json()["messages"]
    assert [one["text"] for one in told] == ["Ten minutes left", "Sit in row 3"]


# --- State ------------------------------------------------------------------------------------------------------------


def test_another_device_sees_the_state_but_neither_epoch_nor_answers(attempt):
    send(attempt, batch(said(asked(attempt)[0], 4)))
    state = people.signed_in(attempt.student).get(reverse("attempt_state", args=[attempt.uuid])).json()
    assert (state["is_here"], state["epoch"], state["responses"]) == (False, None, [])
    assert state["state"] == "WRITING"
