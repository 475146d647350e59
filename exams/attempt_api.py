"""What the page of an attempt asks of the server while a test is written, as JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from coaching.lib.json_bodies import MalformedFields
from coaching.lib.middleware import body_limit
from exams import running_tests, saving, takeovers
from exams.devices import Device
from exams.models import Attempt, Response
from exams.saving import Busy, SectionClosed
from exams.sent import MOST_BYTES, Batch, Malformed, read


@signed_in
@require_POST
@body_limit(lambda: MOST_BYTES, "application/json")
def attempt_responses(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Autosave, and without answers a sign of life."""
    try:
        with answering():
            saving.known_to(request.user, public_id)
            came = read(request.body)
            given = _given(request, came)
            saved = saving.save(public_id, student=request.user, now=timezone.now(), **given)
    except (Malformed, SectionClosed) as error:
        return refused(error)
    said = {
        "saved": [{"question": question, "seq": seq} for question, seq in saved.rows],
        "server_now": saved.server_now,
        "deadline": saved.deadline,
        "section_ends": saved.section_ends,
        "state": saved.state,
        "away_count": saved.away_count,
        "messages": saved.messages,
    }
    return JsonResponse(said)


@signed_in
@require_POST
@body_limit(lambda: MOST_BYTES, "application/json")
def attempt_finish(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Hand in, with the last answers; what is handed in already stays as it is."""
    try:
        with answering():
            saving.known_to(request.user, public_id)
            came = read(request.body)
            given = _given(request, came)
            attempt = saving.finish(public_id, student=request.user, now=timezone.now(), **given)
    except (Malformed, SectionClosed) as error:
        return refused(error)
    return JsonResponse({"state": attempt.state, "submitted_at": attempt.submitted_at, "ended_by": attempt.ended_by})


@signed_in
@require_safe
def attempt_state(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How the attempt stands and, on the device that writes it, what is kept of it."""
    with answering():
        attempt = Attempt.objects.get(uuid=public_id, student=request.user)
        is_here = takeovers.is_here(attempt, Device.of(request))
        responses = _responses(attempt) if is_here else []
        said = {
            "server_now": timezone.now(),
            "deadline": attempt.deadline_at,
            "section_ends": attempt.section_ends,
            "state": attempt.state,
            "away_count": attempt.away_count,
            "messages": running_tests.running(attempt.test_id).told(attempt.pk),
            "is_here": is_here,
            "epoch": attempt.epoch if is_here else None,
            "responses": responses,
            "next_seq": 1 + max((one["seq"] for one in responses), default=0),
        }
    return JsonResponse(said)


def _given(request: SignedInRequest, came: Batch) -> dict[str, Any]:
    slot = Device.of(request).slot
    return {"epoch": came.epoch, "sent": came.sent, "events": came.events, "slot": slot}


def _responses(attempt: Attempt) -> list[dict[str, Any]]:
    rows = Response.objects.filter(attempt=attempt).order_by("seq")
    found = rows.values_list("question__uuid", "seq", "answer", "is_marked", "spent_ms")
    return [dict(zip(("question", "seq", "answer", "marked", "spent_ms"), one, strict=True)) for one in found]


@contextmanager
def answering() -> Iterator[None]:
    """A foreign attempt is not there, and a database that has too much to do is asked again. Raises: Http404, Busy."""
    try:
        yield
    except Attempt.DoesNotExist:
        raise Http404 from None
    except (OperationalError, InterfaceError) as error:
        raise Busy(
            _("Too many are saving at this moment. Your answers stay on this device and are sent again.")
        ) from error


def refused(error: MalformedFields | SectionClosed) -> JsonResponse:
    """The usual object, with what is wrong of which question."""
    wrong = {"code": error.code, "message": error.message, "fields": error.fields}
    return JsonResponse({"error": wrong}, status=error.status)
