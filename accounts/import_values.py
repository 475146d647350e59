"""One cell of a file of people as what it means. Pure; a cell that means nothing raises with the words for it."""

import re
import unicodedata
from datetime import date
from typing import NoReturn

from django.utils.translation import gettext as _

from accounts.models import Role
from coaching.lib.errors import DomainError

PHONE_CHARS = 20
OLDEST = 110
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d+)")
_ISO = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]00:00(?::00)?)?")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ ./-]*([a-z]{3,9})[ .,/-]*(\d+)")

ROLES: dict[str, Role] = {
    "student": Role.STUDENT,
    "pupil": Role.STUDENT,
    "learner": Role.STUDENT,
    "छात्र": Role.STUDENT,
    "छात्रा": Role.STUDENT,
    "विद्यार्थी": Role.STUDENT,
    "teacher": Role.TEACHER,
    "faculty": Role.TEACHER,
    "tutor": Role.TEACHER,
    "शिक्षक": Role.TEACHER,
    "शिक्षिका": Role.TEACHER,
    "अध्यापक": Role.TEACHER,
    "guardian": Role.GUARDIAN,
    "parent": Role.GUARDIAN,
    "अभिभावक": Role.GUARDIAN,
    "पालक": Role.GUARDIAN,
    "staff": Role.STAFF,
    "office": Role.STAFF,
    "कर्मचारी": Role.STAFF,
    "कार्यालय": Role.STAFF,
}
_ADMINS = {"admin", "administrator", "owner", "superuser", "व्यवस्थापक", "एडमिन", "प्रबंधक"}


class NotThat(DomainError):
    """The cell cannot be what its column is about. The message says why."""

    code = "cell_does_not_fit"


def role(text: str) -> Role:
    """Raises: NotThat; always for admins, who are invited one by one."""
    word = unicodedata.normalize("NFC", text).casefold().strip()
    labels = {str(one.label).casefold(): one for one in Role if one != Role.ADMIN}
    found = ROLES.get(word) or ROLES.get(word.removesuffix("s")) or labels.get(word)
    if word in _ADMINS or word == str(Role.ADMIN.label).casefold():
        raise NotThat(_("Admins are not imported. Invite each of them by hand."))
    if found is None:
        raise NotThat(_("There is no such role. Write Student, Teacher, Guardian or Staff."))
    return found


def phone(text: str) -> str:
    """As it was written, spaces between groups. Raises: NotThat unless it has 10 to 15 digits."""
    tidy = " ".join(_digits(text).split())
    if re.fullmatch(r"[+\d][\d ()./-]*", tidy) is None or len(tidy) > PHONE_CHARS:
        raise NotThat(_("This is not a phone number."))
    count = sum(sign.isdigit() for sign in tidy)
    if not 10 <= count <= 15:
        raise NotThat(_("A phone number has 10 digits or more, 15 at most; this one has %(count)s.") % {"count": count})
    return tidy


def same_phone(text: str) -> str:
    """What two spellings of one number have in common: its last ten digits."""
    return "".join(sign for sign in text if sign.isdigit())[-10:]


def birth_date(text: str, *, today: date) -> date:
    """A day as `calendar_day` reads it, on which somebody living was born. Raises: NotThat."""
    found = calendar_day(text)
    if found > today:
        raise NotThat(_("This day is still to come."))
    if found.year < today.year - OLDEST:
        raise NotThat(_("Nobody is that old. Look at the year."))
    return found


def calendar_day(text: str) -> date:
    """Year first, day first or with the month's name; where day and month could be either, the day stands first.

    Raises: NotThat.
    """
    tidy = " ".join(_digits(text).casefold().split())
    if found := _ISO.fullmatch(tidy):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(tidy):
        return _day(_year(found[3]), int(found[2]), int(found[1]))
    found = _NAMED.fullmatch(tidy)
    month = _MONTHS.index(found[2][:3]) + 1 if found and found[2][:3] in _MONTHS else 0
    if found is None or not month:
        raise NotThat(_("This is not a date. Write it like 31/12/2010 or 2010-12-31."))
    return _day(_year(found[3]), month, int(found[1]))


def _year(digits: str) -> int:
    if len(digits) != 4:
        raise NotThat(_("Write the year with four digits."))
    return int(digits)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        _refuse_day(month, day)


def _refuse_day(month: int, day: int) -> NoReturn:
    if month > 12 >= day:
        raise NotThat(_("There is no month %(month)s. Write the day first, then the month.") % {"month": month})
    raise NotThat(_("There is no such day in the calendar."))


def _digits(text: str) -> str:
    """Devanagari and other digits as plain ones."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)
