"""What must not open does not open."""

import os
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs.layout import TAG_BYTES, Layout
from dfs.sealing import FileSeal, Kind, SealBroken
from tests.dfs.conftest import content

KEY, FILE = bytes(range(32)), uuid.UUID(int=5)
LAYOUT = Layout(150, 64, 16)


def sealer(**changes: object) -> FileSeal:
    values: dict[str, object] = {"key": KEY, "file": FILE, "generation": 1, "layout": LAYOUT, **changes}
    return FileSeal(**values)  # type: ignore[arg-type]


def sealed_chunk(seal: FileSeal, index: int, plain: bytes) -> bytearray:
    into = bytearray(seal.layout.payload_length(index))
    start = index * seal.layout.chunk_bytes
    seal.seal_chunk(index, memoryview(plain)[start : start + seal.layout.chunk_length(index)], memoryview(into))
    return into


@given(st.integers(0, 400), st.integers(1, 4), st.integers(1, 32))
def test_every_chunk_opens_to_what_was_sealed(size: int, segments: int, segment_bytes: int) -> None:
    layout = Layout(size, segments * segment_bytes, segment_bytes)
    seal, plain = sealer(layout=layout), content(size)
    opened = [seal.open_chunk(index, sealed_chunk(seal, index, plain)) for index in range(layout.chunks)]
    assert b"".join(opened) == plain


PLAIN = content(150)


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload[:-1],
        lambda payload: payload[: -(16 + TAG_BYTES)],
        lambda payload: payload + bytes(16 + TAG_BYTES),
        lambda payload: payload[32:64] + payload[:32] + payload[64:],
        lambda payload: bytes(payload[:5]) + bytes((payload[5] ^ 1,)) + bytes(payload[6:]),
        lambda payload: payload[:-1] + bytes((payload[-1] ^ 128,)),
    ],
    ids=["a byte short", "a segment short", "a segment long", "segments swapped", "a bit flipped", "a tag bit flipped"],
)
def test_a_changed_payload_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SealBroken):
        sealer().open_chunk(1, change(bytes(sealed_chunk(sealer(), 1, PLAIN))))


@pytest.mark.parametrize(
    "other",
    [
        {"key": bytes(32)},
        {"file": uuid.UUID(int=6)},
        {"generation": 2},
        {"layout": Layout(151, 64, 16)},
        {"layout": Layout(150, 128, 16)},
    ],
    ids=["key", "file", "generation", "size", "chunk size"],
)
def test_a_chunk_of_another_file_generation_or_shape_is_refused(other: dict[str, object]) -> None:
    foreign = sealer(**other)
    payload = bytes(sealed_chunk(foreign, 0, content(foreign.layout.size)))
    with pytest.raises(SealBroken):
        sealer().open_chunk(0, payload)


def test_a_chunk_in_another_chunks_place_is_refused() -> None:
    with pytest.raises(SealBroken):
        sealer().open_chunk(0, bytes(sealed_chunk(sealer(), 1, PLAIN)))


def test_a_file_cut_at_a_segment_is_refused_because_its_last_flag_is_missing() -> None:
    """rclone's and Cryptomator's formats do not notice this."""
    payload = bytes(sealed_chunk(sealer(), 0, PLAIN))
    shorter = sealer(layout=Layout(64, 64, 16))
    with pytest.raises(SealBroken):
        shorter.open_chunk(0, payload)


def test_sealing_is_deterministic_and_never_the_same_for_two_positions() -> None:
    same = sealer(layout=Layout(128, 64, 16))
    plain = b"A" * 128
    assert sealed_chunk(same, 0, plain) == sealed_chunk(same, 0, plain)
    segments = {bytes(sealed_chunk(same, index, plain)[at * 32 : at * 32 + 16]) for index in (0, 1) for at in range(4)}
    assert len(segments) == 8


def test_a_header_survives_the_way_there_and_back() -> None:
    seal = sealer()
    header = seal.check_header(seal.header(Kind.PARITY, 4, payload_bytes=80, k=3, j=2, row=1))
    assert (header.kind, header.index, header.k, header.j, header.row) == (Kind.PARITY, 4, 3, 2, 1)
    assert (header.size, header.chunk_bytes, header.segment_bytes, header.payload_bytes) == (150, 64, 16, 80)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_header_parser(raw: bytes) -> None:
    with pytest.raises(SealBroken):
        sealer().check_header(raw)


def test_a_header_of_another_key_is_refused() -> None:
    header = sealer(key=os.urandom(32)).header(Kind.DATA, 0, payload_bytes=1)
    with pytest.raises(SealBroken):
        sealer().check_header(header)


def test_a_chunk_of_the_wrong_length_is_not_sealed() -> None:
    with pytest.raises(ValueError):
        sealer().seal_chunk(0, memoryview(b"short"), memoryview(bytearray(200)))
