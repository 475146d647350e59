"""What money pays, line by line: so much of each due, with the tax its invoice says of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import override

from accounts.models import Institute
from coaching.lib.money import spread
from fees.models import Allocation, Document, Due
from fees.states import label_of
from fees.tax import Parts, piece, share, together

Line = dict[str, Any]
WHOLE, PART, BALANCE = "", "PART", "BALANCE"
"""How much of a due a line pays: all of it, some of it, or the rest of it."""


def of_money(allocations: Sequence[Allocation], invoices: Iterable[Document]) -> tuple[list[Line], str]:
    """Lines of what was paid, one for each due and treatment by tax, and the place of supply where invoices name one.

    Pieces of an invoice add up to it in every column. Allocations come with due, parent, batch and balance.
    """
    known = {row.due_id: (row.number, json.loads(row.snapshot)) for row in invoices}
    lines = [line for one in allocations for line in _lines(one, *known.get(one.due_id, ("", None)))]
    places = (said.get("place_code", "") for _number, said in known.values())
    return lines, next(filter(None, places), "")


def _lines(one: Allocation, number: str, invoice: Mapping[str, Any] | None) -> list[Line]:
    due, before = one.due, max(0, one.due.balance.paid_paise - one.amount_paise)
    said = {
        "label": label(due),
        "batch": due.enrolment.batch.name if due.enrolment else "",
        "due_on": due.due_on.isoformat(),
        "part": PART if due.balance.open_paise else BALANCE if before else WHOLE,
        "invoice": number,
    }
    if invoice is None:
        return [{**said, "amount": one.amount_paise}]
    groups = _groups(invoice["lines"])
    whole = [parts_of(lines) for lines in groups]
    gone = spread(before, [parts.total for parts in whole])
    now = spread(one.amount_paise, [parts.total - paid for parts, paid in zip(whole, gone, strict=True)])
    return [
        {
            **said,
            "about": ", ".join(line["label"] for line in lines),
            "sac": lines[0]["sac"],
            "gst_bp": lines[0]["gst_bp"],
            "amount": amount,
            **in_columns(piece(parts, left=parts.minus(share(parts, before=0, amount=paid)), amount=amount)),
        }
        for lines, parts, paid, amount in zip(groups, whole, gone, now, strict=True)
        if amount
    ]


def _groups(lines: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Lines of an invoice that are taxed alike."""
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for line in lines:
        found.setdefault((line["sac"], line["gst_bp"]), []).append(line)
    return list(found.values())


def label(due: Due) -> str:
    """What a due is called on paper: in the institute's language, whoever is at the counter."""
    with override(Institute.current().language):
        return label_of(due)


def parts_of(lines: Sequence[Mapping[str, Any]]) -> Parts:
    """The sum of lines of a document."""
    return together(Parts(line["taxable"], line["cgst"], line["sgst"], line["igst"]) for line in lines)


def in_columns(parts: Parts) -> dict[str, int]:
    return {"taxable": parts.taxable, "cgst": parts.cgst, "sgst": parts.sgst, "igst": parts.igst}
