"""The console: the pool, the queue, the files of every area and what keeps them whole. For admins.

Parts that move are fragments of their own that `static/js/live.js` fetches again; every action is a form's POST, so
the page works without script.
"""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import etag, require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.activity import record
from accounts.models import Role
from coaching.lib.text import search_text
from dfs import console_page, console_queue, jobs, pool, store, toasts, verification
from dfs.forms import EraseForm
from dfs.models import DriveAccount, Job, StoredFile, VerifyRun

admins = role_required(Role.ADMIN)
NOTHING_MOVES = 286  # what static/js/live.js stops at


def _part(request: HttpRequest, template: str, context: Mapping[str, object], *, is_over: bool = False) -> HttpResponse:
    """The inside of a live part."""
    response = render(request, template, dict(context), status=NOTHING_MOVES if is_over else 200)
    patch_cache_control(response, private=True, no_store=True)
    return response


# --- Looking ----------------------------------------------------------------------------------------------------------


@admins
@require_safe
def console_home(request: SignedInRequest) -> HttpResponse:
    """The whole page, or its list of files, which stays up to date."""
    if "X-Live" in request.headers:
        response = render(request, "dfs/_console_file_list.html", console_page.file_list(request))
    else:
        response = render(request, "dfs/console.html", console_page.whole(request))
    patch_vary_headers(response, ["X-Live"])
    patch_cache_control(response, private=True, no_store=True)
    return response


@admins
@require_safe
def queue_part(request: SignedInRequest) -> HttpResponse:
    """What runs, waits and failed, and whether a worker is there."""
    return _part(
        request, "dfs/_console_queue.html", {"queue": console_queue.queue(), "workers": console_queue.workers()}
    )


def _log_mark(request: HttpRequest) -> str:
    return f'"{console_queue.newest_line()}"'


@admins
@require_safe
@etag(_log_mark)
def console_log(request: SignedInRequest) -> HttpResponse:
    """The last lines of all jobs; 304 while nothing is said."""
    response = render(request, "dfs/_console_log.html", {"lines": console_queue.log_lines()})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@admins
@require_safe
def console_log_download(request: SignedInRequest) -> HttpResponse:
    """The same lines to keep, as text."""
    text = "".join(f"{line.text}\n" for line in console_queue.log_lines())
    name = f"store-log-{timezone.localtime():%Y-%m-%d-%H%M}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@admins
@require_safe
def console_run(request: SignedInRequest) -> HttpResponse:
    """The newest verification: how far it is, what it found."""
    run = console_queue.newest_run()
    context = {"run": run, "told": console_queue.run_words(run) if run else ("", "")}
    return _part(request, "dfs/_console_run.html", context, is_over=run is None or not run.is_open)


@admins
@require_safe
def console_what_if(request: SignedInRequest) -> HttpResponse:
    """The answer of the what-if meter for the Drives ticked."""
    drives = list(DriveAccount.objects.select_related("owner"))
    meter = console_page.meter(drives, request.GET.getlist("gone"))
    return _part(request, "dfs/_what_if_answer.html", {"meter": meter})


@admins
@require_safe
def console_history(request: SignedInRequest) -> HttpResponse:
    """Ended jobs, all of them in pages."""
    words = search_text(request.GET.get("q", ""))
    ended = console_queue.ended_jobs()
    for word in words.split():
        ended = ended.filter(file__name__icontains=word)
    page = Paginator(ended, console_queue.PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [console_queue.job_row(job) for job in page], "words": words}
    return render(request, "dfs/console_history.html", context)


@admins
@require_safe
def job_state(request: SignedInRequest, public_id: uuid.UUID) -> JsonResponse:
    """Where a job stands, for scripts that wait."""
    job = get_object_or_404(Job.objects.select_related("file"), uuid=public_id)
    state = {"uuid": str(job.uuid), "kind": job.kind, "state": job.state, "reason": job.reason, "percent": job.percent}
    counts = {"objects_done": job.objects_done, "objects_total": job.objects_total, "attempts": job.attempts}
    response = JsonResponse(state | counts | {"file": str(job.file.uuid)})
    patch_cache_control(response, private=True, no_store=True)
    return response


