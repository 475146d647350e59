"""The list of people for admins: who they are, when they were last seen, where they are signed in, whose Drive waits.

Composed here because Drives are the store's. What is done to many goes by the rows that were ticked, or by all that the
filter finds, asked anew when it is done.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import activity, people, photos
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.import_templates import titles
from accounts.invitation_views import many_made
from accounts.invitations import InvitationRefused
from accounts.limits import PEOPLE_EXPORT, limited, person_of
from accounts.models import Role, SessionSlot, User
from accounts.people_forms import Lent, MessageForm, PeopleFilter
from coaching.lib.exports import csv_response
from coaching.lib.uuids import uuids_of
from dfs import owned

PAGE_ROWS = 50
NAMES_SHOWN = 10
CHUNK_ROWS = 500
FILTERS = ("q", "role", "seen", "account", "drive", "sort")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list. `drive` is the one that needs somebody most."""

    person: User
    seen_at: datetime | None
    sessions: int
    drive: owned.OwnedDrive | None


@role_required(Role.ADMIN)
@require_safe
def people_list(request: SignedInRequest) -> HttpResponse:
    """Everybody, by name, role, last seen, account and Drive."""
    now, form = timezone.now(), PeopleFilter(request.GET)
    page = Paginator(_found(request.user, form, now=now), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": {name: text for name, text in form.asked.items() if name in FILTERS},
        "page": page,
        "rows": _rows(photos.with_tags(page), now=now),
        "roles": _roles(request.user),
        "role": form.asked.get("role", ""),
        "facts": _facts(request.user),
        "sort": form.asked.get("sort", "name"),
    }
    return render(request, "pages/people.html", context)


def _found(viewer: User, form: PeopleFilter, *, now: datetime) -> QuerySet[User]:
    """The people the filter asks for, in its order."""
    found = form.rows(User.objects.for_user(viewer), now=now)
    asked = form.asked.get("drive")
    if asked == Lent.ANY:
        return found.filter(pk__in=owned.owners())
    return found.filter(pk__in=owned.owners_to_sign_in()) if asked == Lent.WAITING else found


def _rows(page: list[User], *, now: datetime) -> list[PersonRow]:
    """Two queries for any number of people."""
    slots = SessionSlot.objects.filter(user__in=page).order_by().values("user")
    live = Q(ended_at=None, expires_at__gt=now, idle_until__gt=now)
    seen = {row["user"]: row for row in slots.annotate(at=Max("last_seen_at"), live=Count("pk", filter=live))}
    drives = owned.drives_of(page)
    return [
        PersonRow(
            person=one,
            seen_at=seen[one.pk]["at"] if one.pk in seen else None,
            sessions=seen[one.pk]["live"] if one.pk in seen else 0,
            drive=drives[one.pk][0] if one.pk in drives else None,
        )
        for one in page
    ]


def _roles(viewer: User) -> list[tuple[str, str, int]]:
    """Each role with how many have it, all first."""
    rows = User.objects.for_user(viewer).order_by().values("role").annotate(count=Count("pk"))
    counts = {row["role"]: row["count"] for row in rows}
    known = [(role.value, str(role.label), counts.get(role.value, 0)) for role in Role]
    return [("", _("All"), sum(counts.values())), *known]


def _facts(viewer: User) -> dict[str, int]:
    """How many have never signed in, and how many Drives wait for their owners."""
    slots = SessionSlot.objects.filter(user=OuterRef("pk"))
    never = User.objects.for_user(viewer).active().filter(~Exists(slots)).count()
    return {"never": never, "waiting": owned.owners_to_sign_in().count()}


# --- Many at once -----------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_POST
def people_act(request: SignedInRequest) -> HttpResponse:
    """What is done with those who were ticked, or with all who match: `do` says it."""
    chosen, do = _chosen(request), request.POST.get("do", "")
    if do not in {"let_in", "close", "sign_out", "invite", "message"}:
        raise BadRequest("unknown verb")
    count = chosen.count()
    if not count:
        messages.warning(request, _("Choose people first."))
        return redirect(_back(request))
    if do in {"close", "sign_out"} and "sure" not in request.POST:
        return _ask(request, chosen, do, count)
    if do == "message":
        return _message(request, chosen, count)
    if do == "invite":
        return _invite(request, chosen)
    messages.success(request, _done(request, chosen, do))
    return redirect(_back(request))


