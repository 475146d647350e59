"""Whatever the network does to autosaves, what was acknowledged stays: permuted, replayed, late, lost, or cut off by
handing in or by another device."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.lib.errors import DomainError
from exams import saving
from exams.models import Attempt, Test
from exams.models.attempts import EndedBy, State
from exams.sent import Sent
from tests import people
from tests.exams import papers
from tests.exams.writing import asked, kept

pytestmark = pytest.mark.django_db
QUESTIONS = 3
EDITS = st.lists(
    st.tuples(st.integers(0, QUESTIONS - 1), st.sampled_from(["a", "b", "c", "d", None])), min_size=1, max_size=8
)
"""What a student does one after the other; the place is the counter."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "save", "save", "move", "finish"]),
        st.lists(st.integers(0, 7), max_size=5),
        st.booleans(),
    ),
    max_size=12,
)
"""What reaches the server: some edits, in any order and however often, by the device that writes or by an old one."""


class Model:
    """What must be in the database: of each question the highest counter that was taken."""

    def __init__(self) -> None:
        self.rows: dict[UUID, tuple[int, Any]] = {}
        self.acknowledged: dict[UUID, int] = {}
        self.epoch, self.is_over = 1, False

    def refusal(self, epoch: int) -> type[DomainError] | None:
        if self.is_over:
            return saving.AttemptClosed
        return saving.AttemptMoved if epoch != self.epoch else None

    def take(self, sent: Sequence[Sent]) -> None:
        for one in sent:
            if one.seq > self.rows.get(one.question, (0, None))[0]:
                self.rows[one.question] = (one.seq, one.answer)

    def has(self, sent: Sequence[Sent]) -> bool:
        return all(self.rows.get(one.question, (0, None))[0] >= one.seq for one in sent)


def fresh() -> Attempt:
    """Another attempt at the test; the one before is handed in."""
    test = Test.objects.first() or papers.paper(most_attempts=20)
    now = timezone.now()
    Attempt.objects.update(state=State.SUBMITTED, submitted_at=now, ended_by=EndedBy.STUDENT)
    return papers.attempt(test, people.student(), number=Attempt.objects.count() + 1)


def deliver(model: Model, attempt: Attempt, what: str, sent: list[Sent], epoch: int) -> None:
    """One request, answered as the model says."""
    given: dict[str, Any] = {"student": attempt.student, "epoch": epoch, "sent": sent, "now": timezone.now()}
    refusal = model.refusal(epoch)
    if what == "finish" and model.is_over and model.has(sent):
        assert saving.finish(attempt.uuid, **given).state == State.SUBMITTED
    elif refusal:
        with pytest.raises(refusal):
            (saving.finish if what == "finish" else saving.save)(attempt.uuid, **given)
    elif what == "finish":
        model.take(sent)
        model.is_over = saving.finish(attempt.uuid, **given).state == State.SUBMITTED
    else:
        model.take(sent)
        for question, seq in saving.save(attempt.uuid, **given).rows:
            assert seq == model.rows[question][0]
            model.acknowledged[question] = seq


@settings(max_examples=50)
@given(edits=EDITS, steps=STEPS)
def test_what_was_acknowledged_stays_whatever_the_network_does(edits, steps):
    attempt, model = fresh(), Model()
    questions = [one.uuid for one in asked(attempt)]
    made = [Sent(questions[place], seq, answer) for seq, (place, answer) in enumerate(edits, start=1)]
    for what, chosen, is_old in steps:
        if what == "move":
            Attempt.objects.filter(pk=attempt.pk).update(epoch=F("epoch") + 1)
            model.epoch += 1
            continue
        sent = [made[place] for place in chosen if place < len(made)]
        deliver(model, attempt, what, sent, model.epoch - is_old or 99)
        assert kept(attempt) == model.rows
    assert all(model.rows[question][0] >= seq for question, seq in model.acknowledged.items())


@settings(max_examples=25)
@given(edits=EDITS, data=st.data())
def test_the_order_in_which_autosaves_arrive_changes_nothing(edits, data):
    attempt = fresh()
    questions = [one.uuid for one in asked(attempt)]
    made = [Sent(questions[place], seq, answer) for seq, (place, answer) in enumerate(edits, start=1)]
    for one in data.draw(st.permutations([*made, *data.draw(st.lists(st.sampled_from(made), max_size=4))])):
        saving.save(attempt.uuid, student=attempt.student, epoch=1, sent=[one], now=timezone.now())
    assert kept(attempt) == {one.question: (one.seq, one.answer) for one in made}


@settings(max_examples=25)
@given(late_s=st.floats(-60, 60), grace_s=st.integers(0, 45))
def test_a_save_is_taken_until_the_last_moment_of_the_grace(late_s, grace_s):
    attempt = fresh()
    Test.objects.update(grace_s=grace_s)
    saving.running_tests.forget()
    sent = [Sent(asked(attempt)[0].uuid, 1, "b")]
    given: dict[str, Any] = {"student": attempt.student, "epoch": 1, "sent": sent}
    now = attempt.deadline_at + timedelta(seconds=late_s)
    if now <= attempt.deadline_at + timedelta(seconds=grace_s):
        assert saving.save(attempt.uuid, now=now, **given).rows == [(sent[0].question, 1)]
    else:
        with pytest.raises(saving.AttemptClosed):
            saving.save(attempt.uuid, now=now, **given)
        assert kept(attempt) == {}
