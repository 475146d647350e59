"""Documents as people see them: the text of a page, and of a PDF."""

import html
import json
import re
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from fees import advances
from fees.models import Document, FeeSettings, GstMode, Mode
from tests import people
from tests.fees import made

HINDI = "प्रियंका क्षत्रिय"


def at(text: str) -> datetime:
    """A moment in the institute's zone: 2026-11-21 17:08."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Kolkata"))


def page(document: Document, *, who: User | None = None, size: str = "") -> str:
    """The words of its page, without marks."""
    answer = people.signed_in(who or people.admin()).get(reverse("fee_document", args=[document.uuid]), {"size": size})
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(text: str) -> str:
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def pdf(document: Document, *, who: User | None = None) -> str:
    """The words of its PDF."""
    answer = people.signed_in(who or people.admin()).get(reverse("fee_document_pdf", args=[document.uuid]))
    return text_of(answer)


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    return " ".join(" ".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages).split())


def snapshot(document: Document) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(document.snapshot)
    return said


def composition() -> FeeSettings:
    return made.registered(gst_mode=GstMode.COMPOSITION)


def give_back(paise: int) -> None:
    """From a student's advance, in cash, by an admin."""
    said: dict[str, Any] = {"mode": Mode.CASH, "reason": "Leaves", "form_token": uuid4()}
    advances.pay_out(made.account(), amount_paise=paise, actor=people.admin(), now=timezone.now(), **said)
