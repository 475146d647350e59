"""A video element in a page, and going to a second of it. The video is one of `tests.proof.webm`."""

import colorsys
from typing import Any

from playwright.sync_api import Page

_SEEK = """([selector, seconds]) => new Promise((resolve, reject) => {
  const video = document.querySelector(selector);
  const began = performance.now();
  video.onerror = () => reject(new Error(video.error.message));
  video.onseeked = () => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.drawImage(video, 0, 0, 4, 4);
    resolve([performance.now() - began, ...pen.getImageData(1, 1, 1, 1).data]);
  };
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
    spent, *colour = page.evaluate(_SEEK, ["#proof", place])
    wanted = 30 * (int(place) % 12)
    assert abs((hue(colour) - wanted + 180) % 360 - 180) < 15, (place, colour, wanted)
    return float(spent)


def hue(colour: list[Any]) -> float:
    return 360 * colorsys.rgb_to_hsv(*(part / 255 for part in colour[:3]))[0]
