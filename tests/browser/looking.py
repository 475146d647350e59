"""Looking at a page: pictures in two widths and both themes, no sideways scroll, nothing axe calls serious."""

from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
WIDTHS: dict[str, tuple[int, int]] = {"360": (360, 740), "1280": (1280, 800)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# axe takes most of the time: one view of each width and each theme is judged, not all four.
JUDGED = {("360", "light"), ("1280", "dark")}
SERIOUS = {"serious", "critical"}
# A first visit, without pictures; measured uncompressed, so what is sent is a fraction of it.
MAX_PAGE_BYTES = 100_000

# Only what is asserted leaves the page: to bring over all that axe has looked at took longer than looking.
JUDGE = """async (impacts) => {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    const nodes = (violation) => violation.nodes.slice(0, 4).map((node) => node.html.slice(0, 140));
    return found.violations.filter((one) => impacts.includes(one.impact)).map((one) => [one.id, one.help, nodes(one)]);
}"""

_axe = Axe()


def look(page: Page, name: str) -> None:
    """Save `name`-width-theme.png four times and judge it. The page keeps its last size and theme."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_load_state()  # a page without its styles scrolls sideways
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{theme}.png", full_page=True)
            assert_fits(page, f"{name} at {width}")
            if (width, theme) in JUDGED:
                assert_accessible(page, f"{name} at {width}, {theme}")


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
