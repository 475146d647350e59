"""A student's own check-in."""

from django.urls import path

from attendance import check_in_views as views

urlpatterns = [path("sessions/<uuid:public_id>/check-in/", views.check_in, name="check_in")]
