"""Where venues, rooms and subjects are kept."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
