"""What Google's answers mean: one table, first match wins, tested line by line.

Source: developers.google.com/workspace/drive/api/guides/handle-errors, RFC 6749 section 5.2 (token endpoint).
"""

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any


class Where(Enum):
    """Which part of Google answered; the same status means different things."""

    API = "api"
    CREATE = "create"  # the request that would make a new object
    SESSION = "session"  # an upload session's own address
    TOKEN = "token"  # noqa: S105 - a place, not a secret


class Means(Enum):
    """What to do about an answer."""

    RETRY = "retry"  # transient: wait and ask again
    SLOW_DOWN = "slow down"  # the same, and ask less often from now on
    FULL = "full"  # this Drive takes no more: place elsewhere
    DAY_OVER = "day over"  # nothing more today
    REAUTH = "reauth"  # the owner must sign in again
    PROJECT = "project"  # the institute's own Google project is refused, no Drive is at fault
    MISSING = "missing"  # the object is not there
    EMPTIED = "emptied"  # the folder of our app itself is not there
    TAKEN = "taken"  # the id cannot be used for a new object
    SESSION_DEAD = "session dead"  # begin a new upload session
    REFUSED = "refused"  # none of the above: our own request is wrong


AGAIN = frozenset({Means.RETRY, Means.SLOW_DOWN})
"""What the next try may find gone."""


@dataclass(frozen=True, slots=True)
class Line:
    """Matches when status, place and reason all do; None matches anything, 500 any 5xx."""

    status: int | None
    reason: str | None
    means: Means
    where: tuple[Where, ...] | None = None


_TOKEN, _SESSION, _CREATE = (Where.TOKEN,), (Where.SESSION,), (Where.CREATE,)

TABLE: tuple[Line, ...] = (
    # The token endpoint.
    Line(None, "invalid_grant", Means.REAUTH, _TOKEN),
    Line(None, "invalid_client", Means.PROJECT, _TOKEN),
    Line(None, "unauthorized_client", Means.PROJECT, _TOKEN),
    Line(None, "org_internal", Means.PROJECT, _TOKEN),
    Line(429, None, Means.SLOW_DOWN),
    Line(408, None, Means.RETRY),
    Line(500, None, Means.RETRY),
    Line(0, None, Means.RETRY),  # no answer: timeout, reset, cut short
    Line(401, None, Means.PROJECT, _TOKEN),
    Line(None, None, Means.REFUSED, _TOKEN),
    # Limits and rights of the API.
    Line(403, "userRateLimitExceeded", Means.SLOW_DOWN),
    Line(403, "rateLimitExceeded", Means.SLOW_DOWN),
    Line(403, "RATE_LIMIT_EXCEEDED", Means.SLOW_DOWN),
    Line(403, "RESOURCE_EXHAUSTED", Means.SLOW_DOWN),
    Line(403, "storageQuotaExceeded", Means.FULL),
    Line(403, "quotaExceeded", Means.FULL),
    Line(403, "numChildrenInNonRootLimitExceeded", Means.FULL),
    Line(403, "activeItemCreationLimitExceeded", Means.FULL),
    Line(403, "dailyLimitExceeded", Means.DAY_OVER),
    Line(403, "uploadLimitExceeded", Means.DAY_OVER),
    Line(403, "accessNotConfigured", Means.PROJECT),
    Line(403, "SERVICE_DISABLED", Means.PROJECT),
    Line(403, "domainPolicy", Means.PROJECT),
    Line(403, "insufficientPermissions", Means.REAUTH),
    Line(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Means.REAUTH),
    Line(403, "cannotDownloadAbusiveFile", Means.MISSING),  # never acknowledged silently: it is repaired elsewhere
    Line(401, None, Means.REAUTH),  # only what a fresh token and one replay did not cure comes this far
    # An upload session lives and dies by its status alone.
    Line(409, None, Means.TAKEN, _SESSION),
    Line(None, None, Means.SESSION_DEAD, _SESSION),
    Line(409, None, Means.TAKEN),  # by its status: the reasons said with it differ
    Line(400, None, Means.TAKEN, _CREATE),  # "The provided file ID is not usable."
    Line(404, None, Means.EMPTIED, _CREATE),  # the parent, our folder
    Line(404, None, Means.MISSING),
    Line(None, None, Means.REFUSED),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as far as it decides anything. `status` 0: there was none. `retry_after_s` None: nothing asked for."""

    status: int
    reason: str = ""
    retry_after_s: float | None = None


class Refusal(Exception):
    """An answer that is not what was asked for. Carries no address and no body, so it may be logged."""

    def __init__(self, where: Where, reply: Reply, said: str = "") -> None:
        self.where, self.reply = where, reply
        self.means = classify(where, reply.status, reply.reason)
        super().__init__(said or f"Google answered {reply.status or 'nothing'} {reply.reason}".rstrip())


def classify(where: Where, status: int, reason: str) -> Means:
    """The table's word on an answer."""
    return next(line.means for line in TABLE if _matches(line, where, status, reason))


def _matches(line: Line, where: Where, status: int, reason: str) -> bool:
    same_status = line.status is None or line.status == status or (line.status == 500 <= status <= 599)
    return same_status and line.reason in (None, reason) and (line.where is None or where in line.where)


def read_reply(status: int, headers: Any, body: bytes, now: float) -> Reply:
    """What an error answer says; a body that is no JSON (a proxy's page) says nothing."""
    return Reply(status, _reason(body), _retry_after(str(headers.get("retry-after", "")), now))


def _reason(body: bytes) -> str:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    if isinstance(error, str):  # the token endpoint's form
        return error[:100]
    if not isinstance(error, dict):
        return ""
    parts = [part for name in ("errors", "details") for part in error.get(name) or [] if isinstance(part, dict)]
    found = next((part["reason"] for part in parts if part.get("reason")), error.get("status", ""))
    return str(found)[:100]


def _retry_after(text: str, now: float) -> float | None:
    """Seconds, from a number or a date. Source: RFC 9110 section 10.2.3."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError):
        return None
