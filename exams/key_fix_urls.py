"""Where keys are mended."""

from django.urls import path

from exams import key_fix_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/results/questions/<int:number>/fix/", views.key_fix, name="key_fix"),
]
