"""GST owed for a month: what was billed less what was credited after billing, by recipient, place and rate.

It is read from the ledger and is what the accounts cgst, sgst and igst moved by in these days. A row is as GSTR-1 has
it: registered recipients one by one (B2B), all others together for each place and rate (B2C). A recipient is taken for
registered by the GSTIN that stands on his account now. Tax on advances is not in it: receipt vouchers say it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from coaching.lib.money import spread
from fees import ledger
from fees.models import DocKind, Document, DueLine, LedgerEntry
from fees.report_months import Month
from fees.reports import in_file
from fees.tax import STATES, Parts, together

WORDS = {"cgst": "cgst", "sgst": "sgst", "igst": "igst"}
NONE = Parts(0)


@dataclass(frozen=True, slots=True, order=True)
class Supply:
    """What is reckoned together: `gstin` is "" for B2C, `place` a state's two digits, `rate_bp` basis points."""

    gstin: str
    bill_to: str
    place: str
    rate_bp: int

    @property
    def is_b2b(self) -> bool:
        return bool(self.gstin)

    @property
    def place_name(self) -> str:
        return f"{self.place} {STATES.get(self.place, '')}".strip() or "–"

    @property
    def rate(self) -> str:
        """5 %, 0.25 %."""
        return f"{self.rate_bp / 100:g} %"


@dataclass(frozen=True, slots=True)
class Line:
    """Billed and credited of one supply."""

    supply: Supply
    billed: Parts
    credited: Parts

    @property
    def net(self) -> Parts:
        return self.billed.minus(self.credited)


@dataclass(frozen=True, slots=True)
class Output:
    """All of a month: B2B before B2C. `vouchers` and `refunds` are paise of receipt and refund vouchers of it."""

    lines: list[Line]
    vouchers: int
    refunds: int

    @property
    def whole(self) -> Line:
        return Line(
            Supply("", "", "", 0),
            together(one.billed for one in self.lines),
            together(one.credited for one in self.lines),
        )

    @property
    def b2b(self) -> list[Line]:
        return [one for one in self.lines if one.supply.is_b2b]

    @property
    def b2c(self) -> list[Line]:
        return [one for one in self.lines if not one.supply.is_b2b]


def of_month(month: Month) -> Output:
    """Five queries at most."""
    billed, credited = _billed(month), _credited(month)
    supplies = sorted(billed.keys() | credited.keys(), key=lambda one: (not one.is_b2b, one))
    vouchers = _documents(month)
    return Output(
        lines=[Line(one, billed.get(one, NONE), credited.get(one, NONE)) for one in supplies],
        vouchers=vouchers.get(DocKind.VOUCHER, 0),
        refunds=vouchers.get(DocKind.REFUND_VOUCHER, 0),
    )


def _billed(month: Month) -> dict[Supply, Parts]:
    """The database adds up: a row for each supply and account."""
    rate = DueLine.objects.filter(due=OuterRef("due"), head=OuterRef("head")).values("gst_bp")[:1]
    rows = LedgerEntry.objects.filter(debit=ledger.UNBILLED, kind="BILL", on__range=month.days).order_by()
    keys = ("account__gstin", "account__bill_to", "due__supply_state", "rate", "credit")
    found: dict[Supply, Parts] = defaultdict(lambda: NONE)
    for gstin, bill_to, place, bp, where, paise in (
        rows.annotate(rate=Subquery(rate)).values_list(*keys).annotate(sum=Sum("amount_paise"))
    ):
        supply = Supply(gstin, bill_to if gstin else "", place, bp or 0)
        found[supply] = together([found[supply], _part(where, paise)])
    return found


def _credited(month: Month) -> dict[Supply, Parts]:
    """Of dues that were billed: each credit over the rates of its due, as its lines are to each other."""
    rows = LedgerEntry.objects.filter(
        Q(debit=ledger.CONCESSION) | Q(debit__in=WORDS), kind="CREDIT", on__range=month.days
    )
    keys = ("due", "account__gstin", "account__bill_to", "due__supply_state", "debit")
    found: dict[Supply, Parts] = defaultdict(lambda: NONE)
    credits = list(rows.order_by().values_list(*keys).annotate(sum=Sum("amount_paise")))
    rates = _rates({due for due, *_others in credits})
    for due, gstin, bill_to, place, where, paise in credits:
        for bp, part in _by_rate(rates[due], where, paise):
            supply = Supply(gstin, bill_to if gstin else "", place, bp)
            found[supply] = together([found[supply], _part(where, part)])
    return found


def _rates(dues: Iterable[int]) -> dict[int, dict[int, Parts]]:
    """What each due is made of, by rate."""
    found: dict[int, dict[int, Parts]] = defaultdict(dict)
    for line in DueLine.objects.filter(due__in=list(dues)).order_by("pk"):
        part = Parts(line.taxable_paise, line.cgst_paise, line.sgst_paise, line.igst_paise)
        of_due = found[line.due_id]
        of_due[line.gst_bp] = together([of_due.get(line.gst_bp, NONE), part])
    return found


def _by_rate(rates: dict[int, Parts], where: str, paise: int) -> Iterator[tuple[int, int]]:
    """An amount of one account over the rates, in proportion to what each has there."""
    weights = [getattr(one, WORDS.get(where, "taxable")) for one in rates.values()]
    shares = spread(paise, weights) if sum(weights) else [paise, *[0] * (len(weights) - 1)]
    return zip(rates, shares, strict=True)


def _part(where: str, paise: int) -> Parts:
    """Of an account of the ledger: all that is no tax is the taxable value."""
    return Parts(0, **{WORDS[where]: paise}) if where in WORDS else Parts(paise)


def _documents(month: Month) -> dict[str, int]:
    rows: QuerySet[Document, Any] = Document.objects.filter(
        kind__in=[DocKind.VOUCHER, DocKind.REFUND_VOUCHER], dated_on__range=month.days
    )
    return dict(rows.order_by().values_list("kind").annotate(sum=Sum("amount_paise")))


# --- For a spreadsheet ------------------------------------------------------------------------------------------------


def header() -> list[str]:
    return [
        _("Recipients"),
        _("GSTIN"),
        _("Name"),
        _("Place of supply"),
        _("Rate"),
        _("Billed, taxable"),
        _("Credited, taxable"),
        _("Taxable value"),
        _("CGST"),
        _("SGST or UTGST"),
        _("IGST"),
        _("Tax"),
    ]


def cells(output: Output) -> Iterator[list[Any]]:
    """A row for each line."""
    for line in output.lines:
        supply, net = line.supply, line.net
        sums = (line.billed.taxable, line.credited.taxable, net.taxable, net.cgst, net.sgst, net.igst, net.tax)
        who = ["B2B" if supply.is_b2b else "B2C", supply.gstin, supply.bill_to, supply.place_name, supply.rate]
        yield [*who, *map(in_file, sums)]
