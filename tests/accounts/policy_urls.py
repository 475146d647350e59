"""Views under each policy, sync and async."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.access import grant_required, public, role_required, signed_in
from accounts.models import Grant, Role


@public
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@role_required(Role.TEACHER, Role.ADMIN)
def for_teachers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("teachers")


@role_required(Role.TEACHER, Role.ADMIN)
async def for_teachers_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse("teachers")


@grant_required(Grant.Kind.CASHIER)
def for_cashiers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("cashiers")


@grant_required(Grant.Kind.CASHIER)
async def for_cashiers_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse("cashiers")


@signed_in
async def for_people_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse("people")


def forgotten(request: HttpRequest) -> HttpResponse:
    """No policy: default deny."""
    return HttpResponse("forgotten")


urlpatterns = [
    path("open/", open_to_all),
    path("teachers/", for_teachers),
    path("teachers-async/", for_teachers_async),
    path("cashiers/", for_cashiers),
    path("cashiers-async/", for_cashiers_async),
    path("people-async/", for_people_async),
    path("forgotten/", forgotten),
    path("", include("coaching.urls")),
]
