"""Attendance in Django's admin, to be looked at: its own pages change it, log it and tell whom it concerns.

Neither coordinates, nor what codes and devices are known by, nor what people wrote is shown, nor told letter by letter
to an address that asks.
"""

from django.contrib import admin

from attendance.models import (
    CheckInAttempt,
    CheckInPosition,
    CheckInRule,
    CorrectionRequest,
    Flag,
    Freeze,
    Leave,
    Record,
    RecordChange,
    Register,
)
from coaching.lib.records import GuardedAdmin, ReadOnlyAdmin

STUDENT = ("student__name", "student__admission_number")


class SecretAdmin(GuardedAdmin):
    """Rows with fields nobody may read here; positions are not reached through them."""

    hidden_relations = ("position",)


@admin.register(CheckInRule)
class CheckInRuleAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "mode", "open_before_min", "late_after_min", "close_after_min", "percent_wanted")
    list_filter = ("mode", "percent_wanted")
    list_select_related = ("batch",)
    search_fields = ("batch__name",)


@admin.register(Register)
class RegisterAdmin(SecretAdmin):
    """Without the nonce of which, with the master keys, its codes are made."""

    list_display = ("class_session", "mode", "headcount", "opened_at", "finalised_at", "finalised_by")
    list_filter = ("mode", "finalised_at")
    list_select_related = ("class_session__batch", "finalised_by")
    search_fields = ("class_session__batch__name",)
    hidden = ("code_nonce", "called")


@admin.register(Record)
class RecordAdmin(SecretAdmin):
    hidden = ("remark",)
    list_display = ("student", "class_session", "status", "late_min", "source", "marked_by", "marked_at", "version")
    list_filter = ("status", "source", "class_session__batch", "marked_at")
    list_select_related = ("student", "class_session__batch", "marked_by")
    search_fields = (*STUDENT, "class_session__batch__name")


@admin.register(RecordChange)
class RecordChangeAdmin(SecretAdmin):
    hidden = ("reason",)
    list_display = ("record", "version", "was", "status", "source", "is_correction", "by", "at")
    list_filter = ("is_correction", "status", "source", "at")
    list_select_related = ("record__student", "record__class_session__batch", "by")
    search_fields = ("record__student__name", "record__student__admission_number")


@admin.register(CheckInAttempt)
class CheckInAttemptAdmin(SecretAdmin):
    """What was decided and how near it was; where exactly stands on a page that is logged."""

    list_display = ("student", "register", "received_at", "decision", "distance_m", "accuracy_m", "code_ok", "status")
    list_filter = ("decision", "code_ok", "is_offline", "received_at")
    list_select_related = ("student", "register__class_session__batch")
    search_fields = STUDENT
    hidden = ("device_hash", "network")


@admin.register(CheckInPosition)
class CheckInPositionAdmin(SecretAdmin):
    """That there is one, not where."""

    hidden = ("latitude", "longitude", "ip")
    list_display = ("attempt", "taken_at")
    list_filter = ("taken_at",)
    list_select_related = ("attempt__student", "attempt__register__class_session__batch")
    search_fields = ("attempt__student__name", "attempt__student__admission_number")


@admin.register(Flag)
class FlagAdmin(SecretAdmin):
    hidden = ("note",)
    list_display = ("attempt", "kind", "made_at", "reviewed_by", "reviewed_at")
    list_filter = ("kind", "reviewed_at", "made_at")
    list_select_related = ("attempt__student", "attempt__register__class_session__batch", "reviewed_by")
    search_fields = ("attempt__student__name", "attempt__student__admission_number")


@admin.register(Leave)
class LeaveAdmin(SecretAdmin):
    hidden = ("reason", "answer")
    list_display = ("student", "first_on", "last_on", "state", "asked_by", "asked_at", "decided_by")
    list_filter = ("state", "first_on", "asked_at")
    list_select_related = ("student", "asked_by", "decided_by")
    search_fields = STUDENT


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(SecretAdmin):
    hidden = ("reason", "answer")
    list_display = ("record", "wanted", "state", "asked_by", "asked_at", "decided_by")
    list_filter = ("state", "wanted", "asked_at")
    list_select_related = ("record__student", "record__class_session__batch", "asked_by", "decided_by")
    search_fields = ("record__student__name", "record__student__admission_number")


@admin.register(Freeze)
class FreezeAdmin(ReadOnlyAdmin):
    list_display = ("first_on", "last_on", "reason", "made_by", "made_at", "lifted_by", "lifted_at")
    list_filter = ("lifted_at", "first_on")
    list_select_related = ("made_by", "lifted_by")
    search_fields = ("reason",)
