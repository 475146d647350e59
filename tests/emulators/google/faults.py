"""What can go wrong, declared beforehand: which request it befalls, and what it does to it.

    plan.add("put", Refuse(503), nth=2)                      the 2nd upload of bytes, from now on
    plan.add("put", Refuse(503), after_commit=True)          the file is made, the answer says it was not
    plan.add("*", Refuse(403, "userRateLimitExceeded", retry_after_s=5), account="a@b.c", times=7)
    plan.add("*", Refuse(429), for_s=600)                    a storm of ten minutes of the emulator's clock

Operations: authorize, token, revoke, certs, userinfo, about, ids, create (metadata, media, multipart), session (opening
a resumable upload), put (bytes to a session), query (asking a session), get, download, list, update, delete.

The store's numbered faults, as far as Google can cause them:

     1 session, Refuse(503)           10 clock.advance(7 days)                 19 account.day_upload_limit_bytes = …
     2 put, Refuse(503)               11 *, Refuse(403, …, retry_after_s=…)    20 *, Refuse(502, html=True)
     3 put, Refuse(503), after_commit 12 *, Refuse(429)                        21 account.expire_access_tokens()
     4 put, Drop()                    13 put, Refuse(403), after_commit        22 *, Refuse(401)
     5 put, Drop(body_bytes=…)        14 an id twice; account.put_content      23 account.revoke(); in_testing = True
     6 put, Drop(), after_commit      15 any made-up id                        24 token, Refuse(503)
     7 put, Keep(…), times=…          16 session, Refuse(403, "storageQuota…") 25 consent twice with one login
     8 put, Keep(…, moved=True)          or account.limit_bytes = …            26 add_client() and its tokens
     9 put, EndSession(404 or 410)    17 put, Mangle()   18 put, Omit(…)       27 account.lose
    28 account.flip_bit   29 account.put_content   30 account.wipe   31 account.disconnect  32 account.hide; put, Hide()
    33 account.add_file × 1001; clock.advance(5 h); list, Refuse(400, "invalid")             34 account.add_file
    36 download with Truncate, IgnoreRange, Delay, Flip, Replace; clock.advance(±1 day)
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeVar

OPERATIONS = frozenset(
    {
        *("authorize", "token", "revoke", "certs", "userinfo"),
        *("about", "ids", "create", "session", "put", "query", "get", "download", "list", "update", "delete"),
    }
)


class Effect:
    """What a fault does. `wire` and the services ask a call for the effects that concern them."""


@dataclass(frozen=True)
class Refuse(Effect):
    """Answer with an error. `html` sends the page a front end sends; `reason` defaults to the usual one of the status.

    Any reason of `answers.REASONS` will do, and any other.

    For the token endpoint `reason` is the OAuth error, e.g. Refuse(400, "invalid_grant").
    """

    status: int
    reason: str = ""
    retry_after_s: int | None = None
    html: bool = False
    message: str = ""
    body: bytes = b""  # instead of what Google would say


@dataclass(frozen=True)
class Drop(Effect):
    """Cut the connection without an answer: before the request is read, or after `body_bytes` of its body.

    What arrived in a resumable session stays there, down to a multiple of 256 KiB. With `after_commit` only the answer
    is lost.
    """

    body_bytes: int | None = None


@dataclass(frozen=True)
class Delay(Effect):
    """Wait before answering; with `midway` send half of the body first (a download that stalls). Real seconds."""

    seconds: float
    midway: bool = False


@dataclass(frozen=True)
class Mangle(Effect):
    """The bytes are damaged on arrival: Drive stores, measures and hashes other bytes than were sent."""

    cut_bytes: int = 0  # instead of a flipped bit, lose this many bytes at the end


@dataclass(frozen=True)
class Omit(Effect):
    """Leave fields out of the answer's file(s), e.g. Omit("md5Checksum", "size")."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


@dataclass(frozen=True)
class Keep(Effect):
    """A session keeps only the first `bytes_kept` of what this request brings, and says 308.

    With `moved` the 308 names a new Location and the old URI is gone.
    """

    bytes_kept: int = 0
    moved: bool = False


