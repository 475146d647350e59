"""Batches in Django's admin, to be looked at: their own pages change them, log it and tell whom it concerns.

Neither a join code nor the hash of a calendar's address is shown, nor told letter by letter to an address that asks.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from batches.models import (
    Batch,
    BatchInvitation,
    CalendarFeed,
    ClassSession,
    Enrolment,
    Holiday,
    JoinCode,
    JoinRequest,
    Room,
    Subject,
    Teaching,
    Venue,
    WeeklySlot,
)
from coaching.lib.records import ReadOnlyAdmin


class SecretAdmin(ReadOnlyAdmin):
    """Rows with a field nobody may read, `hidden`."""

    hidden: ClassVar[str]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (self.hidden,)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return not lookup.startswith(self.hidden) and super().lookup_allowed(lookup, value, request)


# --- What is taught, where and by whom --------------------------------------------------------------------------------


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("name", "mode", "venue", "seats", "starts_on", "ends_on", "archived_at")
    list_filter = ("mode", "archived_at", "starts_on", "venue")
    list_select_related = ("venue",)
    search_fields = ("name", "teachings__teacher__name", "subjects__name")
    fields = (
        "name",
        "subjects",
        "mode",
        "venue",
        "link",
        "seats",
        "starts_on",
        "ends_on",
        "revision",
        "archived_at",
        "created_at",
        "uuid",
    )


@admin.register(Teaching)
class TeachingAdmin(ReadOnlyAdmin):
    list_display = ("teacher", "batch", "subject")
    list_filter = ("subject",)
    list_select_related = ("teacher", "batch", "subject")
    search_fields = ("teacher__name", "batch__name", "subject__name")


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    list_filter = ("batches__mode",)
    search_fields = ("name",)


@admin.register(Venue)
class VenueAdmin(ReadOnlyAdmin):
    list_display = ("name", "latitude", "longitude", "radius_m")
    list_filter = ("radius_m",)
    search_fields = ("name",)


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    list_display = ("name", "venue", "seats", "is_active")
    list_filter = ("is_active", "venue")
    list_select_related = ("venue",)
    search_fields = ("name", "venue__name")


# --- Who learns, and the ways in --------------------------------------------------------------------------------------


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    list_display = ("student", "batch", "joined_at", "left_at", "source", "leaving_reason")
    list_filter = ("source", "joined_at", "left_at")
    list_select_related = ("student", "batch")
    search_fields = ("student__name", "student__admission_number", "batch__name")


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    list_display = ("student", "batch", "state", "asked_at", "offer_ends_at", "decided_by", "decided_at")
    list_filter = ("state", "asked_at", "offer_ends_at")
    list_select_related = ("student", "batch", "decided_by")
    search_fields = ("student__name", "student__admission_number", "batch__name")


@admin.register(JoinCode)
class JoinCodeAdmin(SecretAdmin):
    """Without the code: whoever has it may join."""

    hidden = "code"
    list_display = ("batch", "uses", "most_uses", "expires_at", "needs_approval", "created_by", "revoked_at")
    list_filter = ("needs_approval", "expires_at", "revoked_at")
    list_select_related = ("batch", "created_by")
    search_fields = ("batch__name", "created_by__name")


@admin.register(BatchInvitation)
class BatchInvitationAdmin(ReadOnlyAdmin):
    list_display = ("invitation", "batch")
    list_filter = ("invitation__created_at", "invitation__used_at")
    list_select_related = ("invitation", "batch")
    search_fields = ("invitation__name", "invitation__email", "batch__name")


# --- When -------------------------------------------------------------------------------------------------------------


@admin.register(WeeklySlot)
class WeeklySlotAdmin(ReadOnlyAdmin):
    list_display = ("batch", "weekday", "starts_at", "ends_at", "subject", "teacher", "room", "starts_on", "ends_on")
    list_filter = ("weekday", "room", "subject")
    list_select_related = ("batch", "subject", "teacher", "room")
    search_fields = ("batch__name", "teacher__name", "room__name", "subject__name")


@admin.register(ClassSession)
class ClassSessionAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "ends_at", "batch", "subject", "teacher", "room", "cancelled_at", "reason", "sequence")
    list_filter = ("starts_at", "cancelled_at", "mode", "room", "subject")
    list_select_related = ("batch", "subject", "teacher", "room")
    search_fields = ("batch__name", "teacher__name", "room__name", "topic")
    fields = (
        "batch",
        "starts_at",
        "ends_at",
        "subject",
        "teacher",
        "room",
        "mode",
        "link",
        "topic",
        "slot",
        "on",
        "own",
        "sequence",
        "cancelled_at",
        "holiday",
        "reason",
        "moved_from",
        "changed_by",
        "changed_at",
        "created_at",
        "uuid",
    )


@admin.register(Holiday)
class HolidayAdmin(ReadOnlyAdmin):
    list_display = ("name", "starts_on", "ends_on")
    list_filter = ("starts_on",)
    search_fields = ("name",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(SecretAdmin):
    """That somebody has one, not where."""

    hidden = "secret_hash"
    list_display = ("person", "created_at", "read_at")
    list_filter = ("created_at", "read_at")
    list_select_related = ("person",)
    search_fields = ("person__name", "person__admission_number")
