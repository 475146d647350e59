"""Where answers are marked by hand."""

from django.urls import path

from exams import marking_views as views

urlpatterns = [
    path("marking/", views.marking, name="marking"),
    path("tests/<uuid:public_id>/marking/", views.test_marking, name="test_marking"),
    path("tests/<uuid:public_id>/marking/<uuid:question>/", views.marking_question, name="marking_question"),
    path("tests/<uuid:public_id>/marking/<uuid:question>/marked/", views.marking_marked, name="marking_marked"),
    path("tests/<uuid:public_id>/marking/<uuid:question>/rubric/", views.rubric_edit, name="rubric_edit"),
]
