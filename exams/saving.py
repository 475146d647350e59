"""Autosave: what a device sends while a test is written is kept whole and in one transaction, or refused with a reason.

The attempt's row is fence and lock at once: a conditional update lets through only who writes under the current epoch
and in time, and holds the row until the answers are in; so a save and a hand-in, a take-over or the closing of the test
come one after the other. Answers are kept by their counter: whatever comes twice, late or out of order, the highest
stays. What was acknowledged is in the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from coaching.lib.errors import DomainError, Unavailable
from exams import attempt_rows, closing, finishing, running_tests
from exams.answers import BadAnswer, clean
from exams.attempt_rows import Fenced, Row
from exams.finishing import NotStarted
from exams.models import Attempt, AttemptEvent, Response
from exams.models.attempts import EndedBy, State
from exams.paper_facts import PaperFacts, facts_of
from exams.running_tests import Running
from exams.sent import Happened, Malformed, Sent
from exams.sittings import Clock

CLOCKS_DIFFER_BY = timedelta(days=1)
MOST_NOTED = 1_000
"""So much devices may note of one attempt: the log stays one that people can read."""
WRONG = {
    "wrong_shape": gettext_lazy("This is no answer to such a question."),
    "unknown": gettext_lazy("The question has no such choice."),
    "twice": gettext_lazy("A choice is named twice."),
    "not_a_number": gettext_lazy("This is no number. Write it with a decimal point, like 5.237."),
    "too_long": gettext_lazy("This is too long."),
    "bad_sign": gettext_lazy("There is a sign in it that cannot be kept."),
}


class AttemptMoved(DomainError):
    """The attempt went on on another device, and this one may no longer write (409)."""

    code = "attempt_moved"


class AttemptClosed(DomainError):
    """It is handed in, or its time is over (409)."""

    code = "attempt_closed"


class SectionClosed(DomainError):
    """The time of a section is over or has not come (409); `fields` names the questions."""

    code = "section_closed"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_("This section is closed. Nothing of what was sent with it was kept."))
        self.fields = dict(fields)


class Busy(Unavailable):
    """The database has too much to do (503): the device keeps its answers and repeats."""

    code = "busy"
    headers = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Saved:
    """What the device is told. `rows`: question and the counter up to which it is kept, at least the one sent."""

    rows: list[tuple[UUID, int]]
    deadline: datetime
    section_ends: list[str]
    server_now: datetime
    state: str
    away_count: int
    messages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What of an attempt never changes."""

    pk: int
    test: int
    student: int


@dataclass(frozen=True, slots=True)
class _Given:
    """Answers that were cleaned, and what they are held against."""

    test: Running
    facts: PaperFacts
    rows: dict[UUID, Row]


def save(
    attempt_uuid: UUID,
    *,
    student: User,
    epoch: int,
    sent: Sequence[Sent],
    events: Iterable[Happened] = (),
    slot: int | None = None,
    now: datetime,
) -> Saved:
    """Keep a device's answers and events, all or none; without any it is a sign of life.

    Epochs can be guessed, so the session (`slot`) that writes must be the one that was bound to the attempt.
    Who has left the test too often hands it in by that, these answers included.
    Raises: Attempt.DoesNotExist, Malformed, AttemptMoved, AttemptClosed, NotStarted, SectionClosed, Busy.
    """
    known = known_to(student, attempt_uuid)
    given = _given(known, sent)
    with transaction.atomic():
        fenced = _fenced(known, given, epoch=epoch, slot=slot, now=now)
        kept = _kept(known, given.rows, now=now)
        left = _noted(known, events, now=now)
        if is_over := _left_too_often(known, left, limit=given.test.leaves):
            finishing.submit(Attempt.objects.get(pk=known.pk), by=EndedBy.FOCUS, now=now)
    state, away = State.SUBMITTED if is_over else State.WRITING, left or fenced.away_count
    return Saved(kept, fenced.deadline_at, fenced.section_ends, now, state, away, given.test.told(known.pk))


