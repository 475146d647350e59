"""The activity log: who did what, when and from where.

`record` is called by services, inside the transaction of what it reports. `accounts.events` gives an event its words.
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest

from accounts.devices import describe_agent
from accounts.events import describe
from accounts.models import Activity, Invitation, User
from coaching.lib import logs

AT_A_TIME = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log as a page shows it. `tone` is a status hue: bad for what was refused."""

    at: datetime
    words: str
    tone: str
    actor: str
    subject: str
    about: str
    ip: str
    device: str


def lines(rows: Iterable[Activity]) -> list[Line]:
    """Rows in words; `actor` and `subject` should be fetched with them. A subject who acted himself is left out."""
    rows = list(rows)
    names = names_in(rows)
    return [
        Line(
            at=row.at,
            words=describe(row.event),
            tone="bad" if row.event.endswith((".failed", ".refused")) else "",
            actor=str(row.actor or ""),
            subject=str(row.subject) if row.subject and row.subject_id != row.actor_id else "",
            about=about(row, names),
            ip=row.ip or "",
            device=row.device,
        )
        for row in rows
    ]


def names_in(rows: Iterable[Activity]) -> dict[int | str, str]:
    """What those are called now whom rows name by number beside actor and subject, and those who were invited.

    By number, an invitation by its uuid. Two queries, or none.
    """
    listed = list(rows)
    numbers = {row.extra["person"] for row in listed if "person" in row.extra}
    invited = {row.object_id for row in listed if row.object_type == Invitation._meta.label_lower}
    names: dict[int | str, str] = {}
    if numbers:
        names |= dict(User.objects.filter(pk__in=numbers).values_list("pk", "name"))
    if invited:
        names |= {str(one.uuid): str(one) for one in Invitation.objects.filter(uuid__in=invited)}
    return names


def about(row: Activity, names: dict[int | str, str]) -> str:
    """What or whom the line is about, `names` being those of `names_in`."""
    return str(row.extra.get("name") or names.get(row.extra.get("person", row.object_id), ""))


def record(
    event: str,
    *,
    actor: User | None = None,
    subject: User | None = None,
    on: models.Model | None = None,
    request: HttpRequest | None = None,
    **extra: Any,
) -> Activity:
    """Write one line. `actor` did it, `subject` is the person it was done to, `on` the object it was done to.

    `extra` must be JSON and hold no secret; `name` in it is shown on the page (a file's, say). A third person stands in
    it by his number as `person`, and an invitation by being acted on: the line outlives their names. With a `request`,
    its address, browser and id are kept.
    """
    line = Activity(event=event, actor=actor, subject=subject, extra=extra)
    if on is not None:
        line.object_type = on._meta.label_lower
        line.object_id = str(getattr(on, "uuid", on.pk))
    if request is not None:
        line.ip = client_ip(request)
        line.device = describe_agent(request.META.get("HTTP_USER_AGENT", ""))
        line.agent_hash = _agent_hash(request)
        line.request_id = logs.request_id.get()[:64]
    line.save(force_insert=True)
    return line


def record_each(
    event: str, subjects: Iterable[User], *, actor: User, request: HttpRequest | None = None, **extra: Any
) -> None:
    """The same line about many people at once, in a query for each few hundred."""
    first, rows = None, []
    for subject in subjects:
        if first is None:
            first = record(event, actor=actor, subject=subject, on=subject, request=request, **extra)
            continue
        line = Activity(event=event, actor=actor, subject=subject, extra=extra, object_type=first.object_type)
        line.object_id, line.ip, line.device = str(subject.uuid), first.ip, first.device
        line.agent_hash, line.request_id = first.agent_hash, first.request_id
        rows.append(line)
    Activity.objects.bulk_create(rows, batch_size=AT_A_TIME)


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from, believing as many proxies as TRUSTED_PROXY_COUNT says and no more."""
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if proxies and len(hops) >= proxies:
        address = hops[-proxies]
    try:
        found = ipaddress.ip_address(ipaddress.ip_address(address).packed)  # without a zone (%eth0)
    except ValueError:  # a Unix socket, or nonsense in a header
        return None
    # A proxy that listens on both writes an IPv4 address as ::ffff:192.0.2.1; all of them are in one IPv6 network.
    return str(getattr(found, "ipv4_mapped", None) or found)


def _agent_hash(request: HttpRequest) -> str:
    """Tells two browsers apart without keeping what they say of themselves."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return hashlib.sha256(agent.encode("utf-8", "replace")).hexdigest()[:32] if agent else ""


def record_sign_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Receiver of `user_logged_in`."""
    record("sign_in.succeeded", actor=user, subject=user, request=request)


def record_sign_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    """Receiver of `user_logged_out`; a session that had ended already has no person."""
    if user is not None:
        record("sign_out", actor=user, subject=user, request=request)


def record_refused_sign_in(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Receiver of `user_login_failed`. What was typed is not kept: people type their password in the wrong field."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    subject = User.objects.known_as(typed).first() if typed else None
    record("sign_in.failed", subject=subject, request=request)
