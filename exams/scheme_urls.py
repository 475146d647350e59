"""Addresses of marking schemes."""

from django.urls import path

from exams import scheme_views as views

urlpatterns = [
    path("schemes/", views.scheme_list, name="scheme_list"),
    path("schemes/new/", views.scheme_create, name="scheme_create"),
    path("schemes/<uuid:public_id>/", views.scheme, name="scheme"),
    path("schemes/<uuid:public_id>/change/", views.scheme_change, name="scheme_change"),
    path("schemes/<uuid:public_id>/archive/", views.scheme_archive, name="scheme_archive"),
]
