"""Addresses below /batches/; each subject brings its own. The page of one batch is composed in `coaching.pages`.

No two can take each other's: a word never looks like the number of a batch.
"""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("batches.batch_urls")),
    path("", include("batches.places_urls")),
    path("", include("batches.enrolment_urls")),
    path("", include("batches.timetable_urls")),
    path("", include("batches.clash_urls")),
    path("", include("batches.holiday_urls")),
    path("", include("batches.message_urls")),
    path("", include("batches.gap_urls")),
]
