"""What about a check-in a person should look at. A flag decides nothing and proves nothing.

Each kind has its own limits, below; what a check-in is compared with is bounded, and read in two queries. A kind is
noted once for each student and class, until somebody has reviewed it.

Source: docs/decisions/attendance.md for the limits.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from attendance.geofence import distance_m, speed_kmh
from attendance.models import CheckInAttempt, CheckInPosition, Flag
from attendance.models.check_ins import Decision

SAME_DEGREES = 0.5e-6
"""Coordinates that agree to six decimals, a tenth of a metre, are the same."""
TOO_EXACT_M = 3
TOO_FAST_KMH = 150
DESKTOP_EXACT_M = 10
LATE_CODE_S = 15
REPEATED_DAYS = 3
MOST_COMPARED = 60
"""So many others of the class, and so many of his own earlier positions, a check-in is compared with."""
LEAST_KNOWN = 3
"""A class of which fewer networks are known has no usual one."""
DESKTOPS = (", Windows", ", Mac", ", Linux", ", ChromeOS")

Kind = Flag.Kind


class Seen(NamedTuple):
    """An earlier check-in, as far as another one is compared with it."""

    pk: int
    student_id: int
    device_hash: str
    accuracy_m: float | None
    latitude: float | None
    longitude: float | None
    taken_at: datetime | None


COLUMNS = ("pk", "student_id", "device_hash", "accuracy_m")
COLUMNS_THERE = ("position__latitude", "position__longitude", "position__taken_at")


@dataclass(frozen=True, slots=True)
class Notice:
    """A flag that may be made: its kind, the other check-in it is about, and the figures of its sentence."""

    kind: Kind
    other: int | None = None
    figures: dict[str, Any] = field(default_factory=dict)


def look_at(attempt: CheckInAttempt, position: CheckInPosition | None, *, now: datetime) -> list[Flag]:
    """Note what is odd about a check-in that was just saved, and give what was noted.

    Inside the check-in's transaction, after `attempt` and `position` are saved. At most five queries, usually two.
    """
    others = _others(attempt, position)
    found = chain(
        _by_itself(attempt),
        _like_another(attempt, position, others),
        _like_before(attempt, position, _own(attempt) if position else []),
        _late_code(attempt),
    )
    wanted = {notice.kind: notice for notice in reversed(list(found))}
    return _noted(attempt, wanted, now=now) if wanted else []


def _noted(attempt: CheckInAttempt, wanted: dict[Kind, Notice], *, now: datetime) -> list[Flag]:
    same = Flag.objects.filter(attempt__register=attempt.register_id, attempt__student=attempt.student_id)
    known = set(same.filter(Q(reviewed_at=None) | Q(attempt=attempt)).order_by().values_list("kind", flat=True))
    rows = [
        Flag(attempt=attempt, kind=one.kind, other_id=one.other, figures=one.figures, made_at=now)
        for one in wanted.values()
        if one.kind not in known
    ]
    return Flag.objects.bulk_create(rows)


# --- What it is compared with -----------------------------------------------------------------------------------------


def _others(attempt: CheckInAttempt, position: CheckInPosition | None) -> list[Seen]:
    """Those of other students of this class that have something in common with this one, the latest first."""
    alike = Q(device_hash=attempt.device_hash) if attempt.device_hash else Q(pk=None)
    if position:
        alike |= Q(
            position__latitude__range=_around(position.latitude), position__longitude__range=_around(position.longitude)
        )
    if _is_too_exact(attempt):
        alike |= Q(accuracy_m=attempt.accuracy_m)
    rows = CheckInAttempt.objects.filter(alike, register=attempt.register_id).exclude(student=attempt.student_id)
    return [Seen(*row) for row in rows.order_by("-pk").values_list(*COLUMNS, *COLUMNS_THERE)[:MOST_COMPARED]]


def _own(attempt: CheckInAttempt) -> list[Seen]:
    """The student's own earlier check-ins that had a position, the latest first."""
    rows = CheckInAttempt.objects.filter(student=attempt.student_id, position__isnull=False).exclude(pk=attempt.pk)
    recent = rows.order_by("-received_at", "-pk").values_list(*COLUMNS, *COLUMNS_THERE)
    return [Seen(*row) for row in recent[:MOST_COMPARED]]


def _around(degrees: float) -> tuple[float, float]:
    return degrees - SAME_DEGREES, degrees + SAME_DEGREES


