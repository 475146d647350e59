"""How classes check in, and frozen periods."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
