"""The roll of a batch as a file: students read from CSV or XLSX, all of them or none, and the roll written out.

A file names each student by admission number or e-mail address, with the first day if it is not today. It enrols
those who are in the list of people already, and makes nobody. The same file again finds all of them in the batch.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity, import_files, import_values
from accounts.import_columns import SPELLINGS, Column, plain
from accounts.import_tables import Line, Unreadable
from accounts.models import Role, User
from batches import enrolments, seats
from batches.models import Batch, Enrolment
from coaching.lib.drafts import Drafts
from coaching.lib.errors import DomainError
from coaching.lib.text import composed
from coaching.templatetags.figures import grouped

AT_MOST = 2_000
CHUNK_ROWS = 500
_DRAFTS = Drafts("roll", "roll-draft")
_JOINED = frozenset(
    {"joined", "joined on", "joining date", "date of joining", "from", "since", "first day", "date", "doj"}
    | {plain(word) for word in ("प्रवेश तिथि", "शामिल", "जुड़े", "से", "पहला दिन", "दिनांक")}
)


class RollRefused(DomainError):
    """The file as it stands is not taken in. The message says why."""

    code = "roll_refused"


class Fate(models.TextChoices):
    """What a row of a file would do."""

    ADD = "ADD", gettext_lazy("Joins")
    IN = "IN", gettext_lazy("In already")
    BAD = "BAD", gettext_lazy("Does not fit")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its line, what it says, and what it would do; `note` says why it does not fit."""

    line: int
    typed: str
    fate: Fate
    student: User | None = None
    joined_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """All rows of a file with their fates, and titles of columns that are not looked at."""

    rows: Sequence[Row]
    unknown: Sequence[str] = ()
    left: int | None = None

    def of(self, fate: Fate) -> list[Row]:
        return [row for row in self.rows if row.fate == fate]

    @cached_property
    def counts(self) -> Mapping[Fate, int]:
        return Counter(row.fate for row in self.rows)

    @property
    def added(self) -> int:
        return self.counts.get(Fate.ADD, 0)

    @property
    def bad(self) -> int:
        return self.counts.get(Fate.BAD, 0)

    @property
    def lacks_seats(self) -> int:
        """How many seats are missing."""
        return max(0, self.added - self.left) if self.left is not None else 0

    @property
    def fingerprint(self) -> str:
        """The same as long as the same rows would do the same."""
        told = [[row.line, row.fate, row.student.pk if row.student else 0, str(row.joined_on)] for row in self.rows]
        return sha256(json.dumps(told).encode()).hexdigest()[:16]


# --- Reading ----------------------------------------------------------------------------------------------------------


def plan_roll(batch: Batch, content: bytes, *, now: datetime) -> Plan:
    """What the file would do; nothing is written. Raises: Unreadable."""
    table = import_files.read(content, is_title=lambda title: _meaning(title) != "")
    if len(table.lines) > AT_MOST:
        words = {"count": grouped(AT_MOST)}
        raise Unreadable(_("The file has more than %(count)s rows. Divide it into several files.") % words)
    places = _places(table.header)
    cells = [(line, _cells(line, places)) for line in table.lines]
    known = _people(cells)
    stays = _stays(batch, {person.pk for person in known.values()})
    rows: list[Row] = []
    seen: dict[int, int] = {}
    for line, typed in cells:
        row = _row(batch, line, typed, known=known, stays=stays, now=now)
        student = row.student if row.fate != Fate.BAD else None
        if student is not None and student.pk in seen:
            note = _("Stands in line %(line)s already.") % {"line": seen[student.pk]}
            row = Row(row.line, row.typed, Fate.BAD, student, note=note)
        elif student is not None:
            seen[student.pk] = row.line
        rows.append(row)
    unknown = [title for title in table.header if title and not _meaning(title)]
    return Plan(rows, unknown, left=seats.free(batch, now=now))


def _meaning(title: str) -> str:
    """A column by any spelling in English or Hindi; "" for one that is not looked at."""
    key = plain(title)
    if key in _JOINED:
        return "joined"
    own: dict[str, Column] = {plain(str(column.label)): column for column in Column}
    column = own.get(key) or SPELLINGS.get(key, (None, ""))[0]
    return str(column.value) if column in {Column.NUMBER, Column.EMAIL, Column.NAME} else ""


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises: Unreadable."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        meaning = _meaning(title)
        if meaning in places:
            words = {"one": header[places[meaning]], "other": title}
            raise Unreadable(_("“%(one)s” and “%(other)s” both stand for the same. Keep one of them.") % words)
        if meaning:
            places[meaning] = place
    if Column.NUMBER.value not in places and Column.EMAIL.value not in places:
        raise Unreadable(
            _("No column has the title “Admission number” or “E-mail address”. The first row must hold the titles.")
        )
    return places


def _cells(line: Line, places: Mapping[str, int]) -> dict[str, str]:
    return {
        name: composed(line.cells[place]).replace("\0", "") if place < len(line.cells) else ""
        for name, place in places.items()
    }


