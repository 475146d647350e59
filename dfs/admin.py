"""The store's tables in Django's admin, to look at only: what changes them are services."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from dfs.models import (
    Chunk,
    DriveAccount,
    Job,
    JobLine,
    Orphan,
    Snapshot,
    SnapshotCopy,
    StoredFile,
    Upload,
    VerifyRun,
)

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class ReadOnlyAdmin(AnyAdmin):
    """Nothing is added, changed or deleted by hand: the rows are promises about what lies on other people's Drives."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DriveAccount)
class DriveAccountAdmin(ReadOnlyAdmin):
    list_display = ("label", "kind", "owner", "state", "used_bytes", "cap_bytes", "checked_at")
    list_filter = ("state", "kind")
    list_select_related = ("owner",)
    search_fields = ("label", "owner__name")
    exclude = ("credentials",)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "purpose", "owner", "state", "size_bytes", "k", "p", "created_at")
    list_filter = ("state", "purpose")
    list_select_related = ("owner",)
    search_fields = ("name", "uuid")
    exclude = ("wrapped_key",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("file", "kind", "state", "reason", "objects_done", "objects_total", "attempts", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("file",)
    search_fields = ("file__name", "uuid")
    exclude = ("lease_token",)


@admin.register(JobLine)
class JobLineAdmin(ReadOnlyAdmin):
    list_display = ("at", "job", "verb", "drive", "text", "is_problem")
    list_filter = ("is_problem", "verb")
    list_select_related = ("job",)
    search_fields = ("text", "drive")


@admin.register(Chunk)
class ChunkAdmin(ReadOnlyAdmin):
    list_display = ("file", "kind", "index", "row", "copy", "account", "state", "size_bytes", "verified_at")
    list_filter = ("state", "kind", "account")
    list_select_related = ("file", "account")
    search_fields = ("file__name", "object_id")


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "purpose", "offset_bytes", "length_bytes", "touched_at")
    list_filter = ("purpose", "touched_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__name")


@admin.register(VerifyRun)
class VerifyRunAdmin(ReadOnlyAdmin):
    list_display = ("kind", "state", "actor", "objects_done", "objects_total", "created_at", "finished_at")
    list_filter = ("kind", "state")
    list_select_related = ("actor",)
    search_fields = ("actor__name",)


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "files", "size_bytes", "kid")
    list_filter = ("kid", "made_at")
    search_fields = ("uuid", "kid")


@admin.register(SnapshotCopy)
class SnapshotCopyAdmin(ReadOnlyAdmin):
    list_display = ("snapshot", "account", "state", "size_bytes", "created_at")
    list_filter = ("state", "account")
    list_select_related = ("snapshot", "account")
    search_fields = ("account__label", "object_id")


@admin.register(Orphan)
class OrphanAdmin(ReadOnlyAdmin):
    list_display = ("account", "object_id", "size_bytes", "first_seen_at", "last_seen_at")
    list_filter = ("account", "first_seen_at")
    list_select_related = ("account",)
    search_fields = ("account__label", "object_id")
