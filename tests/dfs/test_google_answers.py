"""What Google's answers mean, line by line of the store's reference, and how long to wait for better ones."""

import json

import pytest

from dfs.drives.backoff import Clock, Patience, step_s
from dfs.drives.google import spans
from dfs.drives.google.errors import Means, Refusal, Where, classify, read_reply


@pytest.mark.parametrize(
    ("where", "status", "reason", "means"),
    [
        (Where.API, 429, "", Means.SLOW_DOWN),
        (Where.API, 429, "rateLimitExceeded", Means.SLOW_DOWN),
        (Where.API, 403, "userRateLimitExceeded", Means.SLOW_DOWN),
        (Where.API, 403, "rateLimitExceeded", Means.SLOW_DOWN),
        (Where.SESSION, 403, "userRateLimitExceeded", Means.SLOW_DOWN),
        (Where.CREATE, 403, "RATE_LIMIT_EXCEEDED", Means.SLOW_DOWN),
        (Where.API, 403, "RESOURCE_EXHAUSTED", Means.SLOW_DOWN),
        *((Where.API, status, "", Means.RETRY) for status in (408, 500, 502, 503, 504, 599)),
        *((Where.SESSION, status, "backendError", Means.RETRY) for status in (500, 502, 503, 504)),
        *((where, 0, "", Means.RETRY) for where in Where),
        (Where.CREATE, 403, "storageQuotaExceeded", Means.FULL),
        (Where.SESSION, 403, "storageQuotaExceeded", Means.FULL),
        (Where.CREATE, 403, "quotaExceeded", Means.FULL),
        (Where.CREATE, 403, "numChildrenInNonRootLimitExceeded", Means.FULL),
        (Where.CREATE, 403, "activeItemCreationLimitExceeded", Means.FULL),
        (Where.CREATE, 403, "dailyLimitExceeded", Means.DAY_OVER),
        (Where.SESSION, 403, "uploadLimitExceeded", Means.DAY_OVER),
        (Where.API, 401, "authError", Means.REAUTH),
        (Where.SESSION, 401, "", Means.REAUTH),
        (Where.API, 403, "insufficientPermissions", Means.REAUTH),
        (Where.API, 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Means.REAUTH),
        (Where.TOKEN, 400, "invalid_grant", Means.REAUTH),
        (Where.TOKEN, 401, "invalid_client", Means.PROJECT),
        (Where.TOKEN, 401, "", Means.PROJECT),
        (Where.TOKEN, 400, "unauthorized_client", Means.PROJECT),
        (Where.TOKEN, 403, "org_internal", Means.PROJECT),
        (Where.TOKEN, 400, "invalid_request", Means.REFUSED),
        (Where.TOKEN, 503, "", Means.RETRY),
        (Where.TOKEN, 429, "", Means.SLOW_DOWN),
        (Where.API, 403, "accessNotConfigured", Means.PROJECT),
        (Where.API, 403, "SERVICE_DISABLED", Means.PROJECT),
        (Where.API, 403, "domainPolicy", Means.PROJECT),
        (Where.API, 404, "notFound", Means.MISSING),
        (Where.API, 403, "cannotDownloadAbusiveFile", Means.MISSING),
        (Where.CREATE, 404, "notFound", Means.EMPTIED),
        (Where.CREATE, 409, "fileIdInUse", Means.TAKEN),
        (Where.CREATE, 409, "duplicate", Means.TAKEN),
        (Where.SESSION, 409, "", Means.TAKEN),
        (Where.CREATE, 400, "invalid", Means.TAKEN),
        *((Where.SESSION, status, "", Means.SESSION_DEAD) for status in (400, 403, 404, 410, 412, 416)),
        (Where.API, 400, "invalid", Means.REFUSED),
        (Where.API, 403, "", Means.REFUSED),
        (Where.API, 302, "", Means.REFUSED),
    ],
)
def test_an_answer_means_what_the_reference_says(where: Where, status: int, reason: str, means: Means) -> None:
    assert classify(where, status, reason) is means


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (json.dumps({"error": {"code": 403, "errors": [{"reason": "storageQuotaExceeded"}]}}), "storageQuotaExceeded"),
        (
            json.dumps({"error": {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}}),
            "SERVICE_DISABLED",
        ),
        (json.dumps({"error": {"status": "RESOURCE_EXHAUSTED"}}), "RESOURCE_EXHAUSTED"),
        (json.dumps({"error": {"errors": ["odd", {}], "details": None}}), ""),
        (json.dumps({"error": "invalid_grant", "error_description": "Bad Request"}), "invalid_grant"),
        (json.dumps({"error": 7}), ""),
        (json.dumps(["error"]), ""),
        ("<html><title>Error 502</title></html>", ""),
        ("", ""),
        ("\udcff", ""),
    ],
)
def test_the_reason_is_read_from_every_form_of_answer(body: str, reason: str) -> None:
    """20: a page instead of an answer says nothing, and its status decides."""
    assert read_reply(403, {}, body.encode("utf-8", "surrogateescape"), 0.0).reason == reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 37.0),
        ("Sun, 06 Nov 1994 08:40:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    """Source: RFC 9110 section 10.2.3."""
    now = 784_111_740.0  # 08:49:00
    assert read_reply(429, {"retry-after": text}, b"", now).retry_after_s == seconds


def test_a_refusal_carries_neither_address_nor_body() -> None:
    refusal = Refusal(Where.SESSION, read_reply(403, {}, b'{"error": {"message": "upload_id=secret"}}', 0.0))
    assert "secret" not in f"{refusal!r} {refusal} {vars(refusal)}"


def test_waits_grow_with_jitter_up_to_a_minute_or_what_was_asked_for() -> None:
    assert [step_s(tries, None, 0.5) for tries in range(1, 9)] == [1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 64.0, 64.0]
    assert step_s(1, 30.0, 0.5) == 30.0
    assert step_s(4, 3.0, 0.5) == 8.5
    assert step_s(1, 9_999.0, 0.5) == 600.0
    assert step_s(500, None, 0.0) == 64.0


def test_patience_ends_before_its_budget_does() -> None:
    slept: list[float] = []
    patience = Patience(10.0, Clock(lambda: 0.0, slept.append, lambda: 0.0))
    while patience.wait():
        pass
    assert slept == [1.0, 2.0, 4.0]
    assert patience.due_s == 8.0
    assert not patience.wait(600.0)
    assert sum(slept) <= 10.0


@pytest.mark.parametrize(
    ("status", "headers", "body", "start", "end", "given"),
    [
        (206, {"content-range": "bytes 2-4/9"}, b"cde", 2, 5, b"cde"),
        (206, {"content-range": "bytes 0-8/9"}, b"abcdefghi", 0, None, b"abcdefghi"),
        (206, {"content-range": "bytes 7-8/9"}, b"hi", 7, 40, b"hi"),
        (200, {}, b"abcdefghi", 2, 5, b"cde"),
        (200, {}, b"abcdefghi", 0, None, b"abcdefghi"),
        (416, {"content-range": "bytes */9"}, b"", 9, 12, b""),
    ],
)
def test_a_span_is_what_was_asked_for(
    status: int, headers: dict[str, str], body: bytes, start: int, end: int | None, given: bytes
) -> None:
    """36: 200 instead of 206 is read all the same."""
    assert spans.given(status, headers, body, start, end) == given


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-range": "bytes 2-4/9"}, b"cd"),
        ({"content-range": "bytes 2-3/9"}, b"cd"),
        ({"content-range": "bytes 3-5/9"}, b"def"),
        ({"content-range": "bytes 2-4/*"}, b"cde"),
        ({}, b"cde"),
    ],
)
def test_a_span_cut_short_or_from_elsewhere_is_no_answer(headers: dict[str, str], body: bytes) -> None:
    """36: a truncated download."""
    with pytest.raises(Refusal) as caught:
        spans.given(206, headers, body, 2, 5)
    assert caught.value.means is Means.RETRY
