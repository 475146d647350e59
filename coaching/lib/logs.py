"""What a log line carries: the request it belongs to, one line each, no secrets and no query strings."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

_SECRET_ARGUMENTS = frozenset({"secret", "token", "key", "code"})

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""The id of the request being answered. Threads and tasks started for it inherit it with their context."""


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every record, so that a format may name it.

    Django's own line about a page that failed names the address; what is secret in that is hidden.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(path_of(request) if one == request.path else one for one in record.args)
        return True


def path_of(request: HttpRequest) -> str:
    """The path with `***` for what lets somebody in, such as the token of an invitation."""
    path, match = request.path, request.resolver_match
    if match:
        for name in _SECRET_ARGUMENTS & match.kwargs.keys():
            path = path.replace(str(match.kwargs[name]), "***")
    return escape_uri_path(path)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ts (UTC, ISO 8601), level, logger, request_id, message; exc after an exception.

    A record made with `extra={"fields": {...}}` adds these keys (the access log does).
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exc"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
