"""The site under the benchmarks: the product's own routes, a page that does nothing, and one that only reads."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from coaching.lib.middleware import body_limit
from coaching.urls import handler400, handler403, handler404, handler500

BLOCK_BYTES = 256 * 1024

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


@login_not_required
@csrf_exempt
@body_limit(lambda: 1024**3, "", "application/octet-stream")
def body(request: HttpRequest) -> HttpResponse:
    """Reads what is sent and keeps nothing: the cost of receiving alone."""
    length = 0
    while piece := request.read(BLOCK_BYTES):
        length += len(piece)
    return HttpResponse(str(length))


urlpatterns = [
    path("bench/nothing/", nothing),
    path("bench/body/", body),
    path("", include("coaching.urls")),
]
