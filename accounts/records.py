"""Guardianships, the activity log and sessions in Django's admin; the last two only to be read.

Imported by `accounts.admin`, where Django looks for what to register.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.activity import record
from accounts.events import describe
from accounts.models import Activity, Guardianship, Role, SessionSlot, User
from coaching.lib.records import ReadOnlyAdmin

if TYPE_CHECKING:  # Django's classes take no type argument at run time
    GuardianshipAdminBase = admin.ModelAdmin[Guardianship]
    GuardianshipForm = forms.ModelForm[Guardianship]
else:
    GuardianshipAdminBase, GuardianshipForm = admin.ModelAdmin, forms.ModelForm


def person_of(request: HttpRequest) -> User:
    """Who does it; nobody else gets to a record."""
    person: User = request.user  # type: ignore[assignment]
    return person


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ("at", "what", "actor", "subject", "object_type", "ip", "device")
    list_filter = ("event", "at")
    list_select_related = ("actor", "subject")
    search_fields = ("actor__name", "subject__name", "ip", "request_id", "object_id")
    fields = (
        "at",
        "what",
        "event",
        "actor",
        "subject",
        "object_type",
        "object_id",
        "ip",
        "device",
        "request_id",
        "extra",
    )

    @admin.display(description=_("what"), ordering="event")
    def what(self, line: Activity) -> str:
        return describe(line.event)


@admin.register(SessionSlot)
class SessionSlotAdmin(ReadOnlyAdmin):
    """Without the hash of the key."""

    list_display = ("user", "device", "method", "ip", "created_at", "last_seen_at", "ended_at", "end_reason")
    list_filter = ("method", "end_reason")
    list_select_related = ("user",)
    search_fields = ("user__name", "device", "ip")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Nor by an address that asks for its letters one by one."""
        return not lookup.startswith("key_hash") and super().lookup_allowed(lookup, value, request)

    fields = (
        "user",
        "device",
        "method",
        "must_enrol",
        "ip",
        "created_at",
        "last_seen_at",
        "idle_until",
        "expires_at",
        "ended_at",
        "end_reason",
    )


@admin.register(Guardianship)
class GuardianshipAdmin(GuardianshipAdminBase):
    """Who is whose guardian."""

    list_display = ("guardian", "student", "relation")
    list_filter = ("created_at",)
    list_select_related = ("guardian", "student")
    search_fields = ("guardian__name", "student__name", "student__admission_number")
    autocomplete_fields = ("guardian", "student")
    list_per_page = 50
    show_full_result_count = False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One is ended on its own page, where it is logged."""
        return {}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "student":
            kwargs["queryset"] = User.objects.filter(role=Role.STUDENT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Guardianship, form: GuardianshipForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _log("guardianship.changed" if change else "guardianship.made", obj, request)

    def delete_model(self, request: HttpRequest, obj: Guardianship) -> None:
        _log("guardianship.ended", obj, request)
        super().delete_model(request, obj)


def _log(event: str, link: Guardianship, request: HttpRequest) -> None:
    actor = request.user if isinstance(request.user, User) else None
    record(event, actor=actor, subject=link.student, on=link, request=request, person=link.guardian_id)
