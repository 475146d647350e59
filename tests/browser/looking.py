"""Looking at a page: pictures in two widths and both themes, no sideways scroll, nothing axe calls serious.

The pictures are for people: a walk run by itself takes them, `make test` leaves them out with PICTURES=0.
"""

import os
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
TAKES_PICTURES = os.environ.get("PICTURES") != "0"
WIDTHS: dict[str, tuple[int, int]] = {"360": (360, 740), "1280": (1280, 800)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# axe takes most of the time: one view of each width and each theme is judged, not all four.
JUDGED = {("360", "light"), ("1280", "dark")}
SERIOUS = {"serious", "critical"}
# A first visit, without pictures; measured uncompressed, so what is sent is a fraction of it.
MAX_PAGE_BYTES = 100_000

# Only what is asserted is asked for and leaves the page: a rule that has an impact of its own gives it to all it finds,
# so those of a lesser one could say nothing here.
JUDGE = """async (impacts) => {
    const lesser = axe._audit.rules.filter((rule) => rule.impact && !impacts.includes(rule.impact));
    const rules = Object.fromEntries(lesser.map((rule) => [rule.id, {enabled: false}]));
    const found = await axe.run(document, {resultTypes: ["violations"], rules});
    const nodes = (violation) => violation.nodes.slice(0, 4).map((node) => node.html.slice(0, 140));
    return found.violations.filter((one) => impacts.includes(one.impact)).map((one) => [one.id, one.help, nodes(one)]);
}"""

_axe = Axe()


def look(page: Page, name: str) -> None:
    """Judge the page in both widths and themes, saving `name`-width-theme.png. It keeps its last size and theme."""
    page.wait_for_load_state()  # a page without its styles scrolls sideways
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        for theme in THEMES:
            is_judged = (width, theme) in JUDGED
            if is_judged or TAKES_PICTURES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                take_picture(page, f"{name}-{width}-{theme}")
            if is_judged:  # the width of a page is the same in both themes
                assert_fits(page, f"{name} at {width}")
                assert_accessible(page, f"{name} at {width}, {theme}")


def take_picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Save `name`.png for people to see, of the `whole` page or of what is in sight; not with PICTURES=0."""
    if TAKES_PICTURES:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def assert_fits(page: Page, where: str) -> None:
    """The page itself does not scroll sideways."""
    wider = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return null;
            const isOver = (element) => element.getBoundingClientRect().right > width + 1;
            const over = [...document.querySelectorAll("body *")].filter(isOver);
            return over.slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
        }"""
    )
    assert wider is None, f"{where} scrolls sideways because of {wider}"


def assert_accessible(page: Page, where: str) -> None:
    """axe-core finds nothing serious or critical."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe.axe_script)
    found = page.evaluate(JUDGE, sorted(SERIOUS))
    told = [f"{rule}: {words}\n    {nodes}" for rule, words, nodes in found]
    assert not found, f"{where}:\n" + "\n".join(told)


def page_bytes(page: Page, url: str) -> int:
    """What a first visit of `url` transfers, in bytes, without pictures."""
    session: Any = page.context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda event: kinds.__setitem__(event["requestId"], event["type"]))
    session.on(
        "Network.loadingFinished", lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"])
    )
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(url, wait_until="networkidle")
    session.detach()
    return int(sum(size for request, size in sizes.items() if kinds.get(request) != "Image"))
