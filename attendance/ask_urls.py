"""What students ask, and the history of a record."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
