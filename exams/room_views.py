"""The waiting room: coming in, the sealed paper, the opening, and going on on another device."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from coaching.lib.errors import DomainError
from coaching.lib.refusals import wants_json
from exams import admission, starting, takeovers
from exams.admission import NotOpenYet
from exams.devices import Device
from exams.models import Attempt, SealedPaper, Test
from exams.models.attempts import State
from exams.room_forms import EnterForm
from exams.room_page import page_of, state_of, takeover_page, words
from exams.takeovers import OpenElsewhere

A_YEAR_S = 365 * 24 * 3600


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def test_room(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The room of who is in; a POST comes in, and begins at once when the test is open."""
    now = timezone.now()
    test = _test(request, public_id)
    if request.method == "POST":
        return _enter(request, test)
    attempt = Attempt.objects.open().filter(test=test, student=request.user).first()
    if attempt is None:
        return redirect("test", test.uuid)
    if attempt.state == State.WRITING:
        return redirect("attempt", attempt.uuid)
    return render(request, "exams/room.html", {"page": page_of(test, attempt, now=now), "words": words()})


def _enter(request: SignedInRequest, test: Test) -> HttpResponse:
    form = EnterForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("test", test.uuid)
    try:
        attempt = _entered(request, test, form.entered_code())
    except OpenElsewhere:
        return redirect("test_room", test.uuid)
    except DomainError as error:
        if error.status == 429 or wants_json(request):
            raise
        messages.error(request, error.message)
        return redirect("test", test.uuid)
    if attempt.state == State.WRITING:
        return redirect("attempt", attempt.uuid)
    return redirect("test_room", test.uuid)


def _entered(request: SignedInRequest, test: Test, code: str) -> Attempt:
    """In the room; at the paper at once when the test is open already."""
    now, device = timezone.now(), Device.of(request)
    attempt = admission.admit(test, request.user, code=code, device=device, now=now)
    if attempt.state == State.READY and test.window[0] <= now:
        return starting.start(attempt.uuid, student=request.user.pk, device=device, now=now).attempt
    return attempt


@signed_in
@require_safe
def test_room_state(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What may change while somebody waits, in a few hundred bytes."""
    own = Attempt.objects.open().filter(student=request.user).select_related("test")
    attempt = get_object_or_404(own, test__uuid=public_id)
    return JsonResponse(state_of(attempt, now=timezone.now()))


@signed_in
@require_safe
def sealed_paper(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The sealed bytes, for who was let in and for the staff of the test."""
    row = get_object_or_404(SealedPaper.objects.defer("ciphertext", "key_sealed"), uuid=public_id)
    if not _is_in(request, row) and not Test.objects.editable_by(request.user).filter(pk=row.test_id).exists():
        raise Http404
    etag = f'"{row.sha256}"'
    kept = {"Cache-Control": f"private, max-age={A_YEAR_S}, immutable", "ETag": etag}
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        known.headers["Cache-Control"] = kept["Cache-Control"]
        return known
    return HttpResponse(bytes(row.ciphertext), content_type="application/octet-stream", headers=kept)


def _is_in(request: SignedInRequest, row: SealedPaper) -> bool:
    return Attempt.objects.filter(test=row.test_id, student=request.user).exists()


@signed_in
@require_POST
def attempt_start(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Begin, or go on where one was: the key and the order as JSON, or the page for a plain form."""
    try:
        started = starting.start(public_id, student=request.user.pk, device=Device.of(request), now=timezone.now())
    except Attempt.DoesNotExist:
        raise Http404 from None
    except DomainError as error:
        return _not_started(request, public_id, error)
    if not wants_json(request):
        return redirect("attempt", public_id)
    return JsonResponse(started.as_json(), headers={"Cache-Control": "no-store"})


def _not_started(request: SignedInRequest, public_id: UUID, error: DomainError) -> HttpResponse:
    if wants_json(request):
        told: dict[str, Any] = {"code": error.code, "message": error.message}
        if isinstance(error, NotOpenYet):
            told["seconds"] = error.seconds
        return JsonResponse({"error": told}, status=error.status, headers=dict(error.headers))
    if isinstance(error, OpenElsewhere):
        return redirect("attempt_takeover", public_id)
    attempt = get_object_or_404(Attempt.objects.select_related("test"), uuid=public_id, student=request.user)
    messages.error(request, error.message)
    return redirect("test_room" if isinstance(error, NotOpenYet) else "test", attempt.test.uuid)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_takeover(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Open on another device: go on here, or ask. A page that is open looks again by itself."""
    own = Attempt.objects.select_related("test").filter(student=request.user)
    attempt, device, now = get_object_or_404(own, uuid=public_id), Device.of(request), timezone.now()
    if request.method == "POST":
        if request.POST.get("do") == "ask":
            takeovers.ask(attempt, device=device, now=now)
            messages.info(request, _("The invigilator was asked. Stay on this page."))
            return redirect("attempt_takeover", public_id)
        takeovers.take_over(attempt, device=device, now=now)
    elif attempt.state == State.WRITING and not takeovers.is_here(attempt, device):
        template = "exams/_takeover.html" if "X-Live" in request.headers else "exams/takeover.html"
        return render(request, template, {"page": takeover_page(attempt, device, now=now)})
    if "X-Live" in request.headers:
        return render(request, "exams/_takeover.html", {"page": None, "attempt": attempt})
    return redirect("attempt", public_id)


def _test(request: SignedInRequest, public_id: UUID) -> Test:
    return get_object_or_404(Test.objects.for_user(request.user).select_related("scheme__scheme"), uuid=public_id)
