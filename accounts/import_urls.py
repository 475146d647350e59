"""Imports of people: for admins."""

from django.urls import path

from accounts import import_views

urlpatterns = [
    path("people/import/", import_views.people_import, name="people_import"),
    path("people/import/template/<slug:kind>/", import_views.people_import_template, name="people_import_template"),
    path("people/import/<uuid:draft>/", import_views.people_import_preview, name="people_import_preview"),
    path("people/import/<uuid:draft>/rows/", import_views.people_import_rows, name="people_import_rows"),
    path("people/imports/<uuid:public_id>/", import_views.people_import_done, name="people_import_done"),
    path("people/imports/<uuid:public_id>/undo/", import_views.people_import_undo, name="people_import_undo"),
    path("people/imports/<uuid:public_id>/invite/", import_views.people_import_invite, name="people_import_invite"),
]
