"""Weekly slots and classes."""

from django.urls import path

from batches import class_views, slot_views

urlpatterns = [
    path("<uuid:public_id>/timetable/", slot_views.timetable_page, name="timetable"),
    path("<uuid:public_id>/timetable/new/", slot_views.slot_create, name="slot_create"),
    path("<uuid:public_id>/classes/new/", class_views.class_create, name="class_create"),
    path("slots/<uuid:public_id>/", slot_views.slot_change, name="slot_change"),
    path("slots/<uuid:public_id>/end/", slot_views.slot_end, name="slot_end"),
    path("classes/<uuid:public_id>/change/", class_views.class_change, name="class_change"),
    path("classes/<uuid:public_id>/cancel/", class_views.class_cancel, name="class_cancel"),
    path("classes/<uuid:public_id>/restore/", class_views.class_restore, name="class_restore"),
    path("classes/<uuid:public_id>/join/", class_views.class_join, name="class_join"),
]
