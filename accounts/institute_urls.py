"""The institute itself; what people agreed to about their own data."""

from django.urls import path

from accounts import institute_views

urlpatterns = [
    path("institute/", institute_views.institute, name="institute"),
    path("institute/logo", institute_views.institute_logo, name="institute_logo"),
]
