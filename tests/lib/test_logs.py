"""What a log line carries."""

import json
import logging
import sys

from coaching.lib.logs import JsonFormatter, RequestIdFilter, request_id


def _line(message: str, *arguments, exc_info=None, **extra) -> dict:
    record = logging.LogRecord("coaching.test", logging.WARNING, __file__, 1, message, arguments, exc_info)
    vars(record).update(extra)
    assert RequestIdFilter().filter(record)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_line_has_the_agreed_keys():
    line = _line("took %d\nms", 3)
    assert line.pop("ts").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "coaching.test",
        "request_id": request_id.get(),
        "message": "took 3\nms",
    }


def test_line_names_its_request():
    token = request_id.set("abc12345")
    try:
        assert _line("x")["request_id"] == "abc12345"
    finally:
        request_id.reset(token)


def test_exception_and_extra_fields_are_in_the_same_line():
    try:
        raise ValueError("no such batch")
    except ValueError:
        line = _line("failed", exc_info=sys.exc_info(), fields={"path": "/x/", "user": 7})
    assert "ValueError: no such batch" in line["exc"]
    assert (line["path"], line["user"]) == ("/x/", 7)
