"""A person's own page and copy, and the queue of erasures: composed of all areas, at addresses beside accounts'."""

from django.urls import path

from coaching.pages import data_export, erasures, profile

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("privacy/export/", data_export.data_export, name="data_export"),
    path("erasures/", erasures.erasure_list, name="erasure_list"),
    path("erasures/<uuid:public_id>/", erasures.erasure, name="erasure"),
]
