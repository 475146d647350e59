"""Financial years and document numbers. Pure. Source: CGST rule 46(b): at most 16 signs, unique in the year."""

from datetime import date

YEAR_BEGINS_IN = 4
LONGEST = 16
PREFIXES = {
    "RECEIPT": "RCP",
    "INVOICE": "INV",
    "BILL": "BOS",
    "VOUCHER": "RVR",
    "CREDIT_NOTE": "CRN",
    "REFUND_VOUCHER": "RFV",
    "CANCELLATION": "CAN",
    "DAY_CLOSE": "DAY",
}


def financial_year(day: date) -> str:
    """The year from April in which the day falls, as 26-27."""
    first = day.year if day.month >= YEAR_BEGINS_IN else day.year - 1
    return f"{first % 100:02}-{(first + 1) % 100:02}"


def year_words(year: str) -> str:
    """2026–27, of 26-27."""
    return f"20{year.replace('-', '–')}"


def year_bounds(year: str) -> tuple[date, date]:
    """First and last day of 26-27, taken for this century."""
    first = 2000 + int(year[:2])
    return date(first, YEAR_BEGINS_IN, 1), date(first + 1, YEAR_BEGINS_IN - 1, 31)


def number(prefix: str, year: str, serial: int) -> str:
    """RCP/26-27/004182. Raises: ValueError when it would be longer than the law allows."""
    text = f"{prefix}/{year}/{serial:06}"
    if len(text) > LONGEST:
        raise ValueError("The series is full")
    return text
