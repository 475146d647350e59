"""Who the rows of a file are: each other's twins, people who are here, guardians who are here or stand in the file."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.import_columns import Column
from accounts.import_rows import FIELDS, PlannedGuardian, Row
from accounts.import_values import same_phone
from accounts.models import Guardianship, Role, User

AT_A_TIME = 500


def find_twins(rows: Iterable[Row]) -> None:
    """An e-mail address or admission number that stands in the file twice: the later row does not fit."""
    seen: dict[tuple[Column, str], int] = {}
    for row in rows:
        for column, key in ((Column.EMAIL, row.values.get("email")), (Column.NUMBER, _number_of(row))):
            if key and (column, key) in seen:
                row.refuse(column, _("Line %(line)s has the same one.") % {"line": seen[column, key]})
            elif key:
                seen[column, key] = row.line


def find_people(rows: Iterable[Row]) -> None:
    """Who is here already, by e-mail address or admission number, and what the row would change about him."""
    sound = [row for row in rows if not row.problems]
    by_email = _people("email", {row.values["email"] for row in sound})
    by_number = _people("admission_number", {row.values["admission_number"] for row in sound})
    lines: dict[int, int] = {}
    for row in sound:
        found = {by_email.get(row.values["email"]), by_number.get(_number_of(row))} - {None}
        if len(found) > 1:
            row.refuse(Column.NUMBER, _("This e-mail address and this admission number belong to two people."))
        elif found:
            _know(row, found.pop(), lines)
        elif not row.values["name"]:
            row.refuse(Column.NAME, _("Write the name."))


def find_guardians(rows: Iterable[Row], *, adds_people: bool) -> None:
    """Whom the guardians' columns mean: somebody here, somebody else's row, or one new person for all his children."""
    sound = [row for row in rows if row.guardian and not row.problems]
    own = {row.values["email"]: row for row in rows if row.values.get("email") and not row.problems}
    bad_lines = {row.texts.get(Column.EMAIL, "").lower(): row.line for row in rows if row.problems}
    known = _people("email", {row.guardian.email for row in sound if row.guardian})
    by_phone = _guardians_by_phone([row.guardian for row in sound if row.guardian])
    new: dict[str, tuple[int, PlannedGuardian]] = {}
    for row in sound:
        guardian: PlannedGuardian = row.guardian  # type: ignore[assignment]
        if not guardian.email:
            _find_by_phone(row, guardian, by_phone, new)
        elif guardian.email in known:
            _meet(row, guardian, known[guardian.email])
        elif guardian.email in own:
            _meet_row(row, guardian, own[guardian.email])
        elif guardian.email in bad_lines:
            guardian.line = bad_lines[guardian.email]
        elif not adds_people:
            _leave_out(row, _("The guardian is not here yet."))
        else:
            _name_new(row, guardian, new)
    _find_links(sound)


def _know(row: Row, person: User | None, lines: dict[int, int]) -> None:
    """The row is about this person; `lines` says which others were about whom."""
    if person is None:
        return
    row.person = person
    line = lines.setdefault(person.pk, row.line)
    if line != row.line:
        row.refuse(None, _("Line %(line)s is about the same person.") % {"line": line})
        return
    if person.role != row.role:
        words = {"name": person.name, "role": Role(person.role).label}
        row.refuse(Column.ROLE, _("%(name)s is entered with another role: %(role)s.") % words)
        return
    if not person.is_active:
        row.notes.append(_("The account of %(name)s is closed, and stays so.") % {"name": person.name})
    for column in FIELDS:
        old, new = getattr(person, column.value), row.values[column.value]
        if new and new != old:
            row.changes[column.value] = (old, new)


def _meet(row: Row, guardian: PlannedGuardian, person: User) -> None:
    """The guardian is somebody who is here; his name stays as it is."""
    if not person.is_active:
        row.refuse(Column.GUARDIAN_EMAIL, _("%(name)s is deactivated. Let him in again first.") % {"name": person.name})
        return
    if person == row.person:
        row.refuse(Column.GUARDIAN_EMAIL, _("Nobody is his own guardian."))
        return
    if person.is_minor(on=timezone.localdate()):
        words = {"name": person.name}
        row.refuse(Column.GUARDIAN_EMAIL, _("%(name)s is not 18 yet and cannot be a guardian.") % words)
        return
    if guardian.name and _same(guardian.name) != _same(person.name):
        row.notes.append(_("The guardian is here as %(name)s.") % {"name": person.name})
    guardian.person = person


def _meet_row(row: Row, guardian: PlannedGuardian, own: Row) -> None:
    """The guardian is somebody who has a row of his own in the file."""
    if User(date_of_birth=own.values["date_of_birth"]).is_minor(on=timezone.localdate()):
        words = {"name": own.name}
        row.refuse(Column.GUARDIAN_EMAIL, _("%(name)s is not 18 yet and cannot be a guardian.") % words)
        return
    guardian.line = own.line


def _name_new(row: Row, guardian: PlannedGuardian, new: dict[str, tuple[int, PlannedGuardian]]) -> None:
    """The first row that names him adds him; others must call him the same."""
    line, first = new.setdefault(guardian.email, (row.line, guardian))
    if not guardian.name and first is guardian:
        del new[guardian.email]
        row.refuse(Column.GUARDIAN_NAME, _("Write the guardian's name."))
    elif guardian.name and _same(guardian.name) != _same(first.name):
        words = {"line": line, "name": first.name}
        row.refuse(Column.GUARDIAN_NAME, _("Line %(line)s calls the guardian with this address %(name)s.") % words)
    else:
        guardian.name, guardian.phone, guardian.is_new = first.name, guardian.phone or first.phone, True


def _find_by_phone(
    row: Row,
    guardian: PlannedGuardian,
    by_phone: dict[tuple[str, str], User],
    new: dict[str, tuple[int, PlannedGuardian]],
) -> None:
    """Without an address only somebody who is known by name and phone can be meant; a new person needs an address."""
    key = (same_phone(guardian.phone), _same(guardian.name))
    if key in by_phone:
        guardian.person = by_phone[key]
        return
    for _line, other in new.values():
        if guardian.phone and (same_phone(other.phone), _same(other.name)) == key:
            guardian.email, guardian.is_new = other.email, True
            return
    _leave_out(
        row,
        _(
            "The guardian has no e-mail address, so he is not entered. "
            "A guardian link on the student's page serves him."
        ),
    )


def _leave_out(row: Row, note: str) -> None:
    row.guardian = None
    row.notes.append(note)


def _find_links(rows: Iterable[Row]) -> None:
    """Whether the student of each row gets a guardian he does not have yet."""
    people = [row.person.pk for row in rows if row.person]
    there: set[tuple[int, int]] = set()
    for some in _parts(people):
        there.update(Guardianship.objects.filter(student__in=some).values_list("guardian", "student"))
    for row in rows:
        guardian = row.guardian
        if guardian is None:
            continue
        is_there = guardian.person and row.person and (guardian.person.pk, row.person.pk) in there
        row.links_guardian = not is_there


def _people(name: str, keys: Collection[str | None]) -> dict[Any, User]:
    """People by this identity, in small letters. As it was typed, too: SQLite makes only A to Z small."""
    found: dict[Any, User] = {}
    for some in _parts(list({one for key in keys if key for one in (key, key.lower())})):
        people = User.objects.annotate(key=Lower(name)).filter(key__in=some)
        found.update((getattr(person, name).lower(), person) for person in people)
    return found


def _guardians_by_phone(wanted: Collection[PlannedGuardian]) -> dict[tuple[str, str], User]:
    if not any(guardian.phone and not guardian.email for guardian in wanted):
        return {}
    people = User.objects.active().filter(role=Role.GUARDIAN).exclude(phone="")
    return {(same_phone(person.phone), _same(person.name)): person for person in people}


def _number_of(row: Row) -> str | None:
    number: str | None = row.values.get("admission_number")
    return number.lower() if number else None


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


def _parts(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), AT_A_TIME):
        yield keys[start : start + AT_A_TIME]
