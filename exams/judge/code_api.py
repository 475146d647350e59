"""What an editor asks of the server: run this program, submit it, how does that one stand."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from coaching.lib.json_bodies import MalformedFields, json_object
from coaching.lib.middleware import body_limit
from exams import saving
from exams.attempt_api import answering, refused
from exams.devices import Device
from exams.judge import code_page, submitting
from exams.judge.said import submission_json, waiting_json
from exams.judge.sources import BadProgram
from exams.models import CodeSubmission, Test
from exams.saving import SectionClosed
from exams.sent import MOST_COUNT

MOST_BYTES = 1024 * 1024
"""Of a request: a program and an input of 64 KB each, however their signs are written."""
KEPT_NOWHERE = {"Cache-Control": "no-store"}


@signed_in
@require_POST
@body_limit(lambda: MOST_BYTES, "application/json")
def code_run(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """Run a program on the samples, and on an own input."""
    return _take(request, public_id, question, kind=CodeSubmission.Kind.RUN)


@signed_in
@require_POST
@body_limit(lambda: MOST_BYTES, "application/json")
def code_submit(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """Submit a program for judging on all tests."""
    return _take(request, public_id, question, kind=CodeSubmission.Kind.SUBMIT)


@signed_in
@require_safe
def code(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A submission as it stands: JSON, a page for a browser, or a part of that page (`X-Live`)."""
    is_live = "X-Live" in request.headers
    is_page = not is_live and "text/html" in request.headers.get("accept", "")
    submission, now = get_object_or_404(_rows(request.user, is_whole=is_page), uuid=public_id), timezone.now()
    for_staff = submission.attempt.student_id != request.user.pk
    if for_staff and not Test.objects.editable_by(request.user).filter(pk=submission.attempt.test_id).exists():
        raise Http404
    said = submission_json(submission, for_staff=for_staff, now=now)
    if is_page:
        page = code_page.page_of(submission, said, for_staff=for_staff, now=now)
        response = render(request, "exams/code.html", page)
    elif is_live:
        part = code_page.part_of(submission, said, for_staff=for_staff)
        response = render(request, "exams/_code_submission.html", part)
    else:
        response = JsonResponse(said | {"url": _url(submission)})
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(user: User, *, is_whole: bool) -> QuerySet[CodeSubmission]:
    """With what is said of them; whole ones with the program and all that stands around it on their page."""
    rows = CodeSubmission.objects.for_user(user).select_related("attempt", "question", "judgement__suite")
    if is_whole:
        return rows.select_related("attempt__test", "attempt__student")
    return rows.defer("source", "judgement__suite__frames", "judgement__suite__checker_source")


def _take(request: SignedInRequest, attempt: UUID, question: UUID, *, kind: str) -> HttpResponse:
    """202 and how it stands, 200 of one that was there before; of a form 303 to its page."""
    now, is_form = timezone.now(), request.content_type != "application/json"
    try:
        with answering():
            saving.known_to(request.user, attempt)
            given = _given(request, is_form=is_form)
            if kind == CodeSubmission.Kind.SUBMIT:
                given.pop("stdin")
            take = submitting.run if kind == CodeSubmission.Kind.RUN else submitting.submit
            slot = Device.of(request).slot
            taken = take(attempt, question, student=request.user, slot=slot, now=now, **given)
    except (MalformedFields, SectionClosed) as error:
        if is_form:
            raise
        return refused(error)
    submission = taken.submission
    if is_form:
        return HttpResponseRedirect(_url(submission), status=303)
    if taken.judgement is None:
        status, said = 200, submission_json(submission, for_staff=False, now=now)
    else:
        status, said = 202, waiting_json(submission, taken.judgement, taken.question, place=taken.place, now=now)
    return JsonResponse(said | {"url": _url(submission)}, status=status, headers=KEPT_NOWHERE)


def _given(request: HttpRequest, *, is_form: bool) -> dict[str, Any]:
    """What was sent; what of it is a program is looked at later. Raises: BadProgram."""
    sent: dict[str, Any] | None = request.POST.dict() if is_form else json_object(request.body)
    if sent is None:
        raise BadProgram({"body": _("This is no JSON object.")})
    if is_form:
        sent |= {name: int(sent[name]) for name in ("epoch", "seq") if _is_count(sent.get(name))}
        sent["stdin"] = sent.get("stdin") if sent.get("has_stdin", sent.get("stdin")) else None
    given = {name: sent.get(name) for name in ("epoch", "language", "source", "stdin", "seq")}
    for name, least, may_lack in (("epoch", 0, False), ("seq", 1, True)):
        value = given[name]
        if may_lack and value is None:
            continue
        if type(value) is not int or not least <= value <= MOST_COUNT:  # True is an int, too
            raise BadProgram({name: _("This is no count.")})
    return given


def _is_count(typed: Any) -> bool:
    return isinstance(typed, str) and typed.isascii() and typed.isdigit() and len(typed) <= 16


def _url(submission: CodeSubmission) -> str:
    return reverse("code", args=[submission.uuid])
