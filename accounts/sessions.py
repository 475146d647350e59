"""Who is signed in where: slots are opened, counted against the role's policy, looked at with each request, and ended.

Whatever decides about a person's slots holds the lock on his row first, so sixteen sign-ins at once leave as many
sessions as the policy allows. It is the lock that other rows may point past: two admins who end each other's sessions
each write a line about the other. Ending a slot deletes its session row in the same transaction: a dead cookie is dead
in every process with its next request.

Others call `slot_id(request)` to keep the session a thing was done in, `is_live` from a stream that outlives its
request, and `end_all` when something about a person changes that ends his sessions.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.devices import describe_agent
from accounts.models import SessionPolicy, SessionSlot, User
from accounts.models.sessions import SessionSlotQuerySet
from accounts.session_store import hash_key
from coaching.lib.clock import clock_text
from coaching.lib.errors import DomainError
from coaching.lib.statements import written_once
from coaching.lib.uuids import uuid_of

SEEN_EVERY = timedelta(minutes=1)
ENDED_KEPT = timedelta(days=400)
Reason = SessionSlot.EndReason


class TooManySessions(DomainError):
    """The role's number of devices is reached and its policy does not end one by itself (403)."""

    code = "too_many_sessions"
    status = 403


class Deactivated(DomainError):
    """The account was deactivated, perhaps this very moment (403)."""

    code = "inactive"
    status = 403


@transaction.atomic
def make_room(user: User, *, request: HttpRequest) -> list[SessionSlot]:
    """Before a sign-in: lock the person and see that one more session is allowed, ending the oldest if need be.

    The lock is held until the caller's transaction ends, in which he signs the person in.
    Returns what was ended; `name_replacement` tells those what came instead.
    Raises: TooManySessions when the policy ends none by itself, Deactivated.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not person.is_active:
        raise Deactivated(_("Your account was deactivated. Ask the office."))
    policy, now = SessionPolicy.of(person.role), timezone.now()
    _end_run_out(SessionSlot.objects.of(person), now=now)
    others = _elsewhere(person, request=request, now=now)
    surplus = len(others) - policy.max_sessions + 1
    if surplus <= 0:
        return []
    if policy.on_limit != SessionPolicy.OnLimit.REPLACE:
        raise TooManySessions(
            _("You are signed in on as many devices as are allowed (%(count)s). Sign out on one of them first.")
            % {"count": policy.max_sessions}
        )
    end(others[:surplus], reason=Reason.REPLACED, now=now)
    return others[:surplus]


def blocking(user: User, *, request: HttpRequest, now: datetime) -> list[SessionSlot]:
    """The live slots one of which must end before this person may sign in here; none when there is room."""
    policy = SessionPolicy.of(user.role)
    if policy.on_limit == SessionPolicy.OnLimit.REPLACE:
        return []
    others = _elsewhere(user, request=request, now=now)
    return others if len(others) >= policy.max_sessions else []


@transaction.atomic
def open_slot(request: HttpRequest, user: User) -> SessionSlot:
    """Give the session that was just signed in its slot (receiver of `user_logged_in` calls it, inside the lock).

    What this browser held before ends.
    """
    now, policy = timezone.now(), SessionPolicy.of(user.role)
    session = request.session
    if session.session_key is None:
        session.create()
    key_hash = hash_key(str(session.session_key))
    same_browser = [slot for slot in SessionSlot.objects.of(user).live(now) if _is_same_browser(slot, request)]
    end([slot for slot in same_browser if slot.key_hash != key_hash], reason=Reason.LOGOUT, now=now)
    slot, _made = SessionSlot.objects.update_or_create(
        key_hash=key_hash,
        defaults={
            "user": user,
            "method": _method(request, user),
            "device_id": device_id(request) or uuid.uuid4(),
            "device": describe_agent(request.META.get("HTTP_USER_AGENT", "")),
            "ip": activity.client_ip(request),
            "created_at": now,
            "last_seen_at": now,
            "idle_until": now + policy.idle,
            "expires_at": now + policy.absolute,
            "ended_at": None,
            "end_reason": "",
        },
    )
    request.session_slot = slot  # type: ignore[attr-defined]
    set_lifetime(request)
    return slot


def set_lifetime(request: HttpRequest) -> None:
    """Let the session and its cookie end when the slot does; nothing for somebody who is not signed in."""
    slot: SessionSlot | None = getattr(request, "session_slot", None)
    if slot is not None:
        request.session.set_expiry(slot.expires_at)


def name_replacement(ended: list[SessionSlot], *, request: HttpRequest) -> None:
    """Let the devices that had to go learn which one came."""
    slot: SessionSlot = request.session_slot  # type: ignore[attr-defined]
    SessionSlot.objects.filter(pk__in=[one.pk for one in ended]).update(replaced_by=slot)


def open_on_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Receiver of `user_logged_in`: no session without a slot, whatever code signed the person in."""
    open_slot(request, user)


