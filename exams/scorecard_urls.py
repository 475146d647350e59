"""Scorecards and how they are verified."""

from django.urls import path

from exams import scorecard_views as views

urlpatterns = [
    path("results/<str:code>/scorecard.pdf", views.scorecard, name="scorecard"),
    path("tests/<uuid:public_id>/results/scorecards.pdf", views.test_scorecards, name="test_scorecards"),
    path("verify/", views.result_verify_form, name="result_verify_form"),
    path("verify/<str:code>/", views.result_verify, name="result_verify"),
]
