"""Amounts on pages: paise as the institute writes rupees."""

from django import template

from coaching.lib import money

register = template.Library()


@register.filter
def rupees(paise: int | None) -> str:
    """₹1,18,000.00; nothing for None."""
    return "" if paise is None else money.rupees(int(paise))


@register.filter
def amount(paise: int | None) -> str:
    """1,18,000.00, for columns that name the rupee at their head; nothing for None."""
    return "" if paise is None else money.amount(int(paise))


@register.filter
def percent(bp: int | None) -> str:
    """A rate in basis points as people write it: 1800 → 18; nothing for None."""
    return "" if bp is None else money.percent(int(bp))