@transaction.atomic
def end(
    slots: Iterable[SessionSlot],
    *,
    reason: str,
    now: datetime,
    actor: User | None = None,
    request: HttpRequest | None = None,
) -> int:
    """End those of `slots` that have not ended, with their session rows; returns how many.

    First the slot, then its session, like signing out: who takes both in one order waits in no circle.
    """
    ended = 0
    for slot in slots:
        rows = SessionSlot.objects.filter(pk=slot.pk, ended_at=None)
        if rows.update(ended_at=now, end_reason=reason):
            Session.objects.filter(session_key=slot.key_hash).delete()
            extra = {"reason": reason, "name": slot.device}
            activity.record("session.ended", actor=actor, subject=slot.user, on=slot, request=request, **extra)
            ended += 1
    return ended


@transaction.atomic
def end_all(
    user: User,
    *,
    reason: str,
    actor: User | None = None,
    request: HttpRequest | None = None,
    keep: int | None = None,
) -> int:
    """End every session of a person, but the slot `keep`; to be called in the transaction of what ends them."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    slots = SessionSlot.objects.of(user).filter(ended_at=None)
    if keep is not None:
        slots = slots.exclude(pk=keep)
    return end(slots.select_related("user"), reason=reason, now=timezone.now(), actor=actor, request=request)


@transaction.atomic
def change_policies(policies: list[SessionPolicy], *, actor: User, request: HttpRequest | None = None) -> int:
    """Keep policies and end, oldest first, what is too much under them; returns how many sessions ended."""
    ended = 0
    for policy in policies:
        policy.save()
        said: dict[str, Any] = {"role": policy.role, "devices": policy.max_sessions, "on_limit": policy.on_limit}
        activity.record("session_policy.changed", actor=actor, request=request, name=str(policy), **said)
        ended += _end_surplus(policy, actor=actor, request=request)
    return ended


def _end_surplus(policy: SessionPolicy, *, actor: User, request: HttpRequest | None) -> int:
    # A sign-in that read the old policy holds the lock on its person's row until it can be seen.
    list(User.objects.select_for_update(no_key=True).filter(role=policy.role).order_by("pk").values_list("pk"))
    now, held = timezone.now(), defaultdict[int, list[SessionSlot]](list)
    for slot in SessionSlot.objects.live(now).filter(user__role=policy.role).select_related("user"):
        held[slot.user_id].append(slot)
    surplus = [slot for slots in held.values() for slot in slots[: max(0, len(slots) - policy.max_sessions)]]
    return end(surplus, reason=Reason.POLICY, now=now, actor=actor, request=request)


def look(request: HttpRequest, *, now: datetime) -> SessionSlot | None:
    """The live slot of a request, its use noted at most once a minute; None when there is none (any more)."""
    known: SessionSlot | None = getattr(request, "session_slot", None)
    key = request.session.session_key
    if known is not None and key and known.key_hash == hash_key(key):
        slot: SessionSlot | None = known
    else:
        slot = next(iter(_open_slot(key_hash=hash_key(key))), None) if key else None
    if slot is None or slot.user_id != request.user.pk:
        return None
    if not slot.is_live(now):
        end([slot], reason=_expiry(slot, now), now=now)
        return None
    request.session_slot = slot  # type: ignore[attr-defined]
    # A page that asks for news by itself is no sign of its person: an open tab must not outlive the idle time.
    if now - slot.last_seen_at >= SEEN_EVERY and "X-Live" not in request.headers:
        slot.last_seen_at, slot.idle_until = now, now + SessionPolicy.of(request.user.role).idle
        SessionSlot.objects.filter(pk=slot.pk, ended_at=None).update(last_seen_at=now, idle_until=slot.idle_until)
    return slot


@written_once
def _open_slot(*, key_hash: str) -> QuerySet[SessionSlot]:
    return SessionSlot.objects.filter(key_hash=key_hash, ended_at=None).order_by()


def sweep(*, now: datetime) -> int:
    """End sessions that ran out without anybody looking, and forget those that ended ENDED_KEPT ago; how many ended."""
    ended = _end_run_out(SessionSlot.objects.all(), now=now)
    SessionSlot.objects.filter(ended_at__lt=now - ENDED_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    return ended


def slot_id(request: HttpRequest) -> int | None:
    """The number of the slot this request came in with; None for somebody who is not signed in."""
    slot: SessionSlot | None = getattr(request, "session_slot", None)
    return slot.pk if slot else None


def is_recent(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the person showed who he is within ACCOUNT_REAUTHENTICATION_TIMEOUT: by signing in, or again since."""
    slot: SessionSlot | None = getattr(request, "session_slot", None)
    if slot is None:
        return False
    records = get_authentication_records(request, request.user)
    shown_s = max([slot.created_at.timestamp(), *(record.get("at", 0) for record in records)])
    return bool(now.timestamp() - shown_s < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def is_live(slot: int, *, now: datetime) -> bool:
    """Whether the slot still lets somebody in: what a stream asks at least every ten seconds."""
    return SessionSlot.objects.live(now).filter(pk=slot, user__is_active=True).exists()


def farewell(request: HttpRequest) -> str:
    """Why the session of this request's cookie is over, in words for the person; "" when nothing is known of it."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    slot = SessionSlot.objects.filter(key_hash=hash_key(key)).select_related("replaced_by").first() if key else None
    return words_of(slot) if slot else ""


def words_of(slot: SessionSlot) -> str:
    """What to tell the person whose slot ended; "" for one he ended himself by signing out."""
    if slot.end_reason in {"", Reason.LOGOUT}:
        return ""
    if slot.end_reason == Reason.REPLACED and slot.replaced_by:
        other = slot.replaced_by
        return _("You were signed out here, because you signed in on %(device)s at %(time)s.") % {
            "device": other.device or _("another device"),
            "time": clock_text(other.created_at),
        }
    return _("You were signed out here: %(reason)s.") % {"reason": Reason(slot.end_reason).label}


def device_id(request: HttpRequest) -> uuid.UUID | None:
    """The browser's own id from its cookie; None before the first sign-in."""
    return uuid_of(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))


