"""Imports of people for admins: the file, what it would do, what it did, and taking it back."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import import_drafts, import_templates, imports
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.import_forms import ImportForm, read_fixes
from accounts.import_plans import Fate, Plan, plan_import
from accounts.import_rows import Row
from accounts.import_tables import Unreadable
from accounts.import_undo import undo_import
from accounts.imports import AlreadyImported, ImportRefused
from accounts.invitation_views import many_made
from accounts.invitations import InvitationRefused
from accounts.limits import INVITATION_SENDS, PEOPLE_IMPORT, limited, person_of
from accounts.models import PeopleImport, Role
from coaching.lib.text import content_disposition

PAGE_ROWS = 50
BAD_SHOWN = 100
HISTORY_ROWS = 20
TONES = {Fate.ADD: "ok", Fate.UPDATE: "run", Fate.SKIP: "off", Fate.BAD: "bad"}


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def people_import(request: SignedInRequest) -> HttpResponse:
    """Choose a file, and the imports of before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        source = form.source()
        try:
            plan_import(source, today=timezone.localdate())
        except Unreadable as error:
            form.add_error("file", error.message)
        else:
            return redirect("people_import_preview", import_drafts.keep(source, actor=request.user))
    page = Paginator(PeopleImport.objects.select_related("actor"), HISTORY_ROWS).get_page(request.GET.get("page"))
    return render(request, "accounts/people_import.html", {"form": form, "page": page})


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PEOPLE_IMPORT, key=person_of)
def people_import_preview(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """Every row's fate; `do` is again (with cells put right) or apply."""
    plan = _plan(request, draft)
    if plan is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("people_import")
    if request.method == "POST" and request.POST.get("do") == "apply":
        return _apply(request, plan, draft)
    if request.method == "POST":
        fixed = replace(plan.source, fixes=read_fixes(request.POST, plan.source.fixes))
        import_drafts.keep(fixed, actor=request.user, draft=draft)
        return redirect("people_import_preview", draft)
    return _preview(request, plan, draft)


def _plan(request: SignedInRequest, draft: UUID) -> Plan | None:
    source = import_drafts.load(draft, actor=request.user)
    return plan_import(source, today=timezone.localdate()) if source else None


def _apply(request: SignedInRequest, plan: Plan, draft: UUID) -> HttpResponse:
    chosen = plan.fitting() if request.POST.get("leave_out") else plan
    if before := imports.done_before(plan):  # the same click once more: its rows have another fate by now
        return redirect("people_import_done", before.uuid)
    if request.POST.get("shown") != plan.fingerprint:
        messages.warning(request, _("Somebody changed people in the meantime. Look at the rows again."))
        return redirect("people_import_preview", draft)
    try:
        done = imports.apply_import(chosen, actor=request.user, request=request)
    except AlreadyImported as error:
        return redirect("people_import_done", error.done.uuid)
    except ImportRefused as error:
        messages.error(request, error.message)
        return redirect("people_import_preview", draft)
    return redirect("people_import_done", done.uuid)


def _preview(request: SignedInRequest, plan: Plan, draft: UUID) -> HttpResponse:
    fate = request.GET.get("rows", "")
    rows = plan.of(Fate(fate)) if fate in Fate.values else list(plan.rows)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    fixed = [row for row in plan.rows if row.line in plan.source.fixes and row.fate != Fate.BAD]
    context = {
        "draft": draft,
        "plan": plan,
        "done": imports.done_before(plan),
        "page": page,
        "rows": [_shown(row) for row in page],
        "fate": fate,
        "fates": [("", _("All")), *Fate.choices],
        "to_fix": plan.bad[:BAD_SHOWN],
        "fixed": fixed[:BAD_SHOWN],
        "columns": [(plan.header[place], column.label) for column, place in plan.columns.places.items()],
        "taken": len(plan.added) + len(plan.updated),
    }
    return render(request, "accounts/people_import_preview.html", context)


def _shown(row: Row) -> tuple[Row, str, str]:
    """A row, and its fate's hue and word."""
    return row, TONES[row.fate], str(row.fate.label)


@role_required(Role.ADMIN)
@never_cache
@require_safe
def people_import_rows(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """The rows that do not fit, to put right in a spreadsheet."""
    plan = _plan(request, draft)
    if plan is None:
        raise Http404
    return _file(import_templates.bad_rows(plan), _("rows that do not fit") + ".csv", "text/csv; charset=utf-8")


@role_required(Role.ADMIN)
@require_safe
def people_import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """An empty file with the titles that are taken; `kind` is csv or xlsx."""
    if kind == "xlsx":
        return _file(import_templates.as_workbook(), _("people") + ".xlsx", import_templates.XLSX)
    return _file(import_templates.as_csv(), _("people") + ".csv", "text/csv; charset=utf-8")


@role_required(Role.ADMIN)
@require_safe
def people_import_done(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What an import did row by row and, once it was taken back, what became of that."""
    done = get_object_or_404(_imports(), uuid=public_id)
    page = Paginator(done.rows.select_related("person"), PAGE_ROWS).get_page(request.GET.get("page"))
    waiting = imports.to_invite(done).count() if done.state == PeopleImport.State.DONE else 0
    context = {"done": done, "page": page, "waiting": waiting, "at_once": imports.INVITED_AT_ONCE}
    return render(request, "accounts/people_import_done.html", context)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_POST
def people_import_undo(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take a whole import back."""
    done = get_object_or_404(_imports(), uuid=public_id)
    try:
        undo_import(done, actor=request.user, request=request)
    except ImportRefused as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The import was taken back. The rows say what became of each person."))
    return redirect("people_import_done", public_id)


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
@limited(INVITATION_SENDS, key=person_of)
def people_import_invite(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Invite those whom an import added, by mail or on slips."""
    done = get_object_or_404(_imports(), uuid=public_id, state=PeopleImport.State.DONE)
    try:
        made = imports.invite_imported(done, actor=request.user, request=request)
    except InvitationRefused as error:
        messages.error(request, error.message)
        return redirect("people_import_done", public_id)
    return many_made(request, made) if made else redirect("people_import_done", public_id)


def _imports() -> QuerySet[PeopleImport]:
    return PeopleImport.objects.select_related("actor", "undone_by")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
