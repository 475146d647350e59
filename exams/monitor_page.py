"""What the monitor's pages show, and what of it is asked for in the address."""

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from exams import monitor, monitor_log, monitor_rows
from exams.models import Attempt, TakeoverRequest, Test
from exams.models.attempts import State
from exams.monitor import ALL, TO_LOOK_AT, TONES, WORDS, Hall, Standing
from exams.monitor_forms import EXTRA, OUTAGE, REOPEN, SUBMIT, ActForm

PAGE_ROWS = 200
MOST_CHOSEN = 3_000
EVERY_MS = 6_000
IN_ORDER = (Standing.AWAITED, Standing.WRITING, Standing.IDLE, Standing.LOST, Standing.SUBMITTED)
NAMED = 12


class Asked:
    """The filter, the words, the page and who is chosen, as address and form bring them."""

    def __init__(self, request: HttpRequest) -> None:
        get = request.GET
        self.words = search_text(get.get("q", ""))
        show = get.get("show", "")
        self.show = show if show in (ALL, TO_LOOK_AT, *Standing) else ""
        self.page = get.get("page", "")
        self.do = get.get("do", "") if get.get("do") in (EXTRA, OUTAGE, REOPEN, SUBMIT) else EXTRA
        sent = [*request.POST.getlist("who"), *get.getlist("choose")][:MOST_CHOSEN]
        self.chosen_ids: list[UUID] = [found for found in map(uuid_of, sent) if found]
        self.everybody = "everybody" in get or request.POST.get("whom") == "all"

    @property
    def shows(self) -> str:
        """Who is searched for is found wherever he stands."""
        return self.show or (ALL if self.words else TO_LOOK_AT)

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(map(str, self.chosen_ids))

    @property
    def query(self) -> str:
        """To come back to the same rows."""
        page = self.page if self.page.isascii() and self.page.isdigit() and len(self.page) < 7 else ""
        parts = {"show": self.show, "q": self.words, "page": page}
        return urlencode({name: value for name, value in parts.items() if value})


def live_context(test: Test, asked: Asked, *, now: datetime) -> dict[str, Any]:
    """The parts of the page that change: requests, figures, rows, what happened; `seen` tells two looks apart."""
    hall = monitor.hall_of(test, now=now)
    page = Paginator(hall.shown(asked.shows, asked.words), PAGE_ROWS).get_page(asked.page)
    seats = list(page.object_list)
    monitor.fill(seats)
    query = f"{asked.query}&" if asked.query else ""
    writer = monitor_rows.Rows(hall, questions=monitor.questions_in(test), chosen=asked.chosen, asked=query)
    rows, printed = writer.of(seats)
    waiting = _requests(test)
    log = monitor_log.newest(hall)
    parts = (printed, hall.counts, page.number, [one.pk for one in waiting], log, hall.is_open, hall.is_written)
    return {
        "test": test,
        "asked": asked,
        "hall": hall,
        "figures": _figures(hall, asked),
        "page": page,
        "rows": rows,
        "requests": waiting,
        "log": log,
        "seen": hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest(),
    }


def page_context(test: Test, asked: Asked, *, form: ActForm, now: datetime) -> dict[str, Any]:
    """The whole page, with the action bar as it was filled in."""
    context = live_context(test, asked, now=now)
    names = [one.name for one in context["hall"].seats if str(one.student) in asked.chosen]
    return context | {
        "form": form,
        "now": now,
        "every_ms": EVERY_MS,
        "chosen_names": names[:NAMED],
        "chosen_count": len(names),
        "choices": form.fields["do"].choices,  # type: ignore[attr-defined]  # a choice field
        "doing": form["do"].value() or EXTRA,
        "ends": test.closes_at if context["hall"].is_open else None,
        "left": monitor_rows.left_text(test.closes_at, now) if test.closes_at else "",
        "words": _words(),
    }


def attempt_context(attempt: Attempt, *, now: datetime) -> dict[str, Any]:
    """All about one attempt."""
    return {
        "attempt": attempt,
        "test": attempt.test,
        "lines": monitor_log.lines_of(attempt),
        "credits": monitor_log.credits_of(attempt),
        "takeovers": attempt.takeover_requests.select_related("decided_by").order_by("asked_at"),
        "answered": attempt.responses.filter(is_answered=True).count(),
        "questions": monitor.questions_in(attempt.test),
        "away": monitor_rows.minute_text(attempt.away_ms / 1000),
        "left": monitor_rows.left_text(attempt.deadline_at, now)
        if attempt.deadline_at and attempt.state == State.WRITING
        else "",
        "is_lost": attempt.state == State.WRITING and attempt.is_lost(now),
        "others": Attempt.objects.filter(test=attempt.test_id, student=attempt.student_id).exclude(pk=attempt.pk),
        "now": now,
    }


def _words() -> dict[str, list[str]]:
    """What the page's script says of one and of many who are chosen."""
    return {
        "chosen": [_("{count} chosen"), _("{count} chosen")],
        EXTRA: [_("Give {minutes} min to {count} student"), _("Give {minutes} min to {count} students")],
        OUTAGE: [_("See what {count} student lost"), _("See what {count} students lost")],
        REOPEN: [_("Reopen for {minutes} min: {count} student"), _("Reopen for {minutes} min: {count} students")],
        SUBMIT: [_("Hand in {count} test"), _("Hand in {count} tests")],
        "act": [_("Act on {count}"), _("Act on {count}")],
        "age": [_("page is {count} s old"), _("page is {count} s old")],
    }


def _figures(hall: Hall, asked: Asked) -> list[dict[str, Any]]:
    return [
        {"key": one, "count": hall.counts[one], "tone": TONES[one], "word": WORDS[one], "is_on": asked.show == one}
        for one in IN_ORDER
    ]


def _requests(test: Test) -> list[TakeoverRequest]:
    """Those that wait for a word, the longest first."""
    rows = TakeoverRequest.objects.filter(attempt__test=test, state=TakeoverRequest.State.ASKED)
    return list(rows.select_related("attempt__student").order_by("asked_at", "pk"))
