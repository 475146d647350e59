"""Codes of classes: which are taken when, and what people make of them while they type."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance import codes
from attendance.codes import LENGTH, STEP_S, age_s, code_of, ends_in_s, normal, step_at, step_of

pytestmark = pytest.mark.apart

KEY = bytes(range(32))
NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # the beginning of a step

KNOWN = ["T4GNTOKA", "YQZOAWOD", "HDUA4UXA"]

keys = st.binary(min_size=32, max_size=32)
steps = st.integers(0, 2**40)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_known_codes():
    """Worked out apart from this code, with OpenSSL and base32 of coreutils."""
    assert [code_of(KEY, step) for step in (0, 1, 2**32)] == KNOWN


def test_code_is_taken_while_it_stands_on_the_screen_and_one_step_longer():
    step = step_at(NOON)
    code = code_of(KEY, step)
    assert step_of(KEY, code, now=later(0)) == step
    assert step_of(KEY, code, now=later(STEP_S - 0.001)) == step
    assert step_of(KEY, code, now=later(2 * STEP_S - 0.001)) == step
    assert step_of(KEY, code, now=later(2 * STEP_S)) is None
    assert step_of(KEY, code, now=later(60)) is None  # relayed a minute later
    assert step_of(KEY, code, now=later(-0.001)) is None  # not shown yet


def test_age_and_end_of_a_code():
    step = step_at(NOON)
    assert age_s(step, now=later(33.9)) == 33
    assert age_s(step + 1, now=NOON) == 0
    assert ends_in_s(later(5)) == pytest.approx(15)


@given(keys, steps)
def test_code_is_eight_letters_and_digits_without_lookalikes(key, step):
    code = code_of(key, step)
    assert len(code) == LENGTH
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert normal(code) == code


@given(keys, moments, st.sampled_from([" ", "-", "  ", ""]), st.integers(1, 7))
def test_code_is_taken_as_people_type_it(key, now, gap, place):
    step = step_at(now)
    code = code_of(key, step)
    typed = f" {code[:place].lower()}{gap}{code[place:]} ".replace("O", "0").replace("i", "1").replace("B", "8")
    assert step_of(key, typed, now=now) == step


@given(keys, moments, st.text(max_size=40))
def test_other_text_is_no_code(key, now, typed):
    current = step_at(now)
    assume(normal(typed) not in {code_of(key, current), code_of(key, current - 1)})
    assert step_of(key, typed, now=now) is None


@given(keys, keys, moments)
def test_code_of_another_class_is_no_code(mine, other, now):
    assume(mine != other)
    assert step_of(mine, code_of(other, step_at(now)), now=now) is None


@given(moments, st.integers(-50, 50))
def test_only_this_step_and_the_one_before_are_taken(now, steps_off):
    step = step_at(now) + steps_off
    found = step_of(KEY, code_of(KEY, step), now=now)
    assert found == (step if steps_off in (0, -1) else None)


def test_steps_are_counted_from_the_epoch_for_everybody_alike():
    assert step_at(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert codes.step_at(NOON) == int(NOON.timestamp()) // 20
