"""Addresses the page of an attempt speaks to."""

from django.urls import path

from exams import attempt_api

urlpatterns = [
    path("attempts/<uuid:public_id>/responses/", attempt_api.attempt_responses, name="attempt_responses"),
    path("attempts/<uuid:public_id>/state/", attempt_api.attempt_state, name="attempt_state"),
    path("attempts/<uuid:public_id>/finish/", attempt_api.attempt_finish, name="attempt_finish"),
]
