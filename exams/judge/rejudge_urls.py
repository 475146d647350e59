"""Where programs are judged again."""

from django.urls import path

from exams.judge import rejudge_views as views

urlpatterns = [
    path("tests/<uuid:public_id>/results/questions/<int:number>/judge/", views.rejudge, name="rejudge"),
]
