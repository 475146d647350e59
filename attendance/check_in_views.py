"""A student checks in: the page, what his phone sends, and the short link that a code on the screen leads to."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, signed_in
from attendance import check_ins
from attendance.check_in_forms import MOST_BYTES, Malformed, read
from attendance.check_in_page import page_of, words
from attendance.check_in_words import answer
from attendance.check_ins import Taken
from attendance.devices import Device
from batches.models import ClassSession
from coaching.lib.errors import DomainError, NotAllowed
from coaching.lib.middleware import body_limit

NAMES = ("register", "batch__venue", "room__venue", "subject", "teacher", "holiday")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@body_limit(lambda: MOST_BYTES, "application/json")
def check_in(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The page to whoever is on the roll; a POST, of JSON or of the plain form, is a check-in."""
    classes = check_ins.with_roll(ClassSession.objects.select_related(*NAMES), request.user)
    row = get_object_or_404(classes, uuid=public_id)
    if not vars(row)["is_mine"]:
        return _others(request, row)
    if request.method != "POST":
        return _shown(request, row)
    try:
        taken = _taken(request, row)
    except DomainError as error:
        if not _is_json(request):
            return _shown(request, row, problem=error)
        if not isinstance(error, Malformed):
            raise
        wrong = {"code": error.code, "message": error.message, "fields": error.fields}
        return JsonResponse({"error": wrong}, status=error.status)
    if not _is_json(request):
        return redirect("check_in", public_id)
    if request.headers.get("Accept", "").startswith("text/html"):
        return _shown(request, row)
    return JsonResponse(answer(taken, taken.attempt.register, now=timezone.now()).as_json())


def _taken(request: SignedInRequest, row: ClassSession) -> Taken:
    sent, now = read(request), timezone.now()
    register = check_ins.opened(row, now=now)
    return check_ins.check_in(register, request.user, sent, now=now, device=Device.of(request))


def _is_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def _others(request: SignedInRequest, row: ClassSession) -> HttpResponse:
    """Who takes the register goes there, who only sees the class to its page; to all others it is not there."""
    if not ClassSession.objects.for_user(request.user).filter(pk=row.pk).exists():
        raise Http404
    why = _("Students check in by themselves, from where the class is.")
    if request.method == "POST":
        raise NotAllowed(why)
    if ClassSession.objects.editable_by(request.user).filter(pk=row.pk).exists():
        return redirect("register", row.uuid)
    messages.info(request, why)
    return redirect("class_session", row.uuid)


def _shown(request: SignedInRequest, row: ClassSession, *, problem: DomainError | None = None) -> HttpResponse:
    """The whole page, or its inside for a page that is open already."""
    now = timezone.now()
    context = {"row": row, "page": page_of(row, request.user, now=now), "problem": problem}
    context |= {"now": now.isoformat(), "words": words()}
    is_part = "X-Live" in request.headers or _is_json(request)
    template = "attendance/_check_in.html" if is_part else "attendance/check_in.html"
    return render(request, template, context, status=problem.status if problem else 200)


@signed_in
@require_safe
def check_in_link(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To the page, which takes the code out of the address. Following the link marks nobody."""
    return redirect("check_in", public_id)
