"""Registers: each a list with its months, names and batches."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant
from fees import registers
from fees.registers_shape import Register
from fees.report_asked import Asked


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_registers(request: SignedInRequest) -> HttpResponse:
    """All of them by name."""
    return render(request, "fees/reports/registers.html", {"registers": registers.REGISTERS.values()})


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_register(request: SignedInRequest, kind: str) -> HttpResponse:
    """One of them."""
    register = register_or_404(kind)
    asked = Asked(request, now=timezone.now())
    context = {"register": register, "shown": registers.shown(register, asked)}
    return render(request, "fees/reports/register.html", asked.context | context)


def register_or_404(kind: str) -> Register:
    register = registers.REGISTERS.get(kind)
    if register is None:
        raise Http404
    return register