# --- Kinds ------------------------------------------------------------------------------------------------------------


def _by_itself(attempt: CheckInAttempt) -> Iterator[Notice]:
    if attempt.decision == Decision.OUTSIDE:
        yield Notice(Kind.OUTSIDE)
    if attempt.is_offline:
        yield Notice(Kind.OFFLINE)
    accuracy = attempt.accuracy_m
    if accuracy is not None and accuracy < DESKTOP_EXACT_M and attempt.agent.endswith(DESKTOPS):
        yield Notice(Kind.DESKTOP, figures={"accuracy_m": round(accuracy, 1), "agent": attempt.agent})


def _like_another(
    attempt: CheckInAttempt, position: CheckInPosition | None, others: Sequence[Seen]
) -> Iterator[Notice]:
    for other in others:
        if attempt.device_hash and other.device_hash == attempt.device_hash:
            yield Notice(Kind.SAME_DEVICE, other.pk)
        if position and _is_same_place(position, other):
            yield Notice(Kind.SAME_POSITION, other.pk)
        if _is_too_exact(attempt) and other.accuracy_m == attempt.accuracy_m:
            yield Notice(Kind.TOO_EXACT, other.pk, {"accuracy_m": attempt.accuracy_m})


def _like_before(attempt: CheckInAttempt, position: CheckInPosition | None, own: Sequence[Seen]) -> Iterator[Notice]:
    if position is None:
        return
    same = [one for one in own if _is_same_place(position, one)]
    days = {timezone.localdate(one.taken_at) for one in same} | {timezone.localdate(position.taken_at)}
    if len(days) >= REPEATED_DAYS:
        yield Notice(Kind.REPEATED_POSITION, figures={"days": len(days)})
    exact = [one for one in own if _is_too_exact(attempt) and one.accuracy_m == attempt.accuracy_m]
    if exact:
        yield Notice(Kind.TOO_EXACT, exact[0].pk, {"accuracy_m": attempt.accuracy_m})
    before = [one for one in own if one.taken_at and one.taken_at <= position.taken_at]
    if before:
        yield from _too_fast(attempt, position, max(before, key=lambda one: (one.taken_at, one.pk)))


def _too_fast(attempt: CheckInAttempt, position: CheckInPosition, before: Seen) -> Iterator[Notice]:
    """By the least way he can have gone: what both positions leave open is taken off."""
    if before.latitude is None or before.longitude is None or before.taken_at is None:
        return
    between = distance_m(position.latitude, position.longitude, before.latitude, before.longitude)
    metres = between - (attempt.accuracy_m or 0) - (before.accuracy_m or 0)
    seconds = max(1.0, (position.taken_at - before.taken_at).total_seconds())
    if metres > 0 and (speed := speed_kmh(metres, seconds)) > TOO_FAST_KMH:
        figures = {"km": round(between / 1000, 1), "min": round(seconds / 60), "kmh": round(speed)}
        yield Notice(Kind.TOO_FAST, before.pk, figures)


def _late_code(attempt: CheckInAttempt) -> Iterator[Notice]:
    """A code that had stood on the screen for a while, from another network than most of the class."""
    if not (attempt.code_ok and attempt.network) or (attempt.code_age_s or 0) <= LATE_CODE_S:
        return
    usual = _usual_network(attempt)
    if usual and attempt.network != usual:
        yield Notice(Kind.LATE_CODE, figures={"age_s": attempt.code_age_s})


def _usual_network(attempt: CheckInAttempt) -> str:
    """From which most of the class check in; "" while there is none most of them share."""
    rows = CheckInAttempt.objects.filter(register=attempt.register_id).exclude(network="")
    others = rows.exclude(student=attempt.student_id).order_by("-pk")
    known = dict(others.values_list("student_id", "network")[: 4 * MOST_COMPARED])
    network, count = Counter(known.values()).most_common(1)[0] if known else ("", 0)
    return network if len(known) >= LEAST_KNOWN and 2 * count > len(known) else ""


def _is_too_exact(attempt: CheckInAttempt) -> bool:
    return attempt.accuracy_m is not None and attempt.accuracy_m < TOO_EXACT_M


def _is_same_place(position: CheckInPosition, other: Seen) -> bool:
    if other.latitude is None or other.longitude is None:
        return False
    apart = abs(position.latitude - other.latitude), abs(position.longitude - other.longitude)
    return max(apart) <= SAME_DEGREES
