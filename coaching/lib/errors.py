"""The errors a person can do something about.

A service raises a `DomainError` when a rule says no. A form shows it at its field, a page view lets
`coaching.lib.middleware.DomainErrorMiddleware` answer with the error's own status, and a command prints it on one line.
"""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """A rule of the institute refused. `code` is stable for machines, the message is for the person.

    Subclasses set `code` and `status` (an HTTP status, 409 unless said otherwise); `headers` go with the answer.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    headers: Mapping[str, str] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(DomainError):
    """The person may see the thing but not do this to it (403, with the reason)."""

    code = "not_allowed"
    status = 403


class TooLarge(DomainError):
    """What was sent is over a limit (413)."""

    code = "too_large"
    status = 413


class Unavailable(DomainError):
    """Something outside does not answer now; trying later can help (503)."""

    code = "unavailable"
    status = 503
