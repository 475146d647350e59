"""The pages on which a student sits a test: questions, looking over, handing in, and what he gets for it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, signed_in
from coaching.lib.errors import DomainError
from coaching.lib.json_bodies import MalformedFields
from exams import answers, closing, finishing, saving, takeovers
from exams.devices import Device
from exams.judge import submitting
from exams.models import Attempt
from exams.models.attempts import EndedBy, State
from exams.own_log import log_of
from exams.paper_json import paper
from exams.sitting_forms import SentQuestion, read
from exams.sitting_page import Sitting, sitting_of
from exams.sitting_setup import code_pane_of, page_of, receipt_of, review_of

NAMES = ("test", "student")


@signed_in
@never_cache
@require_safe
def attempt(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Where he goes on, or what he handed in."""
    row = own_attempt(request, public_id)
    if closing.is_due(row, now=timezone.now()) and closing.close(row, now=timezone.now()):
        row.refresh_from_db()
    if row.state == State.SUBMITTED:
        return render(request, "exams/attempt_receipt.html", receipt_of(row))
    away = elsewhere(request, row)
    if away:
        return away
    sitting = sitting_of(row, now=timezone.now())
    return _question_page(request, sitting, sitting.first_open())


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_question(request: SignedInRequest, public_id: UUID, place: int) -> HttpResponse:
    """One question; a form sent here is saved, and leads on. To the page's script, what came of its programs."""
    row = own_attempt(request, public_id)
    if "X-Live" in request.headers and request.method != "POST":
        return _programs(request, row, place)
    away = elsewhere(request, row)
    if away:
        return away
    sitting = sitting_of(row, now=timezone.now())
    if not 1 <= place <= sitting.count:
        raise Http404
    if not sitting.is_open(sitting.question(place)):
        messages.info(request, _("That section is not open now."))
        return redirect("attempt_question", row.uuid, sitting.first_open())
    if request.method == "POST":
        return _save(request, sitting, place)
    return _question_page(request, sitting, place)


def _programs(request: SignedInRequest, row: Attempt, place: int) -> HttpResponse:
    """The pane of results beside a coding question. It binds nothing: whoever only reads writes nowhere."""
    sitting = Sitting(row, timezone.now(), said={})  # the pane shows no answers: they are not asked for
    pane = code_pane_of(sitting, place) if row.state == State.WRITING and 1 <= place <= sitting.count else None
    if pane is None:
        raise Http404
    return render(request, "exams/_attempt_code_results.html", {"pane": pane, "attempt": row})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How many are answered, marked and untouched; the button hands in."""
    row, now = own_attempt(request, public_id), timezone.now()
    away = elsewhere(request, row)
    if away:
        return away
    if request.method == "POST":
        finishing.submit(row, by=EndedBy.STUDENT, now=now, actor=request.user, request=request)
        return redirect("attempt", row.uuid)
    return render(request, "exams/attempt_review.html", review_of(sitting_of(row, now=now)))


@signed_in
@never_cache
@require_safe
def attempt_paper(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The paper for the page's script, while he writes on this device."""
    row = own_attempt(request, public_id)
    if row.state != State.WRITING or closing.is_due(row, now=timezone.now()):
        raise saving.AttemptClosed(_("The paper is shown while the test is written."))
    if not takeovers.is_here(row, Device.of(request)):
        raise saving.AttemptMoved(_("The test is written on another device."))
    return HttpResponse(paper(row.test.uuid, row.test.paper_revision), content_type="application/json")


