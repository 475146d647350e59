"""Beginning to write: READY → WRITING at the opening or later, and what a phone needs to open its paper.

A thousand students send this within ten seconds, so it is two readings and one conditional update; nothing is noted
beside the row, which says when it was begun. Sent twice it gives the same answer.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from coaching.lib.statements import written_once
from exams import admission, takeovers
from exams.devices import Device
from exams.models import Attempt, Test
from exams.models.attempts import State
from exams.paper_facts import Order, facts_of
from exams.sealed_papers import Opener, opener
from exams.sittings import Clock, clock_of
from exams.takeovers import NotWriting, OpenElsewhere


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt that is written on this device, and what opens and orders its paper."""

    attempt: Attempt
    opener: Opener
    order: Order
    now: datetime

    def as_json(self) -> dict[str, Any]:
        attempt, order = self.attempt, self.order
        return {
            "key": base64.b64encode(self.opener.key).decode(),
            "nonce": base64.b64encode(self.opener.nonce).decode(),
            "paper": {"url": reverse("sealed_paper", args=[self.opener.uuid]), "sha256": self.opener.sha256},
            "test": str(attempt.test.uuid),
            "revision": attempt.test.paper_revision,
            "order": {
                "questions": [str(one) for one in order.questions],
                "options": {str(question): options for question, options in order.options.items()},
            },
            "epoch": attempt.epoch,
            "deadline": attempt.deadline_at and attempt.deadline_at.isoformat(),
            "section_ends": attempt.section_ends,
            "server_now": self.now.isoformat(),
        }


def start(public_id: UUID, *, student: int, device: Device, now: datetime) -> Started:
    """Begin a student's attempt, or go on with it on the device that writes it.

    Raises: Attempt.DoesNotExist, NotAllowed, NotOpenYet, CannotBegin, OpenElsewhere, NotWriting.
    """
    attempt = _one(public_id, student)
    if attempt.state == State.READY:
        attempt = _begun(attempt, device=device, now=now)
    if attempt.state == State.SUBMITTED:
        raise NotWriting(_("This test is handed in."))
    if not takeovers.is_here(attempt, device):
        raise OpenElsewhere(_("This test is open on another device."))
    if not takeovers.is_bound(attempt, device):
        test, attempt = attempt.test, takeovers.take_over(attempt, device=device, now=now)
        attempt.test = test
    return _started(attempt, now=now)


def _one(public_id: UUID, student: int) -> Attempt:
    """Among what he has open by a statement that is kept, else, for what is handed in, by a new one."""
    found = next((one for one in _open_of(student=student) if one.uuid == public_id), None)
    return found or Attempt.objects.select_related("test").get(uuid=public_id, student=student)


@written_once
def _open_of(*, student: int) -> QuerySet[Attempt]:
    return Attempt.objects.open().filter(student=student).select_related("test").order_by()


def _begun(attempt: Attempt, *, device: Device, now: datetime) -> Attempt:
    """Begun now, or as another tab or device has begun it at the same moment."""
    test = attempt.test
    admission.require_open(test, now=now)
    admission.require_in_batch(test.pk, attempt.student_id, now=now)  # he may have left it since he came in
    clock = _clock(attempt, test, now)
    changed = {
        "state": State.WRITING,
        "started_at": now,
        "deadline_at": clock.deadline_at,
        "section_ends": [one.isoformat() for one in clock.section_ends],
        "slot_id": device.slot,
        "device_id": device.id,
        "device": device.name,
        "last_beat_at": now,
    }
    if not Attempt.objects.filter(pk=attempt.pk, state=State.READY).update(**changed):
        return _one(attempt.uuid, attempt.student_id)
    for name, value in changed.items():
        setattr(attempt, name, value)
    return attempt


def _clock(attempt: Attempt, test: Test, now: datetime) -> Clock:
    sections = facts_of(test.pk, test.paper_revision).sections
    return clock_of(
        begins_at=now,
        closes_at=test.window[1],
        minutes=test.duration_min,
        section_minutes=[one.minutes for one in sections if one.minutes],
        extra_s=attempt.allowance_s,
    )


def _started(attempt: Attempt, *, now: datetime) -> Started:
    test = attempt.test
    facts = facts_of(test.pk, test.paper_revision)
    order = facts.order_for(
        test.seed, attempt.student_id, attempt.number, test.shuffles_questions, test.shuffles_options
    )
    return Started(attempt, opener(test.uuid, test.paper_revision), order, now)
