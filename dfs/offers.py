"""What the store offers to the composed pages: a person's own files and Drives, the pool, and what needs somebody."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from coaching.lib.clock import clock_text, day_text, moment_text
from coaching.lib.counts import Of, Sets, counted_once
from coaching.lib.offers import Empty, Figure, Line, Panel, Todo
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped, size
from dfs.console import DRIVE_STATES
from dfs.models import DriveAccount, Job, StoredFile
from dfs.operator import is_worker_heard

NEWEST = 5
SAID = ("uuid", "name", "size_bytes", "state", "created_at")
NAMED = 3
"""So many of a kind are named one by one; more become one row."""
FILE_TONES = {StoredFile.State.STORED: "ok"}
TONES = ("bad", "due", "run", "ok", "off")
_State = DriveAccount.State


# --- One's own --------------------------------------------------------------------------------------------------------


def panel(person: User, *, now: datetime) -> Panel:
    """The newest of a person's own files, and how many there are in all."""
    totals = _own_totals(owner=person.pk)
    counted = {"count": grouped(totals["count"]), "size": size(totals["size"])}
    return Panel(
        key="files",
        title=_("My files"),
        url=reverse("dfs:file_list"),
        link=_("All %(count)s, %(size)s") % counted if totals["count"] else "",
        lines=tuple(_file_line(file) for file in _newest(owner=person.pk)) if totals["count"] else (),
        empty=Empty(
            title=_("You have no files here yet"),
            text=_("Put your notes or papers here and open them on any phone or computer where you sign in."),
            url=reverse("dfs:file_list"),
            label=_("Upload your first file"),
            drawn="upload",
        ),
    )


@counted_once
def _own_totals(*, owner: int) -> Sets:
    files = StoredFile.objects.for_user(User(pk=owner)).live()
    return {"count": files, "size": Of(files, Sum("size_bytes"))}


@written_once
def _newest(*, owner: int) -> QuerySet[StoredFile]:
    return StoredFile.objects.for_user(User(pk=owner)).live().only(*SAID)[:NEWEST]


def _file_line(file: StoredFile) -> Line:
    is_stored = file.state == StoredFile.State.STORED
    return Line(
        label=file.name,
        url=reverse("dfs:file_download", args=[file.uuid]) if is_stored else reverse("dfs:file_list"),
        meta=size(file.size_bytes),
        at=file.created_at,
        tone=FILE_TONES.get(StoredFile.State(file.state), "run"),
        word=str(file.get_state_display()),
    )


def drive_panel(person: User, *, now: datetime) -> Panel:
    """The Drives a person lent, those that need him first: how each stands, and how much of it is used."""
    drives = sorted(_lent_by(person), key=lambda drive: TONES.index(DRIVE_STATES[drive.state]))
    return Panel(
        key="drives",
        title=_("My Drives"),
        url=reverse("dfs:drive_list"),
        link=_("All"),
        lines=tuple(_drive_line(drive) for drive in drives[:NAMED]),
        empty=Empty(
            title=_("You lend no Drive yet"),
            text=_("A few GB of your Drive keep sealed pieces of the institute’s files. Nobody can read them there."),
            url=reverse("dfs:drive_list"),
            label=_("Open My Drives"),
            drawn="hard-drive",
        ),
    )


def _lent_by(person: User) -> list[DriveAccount]:
    """His Drives by label, asked once for this object, which is fetched with each request."""
    known: list[DriveAccount] | None = vars(person).get("_lent")
    if known is None:
        known = vars(person)["_lent"] = _lent(owner=person.pk)
    return known


@written_once
def _lent(*, owner: int) -> QuerySet[DriveAccount]:
    return DriveAccount.objects.for_user(User(pk=owner)).order_by("label")