def _is_same_browser(slot: SessionSlot, request: HttpRequest) -> bool:
    """This very session, or another of the same browser whose cookie was lost."""
    key = request.session.session_key
    mine = device_id(request)
    return bool(key and slot.key_hash == hash_key(key)) or (mine is not None and slot.device_id == mine)


def _elsewhere(user: User, *, request: HttpRequest, now: datetime) -> list[SessionSlot]:
    """The person's live slots in other browsers, oldest first."""
    return [slot for slot in SessionSlot.objects.of(user).live(now) if not _is_same_browser(slot, request)]


def _end_run_out(slots: SessionSlotQuerySet, *, now: datetime) -> int:
    """What has run out but was never looked at again must not stand in anybody's way; returns how many ended."""
    return sum(end([slot], reason=_expiry(slot, now), now=now) for slot in slots.run_out(now).iterator())


def _expiry(slot: SessionSlot, now: datetime) -> str:
    return Reason.ABSOLUTE if now >= slot.expires_at else Reason.IDLE


def _method(request: HttpRequest, user: User) -> str:
    """How the person showed who he is, from allauth's records of this session."""
    ways = {"password": SessionSlot.Method.PASSWORD, "socialaccount": SessionSlot.Method.GOOGLE}
    for record in get_authentication_records(request, user):
        if record.get("method") == "mfa" and record.get("passwordless"):
            return SessionSlot.Method.PASSKEY
        if record.get("method") in ways:
            return ways[record["method"]]
    return SessionSlot.Method.CODE
