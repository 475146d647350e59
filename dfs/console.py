"""The read side of the console: the pool and the files, in words, for a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Role
from coaching.templatetags.figures import grouped
from dfs import consent, standing
from dfs.console_queue import JOB_TONES
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from dfs.repair import is_reduced
from dfs.standing import Standing, Summary

FILE_ROWS = 10
NEARLY_FULL = 0.95
AREAS: dict[str, Promise] = {StoredFile.CONSOLE: gettext_lazy("console"), StoredFile.MINE: gettext_lazy("own files")}
DRIVE_STATES: dict[str, str] = {
    DriveAccount.State.ACTIVE: "ok",
    DriveAccount.State.FULL: "due",
    DriveAccount.State.PAUSED: "off",
    DriveAccount.State.DRAINING: "run",
    DriveAccount.State.SUSPECT: "due",
    DriveAccount.State.NEEDS_REAUTH: "bad",
    DriveAccount.State.LOST: "bad",
}


# --- The pool ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DriveRow:
    """A Drive of the pool. `is_silent` when it does not answer: what is free there is unknown."""

    drive: DriveAccount
    name: str
    under: str
    tone: str
    word: str
    percent: int
    pieces: int
    is_silent: bool
    verbs: list[tuple[str, str]]


def pool_rows() -> list[DriveRow]:
    """Every Drive with its owner and how many pieces lie there, those in trouble first."""
    held = Chunk.objects.filter(account=OuterRef("pk"), state__in=Chunk.LIVE).order_by().values("account")
    pieces = Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0)
    drives = DriveAccount.objects.select_related("owner").annotate(pieces=pieces)
    rows = [_drive_row(drive) for drive in drives]
    order = {"bad": 0, "due": 1, "run": 2, "off": 3, "ok": 4}
    return sorted(rows, key=lambda row: order[row.tone])


def _drive_row(drive: DriveAccount) -> DriveRow:
    tone, word = DRIVE_STATES[drive.state], str(drive.get_state_display())
    if drive.state == DriveAccount.State.ACTIVE and drive.used_bytes > drive.cap_bytes * NEARLY_FULL:
        tone, word = "due", _("Nearly full")
    if drive.leaving_at is not None and drive.state == DriveAccount.State.DRAINING:
        word = _("Its owner takes it back")
    owner = drive.owner
    return DriveRow(
        drive=drive,
        name=owner.name if owner else drive.label,
        under=" · ".join([str(Role(owner.role).label), drive.label]) if owner else str(drive.get_kind_display()),
        tone=tone,
        word=word,
        percent=min(100, 100 * drive.used_bytes // drive.cap_bytes) if drive.cap_bytes else 100,
        pieces=drive.pieces,  # type: ignore[attr-defined]  # annotated above
        is_silent=drive.state in standing.SILENT,
        verbs=_verbs(drive.state) if drive.leaving_at is None else [],  # the owner's word stands: see dfs.lending
    )


def _verbs(state: str) -> list[tuple[str, str]]:
    """What can be done with a Drive in this state: (verb of the address, its word)."""
    states = DriveAccount.State
    if state in standing.SILENT:
        return [("resume", _("Ask again"))]
    if state == states.PAUSED:
        return [("resume", _("Resume")), ("drain", _("Drain"))]
    if state == states.DRAINING:
        return [("resume", _("Stop draining"))]
    return [("pause", _("Pause")), ("drain", _("Drain"))]


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool in figures; the sentence and the banner say only what they support."""

    rows: list[DriveRow]
    summary: Summary

    @property
    def drives(self) -> list[DriveAccount]:
        return [row.drive for row in self.rows]

    @property
    def cap_bytes(self) -> int:
        return sum(drive.cap_bytes for drive in self.drives)

    @property
    def used_bytes(self) -> int:
        return sum(drive.used_bytes for drive in self.drives)

    @property
    def answering(self) -> list[DriveAccount]:
        return [row.drive for row in self.rows if not row.is_silent]

    @property
    def silent(self) -> list[DriveRow]:
        """Drives that do not answer, whether anything is still wanted from them or not."""
        return [row for row in self.rows if row.is_silent]

    @property
    def owners(self) -> int:
        """Owners whose Drives answer."""
        return len({(drive.kind, drive.owner_key) for drive in self.answering})

    @property
    def promise(self) -> str:
        """How many of the Drives are enough to read everything; nothing when that cannot be said of each file."""
        margin, there = self.summary.margin, len(self.answering)
        if margin is None or margin < 1 or there != self.owners or there <= margin:
            return ""
        words = {"enough": there - margin, "all": there}
        if there == len(self.rows):
            return _("Any %(enough)d of the %(all)d are enough to read everything.") % words
        return _("Any %(enough)d of the %(all)d that answer are enough to read everything.") % words

    @property
    def trouble(self) -> "Trouble | None":
        """The one thing to know first."""
        if not self.rows:
            return Trouble("bad", _("No Drive is lent yet."), _("Nothing can be stored. Lend the first one with: manage.py dfs add-local NAME"))  # fmt: skip  # noqa: E501
        if self.silent:
            names = ", ".join(row.name for row in self.silent[:3])
            title = ngettext(
                "%(count)d Drive is not answering:", "%(count)d Drives are not answering:", len(self.silent)
            )
            title = (title % {"count": len(self.silent)}) + f" {names}."
            text, tone = self._what_it_means(), "bad" if self.summary.lost else "due"
            if self.owners < 2:
                alone = _("Only one owner is left, or none: lend Drives of other people.")
                text, tone = f"{text} {alone}", "bad"
            if any(row.drive.ended_young for row in self.silent):
                text = f"{text} {consent.IN_TESTING}"
            return Trouble(tone, title, text, self.summary.short > 0)
        if self.owners < 2:
            text = _(
                "Both copies of every file lie with the same owner, and what describes the files lies there once: "
                "if it goes, everything is gone. Lend Drives of other people."
            )
            return Trouble("bad", _("Only one owner lends a Drive."), text)
        if self.summary.short:
            tone = "bad" if self.summary.lost else "due"
            return Trouble(tone, _("Some files miss pieces."), self._what_it_means(), is_healable=True)
        return None

    def _what_it_means(self) -> str:
        all_of = self.summary
        if all_of.lost:
            text = ngettext(
                "%(count)s file cannot be read until a Drive returns.",
                "%(count)s files cannot be read until a Drive returns.",
                all_of.lost,
            )
            return text % {"count": grouped(all_of.lost)}
        if all_of.at_risk:
            text = ngettext(
                "%(count)s file has no spare left: with one more Drive gone it cannot be read.",
                "%(count)s files have no spare left: with one more Drive gone they cannot be read.",
                all_of.at_risk,
            )
            return text % {"count": grouped(all_of.at_risk)}
        if not all_of.short:
            return _("No file is at risk: all are whole on the other Drives.")
        return _("No file is at risk: %(short)s of %(files)s have fewer pieces and read as usual.") % {
            "short": grouped(all_of.short),
            "files": grouped(all_of.files),
        }


