"""My files: what a person keeps for himself. Another person's file does not exist here (404)."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from coaching.lib.middleware import body_limit
from coaching.lib.text import search_text
from dfs import my_files, store, toasts, uploads
from dfs.forms import EraseForm, RenameForm
from dfs.models import StoredFile
from dfs.upload_views import FORM_TYPE, form_limit, receive_form, upload_context

NOTHING_MOVES = 286  # what static/js/live.js stops at


@signed_in
@body_limit(form_limit, FORM_TYPE)
@csrf_exempt  # receive_form checks the token itself, after it has set where the files go
@require_http_methods(["GET", "HEAD", "POST"])
def file_list(request: SignedInRequest) -> HttpResponse:
    """GET: the list, or the part of it that stays up to date. POST: the plain upload form."""
    if request.method == "POST":
        return receive_form(request, purpose=StoredFile.MINE, back="dfs:file_list")
    if "used" in request.GET and "X-Live" in request.headers:
        return render(request, "dfs/_file_used.html", _room(request), status=NOTHING_MOVES)
    words = search_text(request.GET.get("q", ""))
    page = Paginator(my_files.found(request.user, words), my_files.PAGE_ROWS).get_page(request.GET.get("page"))
    lines = my_files.lines(page.object_list)
    is_moving = any(line.is_busy for line in lines)
    context: dict[str, Any] = {"page": page, "lines": lines, "words": words, "is_moving": is_moving}
    if "X-Live" in request.headers:
        response = render(request, "dfs/_file_list.html", context, status=200 if is_moving else NOTHING_MOVES)
    else:
        response = render(request, "dfs/file_list.html", context | _around(request))
    patch_vary_headers(response, ["X-Live"])
    patch_cache_control(response, private=True, no_store=True)
    return response


def _room(request: SignedInRequest) -> dict[str, Any]:
    """How many files there are and what of the quota they take."""
    return {
        "count": StoredFile.objects.for_user(request.user).live().count(),
        "used_bytes": store.used_bytes(request.user, StoredFile.MINE),
        "quota_bytes": uploads.QUOTA_BYTES[request.user.role],
    }


def _around(request: SignedInRequest) -> dict[str, Any]:
    """What stands around the list."""
    return {
        **_room(request),
        **my_files.trash_context(
            request.user, at_most=my_files.TRASH_ROWS if request.GET.get("trash") == "all" else my_files.PAGE_ROWS
        ),
        **upload_context(request, StoredFile.MINE),
    }


def _own(request: SignedInRequest, public_id: uuid.UUID) -> StoredFile:
    """A person's own file, in the trash or not. Raises: Http404."""
    own = StoredFile.objects.for_user(request.user).exclude(state=StoredFile.State.ERASED)
    return get_object_or_404(own, uuid=public_id)


@signed_in
@require_safe
async def file_download(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file to keep, or with `?view` to look at where the browser can show it. What lies in the trash is 404."""
    file = await StoredFile.objects.for_user(await request.auser()).live().filter(uuid=public_id).afirst()
    if file is None:
        raise Http404
    return await store.respond(request, file, disposition="inline" if "view" in request.GET else "attachment")


@signed_in
@require_safe
def file_state(request: SignedInRequest, public_id: uuid.UUID) -> JsonResponse:
    """Where the file stands, for a script that waits: state, job_state, reason, percent."""
    state = store.state(_own(request, public_id))
    response = JsonResponse(
        {"state": state.state, "job_state": state.job_state, "reason": state.reason, "percent": state.percent}
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def file_rename(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another name; content and key stay."""
    file = _own(request, public_id)
    form = RenameForm(request.POST or None, initial={"name": file.name})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["name"] != file.name:
            store.rename(file, name=form.cleaned_data["name"], actor=request.user)
        messages.success(request, _("The file is called “%(name)s” now.") % {"name": file.name})
        return redirect("dfs:file_list")
    return render(request, "dfs/file_rename.html", {"form": form, "file": file})


@signed_in
@require_POST
def file_trash(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Into the trash, with a way back at once. Twice is once."""
    file = _own(request, public_id)
    store.trash(file, actor=request.user)
    back_url = reverse("dfs:file_restore", args=[file.uuid])
    messages.info(request, toasts.in_trash(request, file, back_url=back_url))
    return redirect("dfs:file_list")


@signed_in
@require_POST
def file_restore(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Back out of the trash. Twice is once."""
    file = _own(request, public_id)
    store.restore(file, actor=request.user)
    messages.success(request, _("“%(name)s” is back among your files.") % {"name": file.name})
    return redirect("dfs:file_list")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def file_erase(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Erase one file of the trash for good, after a typed word. Others are 404: the trash comes first."""
    file = get_object_or_404(StoredFile.objects.for_user(request.user).in_trash(), uuid=public_id)
    return _erase(request, [file])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def trash_empty(request: SignedInRequest) -> HttpResponse:
    """Erase the trash for good, after a typed word; of a very large one the oldest part, so that a request ends."""
    files = list(StoredFile.objects.for_user(request.user).in_trash().order_by("trashed_at")[: my_files.TRASH_ROWS])
    if not files:
        messages.info(request, _("The trash is empty."))
        return redirect("dfs:file_list")
    return _erase(request, files)


def _erase(request: SignedInRequest, files: list[StoredFile]) -> HttpResponse:
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        for file in files:
            store.erase_trashed(file, actor=request.user)
        text = ngettext("%(count)d file is erased for good.", "%(count)d files are erased for good.", len(files))
        messages.success(request, text % {"count": len(files)})
        return redirect("dfs:file_list")
    total = sum(file.size_bytes for file in files)
    context = {"form": form, "files": files[:5], "count": len(files), "total_bytes": total}
    return render(request, "dfs/file_erase.html", context)
