"""What people look at: flags, and positions for admins."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