def keep_program(
    attempt_uuid: UUID, *, student: User, epoch: int, sent: Sent, slot: int | None = None, now: datetime
) -> None:
    """Keep a program that is to be judged as the answer, too. In the caller's transaction, to the end of which the
    attempt's row is held. Counter 0: the device said none, and the kept one stays, so that nothing the device counted
    on is refused later.

    Raises: as `save`.
    """
    known = known_to(student, attempt_uuid)
    given = _given(known, [sent])
    _fenced(known, given, epoch=epoch, slot=slot, now=now)
    attempt_rows.keep_program(known.pk, given.rows[sent.question].question, sent.answer, seq=sent.seq, now=now)


def finish(
    attempt_uuid: UUID,
    *,
    student: User,
    epoch: int,
    sent: Sequence[Sent] = (),
    events: Iterable[Happened] = (),
    slot: int | None = None,
    now: datetime,
) -> Attempt:
    """Keep the last answers and hand in, both or neither; what is handed in already stays as it is.

    Raises: as `save`, AttemptClosed only when some of these answers came too late.
    """
    try:
        given: dict[str, Any] = {"epoch": epoch, "sent": sent, "events": events, "slot": slot}
        return _save_and_finish(attempt_uuid, student=student, now=now, **given)
    except AttemptClosed:
        attempt = Attempt.objects.select_related("test").get(uuid=attempt_uuid)
        closing.close(attempt, now=now)
        attempt.refresh_from_db()
        if attempt.state == State.SUBMITTED and _is_kept(attempt, sent):
            return attempt
        raise


@transaction.atomic
def _save_and_finish(attempt_uuid: UUID, *, student: User, now: datetime, **given: Any) -> Attempt:
    saved = save(attempt_uuid, student=student, now=now, **given)
    attempt = Attempt.objects.get(uuid=attempt_uuid)
    if saved.state != State.SUBMITTED:
        finishing.submit(attempt, by=EndedBy.STUDENT, now=now, actor=student)
    return attempt


def _is_kept(attempt: Attempt, sent: Sequence[Sent]) -> bool:
    """Whether all of that, or what came after it, is in the database."""
    seqs: dict[UUID, int] = dict(Response.objects.filter(attempt=attempt).values_list("question__uuid", "seq"))
    return all(seqs.get(one.question, 0) >= one.seq for one in sent)


@lru_cache(20_000)
def _known(attempt_uuid: UUID) -> _Known:
    """Raises: Attempt.DoesNotExist, which is not kept."""
    return _Known(*Attempt.objects.values_list("pk", "test", "student").get(uuid=attempt_uuid))


def forget() -> None:
    """As a new process has it: for tests, of which each has a database of its own."""
    _known.cache_clear()


def known_to(student: User, attempt_uuid: UUID) -> _Known:
    """His attempt of that number. Raises: Attempt.DoesNotExist."""
    known = _known(attempt_uuid)
    if known.student != student.pk:
        raise Attempt.DoesNotExist
    return known


def _given(known: _Known, sent: Sequence[Sent]) -> _Given:
    """Raises: Malformed."""
    test = running_tests.running(known.test)
    if not _are_of(test, known, sent):  # what is kept of the test may be some seconds older than its paper
        test = running_tests.anew(known.test)
    facts = facts_of(known.test, test.paper_revision)
    return _Given(test, facts, _rows(sent, facts))


def _are_of(test: Running, known: _Known, sent: Sequence[Sent]) -> bool:
    facts = facts_of(known.test, test.paper_revision)
    return all(one.question in facts.by_uuid for one in sent)


def _rows(sent: Sequence[Sent], facts: PaperFacts) -> dict[UUID, Row]:
    """Of each question the newest answer, cleaned. Raises: Malformed, naming all that is wrong."""
    rows: dict[UUID, Row] = {}
    wrong: dict[str, str] = {}
    for one in sent:
        asked = facts.by_uuid.get(one.question)
        if asked is None:
            wrong[str(one.question)] = _("This paper has no such question.")
            continue
        try:
            answer = clean(asked.kind, asked, one.answer)
        except BadAnswer as error:
            wrong[str(one.question)] = str(WRONG[error.code])
            continue
        if one.question not in rows or one.seq > rows[one.question].seq:
            rows[one.question] = Row(asked.pk, one.seq, answer, one.is_marked, one.spent_ms)
    if wrong:
        raise Malformed(wrong)
    return rows


