"""Where results are released and held back, and the leaderboard."""

from django.urls import URLPattern, path

from exams import leaderboard_views, release_views

urlpatterns: list[URLPattern] = [
    path("tests/<uuid:public_id>/results/release/", release_views.test_release, name="test_release"),
    path("tests/<uuid:public_id>/leaderboard/", leaderboard_views.test_leaderboard, name="test_leaderboard"),
    path("leaderboard/", leaderboard_views.leaderboard_choice, name="leaderboard_choice"),
]
