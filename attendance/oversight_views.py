"""What people look at: flags for who holds the class, positions for admins."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from attendance import flag_reviews, flag_words, positions, rules
from attendance.models import CheckInAttempt, Flag
from attendance.position_plan import plan_of
from batches import taught
from batches.models import Batch

PAGE_ROWS = 25
STATES = {"": False, "reviewed": True, "all": None}


class FlagFilter(forms.Form):
    """Which flags are shown; what is not known is left out."""

    batch = forms.ModelChoiceField(
        label=gettext_lazy("Batch"),
        queryset=Batch.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=gettext_lazy("All batches"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *Flag.Kind.choices]
    )

    def __init__(self, *args: object, batches: QuerySet[Batch], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["batch"].queryset = batches  # type: ignore[attr-defined]


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def flag_list(request: SignedInRequest) -> HttpResponse:
    """Flags of somebody's classes: open ones unless he asks for others."""
    batches = taught.rosters_of(request.user, now=timezone.now()).order_by("name", "pk")
    form = FlagFilter(request.GET, batches=batches)
    form.is_valid()
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    batch, kind = form.cleaned_data.get("batch"), form.cleaned_data.get("kind") or ""
    mine = flag_reviews.flags_for(request.user).select_related(*flag_reviews.NAMES)
    rows = flag_reviews.narrowed(mine, batch=batch, kind=kind, is_reviewed=STATES[state])
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    lines = [(flag, flag_words.sentence(flag), flag_words.caution(flag)) for flag in page]
    labels = {"": _("Open"), "reviewed": _("Reviewed"), "all": _("All")}
    states = [(_with(request, state=one), label, one == state) for one, label in labels.items()]
    context = {"page": page, "lines": lines, "form": form, "states": states, "state": state}
    context["is_narrowed"] = bool(batch or kind)
    return render(request, "attendance/flag_list.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def flag_review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Somebody has looked at it."""
    rows = flag_reviews.flags_for(request.user).select_related("attempt__student")
    flag = get_object_or_404(rows, uuid=public_id)
    note = request.POST.get("note", "")
    if flag_reviews.review(flag, note=note, actor=request.user, now=timezone.now(), request=request):
        messages.success(request, _("Noted. The register is as it was."))
    else:
        messages.info(request, _("Somebody has reviewed it already."))
    return redirect(_with(request))


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check_in_position(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What was decided of a check-in; by POST also where it was sent from, and that an admin looked is logged."""
    names = ("student", "venue", "position", "register__class_session__batch", "register__class_session__subject")
    attempt = get_object_or_404(CheckInAttempt.objects.select_related(*names), uuid=public_id)
    position = positions.position_of(attempt)
    context: dict[str, Any] = {"attempt": attempt, "row": attempt.register.class_session, "is_kept": bool(position)}
    if position and request.method == "POST":
        positions.note_look(attempt, by=request.user, request=request)
        fence = rules.fence_of(attempt.venue) if attempt.venue else None
        context["position"] = position
        context["plan"] = plan_of(fence, position.latitude, position.longitude, attempt.accuracy_m or 0)
        context["places"] = [f"{degrees:.6f}" for degrees in (position.latitude, position.longitude)]
    return render(request, "attendance/check_in_position.html", context)


def _with(request: SignedInRequest, **changed: str) -> str:
    """The list as it was narrowed, with some of that changed; then from its first page."""
    kept = {name: request.GET[name] for name in ("batch", "kind", "state", "page") if name in request.GET}
    if changed:
        kept.pop("page", None)
    return f"{reverse('flag_list')}?{urlencode(kept | changed)}"
