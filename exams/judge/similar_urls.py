"""Where programs of a test are compared."""

from django.urls import path

from exams.judge import similar_views as views

_QUESTION = "tests/<uuid:public_id>/programs/<uuid:question>/"

urlpatterns = [
    path("tests/<uuid:public_id>/programs/", views.test_programs, name="test_programs"),
    path(_QUESTION, views.similar_programs, name="similar_programs"),
    path(f"{_QUESTION}<uuid:first>/<uuid:second>/", views.similar_pair, name="similar_pair"),
]
