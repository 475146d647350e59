"""Plans of batches: the list, a batch's plans, the editor with its preview, and a plan with its versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from batches.models import Batch
from coaching.lib.text import search_text
from fees import charging, plan_rows, plans
from fees.models import FeePlan, FeeSettings, PlanOffer
from fees.plan_editor import PlanEditor
from fees.plan_preview import of_plan

PAGE_ROWS = 50
VERSIONS = 20
POSTS = ["GET", "HEAD", "POST"]
WAYS = {
    "default": (plans.make_default, gettext_lazy("Whoever joins from now on gets %(name)s.")),
    "withdraw": (plans.withdraw_offer, gettext_lazy("%(name)s is withdrawn. Who has it keeps it.")),
    "offer": (plans.offer_again, gettext_lazy("%(name)s can be chosen again.")),
}


@role_required(Role.ADMIN)
@require_safe
def fee_plan_list(request: SignedInRequest) -> HttpResponse:
    """Batches with what they cost."""
    words = search_text(request.GET.get("q", ""))
    page = Paginator(plan_rows.batches(request.user, words), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "q": words, "rows": plan_rows.lines(page.object_list)}
    return render(request, "fees/setup/plan_list.html", context)


@role_required(Role.ADMIN)
@require_safe
def fee_batch(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A batch's plans, and who is charged by which."""
    batch = get_object_or_404(Batch.objects.for_user(request.user), uuid=public_id)
    found = plans.of_batch(batch, now=timezone.now())
    return render(request, "fees/setup/batch.html", {"batch": batch, "found": found})


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_plan_create(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A plan the batch does not have yet."""
    batch = get_object_or_404(Batch.objects.for_user(request.user).current(), uuid=public_id)
    return _edit(request, PlanEditor(batch, posted=_posted(request)))


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_plan_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The next version of a plan; from an older one, what it says is written again."""
    plan = get_object_or_404(_plans().filter(enrolment=None, batch__archived_at=None), uuid=public_id)
    offer = get_object_or_404(PlanOffer.objects.select_related("plan"), batch=plan.batch_id, name__iexact=plan.name)
    editor = PlanEditor(plan.batch, over=plan, seen=offer.plan.version, posted=_posted(request))
    return _edit(request, editor, offer)


def _edit(request: SignedInRequest, editor: PlanEditor, offer: PlanOffer | None = None) -> HttpResponse:
    now, status = timezone.now(), 200
    if request.method == "POST" and request.POST.get("do", "save") == "save":
        plan = editor.save(actor=request.user, now=now, request=request)
        if plan is not None:
            messages.success(request, _("Saved as version %(number)d.") % {"number": plan.version})
            return redirect("fee_plan", plan.uuid)
        status = editor.status
    elif request.method == "POST" and request.POST["do"] == "rows":
        editor.write_out()
    held = plans.students_by_version(editor.batch, now=now) if offer else {}
    students = sum(count for (name, _version), count in held.items() if offer and name == offer.name)
    context = {"editor": editor, "batch": editor.batch, "plan": editor.over, "offer": offer, "students": students}
    return render(request, "fees/setup/plan_form.html", {**context, "preview": editor.preview()}, status=status)


@role_required(Role.ADMIN)
@require_POST
def fee_plan_preview(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What a student would pay by what is typed so far; the part of the page alone."""
    batch = get_object_or_404(Batch.objects.for_user(request.user).current(), uuid=public_id)
    over = _plans().filter(batch=batch, uuid=_uuid(request.POST.get("over", ""))).first()
    editor = PlanEditor(batch, over=over, posted=request.POST)
    editor.form.fields["name"].required = False  # says nothing about what is paid
    context = {"preview": editor.preview(), "wrong": editor.first_fault(), "editor": editor}
    return render(request, "fees/setup/_preview.html", context)


@role_required(Role.ADMIN)
@require_safe
def fee_plan(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A version of a plan: what a student pays by it, and the other versions."""
    plan = get_object_or_404(_plans(), uuid=public_id)
    offer = PlanOffer.objects.select_related("plan").filter(batch=plan.batch_id, name__iexact=plan.name).first()
    page = Paginator(plans.versions(plan), VERSIONS).get_page(request.GET.get("page"))
    held = plans.students_by_version(plan.batch, now=timezone.now())
    context: dict[str, Any] = {
        "plan": plan,
        "offer": None if plan.enrolment_id else offer,
        "page": page,
        "versions": [(one, held.get((one.name, one.version), 0)) for one in page.object_list],
        "students": held.get((plan.name, plan.version), 0),
        "preview": of_plan(plan, settings=FeeSettings.current()),
    }
    return render(request, "fees/setup/plan.html", context)


@role_required(Role.ADMIN)
@require_POST
def fee_plan_offer(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Make it the default, withdraw it, or offer it again, as `do` says."""
    plan = get_object_or_404(_plans().filter(enrolment=None), uuid=public_id)
    offer = get_object_or_404(PlanOffer, batch=plan.batch_id, name__iexact=plan.name)
    change, words = WAYS.get(request.POST.get("do", ""), WAYS["offer"])
    change(offer, actor=request.user, now=timezone.now(), request=request)
    messages.success(request, words % {"name": offer.name})
    return redirect("fee_batch", plan.batch.uuid)


@role_required(Role.ADMIN)
@require_POST
def fee_batch_charge(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Issue the default plan's dues to those in the batch who have none."""
    batch = get_object_or_404(Batch.objects.for_user(request.user).current(), uuid=public_id)
    count = charging.charge_batch(batch, actor=request.user, now=timezone.now(), request=request)
    words = ngettext("%(count)d student is charged.", "%(count)d students are charged.", count)
    messages.success(request, words % {"count": count} if count else _("Nobody was left to charge."))
    return redirect("fee_batch", batch.uuid)


def _plans() -> Any:
    return FeePlan.objects.select_related("batch", "enrolment__student", "created_by")


def _posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
