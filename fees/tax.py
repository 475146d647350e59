"""GST on amounts, in paise. Pure.

Each half of a state's tax is rounded by itself, half up, so CGST and SGST are always equal; what is left of an amount
that holds its tax is the taxable value. Source: CGST Act s. 15, rule 46; IGST Act s. 12; reference figures in tests.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from coaching.lib.money import half_up

WHOLE_BP = 10_000
"""Hundred per cent in basis points."""
STATES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
}
"""By the two digits a GSTIN begins with."""
WITHOUT_LEGISLATURE = frozenset({"04", "26", "31", "35", "38"})
"""Union territories where the second half is called UTGST."""
GSTIN_SIGNS = 15
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GSTIN = re.compile(r"[0-9]{2}[A-Z]{4}[0-9A-Z][0-9]{4}[A-Z][1-9A-Z][0-9A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by what it is made of; `total` is their sum."""

    taxable: int
    cgst: int = 0
    sgst: int = 0
    igst: int = 0

    @property
    def total(self) -> int:
        return self.taxable + self.cgst + self.sgst + self.igst

    @property
    def tax(self) -> int:
        return self.cgst + self.sgst + self.igst

    def minus(self, other: "Parts") -> "Parts":
        return Parts(
            self.taxable - other.taxable, self.cgst - other.cgst, self.sgst - other.sgst, self.igst - other.igst
        )


def together(parts: Iterable[Parts]) -> Parts:
    """Their sum, column by column."""
    found = list(parts)
    return Parts(
        sum(one.taxable for one in found),
        sum(one.cgst for one in found),
        sum(one.sgst for one in found),
        sum(one.igst for one in found),
    )


def on_top(taxable: int, *, gst_bp: int, is_inter_state: bool) -> Parts:
    """The tax comes on top of the amount."""
    if is_inter_state:
        return Parts(taxable, igst=half_up(Fraction(taxable * gst_bp, WHOLE_BP)))
    half = half_up(Fraction(taxable * gst_bp, 2 * WHOLE_BP))
    return Parts(taxable, half, half)


def within(total: int, *, gst_bp: int, is_inter_state: bool) -> Parts:
    """The amount holds the tax."""
    if is_inter_state:
        tax = half_up(Fraction(total * gst_bp, WHOLE_BP + gst_bp))
        return Parts(total - tax, igst=tax)
    half = half_up(Fraction(total * gst_bp, 2 * (WHOLE_BP + gst_bp)))
    return Parts(total - 2 * half, half, half)


def share(whole: Parts, *, before: int, amount: int) -> Parts:
    """What `amount` of `whole` is made of when `before` of it went already: the pieces of a due add up to it exactly.

    Raises: ValueError when there is not so much.
    """
    if before < 0 or amount < 0 or before + amount > whole.total:
        raise ValueError("More than the whole")
    return _until(whole, before + amount).minus(_until(whole, before))


def piece(whole: Parts, *, left: Parts, amount: int) -> Parts:
    """What `amount` of what is `left` of `whole` is made of: as near to its share of the tax as whole paise allow.

    Nothing of it, nor of what stays, is less than nothing; only where no taxable value is left can an odd amount not be
    halved, and its taxable value is below nothing. Raises: ValueError when there is not so much.
    """
    if not 0 <= amount <= left.total:
        raise ValueError("More than is left")
    near = _until(whole, whole.total - left.total + amount).minus(whole.minus(left))
    least = amount - left.taxable
    half = max(min(near.cgst, amount // 2, left.cgst), -(-least // 2), 0) if left.cgst else 0
    igst = max(min(near.igst, amount, left.igst), least, 0) if left.igst else 0
    return Parts(amount - 2 * half - igst, half, half, igst)


def _until(whole: Parts, amount: int) -> Parts:
    half = half_up(Fraction(whole.cgst * amount, whole.total))
    igst = half_up(Fraction(whole.igst * amount, whole.total))
    return Parts(amount - 2 * half - igst, half, half, igst)


def place_of_supply(*, institute: str, student: str, is_online: bool, is_registered_recipient: bool) -> str:
    """The state (two digits) a course is supplied in: where the class is, or online and for a registered payer his own.

    Source: IGST Act s. 12(2), 12(5).
    """
    return student or institute if is_online or is_registered_recipient else institute


def gstin_fault(text: str) -> str:
    """What is wrong with a GSTIN: LENGTH, SHAPE, STATE (no such state) or CHECK (the last sign); "" when it is right.

    Source: GSTN, modulus 36: state, PAN, number of the registration, a sign and the check sign.
    """
    if len(text) != GSTIN_SIGNS:
        return "LENGTH"
    if not _GSTIN.fullmatch(text):
        return "SHAPE"
    if text[:2] not in {*STATES, "97", "99"}:
        return "STATE"
    total = 0
    for place, sign in enumerate(text[:14]):
        product = _SIGNS.index(sign) * (1 + place % 2)
        total += product // 36 + product % 36
    return "" if _SIGNS[(36 - total % 36) % 36] == text[14] else "CHECK"


def is_gstin(text: str) -> bool:
    """Whether it is shaped like a GSTIN and its check sign is right."""
    return not gstin_fault(text)