def _people(cells: Sequence[tuple[Line, Mapping[str, str]]]) -> dict[str, User]:
    """Everybody the file names, by admission number and e-mail address in small letters."""
    columns = (Column.NUMBER.value, Column.EMAIL.value)
    wanted = {typed[name].lower() for _line, typed in cells for name in columns if typed.get(name)}
    keyed = User.objects.annotate(number_key=Lower("admission_number"), email_key=Lower("email"))
    found = keyed.filter(Q(number_key__in=wanted) | Q(email_key__in=wanted)).order_by()
    return {key.lower(): one for one in found for key in (one.admission_number, one.email) if key}


def _stays(batch: Batch, people: set[int]) -> dict[int, list[datetime | None]]:
    """When the stays of these people in the batch end."""
    rows = Enrolment.objects.filter(batch=batch, student__in=people).values_list("student", "left_at")
    stays: dict[int, list[datetime | None]] = {}
    for student, left_at in rows:
        stays.setdefault(student, []).append(left_at)
    return stays


def _row(
    batch: Batch,
    line: Line,
    typed: Mapping[str, str],
    *,
    known: Mapping[str, User],
    stays: Mapping[int, list[datetime | None]],
    now: datetime,
) -> Row:
    number, email = typed.get(Column.NUMBER.value, ""), typed.get(Column.EMAIL.value, "")
    shown = (number or email or typed.get(Column.NAME.value, ""))[:80]
    people = {one.pk: one for one in (known.get(key.lower()) for key in (number, email) if key) if one}
    student = next(iter(people.values()), None)
    problem = line.problem or _problem(number, email, people)
    joined_on: date | None = None
    if not problem and typed.get("joined"):
        try:
            joined_on = import_values.birth_date(typed["joined"], today=batch.ends_on)
        except import_values.NotThat as error:
            problem = error.message
    if joined_on and not problem and joined_on < batch.starts_on - enrolments.EARLIEST:
        problem = _("This day is long before the batch begins. Look at the year.")
    if problem or student is None:
        return Row(line.number, shown, Fate.BAD, student, note=problem)
    joined_at = enrolments.beginning_of(joined_on, now=now)
    is_in = any(left_at is None or left_at > joined_at for left_at in stays.get(student.pk, ()))
    return Row(line.number, shown, Fate.IN if is_in else Fate.ADD, student, joined_on)


def _problem(number: str, email: str, people: Mapping[int, User]) -> str:
    """Why a row names no student who can be enrolled, "" when it does."""
    if not number and not email:
        return _("Neither an admission number nor an e-mail address stands here.")
    if not people:
        return _("Nobody is known by that. Add the person to the list of people first.")
    if len(people) > 1:
        return _("This e-mail address and this admission number belong to two people.")
    [one] = people.values()
    if one.role != Role.STUDENT:
        return _("%(name)s is no student. Only students are enrolled.") % {"name": one.name}
    if not one.is_active:
        return _("The account of %(name)s is closed. Open it in the list of people first.") % {"name": one.name}
    return ""


# --- Taking in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_in(
    batch: Batch, content: bytes, *, shown: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> int:
    """Enrol everybody the file names, or nobody; returns how many joined. `shown`: the fingerprint somebody looked at.

    The same click again joins nobody. Raises: RollRefused, and what enrolling raises.
    """
    locked = seats.locked(batch.pk)[batch.pk]
    plan = plan_roll(locked, content, now=now)
    if plan.bad:
        raise RollRefused(_("Some rows do not fit. Put them right in the file, then choose it again."))
    if not plan.added:
        return 0
    if plan.fingerprint != shown:
        raise RollRefused(_("Somebody changed students of this batch in the meantime. Look at the rows again."))
    given = [(row.student, enrolments.beginning_of(row.joined_on, now=now)) for row in plan.of(Fate.ADD) if row.student]
    source = Enrolment.Source.FILE
    done = enrolments.enrol_each(locked, given=given, actor=actor, source=source, now=now, request=request)
    count = len(done.added)
    activity.record("enrolment.imported", actor=actor, on=locked, request=request, name=locked.name, students=count)
    return count


def keep_draft(batch: Batch, content: bytes, *, actor: User) -> uuid.UUID:
    """Keep a file between looking at its rows and taking them in, for this admin and this batch only."""
    return _DRAFTS.keep(content, owners=(batch.uuid, actor.uuid))


def load_draft(number: uuid.UUID, batch: Batch, *, actor: User) -> bytes | None:
    """The file, None when it is not there any more, another admin's or another batch's."""
    return _DRAFTS.load(number, owners=(batch.uuid, actor.uuid))


# --- Writing out ------------------------------------------------------------------------------------------------------


def header() -> list[str]:
    return [
        str(Column.NUMBER.label),
        str(Column.NAME.label),
        str(Column.EMAIL.label),
        _("Joined"),
        _("Last day"),
        _("How"),
    ]


def cells(batch: Batch) -> Iterator[list[Any]]:
    """Everybody who is or was in the batch, a chunk at a time, so that no query stays open during a slow download."""
    last, rows = 0, Enrolment.objects.filter(batch=batch).select_related("student").order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK_ROWS]):
        for one in chunk:
            left, who = enrolments.last_day(one), one.student
            joined = timezone.localdate(one.joined_at).isoformat()
            how = Enrolment.Source(one.source).label
            yield [who.admission_number, who.name, who.email, joined, left.isoformat() if left else "", how]
        last = chunk[-1].pk