@signed_in
@require_safe
def attempt_log(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What was noted while the test was written: the same words for him, his guardians and staff."""
    row = get_object_or_404(Attempt.objects.for_user(request.user).select_related(*NAMES), uuid=public_id)
    is_own = row.student_id == request.user.pk
    context = {"attempt": row, "test": row.test, "lines": log_of(row), "is_own": is_own}
    return render(request, "exams/attempt_log.html", context)


# --- Rows and answers -------------------------------------------------------------------------------------------------


def own_attempt(request: SignedInRequest, public_id: UUID) -> Attempt:
    return get_object_or_404(Attempt.objects.filter(student=request.user).select_related("test"), uuid=public_id)


def elsewhere(request: SignedInRequest, row: Attempt) -> HttpResponse | None:
    """Where he belongs when it is not these pages: the waiting room, the receipt, the other device."""
    if row.state == State.READY:
        return redirect("test_room", row.test.uuid)
    if row.state == State.SUBMITTED or closing.is_due(row, now=timezone.now()):
        return redirect("attempt", row.uuid)
    device = Device.of(request)
    if not takeovers.is_here(row, device):
        return redirect("attempt_takeover", row.uuid)
    if request.method == "POST" or takeovers.is_bound(row, device):
        return None
    return _bound(row, device)


def _bound(row: Attempt, device: Device) -> HttpResponse | None:
    """Make this session the one that writes: after a sign-in, and once staff opened the attempt again.

    Without that, two devices would read the same epoch from their pages and write at once.
    """
    try:
        takeovers.take_over(row, device=device, now=timezone.now())
    except takeovers.OpenElsewhere:
        return redirect("attempt_takeover", row.uuid)
    except takeovers.NotWriting:
        return redirect("attempt", row.uuid)
    row.refresh_from_db(fields=["epoch", "slot", "device_id", "device", "last_beat_at"])
    return None


def _question_page(
    request: SignedInRequest, sitting: Sitting, place: int, *, sent: SentQuestion | None = None, status: int = 200
) -> HttpResponse:
    context = page_of(sitting, place, language=request.GET.get("in") or request.POST.get("in", ""), sent=sent)
    return render(request, "exams/attempt.html", context, status=status)


def _save(request: SignedInRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Keep what the form says and go where its button leads; what cannot be kept is shown again with the reason."""
    sent = read(request.POST, sitting, place)
    row = sitting.attempt
    try:
        sent.cleaned()
        if sent.is_behind():
            messages.error(
                request, _("This question was answered in the meantime. Save again to keep what stands here.")
            )
            return _question_page(request, sitting, place, sent=sent, status=409)
        given: dict[str, Any] = {"epoch": sent.epoch, "sent": [sent.row()], "slot": Device.of(request).slot}
        saving.save(row.uuid, student=request.user, now=sitting.now, **given)
        if sent.is_to_be_judged:
            return _judge(request, sent)
    except answers.BadAnswer:
        return _question_page(request, sitting, place, sent=sent, status=422)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("attempt", row.uuid)
    return redirect(_with_language(sent.leads_to(), request))


def _judge(request: SignedInRequest, sent: SentQuestion) -> HttpResponse:
    """Run or submit the program that was just kept; without a script the page of it says what came of it."""
    given: dict[str, Any] = {"student": request.user, "epoch": sent.epoch, "slot": Device.of(request).slot}
    given |= {"language": sent.program["language"], "source": sent.program["source"], "now": timezone.now()}
    asked = (sent.sitting.attempt.uuid, sent.facts.uuid)
    try:
        if sent.do == "run":
            taken = submitting.run(*asked, stdin=sent.typed.get("stdin") or None, seq=sent.seq, **given)
        else:
            taken = submitting.submit(*asked, seq=sent.seq, **given)
    except DomainError as refused:
        fields = refused.fields.values() if isinstance(refused, MalformedFields) else ()
        messages.error(request, " ".join(fields) or refused.message)
        return HttpResponseRedirect(_with_language(sent.leads_to(), request), status=303)
    return HttpResponseRedirect(reverse("code", args=[taken.submission.uuid]), status=303)


def _with_language(address: str, request: SignedInRequest) -> str:
    chosen = request.POST.get("in", "")
    return f"{address}?in={chosen}" if chosen in {"en", "hi", "both"} else address
