"""The short link a code on the screen leads to."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
