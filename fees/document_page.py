"""A document as it is drawn, on a page, on 80 mm paper and as PDF: words and amounts from its snapshot, no tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.clock import moment_text
from coaching.lib.money import amount, rupees
from fees.document_table import Table, table
from fees.models import DocKind, Document, GstMode, Mode, Reversal
from fees.numbering import year_words

Facts = Mapping[str, Any]
GROUP = 4
MOST_EARLIER = 5
"""So many receipts before this one have a line each; those before them share one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A receipt before this one, or several together; and this one, last."""

    on: str
    label: str
    about: str
    sum: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a document, top to bottom. `change`: cash handed over, and given back."""

    kind: str
    title: str
    number: str
    code: str
    institute: Facts
    facts: Sequence[tuple[str, str]]
    whom: Sequence[tuple[str, str]]
    table: Table
    total: str
    total_word: str
    english: str
    hindi: str
    left: Sequence[tuple[str, str, str]]
    left_total: str
    year: str
    earlier: Sequence[Earlier]
    notes: Sequence[str]
    by: str
    place: str
    cancelled: str = ""
    change: tuple[str, str] | None = None


def sheet(document: Document, *, cancelled_by: Document | None = None) -> Sheet:
    """From the snapshot of the document and, when there is one, of the document that cancels it."""
    facts = json.loads(document.snapshot)
    left = facts.get("open", [])
    paise = facts.get("total", facts.get("counted", 0))
    is_day = document.kind == DocKind.DAY_CLOSE
    return Sheet(
        kind=document.kind,
        title=_title(facts),
        number=facts["number"],
        code=printed(facts["code"]),
        institute=facts["institute"],
        facts=_facts(facts),
        whom=_whom(facts),
        table=table(facts, alone=_total_word(document.kind)),
        total=rupees(paise),
        total_word=_total_word(document.kind),
        english="" if is_day else facts["english"],
        hindi="" if is_day else facts["hindi"],
        left=[(_open_label(one), _day(one["due_on"]), amount(one["amount"])) for one in left],
        left_total=rupees(sum(one["amount"] for one in left)),
        year=year_words(facts["year"]) if facts.get("year") else "",
        earlier=_earlier(facts),
        notes=_notes(document.kind, facts),
        by=facts["by"],
        place=(settings.BASE_URL + reverse("fee_verify_form")).partition("://")[2],
        cancelled=_cancelled(cancelled_by),
        change=_change(facts),
    )


