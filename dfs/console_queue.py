"""The read side of the console: jobs, their log, runs over the whole store, and whether a worker is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Max, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.heartbeats import Heartbeat, alive
from coaching.templatetags.figures import grouped
from dfs.models import Job, JobLine, VerifyRun

QUEUE_ROWS = 12
HISTORY_ROWS = 5
PAGE_ROWS = 20
LOG_ROWS = 200
LOG_ROWS_AT_FIRST = 60
"""The page itself stays light; the live part brings the others."""
QUEUE_ORDER = (Job.State.FAILED, Job.State.RUNNING, Job.State.WAITING, Job.State.PENDING)
JOB_TONES: dict[str, str] = {
    Job.State.PENDING: "off",
    Job.State.RUNNING: "run",
    Job.State.WAITING: "due",
    Job.State.COMPLETE: "ok",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "off",
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its tone and what it says beside it."""

    job: Job
    tone: str
    note: str
    is_open: bool


def job_row(job: Job) -> JobRow:
    note = job.reason
    if job.state == Job.State.RUNNING and job.objects_total:
        note = _("Piece %(done)s of %(all)s") % {"done": job.objects_done, "all": job.objects_total}
    elif job.state == Job.State.PENDING:
        note = str(job.file.owner or "")
    return JobRow(job, JOB_TONES[job.state], note, job.state in Job.OPEN)


@dataclass(frozen=True, slots=True)
class Queue:
    """Open jobs and failed ones that nobody has dealt with, what runs first; and the counts of all."""

    rows: list[JobRow]
    running: int
    waiting: int
    failed: int
    healing: int
    ended_at: datetime | None

    @property
    def more(self) -> int:
        return max(0, self.running + self.waiting + self.failed - len(self.rows))


def queue() -> Queue:
    """Two queries."""
    states = Job.State
    waits = Q(state__in=(states.PENDING, states.WAITING))
    fails = Q(state=states.FAILED, cleared_at=None)
    counts = Job.objects.aggregate(
        running=Count("pk", filter=Q(state=states.RUNNING)),
        waiting=Count("pk", filter=waits),
        failed=Count("pk", filter=fails),
        healing=Count("pk", filter=Q(kind=Job.Kind.REPAIR, state__in=Job.OPEN)),
        ended_at=Max("finished_at"),
    )
    shown = Job.objects.filter(Q(state__in=Job.OPEN) | fails).select_related("file__owner")
    order = Case(*[When(state=state, then=Value(at)) for at, state in enumerate(QUEUE_ORDER)], default=Value(9))
    return Queue(rows=[job_row(job) for job in shown.order_by(order, "-pk")[:QUEUE_ROWS]], **counts)


def ended_jobs() -> QuerySet[Job]:
    """The history: ended jobs nobody cleared away, the last to end first."""
    ended = Job.objects.exclude(state__in=Job.OPEN).filter(cleared_at=None)
    return ended.select_related("file", "file__owner").order_by("-finished_at", "-pk")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the live log: `text` as it stands there, `is_problem` when it is worth a look."""

    text: str
    is_problem: bool


def log_lines(job: Job | None = None, rows: int = LOG_ROWS) -> list[LogLine]:
    """The last lines of one job or of all, oldest first; one query."""
    lines = JobLine.objects.select_related("job__file").order_by("-pk")
    if job is not None:
        lines = lines.filter(job=job)
    return [LogLine(_line_text(line, with_name=job is None), line.is_problem) for line in reversed(lines[:rows])]


def _line_text(line: JobLine, *, with_name: bool) -> str:
    at = f"{timezone.localtime(line.at):%H:%M:%S}"
    name = f"  {line.job.file.name}" if with_name else ""
    return f"{at}  {line.verb:<7} {line.drive:<14} {line.text}{name}"


def newest_line() -> int:
    """The number of the last line said, 0 when nothing was said yet."""
    return JobLine.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def newest_run() -> VerifyRun | None:
    return VerifyRun.objects.first()


def run_words(run: VerifyRun) -> tuple[str, str]:
    """(tone, sentence) of how a run stands or what it found."""
    if run.state == VerifyRun.State.PENDING:
        return "off", _("Waiting for a worker")
    if run.state == VerifyRun.State.FAILED:
        return "bad", run.reason
    if run.state == VerifyRun.State.RUNNING:
        words = {"done": grouped(run.objects_done), "all": grouped(run.objects_total)}
        return "run", _("%(done)s of %(all)s pieces compared") % words
    found = run.findings
    if run.kind == VerifyRun.Kind.HEAL:
        count = found.get("jobs", 0)
        return "ok", ngettext("%(count)d file is being rebuilt", "%(count)d files are being rebuilt", count) % {"count": count}  # fmt: skip  # noqa: E501
    if found.get("is_clean") and run.kind == VerifyRun.Kind.SAMPLE:
        words = {"count": grouped(found.get("objects", 0)), "opened": grouped(found.get("opened", 0))}
        return "ok", _("%(count)s pieces compared, all equal; %(opened)s files opened piece by piece") % words
    if found.get("is_clean"):
        return "ok", _("%(count)s pieces compared, all equal") % {"count": grouped(found.get("objects", 0))}
    return "bad" if found.get("lost") else "due", _found_words(found)


def _found_words(found: dict[str, Any]) -> str:
    words = {word: grouped(found.get(word, 0)) for word in ("objects", "missing", "corrupt", "degraded", "lost")}
    text = _(
        "%(objects)s pieces compared: %(missing)s missing, %(corrupt)s damaged. "
        "%(degraded)s files have fewer pieces, %(lost)s cannot be read."
    )
    silent = ", ".join(found.get("silent_drives", ()))
    return (text % words) + (" " + _("Not answering: %(drives)s.") % {"drives": silent} if silent else "")


def workers() -> list[Heartbeat]:
    """Workers of the dfs queue heard of lately; none when the cache does not answer."""
    try:
        return alive("dfs")
    except Exception:  # whatever the cache's client raises when its server is not there
        return []
