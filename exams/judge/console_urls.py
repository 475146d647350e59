"""Where the judge is looked at."""

from django.urls import path

from exams.judge import console_views as views

urlpatterns = [
    path("judge/", views.judge, name="judge"),
    path("judge/again/", views.judge_again, name="judge_again"),
]
