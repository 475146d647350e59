"""Rupees: read as people type them, written as the institute writes them, split without losing a paisa.

All sums are whole paise. Pure: it asks no database and no settings.
"""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

MOST_PAISE = 10**12
"""₹1,000 crore; a larger sum is a slip of the hand."""
_PLAIN = re.compile(r"\d{1,13}(?:\.\d{1,2})?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d{1,2})?")
_WESTERN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")


class NoAmount(ValueError):
    """What was typed is no amount; `why` is PLACES (more than two after the point), SIGN, LARGE or SHAPE."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def paise(typed: str) -> int:
    """An amount in rupees as people type it: 1500, 1,18,000.00, ₹ 99.5, १२०. Raises: NoAmount."""
    text = "".join(_plain_sign(sign) for sign in typed.strip())
    text = text.removeprefix("₹").removeprefix("Rs.").removeprefix("Rs").strip()
    if text[:1] in {"-", "−", "+"}:
        raise NoAmount("SIGN")
    if not any(shape.fullmatch(text) for shape in (_PLAIN, _INDIAN, _WESTERN)):
        raise NoAmount(_why(text))
    rupees, _point, rest = text.replace(",", "").partition(".")
    amount = int(rupees) * 100 + int(rest.ljust(2, "0") or 0)
    if amount > MOST_PAISE:
        raise NoAmount("LARGE")
    return amount


def _plain_sign(sign: str) -> str:
    """Digits of every script as ours; a raised 2 is none, so 12² is not read as 122."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _why(text: str) -> str:
    whole, point, rest = text.replace(",", "").partition(".")
    if whole.isdecimal() and point and rest.isdecimal():
        return "PLACES" if len(rest) > 2 else "LARGE" if len(whole) > 13 else "SHAPE"
    return "LARGE" if whole.isdecimal() and len(whole) > 13 else "SHAPE"


def grouped(number: int) -> str:
    """A whole number in lakh and crore: 1234567 → 12,34,567."""
    sign, digits = ("−" if number < 0 else ""), str(abs(number))
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return sign + ",".join([*pairs, tail])


def amount(of_paise: int) -> str:
    """1,18,000.00; with a minus sign when it is less than nothing."""
    rupees, rest = divmod(abs(of_paise), 100)
    return f"{'−' if of_paise < 0 else ''}{grouped(rupees)}.{rest:02}"


def rupees(of_paise: int) -> str:
    """₹1,18,000.00."""
    return f"{'−' if of_paise < 0 else ''}₹{amount(abs(of_paise))}"


def plain(of_paise: int) -> str:
    """118000.00, for files: a number to every program."""
    whole, rest = divmod(abs(of_paise), 100)
    return f"{'-' if of_paise < 0 else ''}{whole}.{rest:02}"


def percent(bp: int) -> str:
    """Basis points as people write a rate: 1800 → 18, 250 → 2.5."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


def half_up(value: Fraction) -> int:
    """To the nearest whole, a half up; for values of nought or more."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in parts as large as `weights` among each other, to the paisa: largest remainder, the earlier first.

    No part exceeds its weight as long as the total does not exceed their sum. Raises: ValueError for no weight.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("Nothing to spread over")
    parts = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    left = total - sum(parts)
    for place in sorted(range(len(weights)), key=lambda at: (-rests[at], at))[:left]:
        parts[place] += 1
    return parts
