"""What the office keeps, in Django's admin, to be looked at: its own pages change it and log that.

No hash of a link or PIN, no sealed byte, no word of a question is shown. Actions call the services the pages call.
Imported by `accounts.admin`, where Django looks for what to register.
"""

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import guardian_passes, invitations, photos, questions
from accounts.models import (
    Consent,
    ErasureRequest,
    Grant,
    GuardianPass,
    ImportedRow,
    Institute,
    Invitation,
    MasterKeyMark,
    PeopleImport,
    Photo,
    SessionPolicy,
    Ticket,
    TicketMessage,
)
from accounts.records import person_of
from coaching.lib.records import ReadOnlyAdmin

# --- Who comes in -----------------------------------------------------------------------------------------------------


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "admission_number", "role", "created_at", "expires_at", "used_at", "revoked_at")
    list_filter = ("role", "created_at", "used_at", "revoked_at")
    list_select_related = ("created_by",)
    search_fields = ("name", "email", "admission_number")
    exclude = ("token_hash",)
    actions = ("take_back",)

    @admin.action(description=_("Take back what is not used"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        count = invitations.revoke(queryset, actor=person_of(request), request=request)
        said = ngettext("%(count)s invitation was taken back.", "%(count)s invitations were taken back.", count)
        messages.info(request, said % {"count": count})


@admin.register(GuardianPass)
class GuardianPassAdmin(ReadOnlyAdmin):
    list_display = ("label", "student", "created_at", "expires_at", "last_used_at", "wrong_pins", "revoked_at")
    list_filter = ("created_at", "expires_at", "revoked_at")
    list_select_related = ("student",)
    search_fields = ("label", "student__name", "student__admission_number")
    exclude = ("token_hash", "pin_hash")
    actions = ("take_back",)

    @admin.action(description=_("Take back"))
    def take_back(self, request: HttpRequest, queryset: QuerySet[GuardianPass]) -> None:
        actor = person_of(request)
        count = sum(guardian_passes.revoke_pass(row, actor=actor, request=request) for row in queryset)
        said = ngettext("%(count)d link was taken back.", "%(count)d links were taken back.", count)
        messages.info(request, said % {"count": count})


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """Given and taken on the page of the person."""

    list_display = ("user", "kind", "given_by", "given_at")
    list_filter = ("kind", "given_at")
    list_select_related = ("user", "given_by")
    search_fields = ("user__name", "user__email")


@admin.register(PeopleImport)
class PeopleImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "actor", "at", "state", "added", "updated", "skipped", "undone_at")
    list_filter = ("state", "at")
    list_select_related = ("actor",)
    search_fields = ("file_name", "actor__name")


@admin.register(ImportedRow)
class ImportedRowAdmin(ReadOnlyAdmin):
    """Without what an update replaced."""

    list_display = ("people_import", "line", "action", "person", "outcome")
    list_filter = ("action", "outcome")
    list_select_related = ("people_import", "person")
    search_fields = ("person__name", "person__admission_number", "people_import__file_name")
    exclude = ("before",)


# --- What people agreed to and asked ----------------------------------------------------------------------------------


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("subject", "purpose", "method", "given_by", "given_at", "notice_version", "withdrawn_at")
    list_filter = ("purpose", "method", "given_at", "withdrawn_at")
    list_select_related = ("subject", "given_by")
    search_fields = ("subject__name", "subject__admission_number", "given_by__name")


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ReadOnlyAdmin):
    list_display = ("subject", "asked_by", "asked_at", "state", "decided_by", "decided_at")
    list_filter = ("state", "asked_at")
    list_select_related = ("subject", "asked_by", "decided_by")
    search_fields = ("subject__name", "subject__admission_number", "asked_by__name")


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    """That there is one; it is seen beside the person's name."""

    list_display = ("person", "changed_at")
    list_filter = ("changed_at",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__admission_number")
    exclude = ("sealed",)
    actions = ("take_away",)

    @admin.display(description=_("person"), ordering="user__name")
    def person(self, row: Photo) -> str:
        return str(row.user)

    @admin.action(description=_("Take the photo away"))
    def take_away(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        actor = person_of(request)
        count = sum(photos.remove_photo(row.user, actor=actor, request=request) for row in queryset)
        said = ngettext("%(count)d photo was taken away.", "%(count)d photos were taken away.", count)
        messages.info(request, said % {"count": count})


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    """Who asked when and how it stands; what was asked is read where it is answered."""

    list_display = ("asked_by", "state", "created_at", "moved_at", "written")
    list_filter = ("state", "created_at")
    list_select_related = ("asked_by",)
    search_fields = ("asked_by__name", "asked_by__admission_number")
    fields = ("asked_by", "state", "created_at", "moved_at")
    actions = ("close",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        rows: QuerySet[Ticket] = super().get_queryset(request)
        return rows.annotate(written_count=Count("messages"))

    @admin.display(description=_("messages"), ordering="written_count")
    def written(self, row: Ticket) -> int:
        return int(getattr(row, "written_count", 0))

    @admin.action(description=_("Close"))
    def close(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        for row in queryset:
            questions.close(row, actor=person_of(request), request=request)
        messages.info(request, _("Closed."))


@admin.register(TicketMessage)
class TicketMessageAdmin(ReadOnlyAdmin):
    """Without its text."""

    list_display = ("at", "ticket", "author")
    list_filter = ("at",)
    list_select_related = ("ticket", "author")
    search_fields = ("author__name", "ticket__asked_by__name")
    fields = ("at", "ticket", "author")


# --- The institute's rules --------------------------------------------------------------------------------------------


@admin.register(Institute)
class InstituteAdmin(ReadOnlyAdmin):
    """Changed on its own page."""

    list_display = ("name", "state", "time_zone", "language", "minor_location", "changed_at")
    list_filter = ("language", "minor_location")
    search_fields = ("name",)
    fields = (
        "name",
        "short_name",
        "address",
        "state",
        "phone",
        "email",
        "website",
        "time_zone",
        "language",
        "academic_year_month",
        "minor_location",
        "leaderboards",
        "notice_version",
        "changed_at",
    )


@admin.register(SessionPolicy)
class SessionPolicyAdmin(ReadOnlyAdmin):
    """Roles whose policy an admin changed; changed on the page of the policies."""

    list_display = ("role", "max_sessions", "on_limit", "idle_minutes", "absolute_hours")
    list_filter = ("on_limit",)
    search_fields = ("role",)


@admin.register(MasterKeyMark)
class MasterKeyMarkAdmin(ReadOnlyAdmin):
    """Names of the master keys; `manage.py keys` does the rest."""

    list_display = ("kid", "created_at")
    list_filter = ("created_at",)
    search_fields = ("kid",)
    fields = ("kid", "created_at")
