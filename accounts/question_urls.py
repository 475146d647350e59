"""Where people write to the office."""

from django.urls import path

from accounts import question_views as views

urlpatterns = [
    path("questions/", views.question_list, name="question_list"),
    path("questions/ask/", views.question_create, name="question_create"),
    path("questions/<uuid:public_id>/", views.question, name="question"),
    path("questions/<uuid:public_id>/open/", views.question_open, name="question_open"),
    path("questions/<uuid:public_id>/state/", views.question_state, name="question_state"),
]