def _drive_line(drive: DriveAccount) -> Line:
    used = {"used": size(drive.used_bytes), "cap": size(drive.cap_bytes)}
    return Line(
        label=drive.label,
        url=reverse("dfs:drive_list"),
        meta=_("%(used)s of %(cap)s used") % used,
        tone=DRIVE_STATES[drive.state],
        word=str(drive.get_state_display()),
        percent=min(100, 100 * drive.used_bytes // drive.cap_bytes) if drive.cap_bytes else 100,
    )


# --- The office's -----------------------------------------------------------------------------------------------------


def office(admin: User, *, now: datetime) -> Panel:
    """What is stored, and whether queue, pool and worker are well."""
    pool = _pool_for(admin)
    return Panel(
        key="store",
        title=_("System"),
        url=reverse("dfs:console"),
        link=_("Console"),
        figures=(
            Figure(
                label=_("Space used"),
                value=size(pool["used"]),
                small=_("of %(cap)s") % {"cap": size(pool["cap"])} if pool["cap"] else "",
                percent=min(100, 100 * pool["used"] // pool["cap"]) if pool["cap"] else None,
                note=_("%(count)s files, %(size)s") % {"count": grouped(pool["files"]), "size": size(pool["size"])},
                url=reverse("dfs:console"),
            ),
        ),
        lines=(_queue_line(pool, now), _drives_line(pool), *([_room_line(pool)] if pool["drives"] else [])),
    )


def _pool_for(admin: User) -> dict[str, Any]:
    """How the store stands, asked once for this object: figures and what waits are of one moment."""
    known: dict[str, Any] | None = vars(admin).get("_pool")
    if known is None:
        known = vars(admin)["_pool"] = _pool()
    return known


@counted_once
def _pool() -> Sets:
    files, drives, jobs = StoredFile.objects.live(), DriveAccount.objects.all(), Job.objects.open()
    return {
        "files": files,
        "size": Of(files, Sum("size_bytes")),
        "drives": drives,
        "healthy": drives.filter(state=_State.ACTIVE),
        "cap": Of(drives, Sum("cap_bytes", default=0)),
        "used": Of(drives, Sum("used_bytes", default=0)),
        "open": jobs,
        "oldest": Of(jobs, Min("created_at")),
        "failed": _failed(),
    }


def _failed() -> QuerySet[Job]:
    """And not taken off the list."""
    return Job.objects.filter(state=Job.State.FAILED, cleared_at=None)


def _queue_line(pool: dict[str, Any], now: datetime) -> Line:
    count, url = pool["open"], reverse("dfs:console")
    if not count:
        label = _("Nothing waits in the queue")
    else:
        words = ngettext("%(count)s job in the queue", "%(count)s jobs in the queue", count)
        label = words % {"count": grouped(count)}
    if not is_worker_heard():
        tone = "bad" if count else "due"
        return Line(
            label=label, url=url, meta=_("No worker answers. Start one, else files stay in the spool."), tone=tone
        )
    oldest = _("Oldest since %(when)s") % {"when": _when(pool["oldest"], now)} if count else _("A worker answers.")
    return Line(label=label, url=url, meta=oldest, tone="run" if count else "ok")


def _when(at: datetime, now: datetime) -> str:
    return clock_text(at) if day_text(at, now) == day_text(now, now) else moment_text(at)


def _drives_line(pool: dict[str, Any]) -> Line:
    """Healthy Drives of all."""
    count, healthy = pool["drives"], pool["healthy"]
    tone = "bad" if not count else "due" if healthy < count else "ok"
    label = _("Healthy Drives: %(healthy)s of %(count)s") % {"healthy": grouped(healthy), "count": grouped(count)}
    meta = _("Files wait here until one is lent.") if not count else _("Look at the others") if healthy < count else ""
    return Line(label=label, url=reverse("dfs:console"), meta=meta, tone=tone)


def _room_line(pool: dict[str, Any]) -> Line:
    left = max(0, pool["cap"] - pool["used"])
    is_short = left * 10 < pool["cap"] or not left
    label = _("%(size)s of storage left") % {"size": size(left)}
    meta = _("Ask somebody to lend more.") if is_short else ""
    return Line(label=label, url=reverse("dfs:console"), meta=meta, tone="due" if is_short else "ok")


# --- What waits -------------------------------------------------------------------------------------------------------


def todo(person: User, *, now: datetime) -> list[Todo]:
    """One's own Drives that need a sign-in; for an admin also every Drive and job that needs somebody."""
    if person.is_admin:
        return list(_office(person))
    waiting = [drive for drive in _lent_by(person) if drive.state == _State.NEEDS_REAUTH and drive.leaving_at is None]
    return [_sign_in(drive) for drive in waiting[:NAMED]]


def _sign_in(drive: DriveAccount) -> Todo:
    label, said = _("Your Drive %(drive)s needs you") % {"drive": drive.label}, _("Google does not let us in any more.")
    url, action = reverse("dfs:drive_list"), _("Sign in")
    return Todo("drive.sign_in", label, url, action, area="files", drawn="hard-drive", meta=said, tone="bad")


def _office(person: User) -> Iterator[Todo]:
    """What waits for any admin: counted at once, and only what is there is fetched."""
    pool = _pool_for(person)
    if pool["failed"]:
        yield from _failed_jobs(list(_failed().select_related("file")[:NAMED]), pool["failed"])
    if not pool["drives"]:
        label, url = _("No Drive is lent yet"), reverse("dfs:console")
        said = _("Five Drives of five people keep every file safe when two are lost.")
        yield Todo("drive.none", label, url, _("Look"), area="files", drawn="hard-drive", meta=said, tone="due")
    elif pool["healthy"] < pool["drives"]:
        troubled = DriveAccount.objects.exclude(state=_State.ACTIVE).order_by("label")
        yield from _troubled_drives(person, list(troubled[:NAMED]), pool["drives"] - pool["healthy"])


def _troubled_drives(person: User, first: list[DriveAccount], count: int) -> Iterator[Todo]:
    """Those that do not take new pieces."""
    if count <= NAMED:
        yield from (_troubled(drive, person) for drive in first)
        return
    label, said = _("%(count)s Drives are not healthy") % {"count": grouped(count)}, ", ".join(map(str, first)) + "…"
    url = reverse("dfs:console")
    yield Todo("drive", label, url, _("Look"), area="files", drawn="hard-drive", meta=said, tone="bad")


def _troubled(drive: DriveAccount, person: User) -> Todo:
    if drive.state == _State.NEEDS_REAUTH and drive.owner_id == person.pk and drive.leaving_at is None:
        return _sign_in(drive)
    label = _("%(drive)s: %(state)s") % {"drive": drive.label, "state": drive.get_state_display()}
    checked = _("Last answered %(when)s") % {"when": moment_text(drive.checked_at)} if drive.checked_at else ""
    tone, said = DRIVE_STATES[drive.state], drive.state_reason or checked
    url = reverse("dfs:console")
    return Todo("drive", label, url, _("Look"), area="files", drawn="hard-drive", meta=said, tone=tone)


def _failed_jobs(failed: list[Job], count: int) -> Iterator[Todo]:
    """What failed and was not taken off the list."""
    url = reverse("dfs:console")
    if count > NAMED:
        label = _("%(count)s jobs failed") % {"count": grouped(count)}
        yield Todo("job", label, url, _("Look"), area="files", drawn="server", meta=failed[0].reason, tone="bad")
        return
    for job in failed:
        label = _("%(job)s failed: %(file)s") % {"job": job.get_kind_display(), "file": job.file.name}
        yield Todo("job", label, url, _("Look"), area="files", drawn="server", meta=job.reason, tone="bad")
