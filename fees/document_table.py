"""The table of lines on a document: what, SAC, taxable value, taxes, amount; and of a closed day what was in a drawer.

From the snapshot alone. Columns nothing stands in are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from coaching.lib.money import amount, percent
from fees.doc_lines import BALANCE, PART
from fees.models import CashMove, DocKind, Mode
from fees.tax import WITHOUT_LEGISLATURE

Facts = Mapping[str, Any]
TAXES = ("cgst", "sgst", "igst")


@dataclass(frozen=True, slots=True)
class Column:
    """Beside what a line is for."""

    head: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """Of a column; `head` is the column's, for where there is no row of heads."""

    text: str
    is_number: bool = True
    head: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what it is for, more about that, and the cells of the columns, the last one the amount."""

    label: str
    about: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """`foot` is the sum; `taxes` says the tax in one line, for narrow paper."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    foot: Row
    taxes: str = ""


def table(facts: Facts, *, alone: str) -> Table:
    """Of a document; `alone` says what its one line is for when it has none of its own."""
    if facts["kind"] == DocKind.DAY_CLOSE:
        return _of_day(facts)
    lines = _lines(facts, alone)
    taxed = [name for name in TAXES if any(line.get(name) for line in lines)]
    shape = _Shape(taxed, any(line.get("sac") for line in lines), _rate(lines) if taxed else None)
    columns = [Column(_("SAC"), is_number=False)] if shape.has_sac else []
    if taxed:
        columns += [Column(_("Taxable, ₹")), *(Column(_tax_head(name, facts, shape.rate)) for name in taxed)]
    foot = {name: sum(line.get(name, 0) for line in lines) for name in ("taxable", *taxed, "amount")}
    rows = [Row(_label(line), _about(line, shape), _cells(line, shape)) for line in lines]
    return _with_heads(
        [*columns, Column(_("Amount, ₹"))],
        rows,
        Row(_("Together"), "", _cells(foot, shape)),
        taxes=_tax_line(facts, foot, shape),
    )


def _with_heads(columns: Sequence[Column], rows: Sequence[Row], foot: Row, *, taxes: str = "") -> Table:
    def headed(row: Row) -> Row:
        pairs = zip(row.cells, columns, strict=True)
        return replace(row, cells=[replace(cell, head=column.head) for cell, column in pairs])

    return Table(columns, [headed(row) for row in rows], headed(foot), taxes)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which taxes there are, whether SACs, and the rate when all lines have the same."""

    taxed: Sequence[str]
    has_sac: bool
    rate: int | None


def _lines(facts: Facts, alone: str) -> list[Facts]:
    lines = list(facts.get("lines", ()))
    if facts.get("advance"):
        lines.append({"label": _("Advance, for what is due next"), "amount": facts["advance"]})
    return lines or [{**facts, "label": facts.get("label") or alone, "amount": facts["total"]}]


def _rate(lines: Sequence[Facts]) -> int | None:
    rates = {line["gst_bp"] for line in lines if "gst_bp" in line}
    return rates.pop() if len(rates) == 1 else None


def _tax_head(name: str, facts: Facts, rate: int | None) -> str:
    """CGST 9 %; the name alone when rates differ."""
    word = _tax_word(name, facts)
    if rate is None:
        return word
    return _("%(tax)s %(rate)s %%") % {"tax": word, "rate": percent(rate) if name == "igst" else f"{rate / 200:g}"}


def _tax_word(name: str, facts: Facts) -> str:
    is_territory = facts.get("place_code") in WITHOUT_LEGISLATURE
    return "UTGST" if name == "sgst" and is_territory else name.upper()


def _label(line: Facts) -> str:
    said = {PART: _("%(what)s, part"), BALANCE: _("%(what)s, balance")}.get(line.get("part", ""), "%(what)s")
    return said % {"what": line["label"]}


def _about(line: Facts, shape: _Shape) -> str:
    parts = [line.get("about", ""), line.get("invoice", "") if "due_on" in line else ""]
    if shape.taxed and shape.rate is None and line.get("gst_bp"):
        parts.append(_("GST %(rate)s %%") % {"rate": percent(line["gst_bp"])})
    return " · ".join(part for part in parts if part)


def _cells(line: Facts, shape: _Shape) -> list[Cell]:
    sac = [Cell(line.get("sac", ""), is_number=False)] if shape.has_sac else []
    names = ("taxable", *shape.taxed) if shape.taxed else ()
    return [*sac, *(Cell(amount(line[name]) if name in line else "") for name in names), Cell(amount(line["amount"]))]


def _tax_line(facts: Facts, foot: Mapping[str, int], shape: _Shape) -> str:
    if not shape.taxed:
        return ""
    taxes = ", ".join(f"{_tax_head(name, facts, shape.rate)} {amount(foot[name])}" for name in shape.taxed)
    said = _("GST included: taxable %(sum)s, %(taxes)s") % {"sum": amount(foot["taxable"]), "taxes": taxes}
    codes = dict.fromkeys(line["sac"] for line in facts.get("lines", [facts]) if line.get("sac"))
    return " · ".join([said, *([_("SAC %(codes)s") % {"codes": ", ".join(codes)}] if codes else [])])


def _of_day(facts: Facts) -> Table:
    """The drawer: what it began with, what came by each way of paying, what left it, what should be and what was."""
    rows = [_line(_("Opening"), facts["opening"])]
    for mode, sums in facts["totals"].items():
        rows.append(_line(str(Mode(mode).label), sums["paise"], count=sums["count"]))
    rows += [_line(str(CashMove.Kind(kind).label), paise) for kind, paise in facts["moves"].items()]
    rows.append(_line(_("Cash that should be there"), facts["expected"]))
    over = facts["counted"] - facts["expected"]
    if over:
        rows.append(_line(_("Too much") if over > 0 else _("Missing"), abs(over)))
    columns = [Column(_("Count")), Column(_("Amount, ₹"))]
    return _with_heads(columns, rows, _line(_("Cash counted"), facts["counted"]))


def _line(label: str, paise: int, *, count: int | None = None) -> Row:
    return Row(label, "", [Cell("" if count is None else str(count)), Cell(amount(paise))])
