"""The waiting room of a test, its sealed paper, and beginning an attempt."""

from django.urls import path

from exams import room_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/room/", views.test_room, name="test_room"),
    path("tests/<uuid:public_id>/room/state/", views.test_room_state, name="test_room_state"),
    path("papers/<uuid:public_id>/", views.sealed_paper, name="sealed_paper"),
    path("attempts/<uuid:public_id>/start/", views.attempt_start, name="attempt_start"),
    path("attempts/<uuid:public_id>/takeover/", views.attempt_takeover, name="attempt_takeover"),
]
