"""A person's own copy and the queue of erasures: composed of all areas, at addresses beside those of accounts."""

from django.urls import path

from coaching.pages import data_export, erasures

urlpatterns = [
    path("privacy/export/", data_export.data_export, name="data_export"),
    path("erasures/", erasures.erasure_list, name="erasure_list"),
    path("erasures/<uuid:public_id>/", erasures.erasure, name="erasure"),
]
