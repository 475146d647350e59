"""One request, as the services see it, and the log of all of them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.google.accounts import Account
from tests.emulators.google.answers import refuse
from tests.emulators.google.faults import Verdict


@dataclass(frozen=True)
class Bearer:
    """Who an access token speaks for."""

    account: Account
    client_id: str
    scopes: frozenset[str]


@dataclass
class Call:
    """A request after its line and headers are read; `body` comes later."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    origin: str  # scheme and authority the client used, for absolute Locations
    operation: str = ""
    body: bytes = b""
    bearer: Bearer | None = None
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def values(self, name: str) -> list[str]:
        return self._query().get(name, [])

    def names(self) -> set[str]:
        return set(self._query())

    def value(self, name: str, default: str = "") -> str:
        values = self.values(name)
        return values[-1] if values else default

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def header(self, name: str, default: str = "") -> str:
        return self.headers.get(name.lower(), default)

    def form(self) -> dict[str, str]:
        """A form body, last value wins, together with the query (Google's revoke takes either)."""
        query = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in {**self._query(), **query}.items()}

    def document(self) -> dict[str, Any]:
        """A JSON body; an empty one is an empty resource."""
        return json_object(self.body)

    def whom(self) -> Bearer:
        """Raises: Refusal (401) for a request without a valid token."""
        if self.bearer is None:
            raise refuse("authError")
        return self.bearer


def json_object(body: bytes) -> dict[str, Any]:
    """Raises: Refusal (400 badRequest) for anything else than an object."""
    if not body.strip():
        return {}
    try:
        document = json.loads(body)
    except ValueError:
        raise refuse("badRequest", message="Parse Error") from None
    if not isinstance(document, dict):
        raise refuse("badRequest", message="Parse Error")
    return document


@dataclass
class Seen:
    """One line of the log. `status` is 0 when the connection was cut instead of answered."""

    at: float
    method: str
    target: str
    operation: str
    account: str
    headers: dict[str, str]
    body_bytes: int = 0
    answer_bytes: int = 0
    status: int = 0

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


class RequestLog:
    """Every request in the order it came; behaves as a sequence, and counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: list[Seen] = []

    def add(self, seen: Seen) -> Seen:
        with self._lock:
            self._seen.append(seen)
        return seen

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Seen]:
        with self._lock:
            return iter(list(self._seen))

    def __getitem__(self, index: int) -> Seen:
        return self._seen[index]

    def of(self, *operations: str, account: str | None = None, status: int | None = None) -> list[Seen]:
        """Those of these operations (all when none is named), of one account, with one status."""
        return [
            seen
            for seen in self
            if (not operations or seen.operation in operations)
            and (account is None or seen.account == account)
            and (status is None or seen.status == status)
        ]
