"""Where marks of tests on paper are entered."""

from django.urls import path

from exams import paper_mark_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/marks/", views.paper_marks_page, name="paper_marks"),
    path("tests/<uuid:public_id>/marks.csv", views.paper_marks_csv, name="paper_marks_csv"),
    path("tests/<uuid:public_id>/marks/file/", views.paper_marks_file, name="paper_marks_file"),
    path("tests/<uuid:public_id>/marks/file/<uuid:draft>/", views.paper_marks_preview, name="paper_marks_preview"),
]