@dataclass(frozen=True)
class EndSession(Effect):
    """Forget the upload session and answer 404 or 410."""

    status: int = 404


@dataclass(frozen=True)
class Truncate(Effect):
    """A download breaks off after `body_bytes`; `silent` announces the short length, so HTTP sees nothing wrong."""

    body_bytes: int
    silent: bool = False


@dataclass(frozen=True)
class Flip(Effect):
    """One bit of a download differs from what is stored."""


@dataclass(frozen=True)
class Replace(Effect):
    """A download answers other bytes with status 200, as when an error page is handed over for a file."""

    body: bytes = b"Service Unavailable"


@dataclass(frozen=True)
class IgnoreRange(Effect):
    """A ranged download is answered with 200 and the whole file."""


@dataclass(frozen=True)
class Hide(Effect):
    """The file this request makes is absent from the next `lists` lists of its account, though `get` finds it."""

    lists: int = 1


SomeEffect = TypeVar("SomeEffect", bound=Effect)


@dataclass(eq=False)
class Fault:
    """One line of a plan. `seen` counts the requests that matched it, `struck` those it befell."""

    operation: str
    effects: tuple[Effect, ...]
    account: str | None = None
    method: str | None = None
    path: str | None = None
    nth: int = 1
    times: int | None = 1
    until: float | None = None
    after_commit: bool = False
    seen: int = 0
    struck: int = 0

    def matches(self, operation: str, method: str, path: str, account: str | None) -> bool:
        return (
            fnmatchcase(operation, self.operation)
            and (self.account is None or self.account == account)
            and (self.method is None or self.method == method)
            and (self.path is None or re.search(self.path, path) is not None)
        )


@dataclass
class Verdict:
    """What befalls one request."""

    effects: list[Effect] = field(default_factory=list)
    after_commit: list[Effect] = field(default_factory=list)

    def find(self, kind: type[SomeEffect]) -> SomeEffect | None:
        return next((effect for effect in self.effects if isinstance(effect, kind)), None)

    def find_after(self, kind: type[SomeEffect]) -> SomeEffect | None:
        return next((effect for effect in self.after_commit if isinstance(effect, kind)), None)


class Plan:
    """The faults that are declared. Several may befall one request."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        operation: str,
        *effects: Effect,
        account: str | None = None,
        method: str | None = None,
        path: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        for_s: float | None = None,
        after_commit: bool = False,
    ) -> Fault:
        """Befall `operation` (a name or a pattern such as `*`) with `effects`.

        Counted from now, the `nth` matching request and the `times - 1` after it (None = for ever). `path` is a regular
        expression searched in path and query. `for_s` limits the fault by the emulator's clock and, unless `times` says
        otherwise, lifts the count. `after_commit` does the work first and then spoils the answer.

        Raises: ValueError for an operation nobody serves.
        """
        if not any(fnmatchcase(name, operation) for name in OPERATIONS):
            raise ValueError(f"No operation is called {operation!r}; there are {', '.join(sorted(OPERATIONS))}.")
        until = None if for_s is None else self._now() + for_s
        count = None if for_s is not None and times == 1 else times
        fault = Fault(operation, effects, account, method, path, nth, count, until, after_commit)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Fair weather again."""
        with self._lock:
            self._faults.clear()

    def judge(self, operation: str, method: str, path: str, account: str | None) -> Verdict:
        """Count this request against every line, and collect what befalls it."""
        verdict = Verdict()
        with self._lock:
            for fault in self._faults:
                if fault.matches(operation, method, path, account) and self._strikes(fault):
                    (verdict.after_commit if fault.after_commit else verdict.effects).extend(fault.effects)
        return verdict

    def _strikes(self, fault: Fault) -> bool:
        if fault.until is not None and self._now() >= fault.until:
            return False
        fault.seen += 1
        if fault.seen < fault.nth or (fault.times is not None and fault.seen >= fault.nth + fault.times):
            return False
        fault.struck += 1
        return True
