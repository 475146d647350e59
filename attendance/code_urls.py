"""The code on the screen of a class."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
