"""Heads in the room beside the register: the count, and names called out by lot."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, role_required
from attendance import registers
from attendance.models import Register
from attendance.register_forms import HeadsForm, Malformed
from attendance.register_lines import lines_of
from attendance.register_views import TAKES_REGISTERS, marked_class, seen_class

ANSWERS = {"yes": True, "no": False, "open": None}


@role_required(*TAKES_REGISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def register_headcount(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How the count agrees with the register; POST keeps a count."""
    if request.method != "POST":
        return _part(request, registers.register_seen(seen_class(request, public_id)))
    row, now = marked_class(request, public_id), timezone.now()
    form = HeadsForm(request.POST)
    if not form.is_valid():
        raise Malformed(_("Heads in the room"))
    found = registers.require_markable(row, now=now)
    registers.count_heads(found, form.cleaned_data["heads"], actor=request.user, now=now, request=request)
    return _answer(request, found)


@role_required(*TAKES_REGISTERS)
@require_POST
def register_call(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Three names by lot; with `answer` (`<student>:yes|no|open`) what came of one."""
    row, now = marked_class(request, public_id), timezone.now()
    found = registers.require_markable(row, now=now)
    given = request.POST.get("answer", "")
    if not given:
        registers.call_names(found, now=now)
        return _answer(request, found)
    student, _colon, word = given.partition(":")
    try:
        registers.note_answer(found, UUID(student), answered=ANSWERS[word])
    except (ValueError, KeyError) as error:
        raise Malformed("answer") from error
    return _answer(request, found)


def _answer(request: SignedInRequest, register: Register) -> HttpResponse:
    """The part alone for the page's script, else the page again."""
    if "X-Live" in request.headers:
        return _part(request, register)
    return redirect("register", register.class_session.uuid)


def _part(request: HttpRequest, register: Register) -> HttpResponse:
    lines = lines_of(register, viewer=request.user)  # type: ignore[arg-type]  # a role is required
    now = timezone.now()
    context = {
        "row": register.class_session,
        "heads": registers.heads_of(register, lines),
        "called": registers.called_of(register, lines),
        "standing": registers.standing_of(register, now=now),
        "register": register,
    }
    return render(request, "attendance/_register_heads.html", context)
