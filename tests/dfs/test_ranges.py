"""Single byte ranges as RFC 9110 says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs.ranges import Conditions, NotSatisfiable, Span, is_unchanged, requested_span

pytestmark = pytest.mark.apart

ETAG = '"f-1"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=10-", (10, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("Bytes = 5-9", (5, 10)),
        ("bytes=5-18446744073709551615", (5, 100)),
        ("bytes=-18446744073709551615", (0, 100)),
    ],
)
def test_a_single_range_is_served_in_part(header: str, expected: tuple[int, int]) -> None:
    assert requested_span(100, header, if_range="", etag=ETAG) == Span(*expected, is_partial=True)


@pytest.mark.parametrize("header", ["", "bytes=", "bytes=-", "bytes=5-2", "lines=1-2", "bytes=1-2,4-5", "bytes=a-b"])
def test_anything_else_gets_the_whole(header: str) -> None:
    assert requested_span(100, header, if_range="", etag=ETAG) == Span(0, 100, is_partial=False)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"])
def test_a_range_outside_is_not_satisfiable(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        requested_span(100, header, if_range="", etag=ETAG)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=0-0"])
def test_an_empty_file_has_no_satisfiable_range(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        requested_span(0, header, if_range="", etag=ETAG)


@pytest.mark.parametrize(("if_range", "is_partial"), [(ETAG, True), ('"f-2"', False), ('W/"f-1"', False)])
def test_if_range_needs_the_same_strong_tag(if_range: str, is_partial: bool) -> None:
    assert requested_span(100, "bytes=5-9", if_range=if_range, etag=ETAG).is_partial is is_partial


@given(st.integers(0, 10_000), st.text(max_size=40))
def test_no_header_breaks_the_parser(size: int, header: str) -> None:
    try:
        span = requested_span(size, header, if_range="", etag=ETAG)
    except NotSatisfiable:
        return
    assert 0 <= span.start <= span.end <= size


@pytest.mark.parametrize(
    ("header", "expected"), [("*", True), (ETAG, True), ('"x", W/"f-1"', True), ('"x"', False), ("", False)]
)
def test_if_none_match_compares_weakly(header: str, expected: bool) -> None:
    assert is_unchanged(header, ETAG) is expected


OLDER, NOW, NEWER = 1000, 2000, 3000


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (Conditions(), None),
        (Conditions(if_match=ETAG), None),
        (Conditions(if_match="*"), None),
        (Conditions(if_match='"x" , "f-1"'), None),
        (Conditions(if_match='"f-2"'), 412),
        (Conditions(if_match='W/"f-1"'), 412),
        (Conditions(if_match=""), 412),
        (Conditions(if_match=ETAG, if_unmodified_since=OLDER), None),
        (Conditions(if_unmodified_since=OLDER), 412),
        (Conditions(if_unmodified_since=NOW), None),
        (Conditions(if_unmodified_since=NEWER, if_none_match=ETAG), 304),
        (Conditions(if_match='"f-2"', if_none_match=ETAG), 412),
        (Conditions(if_match=ETAG, if_none_match=ETAG), 304),
        (Conditions(if_match=ETAG, if_none_match='"f-2"'), None),
        (Conditions(if_modified_since=OLDER), None),
        (Conditions(if_modified_since=NOW), 304),
        (Conditions(if_modified_since=NEWER, if_none_match='"f-2"'), None),
    ],
)
def test_preconditions_are_looked_at_in_the_order_of_the_rfc(sent: Conditions, answer: int | None) -> None:
    assert sent.answer(etag=ETAG, modified_at=NOW) == answer


@pytest.mark.parametrize(("if_range", "is_partial"), [("Sun, 22 Nov 2026 00:00:00 GMT", True), ("yesterday", False)])
def test_if_range_may_be_the_very_date(if_range: str, is_partial: bool) -> None:
    date = "Sun, 22 Nov 2026 00:00:00 GMT"
    assert requested_span(100, "bytes=5-9", if_range=if_range, etag=ETAG, last_modified=date).is_partial is is_partial
