"""What the waiting room and the page of another device show."""

import contextlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.clock import clock_text
from coaching.lib.errors import DomainError
from exams import admission, sealed_papers
from exams.devices import Device
from exams.models import Attempt, SealedPaper, TakeoverRequest, Test
from exams.models.attempts import LOST_AFTER, MOST_TAKEOVERS, State
from exams.paper_json import PaperTooLarge
from exams.paper_outline import Outline, outline_of

COUNTED_FOR_S = 10


@dataclass(frozen=True, slots=True)
class RoomPage:
    """`state` is what the script begins with; `problem` says why nobody can begin now."""

    test: Test
    attempt: Attempt
    outline: Outline
    state: dict[str, Any]
    is_open: bool

    @property
    def minutes(self) -> int | None:
        return self.test.duration_min

    @property
    def extra_min(self) -> int:
        return self.attempt.allowance_s // 60


def page_of(test: Test, attempt: Attempt, *, now: datetime) -> RoomPage:
    attempt.test = test
    return RoomPage(test, attempt, outline_of(test), state_of(attempt, now=now), is_open=test.window[0] <= now)


def state_of(attempt: Attempt, *, now: datetime) -> dict[str, Any]:
    """What a phone in the room asks for every half minute."""
    test = attempt.test
    return {
        "state": attempt.state,
        "server_now": now.isoformat(),
        "opens_at": test.opens_at and test.opens_at.isoformat(),
        "problem": _problem(test, now),
        "others": max(_waiting(test) - 1, 0),
        "paper": _paper(test),
    }


def _problem(test: Test, now: datetime) -> str:
    try:
        admission.require_open(test, now=now, early=True)
    except DomainError as error:
        return error.message
    return ""


def _paper(test: Test) -> dict[str, Any] | None:
    """Where the sealed paper lies; None for one that is too large, which is fetched at the opening."""
    with contextlib.suppress(PaperTooLarge):
        row: SealedPaper = sealed_papers.seal(test)
        return {
            "url": reverse("sealed_paper", args=[row.uuid]),
            "sha256": row.sha256,
            "size": row.size_bytes,
            "revision": row.paper_revision,
        }
    return None


def _waiting(test: Test) -> int:
    """Counted for all at once: a thousand phones ask."""

    def count() -> int:
        return test.attempts.filter(state=State.READY).count()

    return int(cache.get_or_set(f"exams.waiting:{test.uuid}", count, COUNTED_FOR_S) or 0)


@dataclass(frozen=True, slots=True)
class TakeoverPage:
    """An attempt that is written on another device. `asked`: the last request of this one."""

    attempt: Attempt
    is_lost: bool
    wait_s: int
    asked: TakeoverRequest | None
    left: int
    now: datetime

    @property
    def is_allowed(self) -> bool:
        return self.asked is not None and self.asked.state == TakeoverRequest.State.APPROVED

    @property
    def is_waiting(self) -> bool:
        return self.asked is not None and self.asked.state == TakeoverRequest.State.ASKED

    @property
    def is_refused(self) -> bool:
        return self.asked is not None and self.asked.state == TakeoverRequest.State.REFUSED

    @property
    def last_words(self) -> str:
        """When the other device last answered."""
        beat = self.attempt.last_beat_at
        if beat is None:
            return _("It has not answered yet.")
        passed = max(int((self.now - beat).total_seconds()), 0)
        if passed >= 3600:
            return _("It last answered at %(time)s.") % {"time": clock_text(beat)}
        minutes, seconds = divmod(passed, 60)
        if minutes:
            words = ngettext(
                "It last answered %(count)d minute ago.", "It last answered %(count)d minutes ago.", minutes
            )
            return words % {"count": minutes}
        words = ngettext("It last answered %(count)d second ago.", "It last answered %(count)d seconds ago.", seconds)
        return words % {"count": seconds}


def takeover_page(attempt: Attempt, device: Device, *, now: datetime) -> TakeoverPage:
    beat = attempt.last_beat_at
    wait = (beat + LOST_AFTER - now) if beat else timedelta(0)
    asked = attempt.takeover_requests.filter(device_id=device.id).order_by("-asked_at", "-pk").first()
    return TakeoverPage(
        attempt,
        is_lost=attempt.is_lost(now),
        wait_s=max(math.ceil(wait.total_seconds()), 0),
        asked=asked,
        left=MOST_TAKEOVERS - attempt.takeovers,
        now=now,
    )


def words() -> dict[str, str]:
    """What the script of the room says."""
    return {
        "arrived": _("arrived %(time)s"),
        "fetching": _("The paper is being fetched"),
        "sealed": _("The paper is on this device, sealed"),
        "missing": _("The paper comes when the test opens"),
        "trouble": _("The paper did not come yet. It is tried again by itself."),
        "answers_in": _("answers in %(ms)s ms"),
        "no_answer": _("does not answer"),
        "enough": _("Enough"),
        "slow": _("Slow"),
        "offline": _("None"),
        "fine": _("Fine"),
        "little": _("Little"),
        "unknown": _("Not known"),
        "behind": _("%(s)s s behind; the server’s counts"),
        "ahead": _("%(s)s s ahead; the server’s counts"),
        "on_time": _("as the server’s"),
        "opening": _("The test opens …"),
        "begin": _("Begin"),
        "again": _("The server is busy. It is tried again by itself."),
        "signed_out": _("You are signed out here. Sign in again."),
        "opens_in": _("Opens in"),
        "one_other": _("Waiting with %(count)s other"),
        "others": _("Waiting with %(count)s others"),
        "alone": _("Waiting"),
        "checked": _("checked %(time)s"),
        "plug_in": _("Plug it in before the test."),
    }
