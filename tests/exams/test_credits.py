"""Time given while a test is written: to whom, how much, once, and against saves, hand-ins and closing at once."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Activity, Role
from exams import allowances, closing, finishing
from exams.credits import BadCredit, credit_outage, give_time, lost_by
from exams.models import Attempt, AttemptEvent, TimeCredit
from exams.models.attempts import EndedBy, State
from tests import people, racing
from tests.exams import papers

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def give(attempts, *, minutes=10, action=None, now=None, reason="Power cut"):
    return give_time(
        attempts[0].test,
        attempts,
        seconds=minutes * 60,
        reason=reason,
        action=action or uuid.uuid4(),
        actor=people.teacher(),
        now=now or timezone.now(),
    )


def lose(attempts, begins, ends, *, action=None, now=None):
    return credit_outage(
        attempts[0].test,
        attempts,
        lost_from=begins,
        lost_until=ends,
        reason="Power cut",
        action=action or uuid.uuid4(),
        actor=people.teacher(),
        now=now or timezone.now(),
    )


def two() -> list[Attempt]:
    """Who began an hour ago, and who began ten minutes ago."""
    now, test = timezone.now(), papers.paper(opens_at=timezone.now() - timedelta(hours=2))
    early = papers.attempt(test, now=now - timedelta(hours=1))
    return [early, papers.attempt(test, people.other_student(), now=now - 10 * MINUTE)]


def test_chosen_ones_end_later_and_the_reason_is_kept():
    early, late = two()
    given = give([early, late])
    assert (given.count, given.before) == (2, 0)
    for was in (early, late):
        now = Attempt.objects.get(pk=was.pk)
        assert (now.deadline_at - was.deadline_at, now.credit_s, now.epoch) == (10 * MINUTE, 600, was.epoch)
        credit, event = now.credits.get(), now.events.get(kind="CREDIT")
        assert (credit.kind, credit.reason, credit.by) == ("EXTRA", "Power cut", people.teacher())
        assert event.detail == {"seconds": 600, "reason": "Power cut", "credit": "EXTRA"}
    line = Activity.objects.get(event="attempt.credited")
    assert (line.extra["count"], line.extra["reason"], line.object_id) == (2, "Power cut", str(early.test.uuid))


def test_form_sent_twice_gives_once_and_another_form_again():
    attempts, action = two(), uuid.uuid4()
    assert give(attempts, action=action).count == 2
    again = give(attempts, action=action)
    assert (again.count, again.before) == (0, 2)
    assert give(attempts).count == 2
    assert {one.credit_s for one in Attempt.objects.all()} == {1200}
    assert Activity.objects.filter(event="attempt.credited").count() == 2


def test_form_filled_in_anew_under_its_old_number_is_refused_instead_of_passed_over():
    attempts, action = two(), uuid.uuid4()
    give(attempts, action=action)
    for other in ({"minutes": 15}, {"reason": "Late paper"}):
        with pytest.raises(BadCredit, match="already"):
            give(attempts, action=action, **other)
    assert {one.credit_s for one in Attempt.objects.all()} == {600}


def test_who_waits_begins_with_more_and_who_handed_in_gets_nothing():
    early, late = two()
    Attempt.objects.filter(pk=late.pk).update(state="READY", started_at=None, deadline_at=None, allowance_s=60)
    finishing.submit(early, by=EndedBy.STUDENT, now=timezone.now())
    assert give([early, late]).count == 1
    late.refresh_from_db()
    assert (late.allowance_s, late.credit_s, late.deadline_at) == (660, 0, None)
    assert not early.credits.exists()


def test_allowance_set_later_does_not_take_a_credit_from_who_waits():
    attempt = papers.attempt()
    Attempt.objects.update(state="READY", started_at=None, deadline_at=None)
    give([attempt], minutes=10)
    by = {"actor": people.teacher(), "now": timezone.now()}
    allowances.allow_student(attempt.test, attempt.student, minutes=30, reason="Scribe", **by)
    attempt.refresh_from_db()
    assert attempt.allowance_s == 40 * 60


def test_time_given_after_the_deadline_counts_from_now():
    attempt = papers.attempt()
    now = attempt.deadline_at + timedelta(seconds=5)
    give([attempt], now=now)
    attempt.refresh_from_db()
    assert attempt.deadline_at == now + 10 * MINUTE
    assert closing.close_due(now=now + timedelta(hours=1) - 51 * MINUTE).closed == 0


def test_open_section_and_those_after_it_end_later():
    test = papers.exam(duration_min=None)
    for title in ("Physics", "Chemistry"):
        papers.place(papers.section(test, title, duration_min=30), papers.question(text=title))
    began = timezone.now()
    attempt = papers.attempt(test, now=began)
    give([attempt], now=began + 40 * MINUTE)
    attempt.refresh_from_db()
    ends = [datetime.fromisoformat(one) for one in attempt.section_ends]
    assert ends == [began + 30 * MINUTE, began + 70 * MINUTE]
    assert attempt.deadline_at == ends[-1]


def test_attempts_of_another_test_get_nothing():
    early, late = two()
    other = papers.attempt(papers.paper(title="Another"))
    assert give([early, late, other]).count == 2
    assert not other.credits.exists()


@pytest.mark.parametrize(("minutes", "reason"), [(0, "Why"), (-1, "Why"), (100_000, "Why"), (10, " \n\u200e ")])
def test_no_time_and_no_reason_are_refused(minutes, reason):
    attempt = papers.attempt()
    with pytest.raises(BadCredit):
        give([attempt], minutes=minutes, reason=reason)
    assert not TimeCredit.objects.exists()


# --- Outages ----------------------------------------------------------------------------------------------------------


def test_each_gets_what_he_lost_as_the_preview_says():
    early, late = two()
    now = timezone.now()
    begins, ends = now - 15 * MINUTE, late.started_at + 4 * MINUTE
    said = lost_by([early, late], lost_from=begins, lost_until=begins + 10 * MINUTE, now=now)
    assert said[0] == 600
    said = lost_by([early, late], lost_from=begins, lost_until=ends, now=now)
    assert said[1] == 240
    assert lose([early, late], begins, ends, now=now).count == 2
    assert [one.credits.get().seconds for one in (early, late)] == said
    assert late.credits.get().lost_from == late.started_at


def test_second_outage_that_overlaps_gives_only_the_rest():
    early, _late = two()
    at = early.started_at + 30 * MINUTE
    lose([early], at, at + 10 * MINUTE)
    assert lose([early], at, at + 10 * MINUTE).count == 0
    lose([early], at + 5 * MINUTE, at + 12 * MINUTE)
    assert [one.seconds for one in early.credits.order_by("pk")] == [600, 120]
    give([early])  # other time is no outage
    assert lost_by([early], lost_from=at, lost_until=at + 13 * MINUTE, now=timezone.now()) == [60]


def test_outage_that_lasts_or_ends_before_it_begins_is_refused():
    attempt, now = papers.attempt(), timezone.now()
    for begins, ends in ((now - MINUTE, now + MINUTE), (now, now - MINUTE), (now - timedelta(days=3), now)):
        with pytest.raises(BadCredit):
            lose([attempt], begins, ends, now=now)


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_form_sent_at_once_gives_once():
    attempts, action = two(), uuid.uuid4()
    people.teacher()
    came = racing.at_once([lambda: give(attempts, action=action) for _ in range(4)])
    assert sorted(one.count for one in came) == [0, 0, 0, 2]
    assert {one.credit_s for one in Attempt.objects.all()} == {600}
    assert TimeCredit.objects.count() == 2
    assert Activity.objects.filter(event="attempt.credited").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invigilators_at_once_both_give():
    attempts = two()
    people.teacher()
    racing.at_once([lambda rows=rows: give(rows) for rows in (attempts, attempts[::-1])])
    assert {one.credit_s for one in Attempt.objects.all()} == {1200}
    for was in attempts:
        assert Attempt.objects.get(pk=was.pk).deadline_at == was.deadline_at + 20 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_credit_and_closing_at_once_leave_one_or_the_other():
    attempt = papers.attempt()
    now, _teacher = attempt.deadline_at + MINUTE, people.teacher()
    given, closed = racing.at_once([lambda: give([attempt], now=now), lambda: closing.close_due(now=now)])
    attempt.refresh_from_db()
    if given.count:
        assert (attempt.state, attempt.deadline_at, closed.closed) == (State.WRITING, now + 10 * MINUTE, 0)
    else:
        assert (attempt.state, attempt.credit_s, closed.closed) == (State.SUBMITTED, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_credit_and_hand_in_at_once_agree():
    attempt = papers.attempt()
    people.teacher()
    works = [lambda: give([attempt]), lambda: finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())]
    given, _handed_in = racing.at_once(works)
    row = Attempt.objects.get()
    assert row.state == State.SUBMITTED
    assert row.credit_s == 600 * given.count == sum(row.credits.values_list("seconds", flat=True))
    assert AttemptEvent.objects.filter(kind="CREDIT").count() == given.count


def test_many_are_given_time_by_as_many_queries_as_two():
    attempts = two()
    more = [people.person(f"Student {n}", Role.STUDENT, admission_number=f"Q-{n}") for n in range(4)]
    all_of_them = attempts + [papers.attempt(attempts[0].test, one) for one in more]
    counts = []
    for chosen in (attempts, all_of_them):
        with CaptureQueriesContext(connection) as asked:
            give(chosen)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10
