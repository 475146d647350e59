"""The register of a class: its page, the marks it sends, the lines it reads, confirming and closing."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from attendance import closing, marks, register_page, registers
from attendance.models import Record, Register
from attendance.models.records import Status
from attendance.register_forms import Malformed, sent_as_form, sent_as_json
from attendance.register_lines import fingerprint, lines_of, numbers_of
from batches.models import ClassSession
from coaching.lib.errors import NotAllowed

NAMES = ("batch", "room", "subject")
TAKES_REGISTERS = (Role.ADMIN, Role.TEACHER)


@role_required(*TAKES_REGISTERS)
@require_safe
def register(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who was there, and the means to say so."""
    found = registers.register_seen(seen_class(request, public_id))
    show, now = request.GET.get("show", ""), timezone.now()
    context = register_page.page_of(found, viewer=request.user, now=now, show=show)
    return render(request, "attendance/register.html", context)


@role_required(*TAKES_REGISTERS)
@require_safe
def register_lines(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The lines as they now are; 204 while `?seen=` is still how it stands."""
    found = registers.register_seen(seen_class(request, public_id))
    stands = fingerprint(found)
    if request.GET.get("seen") == stands:
        return HttpResponse(status=204)
    lines = lines_of(found, viewer=request.user)
    answer = {"seen": stands, "is_final": found.is_final, "lines": [register_page.line_json(one) for one in lines]}
    return JsonResponse(answer)


@role_required(*TAKES_REGISTERS)
@require_POST
def register_marks(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Marks from the page's script, or the plain form's; each is taken or refused by itself."""
    row, now = marked_class(request, public_id), timezone.now()
    found = registers.require_markable(row, now=now)
    numbers = numbers_of(row)
    is_script = request.content_type == "application/json"
    if is_script:
        sent = sent_as_json(request.body, numbers)
    else:
        known = {record.student_id: record for record in Record.objects.filter(class_session=row)}
        sent = sent_as_form(request.POST, numbers, known)
        if request.POST.get("do") == "present":
            sent.marks += registers.open_marks(found, numbers, but=[one.student_id for one in sent.marks])
    outcome = marks.set_marks(found, sent.marks, actor=request.user, now=now, request=request)
    if is_script:
        return JsonResponse(register_page.answer_json(outcome, sent, numbers, now=now))
    return _after_form(request, found, outcome, numbers, now)


@role_required(*TAKES_REGISTERS)
@require_POST
def register_confirm(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Everybody who waits was there; with `undo`, the instant that was done at, they wait again."""
    found, now = registers.require_markable(marked_class(request, public_id), now=timezone.now()), timezone.now()
    if "undo" in request.POST:
        undo = _instant(request.POST["undo"])
        count = registers.wait_again(found, accepted_at=undo, actor=request.user, now=now)
        text = ngettext("%(count)d student waits again.", "%(count)d students wait again.", count)
        messages.info(request, text % {"count": count})
    else:
        count = registers.accept_waiting(found, actor=request.user, now=now)
        text = ngettext("%(count)d student confirmed.", "%(count)d students confirmed.", count) % {"count": count}
        messages.success(request, _with_undo(request, text, now) if count else text)
    return redirect("register", public_id)


@role_required(*TAKES_REGISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def register_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say what closing will do, then do it."""
    row, now = marked_class(request, public_id), timezone.now()
    if request.method == "POST":
        found = registers.require_markable(row, now=now)
        absent = closing.close_register(found, actor=request.user, now=now, request=request)
        text = ngettext("Closed. %(count)d is absent by it.", "Closed. %(count)d are absent by it.", absent)
        messages.success(request, text % {"count": absent} if absent else _("The register is closed."))
        return redirect("register", public_id)
    found = registers.register_seen(row)
    lines = lines_of(found, viewer=request.user)
    names = {letter: [one for one in lines if one.status == letter] for letter in Status.values}
    context = {
        "row": row,
        "batch": row.batch,
        "register": found,
        "names": names,
        "tally": register_page.tally_of(lines),
    }
    context |= {"away": [one for one in names["U"] if one.on_leave], "standing": registers.standing_of(found, now=now)}
    context["missing"] = [one for one in names["U"] if not one.on_leave]
    return render(request, "attendance/register_close.html", context)


# --- Rows -------------------------------------------------------------------------------------------------------------


def seen_class(request: SignedInRequest, public_id: UUID) -> ClassSession:
    """One he takes, or took before it was cancelled. Raises: NotAllowed, with the reason, where he only learns."""
    return _class(request, public_id, may_only_look=True)


def marked_class(request: SignedInRequest, public_id: UUID) -> ClassSession:
    """One whose register he writes. Raises: NotAllowed."""
    return _class(request, public_id, may_only_look=False)


def _class(request: SignedInRequest, public_id: UUID, *, may_only_look: bool) -> ClassSession:
    """Not his to see: 404. One query for who takes it, as nearly all who ask do."""
    named = ClassSession.objects.select_related(*NAMES).filter(uuid=public_id)
    row = named.editable_by(request.user).first()
    if row:
        return row
    row = get_object_or_404(named.for_user(request.user))
    if may_only_look and row.teacher_id == request.user.pk:
        return row
    raise NotAllowed(_("Registers are for the admins and the teachers of a class."))


# --- Answers ----------------------------------------------------------------------------------------------------------


def _after_form(
    request: SignedInRequest, found: Register, outcome: marks.Outcome, numbers: dict[UUID, int], now: datetime
) -> HttpResponse:
    """Back to the page; with what was not taken shown at its students, when there is such."""
    if not outcome.refused:
        messages.success(request, _("Saved."))
    if request.POST.get("do") == "present":
        _tell_left(request, registers.left_by_flags(found, numbers))
    if not outcome.refused:
        return redirect("register", found.class_session.uuid)
    asked = register_page.asked_of(outcome, numbers)
    fresh = registers.register_seen(found.class_session)
    context = register_page.page_of(fresh, viewer=request.user, now=now, asked=asked)
    context["refused"] = len(outcome.refused)
    return render(request, "attendance/register.html", context, status=409)


def _tell_left(request: SignedInRequest, count: int) -> None:
    """Whom "All present" did not mark."""
    if count:
        text = ngettext("%(count)d left: flagged.", "%(count)d left: flagged.", count)
        messages.info(request, text % {"count": count})


def _instant(text: str) -> datetime:
    """Raises: Malformed for what is no instant somebody can have confirmed at."""
    try:
        found = parse_datetime(text)
        if found and found.tzinfo:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Malformed("undo")


def _with_undo(request: SignedInRequest, text: str, at: datetime) -> str:
    """The message with a small form that takes back what was done at that instant."""
    form = (
        '{} <form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn btn-quiet btn-s" name="undo" value="{}">{}</button></form>'
    )
    return format_html(form, text, request.path, get_token(request), at.isoformat(), _("Undo"))
