"""Giving a student's advance back."""

from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.models import Role
from coaching.lib.errors import DomainError
from fees import advances
from fees.fields import RupeesField
from fees.models import Mode, StudentAccount

WAYS = [(mode.value, mode.label) for mode in (Mode.CASH, Mode.UPI, Mode.BANK)]


class PayoutForm(forms.Form):
    """How much, how and why."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    amount = RupeesField(label=gettext_lazy("Amount"))
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=WAYS)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60, required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def fee_payout(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give an advance back, with a voucher of its own; the same form again changes nothing."""
    account = get_object_or_404(StudentAccount.objects.select_related("student"), student__uuid=public_id)
    free = advances.of(account)
    form = PayoutForm(request.POST or None, initial={"token": uuid4(), "amount": free})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        fields = {name: given[name] for name in ("mode", "reference", "reason")}
        try:
            paid = {"amount_paise": given["amount"], "form_token": given["token"]}
            advances.pay_out(account, **fields, **paid, actor=request.user, now=timezone.now(), request=request)
            return redirect("fee_account", public_id)
        except DomainError as refused:
            field = getattr(refused, "field", "")
            form.add_error(field if field in form.fields else None, refused.message)
    context = {"student": account.student, "free": free, "form": form}
    return render(request, "fees/account/payout.html", context, status=422 if form.errors else 200)
