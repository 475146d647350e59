"""What a column of a file of people is about, told from its title in English or Hindi, however it is spelled."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.import_tables import Unreadable


class Column(models.TextChoices):
    """What is taken from a file; the labels are the titles of the template."""

    NAME = "name", gettext_lazy("Name")
    ROLE = "role", gettext_lazy("Role")
    NUMBER = "admission_number", gettext_lazy("Admission number")
    EMAIL = "email", gettext_lazy("E-mail address")
    PHONE = "phone", gettext_lazy("Phone")
    BIRTH = "date_of_birth", gettext_lazy("Birth date")
    GUARDIAN_NAME = "guardian_name", gettext_lazy("Guardian's name")
    GUARDIAN_EMAIL = "guardian_email", gettext_lazy("Guardian's e-mail address")
    GUARDIAN_PHONE = "guardian_phone", gettext_lazy("Guardian's phone")
    GUARDIAN_RELATION = "guardian_relation", gettext_lazy("Guardian's relation")


_PHONES = (
    "phone",
    "phone no",
    "phone number",
    "mobile",
    "mobile no",
    "mobile number",
    "mob",
    "mob no",
    "contact",
    "contact no",
    "contact number",
    "whatsapp",
    "whatsapp no",
    "whatsapp number",
    "cell",
    "tel",
    "telephone",
)
_PHONES_HI = ("फोन", "फ़ोन", "मोबाइल", "फोन नंबर", "फ़ोन नंबर", "मोबाइल नंबर", "मोबाइल नं", "दूरभाष", "संपर्क", "संपर्क नंबर")
_EMAILS = ("email", "e mail", "email id", "e mail id", "email address", "e mail address", "mail", "mail id", "gmail")
_EMAILS_HI = ("ईमेल", "ई मेल", "ईमेल पता", "ई मेल पता", "ईमेल आईडी")
_NAMES_HI = ("नाम", "पूरा नाम")
_ELDERS = ("guardian", "guardians", "guardian s", "parent", "parents", "parent s")
_ELDERS_HI = ("अभिभावक", "अभिभावक का", "अभिभावक की", "माता पिता", "माता पिता का", "पालक", "पालक का")
_PARENTS = {
    "Father": ("father", "fathers", "father s", "पिता", "पिता का", "पिता की"),
    "Mother": ("mother", "mothers", "mother s", "माता", "माता का", "मां", "माँ", "माँ का", "माता की"),
}

_OWN: dict[Column, tuple[str, ...]] = {
    Column.NAME: (
        "name",
        "full name",
        "student name",
        "student s name",
        "name of student",
        "name of the student",
        "candidate name",
        "person",
        "teacher name",
        "student",
        *_NAMES_HI,
        "छात्र का नाम",
        "विद्यार्थी का नाम",
    ),
    Column.ROLE: ("role", "type", "user type", "category", "भूमिका", "पद", "प्रकार"),
    Column.NUMBER: (
        "admission number",
        "admission no",
        "adm no",
        "adm number",
        "roll",
        "roll no",
        "roll number",
        "enrolment no",
        "enrolment number",
        "enrollment no",
        "enrollment number",
        "registration no",
        "reg no",
        "gr no",
        "registration number",
        "student id",
        "id",
        "प्रवेश संख्या",
        "प्रवेश क्रमांक",
        "अनुक्रमांक",
        "रोल नंबर",
        "नामांकन संख्या",
    ),
    Column.EMAIL: (*_EMAILS, *_EMAILS_HI, "student email", "student s email", "student e mail"),
    Column.PHONE: (*_PHONES, *_PHONES_HI, "student phone", "student mobile", "student s phone", "student s mobile"),
    Column.BIRTH: (
        "birth date",
        "date of birth",
        "dob",
        "d o b",
        "birthday",
        "birthdate",
        "born",
        "born on",
        "जन्म तिथि",
        "जन्मतिथि",
        "जन्म दिनांक",
        "जन्म तारीख",
    ),
    Column.GUARDIAN_RELATION: ("relation", "relationship", "संबंध", "रिश्ता", "guardian type"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands (from 0), of `width` titles.

    `relation` is what the titles say a guardian is, Father say; `unknown` are titles of columns that are not taken.
    """

    places: Mapping[Column, int]
    width: int
    relation: str
    unknown: tuple[str, ...]


def plain(title: str) -> str:
    """A title without case, signs and doubled spaces: "Mob. No." → mob no."""
    text = unicodedata.normalize("NFC", title).casefold().replace("’", "'")
    return re.sub(r"[\s_.,:;/()'\"*#-]+", " ", text).strip()


def _spellings() -> dict[str, tuple[Column, str]]:
    found: dict[str, tuple[Column, str]] = {}
    for column, titles in _OWN.items():
        found |= {plain(title): (column, "") for title in titles}
    elders = {"": (*_ELDERS, *_ELDERS_HI), **_PARENTS}
    parts = {
        Column.GUARDIAN_NAME: ("", "name", *_NAMES_HI),
        Column.GUARDIAN_EMAIL: (*_EMAILS, *_EMAILS_HI),
        Column.GUARDIAN_PHONE: (*_PHONES, *_PHONES_HI),
        Column.GUARDIAN_RELATION: ("relation", "relationship", "संबंध", "रिश्ता"),
    }
    for relation, words in elders.items():
        for column, ends in parts.items():
            found |= {f"{word} {end}".strip(): (column, relation) for word in words for end in ends}
    return found


SPELLINGS = _spellings()


def find(header: Sequence[str]) -> Columns:
    """Which column is what. Raises: Unreadable when there is no name, or when two titles mean the same."""
    places: dict[Column, int] = {}
    unknown: list[str] = []
    told = ""
    for place, title in enumerate(header):
        column, relation = _meaning(title)
        if column is None or (relation and told and relation != told):  # the first parent of two is the guardian
            unknown += [title] if title else []
            continue
        if column in places:
            words = {"one": header[places[column]], "other": title, "meaning": column.label}
            raise Unreadable(_("“%(one)s” and “%(other)s” both stand for: %(meaning)s. Keep one of them.") % words)
        places[column] = place
        told = told or relation
    if Column.NAME not in places:
        raise Unreadable(_("No column has the title “Name”. The first row must hold the titles of the columns."))
    return Columns(places, width=len(header), relation=told, unknown=tuple(unknown))


def is_title(title: str) -> bool:
    """Whether a column with this title is taken."""
    return _meaning(title)[0] is not None


def _meaning(title: str) -> tuple[Column | None, str]:
    """By any of the spellings, or by the template's own titles in the reader's language."""
    key = plain(title)
    own = {plain(str(column.label)): column for column in Column}
    if key in own:
        return own[key], ""
    return SPELLINGS.get(key, (None, ""))
