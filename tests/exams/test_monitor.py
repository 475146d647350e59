"""The monitor: who stands where, what is done to chosen ones, and that it costs as much for many as for few."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from exams import finishing, takeovers
from exams.devices import Device
from exams.models import Allowance, Attempt, AttemptEvent, Response, TestMessage, TimeCredit
from exams.models.attempts import EndedBy, State
from exams.monitor import Standing, hall_of
from tests import people
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def browser():
    return people.signed_in(people.teacher())


@pytest.fixture
def test():
    batch = timetables.batch()
    row = papers.paper(batch=batch, opens_at=timezone.now() - timedelta(hours=2))
    timetables.enrol(people.other_student(), batch)
    return row


def url(test, name="test_monitor"):
    return reverse(name, args=[test.uuid])


def page(browser, test, **query):
    return browser.get(url(test), query).content.decode()


def act(browser, test, *students, **given):
    sent = {"do": "extra", "minutes": "10", "reason": "Power cut", "action": uuid.uuid4(), **given}
    return browser.post(url(test, "monitor_act"), {**sent, "who": [one.uuid for one in students]})


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def row_of(html: str, student: User) -> str:
    found = re.search(rf'<tr class="seat[^>]*><td class="tick">[^\0]*?value="{student.uuid}"[^\0]*?</tr>', html)
    assert found
    return text(found[0][found[0].rindex("<tr") :])


def standings(test, now=None):
    return {seat.name: seat.standing for seat in hall_of(test, now=now or timezone.now()).seats}


# --- How they stand ---------------------------------------------------------------------------------------------------


def test_student_is_lost_after_a_minute_of_silence_and_idle_after_five_without_an_answer(test):
    attempt, name = papers.attempt(test), people.student().name
    began = attempt.started_at
    cases = [
        (MINUTE - timedelta(seconds=1), 0, Standing.WRITING),
        (MINUTE, 0, Standing.LOST),
        (5 * MINUTE, 5, Standing.IDLE),
        (5 * MINUTE - timedelta(seconds=1), 5, Standing.WRITING),
    ]
    for after, beats_min, standing in cases:
        Attempt.objects.update(last_beat_at=began + beats_min * MINUTE)
        assert standings(test, began + after)[name] == standing
    Attempt.objects.update(last_beat_at=began + 9 * MINUTE, last_saved_at=began + 8 * MINUTE)
    assert standings(test, began + 9 * MINUTE)[name] == Standing.WRITING


def test_all_students_of_the_batches_stand_there_and_figures_filter(browser, test):
    other = people.other_student()
    attempt = papers.attempt(test)
    Attempt.objects.update(last_beat_at=timezone.now() - 4 * MINUTE)
    html = page(browser, test, show="all")
    assert "Lost 4 min" in row_of(html, attempt.student)
    assert "Not started" in row_of(html, other)
    assert re.findall(r'<b class="num">(\d+)</b>', html)[:5] == ["1", "0", "0", "1", "0"]
    lost = page(browser, test, show="lost")
    assert str(attempt.student.uuid) in lost
    assert str(other.uuid) not in lost


def test_page_opens_on_those_to_look_at(browser, test):
    attempt = papers.attempt(test)
    html = page(browser, test)
    assert f'value="{attempt.student.uuid}"' not in html
    assert f'value="{people.other_student().uuid}"' in html
    assert "To look at, 1" in html


def test_search_finds_by_name_and_admission_number_wherever_somebody_stands(browser, test):
    attempt = papers.attempt(test)
    for words in ("ananya", "2026-0188"):
        html = page(browser, test, q=words)
        assert f'value="{attempt.student.uuid}"' in html
        assert f'value="{people.other_student().uuid}"' not in html
    assert "Nobody found" in page(browser, test, q="<script>\0")


def test_row_says_what_is_answered_saved_and_left(browser, test):
    now = timezone.now()
    attempt = papers.attempt(test, now=now - 10 * MINUTE, last_beat_at=now, last_saved_at=now, credit_s=600)
    Attempt.objects.update(away_count=2, away_ms=41_000)
    question = test.questions.first()
    Response.objects.create(
        attempt=attempt, question=question, seq=1, answer=["b"], is_answered=True, saved_at=now, answered_at=now
    )
    row = row_of(page(browser, test, show="all"), attempt.student)
    assert "1 / 3" in row
    assert "2 × away, 0:41" in row
    assert re.search(r"left 1:(50:00|49:5\d) \+10 min", row)


def test_who_left_the_batch_but_wrote_is_there(browser, test):
    attempt = papers.attempt(papers.exam("Other"), people.student())
    Attempt.objects.filter(pk=attempt.pk).update(test=test)
    people.student().enrolments.all().delete()
    assert people.student().name in row_of(page(browser, test, show="all"), people.student())


def test_page_of_the_test_leads_there(browser, test):
    assert f'href="{url(test)}"' in browser.get(url(test, "test")).content.decode()


def test_newest_attempt_counts(browser, test):
    first = papers.attempt(test)
    finishing.submit(first, by=EndedBy.STUDENT, now=timezone.now())
    papers.attempt(test, number=2)
    assert "attempt 2" in row_of(page(browser, test, show="all"), people.student())
    assert standings(test)[people.student().name] == Standing.WRITING


def test_hostile_names_are_text(browser, test):
    User.objects.filter(pk=people.student().pk).update(name='<b onclick="x">&')
    papers.attempt(test, device="<i>")
    html = page(browser, test, show="all")
    assert "<b onclick" not in html
    assert "<i>" not in html


@pytest.mark.parametrize(
    "query", [{"show": "nonsense"}, {"page": "99999999999"}, {"page": "x"}, {"q": "\0" * 200}, {"choose": "no"}]
)
def test_address_may_say_anything(browser, test, query):
    assert browser.get(url(test), query).status_code == 200


# --- Live -------------------------------------------------------------------------------------------------------------


def test_unchanged_look_is_204_and_a_change_is_sent(browser, test):
    attempt = papers.attempt(test)
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    live = {"headers": {"X-Live": "1"}}
    first = browser.get(url(test), {"show": "all"}, **live)
    seen = re.search(r'data-seen="(\w+)"', first.content.decode())
    assert seen
    assert browser.get(url(test), {"show": "all", "seen": seen[1]}, **live).status_code == 204
    papers.attempt(test, people.other_student())
    again = browser.get(url(test), {"show": "all", "seen": seen[1]}, **live)
    assert again.status_code == 200
    assert "<html" not in again.content.decode()


def test_hall_of_many_costs_as_many_queries_as_one_of_few(browser, test):
    counts = []
    for size in (3, 60):
        for number in range(size):
            student = people.person(f"Student {number}", Role.STUDENT, admission_number=f"M-{number}")
            if not student.attempts.exists():
                attempt = papers.attempt(test, student)
                if number % 3 == 0:
                    AttemptEvent.objects.create(attempt=attempt, kind="MOVED", happened_at=timezone.now())
        page(browser, test, show="all")
        with CaptureQueriesContext(connection) as asked:
            page(browser, test, show="all")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


# --- What is done -----------------------------------------------------------------------------------------------------


def test_chosen_ones_get_time_once_and_the_page_comes_back_to_the_same_rows(browser, test):
    attempt, action = papers.attempt(test), uuid.uuid4()
    for _ in range(2):
        answer = browser.post(
            url(test, "monitor_act") + "?show=all&q=ana&page=1&evil=1",
            {"do": "extra", "minutes": "10", "reason": "Power", "action": action, "who": attempt.student.uuid},
        )
        assert answer["Location"] == f"{url(test)}?show=all&q=ana&page=1"
    assert Attempt.objects.get().credit_s == 600


def test_who_has_not_come_in_gets_it_when_he_begins(browser, test):
    papers.attempt(test)
    assert act(browser, test, people.student(), people.other_student()).status_code == 302
    assert TimeCredit.objects.count() == 1
    assert Allowance.objects.get().student == people.other_student()
    act(browser, test, people.other_student(), minutes="5")
    assert Allowance.objects.get().minutes == 10


def test_all_who_write_get_time(browser, test):
    papers.attempt(test)
    papers.attempt(test, people.other_student())
    act(browser, test, whom="all")
    assert {one.credit_s for one in Attempt.objects.all()} == {600}


def test_outage_is_shown_before_it_is_given(browser, test):
    now = timezone.now()
    papers.attempt(test, now=now - 90 * MINUTE)
    papers.attempt(test, people.other_student(), now=now)
    local = timezone.localtime(now) - 20 * MINUTE
    given = {
        "do": "outage",
        "lost_from": f"{local - 10 * MINUTE:%H:%M}",
        "lost_until": f"{local:%H:%M}",
        "action": uuid.uuid4(),
    }
    both = (people.student(), people.other_student())
    said = text(act(browser, test, *both, **given).content.decode())
    assert "1 student gets 10:00" in said
    assert "1 student gets nothing" in said
    assert not TimeCredit.objects.exists()
    for _ in range(2):
        act(browser, test, *both, **given, confirmed="on")
    assert TimeCredit.objects.get().seconds == 600


def test_reopen_and_force_submit(browser, test):
    attempt = papers.attempt(test)
    act(browser, test, people.student(), do="submit")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ended_by) == (State.SUBMITTED, EndedBy.STAFF)
    again = {"do": "reopen", "minutes": "15", "action": uuid.uuid4()}
    for _ in range(2):
        assert act(browser, test, people.student(), **again).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.state, attempt.epoch) == (State.WRITING, 2)


def test_one_who_cannot_be_reopened_leaves_all_as_they_are(browser, test):
    for student in (people.other_student(), people.student()):
        finishing.submit(papers.attempt(test, student), by=EndedBy.STUDENT, now=timezone.now())
    old = Attempt.objects.get(student=people.student())
    answered = Attempt.objects.create(test=test, student=people.student(), number=2)
    Attempt.objects.filter(pk=answered.pk).update(number=0)  # open, and yet not his newest
    answer = act(browser, test, people.student(), people.other_student(), do="reopen")
    assert answer.status_code == 400
    old.refresh_from_db()
    assert old.state == State.SUBMITTED
    assert not TimeCredit.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"reason": " "},
        {"minutes": ""},
        {"minutes": "0"},
        {"minutes": "1e9"},
        {"minutes": "999999"},
        {"do": "nonsense"},
        {"do": "outage", "lost_from": "", "lost_until": "25:00"},
        {"do": "outage", "lost_from": "10:00", "lost_until": "10:00"},
        {"do": "reopen"},
    ],
)
def test_form_that_says_too_little_does_nothing_and_says_what(browser, test, given):
    papers.attempt(test)
    answer = act(browser, test, people.student(), **given)
    assert answer.status_code == 400
    assert "error-text" in answer.content.decode()
    assert not TimeCredit.objects.exists()


def test_nobody_chosen_is_said(browser, test):
    assert "tick them" in act(browser, test).content.decode()
    assert "tick them" in act(browser, test, people.admin()).content.decode()
    assert browser.post(url(test, "monitor_act"), {"who": ["x", "\0"]}).status_code == 400


def test_attempts_of_tests_of_others_are_not_reached(test):
    attempt = papers.attempt(test)
    stranger = people.signed_in(people.other_teacher())
    assert act(stranger, test, attempt.student).status_code == 404
    for address in (url(test), reverse("attempt_audit", args=[attempt.uuid]), url(test, "monitor_log")):
        assert stranger.get(address).status_code == 404
    assert not TimeCredit.objects.exists()


# --- Another device, messages, all about one --------------------------------------------------------------------------


def test_request_stands_on_top_and_is_decided_once(browser, test):
    attempt = papers.attempt(test)
    asked = takeovers.ask(attempt, device=Device(id=uuid.uuid4(), name="Firefox, Windows"), now=timezone.now())
    assert "Firefox, Windows" in page(browser, test)
    decide = reverse("takeover_decide", args=[asked.uuid])
    for _ in range(2):
        assert browser.post(decide, {"do": "approve"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "APPROVED"
    assert "wants to go on" not in page(browser, test).casefold()
    assert browser.post(decide, {"do": "nonsense"}).status_code == 400
    assert people.signed_in(people.other_teacher()).post(decide, {"do": "refuse"}).status_code == 404


def test_everybody_or_one_is_told_once(browser, test):
    attempt, number = papers.attempt(test), uuid.uuid4()
    tell = url(test, "monitor_tell")
    for _ in range(2):
        assert browser.post(tell, {"text": "Ten minutes left", "message_uuid": number}).status_code == 302
    assert browser.post(f"{tell}?to={attempt.uuid}", {"text": "Sit here"}).status_code == 302
    assert list(TestMessage.objects.values_list("text", "attempt")) == [
        ("Ten minutes left", None),
        ("Sit here", attempt.pk),
    ]
    assert browser.get(f"{tell}?to=nonsense").status_code == 404
    assert browser.post(tell, {"text": ""}).status_code == 200


def test_what_happened_stands_beside_and_on_its_own_page(browser, test):
    attempt = papers.attempt(test, now=timezone.now() - 10 * MINUTE)
    act(browser, test, people.student(), reason="Machine changed")
    browser.post(url(test, "monitor_tell"), {"text": "Ten minutes left"})
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    beside = text(page(browser, test))
    assert "Extra time: Ananya Kulkarni, +10 min Meera Joshi: Machine changed" in beside
    assert "Told: all Meera Joshi: Ten minutes left" in beside
    assert "Handed in: Ananya Kulkarni" in beside
    every = text(browser.get(url(test, "monitor_log")).content.decode())
    assert "Got more time: Ananya Kulkarni +10 min · Meera Joshi: Machine changed" in every


def test_all_about_one_is_notes_and_no_verdict(browser, test):
    attempt = papers.attempt(test, now=timezone.now() - 30 * MINUTE)
    AttemptEvent.objects.create(
        attempt=attempt, kind="AWAY", happened_at=timezone.now(), duration_ms=12_000, cause="hidden"
    )
    act(browser, test, people.student(), reason="Machine changed")
    html = browser.get(reverse("attempt_audit", args=[attempt.uuid])).content.decode()
    said = text(html)
    for words in ("never a verdict", "Left the test 12 s", "+10 min", "Machine changed", "Chrome, Android", "Began"):
        assert words in said
    assert "data-print" in html


def test_attempt_with_much_noted_costs_as_many_queries_as_one_with_little(browser, test):
    attempt, counts = papers.attempt(test), []
    address = reverse("attempt_audit", args=[attempt.uuid])
    for size in (1, 40):
        for _ in range(size):
            AttemptEvent.objects.create(attempt=attempt, kind="AWAY", happened_at=timezone.now(), duration_ms=1)
            TestMessage.objects.create(test=test, text="Look up", by=people.teacher())
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_all_that_happened_costs_as_many_queries_for_a_full_page(browser, test):
    attempt, counts = papers.attempt(test), []
    for size in (2, 60):
        for _ in range(size):
            AttemptEvent.objects.create(attempt=attempt, kind="AWAY", happened_at=timezone.now(), duration_ms=1)
            TestMessage.objects.create(test=test, text="Look up", by=people.teacher())
        browser.get(url(test, "monitor_log"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(url(test, "monitor_log"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15
