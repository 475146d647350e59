"""Marks as people type them: whole or decimal, in digits of any script; and in plain words what is wrong with them."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError
from exams.scheme_words import number

STEP = Decimal("0.25")
"""In which marks by hand go."""
_NUMBER = re.compile(r"-?(?:[0-9]{1,6}(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)


class NoMarks(DomainError):
    """What was typed are no marks that can be given."""

    code = "no_marks"
    status = 422


def read(typed: str, *, most: Decimal, least: Decimal = Decimal(0), step: Decimal | None = None) -> Decimal:
    """The marks, between `least` and `most` (the ends count), two places at most; of `step` if there is one, where full
    marks are always whole. Raises: NoMarks."""
    text = plain_digits(typed)
    if not _NUMBER.fullmatch(text):
        raise NoMarks(_("Write a number, such as 2 or 2.5."))
    marks = Decimal(text)
    if marks > most:
        raise NoMarks(_("At most %(most)s.") % {"most": number(most)})
    if marks < least:
        raise NoMarks(_("Not below %(least)s.") % {"least": number(least)})
    if step and marks % step and marks != most:
        raise NoMarks(_("Marks go in steps of %(step)s.") % {"step": number(step)})
    if marks != round(marks, 2):
        raise NoMarks(_("Two places after the point at most."))
    return round(marks, 2) + Decimal(0)  # a minus before nothing goes


def plain_digits(typed: str) -> str:
    """Without spaces around it, digits of every script as 0 to 9, a typeset minus as a hyphen."""
    return "".join(_plain(sign) for sign in typed.strip()[:20])


def _plain(sign: str) -> str:
    if sign == "−":
        return "-"
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
