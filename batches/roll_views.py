"""The roll of a batch as a file: read in after a look at every row, and written out."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import activity
from accounts.access import SignedInRequest, role_required
from accounts.import_tables import Unreadable
from accounts.limits import PEOPLE_EXPORT, PEOPLE_IMPORT, limited, person_of
from accounts.models import Role
from batches import rolls, taught
from batches.enrolment_forms import RollForm
from batches.models import Batch
from batches.rolls import Fate
from coaching.lib.errors import DomainError
from coaching.lib.exports import csv_response

PAGE_ROWS = 50
TONES = {Fate.ADD: "ok", Fate.IN: "off", Fate.BAD: "bad"}


@role_required(Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def roll_import(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose a file of students."""
    batch = get_object_or_404(Batch, uuid=public_id)
    form = RollForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            rolls.plan_roll(batch, content, now=timezone.now())
        except Unreadable as error:
            form.add_error("file", error.message)
        else:
            draft = rolls.keep_draft(batch, content, actor=request.user)
            return redirect("roll_import_preview", public_id, draft)
    return render(request, "batches/roll_import.html", {"batch": batch, "form": form})


@role_required(Role.ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def roll_import_preview(request: SignedInRequest, public_id: UUID, draft: UUID) -> HttpResponse:
    """Every row's fate; sending it takes all rows in, or none."""
    batch, now = get_object_or_404(Batch, uuid=public_id), timezone.now()
    content = rolls.load_draft(draft, batch, actor=request.user)
    if content is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("roll_import", public_id)
    if request.method == "POST":
        return _take_in(request, batch, draft, content)
    plan = rolls.plan_roll(batch, content, now=now)
    fate = request.GET.get("rows", "")
    rows = plan.of(Fate(fate)) if fate in Fate.values else list(plan.rows)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"batch": batch, "draft": draft, "plan": plan, "page": page, "fate": fate}
    context["rows"] = [(row, TONES[row.fate], row.fate.label) for row in page]
    context["fates"] = [("", _("All")), *Fate.choices]
    return render(request, "batches/roll_import_preview.html", context)


def _take_in(request: SignedInRequest, batch: Batch, draft: UUID, content: bytes) -> HttpResponse:
    shown, now = request.POST.get("shown", ""), timezone.now()
    try:
        count = rolls.take_in(batch, content, shown=shown, actor=request.user, now=now, request=request)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("roll_import_preview", batch.uuid, draft)
    text = ngettext("%(count)s student was added.", "%(count)s students were added.", count) % {"count": count}
    messages.success(request, text if count else _("All of them are in the batch already."))
    return redirect("enrolment_list", batch.uuid)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
@limited(PEOPLE_EXPORT, key=person_of)
def roll_export(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """Everybody who is or was in the batch, as CSV; taking it away is a line of the log."""
    batch = get_object_or_404(taught.rosters_of(request.user, now=timezone.now()), uuid=public_id)
    activity.record("enrolment.exported", actor=request.user, on=batch, request=request, name=batch.name)
    name = f"{batch.name}-{timezone.localdate():%Y-%m-%d}.csv"
    return csv_response(name, header=rolls.header(), rows=rolls.cells(batch))
