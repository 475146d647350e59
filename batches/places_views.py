"""Venues, rooms and subjects for admins: one page with a list of each kind, and a page for each place."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from batches import places
from batches.models import Room, Subject, Venue
from batches.places_forms import FORMS
from coaching.lib.text import search_text

PAGE_ROWS = 50
KINDS: dict[str, type[places.Place]] = {"venue": Venue, "room": Room, "subject": Subject}


@role_required(Role.ADMIN)
@require_safe
def place_list(request: SignedInRequest) -> HttpResponse:
    """Venues, rooms or subjects, as `kind` says; venues when it says nothing that is known."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "venue"
    words = search_text(request.GET.get("q", ""))
    page = Paginator(_found(kind, words), PAGE_ROWS).get_page(request.GET.get("page"))
    url = reverse("places")
    labels = {"venue": _("Venues"), "room": _("Rooms"), "subject": _("Subjects")}
    tabs = [(f"{url}?kind={one}", label, one == kind) for one, label in labels.items()]
    context = {"kind": kind, "page": page, "words": words, "tabs": tabs}
    return render(request, "batches/place_list.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def place_create(request: SignedInRequest, kind: str) -> HttpResponse:
    """Enter a venue, room or subject."""
    form = FORMS[_model(kind)](request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.keep(request.user, request):
        messages.success(request, _("%(name)s is entered.") % {"name": form.instance.name})
        return _to_list(kind)
    return render(request, "batches/place_form.html", {"form": form, "kind": kind})


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def place_change(request: SignedInRequest, kind: str, number: int) -> HttpResponse:
    """Change a place, which is locked meanwhile: of two who save at once the second sees that it is another by now."""
    model = _model(kind)
    place = get_object_or_404(model._default_manager.select_for_update(), pk=number)
    form = FORMS[model](request.POST if request.method == "POST" else None, instance=place)
    if request.method == "POST" and form.is_valid():
        if not form.changed_data:
            messages.success(request, _("Nothing was changed."))
            return _to_list(kind)
        if form.keep(request.user, request):
            messages.success(request, _("Saved."))
            return _to_list(kind)
    shown = _place(kind, number)
    context = {"form": form, "kind": kind, "place": shown, "use": places.use_of(shown)}
    return render(request, "batches/place_form.html", context)


@role_required(Role.ADMIN)
@require_POST
def place_remove(request: SignedInRequest, kind: str, number: int) -> HttpResponse:
    """Remove a place nothing uses."""
    place = _place(kind, number)
    try:
        places.remove_place(place, actor=request.user, request=request)
    except places.InUse as error:
        messages.warning(request, error.message)
        return redirect("place_change", kind, number)
    messages.success(request, _("%(name)s is removed.") % {"name": place.name})
    return _to_list(kind)


@role_required(Role.ADMIN)
@require_POST
def room_state(request: SignedInRequest, number: int) -> HttpResponse:
    """`do` is open or close."""
    room = get_object_or_404(Room, pk=number)
    verb = {"open": places.open_room, "close": places.close_room}.get(request.POST.get("do", ""))
    if verb is None:
        raise BadRequest("unknown verb")
    verb(room, actor=request.user, request=request)
    return redirect("place_change", "room", number)


def _model(kind: str) -> type[places.Place]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _place(kind: str, number: int) -> places.Place:
    place: places.Place = get_object_or_404(_model(kind), pk=number)  # type: ignore[assignment]
    return place


def _found(kind: str, words: str) -> QuerySet[Any]:
    """With what each line says of it."""
    found: QuerySet[Any] = KINDS[kind]._default_manager.all()
    for word in words.split():
        found = found.filter(name__icontains=word)
    if kind == "room":
        found = found.select_related("venue").order_by("-is_active", "name", "pk")
    else:
        found = found.annotate(batch_count=Count("batches", distinct=True)).order_by("name", "pk")
    return found


def _to_list(kind: str) -> HttpResponse:
    return redirect(f"{reverse('places')}?kind={kind}")
