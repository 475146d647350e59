"""The calendar for phones: the page on which a person gets his secret address, and what is read there.

An unknown address, one that was taken back and one of a person who may not sign in get the same 404.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, public, signed_in
from accounts.limits import CALENDAR_LOST, CALENDAR_MAKING, CALENDAR_READING, address_of, limited, person_of
from accounts.models import Institute
from accounts.slips import qr_svg
from batches import feeds
from batches.models import CalendarFeed
from coaching.lib import ics
from coaching.lib.offers import Entry
from coaching.pages.calendar import entries_of

BEFORE, AHEAD = timedelta(days=30), timedelta(days=180)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(CALENDAR_MAKING, key=person_of)
def calendar_feed_page(request: SignedInRequest) -> HttpResponse:
    """Whether one's calendar has an address; a POST makes a new one, and the answer shows it, this once."""
    context: dict[str, object] = {}
    if request.method == "POST":
        path = reverse("calendar_feed", args=[feeds.make_feed(request.user, request=request)])
        link = f"{settings.BASE_URL}{path}"
        context = {"link": link, "webcal": f"webcal:{link.partition(':')[2]}", "code": qr_svg(link)}
    context["feed"] = CalendarFeed.objects.filter(person=request.user).first()
    response = render(request, "pages/calendar_feed.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@signed_in
@require_POST
def calendar_feed_revoke(request: SignedInRequest) -> HttpResponse:
    """Take one's address back. There is none: nothing."""
    feeds.revoke_feed(request.user, request=request)
    return redirect("calendar_feed_page")


@public
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whose secret this is, from a month ago to half a year ahead."""
    now = timezone.now()
    feed = feeds.find(secret)
    if feed is None:
        CALENDAR_LOST.take(address_of(request), now=now)
        raise Http404
    CALENDAR_READING.take(feed.pk, now=now)
    institute = Institute.current()
    with translation.override(feed.person.language or institute.language), timezone.override(institute.zone):
        entries = _entries(feed, now)
        name = _("Classes, %(institute)s") % {"institute": institute.short_name or institute.name}
        site, today = settings.BASE_URL, timezone.localdate(now)
        body = ics.written(entries, name=name, zone=institute.zone, site=site, today=today)
    feeds.note_reading(feed, now=now)
    return _answer(request, body, changed_at=max((one.changed_at for one in entries if one.changed_at), default=None))


@public
@require_safe
def calendar_feed_slashed(request: HttpRequest, secret: str) -> HttpResponse:
    """The address as some programs end it. Here, because the log hides only known addresses."""
    return redirect("calendar_feed", secret)


def _entries(feed: CalendarFeed, now: datetime) -> list[Entry]:
    today = timezone.localdate(now)
    return entries_of(feed.person, [today - BEFORE, today + AHEAD])


def _answer(request: HttpRequest, body: bytes, *, changed_at: datetime | None) -> HttpResponse:
    """304 by ETag only: a class that left this calendar changes it, but leaves no later date behind."""
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="classes.ics"'
    conditional = get_conditional_response(request, etag=etag, response=response) or response
    conditional.headers["ETag"] = etag
    if changed_at:
        conditional.headers["Last-Modified"] = http_date(changed_at.timestamp())
    conditional.headers["Cache-Control"] = "private, max-age=300"
    conditional.headers["Referrer-Policy"] = "no-referrer"
    conditional.headers["X-Robots-Tag"] = "noindex, nofollow"
    return conditional
