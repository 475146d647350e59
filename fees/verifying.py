"""Whether a receipt is genuine: what anybody may learn who has its code."""

import json
import unicodedata
from dataclasses import dataclass

from coaching.templatetags.figures import initials
from fees.documents import CODE_LENGTH, CODE_SIGNS, is_intact
from fees.models import Document


@dataclass(frozen=True, slots=True)
class Verified:
    """A document and what is said of it. Of its student only the initials are."""

    row: Document
    initials: str
    cancelled_by: Document | None
    is_intact: bool


def read(typed: str) -> str:
    """The code that was meant: in capitals, without what stands between its signs."""
    text = unicodedata.normalize("NFKC", typed).upper()
    signs = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return "".join(sign for sign in signs if sign.isalnum())


def verify(typed: str) -> Verified | None:
    """What belongs to a code, however it was typed; None where there is none. One query."""
    code = read(typed)
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_SIGNS):
        return None
    row = Document.objects.select_related("cancelled_by").filter(code=code).first()
    if row is None:
        return None
    name = json.loads(row.snapshot).get("student", {}).get("name", "")
    return Verified(row, initials(name) if name else "", getattr(row, "cancelled_by", None), is_intact(row))
