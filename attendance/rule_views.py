"""How classes check in: admins change it, a batch's teachers see theirs, and who holds a class changes its way."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from attendance import rule_changes, rules
from attendance.models import CheckInRule, Mode
from attendance.registers import register_seen
from attendance.rule_forms import MODE_NOTES, InstituteRuleForm, ModeForm, RuleForm
from batches import taught
from batches.models import Batch, ClassSession
from coaching.lib.errors import DomainError, NotAllowed

PAGE_ROWS = 50
POSTS = ["GET", "HEAD", "POST"]
LEAST_KEPT_DAYS = 365
"""The law asks for a year of logs: below it the page warns."""


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def check_in_rules(request: SignedInRequest) -> HttpResponse:
    """The institute's rule and the batches with theirs; a teacher's only."""
    batches = taught.rosters_of(request.user, now=timezone.now()).current()
    rows = batches.select_related("check_in_rule", "venue").order_by("name", "pk")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    institute = rules.institute_rule()
    return render(request, "attendance/check_in_rules.html", {"institute": institute, "page": page, **_warning()})


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def institute_rule(request: SignedInRequest) -> HttpResponse:
    """For all batches that have none of their own."""
    form = InstituteRuleForm(request.POST if request.method == "POST" else None, instance=rules.institute_rule())
    if request.method == "POST" and form.is_valid():
        rule_changes.keep_rule(form.save(commit=False), actor=request.user, request=request)
        messages.success(request, _("Saved. It counts for registers that are opened from now on."))
        return redirect("check_in_rules")
    return render(request, "attendance/check_in_rule.html", {"form": form, "notes": MODE_NOTES, **_warning()})


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(POSTS)
def check_in_rule(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A batch's own rule, or the institute's as long as it has none."""
    batch = get_object_or_404(taught.rosters_of(request.user, now=timezone.now()), uuid=public_id)
    rule = rules.rule_of(batch.pk)
    is_own = rule.batch_id is not None
    if request.method == "POST":
        _require_admin(request)
    if not request.user.is_admin:
        return render(request, "attendance/check_in_rule.html", {"batch": batch, "rule": rule, "is_own": is_own})
    own = rule if is_own else CheckInRule(batch=batch, percent_wanted=rule.percent_wanted, **_copied(rule))
    form = RuleForm(request.POST if request.method == "POST" else None, instance=own)
    if request.method == "POST" and form.is_valid():
        rule_changes.keep_rule(form.save(commit=False), actor=request.user, request=request)
        messages.success(request, _("Saved. It counts for registers that are opened from now on."))
        return redirect("check_in_rules")
    context = {"form": form, "batch": batch, "rule": rule, "is_own": is_own, "notes": MODE_NOTES}
    return render(request, "attendance/check_in_rule.html", context)


@role_required(Role.ADMIN)
@require_POST
def check_in_rule_drop(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The batch goes by the institute's rule again."""
    batch = get_object_or_404(Batch, uuid=public_id)
    rule_changes.drop_rule(batch, actor=request.user, request=request)
    messages.success(request, _("%(name)s goes by the institute’s rule.") % {"name": batch.name})
    return redirect("check_in_rules")


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(POSTS)
def register_mode(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How this class alone checks in."""
    rows = ClassSession.objects.editable_by(request.user).select_related("batch__venue", "room__venue", "subject")
    row = get_object_or_404(rows, uuid=public_id)
    seen, status = register_seen(row), 200
    form = ModeForm(request.POST if request.method == "POST" else None, initial={"mode": seen.mode})
    if request.method == "POST" and form.is_valid():
        try:
            mode, register = Mode(form.cleaned_data["mode"]), rules.open_register(row, now=timezone.now())
            rule_changes.set_mode(register, mode, actor=request.user, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, _("From now on: %(way)s.") % {"way": mode.label})
            return redirect("register", row.uuid)
    context = {"form": form, "row": row, "notes": MODE_NOTES, "has_venue": bool(rules.venues_of(row))}
    return render(request, "attendance/register_mode.html", context, status=status)


def _copied(rule: CheckInRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in rules.COPIED}


def _warning() -> dict[str, int]:
    return {"least_kept_days": LEAST_KEPT_DAYS}


def _require_admin(request: SignedInRequest) -> None:
    """Raises: NotAllowed."""
    if not request.user.is_admin:
        raise NotAllowed(_("Only admins change how a batch checks in."))
