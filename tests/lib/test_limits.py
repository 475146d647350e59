"""Counters that hold across threads and processes, and what happens when they are used up or out of reach."""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest
from django.test import RequestFactory

from coaching.lib import limits
from coaching.lib.errors import Unavailable
from coaching.lib.limits import Limit, TooMany, consume
from coaching.lib.middleware import DomainErrorMiddleware
from tests.racing import at_once, outcomes

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
FIVE = Limit("five", tries=5, per_s=300)


def taken(limit: Limit, tries: int, key: str = "meera", at: datetime = NOON) -> int:
    """How many of so many tries were taken."""
    count = 0
    for _ in range(tries):
        try:
            limit.take(key, now=at)
        except TooMany:
            continue
        count += 1
    return count


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, valkey_url: str) -> RedisCache:
    """Count in a real server of the Redis protocol, as in production."""
    server = RedisCache(valkey_url, {"KEY_PREFIX": uuid4().hex})
    monkeypatch.setattr(limits, "cache", server)
    return server


def test_as_many_tries_are_taken_as_the_limit_says() -> None:
    assert taken(FIVE, 12) == 5
    assert taken(FIVE, 12, key="imran") == 5


def test_window_begins_with_the_first_try_and_ends_by_itself() -> None:
    assert taken(FIVE, 5) == 5
    assert taken(FIVE, 30, at=NOON + timedelta(seconds=299)) == 0
    assert taken(FIVE, 6, at=NOON + timedelta(seconds=300)) == 5


def test_try_that_was_given_back_does_not_count() -> None:
    for _ in range(20):
        FIVE.take("meera", now=NOON).give_back()
    assert taken(FIVE, 9) == 5


def test_refused_try_costs_nothing() -> None:
    held = [FIVE.take("meera", now=NOON) for _ in range(5)]
    assert taken(FIVE, 40) == 0
    held[0].give_back()
    assert taken(FIVE, 40) == 1


def test_refusal_says_when_the_next_try_is_taken() -> None:
    assert taken(FIVE, 5) == 5
    with pytest.raises(TooMany, match="Wait 4 minutes") as refused:
        FIVE.take("meera", now=NOON + timedelta(seconds=70))
    assert refused.value.retry_after_s == 230
    with pytest.raises(TooMany, match="Wait a minute"):
        FIVE.take("meera", now=NOON + timedelta(seconds=250))


def test_limits_of_different_names_do_not_meet() -> None:
    consume("first", "meera", limit=1, per_s=60, now=NOON)
    consume("second", "meera", limit=1, per_s=60, now=NOON)
    with pytest.raises(TooMany):
        consume("first", "meera", limit=1, per_s=60, now=NOON)


def test_many_threads_get_no_more_than_the_limit_from_a_real_server(shared: RedisCache) -> None:
    limit = Limit("race", tries=5, per_s=300)
    assert sum(at_once([lambda: taken(limit, 4)] * 8)) == 5


def test_cleared_limit_begins_anew() -> None:
    assert taken(FIVE, 9) == 5
    FIVE.clear("meera")
    assert taken(FIVE, 9) == 5


def test_good_tries_at_the_same_moment_wait_for_one_another(shared: RedisCache) -> None:
    limit = Limit("patience", tries=2, per_s=300)
    assert outcomes([lambda: limit.take("meera", patience_s=20).give_back()] * 12) == [None] * 12


def test_nobody_waits_for_tries_that_ended_badly() -> None:
    for _ in range(5):
        FIVE.take("meera", now=NOON).keep()
    began = time.monotonic()
    with pytest.raises(TooMany):
        FIVE.take("meera", now=NOON, patience_s=60)
    assert time.monotonic() - began < 30


def test_no_name_stands_in_the_cache_and_every_key_goes_away(shared: RedisCache) -> None:
    consume("reset", "meera@pragati.test", limit=5, per_s=300)
    client = shared._cache.get_client(None)
    keys = list(client.scan_iter(f"{shared.key_prefix}:*"))
    assert len(keys) == 2
    assert not any(b"reset" in key or b"meera" in key or b"meera" in client.get(key) for key in keys)
    assert all(0 < client.ttl(key) <= 600 for key in keys)


def test_cache_that_does_not_answer_lets_nobody_through(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_there = RedisCache("redis://127.0.0.1:1", {"OPTIONS": {"socket_connect_timeout": 2}})
    monkeypatch.setattr(limits, "cache", nobody_there)
    with pytest.raises(Unavailable) as refused:
        FIVE.take("meera")
    assert refused.value.status == 503


def test_answer_is_429_with_retry_after_as_page_and_as_json(rf: RequestFactory) -> None:
    assert taken(FIVE, 5) == 5

    def answer(**headers: str):
        request: HttpRequest = rf.post("/", headers=headers)
        with pytest.raises(TooMany) as refused:
            FIVE.take("meera", now=NOON)
        return DomainErrorMiddleware(lambda _: None).process_exception(request, refused.value)  # type: ignore[arg-type,return-value]

    page, told = answer(), answer(accept="application/json")
    assert (page.status_code, told.status_code) == (429, 429)
    assert page.headers["Retry-After"] == told.headers["Retry-After"] == "300"
    assert "Wait 5 minutes" in page.content.decode()
    assert json.loads(told.content)["error"]["code"] == "too_many_requests"
