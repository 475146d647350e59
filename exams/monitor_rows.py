"""The table of a monitor as markup: one template, filled for each student, and what of it tells two looks apart."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from coaching.lib.clock import clock_text
from coaching.lib.patterns import Pattern
from coaching.templatetags.icons import badge
from exams.models import Test
from exams.monitor import TONES, WORDS, Hall, Seat, Standing
from exams.paper_facts import facts_of

PLACES = (
    *(
        "student",
        "chosen",
        "is_chosen",
        "name",
        "title",
        "about",
        "state",
        "done",
        "lag",
        "is_two",
        "focus",
        "no_focus",
    ),
    *("left", "extra", "act", "do", "page", "no_page"),
)
ICONS = {Standing.LOST: "wifi-off"}
NO_ATTEMPT = "00000000-0000-0000-0000-000000000000"
DASH = mark_safe('<span class="faint">–</span>')


class Rows:
    """Writes rows of one hall. `chosen` are ticked; `asked` is the page's query, kept when one is acted on."""

    def __init__(self, hall: Hall, *, questions: int, chosen: frozenset[str] = frozenset(), asked: str = "") -> None:
        self.hall, self.now, self.chosen = hall, hall.now, chosen
        self._row = Pattern("exams/_monitor_row.html", PLACES, asked=asked)
        self._questions = questions
        self._badges = {one: str(badge(TONES[one], str(WORDS[one]), ICONS.get(one, ""))) for one in Standing}
        self._ready = str(badge("run", _("Waiting to begin"), "circle-dashed"))
        self._page = reverse("attempt_audit", args=[NO_ATTEMPT])
        self._would_end = would_end(hall.test, hall.now)
        self._words = {
            "extra": _("Extra time"),
            "reopen": _("Reopen"),
            "none": f'<span class="faint">{_("none")}</span>',
        }

    def of(self, seats: Sequence[Seat]) -> tuple[SafeString, str]:
        """The rows, and a fingerprint of them that time alone does not change."""
        made, print_ = [], hashlib.blake2b(digest_size=12)
        for seat in seats:
            cells = self._cells(seat)
            made.append(self._row.filled(cells))
            ends = str(seat.sitting.deadline_at) if seat.sitting else ""
            print_.update("\0".join([*(cell for name, cell in cells.items() if name != "left"), ends, ""]).encode())
        return mark_safe("".join(made)), print_.hexdigest()  # noqa: S308 - filled rows

    def _cells(self, seat: Seat) -> dict[str, str]:
        """Everything that goes in as it is, escaped."""
        sitting, key = seat.sitting, str(seat.student)
        is_chosen = key in self.chosen
        about = [seat.batch, sitting.device if sitting else "", _attempt_word(seat)]
        is_over, name = seat.standing == Standing.SUBMITTED, conditional_escape(seat.name)
        page = self._page.replace(NO_ATTEMPT, str(sitting.uuid)) if sitting else ""
        return {
            "student": key,
            "chosen": " checked" if is_chosen else "",
            "is_chosen": " is-chosen" if is_chosen else "",
            "name": name,
            "title": f'<a href="{page}">{name}</a>' if sitting else name,
            "about": conditional_escape(" · ".join(filter(None, about))),
            "state": self._state(seat),
            "done": self._done(seat),
            **self._lag(seat),
            **self._focus(seat),
            **self._left(seat),
            "act": self._words["reopen" if is_over else "extra"],
            "do": "reopen" if is_over else "extra",
            "page": page,
            "no_page": "" if sitting else " hidden",
        }

    def _state(self, seat: Seat) -> str:
        if seat.is_ready:
            return self._ready
        if seat.since is None or seat.standing == Standing.SUBMITTED:
            return self._badges[seat.standing]
        words = f"{WORDS[seat.standing]} {duration_text(self.now - seat.since)}"
        return badge(TONES[seat.standing], words, ICONS.get(seat.standing, ""))

    def _done(self, seat: Seat) -> str:
        if not seat.sitting or not seat.sitting.started_at:
            return DASH
        answered, count = seat.sitting.answered, self._questions
        said = _("%(count)d of %(all)d") % {"count": answered, "all": count}
        return (
            f'<span class="done"><progress class="bar" value="{answered}" max="{max(count, 1)}">{said}</progress>'
            f'<span class="num">{answered}<span class="faint"> / {count}</span></span></span>'
        )

    def _lag(self, seat: Seat) -> dict[str, str]:
        sitting = seat.sitting
        if not sitting or not sitting.started_at:
            return {"lag": DASH, "is_two": " is-none"}
        saved = sitting.last_saved_at
        if seat.standing == Standing.SUBMITTED:
            when = clock_text(sitting.submitted_at) if sitting.submitted_at else ""
            word = _("all saved")
            return {"lag": _two(f'<span class="quiet">{word}</span>', when), "is_two": " is-two"}
        if saved is None:
            return {"lag": f'<span class="quiet">{_("nothing saved yet")}</span>', "is_two": " is-two"}
        lag = duration_text(max(self.now - saved, timedelta(0)))
        if seat.standing == Standing.WRITING:
            return {"lag": f'<span class="num">{lag}</span>', "is_two": ""}
        last = _("last save %(time)s") % {"time": second_text(saved)}
        return {"lag": _two(f'<span class="num lag-long">{lag}</span>', last), "is_two": " is-two"}

    def _focus(self, seat: Seat) -> dict[str, str]:
        sitting = seat.sitting
        if not sitting or not sitting.started_at:
            return {"focus": DASH, "no_focus": " is-none"}
        if not sitting.away_count:
            return {"focus": self._words["none"], "no_focus": " is-none"}
        said = _("%(count)d × away, %(time)s")
        words = said % {"count": sitting.away_count, "time": minute_text(sitting.away_ms / 1000)}
        return {"focus": f'<span class="num">{words}</span>', "no_focus": ""}

    def _left(self, seat: Seat) -> dict[str, str]:
        sitting = seat.sitting
        extra_s = sitting.credit_s + sitting.allowance_s if sitting else 0
        extra = _("+%(count)d min") % {"count": round(extra_s / 60)} if extra_s >= 60 else ""
        said = f'<br><span class="meta num">{extra}</span>' if extra else ""
        if seat.standing == Standing.SUBMITTED:
            return {"left": DASH, "extra": said}
        ends = sitting.deadline_at if sitting and sitting.deadline_at else self._would_end
        if ends is None:
            return {"left": DASH, "extra": said}
        ends += timedelta(seconds=0 if sitting is None or sitting.deadline_at else extra_s)
        return {"left": left_text(ends, self.now), "extra": said}


