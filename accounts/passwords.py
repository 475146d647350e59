"""What a password must be, in words that help: long, not too long, not common, not made of names that everybody knows.

No rule asks for digits or signs, and every character counts as it is (Source: OWASP ASVS 5.0, 6.2). What is typed is
brought to Unicode's composed form (NFC) first, in `accounts.hashers`, because the same Hindi word may arrive in two
forms from two keyboards.
"""

import re
import unicodedata
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Institute, User

MAX_LENGTH = 128
TYPED_AT_MOST = 8 * MAX_LENGTH  # one character may be typed as several
NAME_LENGTH = 4  # shorter words are in too many others
REST_LENGTH = 10
_FORWARD = ("0123456789" * 13, "abcdefghijklmnopqrstuvwxyz" * 5, "qwertyuiopasdfghjklzxcvbnm" * 5)
ROWS = (*_FORWARD, *(row[::-1] for row in _FORWARD))


class LongEnough(password_validation.MinimumLengthValidator):
    """At least `min_length` characters, counted as a person counts them."""

    def validate(self, password: str, user: Any = None) -> None:
        length = len(normalize(password))
        if length < self.min_length:
            words = _("Use at least %(least)d characters; this has %(now)d. A few words in a row are easy to remember.")
            raise ValidationError(words % {"least": self.min_length, "now": length}, code="password_too_short")


class NotTooLong:
    """At most MAX_LENGTH characters: nothing is cut off silently."""

    def validate(self, password: str, user: Any = None) -> None:
        length = len(normalize(password))
        if length > MAX_LENGTH:
            words = _("Use at most %(most)d characters; this has %(now)d.")
            raise ValidationError(words % {"most": MAX_LENGTH, "now": length}, code="password_too_long")

    def get_help_text(self) -> str:
        return _("At most %(most)d characters.") % {"most": MAX_LENGTH}


class NotCommon(password_validation.CommonPasswordValidator):
    """Not one of the passwords that are tried first, nor one short piece repeated, nor a row of the keyboard."""

    def validate(self, password: str, user: Any = None) -> None:
        typed = normalize(password).casefold().strip()
        is_row = any(typed in row for row in ROWS)
        if typed in self.passwords or is_row or len(set(typed)) < 5 or re.fullmatch(r"(.{1,11}?)\1+", typed):
            words = _("Many people use this password, so it is tried first. Take a few words that belong only to you.")
            raise ValidationError(words, code="password_too_common")


class NotNames:
    """Not the institute's or the person's own names with a little around them: whoever guesses begins there."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = normalize(password).casefold()
        for name in sorted(_names(user), key=len, reverse=True):
            rest = rest.replace(name, "")
        letters = sum(unicodedata.category(char)[0] in "LMN" for char in rest)
        if rest != normalize(password).casefold() and letters < REST_LENGTH:
            words = _("This is little more than a name that others know: yours, or the institute's. Add other words.")
            raise ValidationError(words, code="password_of_names")

    def get_help_text(self) -> str:
        return _("Not just your name or the institute's.")


def normalize(password: str) -> str:
    """The composed form of what was typed (NFC).

    What is far too long stays as it is: a megabyte of marks that stand on one letter takes an hour to put in order.
    """
    if len(password) > TYPED_AT_MOST:
        return password
    return unicodedata.normalize("NFC", password)


def _names(user: Any) -> set[str]:
    """Words somebody who knows the person and the institute would try, long enough to mean something."""
    known = [Institute.current().name, Institute.current().short_name, "classcrew"]
    if isinstance(user, User):
        known += [user.name, user.email or "", user.admission_number or ""]
    folded = normalize(" ".join(known)).casefold()
    words = {*folded.split(), *re.split(r"[\s@._+/-]+", folded)}
    return {word for word in words if len(word) >= NAME_LENGTH}
