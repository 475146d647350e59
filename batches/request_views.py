"""Requests to join: what waits for a teacher's word, what is done with it, and a student's own batches and requests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import photos
from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role, User
from batches import enrolments, waiting
from batches.enrolment_forms import ReasonForm
from batches.enrolment_views import REQUEST_TONES, chosen, shown
from batches.models import Enrolment, JoinRequest
from coaching.lib.errors import DomainError

PAGE_ROWS = 50
PAST_SHOWN = 20
State = JoinRequest.State
CLOSED_TONES = {State.REFUSED: "bad", State.ENROLLED: "ok"}


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def join_request_list(request: SignedInRequest) -> HttpResponse:
    """Whoever waits for a teacher's word, over all batches one decides about, the longest first."""
    rows = JoinRequest.objects.decided_by_user(request.user).filter(state=State.ASKED, batch__archived_at=None)
    page = Paginator(rows.select_related("student", "batch"), PAGE_ROWS).get_page(request.GET.get("page"))
    photos.with_tags([row.student for row in page])
    context = {"page": page, "rows": shown(list(page), now=timezone.now())}
    return render(request, "batches/join_request_list.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def join_request_act(request: SignedInRequest) -> HttpResponse:
    """What is done with the ticked requests: `do` is approve, or refuse or prefer, which ask for a reason first."""
    do, wanted = request.POST.get("do", ""), chosen(request)
    if do not in {"approve", "refuse", "prefer"}:
        raise BadRequest("unknown verb")
    rows = JoinRequest.objects.decided_by_user(request.user).filter(uuid__in=wanted)
    asked = list(rows.select_related("student", "batch").order_by("asked_at", "pk"))
    if not asked:
        messages.warning(request, _("Tick at least one request."))
        return _back(request, asked)
    if do == "approve":
        _approve(request, asked)
        return _back(request, asked)
    form = ReasonForm(request.POST if "sure" in request.POST else None)
    if form.is_bound and form.is_valid():
        verb = waiting.refuse if do == "refuse" else waiting.prefer
        _each(request, asked, lambda one: verb(one, reason=form.cleaned_data["reason"], actor=request.user))
        return _back(request, asked)
    context = {"asked": asked, "do": do, "form": form, "back": request.POST.get("back", "")}
    return render(request, "batches/join_request_act.html", context)


def _approve(request: SignedInRequest, asked: list[JoinRequest]) -> None:
    done = _each(request, asked, lambda one: waiting.approve(one, actor=request.user, request=request))
    states = [one.state for one in done]
    count, wait = states.count(State.ENROLLED), sum(state in {State.WAITING, State.OFFERED} for state in states)
    if count:
        text = ngettext("%(count)s student was added.", "%(count)s students were added.", count)
        messages.success(request, text % {"count": count})
    if wait:
        text = ngettext(
            "%(count)s student is on the waiting list: the batch is full.",
            "%(count)s students are on the waiting list: the batch is full.",
            wait,
        )
        messages.info(request, text % {"count": wait})


def _each(request: SignedInRequest, asked: list[JoinRequest], verb: Any) -> list[JoinRequest]:
    """One after the other: what stands against one does not hold up the others, and is said."""
    done = []
    for one in asked:
        try:
            done.append(verb(one))
        except DomainError as error:
            messages.error(request, error.message)
    return done


def _back(request: SignedInRequest, asked: list[JoinRequest]) -> HttpResponse:
    """To the list of the batch it was done on, else to the requests of all."""
    if request.POST.get("back") == "batch" and asked:
        response = redirect("enrolment_list", asked[0].batch.uuid)
        response["Location"] += "?show=waiting"
        return response
    return redirect("join_request_list")


# --- One's own --------------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def my_batches(request: SignedInRequest) -> HttpResponse:
    """My batches and requests, or those of the students whose guardian I am."""
    now, me = timezone.now(), request.user
    students = {me.pk, *User.objects.filter(guardian_links__guardian=me).values_list("pk", flat=True)}
    stays = Enrolment.objects.filter(student__in=students).select_related("batch", "student")
    current = list(stays.not_over(now).order_by("student__name", "joined_at", "pk"))
    past = list(stays.filter(left_at__lte=now).order_by("-left_at", "pk")[:PAST_SHOWN])
    requests = JoinRequest.objects.for_user(me).select_related("batch", "student")
    asked = list(requests.open())
    places = waiting.places(asked)
    context = {
        "current": [(one, one.joined_at > now, enrolments.last_day(one)) for one in current],
        "past": [(one, enrolments.last_day(one)) for one in past],
        "asked": [(one, REQUEST_TONES[State(one.state)], places.get(one.pk)) for one in asked],
        "answered": [
            (one, CLOSED_TONES.get(State(one.state), "off"))
            for one in requests.filter(state__in=[State.REFUSED, State.LAPSED]).order_by("-decided_at", "pk")[:5]
        ],
        "is_student": me.role == Role.STUDENT,
    }
    return render(request, "batches/my_batches.html", context)


@signed_in
@require_POST
def join_request_answer(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The student, or his guardian: `do` is accept or withdraw."""
    asked = get_object_or_404(JoinRequest.objects.for_user(request.user).select_related("batch"), uuid=public_id)
    verbs = {"accept": waiting.accept, "withdraw": waiting.withdraw}
    do = request.POST.get("do", "")
    if do not in verbs:
        raise BadRequest("unknown verb")
    try:
        verbs[do](asked, actor=request.user, request=request)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("Enrolled in %(batch)s.") if do == "accept" else _("Taken back: %(batch)s.")
        messages.success(request, said % {"batch": asked.batch.name})
    return redirect("my_batches")