def _fenced(known: _Known, given: _Given, *, epoch: int, slot: int | None, now: datetime) -> Fenced:
    """Under the lock. Raises: AttemptMoved, AttemptClosed, NotStarted, Busy, SectionClosed."""
    under: dict[str, Any] = {"epoch": epoch, "slot": slot, "not_over_before": now - given.test.grace}
    fenced = attempt_rows.fence(known.pk, student=known.student, now=now, saves=bool(given.rows), **under)
    if fenced is None:
        raise _refusal(known, **under)
    _require_open_sections(given.rows, given.facts, fenced, grace=given.test.grace, now=now)
    return fenced


def _refusal(known: _Known, *, epoch: int, slot: int | None, not_over_before: datetime) -> DomainError:
    """Why the fence let nobody through."""
    row = Attempt.objects.only("state", "epoch", "slot", "deadline_at").get(pk=known.pk)
    if row.state == State.SUBMITTED:
        return AttemptClosed(_("This test is handed in. Nothing more is taken."))
    if row.state == State.READY:
        return NotStarted()
    if row.epoch != epoch or (slot is not None and row.slot_id not in (None, slot)):
        return AttemptMoved(_("This test went on on another device. Nothing more is taken from here."))
    if row.deadline_at is not None and row.deadline_at < not_over_before:
        return AttemptClosed(_("Time is over. What came later than that is not taken."))
    return Busy(_("Something changed at this moment. Send it again."))


def _require_open_sections(
    rows: Mapping[UUID, Row], facts: PaperFacts, fenced: Fenced, *, grace: timedelta, now: datetime
) -> None:
    """Answers on their way when a section ended are taken for as long as after the deadline. Raises: SectionClosed."""
    if not fenced.section_ends or not rows:
        return
    ends = tuple(datetime.fromisoformat(one) for one in fenced.section_ends)
    clock = Clock(fenced.deadline_at, ends)
    open_ones = range(clock.section_at(now - grace) or 0, (clock.section_at(now) or 0) + 1)
    closed = [uuid for uuid in rows if facts.by_uuid[uuid].section not in open_ones]
    if closed:
        raise SectionClosed({str(uuid): _("Its section is closed.") for uuid in closed})


def _kept(known: _Known, rows: Mapping[UUID, Row], *, now: datetime) -> list[tuple[UUID, int]]:
    """Keep them; of what is older than what was kept, the counter of that, so that the device learns it is behind."""
    newer = attempt_rows.upsert(known.pk, list(rows.values()), now=now)
    behind = [row.question for row in rows.values() if row.question not in newer]
    found = Response.objects.filter(attempt=known.pk, question__in=behind) if behind else Response.objects.none()
    seqs: dict[int, int] = dict(found.values_list("question", "seq"))
    return [(uuid, seqs.get(row.question, row.seq)) for uuid, row in rows.items()]


def _noted(known: _Known, events: Iterable[Happened], *, now: datetime) -> int:
    """Note what happened; how often the test was left by now, 0 when it was not left by these."""
    events = list(events)
    if not events or AttemptEvent.objects.filter(attempt=known.pk, client_id__isnull=False).count() >= MOST_NOTED:
        return 0
    plausible = [one if abs(one.at - now) < CLOCKS_DIFFER_BY else _at(one, now) for one in events]
    noted = attempt_rows.note(known.pk, plausible, now=now)
    away = [ms or 0 for kind, ms in noted if kind == AttemptEvent.Kind.AWAY]
    return attempt_rows.left(known.pk, times=len(away), ms=sum(away)) if away else 0


def _at(one: Happened, now: datetime) -> Happened:
    """By the server's clock, as the device's is wrong."""
    return Happened(one.id, one.kind, now, one.duration_ms, one.cause, one.detail)


def _left_too_often(known: _Known, left: int, *, limit: int | None) -> bool:
    """More often than allowed, by what was just noted."""
    return limit is not None and left > limit and left_since_given_back(known.pk, left) > limit


def left_since_given_back(attempt: int, left: int) -> int:
    """How many of the `left` times count: who was given back the test by staff may leave it as often again."""
    events = AttemptEvent.objects.filter(attempt=attempt)
    reopened = events.filter(kind=AttemptEvent.Kind.REOPENED).order_by("-at").first()
    if reopened is None:
        return left
    return events.filter(kind=AttemptEvent.Kind.AWAY, at__gt=reopened.at).count()
