"""What exams keep of a person: as tables he can take with him, and what an erasure takes.

Nothing here holds an erasure. Attempts, answers and results stay as the history of tests, and name nobody any more.
Of results the copy has what is shown to him (`result_copy`): it is no way round a release.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.offers import Section
from exams import result_copy
from exams.models import (
    Attempt,
    AttemptEvent,
    CodeRules,
    CodeSubmission,
    LeaderboardChoice,
    Response,
    Result,
    TakeoverRequest,
    TimeCredit,
)
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict

AT_ONCE, PROGRAMS_AT_ONCE = 500, 50
_OF_POINTS = frozenset({Verdict.AC, Verdict.CE, Verdict.SE})
"""Verdicts that say no more of hidden tests than the points do."""


def export(person: User) -> list[Section]:
    """His attempts, what he answered, what was noted while he wrote, time he was given, and his programs."""
    return [
        Section(
            "attempts",
            _("Tests written"),
            (_("Test"), _("Attempt"), _("Began"), _("Deadline"), _("Handed in"), _("How"), _("Device")),
            _attempts(person),
        ),
        Section(
            "answers",
            _("Answers"),
            (_("Test"), _("Attempt"), _("Question"), _("Answer"), _("Marked for review"), _("Seconds"), _("Saved")),
            _answers(person),
        ),
        Section(
            "test_events",
            _("Noted during tests"),
            (_("Test"), _("When"), _("What"), _("Cause"), _("Seconds")),
            _events(person),
        ),
        Section(
            "test_time",
            _("Time given in tests"),
            (_("Test"), _("When"), _("Seconds"), _("Why")),
            _credits(person),
        ),
        Section(
            "programs",
            _("Programs"),
            (
                *(_("Test"), _("Attempt"), _("Question"), _("When"), _("How"), _("Number"), _("Language")),
                *(_("Program"), _("Own input"), _("Verdict"), _("Points"), _("Of")),
            ),
            _programs(person),
        ),
        *result_copy.sections(person),
    ]


def erase(person: User) -> None:
    """Before his name goes: by which device he wrote, what he still asks for, and his place on leaderboards."""
    Attempt.objects.filter(student=person).update(device="", device_id=None, slot=None)
    asked = TakeoverRequest.objects.filter(attempt__student=person)
    asked.filter(state=TakeoverRequest.State.ASKED).update(state=TakeoverRequest.State.DROPPED)
    asked.update(device="", device_id=None)
    LeaderboardChoice.objects.filter(student=person).delete()


def _attempts(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Attempt.objects.filter(student=person).select_related("test")
    for row in rows.order_by("admitted_at", "pk").iterator(chunk_size=AT_ONCE):
        how = str(row.get_ended_by_display())
        yield row.test.title, row.number, row.started_at, row.deadline_at, row.submitted_at, how, row.device


def _answers(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Response.objects.filter(attempt__student=person).select_related("attempt__test", "question")
    for row in rows.order_by("attempt", "question").iterator(chunk_size=AT_ONCE):
        said = row.answer if isinstance(row.answer, str) else json.dumps(row.answer, ensure_ascii=False)
        number, seconds = f"#{row.question.question_id}", row.spent_ms // 1000
        answer = said if row.is_answered else ""
        yield row.attempt.test.title, row.attempt.number, number, answer, row.is_marked, seconds, row.saved_at


def _events(person: User) -> Iterator[tuple[Any, ...]]:
    rows = AttemptEvent.objects.filter(attempt__student=person).select_related("attempt__test")
    for row in rows.order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        seconds = None if row.duration_ms is None else row.duration_ms // 1000
        yield row.attempt.test.title, row.happened_at, str(row.get_kind_display()), row.cause, seconds


def _credits(person: User) -> Iterator[tuple[Any, ...]]:
    rows = TimeCredit.objects.filter(attempt__student=person).select_related("attempt__test")
    for row in rows.order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        yield row.attempt.test.title, row.at, row.seconds, row.reason


def _programs(person: User) -> Iterator[tuple[Any, ...]]:
    """What he submitted and ran; what it came to where the results of the test are shown to him."""
    tests = (
        Result.objects.shown(timezone.now()).filter(student=person).order_by().values_list("version__test", flat=True)
    )
    shown, guarded = set(tests), _guarded(person)
    rows = CodeSubmission.objects.filter(attempt__student=person)
    rows = rows.select_related("attempt__test", "question", "judgement").defer("judgement__tests")
    for row in rows.order_by("asked_at", "pk").iterator(chunk_size=PROGRAMS_AT_ONCE):
        test, judgement = row.attempt.test, row.judgement
        number, how = f"#{row.question.question_id}", str(row.get_kind_display())
        came_to: tuple[Any, ...] = ("", None, None)
        if judgement and test.pk in shown and judgement.state == JudgeState.COMPLETE:
            is_told = row.kind == CodeSubmission.Kind.RUN or test.pk not in guarded
            verdict = judgement.verdict if is_told or judgement.verdict in _OF_POINTS else ""
            came_to = (verdict, judgement.points, judgement.most)
        said = (row.number, row.get_language_display(), row.source, row.stdin)
        yield test.title, row.attempt.number, number, row.asked_at, how, *said, *came_to


def _guarded(person: User) -> set[int]:
    """Tests of which he does not see by now how a hidden test ended: by the rules, until solutions are out."""
    written = CodeRules.objects.filter(test__attempts__student=person).exclude(feedback=CodeRules.Feedback.TESTS)
    told = Result.objects.with_solutions(timezone.now()).filter(student=person).order_by().values("version__test")
    return set(written.exclude(test__in=told).values_list("test", flat=True))
