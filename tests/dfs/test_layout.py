"""The arithmetic of segments, chunks and stripes, for any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs.layout import TAG_BYTES, Layout

pytestmark = pytest.mark.apart

shapes = st.tuples(st.integers(0, 5_000), st.integers(1, 9), st.integers(1, 16)).map(
    lambda shape: Layout(shape[0], shape[1] * shape[2], shape[2])
)


@given(shapes)
def test_chunks_and_segments_cover_the_file_exactly(layout: Layout) -> None:
    assert sum(layout.chunk_length(index) for index in range(layout.chunks)) == layout.size
    assert sum(layout.segment_length(number) for number in range(layout.segments)) == layout.size
    assert [s for index in range(layout.chunks) for s in layout.segments_in(index)] == list(range(layout.segments))
    assert [number for number in range(layout.segments) if layout.is_last(number)] == [layout.segments - 1]


@given(shapes)
def test_a_payload_is_its_plaintext_and_a_tag_a_segment(layout: Layout) -> None:
    for index in range(layout.chunks):
        numbers = layout.segments_in(index)
        assert layout.payload_length(index) == layout.chunk_length(index) + TAG_BYTES * len(numbers)
        spans = [layout.payload_span(number, number) for number in numbers]
        assert [span[0] for span in spans] == [0, *(span[1] for span in spans[:-1])]
        assert layout.payload_span(numbers[0], numbers[-1]) == (0, layout.payload_length(index))


@given(shapes, st.data())
def test_covering_segments_hold_the_range_and_no_more(layout: Layout, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, layout.size))
    end = data.draw(st.integers(start, layout.size))
    segments = layout.covering(start, end)
    if start == end:
        assert len(segments) == (1 if layout.size == 0 else 0)
        return
    assert segments[0] * layout.segment_bytes <= start < (segments[0] + 1) * layout.segment_bytes
    assert segments[-1] * layout.segment_bytes < end <= (segments[-1] + 1) * layout.segment_bytes


@given(shapes, st.integers(1, 5))
def test_stripes_take_every_chunk_once(layout: Layout, k: int) -> None:
    assert [index for _number, chunks in layout.each_stripe(k) for index in chunks] == list(range(layout.chunks))
    assert all(len(chunks) == k for _number, chunks in list(layout.each_stripe(k))[:-1])


@pytest.mark.parametrize(("size", "chunks"), [(0, 1), (1, 1), (63, 1), (64, 1), (65, 2), (128, 2), (129, 3)])
def test_chunk_count_at_the_edges(size: int, chunks: int) -> None:
    assert Layout(size, 64, 16).chunks == chunks


def test_a_chunk_that_is_no_whole_number_of_segments_is_refused() -> None:
    with pytest.raises(ValueError):
        Layout(10, 100, 64)


@pytest.mark.parametrize("start_end", [(-1, 3), (3, 2), (0, 11)])
def test_a_range_outside_the_file_is_refused(start_end: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        Layout(10, 64, 16).covering(*start_end)
