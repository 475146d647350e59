"""Programs and inputs as they are typed: what is taken, and in which one form it is kept. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from coaching.lib.json_bodies import MalformedFields
from exams.sandbox.protocol import LANGUAGES, MOST_SOURCE

MOST_STDIN = 64 * 1024
"""Bytes of UTF-8 of an own input."""
_BOM = "\ufeff"


class BadProgram(MalformedFields):
    """This is no program that could be judged (422); `fields` says of "source", "language" or "stdin" why."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_("This program was not taken."), fields)


def clean_source(typed: Any) -> str:
    """The program with Unix line ends and without a mark of its byte order. Raises: BadProgram."""
    source = _text("source", typed, MOST_SOURCE).removeprefix(_BOM)
    if not source.strip():
        raise BadProgram({"source": _("There is no program. Write one first.")})
    return source


def clean_stdin(typed: Any) -> str:
    """Raises: BadProgram."""
    return _text("stdin", typed, MOST_STDIN)


def clean_language(chosen: Any, allowed: tuple[str, ...]) -> str:
    """Raises: BadProgram."""
    if not isinstance(chosen, str) or chosen not in LANGUAGES or chosen not in allowed:
        raise BadProgram({"language": _("This question is not answered in that language. Choose another one.")})
    return chosen


def digest_of(language: str, source: str) -> str:
    """By which two programs are the same."""
    return hashlib.sha256(f"{language}\n{source}".encode()).hexdigest()


def _text(name: str, typed: Any, most: int) -> str:
    """Raises: BadProgram of what is no text, too long, or has signs that no database keeps."""
    if not isinstance(typed, str):
        raise BadProgram({name: _("This is no text.")})
    if len(typed) > 2 * most:  # before it is copied; line ends may halve it
        raise BadProgram({name: _too_long(most)})
    if "\0" in typed or any("\ud800" <= sign <= "\udfff" for sign in typed):
        raise BadProgram({name: _("There is a sign in it that cannot be kept.")})
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > most:
        raise BadProgram({name: _too_long(most)})
    return text


def _too_long(most: int) -> str:
    return _("This is too long: at most %(size)s KB are taken.") % {"size": most // 1024}
