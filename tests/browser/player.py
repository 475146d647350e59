"""A video element in a page, and going to a second of it. The video is one of `tests.proof.webm`."""

import colorsys
from typing import Any

from playwright.sync_api import Page

_LONGEST_MS = 5000
_SEEK = """([selector, seconds, hue, longest]) => new Promise((resolve, reject) => {
  const video = document.querySelector(selector);
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const began = performance.now();
  const angle = ([red, green, blue]) =>
    (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI;
  // A busy machine says "seeked" a moment before the decoder hands over the picture.
  const look = () => {
    pen.drawImage(video, 0, 0, 4, 4);
    const colour = [...pen.getImageData(1, 1, 1, 1).data];
    const off = Math.abs(((angle(colour) - hue + 540) % 360) - 180);
    const spent = performance.now() - began;
    if (off < 15 || spent > longest) resolve([spent, ...colour]);
    else requestAnimationFrame(look);
  };
  video.onerror = () => reject(new Error(video.error.message));
  video.onseeked = look;
  video.currentTime = seconds;
})"""


def show(page: Page, address: str | None) -> None:
    """A video in the page; None plays what the page's own file field holds."""
    page.evaluate(
        """(address) => new Promise((resolve, reject) => {
            const video = document.createElement("video");
            video.id = "proof";
            video.muted = true;
            video.onloadeddata = () => resolve();
            video.onerror = () => reject(new Error(video.error.message));
            video.src = address ?? URL.createObjectURL(document.querySelector("input").files[0]);
            document.body.append(video);
        })""",
        address,
    )


def seek(page: Page, place: float) -> float:
    """Milliseconds until the picture of that second is there; it is known by its colour."""
    wanted = 30 * (int(place) % 12)
    spent, *colour = page.evaluate(_SEEK, ["#proof", place, wanted, _LONGEST_MS])
    assert abs((hue(colour) - wanted + 180) % 360 - 180) < 15, (place, colour, wanted)
    return float(spent)


def hue(colour: list[Any]) -> float:
    return 360 * colorsys.rgb_to_hsv(*(part / 255 for part in colour[:3]))[0]
