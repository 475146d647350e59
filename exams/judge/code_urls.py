"""Addresses the editor of a program speaks to."""

from django.urls import path

from exams.judge import code_api

urlpatterns = [
    path("attempts/<uuid:public_id>/code/<uuid:question>/run/", code_api.code_run, name="code_run"),
    path("attempts/<uuid:public_id>/code/<uuid:question>/submit/", code_api.code_submit, name="code_submit"),
    path("code/<uuid:public_id>/", code_api.code, name="code"),
]
