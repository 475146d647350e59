"""The store's tables in Django's admin, to look at only: they are promises about what lies on other people's Drives.

What changes them are services.
"""

from django.contrib import admin

from coaching.lib.records import ReadOnlyAdmin
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
