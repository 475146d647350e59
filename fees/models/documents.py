"""Numbered documents: what was printed stays as it was printed."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from fees.models.dues import Credit, Due, StudentAccount, whose
from fees.models.money import CashierDay, Payment, Payout

models.CharField.register_lookup(Length)


class DocKind(models.TextChoices):
    """Each has a series of its own in each financial year."""

    RECEIPT = "RECEIPT", _("Receipt")
    INVOICE = "INVOICE", _("Tax invoice")
    BILL = "BILL", _("Bill of supply")
    VOUCHER = "VOUCHER", _("Receipt voucher")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")
    REFUND_VOUCHER = "REFUND_VOUCHER", _("Refund voucher")
    CANCELLATION = "CANCELLATION", _("Cancellation of a receipt")
    DAY_CLOSE = "DAY_CLOSE", _("Day closing")


class DocSeries(models.Model):
    """The next number of a kind in a financial year. Its row is locked while a number is taken: no gaps."""

    kind = models.CharField(max_length=14, choices=DocKind.choices)
    year = models.CharField(max_length=5, help_text="Financial year from April, as 26-27.")
    prefix = models.CharField(max_length=3)
    next = models.PositiveIntegerField(default=1)
    last_on = models.DateField(null=True, help_text="Of the last document: dates never decrease.")

    class Meta:
        db_table = "fee_series"
        ordering = ("year", "kind")
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="fee_series_once"),
            models.UniqueConstraint(fields=["prefix", "year"], name="fee_series_prefix_once"),
            models.CheckConstraint(condition=Q(next__gte=1), name="fee_series_next"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}/{self.year}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_user(self, user: User) -> Self:
        """Those of the accounts somebody sees; closings of the day only cashiers and admins."""
        seen = whose(user)
        if seen is None:
            return self
        return self.filter(account__student__in=User.objects.filter(seen).order_by().values("pk"))


class Document(models.Model):
    """A receipt, invoice or note with its number, and everything it says. Never changes; another one cancels it.

    `snapshot` is canonical JSON (`fees.documents`), `sha256` is of its bytes, `code` is what anybody verifies it by.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=14, choices=DocKind.choices)
    year = models.CharField(max_length=5)
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=16, unique=True)
    dated_on = models.DateField()
    account = models.ForeignKey(StudentAccount, models.PROTECT, null=True, related_name="documents")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="documents")
    due = models.ForeignKey(Due, models.PROTECT, null=True, related_name="documents")
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, related_name="documents")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="documents")
    day = models.ForeignKey(CashierDay, models.PROTECT, null=True, related_name="documents")
    cancels = models.OneToOneField("self", models.PROTECT, null=True, related_name="cancelled_by")
    amount_paise = models.BigIntegerField()
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    code = models.CharField(max_length=10, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        db_table = "fee_documents"
        ordering = ("-made_at", "-pk")
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["account", "made_at"], name="fee_document_of_account"),
            models.Index(fields=["kind", "dated_on"], name="fee_document_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="fee_document_serial_once"),
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="RECEIPT"), name="fee_receipt_once"),
            models.UniqueConstraint(fields=["due"], condition=Q(kind__in=["INVOICE", "BILL"]), name="fee_invoice_once"),
            models.UniqueConstraint(fields=["credit"], condition=Q(kind="CREDIT_NOTE"), name="fee_credit_note_once"),
            models.UniqueConstraint(fields=["payment"], condition=Q(kind="VOUCHER"), name="fee_voucher_once"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(kind="REFUND_VOUCHER"), name="fee_refund_voucher_once"
            ),
            models.CheckConstraint(condition=Q(number__length__lte=16, serial__gte=1), name="fee_document_number"),
        ]

    def __str__(self) -> str:
        return self.number
