"""Whom an invitation may be for: what is typed about people, one or a thousand at once, and what stands against it.

Nothing is written here. The constraints of the tables have the last word when two admins invite at the same moment.
"""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Grant, Invitation, Role, User
from coaching.lib.text import composed
from coaching.templatetags.figures import grouped

AT_MOST = 1_000
_JOINERS = frozenset("\u200c\u200d")
_NOT_SEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_NAME_CHARS = User._meta.get_field("name").max_length or 0
_NUMBER_CHARS = User._meta.get_field("admission_number").max_length or 0
_EMAIL_CHARS = User._meta.get_field("email").max_length or 0


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody as he was typed. `grants` are for staff; `students` are admission numbers whose guardian he is."""

    role: Role
    name: str = ""
    email: str = ""
    admission_number: str = ""
    grants: tuple[Grant.Kind, ...] = ()
    students: tuple[str, ...] = ()


@dataclass(slots=True)
class Checked:
    """An invitee, and `problem` in words ("" when he may be invited).

    `person` is who he is when he is entered already, `expired` are invitations of his that ran out unused.
    """

    invitee: Invitee
    problem: str = ""
    person: User | None = None
    students: list[User] = field(default_factory=list)
    expired: list[Invitation] = field(default_factory=list)


def read_lines(text: str, role: Role) -> list[tuple[int, Invitee]]:
    """People of one role with the number of their line: name, address or admission number, a guardian's students.

    Commas or, as pasted from a spreadsheet, tabs; empty lines count for nothing. At most AT_MOST + 1 are read.
    """
    found: list[tuple[int, Invitee]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and len(found) <= AT_MOST:
            found.append((number, _read(line, role)))
    return found


def _read(line: str, role: Role) -> Invitee:
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter="\t" if "\t" in line else ","))]
    name, identity, *students = [*cells, "", ""]
    is_email = "@" in identity
    return Invitee(
        role=role,
        name=name,
        email=identity if is_email else "",
        admission_number="" if is_email else identity,
        students=tuple(number for number in students if number),
    )


def check(invitees: Sequence[Invitee], *, now: datetime) -> list[Checked]:
    """What stands against inviting each of them, in as many queries for a thousand as for one."""
    rows = [Checked(_tidy(one)) for one in invitees]
    for row in rows:
        row.problem = _shape(row.invitee)
    _find_twins(rows)
    _find_people(rows)
    _find_students(rows)
    _find_invitations(rows, now=now)
    return rows


def too_many() -> str:
    """What is said to a longer list."""
    return _("At most %(count)s people at once. This list has more.") % {"count": grouped(AT_MOST)}


def name_problem(name: str) -> str:
    """What is wrong with a name, "" when nothing is. A line break in it could forge the header of a mail."""
    if not name:
        return _("Write the name.")
    if len(name) > _NAME_CHARS:
        return _("A name has at most %(count)s characters.") % {"count": _NAME_CHARS}
    if not is_one_line(name):
        return _("A name is one line of text.")
    return "" if any(sign.isalpha() for sign in name) else _("A name has letters.")


def number_problem(number: str) -> str:
    """What is wrong with an admission number, "" when nothing is. Signs nobody sees would make two numbers of one."""
    if len(number) > _NUMBER_CHARS or "@" in number or not is_one_line(number) or not _JOINERS.isdisjoint(number):
        return _("An admission number has at most %(count)s characters and no @ in it.") % {"count": _NUMBER_CHARS}
    return ""


def email_problem(email: str) -> str:
    """What is wrong with an address, "" when nothing is.

    Before the @ it is plain: databases differ on whether “ſ” is an “s”, and so on whose address that is.
    """
    try:
        validate_email(email)
    except ValidationError:
        return _("This is not an e-mail address.")
    is_plain = email.rpartition("@")[0].isascii() and len(email) <= _EMAIL_CHARS
    return "" if is_plain else _("This is not an e-mail address.")


def can_sign_in(person: User) -> bool:
    """Whether this person has a way to sign in, so that no invitation may give him another."""
    return person.has_usable_password() or SocialAccount.objects.filter(user=person).exists()


def _tidy(one: Invitee) -> Invitee:
    return replace(
        one,
        name=composed(one.name.strip()),
        email=composed(one.email.strip().lower()),
        admission_number=composed(one.admission_number.strip()),
    )


def is_one_line(text: str) -> bool:
    """No line break and nothing invisible but the joiners that Hindi is written with; no mark that turns text round."""
    return all(sign in _JOINERS or unicodedata.category(sign) not in _NOT_SEEN for sign in text)


def _shape(one: Invitee) -> str:
    """What can be said of one invitee without asking the database."""
    if one.students and one.role == Role.STUDENT:
        return _("A student is nobody's guardian. Leave the students' numbers out.")
    if one.grants and one.role != Role.STAFF:
        return _("Rights are given to staff only.")
    return _shape_of_identity(one) or (name_problem(one.name) if one.name else "")


def _shape_of_identity(one: Invitee) -> str:
    number = one.admission_number
    if not one.email and not number:
        return _("Give an e-mail address; a student may have an admission number instead.")
    if number and one.role != Role.STUDENT:
        return _("“%(text)s” is no e-mail address. Only students may have an admission number instead.") % {
            "text": number[:_NUMBER_CHARS]
        }
    return number_problem(number) or (email_problem(one.email) if one.email else "")


def _sound(rows: Iterable[Checked]) -> list[Checked]:
    return [row for row in rows if not row.problem]


def _identities(row: Checked) -> list[str]:
    return [one.lower() for one in (row.invitee.email, row.invitee.admission_number) if one]


def _find_twins(rows: list[Checked]) -> None:
    seen: set[str] = set()
    for row in _sound(rows):
        mine = _identities(row)
        if seen.intersection(mine):
            row.problem = _("The same e-mail address or admission number stands above.")
        seen.update(mine)


def _find_people(rows: list[Checked]) -> None:
    sound = _sound(rows)
    known = _by_identity(User.objects.all(), sound)
    with_google = set(SocialAccount.objects.filter(user__in=set(known.values())).values_list("user", flat=True))
    for row in sound:
        people = {known[one] for one in _identities(row) if one in known}
        if len(people) > 1:
            row.problem = _("This e-mail address and this admission number belong to two people.")
        for person in people:
            row.problem = row.problem or _against(person, row.invitee, has_google=person.pk in with_google)
            row.person = person
            row.invitee = replace(
                row.invitee,
                name=person.name,
                email=person.email or row.invitee.email,
                admission_number=person.admission_number or row.invitee.admission_number,
            )
        if not people and not row.invitee.name:
            row.problem = name_problem("")


def _against(person: User, one: Invitee, *, has_google: bool) -> str:
    """Why somebody who is entered already is not invited, "" when he may be."""
    words = {"name": person.name, "role": Role(person.role).label}
    if not person.is_active:
        return _("The account of %(name)s is closed. Open it in the list of people first.") % words
    if person.has_usable_password() or has_google:
        return _("%(name)s can sign in already. For a forgotten password make a password link.") % words
    if person.role != one.role:
        return _("%(name)s is entered with another role: %(role)s.") % words
    is_other_email = one.email and person.email and one.email != person.email
    is_other_number = one.admission_number and person.admission_number not in {None, one.admission_number}
    if is_other_email or is_other_number:
        return _("%(name)s is entered with another e-mail address or admission number.") % words
    return ""


def _find_students(rows: list[Checked]) -> None:
    wanted = {number.lower() for row in _sound(rows) for number in row.invitee.students}
    if not wanted:
        return
    found = User.objects.filter(role=Role.STUDENT).annotate(key=Lower("admission_number")).filter(key__in=wanted)
    students = {str(person.admission_number).lower(): person for person in found}
    for row in _sound(rows):
        missing = [number for number in row.invitee.students if number.lower() not in students]
        if missing:
            row.problem = _("No student has the admission number %(number)s.") % {"number": missing[0]}
        else:
            row.students = list({students[number.lower()]: None for number in row.invitee.students})


def _find_invitations(rows: list[Checked], *, now: datetime) -> None:
    sound = _sound(rows)
    waiting = Invitation.objects.filter(used_at=None, revoked_at=None)
    known = _by_identity(waiting, sound)
    for row in sound:
        for one in {known[key] for key in _identities(row) if key in known}:
            if one.is_open(now):
                row.problem = _("An invitation is open already. Send it again from the list.")
            row.expired.append(one)


def _by_identity(rows: QuerySet[Any], wanted: list[Checked]) -> dict[str, Any]:
    """People or invitations by their e-mail address and by their admission number, both in small letters.

    Looked for as typed, too: SQLite makes only A to Z small.
    """
    typed = {row.invitee.admission_number for row in wanted} - {""}
    keys = typed.union(*(_identities(row) for row in wanted))
    found = rows.annotate(email_key=Lower("email"), number_key=Lower("admission_number"))
    found = found.filter(Q(email_key__in=keys) | Q(number_key__in=keys))
    return {key.lower(): one for one in found for key in (one.email_key, one.number_key) if key}