def would_end(test: Test, now: datetime) -> datetime | None:
    """When who begins now has to end; before the opening, who begins then. None when nobody can begin."""
    if test.opens_at is None or test.closes_at is None or now >= test.closes_at:
        return None
    timed = sum(one.minutes or 0 for one in facts_of(test.pk, test.paper_revision).sections)
    minutes = timed or test.duration_min
    whole = test.closes_at - max(now, test.opens_at)
    return now + (min(timedelta(minutes=minutes), whole) if minutes else whole)


def left_text(ends: datetime, now: datetime) -> SafeString:
    """1:48:02, which the page's script counts down."""
    left = hours_text(max((ends - now).total_seconds(), 0))
    return mark_safe(f'<span class="num" data-ends="{int(ends.timestamp())}">{left}</span>')  # noqa: S308 - numbers


def hours_text(seconds: float) -> str:
    """1:48:02"""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}"


def minute_text(seconds: float) -> str:
    """0:41, or 1:02:05 of an hour and more."""
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes}:{second:02d}" if minutes < 60 else hours_text(seconds)


def second_text(when: datetime) -> str:
    """11:07:46, in the institute's time."""
    return f"{timezone.localtime(when):%H:%M:%S}"


def duration_text(age: timedelta) -> str:
    """48 s, 4 min, 2 h 5 min."""
    seconds = int(age.total_seconds())
    if seconds < 60:
        return _("%(count)d s") % {"count": seconds}
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(count)d min") % {"count": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def _two(first: str, second: str) -> str:
    return f'{first}<br><span class="meta num">{second}</span>'


def _attempt_word(seat: Seat) -> str:
    number = seat.sitting.number if seat.sitting else 1
    return _("attempt %(number)d") % {"number": number} if number > 1 else ""
