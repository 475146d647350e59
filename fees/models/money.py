"""Money that came, what it paid, and the ledger in which all of it stands."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from coaching.lib.money import MOST_PAISE
from fees.models.dues import Credit, Due, StudentAccount, whose
from fees.models.setup import FeeHead


class Mode(models.TextChoices):
    """How money came. GATEWAY is the online one."""

    CASH = "CASH", _("Cash")
    UPI = "UPI", _("UPI")
    CARD = "CARD", _("Card")
    CHEQUE = "CHEQUE", _("Cheque")
    DD = "DD", _("Demand draft")
    BANK = "BANK", _("Bank transfer")
    GATEWAY = "GATEWAY", _("Online")


class CashierDay(models.Model):
    """A cashier's day at the counter: opened with a float in the drawer, closed by counting. OPEN → CLOSED.

    `totals`, `expected_paise` and `counted_paise` are set with the closing; a closed day takes no more payments.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    cashier = models.ForeignKey(User, models.PROTECT, related_name="cashier_days")
    on = models.DateField()
    opening_paise = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    expected_paise = models.BigIntegerField(null=True, help_text="Cash that should be in the drawer.")
    counted_paise = models.BigIntegerField(null=True, help_text="Cash that was.")
    totals = models.JSONField(default=dict, help_text='By mode: {"CASH": {"count": 14, "paise": 9650000}}, net.')
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "fee_cashier_days"
        ordering = ("-on", "cashier__name")
        verbose_name = _("cashier’s day")
        verbose_name_plural = _("cashiers’ days")
        constraints = [
            models.UniqueConstraint(fields=["cashier", "on"], name="fee_cashier_day_once"),
            models.CheckConstraint(condition=Q(opening_paise__gte=0), name="fee_cashier_day_opening"),
            models.CheckConstraint(
                condition=Q(closed_at=None, counted_paise=None, expected_paise=None)
                | Q(closed_at__isnull=False, counted_paise__isnull=False, expected_paise__isnull=False),
                name="fee_cashier_day_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cashier} · {self.on}"


class CashMove(models.Model):
    """Cash that left or entered a drawer otherwise than by a payment. Never changes."""

    class Kind(models.TextChoices):
        TO_BANK = "TO_BANK", _("Taken to the bank")
        TO_OFFICE = "TO_OFFICE", _("Given to the office")
        FROM_OFFICE = "FROM_OFFICE", _("From the office, as change")

    day = models.ForeignKey(CashierDay, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    amount_paise = models.BigIntegerField()
    note = models.CharField(_("note"), max_length=200, blank=True)
    form_token = models.UUIDField(default=uuid4, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_cash_moves"
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_cash_move_amount")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.amount_paise}"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def for_user(self, user: User) -> Self:
        """Those of the accounts somebody sees."""
        seen = whose(user)
        if seen is None:
            return self
        return self.filter(account__student__in=User.objects.filter(seen).order_by().values("pk"))

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(reversed_at=None)


class Payment(models.Model):
    """Money received, of every mode. Never changes but for `reversed_at`, which is set once with its `Reversal`.

    What of it is not allocated to dues is the student's advance. A cheque counts at once, subject to realisation.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(StudentAccount, models.PROTECT, related_name="payments")
    mode = models.CharField(max_length=7, choices=Mode.choices)
    amount_paise = models.BigIntegerField()
    received_on = models.DateField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    reference = models.CharField(
        max_length=60, blank=True, help_text="UTR, RRN, slip or cheque number; in capitals, without spaces."
    )
    bank = models.CharField(max_length=60, blank=True, help_text="Of a cheque or draft: the bank, in capitals.")
    instrument_on = models.DateField(null=True, help_text="The date on a cheque or draft.")
    tendered_paise = models.BigIntegerField(null=True, help_text="Cash handed over.")
    payer = models.CharField(max_length=200, blank=True, help_text="Who paid, when not the student.")
    note = models.CharField(max_length=300, blank=True)
    form_token = models.UUIDField(default=uuid4, unique=True, help_text="Of the form: sent twice, it is one.")
    day = models.ForeignKey(CashierDay, models.PROTECT, null=True, related_name="payments")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    source = models.CharField(max_length=20, default="counter")
    reversed_at = models.DateTimeField(null=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        db_table = "payments"
        ordering = ("-received_at", "-pk")
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["account", "received_at"], name="payment_of_account"),
            models.Index(fields=["received_on", "mode"], name="payment_by_day"),
            models.Index(fields=["day", "received_at"], name="payment_of_cashier_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "bank", "reference"],
                condition=Q(reversed_at=None) & ~Q(reference=""),
                name="payment_reference_once",
                violation_error_message=_("A payment with this reference was recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(amount_paise__gt=0, amount_paise__lte=MOST_PAISE), name="payment_amount"
            ),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="payment_mode_known"),
            models.CheckConstraint(
                condition=Q(tendered_paise=None) | Q(tendered_paise__gte=F("amount_paise"), mode="CASH"),
                name="payment_tendered",
            ),
            models.CheckConstraint(
                condition=~Q(mode__in=["UPI", "CHEQUE", "DD", "BANK", "GATEWAY"]) | ~Q(reference=""),
                name="payment_has_reference",
            ),
            models.CheckConstraint(
                condition=Q(received_by__isnull=False) | Q(mode="GATEWAY"), name="payment_received_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} · {self.amount_paise}"

    @property
    def change_paise(self) -> int:
        """Of cash, what was given back of what was handed over."""
        return (self.tendered_paise or self.amount_paise) - self.amount_paise


class PaymentBalance(models.Model):
    """What of a payment is allocated and what was given back. Kept by triggers, never by hand; the rest is advance."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="balance", primary_key=True)
    amount_paise = models.BigIntegerField()
    allocated_paise = models.BigIntegerField(default=0)
    returned_paise = models.BigIntegerField(default=0, help_text="Reversed, or paid back.")
    free_paise = models.GeneratedField(
        expression=F("amount_paise") - F("allocated_paise") - F("returned_paise"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        db_table = "payment_balances"
        indexes = [
            models.Index(fields=["payment"], condition=Q(free_paise__gt=0), name="payment_balance_free"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(allocated_paise__gte=0, returned_paise__gte=0), name="payment_balance_parts"
            ),
            models.CheckConstraint(
                condition=Q(amount_paise__gte=F("allocated_paise") + F("returned_paise")),
                name="payment_balance_ceiling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.free_paise}"


class Allocation(models.Model):
    """A part of a payment that pays a due; one that `reverses` another takes it back. Never changes."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    due = models.ForeignKey(Due, models.PROTECT, related_name="allocations")
    amount_paise = models.BigIntegerField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    source = models.CharField(max_length=20, help_text="counter, advance, reversal …")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_allocations"
        ordering = ("at", "pk")
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_allocation_amount")]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.due_id}: {self.amount_paise}"


class Reversal(models.Model):
    """A payment that was taken back whole: typed wrongly, or its cheque bounced. Never changes."""

    class Kind(models.TextChoices):
        UNDO = "UNDO", _("Recorded by mistake")
        BOUNCE = "BOUNCE", _("Cheque bounced")

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="reversal")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    day = models.ForeignKey(CashierDay, models.PROTECT, null=True, related_name="reversals")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "payment_reversals"
        ordering = ("-at", "-pk")
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="payment_reversal_has_reason")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.payment_id}"


class ChequeStep(models.Model):
    """What became of a cheque or draft: DEPOSITED, then CLEARED; a bounce is a reversal. Never changes."""

    class Kind(models.TextChoices):
        DEPOSITED = "DEPOSITED", _("At the bank")
        CLEARED = "CLEARED", _("Cleared")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="cheque_steps")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    on = models.DateField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_cheque_steps"
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["payment", "kind"], name="fee_cheque_step_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.payment_id}"


class Payout(models.Model):
    """A part of an advance that was given back, by hand. Never changes."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="payouts")
    mode = models.CharField(max_length=7, choices=[(m.value, m.label) for m in (Mode.CASH, Mode.UPI, Mode.BANK)])
    amount_paise = models.BigIntegerField()
    reference = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)
    day = models.ForeignKey(CashierDay, models.PROTECT, null=True, related_name="payouts")
    form_token = models.UUIDField(default=uuid4, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_payouts"
        ordering = ("-at", "-pk")
        verbose_name = _("pay-out")
        verbose_name_plural = _("pay-outs")
        constraints = [
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_payout_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="fee_payout_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} · {self.amount_paise}"


class Bill(models.Model):
    """A due was billed: from `billed_on` on it is income and its tax is owed. Never changes."""

    due = models.OneToOneField(Due, models.PROTECT, related_name="bill")
    billed_on = models.DateField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "fee_bills"
        indexes = [models.Index(fields=["billed_on"], name="fee_bill_by_day")]

    def __str__(self) -> str:
        return f"{self.due_id} · {self.billed_on}"


class LedgerEntry(models.Model):
    """`amount_paise` from account `credit` to account `debit`: balanced by construction. Never changes.

    Accounts are words: cash, bank, upi, card, cheques, gateway, unbilled, cgst, sgst, igst, concession, difference;
    student:<account>, advance:<account>, income:<head>. `fees.ledger` makes the rows.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    on = models.DateField(help_text="The day of the institute's books.")
    debit = models.CharField(max_length=40)
    credit = models.CharField(max_length=40)
    amount_paise = models.BigIntegerField()
    kind = models.CharField(max_length=12, help_text="ISSUE, BILL, CREDIT, PAYMENT, ALLOCATION, REVERSAL, …")
    source_key = models.CharField(max_length=80, unique=True, help_text="What is booked: due:17, alloc:4:reversal …")
    account = models.ForeignKey(StudentAccount, models.PROTECT, null=True, related_name="entries")
    due = models.ForeignKey(Due, models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="entries")
    credit_row = models.ForeignKey(Credit, models.PROTECT, null=True, related_name="entries")
    head = models.ForeignKey(FeeHead, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    source = models.CharField(max_length=20, help_text="What booked it, when nobody did: task, enrolment …")

    class Meta:
        db_table = "fee_ledger"
        ordering = ("pk",)
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes = [
            models.Index(fields=["account", "at"], name="fee_ledger_of_account"),
            models.Index(fields=["debit", "on"], name="fee_ledger_debit"),
            models.Index(fields=["credit", "on"], name="fee_ledger_credit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="fee_ledger_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="fee_ledger_two_accounts"),
            models.CheckConstraint(condition=Q(by__isnull=False) | ~Q(source=""), name="fee_ledger_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} ← {self.credit}: {self.amount_paise}"