def printed(code: str) -> str:
    """7K4Q 2MXD 91."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "D j M Y") if text else ""


def _title(facts: Facts) -> str:
    if facts.get("cancels_kind") == DocKind.VOUCHER:
        return _("Cancellation of a receipt voucher")
    return str(DocKind(facts["kind"]).label)


def _total_word(kind: str) -> str:
    words = {
        DocKind.RECEIPT: _("Received"),
        DocKind.VOUCHER: _("Received in advance"),
        DocKind.CREDIT_NOTE: _("Credited"),
        DocKind.REFUND_VOUCHER: _("Given back"),
        DocKind.CANCELLATION: _("Cancelled"),
        DocKind.DAY_CLOSE: _("Counted"),
    }
    return words.get(DocKind(kind), _("To pay"))


def _open_label(one: Facts) -> str:
    return _("%(what)s, rest") % {"what": one["label"]} if one.get("is_rest") else one["label"]


def _change(facts: Facts) -> tuple[str, str] | None:
    """Only where cash was counted out."""
    if not facts.get("tendered") or facts["tendered"] == facts["total"]:
        return None
    return amount(facts["tendered"]), amount(facts["tendered"] - facts["total"])


# --- Facts ------------------------------------------------------------------------------------------------------------


def _facts(facts: Facts) -> list[tuple[str, str]]:
    """What stands on top beside the number, without what is empty."""
    kind = facts["kind"]
    received = facts.get("received_on", "")
    found = [
        (_("Date"), _dated(facts)),
        (_("Received on"), _day(received) if received != facts["dated_on"] else ""),
        (_("Given back by") if kind == DocKind.REFUND_VOUCHER else _("Paid by"), _how(facts)),
        (_("Place of supply"), f"{facts['place']} ({facts['place_code']})" if facts.get("place") else ""),
        (_("For"), facts.get("label", "")),
        (_("Due on"), _day(facts.get("due_on", ""))),
        (_("Reverse charge"), _("No") if kind in {DocKind.INVOICE, DocKind.VOUCHER} else ""),
        (_("Of the invoice"), _of(facts.get("invoice", ""), facts.get("invoice_on", ""))),
        (_("Of the receipt voucher"), _of(facts.get("voucher", ""), facts.get("voucher_on", ""))),
        (_("Cancels"), _of(facts.get("cancels", ""), facts.get("cancels_on", ""))),
        (_("Why"), facts.get("reason", "")),
        (_("Cashier"), facts.get("cashier", "")),
        (_("Day"), _day(facts.get("on", ""))),
    ]
    return [(word, text) for word, text in found if text]


def _dated(facts: Facts) -> str:
    """With the time, as long as it was made on the day it is dated."""
    at = datetime.fromisoformat(facts["made_at"])
    is_same = timezone.localtime(at).date().isoformat() == facts["dated_on"]
    return moment_text(at) if is_same else _day(facts["dated_on"])


def _of(number: str, on: str) -> str:
    return _("%(number)s of %(day)s") % {"number": number, "day": _day(on)} if number and on else number


def _how(facts: Facts) -> str:
    """Cheque, 004521, STATE BANK OF INDIA, Sat 21 Nov 2026."""
    if not facts.get("mode"):
        return ""
    parts = [str(Mode(facts["mode"]).label), facts.get("reference", ""), facts.get("bank", "")]
    return ", ".join(part for part in [*parts, _day(facts.get("instrument_on", ""))] if part)


def _whom(facts: Facts) -> list[tuple[str, str]]:
    student = facts.get("student")
    if not student:
        return []
    batches = [facts["batch"]] if facts.get("batch") else [line.get("batch", "") for line in facts.get("lines", ())]
    roll = _("Roll %(number)s") % {"number": student["number"]} if student["number"] else ""
    about = [roll, *dict.fromkeys(batches)]
    found = [
        (_("Student"), [student["name"], ", ".join(part for part in about if part)]),
        (_("Billed to"), [student["bill_to"], f"GSTIN {student['gstin']}" if student["gstin"] else "", _home(facts)]),
        (_("Received from"), [facts.get("payer", "")]),
    ]
    return [(word, "\n".join(filter(None, lines))) for word, lines in found if any(lines)]


def _home(facts: Facts) -> str:
    """The state of who is billed, where tax is collected or he is registered."""
    student = facts["student"]
    is_said = student["state"] and (student["gstin"] or facts["kind"] in {DocKind.INVOICE, DocKind.VOUCHER})
    return f"{student['state']} ({student['state_code']})" if is_said else ""


def _earlier(facts: Facts) -> list[Earlier]:
    """What was paid in the year, this receipt last; nothing on other documents."""
    if "before" not in facts:
        return []
    rows, shown = facts["before"], facts["before"][-MOST_EARLIER:]
    found = []
    if more := rows[: len(rows) - len(shown)]:
        count = ngettext("%(count)d receipt before", "%(count)d receipts before", len(more)) % {"count": len(more)}
        found.append(Earlier(_until(more[-1]["on"]), count, "", amount(sum(one["amount"] for one in more))))
    for one in shown:
        found.append(Earlier(_short(one["on"]), str(Mode(one["mode"]).label), one["number"], amount(one["amount"])))
    this = Earlier(_short(facts["dated_on"]), _("This receipt"), facts["number"], amount(facts["total"]), is_this=True)
    return [*found, this]


def _short(text: str) -> str:
    return date_format(date.fromisoformat(text), "j M Y")


def _until(text: str) -> str:
    return _("until %(day)s") % {"day": _short(text)}


# --- The foot ---------------------------------------------------------------------------------------------------------


def _notes(kind: str, facts: Facts) -> list[str]:
    found = []
    if facts.get("mode") in {Mode.CHEQUE, Mode.DD} and kind in {DocKind.RECEIPT, DocKind.VOUCHER}:
        found.append(_("Subject to realisation of the cheque or draft."))
    if facts["gst_mode"] == GstMode.COMPOSITION and kind == DocKind.BILL:
        found.append(_("Composition taxable person, not eligible to collect tax on supplies."))
    if facts.get("cause") == Reversal.Kind.BOUNCE:
        found.append(_("The cheque or draft was not honoured: what it had paid is open again."))
    found += [text for text in (facts.get("remark"), facts["note"]) if text]
    if kind == DocKind.RECEIPT and (minutes := facts["undo_minutes"]):
        said = ngettext(
            "A wrong amount can be put right within %(minutes)d minute at the counter, later by the office.",
            "A wrong amount can be put right within %(minutes)d minutes at the counter, later by the office.",
            minutes,
        )
        found.append(said % {"minutes": minutes})
    found.append(_("Made by computer; needs no signature."))
    return found


def _cancelled(by: Document | None) -> str:
    if by is None:
        return ""
    said = json.loads(by.snapshot)
    words = {"number": by.number, "day": _day(said["dated_on"]), "by": said["by"], "why": said.get("reason", "")}
    return _("Cancelled by %(number)s of %(day)s, %(by)s: %(why)s") % words
