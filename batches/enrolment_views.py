"""Students of a batch: who is, was and would be in it; adding them, letting them go, moving them, their dates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import photos
from accounts.access import SignedInRequest, role_required
from accounts.models import Role, User
from batches import enrolments, seats, student_clashes, taught, waiting
from batches.enrolment_forms import DatesForm, JoiningForm, LeavingForm, MovingForm
from batches.models import Batch, BatchInvitation, Enrolment, JoinRequest
from coaching.lib.errors import DomainError
from coaching.lib.text import search_text
from coaching.lib.uuids import uuids_of

PAGE_ROWS = 50
INVITED_SHOWN = 50
TABS = ("current", "past", "waiting")
REQUEST_TONES = {JoinRequest.State.ASKED: "due", JoinRequest.State.OFFERED: "run", JoinRequest.State.WAITING: "off"}


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def enrolment_list(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Students of a batch: those of now and of later, those who left, those who ask or wait."""
    now, words = timezone.now(), search_text(request.GET.get("q", ""))
    batch = get_object_or_404(taught.rosters_of(request.user, now=now), uuid=public_id)
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else TABS[0]
    rows = _found(batch, tab, words, now=now)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    photos.with_tags([row.student for row in page])
    context = {
        "batch": batch,
        "page": page,
        "rows": shown(list(page), now=now),
        "words": words,
        "shown": tab,
        "tabs": _tabs(batch, tab, now=now),
        "left": seats.free(batch, now=now),
        "may_decide": Batch.objects.editable_by(request.user).filter(pk=batch.pk).exists() and not batch.archived_at,
        "invited": _invited(batch, now=now) if tab == "waiting" and request.user.is_admin else (),
    }
    return render(request, "batches/enrolment_list.html", context)


def _found(batch: Batch, tab: str, words: str, *, now: datetime) -> QuerySet[Any]:
    """Stays or requests with their students, narrowed to those whose student is searched for."""
    rows: QuerySet[Any] = Enrolment.objects.filter(batch=batch).select_related("student")
    if tab == "waiting":
        rows = JoinRequest.objects.open().filter(batch=batch).select_related("student")
    elif tab == "past":
        rows = rows.filter(left_at__lte=now).order_by("-left_at", "student__name", "pk")
    else:
        rows = rows.not_over(now)  # type: ignore[attr-defined]
    if words:
        rows = rows.filter(student__in=User.objects.search(words).order_by().values("pk"))
    return rows


def shown(rows: list[Any], *, now: datetime) -> list[dict[str, Any]]:
    """Rows with what a page says of them: of a request its tone and place, of a stay its days."""
    asked = [row for row in rows if isinstance(row, JoinRequest)]
    places = waiting.places(asked)
    return [
        {"row": row, "tone": REQUEST_TONES.get(JoinRequest.State(row.state), "off"), "place": places.get(row.pk)}
        if isinstance(row, JoinRequest)
        else {"row": row, "begins": row.joined_at > now, "last_day": enrolments.last_day(row)}
        for row in rows
    ]


def _tabs(batch: Batch, tab: str, *, now: datetime) -> list[tuple[str, str, int, bool]]:
    """Each part of the list with how many are in it."""
    stays = Enrolment.objects.filter(batch=batch)
    current, every = stays.not_over(now).count(), stays.count()
    asked = JoinRequest.objects.open().filter(batch=batch).count()
    named = ((_("In the batch"), current), (_("Left"), every - current), (_("Waiting"), asked))
    return [(key, word, count, key == tab) for key, (word, count) in zip(TABS, named, strict=True)]


def _invited(batch: Batch, *, now: datetime) -> QuerySet[BatchInvitation]:
    rows = BatchInvitation.objects.filter(batch=batch, invitation__used_at=None, invitation__revoked_at=None)
    return rows.filter(invitation__expires_at__gt=now).select_related("invitation")[:INVITED_SHOWN]


# --- Adding -----------------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Find students and add those who are ticked; `do` is enrol or, for a full batch, wait."""
    batch, now = get_object_or_404(Batch, uuid=public_id), timezone.now()
    form = JoiningForm(request.POST if request.method == "POST" else None)
    chosen = _chosen_students(request)
    if request.method == "POST" and form.is_valid() and _has_any(form, chosen):
        try:
            messages.success(request, _added(request, batch, chosen, form, now=now))
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("enrolment_list", public_id)
    words = search_text(request.GET.get("q", ""))
    page = Paginator(_candidates(batch, words, now=now), PAGE_ROWS).get_page(request.GET.get("page"))
    found = photos.with_tags(page)
    context = {"batch": batch, "form": form, "words": words, "page": page, "chosen": {one.pk for one in chosen}}
    context["rows"] = _with_hints(batch, [*(one for one in chosen if one not in found), *found], now=now)
    context["left"] = seats.free(batch, now=now)
    return render(request, "batches/enrolment_add.html", context)


def _has_any(form: JoiningForm, chosen: list[User]) -> bool:
    if not chosen:
        form.add_error(None, _("Tick at least one student."))
    return bool(chosen)


