"""Putting the console's page together from its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import SignedInRequest
from coaching.lib.clock import clock_text
from coaching.lib.heartbeats import Heartbeat
from coaching.lib.text import search_text
from coaching.templatetags.figures import grouped
from dfs import console, console_queue, pool, standing
from dfs.console import Pool
from dfs.models import DriveAccount, StoredFile, VerifyRun
from dfs.upload_views import upload_context

TRASH_ROWS = 10


def whole(request: SignedInRequest) -> dict[str, Any]:
    """Everything the page shows; the same number of queries whatever there is."""
    queue, run = console_queue.queue(), console_queue.newest_run()
    overview = _pool(queue.ended_at, run)
    trash = StoredFile.objects.of(StoredFile.CONSOLE).in_trash().order_by("-trashed_at", "-pk")
    gone = request.GET.getlist("gone")
    return {
        "pool": overview,
        "queue": queue,
        "workers": console_queue.workers(),
        "run": run,
        "told": console_queue.run_words(run) if run else ("", ""),
        "lines": console_queue.log_lines(rows=console_queue.LOG_ROWS_AT_FIRST),
        "history": [console_queue.job_row(job) for job in console_queue.ended_jobs()[: console_queue.HISTORY_ROWS]],
        "trash": trash[:TRASH_ROWS],
        "meter": meter(overview.drives, gone),
        **_files(request, overview, queue.healing),
        **upload_context(request, StoredFile.CONSOLE),
    }


def _pool(ended_at: datetime | None, run: VerifyRun | None) -> Pool:
    rows = console.pool_rows()
    return Pool(rows, standing.summary([row.drive for row in rows], ended_at=ended_at, run=run))


def file_list(request: SignedInRequest) -> dict[str, Any]:
    """The list of files alone, as the address narrows it down."""
    words, area = search_text(request.GET.get("q", "")), search_text(request.GET.get("area", ""), at_most=32)
    show = request.GET.get("show", "")
    show = show if show in console.FILTERS else "all"
    page = console.file_page(words, show, area, request.GET.get("page"))
    return {
        "page": page,
        "files": console.file_rows(page.object_list),
        "words": words,
        "area": area,
        "show": show,
        "key": [("data", _("content")), ("par", _("spare")), ("heal", _("being rebuilt")), ("miss", _("missing"))],
    }


def _files(request: SignedInRequest, overview: Pool, healing: int) -> dict[str, Any]:
    narrowed = file_list(request)
    areas = console.area_choices(narrowed["area"])
    return narrowed | {
        "file_count": sum(count for _name, _word, count, _chosen in areas),
        "areas": areas,
        "shows": [
            ("all", _("All")),
            ("risk", _("At risk, %(count)s") % {"count": grouped(overview.summary.at_risk)}),
            ("healing", _("Healing, %(count)s") % {"count": grouped(healing)}),
        ],
    }


# --- What if ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A Drive in the meter's bar; x and width in its own units."""

    x: float
    width: float
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Meter:
    """The what-if meter: every Drive with its tick, the bar, and what would become of the files."""

    ticks: list[tuple[DriveAccount, str, bool]]
    cells: list[Cell]
    left: int
    gone: int
    title: str
    text: str
    tone: str


BAR_UNITS, GAP_UNITS = 304.0, 3.5


def meter(drives: Iterable[DriveAccount], gone: list[str]) -> Meter:
    """Nothing is counted until a Drive is ticked."""
    known = sorted(drives, key=lambda drive: drive.label)
    ticked = [drive for drive in known if str(drive.uuid) in gone]
    width = (BAR_UNITS - GAP_UNITS * (len(known) - 1)) / len(known) if known else 0
    cells = [
        Cell(round(at * (width + GAP_UNITS), 1), round(width, 1), at >= len(known) - len(ticked))
        for at in range(len(known))
    ]
    title, text, tone = _would_be(ticked)
    ticks = [(drive, _short(drive), drive in ticked) for drive in known]
    return Meter(ticks, cells, len(known) - len(ticked), len(ticked), title, text, tone)


def _short(drive: DriveAccount) -> str:
    name = drive.owner.name if drive.owner_id and drive.owner else drive.label
    words = name.split()
    return f"{words[0]} {words[1]}" if words and words[0].endswith(".") and len(words) > 1 else (words or [name])[0]


def _would_be(ticked: list[DriveAccount]) -> tuple[str, str, str]:
    if not ticked:
        return "", _("Tick the Drives to see what would become of the files without them."), ""
    answer = pool.what_if(ticked)
    lost, bare, fewer = len(answer.lost), len(answer.without_spare), len(answer.degraded)
    title = ngettext("%(count)s file lost.", "%(count)s files lost.", lost) % {"count": grouped(lost)}
    if lost:
        names = ", ".join(f"“{file.name}”" for file in answer.lost[:3])
        return title, _("Among them: %(names)s.") % {"names": names}, "bad"
    if bare:
        return title, _("%(count)s of %(all)s would be without a spare: one more Drive gone, and they cannot be read until one returns.") % {"count": grouped(bare), "all": grouped(answer.files)}, "due"  # fmt: skip  # noqa: E501
    if fewer:
        return title, _("%(count)s of %(all)s would have fewer pieces and read as usual.") % {"count": grouped(fewer), "all": grouped(answer.files)}, "ok"  # fmt: skip  # noqa: E501
    return title, _("Nothing would change."), "ok"


# --- Words ------------------------------------------------------------------------------------------------------------


def wake_words(due: int, woken: int, workers: list[Heartbeat]) -> tuple[int, str]:
    """(level, sentence) after waking: what was due, and whether anybody is there to do it."""
    text = ngettext("%(count)d job was due.", "%(count)d jobs were due.", due) % {"count": due}
    if due and not woken:
        return messages.WARNING, text + " " + _(
            "The message server does not answer; workers look by themselves when it returns."
        )
    if not workers:
        return messages.WARNING, text + " " + _("No worker has been heard of: start one with manage.py worker.")
    last = max(worker.at for worker in workers)
    return messages.INFO, text + " " + _("A worker was heard of at %(time)s.") % {"time": clock_text(last)}
