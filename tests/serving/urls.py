"""Views that show how the server treats bodies, streams, threads and connections."""

import asyncio
import threading
import time
from collections import Counter
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse, UnreadablePostError
from django.urls import include, path
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from coaching.lib.errors import NotAllowed
from coaching.lib.middleware import body_limit
from coaching.lib.refusals import refuse_unreadable

SEEN = Counter()
BLOCK = b"v" * 65536


def handler400(request, exception):
    return refuse_unreadable(request, exception) or HttpResponse("bad", status=400)


def page(request):
    return HttpResponse(f"page in {threading.current_thread().name} user {User.objects.count()}")


def echo(request):
    names = ("HTTP_X_FORWARDED_FOR", "HTTP_COOKIE", "REMOTE_ADDR", "PATH_INFO", "QUERY_STRING", "HTTP_X_TWICE")
    return JsonResponse({name: request.META.get(name) for name in names})


def cookies(request):
    response = HttpResponse("two")
    response.set_cookie("one", "1")
    response.set_cookie("two", "2")
    return response


def seen(request):
    """What happened so far, and what the process holds open."""
    open_files = Counter()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            open_files[Path(descriptor.readlink()).name] += 1
        except FileNotFoundError:
            continue
    database = open_files[Path(settings.DATABASES["default"]["NAME"]).name]
    return JsonResponse({**SEEN, "threads": threading.active_count(), "connections": database})


@csrf_exempt
@body_limit(lambda: 64 * 1024 * 1024, "", "application/octet-stream")
def upload(request):
    """Reads as it arrives, and keeps what arrived when the rest does not."""
    SEEN["upload_started"] += 1
    try:
        while block := request.read(65536):
            SEEN["uploaded"] += len(block)
    except UnreadablePostError:
        SEEN["broken_uploads"] += 1
        raise
    return HttpResponse(str(SEEN["uploaded"]), status=201)


@csrf_exempt
def form(request):
    SEEN["forms"] += bool(request.POST)
    return HttpResponse("form " + request.POST.get("text", ""))


@csrf_exempt
@body_limit(lambda: 64 * 1024 * 1024, "multipart/form-data")
def large_form(request):
    return HttpResponse(request.POST.get("text", ""))


def lost_session(request):
    """The session is deleted elsewhere between this request's reading and saving it."""
    request.session["a"] = 1
    request.session.save()
    type(request.session)(request.session.session_key).delete()
    request.session["a"] = 2
    return HttpResponse("too late")


def endless(request):
    """A sync stream that only its reader's leaving ends."""

    def parts():
        try:
            while True:
                yield BLOCK
        finally:
            SEEN["endless_closed"] += 1

    return StreamingHttpResponse(parts())


def broken_stream(request):
    def parts():
        yield BLOCK
        raise RuntimeError("meant by the test")

    return StreamingHttpResponse(parts(), headers={"Content-Length": str(10 * len(BLOCK))})


def file(request):
    return FileResponse((settings.BASE_DIR / "manage.py").open("rb"))


def refused(request):
    raise NotAllowed("Only on Sundays.")


async def stream(request):
    """An endless async stream that has asked the database before it begins."""
    await sync_to_async(User.objects.count)()
    SEEN["streams"] += 1

    async def parts():
        try:
            while True:
                yield BLOCK
                await asyncio.sleep(0)
        finally:
            SEEN["streams_closed"] += 1

    return StreamingHttpResponse(parts())


async def async_page(request):
    count = await sync_to_async(User.objects.count)()
    return HttpResponse(f"async in {threading.current_thread().name} user {count}")


async def async_refused(request):
    raise NotAllowed("Only on Sundays.")


class AsyncClass(View):
    async def get(self, request):
        return HttpResponse(threading.current_thread().name)


def slow(request):
    time.sleep(0.2)
    return HttpResponse("slow")


urlpatterns = [
    path(f"{name}/", login_not_required(view), name=name)
    for name, view in {
        "page": page,
        "echo": echo,
        "cookies": cookies,
        "seen": seen,
        "upload": upload,
        "form": form,
        "large_form": large_form,
        "lost_session": lost_session,
        "endless": endless,
        "broken_stream": broken_stream,
        "file": file,
        "refused": refused,
        "stream": stream,
        "async_page": async_page,
        "async_exempt": csrf_exempt(async_page),
        "async_refused": async_refused,
        "async_class": AsyncClass.as_view(),
        "slow": slow,
    }.items()
]
urlpatterns += [path("accounts/", include("allauth.urls"))]
urlpatterns += [path("secret/<str:token>/", login_not_required(lambda request, token: HttpResponse("opened")))]
