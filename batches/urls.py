"""Addresses below /batches/; each subject brings its own. The page of one batch is composed in `coaching.pages`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
