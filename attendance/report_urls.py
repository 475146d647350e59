"""Views of attendance: grids, students, lists, files."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
