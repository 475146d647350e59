"""Files of questions for who teaches: choose one, look at what it would do, take it in, take it back; and export."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.limits import limited, person_of
from accounts.models import Role
from accounts.photo_views import WholeInMemory
from coaching.lib.limits import Limit
from coaching.lib.middleware import body_limit
from coaching.lib.text import content_disposition
from exams import bank_rows, question_exports, question_file_drafts, question_file_rows, question_files
from exams.bank_forms import FindForm
from exams.formats import MAX_BYTES, csv_file
from exams.formats.carried import Format
from exams.models import Question
from exams.question_file_forms import PlaceForm, QuestionFileForm
from exams.question_file_plans import Plan, Source, placed_anew, plan_file
from exams.question_files import ImportRefused

PAGE_ROWS = 20
BAD_SHOWN = 200
HISTORY_ROWS = 10
DONE_ROWS = 50
FORM_ROOM_BYTES = 64 * 1024
IMPORTS = Limit("files of questions read or imported per person", tries=120, per_s=3600)
EXPORTS = Limit("exports of questions per person", tries=30, per_s=600)


def form_limit() -> int:
    """The largest body of the form, in bytes."""
    return MAX_BYTES + FORM_ROOM_BYTES


@role_required(Role.ADMIN, Role.TEACHER)
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt  # _choose checks the token itself, after it has been set where the file goes
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_file(request: SignedInRequest) -> HttpResponse:
    """Choose a file, and the imports of before."""
    request.upload_handlers = [WholeInMemory(request)]
    return _choose(request)


@csrf_protect
@limited(IMPORTS, key=person_of)
def _choose(request: SignedInRequest) -> HttpResponse:
    form = QuestionFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        source = form.source()
        plan = plan_file(source)
        if plan.rows:
            return redirect("question_file_preview", question_file_drafts.keep(source, actor=request.user))
        for line, sentence in plan.unread[:3]:
            form.add_error("file", _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence})
    before = question_file_rows.imports_of_before(HISTORY_ROWS)
    return render(request, "exams/question_file.html", {"form": form, "before": before})


@role_required(Role.ADMIN, Role.TEACHER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(IMPORTS, key=person_of)
def question_file_preview(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """What each question would become; `do` is again (with another place for those that name none) or apply."""
    source = question_file_drafts.load(draft, actor=request.user)
    if source is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("question_file")
    if request.method == "POST" and request.POST.get("do") == "apply":
        return _apply(request, plan_file(source), draft)
    form = PlaceForm(request.POST) if request.method == "POST" else _place_form(source)
    if request.method == "POST" and form.is_valid():
        question_file_drafts.keep(placed_anew(source, **form.place()), actor=request.user, draft=draft)
        return redirect("question_file_preview", draft)
    return _preview(request, plan_file(source), draft, form)


def _place_form(source: Source) -> PlaceForm:
    initial = {"subject": source.subject, "topic": source.topic, "difficulty": source.difficulty}
    return PlaceForm(initial=initial)


def _apply(request: SignedInRequest, plan: Plan, draft: UUID) -> HttpResponse:
    mark = plan.source.mark
    if not question_files.imported(mark).exists() and request.POST.get("shown") != plan.fingerprint:
        messages.warning(request, _("The bank changed in the meantime. Look at the questions again."))
        return redirect("question_file_preview", draft)
    try:
        leaves_out = bool(request.POST.get("leave_out")) or question_files.imported(mark).exists()
        question_files.apply_file(plan, leaves_out=leaves_out, actor=request.user, request=request)
    except ImportRefused as error:
        messages.error(request, error.message)
        return redirect("question_file_preview", draft)
    return redirect("question_file_done", mark)


def _preview(request: SignedInRequest, plan: Plan, draft: UUID, form: PlaceForm) -> HttpResponse:
    fate = request.GET.get("rows", "")
    rows = [row for row in plan.rows if row.fate == fate] if fate in question_file_rows.TONES else list(plan.rows)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "draft": draft,
        "plan": plan,
        "form": form,
        "done": question_files.imported(plan.source.mark).exists(),
        "page": page,
        "rows": question_file_rows.looked(page),
        "fate": fate,
        "fates": [("", _("All")), ("add", _("New")), ("skip", _("In the bank already")), ("bad", _("Do not fit"))],
        "bad": plan.bad[:BAD_SHOWN],
        "total": len(plan.rows) + len(plan.unread),
    }
    return render(request, "exams/question_file_preview.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question_file_done(request: SignedInRequest, mark: str) -> HttpResponse:
    """The questions an import brought."""
    rows = question_files.imported(mark)
    is_undone = not rows.exists()
    if is_undone:
        rows = question_files.taken_back(mark)
    rows = rows.select_related("newest", "subject", "topic")
    page = Paginator(rows, DONE_ROWS).get_page(request.GET.get("page"))
    if not page.object_list:
        raise Http404
    context = {
        "done": question_file_rows.import_of(mark),
        "mark": mark,
        "page": page,
        "rows": question_file_rows.first_words(page),
        "is_undone": is_undone,
        "is_used": not is_undone and question_files.is_used(mark),
    }
    return render(request, "exams/question_file_done.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def question_file_undo(request: SignedInRequest, mark: str) -> HttpResponse:
    """Take a whole import back."""
    if not (question_files.imported(mark) | question_files.taken_back(mark)).exists():
        raise Http404
    try:
        question_files.undo_file(mark, actor=request.user, request=request)
    except ImportRefused as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The import was taken back. Its questions are in the archive."))
    return redirect("question_file_done", mark)


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question_file_template(request: SignedInRequest) -> HttpResponse:
    """An empty table with the titles that are taken."""
    return _file(csv_file.template(), _("questions") + ".csv", "text/csv; charset=utf-8")


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(EXPORTS, key=person_of)
def question_export(request: SignedInRequest) -> HttpResponse:
    """The questions of the list's filter: what each format cannot carry, and by POST the file."""
    form = FindForm(request.GET)
    form.is_valid()
    is_archived = request.GET.get("state") == "archived"
    found = bank_rows.found_by(form.cleaned_data, Question.objects.for_user(request.user), is_archived=is_archived)
    if request.method == "POST":
        return _exported(request, found.distinct())
    items = question_exports.items_of(found.distinct())
    context = {"count": len(items), "offered": question_exports.offered(items)}
    return render(request, "exams/question_export.html", context)


def _exported(request: SignedInRequest, found: QuerySet[Question]) -> HttpResponse:
    try:
        into = Format(request.POST.get("format", ""))
    except ValueError:
        raise BadRequest("unknown format") from None
    content, ending, content_type = question_exports.file_of(found, into, actor=request.user, request=request)
    return _file(content, f"{_('questions')} {timezone.localdate():%Y-%m-%d}.{ending}", content_type)


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition("attachment", name),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
