"""Uploads over HTTP: tus 1.0 for the page's script and other clients, and the form that works without either."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from coaching.lib.bodies import taker
from coaching.lib.errors import DomainError
from coaching.lib.middleware import body_limit
from coaching.lib.threads import off_loop
from dfs import my_files, receiving, tus, uploads
from dfs.forms import UploadForm
from dfs.handlers import SpooledFile, SpoolUploadHandler
from dfs.models import UPLOAD_KEPT, StoredFile, Upload

PIECE_BYTES = 8 * 1024 * 1024
"""What the page's script sends at a time: what a weak network may lose at most, and a proxy should let pass."""
FORM_ROOM_BYTES = 1024 * 1024
"""What a form may weigh beside its files."""
FORM_TYPE = "multipart/form-data"
REFUSALS = (tus.BadHeader, Http404, DomainError)
View = TypeVar("View", bound=Callable[..., Any])


def _upload_limit() -> int:
    return int(settings.DFS_MAX_UPLOAD_BYTES)


def form_limit() -> int:
    """The largest body of a form with files."""
    return _upload_limit() + FORM_ROOM_BYTES


# --- tus --------------------------------------------------------------------------------------------------------------


def _speaks_tus(view: View) -> View:
    """Checks the protocol's version, answers refusals in JSON and puts the protocol's headers on every answer."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def speak_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            method = _method_of(request)
            try:
                response = _first_answer(request, method) or await view(request, method, *args, **kwargs)
            except REFUSALS as error:
                response = _refused(error)
            return _in_tus(response)

        return speak_async  # type: ignore[return-value]

    @wraps(view)
    def speak(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = _method_of(request)
        try:
            response = _first_answer(request, method) or view(request, method, *args, **kwargs)
        except REFUSALS as error:
            response = _refused(error)
        return _in_tus(response)

    return speak  # type: ignore[return-value]


def _method_of(request: HttpRequest) -> str:
    """The method, another one that a POST asks for included; not that of a GET, which would pass the CSRF check."""
    method = request.method or ""
    return request.headers.get("X-HTTP-Method-Override", method).upper() if method == "POST" else method


def _first_answer(request: HttpRequest, method: str) -> HttpResponse | None:
    """The answer to OPTIONS and to another version, None where the view answers."""
    if method == "OPTIONS":
        return _capabilities()
    if request.headers.get("Tus-Resumable") == tus.VERSION:
        return None
    response = _refusal(412, "tus_version", _("This address speaks tus 1.0.0 only."))
    response.headers["Tus-Version"] = tus.VERSION
    return response


def _in_tus(response: HttpResponse) -> HttpResponse:
    response.headers["Tus-Resumable"] = tus.VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: Exception) -> HttpResponse:
    """The answer to one of REFUSALS."""
    if isinstance(error, tus.BadHeader):
        return _refusal(400, "bad_header", str(error))
    if isinstance(error, DomainError):
        return _refusal(error.status, error.code, error.message)
    return _refusal(404, "not_found", _("There is no such upload."))


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
async def upload(request: SignedInRequest, method: str, public_id: uuid.UUID) -> HttpResponse:
    """HEAD: how far it is. PATCH: more bytes. DELETE: forget it. Async: a slow sender must not hold a thread."""
    found = await off_loop(lambda: uploads.find_upload(request.user, public_id))
    if found is None:
        raise Http404
    match method:
        case "HEAD":
            return _report(await off_loop(lambda: uploads.stage_when_complete(found)))
        case "PATCH":
            return await _append(request, found)
        case "DELETE":
            await off_loop(lambda: uploads.cancel_upload(found))
            return HttpResponse(status=204)
    return _not_allowed("HEAD", "PATCH", "DELETE")


def _report(found: Upload) -> HttpResponse:
    response = _stand(HttpResponse(), found)
    response.headers["Upload-Length"] = str(found.length_bytes)
    about = {"filename": found.name, "filetype": found.content_type, "purpose": found.purpose}
    response.headers["Upload-Metadata"] = tus.format_metadata(about)
    return response


async def _append(request: SignedInRequest, found: Upload) -> HttpResponse:
    if request.content_type != tus.CONTENT_TYPE:
        return _refusal(415, "wrong_type", _("The bytes must come as %(type)s.") % {"type": tus.CONTENT_TYPE})
    checksum = request.headers.get("Upload-Checksum")
    appended = await receiving.append(
        found,
        taker(request),
        offset=tus.parse_count(request.headers.get("Upload-Offset"), "Upload-Offset"),
        length=tus.parse_count(request.META.get("CONTENT_LENGTH") or "0", "Content-Length"),
        check=None if checksum is None else tus.parse_checksum(checksum),
    )
    return _stand(HttpResponse(status=204), appended)


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
