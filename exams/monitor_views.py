"""The monitor of a test: its page and what changes on it, the action bar, messages, and all about one attempt."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from coaching.lib.errors import DomainError
from coaching.lib.uuids import uuid_of
from exams import monitor_acts, monitor_log, takeovers
from exams.messages import tell
from exams.models import Attempt, TakeoverRequest, Test
from exams.monitor_forms import OUTAGE, ActForm, TellForm
from exams.monitor_page import Asked, attempt_context, live_context, page_context

WATCH = (Role.ADMIN, Role.TEACHER)


def _test(request: SignedInRequest, public_id: UUID) -> Test:
    return get_object_or_404(Test.objects.editable_by(request.user), uuid=public_id)


def _back(test: Test, asked: Asked) -> HttpResponse:
    answer = redirect("test_monitor", test.uuid)
    answer["Location"] += f"?{asked.query}" if asked.query else ""
    return answer


@role_required(*WATCH)
@require_safe
def test_monitor(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who writes and how it goes; to the page's script what changes, 204 while `?seen=` is how it stands."""
    test, asked = _test(request, public_id), Asked(request)
    if "X-Live" not in request.headers:
        form = ActForm(initial={"action": uuid.uuid4(), "minutes": 10, "do": asked.do})
        return render(request, "exams/monitor.html", page_context(test, asked, form=form, now=timezone.now()))
    context = live_context(test, asked, now=timezone.now())
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "exams/_monitor_live.html", context)


@role_required(*WATCH)
@require_POST
def monitor_act(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One verb for all who are chosen; what an outage comes to is shown first."""
    test, asked, now = _test(request, public_id), Asked(request), timezone.now()
    form = ActForm(request.POST)
    everybody = request.POST.get("whom") == monitor_acts.EVERYBODY
    found = monitor_acts.chosen(test, asked.chosen_ids, everybody=everybody, now=now)
    if form.is_valid():
        try:
            monitor_acts.require_some(found)
            if form.cleaned_data["do"] == OUTAGE and not form.cleaned_data["confirmed"]:
                shares = monitor_acts.shares_of(found, form, now=now)
                context = {"test": test, "form": form, "shares": shares, "asked": asked, "everybody": everybody}
                return render(request, "exams/monitor_outage.html", context)
            said = monitor_acts.act(test, found, form, actor=request.user, now=now, request=request)
        except DomainError as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, error.message)
        else:
            messages.success(request, said)
            return _back(test, asked)
    return render(request, "exams/monitor.html", page_context(test, asked, form=form, now=now), status=400)


@role_required(*WATCH)
@require_http_methods(["GET", "HEAD", "POST"])
def monitor_tell(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Tell everybody who writes, or with `?to=` of an attempt its student."""
    test, to = _test(request, public_id), uuid_of(request.GET.get("to", ""))
    attempts = Attempt.objects.filter(test=test).select_related("student", "test")
    attempt = get_object_or_404(attempts, uuid=to) if "to" in request.GET else None
    form = TellForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = {"text": form.cleaned_data["text"], "uuid": form.cleaned_data["message_uuid"], "attempt": attempt}
        try:
            tell(test, **given, actor=request.user, now=timezone.now(), request=request)
        except DomainError as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, _("Sent. It stands above their question within seconds."))
            return redirect("attempt_audit", attempt.uuid) if attempt else redirect("test_monitor", test.uuid)
    return render(request, "exams/monitor_tell.html", {"test": test, "attempt": attempt, "form": form})


@role_required(*WATCH)
@require_safe
def monitor_log_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All that happened, newest first."""
    test = _test(request, public_id)
    page = monitor_log.page_of(test, request.GET.get("page"))
    return render(request, "exams/monitor_log.html", {"test": test, "page": page})


@role_required(*WATCH)
@require_POST
def takeover_decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is approve or refuse. Raises: BadRequest."""
    tests = Test.objects.editable_by(request.user)
    rows = TakeoverRequest.objects.filter(attempt__test__in=tests).select_related("attempt__test", "attempt__student")
    row = get_object_or_404(rows, uuid=public_id)
    verbs: dict[str, Any] = {"approve": takeovers.approve, "refuse": takeovers.refuse}
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        raise BadRequest("unknown verb")
    try:
        verb(row, actor=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        approved = _("%(name)s can go on on the other device.")
        said = approved if verb is takeovers.approve else _("%(name)s stays on the first device.")
        messages.success(request, said % {"name": row.attempt.student.name})
    return _back(row.attempt.test, Asked(request))


@role_required(*WATCH)
@require_safe
def attempt_audit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All that is known of how an attempt was written: events with times and causes, never a verdict."""
    rows = Attempt.objects.filter(test__in=Test.objects.editable_by(request.user)).select_related("student", "test")
    attempt = get_object_or_404(rows, uuid=public_id)
    return render(request, "exams/attempt_audit.html", attempt_context(attempt, now=timezone.now()))