def _added(request: SignedInRequest, batch: Batch, chosen: list[User], form: JoiningForm, *, now: datetime) -> str:
    """Do it, and say it in words. Raises: DomainError."""
    if request.POST.get("do") == "wait":
        count = waiting.wait_many(batch, students=chosen, actor=request.user, now=now, request=request)
        return ngettext(
            "%(count)s student is on the waiting list.", "%(count)s students are on the waiting list.", count
        ) % {"count": count}
    done = enrolments.enrol_many(
        batch, students=chosen, actor=request.user, joined_at=form.joined_at(now=now), now=now, request=request
    )
    count = len(done.added)
    said = ngettext("%(count)s student was added.", "%(count)s students were added.", count) % {"count": count}
    if not done.already:
        return said
    names = ", ".join(one.name for one in done.already[:5])
    known = _("In the batch already: %(names)s.") % {"names": names}
    return f"{said} {known}"


def _candidates(batch: Batch, words: str, *, now: datetime) -> QuerySet[User]:
    """Whoever fits the words; without words, students who are in no batch at all."""
    students: QuerySet[User] = User.objects.active().filter(role=Role.STUDENT)
    stays = Enrolment.objects.not_over(now).filter(student=OuterRef("pk"))
    if words:
        found: QuerySet[User] = User.objects.search(words).order_by().values("pk")
        return students.filter(~Exists(stays.filter(batch=batch)), pk__in=found)
    return students.filter(~Exists(stays))


def _with_hints(batch: Batch, students: list[User], *, now: datetime) -> list[tuple[User, list[student_clashes.Hint]]]:
    hints = student_clashes.hints(batch, students, since=now)
    return [(one, [hint for hint in hints if hint.student.pk == one.pk]) for one in students]


def _chosen_students(request: SignedInRequest) -> list[User]:
    """Those who are ticked. Raises: BadRequest for what is no student's number."""
    wanted = chosen(request)
    return list(User.objects.filter(uuid__in=wanted, role=Role.STUDENT)) if wanted else []


# --- One stay, and what is done with many -----------------------------------------------------------------------------


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One student's stay in a batch; admins put its dates right."""
    now = timezone.now()
    batches = taught.rosters_of(request.user, now=now).order_by().values("pk")
    rows = Enrolment.objects.filter(batch__in=batches).select_related("student", "batch", "created_by", "came_from")
    stay = get_object_or_404(rows.select_related("came_from__batch"), uuid=public_id)
    form = DatesForm(request.POST if request.method == "POST" else None, enrolment=stay)
    if request.method == "POST" and not request.user.is_admin:
        raise enrolments.OfficeOnly(_("Only admins change the dates of a student."))
    if request.method == "POST" and form.is_valid():
        try:
            joined_at, left_at = form.instants()
            enrolments.change_dates(stay, joined_at=joined_at, left_at=left_at, actor=request.user, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("enrolment", public_id)
    photos.with_tags([stay.student])
    context = {"stay": stay, "form": form, "went_to": stay.went_to.select_related("batch").first()}
    context |= {"last_day": enrolments.last_day(stay), "is_over": stay.left_at is not None and stay.left_at <= now}
    return render(request, "batches/enrolment.html", context)


@role_required(Role.ADMIN)
@require_POST
def enrolment_act(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Let the ticked students leave, or move them: `do` is leave or move, first asked for day and reason."""
    batch, now, do = get_object_or_404(Batch, uuid=public_id), timezone.now(), request.POST.get("do", "")
    if do not in {"leave", "move"}:
        raise BadRequest("unknown verb")
    rows = Enrolment.objects.filter(batch=batch, uuid__in=chosen(request))
    stays = list(rows.select_related("student"))
    if not stays:
        messages.warning(request, _("Tick at least one student."))
        return redirect("enrolment_list", public_id)
    posted = request.POST if "sure" in request.POST else None
    form = LeavingForm(posted) if do == "leave" else MovingForm(posted, batch=batch)
    if posted is not None and form.is_valid():
        verb = enrolments.leave_many if do == "leave" else enrolments.transfer_many
        try:
            verb(stays, **form.verb_arguments(now=now), actor=request.user, now=now, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _done(do, stays))
            return redirect("enrolment_list", public_id)
    return render(request, "batches/enrolment_act.html", {"batch": batch, "stays": stays, "do": do, "form": form})


def _done(do: str, stays: list[Enrolment]) -> str:
    count = len(stays)
    if do == "leave":
        text = ngettext("%(count)s student leaves the batch.", "%(count)s students leave the batch.", count)
    else:
        text = ngettext("%(count)s student was moved.", "%(count)s students were moved.", count)
    return text % {"count": count}


def chosen(request: SignedInRequest) -> list[UUID]:
    """The numbers of those that are ticked. Raises: BadRequest for what is none."""
    return uuids_of(request.POST.getlist("chosen")[: 4 * PAGE_ROWS])
