"""Where students and guardians read results."""

from django.urls import path

from exams import own_result_views as views

urlpatterns = [
    path("results/", views.own_results, name="own_results"),
    path("tests/<uuid:public_id>/result/", views.own_result, name="own_result"),
    path("tests/<uuid:public_id>/results/of/<int:student>/", views.student_result, name="student_result"),
]