@dataclass(frozen=True, slots=True)
class Trouble:
    """A banner. `is_healable` when rebuilding now would do something."""

    tone: str
    title: str
    text: str
    is_healable: bool = False


# --- Files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of any area. `cells` draws its weakest stripe; only the console's own can be opened or deleted here."""

    file: StoredFile
    whose: str
    area: str
    cells: list[str]
    label: str
    tone: str
    word: str
    note: str
    is_ours: bool


FILTERS = ("all", "risk", "healing")


def found_files(words: str, show: str, area: str) -> QuerySet[StoredFile]:
    """Files of every area that are not in the trash, newest first, narrowed down."""
    files = StoredFile.objects.live().select_related("owner")
    for word in words.split():
        files = files.filter(Q(name__icontains=word) | Q(owner__name__icontains=word))
    if area:
        files = files.of(area)
    if show == "risk":
        files = files.filter(pk__in=standing.weak(0).values("pk"))
    if show == "healing":
        files = files.filter(jobs__kind=Job.Kind.REPAIR, jobs__state__in=Job.OPEN)
    return files


def file_page(words: str, show: str, area: str, number: str | None) -> Page[StoredFile]:
    return Paginator(found_files(words, show, area), FILE_ROWS).get_page(number)


def file_rows(files: Iterable[StoredFile]) -> list[FileRow]:
    """The files with their standing: three queries for all of them."""
    shown = list(files)
    known = standing.standings(shown)
    jobs = Job.objects.filter(file__in=shown, kind__in=(Job.Kind.DISTRIBUTE, Job.Kind.REPAIR)).order_by("pk")
    newest = {(job.file_id, job.kind): job for job in jobs.exclude(state=Job.State.COMPLETE)}
    owners = DriveAccount.objects.values("kind", "owner_key").distinct().count()
    return [_file_row(file, known.get(file.pk), newest, owners) for file in shown]


