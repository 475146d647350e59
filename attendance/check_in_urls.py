"""A student's own check-in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
