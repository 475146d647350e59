"""What a person's own files look like as a list: where each stands, in words, for a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.templatetags.figures import size
from dfs import uploads
from dfs.models import Job, StoredFile, Upload

PAGE_ROWS = 20
TRASH_ROWS = 500
"""The most of the trash that a page shows, and that one request erases."""


@dataclass(frozen=True, slots=True)
class Line:
    """A file and its state. `tone` is "" when there is nothing to say; `percent` is None unless it moves."""

    file: StoredFile
    tone: str
    word: str
    note: str
    percent: int | None
    is_busy: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """An upload that waits for its file to be chosen again."""

    upload: Upload
    percent: int
    note: str


def found(user: User, words: str) -> QuerySet[StoredFile]:
    """A person's files whose name has every word, newest first."""
    files = StoredFile.objects.for_user(user).live()
    for word in words.split():
        files = files.filter(name__icontains=word)
    return files


def lines(files: Iterable[StoredFile]) -> list[Line]:
    """The files with their states; one query for all of them."""
    shown = list(files)
    staged = [file.pk for file in shown if file.state == StoredFile.State.STAGED]
    jobs = Job.objects.filter(file_id__in=staged, kind=Job.Kind.DISTRIBUTE).order_by("pk")
    newest = {job.file_id: job for job in jobs}
    return [_line(file, newest.get(file.pk)) for file in shown]


def _line(file: StoredFile, job: Job | None) -> Line:
    if file.state != StoredFile.State.STAGED:
        return Line(file, "", "", "", None, is_busy=False)
    if job is None or job.state in (Job.State.FAILED, Job.State.CANCELLED):
        reason = job.reason if job else ""
        return Line(file, "bad", _("Not stored"), reason or _("Ask the office to try again."), None, is_busy=False)
    if job.state == Job.State.WAITING:
        return Line(file, "due", _("Waiting"), job.reason, None, is_busy=True)
    if job.state == Job.State.PENDING:
        return Line(file, "run", _("Waiting its turn"), "", None, is_busy=True)
    return Line(file, "run", _("Being stored"), f"{job.percent} %", job.percent, is_busy=True)


def stopped_uploads(user: User, purpose: str) -> list[Stopped]:
    """A person's unfinished uploads, newest first."""
    rows = Upload.objects.filter(owner=user, purpose=purpose, file=None).order_by("-pk")[: uploads.MAX_OPEN]
    return [_stopped(row) for row in rows]


def _stopped(row: Upload) -> Stopped:
    sizes = {"sent": size(row.offset_bytes), "all": size(row.length_bytes)}
    percent = 100 * row.offset_bytes // row.length_bytes if row.length_bytes else 0
    return Stopped(
        row, percent, _("at %(sent)s of %(all)s. Choose the same file again and it goes on from there.") % sizes
    )


def script_words() -> dict[str, str]:
    """What the upload script says, in the page's language. `{name}` and the like are filled in by the script."""
    return {
        "waiting": _("Waiting its turn"),
        "sending": _("Sending"),
        "paused": _("Paused"),
        "stopped": _("Stopped"),
        "failed": _("Not sent"),
        "sent": _("Sent"),
        "sentNote": _("It is being stored now."),
        "progress": _("{sent} of {all}"),
        "left": _("{time} left"),
        "seconds": _("{count} s"),
        "minutes": _("{count} min"),
        "hours": _("{count} h"),
        "pausedAt": _("at {sent} of {all}. It goes on from there."),
        "offline": _("at {sent} of {all}. The connection dropped; it goes on from there by itself."),
        "busy": _("Another window is sending this file. It goes on here when that one stops."),
        "gaveUp": _("at {sent} of {all}. The server did not answer. Try again when the connection is better."),
        "signedOut": _("You are signed out. Sign in again and choose the same file; it goes on from there."),
        "tooBig": _("{size} is too big; a file may have {limit}. Make it smaller or send it in parts."),
        "otherFile": _("That is another file, or it was changed. Choose “{name}” as it was, or cancel this upload."),
        "unreadable": _("The file cannot be read any more. It may have been moved or changed."),
        "saidStarted": _("Sending {name}"),
        "saidSent": _("{name} was sent"),
        "saidStopped": _("{name} stopped"),
        "units": _("bytes KB MB GB TB"),
    }


def trash_context(user: User, *, at_most: int = PAGE_ROWS) -> dict[str, Any]:
    """The newest of a person's trash and how many there are in all."""
    trash = StoredFile.objects.for_user(user).in_trash().order_by("-trashed_at", "-pk")
    return {"trash": trash[:at_most], "trash_count": trash.count(), "trash_shown": at_most}