@admins
@require_safe
def job_log(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One job with its own live log."""
    job = get_object_or_404(Job.objects.select_related("file__owner"), uuid=public_id)
    context = {"row": console_queue.job_row(job), "job": job, "lines": console_queue.log_lines(job)}
    if "X-Live" in request.headers:
        return _part(request, "dfs/_job_log.html", context, is_over=job.state not in Job.OPEN)
    return render(request, "dfs/console_job.html", context)


# --- Jobs and runs ----------------------------------------------------------------------------------------------------


@admins
@require_POST
def job_retry(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a stopped job go on. Twice is once."""
    job = get_object_or_404(Job.objects.select_related("file"), uuid=public_id)
    if jobs.retry(job, actor=request.user):
        messages.success(request, _("“%(name)s” is tried again.") % {"name": job.file.name})
    else:
        messages.info(request, _("This job does not stand still any more."))
    return redirect("dfs:console")


@admins
@require_http_methods(["GET", "HEAD", "POST"])
def job_cancel(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Stop an open job; for a file that was never stored this is the end of it, so a GET asks first."""
    job = get_object_or_404(Job.objects.select_related("file"), uuid=public_id)
    if request.method != "POST":
        return render(request, "dfs/console_cancel.html", {"job": job})
    if jobs.cancel(job, actor=request.user):
        messages.success(request, _("The job of “%(name)s” is cancelled.") % {"name": job.file.name})
    else:
        messages.info(request, _("This job had ended already."))
    return redirect("dfs:console")


@admins
@require_POST
def history_clear(request: SignedInRequest) -> HttpResponse:
    """Take ended jobs off the list."""
    count = jobs.clear_history(actor=request.user)
    text = ngettext("%(count)d job is off the list.", "%(count)d jobs are off the list.", count)
    messages.success(request, text % {"count": count} if count else _("The history is empty."))
    return redirect("dfs:console")


@admins
@require_POST
def wake(request: SignedInRequest) -> HttpResponse:
    """Send workers the messages for what is due; at once, and nothing is started here."""
    due = Job.objects.due(timezone.now()).count()
    woken = jobs.wake_due() + verification.wake_due()
    record("store.wake", actor=request.user, due=due)
    level, text = console_page.wake_words(due, woken, console_queue.workers())
    messages.add_message(request, level, text)
    return redirect("dfs:console")


@admins
@require_POST
def verify(request: SignedInRequest) -> HttpResponse:
    """Compare the whole registry with the Drives, in a worker. Twice is once."""
    verification.start(VerifyRun.Kind.VERIFY, actor=request.user)
    messages.success(request, _("The whole store is being compared. What is found stands on this page."))
    return redirect("dfs:console")


@admins
@require_POST
def rebuild(request: SignedInRequest) -> HttpResponse:
    """Rebuild what is missing on the Drives that answer, in a worker. Twice is once."""
    verification.start(VerifyRun.Kind.HEAL, actor=request.user)
    messages.success(request, _("Missing pieces are being rebuilt on the Drives that answer."))
    return redirect("dfs:console")


# --- The pool ---------------------------------------------------------------------------------------------------------


@admins
@require_POST
def drive_change(request: SignedInRequest, public_id: uuid.UUID, verb: str) -> HttpResponse:
    """Pause, resume or drain a Drive. Twice is once."""
    drive = get_object_or_404(DriveAccount, uuid=public_id)
    match verb:
        case "pause":
            pool.pause(drive, actor=request.user)
        case "resume":
            pool.resume(drive, actor=request.user)
        case "drain":
            pool.empty_out(drive, actor=request.user)
            verification.start(VerifyRun.Kind.HEAL, actor=request.user)
        case _other:
            raise Http404
    messages.info(request, f"{drive.label}: {drive.get_state_display()}. {drive.state_reason}".strip())
    return redirect("dfs:console")


# --- The console's own files ------------------------------------------------------------------------------------------


def _own(public_id: uuid.UUID) -> StoredFile:
    """A console file, in the trash or not; one of another area does not exist here. Raises: Http404."""
    files = StoredFile.objects.of(StoredFile.CONSOLE).exclude(state=StoredFile.State.ERASED)
    return get_object_or_404(files, uuid=public_id)


@admins
@require_safe
async def console_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A console file to keep, or with `?view` to look at."""
    file = await StoredFile.objects.of(StoredFile.CONSOLE).live().filter(uuid=public_id).afirst()
    if file is None:
        raise Http404
    return await store.respond(request, file, disposition="inline" if "view" in request.GET else "attachment")


@admins
@require_POST
def console_file_trash(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Into the trash; the way back stands on the page. Twice is once."""
    file = _own(public_id)
    store.trash(file, actor=request.user)
    back_url = reverse("dfs:console_file_restore", args=[file.uuid])
    messages.info(request, toasts.in_trash(request, file, back_url=back_url))
    return redirect("dfs:console")


@admins
@require_POST
def console_file_restore(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Back out of the trash. Twice is once."""
    file = _own(public_id)
    store.restore(file, actor=request.user)
    messages.success(request, _("“%(name)s” is back.") % {"name": file.name})
    return redirect("dfs:console")


@admins
@require_http_methods(["GET", "HEAD", "POST"])
def console_file_erase(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Erase a file of the trash for good, after a typed word."""
    file = get_object_or_404(StoredFile.objects.of(StoredFile.CONSOLE).in_trash(), uuid=public_id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        store.erase_trashed(file, actor=request.user)
        messages.success(request, _("“%(name)s” is erased for good.") % {"name": file.name})
        return redirect("dfs:console")
    return render(request, "dfs/console_erase.html", {"form": form, "file": file})
