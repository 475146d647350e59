"""A video of any length, written by hand: a WebM of key frames that the browser itself has drawn.

The browser encodes a canvas as WebP, whose content is one VP8 key frame. Each second is one cluster of `CLUSTER_BYTES`
with the same frame four times, and the index (Cues) stands in front, so a player can go anywhere with one range.
Source: RFC 8794 (EBML), RFC 9559 (Matroska), RFC 9649 (WebP).
"""

import base64
import os
import struct
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 640, 360
HUES = 12
CLUSTER_BYTES = 256 * 1024
FRAMES_PER_S = 4
_DRAW = """([width, height, hue]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = `hsl(${hue} 90% 50%)`;
  pen.fillRect(0, 0, width, height);
  for (let y = 0; y < height; y += 8) for (let x = 0; x < width; x += 8) {
    pen.fillStyle = `hsl(${hue} 90% ${40 + 20 * Math.random()}%)`;
    pen.fillRect(x, y, 8, 8);
  }
  return canvas.toDataURL("image/webp", 0.9).split(",")[1];
}"""


def frames(page: Any) -> list[bytes]:
    """One VP8 key frame for each of `HUES` colours, 30 degrees apart, drawn by the page's browser."""
    return [vp8(base64.b64decode(page.evaluate(_DRAW, [WIDTH, HEIGHT, 360 * n // HUES]))) for n in range(HUES)]


def vp8(webp: bytes) -> bytes:
    """The key frame within a lossy WebP."""
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    at = 12
    while webp[at : at + 4] != b"VP8 ":
        at += 8 + (int.from_bytes(webp[at + 4 : at + 8], "little") + 1) // 2 * 2
    return webp[at + 8 : at + 8 + int.from_bytes(webp[at + 4 : at + 8], "little")]


def write(path: Path, pictures: list[bytes], size_bytes: int, marker: bytes, every_bytes: int) -> int:
    """Write about `size_bytes` of video; returns its seconds. Each `every_bytes` comes `marker`, 48 random bytes."""
    seconds = size_bytes // CLUSTER_BYTES
    head = _head(seconds)
    with path.open("wb") as out:
        out.write(head)
        marked = -every_bytes
        for second in range(seconds):
            is_due = out.tell() - marked >= every_bytes
            marked = out.tell() if is_due else marked
            out.write(_cluster(second, pictures[second % HUES], marker + os.urandom(48) if is_due else b""))
    return seconds


def _head(seconds: int) -> bytes:
    """Everything before the first cluster."""
    ebml = _element("1A45DFA3", _text("4282", "webm") + _number("4287", 4) + _number("4285", 2) + _number("42F7", 1))
    about = _element("1549A966", _number("2AD7B1", 1_000_000) + _text("4D80", "proof") + _text("5741", "proof")
                     + _number("4489", 0, raw=_float(seconds * 1000.0)))  # fmt: skip
    video = _element("E0", _number("B0", WIDTH) + _number("BA", HEIGHT))
    track = _number("D7", 1) + _number("73C5", 1) + _number("83", 1) + _number("9C", 0) + _text("86", "V_VP8") + video
    tracks = _element("1654AE6B", _element("AE", track))
    before = len(about) + len(tracks)
    cues_bytes = len(_cues(seconds, 0))
    seek_bytes = len(_seek_head([0, 0, 0]))
    seek = _seek_head([seek_bytes, seek_bytes + len(about), seek_bytes + before])
    cues = _cues(seconds, seek_bytes + before + cues_bytes)
    body_bytes = len(seek) + before + len(cues) + seconds * CLUSTER_BYTES
    return ebml + bytes.fromhex("18538067") + _length(body_bytes) + seek + about + tracks + cues


def _seek_head(places: list[int]) -> bytes:
    names = ("1549A966", "1654AE6B", "1C53BB6B")
    entries = [
        _element("4DBB", _element("53AB", bytes.fromhex(name)) + _number("53AC", at))
        for name, at in zip(names, places, strict=True)
    ]
    return _element("114D9B74", b"".join(entries))


def _cues(seconds: int, first: int) -> bytes:
    points = []
    for second in range(seconds):
        place = _element("B7", _number("F7", 1) + _number("F1", first + second * CLUSTER_BYTES))
        points.append(_element("BB", _number("B3", second * 1000) + place))
    return _element("1C53BB6B", b"".join(points))


def _cluster(second: int, frame: bytes, marker: bytes) -> bytes:
    """One second, exactly `CLUSTER_BYTES` long; the rest is a Void that holds the marker."""
    body = _number("E7", second * 1000)
    for number in range(FRAMES_PER_S):
        at = (number * 1000 // FRAMES_PER_S).to_bytes(2, "big")
        body += _element("A3", b"\x81" + at + b"\x80" + frame)
    rest = CLUSTER_BYTES - 12 - len(body) - 9
    assert rest >= len(marker), "the frames are too big for their cluster"
    return _element("1F43B675", body + _element("EC", marker + bytes(rest - len(marker))))


def _element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + _length(len(body)) + body


def _length(count: int) -> bytes:
    """Always eight bytes, so that nothing moves when a number grows."""
    return (1 << 56 | count).to_bytes(8, "big")


def _number(name: str, value: int, *, raw: bytes = b"") -> bytes:
    return _element(name, raw or value.to_bytes(8, "big"))


def _text(name: str, value: str) -> bytes:
    return _element(name, value.encode())


def _float(value: float) -> bytes:
    """IEEE 754 double, big-endian."""
    return struct.pack(">d", value)
