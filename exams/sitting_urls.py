"""Addresses of sitting a test, below /exams/."""

from django.urls import path

from exams import sitting_views as views

urlpatterns = [
    path("attempts/<uuid:public_id>/", views.attempt, name="attempt"),
    path("attempts/<uuid:public_id>/q/<int:place>/", views.attempt_question, name="attempt_question"),
    path("attempts/<uuid:public_id>/review/", views.attempt_review, name="attempt_review"),
    path("attempts/<uuid:public_id>/paper/", views.attempt_paper, name="attempt_paper"),
    path("attempts/<uuid:public_id>/log/", views.attempt_log, name="attempt_log"),
]
