"""What a student will pay by a plan, day by day with tax, before anybody is charged. Pure but for words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.money import rupees
from fees import fines, schedule, tax
from fees.fines import FineRule
from fees.models import FeePlan, FeeSettings, PriceMode
from fees.schedule import Charge, Part
from fees.tax import Parts

EXAMPLE_DAYS = (30, 90)


@dataclass(frozen=True, slots=True)
class Priced:
    """An amount of a plan with the treatment it has there. `gst_bp` in basis points."""

    name: str
    paise: int
    gst_bp: int
    is_one_off: bool = False


@dataclass(frozen=True, slots=True)
class Instalment:
    """When a part is due (a day, or days after joining), what it is made of, and how much of it is for which head."""

    number: int
    due_on: date | None
    days_after: int | None
    parts: Parts
    heads: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a student pays: `total` with tax. `fine` in words, `examples` as (days late, paise)."""

    rows: list[Instalment]
    total: Parts
    taxes: bool
    fine: str
    examples: list[tuple[int, int]]


def preview(
    priced: Sequence[Priced], parts: Sequence[Part], *, rule: FineRule, price_mode: str, settings: FeeSettings
) -> Preview:
    """Of a student of the institute's own state. Raises: ValueError when heads and instalments differ in sum."""
    charges = [Charge(one.paise, one.is_one_off) for one in priced]
    rows = []
    for number, (part, row) in enumerate(zip(parts, schedule.shares(charges, parts), strict=True), 1):
        made = [
            (one.name, _parts(paise, one.gst_bp, price_mode=price_mode, taxes=settings.taxes))
            for one, paise in zip(priced, row, strict=True)
            if paise
        ]
        whole = tax.together(found for _name, found in made)
        named = [(name, found.total) for name, found in made]
        rows.append(Instalment(number, part.due_on, part.days_after, whole, named))
    total = tax.together(one.parts for one in rows)
    return Preview(rows, total, settings.taxes, fine_words(rule), _examples(rule))


def of_plan(plan: FeePlan, *, settings: FeeSettings) -> Preview:
    """Of a plan as it is kept. Two queries."""
    priced = [
        Priced(one.head.name, one.amount_paise, one.gst_bp, one.is_one_off)
        for one in plan.lines.select_related("head").order_by("position")
    ]
    return preview(priced, parts_of(plan), rule=rule_of(plan), price_mode=plan.price_mode, settings=settings)


def parts_of(plan: FeePlan) -> list[Part]:
    """Its instalments. One query."""
    return [Part(one.amount_paise, one.due_on, one.days_after) for one in plan.instalments.order_by("seq")]


def rule_of(plan: FeePlan) -> FineRule:
    return FineRule(plan.fine_kind, plan.fine_paise, plan.fine_grace_days, plan.fine_cap_paise)


def _parts(paise: int, gst_bp: int, *, price_mode: str, taxes: bool) -> Parts:
    if not taxes:
        return Parts(paise)
    split = tax.within if price_mode == PriceMode.INCLUSIVE else tax.on_top
    return split(paise, gst_bp=gst_bp, is_inter_state=False)


def fine_words(rule: FineRule) -> str:
    """ "₹50.00 for each week begun, after 7 days of grace, ₹2,000.00 at most"; "" without a fine."""
    if rule.kind == fines.NONE:
        return ""
    words = {"amount": rupees(rule.paise)}
    said = {
        fines.FLAT: _("%(amount)s once") % words,
        fines.PER_DAY: _("%(amount)s for each day") % words,
        fines.PER_WEEK: _("%(amount)s for each week begun") % words,
    }[rule.kind]
    parts = [said]
    if rule.grace_days:
        grace = ngettext("after %(count)d day of grace", "after %(count)d days of grace", rule.grace_days)
        parts.append(grace % {"count": rule.grace_days})
    if rule.cap is not None:
        parts.append(_("%(amount)s at most") % {"amount": rupees(rule.cap)})
    return ", ".join(parts)


def _examples(rule: FineRule) -> list[tuple[int, int]]:
    """The first day it costs something, and later ones."""
    if rule.kind == fines.NONE:
        return []
    due_on = date(2026, 1, 1)  # any
    days = sorted({rule.grace_days + 1, *(late for late in EXAMPLE_DAYS if late > rule.grace_days)})
    return [(late, fines.accrued(rule, due_on=due_on, on=due_on + timedelta(days=late))) for late in days]