def _chosen(request: SignedInRequest) -> QuerySet[User]:
    """The people a form means. Raises: BadRequest."""
    if request.POST.get("all"):
        return _found(request.user, _understood(request), now=timezone.now())
    wanted = uuids_of(request.POST.getlist("chosen"))
    found: QuerySet[User] = User.objects.for_user(request.user).filter(uuid__in=wanted)
    return found


def _understood(request: SignedInRequest) -> PeopleFilter:
    """What a form asks for. A list may show too much, but nothing is done to whom nobody meant. Raises: BadRequest."""
    form = PeopleFilter(request.POST)
    if form.errors:
        raise BadRequest("no such filter")
    return form


def _done(request: SignedInRequest, chosen: QuerySet[User], do: str) -> str:
    if do == "let_in":
        count = people.let_in(chosen, actor=request.user, request=request)
        text = ngettext("%(count)s account was opened.", "%(count)s accounts were opened.", count)
    elif do == "close":
        count = people.close(chosen, actor=request.user, request=request)
        text = ngettext("%(count)s account was closed.", "%(count)s accounts were closed.", count)
    else:
        count = people.sign_out(chosen, actor=request.user, request=request)
        text = ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count)
    return text % {"count": count}


def _ask(request: SignedInRequest, chosen: QuerySet[User], do: str, count: int) -> HttpResponse:
    context = _again(request, chosen, count) | {"do": do, "has_me": chosen.filter(pk=request.user.pk).exists()}
    return render(request, "pages/people_sure.html", context)


def _message(request: SignedInRequest, chosen: QuerySet[User], count: int) -> HttpResponse:
    is_sent = "message" in request.POST
    form = MessageForm(request.POST if is_sent else None, initial={"message": uuid.uuid4()})
    if is_sent and form.is_valid():
        told = people.write_to(chosen, actor=request.user, **form.cleaned_data)
        text = ngettext("%(count)s person was told.", "%(count)s people were told.", told)
        messages.success(request, text % {"count": told})
        return redirect(_back(request))
    return render(request, "pages/people_message.html", _again(request, chosen, count) | {"form": form})


def _invite(request: SignedInRequest, chosen: QuerySet[User]) -> HttpResponse:
    try:
        invited = people.invite(chosen, actor=request.user, request=request)
    except InvitationRefused as error:
        messages.error(request, error.message)
        return redirect(_back(request))
    if invited.left_out:
        text = ngettext(
            "%(count)s person was left out: able to sign in, closed, or invited already.",
            "%(count)s people were left out: able to sign in, closed, or invited already.",
            invited.left_out,
        )
        messages.info(request, text % {"count": invited.left_out})
    return many_made(request, invited.made) if invited.made else redirect(_back(request))


def _again(request: SignedInRequest, chosen: QuerySet[User], count: int) -> dict[str, Any]:
    """What a page in between needs to send the same choice again."""
    named = list(chosen[:NAMES_SHOWN])
    kept = [("chosen", text) for text in request.POST.getlist("chosen")]
    if request.POST.get("all"):
        kept = [("all", "1"), *((name, request.POST.get(name, "")) for name in FILTERS)]
    return {"kept": kept, "named": named, "count": count, "others": count - len(named), "back": _back(request)}


def _back(request: SignedInRequest) -> str:
    """The list as it was filtered."""
    asked = {name: request.POST[name] for name in FILTERS if request.POST.get(name)}
    return reverse("people") + (f"?{urlencode(asked)}" if asked else "")


# --- Export -----------------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN)
@require_POST
@recent_sign_in_required
@limited(PEOPLE_EXPORT, key=person_of)
def people_export(request: SignedInRequest) -> HttpResponseBase:
    """The people the filter finds as CSV, in columns an import takes; taking them away is a line of the log."""
    form = _understood(request)
    found = _found(request.user, form, now=timezone.now())
    asked = {name: text for name, text in form.asked.items() if name != "sort"}
    activity.record("people.exported", actor=request.user, request=request, people=found.count(), asked=asked)
    header = [*titles()[:6], _("Account"), _("Joined")]
    return csv_response(f"people-{timezone.localtime():%Y-%m-%d-%H%M}.csv", header=header, rows=_cells(found))


def _cells(found: QuerySet[User]) -> Iterator[list[Any]]:
    """A chunk at a time by number, so that no query stays open while somebody downloads slowly."""
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK_ROWS]):
        for one in chunk:
            born = one.date_of_birth.isoformat() if one.date_of_birth else ""
            who = [one.name, Role(one.role).label, one.admission_number, one.email, one.phone, born]
            state = _("open") if one.is_active else _("closed")
            yield [*who, state, timezone.localtime(one.date_joined).date().isoformat()]
        last = chunk[-1].pk
