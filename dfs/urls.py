"""Routes of the file store: the console, a person's own files, uploads."""

from django.urls import path

from dfs import console_views, drive_views, file_views, upload_views

app_name = "dfs"

urlpatterns = [
    path("", console_views.console_home, name="console"),
    path("queue/", console_views.queue_part, name="console_queue"),
    path("log/", console_views.console_log, name="console_log"),
    path("log/download/", console_views.console_log_download, name="console_log_download"),
    path("run/", console_views.console_run, name="console_run"),
    path("what-if/", console_views.console_what_if, name="console_what_if"),
    path("history/", console_views.console_history, name="console_history"),
    path("history/clear/", console_views.history_clear, name="history_clear"),
    path("wake/", console_views.wake, name="wake"),
    path("verify/", console_views.verify, name="verify"),
    path("rebuild/", console_views.rebuild, name="rebuild"),
    path("jobs/<uuid:public_id>/", console_views.job_state, name="job_state"),
    path("jobs/<uuid:public_id>/log/", console_views.job_log, name="job_log"),
    path("jobs/<uuid:public_id>/retry/", console_views.job_retry, name="job_retry"),
    path("jobs/<uuid:public_id>/cancel/", console_views.job_cancel, name="job_cancel"),
    path("pool/<uuid:public_id>/<slug:verb>/", console_views.drive_change, name="drive_change"),
    path("console/<uuid:public_id>/", console_views.console_file, name="console_file"),
    path("console/<uuid:public_id>/trash/", console_views.console_file_trash, name="console_file_trash"),
    path("console/<uuid:public_id>/restore/", console_views.console_file_restore, name="console_file_restore"),
    path("console/<uuid:public_id>/erase/", console_views.console_file_erase, name="console_file_erase"),
    path("upload/", upload_views.console_upload, name="console_upload"),
    path("uploads/", upload_views.upload_create, name="upload_create"),
    path("uploads/<uuid:public_id>/", upload_views.upload, name="upload"),
    path("uploads/<uuid:public_id>/cancel/", upload_views.upload_cancel, name="upload_cancel"),
    path("drives/", drive_views.drive_list, name="drive_list"),
    path("drives/link/", drive_views.drive_link, name="drive_link"),
    path("drives/callback/", drive_views.drive_callback, name="drive_callback"),
    path("drives/<uuid:public_id>/cap/", drive_views.drive_cap, name="drive_cap"),
    path("drives/<uuid:public_id>/pause/", drive_views.drive_pause, name="drive_pause"),
    path("drives/<uuid:public_id>/resume/", drive_views.drive_resume, name="drive_resume"),
    path("drives/<uuid:public_id>/unlink/", drive_views.drive_unlink, name="drive_unlink"),
    path("files/", file_views.file_list, name="file_list"),
    path("files/trash/empty/", file_views.trash_empty, name="trash_empty"),
    path("files/<uuid:public_id>/", file_views.file_download, name="file_download"),
    path("files/<uuid:public_id>/state/", file_views.file_state, name="file_state"),
    path("files/<uuid:public_id>/rename/", file_views.file_rename, name="file_rename"),
    path("files/<uuid:public_id>/trash/", file_views.file_trash, name="file_trash"),
    path("files/<uuid:public_id>/restore/", file_views.file_restore, name="file_restore"),
    path("files/<uuid:public_id>/erase/", file_views.file_erase, name="file_erase"),
]
