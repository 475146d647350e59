"""Addresses below /attendance/; each subject brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("attendance.report_urls")),
    path("", include("attendance.check_in_urls")),
    path("", include("attendance.code_urls")),
    path("", include("attendance.register_urls")),
    path("", include("attendance.ask_urls")),
    path("", include("attendance.rule_urls")),
    path("", include("attendance.oversight_urls")),
]
