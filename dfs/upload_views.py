"""Uploads over HTTP: tus 1.0 for the page's script and other clients, and the form that works without either."""

import uuid
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from coaching.lib.errors import DomainError
from coaching.lib.middleware import body_limit
from dfs import my_files, spool, tus, uploads
from dfs.forms import UploadForm
from dfs.handlers import SpooledFile, SpoolUploadHandler
from dfs.models import UPLOAD_KEPT, StoredFile, Upload

PIECE_BYTES = 8 * 1024 * 1024
"""What the page's script sends at a time: what a weak network may lose at most, and a proxy should let pass."""
FORM_ROOM_BYTES = 1024 * 1024
"""What a form may weigh beside its files."""
FORM_TYPE = "multipart/form-data"
TusView = Callable[..., HttpResponse]


def _upload_limit() -> int:
    return int(settings.DFS_MAX_UPLOAD_BYTES)


def form_limit() -> int:
    """The largest body of a form with files."""
    return _upload_limit() + FORM_ROOM_BYTES


# --- tus --------------------------------------------------------------------------------------------------------------


def _speaks_tus(view: TusView) -> TusView:
    """Checks the protocol's version, answers refusals in JSON and puts the protocol's headers on every answer."""

    @wraps(view)
    def speak(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method or ""
        if method == "POST":  # only from POST: a GET that deletes would pass the CSRF check
            method = request.headers.get("X-HTTP-Method-Override", method).upper()
        if method == "OPTIONS":
            response = _capabilities()
        elif request.headers.get("Tus-Resumable") != tus.VERSION:
            response = _refusal(412, "tus_version", _("This address speaks tus 1.0.0 only."))
            response.headers["Tus-Version"] = tus.VERSION
        else:
            response = _answered(view, request, method, *args, **kwargs)
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return speak


def _answered(view: TusView, request: HttpRequest, method: str, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, method, *args, **kwargs)
    except tus.BadHeader as error:
        return _refusal(400, "bad_header", str(error))
    except Http404:
        return _refusal(404, "not_found", _("There is no such upload."))
    except DomainError as error:
        return _refusal(error.status, error.code, error.message)


def _refusal(status: int, code: str, message: str) -> HttpResponse:
    response = JsonResponse({"error": {"code": code, "message": message}}, status=status)
    if status == uploads.ChecksumMismatch.status:
        response.reason_phrase = "Checksum Mismatch"
    return response


def _capabilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = ",".join(tus.EXTENSIONS)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    response.headers["Tus-Max-Size"] = str(_upload_limit())
    return response


def _not_allowed(*methods: str) -> HttpResponse:
    response = _refusal(405, "method_not_allowed", _("This address does not answer that method."))
    response.headers["Allow"] = ", ".join(("OPTIONS", *methods))
    return response


def _stand(response: HttpResponse, upload: Upload) -> HttpResponse:
    """Say how far the upload is, and the file once there is one."""
    response.headers["Upload-Offset"] = str(upload.offset_bytes)
    if upload.file is not None:
        response.headers["X-File"] = str(upload.file.uuid)
    else:
        response.headers["Upload-Expires"] = http_date((upload.touched_at + UPLOAD_KEPT).timestamp())
    return response


@signed_in
@_speaks_tus
def upload_create(request: SignedInRequest, method: str) -> HttpResponse:
    """POST: creation. `Upload-Metadata` knows `filename`, `filetype` and `purpose` (`mine`; `console` for admins)."""
    if method != "POST":
        return _not_allowed("POST")
    about = tus.parse_metadata(request.headers.get("Upload-Metadata", ""))
    upload = uploads.create_upload(
        request.user,
        name=about.get("filename", ""),
        content_type=about.get("filetype", ""),
        purpose=about.get("purpose", StoredFile.MINE),
        length_bytes=tus.parse_count(request.headers.get("Upload-Length"), "Upload-Length"),
    )
    response = _stand(HttpResponse(status=201), upload)
    response.headers["Location"] = reverse("dfs:upload", args=[upload.uuid])
    return response


@signed_in
@body_limit(_upload_limit, tus.CONTENT_TYPE)
@_speaks_tus
def upload(request: SignedInRequest, method: str, public_id: uuid.UUID) -> HttpResponse:
    """HEAD: how far it is. PATCH: more bytes. DELETE: forget it."""
    found = uploads.find_upload(request.user, public_id)
    if found is None:
        raise Http404
    match method:
        case "HEAD":
            return _report(uploads.stage_when_complete(found))
        case "PATCH":
            return _append(request, found)
        case "DELETE":
            uploads.cancel_upload(found)
            return HttpResponse(status=204)
    return _not_allowed("HEAD", "PATCH", "DELETE")


def _report(found: Upload) -> HttpResponse:
    response = _stand(HttpResponse(), found)
    response.headers["Upload-Length"] = str(found.length_bytes)
    about = {"filename": found.name, "filetype": found.content_type, "purpose": found.purpose}
    response.headers["Upload-Metadata"] = tus.format_metadata(about)
    return response


def _append(request: SignedInRequest, found: Upload) -> HttpResponse:
    if request.content_type != tus.CONTENT_TYPE:
        return _refusal(415, "wrong_type", _("The bytes must come as %(type)s.") % {"type": tus.CONTENT_TYPE})
    checksum = request.headers.get("Upload-Checksum")
    appended = uploads.append_to_upload(
        found,
        _blocks(request),
        offset=tus.parse_count(request.headers.get("Upload-Offset"), "Upload-Offset"),
        length=tus.parse_count(request.META.get("CONTENT_LENGTH") or "0", "Content-Length"),
        check=None if checksum is None else tus.parse_checksum(checksum),
    )
    return _stand(HttpResponse(status=204), appended)


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it arrives. When the client goes away it ends early, and what came is kept."""
    while True:
        try:
            block = request.read(spool.BLOCK_BYTES)
        except UnreadablePostError:
            return
        if not block:
            return
        yield block


# --- Forms ------------------------------------------------------------------------------------------------------------


def upload_context(request: SignedInRequest, purpose: str) -> dict[str, Any]:
    """What `dfs/_upload.html` needs to offer uploads to an area."""
    return {
        "purpose": purpose,
        "stopped": my_files.stopped_uploads(request.user, purpose),
        "script_words": my_files.script_words(),
        "piece_bytes": PIECE_BYTES,
        "max_bytes": settings.DFS_MAX_UPLOAD_BYTES,
        "form_key": uuid.uuid4(),
    }


def receive_form(request: SignedInRequest, *, purpose: str, back: str) -> HttpResponse:
    """Take a plain form's files and go `back`. The caller is `csrf_exempt` and under `form_limit`.

    Room is checked from Content-Length before a byte is read, and the handler must be set before the CSRF check reads
    the form; therefore the check is here and not in the middleware.
    """
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    uploads.check_welcome(request.user, purpose=purpose, length_bytes=max(0, announced - FORM_ROOM_BYTES))
    handler = SpoolUploadHandler(request)
    request.upload_handlers = [handler]
    try:
        return _take_form(request, purpose, back)
    finally:
        handler.discard()


@csrf_protect
def _take_form(request: SignedInRequest, purpose: str, back: str) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(back)
    arrived: list[SpooledFile] = form.cleaned_data["file"]
    for number, file in enumerate(arrived):
        uploads.take_form_file(
            file, owner=request.user, purpose=purpose, form_key=form.cleaned_data["form_key"], number=number
        )
    count = len(arrived)
    text = ngettext("%(name)s is here and is being stored.", "%(count)d files are here and are being stored.", count)
    messages.success(request, text % {"name": arrived[0].name, "count": count})
    return redirect(back)


@role_required(Role.ADMIN)
@body_limit(form_limit, FORM_TYPE)
@csrf_exempt
@require_POST
def console_upload(request: SignedInRequest) -> HttpResponse:
    """The console's plain form. CSRF is checked within."""
    return receive_form(request, purpose=StoredFile.CONSOLE, back="dfs:console")


@signed_in
@require_POST
def upload_cancel(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Forget an unfinished upload, for a browser without script."""
    unfinished = get_object_or_404(Upload, owner=request.user, uuid=public_id)
    uploads.cancel_upload(unfinished)
    messages.info(request, _("The upload of “%(name)s” is cancelled.") % {"name": unfinished.name})
    return redirect("dfs:console" if unfinished.purpose == StoredFile.CONSOLE else "dfs:file_list")
