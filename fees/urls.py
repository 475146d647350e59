"""Addresses below /fees/; each subject brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("fees.own_urls")),
    path("", include("fees.counter_urls")),
    path("", include("fees.account_urls")),
    path("", include("fees.document_urls")),
    path("", include("fees.report_urls")),
    path("", include("fees.setup_urls")),
]
