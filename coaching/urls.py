"""Routes. Areas bring their own under their own prefix; what is composed of several areas lives in `coaching.pages`."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from coaching.pages import (
    batch,
    child,
    classes,
    dashboards,
    errors,
    guardian_link,
    health,
    home,
    students,
    styleguide,
    todo,
)

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler429 = errors.too_many_requests
handler500 = errors.server_error

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.root, name="root"),
    path("dashboard/", dashboards.dashboard, name="dashboard"),
    path("todo/", todo.todo_list, name="todo"),
    path("more/", home.more, name="more"),
    path("language/", home.language_set, name="set_language"),
    path("batches/<uuid:public_id>/", batch.batch, name="batch"),
    path("batches/classes/<uuid:public_id>/", classes.class_session, name="class_session"),
    path("students/", students.student_list, name="student_list"),
    path("children/", child.child_list, name="child_list"),
    path("children/<uuid:public_id>/", child.child, name="child"),
    path("g/<str:token>/", guardian_link.guardian_link, name="guardian_link"),
    path("g/<str:token>", guardian_link.guardian_link_bare, name="guardian_link_bare"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
urlpatterns.append(path("accounts/", include("coaching.pages.privacy_urls")))
urlpatterns.append(path("accounts/", include("coaching.pages.people_urls")))
if find_spec("accounts") and find_spec("accounts.urls"):
    urlpatterns.append(path("accounts/", include("accounts.urls")))
urlpatterns.append(path(settings.ADMIN_PATH, admin.site.urls))
urlpatterns.append(path("batches/", include("batches.urls")))
urlpatterns.append(path("attendance/", include("attendance.urls")))
urlpatterns.append(path("a/", include("attendance.link_urls")))
urlpatterns.append(path("exams/", include("exams.urls")))
urlpatterns.append(path("fees/", include("fees.urls")))
urlpatterns.append(path("calendar/", include("coaching.pages.calendar_urls")))
if find_spec("dfs.urls"):
    urlpatterns.append(path("dfs/", include("dfs.urls")))