def _file_row(file: StoredFile, found: Standing | None, newest: dict[tuple[int, str], Job], owners: int) -> FileRow:
    repair = newest.get((file.pk, Job.Kind.REPAIR))
    is_healing = repair is not None and repair.state in Job.OPEN
    cells = _cells(found, is_healing=is_healing) if found else []
    there = sum(cell in {"data", "par"} for cell in cells)
    if file.state == StoredFile.State.STAGED:
        tone, word, note = _staged(newest.get((file.pk, Job.Kind.DISTRIBUTE)))
    else:
        tone, word, note = _stored(found, repair if is_healing else None)
        if tone == "ok" and is_reduced(file, owners):
            tone, word = "due", _("Reduced, spare %(count)d") % {"count": found.spare if found else 0}
    return FileRow(
        file=file,
        whose=str(file.owner or ""),
        area=str(AREAS.get(file.purpose, file.purpose)),
        cells=cells,
        label=_("%(there)d of %(all)d pieces") % {"there": there, "all": len(cells)},
        tone=tone,
        word=word,
        note=note,
        is_ours=file.purpose == StoredFile.CONSOLE,
    )


def _cells(found: Standing, *, is_healing: bool) -> list[str]:
    gone = "heal" if is_healing else "miss"
    data, parity = min(found.data, found.need), min(found.parity, found.wanted_parity)
    return (
        ["data"] * data + [gone] * (found.need - data) + ["par"] * parity + [gone] * (found.wanted_parity - parity)
    )  # fmt: skip


def _staged(job: Job | None) -> tuple[str, str, str]:
    if job is None:
        return "off", _("Being stored"), ""
    if job.state == Job.State.RUNNING:
        return "run", _("Being stored"), f"{job.percent} %"
    return JOB_TONES[job.state], str(job.get_state_display()), job.reason


def _stored(found: Standing | None, repair: Job | None) -> tuple[str, str, str]:
    if found is None or found.spare < 0:
        return "bad", _("Missing"), repair.reason if repair else ""
    if repair is not None:
        is_stuck = repair.state == Job.State.WAITING
        return ("due", _("Waiting"), repair.reason) if is_stuck else ("run", _("Healing"), "")
    if found.spare == 0:
        return "bad", _("No spare"), ""
    word = _("Spare %(count)d") % {"count": found.spare}
    return ("due" if found.is_short else "ok"), word, ""


def area_choices(area: str) -> list[tuple[str, str, int, bool]]:
    """(area, its word, files, whether it is chosen) for every area that has files; one query."""
    counted = StoredFile.objects.live().order_by("purpose").values_list("purpose").annotate(count=Count("pk"))
    return [(name, str(AREAS.get(name, name)), count, name == area) for name, count in counted]
