"""Where batches are listed, made, changed and put away."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
