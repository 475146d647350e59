"""The pieces of an upload on their way from the page to the server: held up, dropped or let through as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, Route

PIECE = 256 * 1024
ADDRESS = "**/dfs/uploads/**"


class Pieces:
    """All pieces of a page's uploads: `hold_after`, `drop_after`, `drop` and `let_pass` say what becomes of the next.

    `passed` are the offsets of those that went on to the server, `dropped` of those whose connection was cut. The
    route stays until the page is closed: taking it away lets go of what it holds, and then nobody knows what arrives.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: list[int] = []
        self.dropped: list[int] = []
        self._held: list[Route] = []
        self._left: int | None = None
        self._is_cut = False
        page.route(ADDRESS, self._meet)
        self.in_small_pieces()

    def in_small_pieces(self) -> None:
        """So that a test interrupts an upload without moving 8 MiB through the debugger; again after each load."""
        self.page.locator("[data-upload]").evaluate("(form, bytes) => { form.dataset.pieceBytes = bytes }", PIECE)

    def hold_after(self, count: int) -> None:
        """Let `count` more pieces pass and keep the rest waiting."""
        self._left, self._is_cut = count, False

    def drop_after(self, count: int) -> None:
        """Let `count` more pieces pass; the connection of the rest breaks before a byte arrives."""
        self._left, self._is_cut = count, True

    def drop(self) -> None:
        """Break the connection of what is held and of whatever comes."""
        self.drop_after(0)
        for route in self._held:
            self._cut(route)
        self._held.clear()

    def let_pass(self) -> None:
        """Let everything pass from now on. What is held belongs to a request that the page gave up: it is dropped."""
        self.drop()
        self._left = None

    @contextmanager
    def asked_for(self, offset: int) -> Iterator[None]:
        """Around what makes the page send: wait for its piece at `offset`, so the server has answered all before it."""

        def is_it(request: Request) -> bool:
            return request.method == "PATCH" and offset_of(request) == offset

        with self.page.expect_request(is_it):
            yield

    def _meet(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif self._left != 0:
            self._left = None if self._left is None else self._left - 1
            self.passed.append(offset_of(route.request))
            route.continue_()
        elif self._is_cut:
            self._cut(route)
        else:
            self._held.append(route)

    def _cut(self, route: Route) -> None:
        self.dropped.append(offset_of(route.request))
        route.abort("internetdisconnected")


def offset_of(request: Request) -> int:
    return int(request.headers["upload-offset"])
