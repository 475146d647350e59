"""Fees in Django's admin, to be looked at: their own pages change them, book it and log it."""

from django.contrib import admin

from coaching.lib.records import GuardedAdmin, ReadOnlyAdmin
from fees.models import (
    Allocation,
    CashierDay,
    Concession,
    Credit,
    Document,
    Due,
    FeeHead,
    FeePlan,
    LedgerEntry,
    Payment,
    StudentAccount,
)


@admin.register(FeeHead)
class FeeHeadAdmin(ReadOnlyAdmin):
    list_display = ("name", "use", "sac", "gst_bp", "archived_at")
    search_fields = ("name",)


@admin.register(FeePlan)
class FeePlanAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "version", "total_paise", "created_by", "created_at")
    list_select_related = ("batch", "created_by")
    search_fields = ("batch__name", "name")


@admin.register(StudentAccount)
class StudentAccountAdmin(ReadOnlyAdmin):
    list_display = ("student", "is_disputed", "created_at")
    list_select_related = ("student",)
    search_fields = ("student__name", "student__admission_number")


@admin.register(Due)
class DueAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "account", "due_on", "total_paise", "source")
    list_select_related = ("account__student",)
    list_filter = ("kind",)
    search_fields = ("account__student__name",)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "account", "received_on", "reference", "received_by", "reversed_at")
    list_select_related = ("account__student", "received_by")
    list_filter = ("mode",)
    search_fields = ("account__student__name", "reference")


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("payment", "due", "amount_paise", "source", "at")
    list_select_related = ("payment", "due")


@admin.register(Credit)
class CreditAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "due", "reason", "made_by", "at")
    list_select_related = ("due", "made_by")
    list_filter = ("kind",)


@admin.register(Concession)
class ConcessionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "account", "state", "requested_by", "decided_by")
    list_select_related = ("account__student", "requested_by", "decided_by")
    list_filter = ("state", "type")


@admin.register(CashierDay)
class CashierDayAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "opening_paise", "expected_paise", "counted_paise", "closed_at")
    list_select_related = ("cashier",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("source_key", "on", "debit", "credit", "amount_paise", "by", "source")
    list_select_related = ("by",)
    list_filter = ("kind",)
    search_fields = ("source_key", "debit", "credit")


@admin.register(Document)
class DocumentAdmin(GuardedAdmin):
    hidden = ("code",)
    list_display = ("number", "kind", "account", "dated_on", "amount_paise", "made_by")
    list_select_related = ("account__student", "made_by")
    list_filter = ("kind", "year")
    search_fields = ("number", "account__student__name")
