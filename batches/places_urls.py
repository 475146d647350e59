"""Where venues, rooms and subjects are kept."""

from django.urls import path

from batches import places_views as views

urlpatterns = [
    path("places/", views.place_list, name="places"),
    path("places/room/<int:number>/state/", views.room_state, name="room_state"),
    path("places/<slug:kind>/new/", views.place_create, name="place_create"),
    path("places/<slug:kind>/<int:number>/", views.place_change, name="place_change"),
    path("places/<slug:kind>/<int:number>/remove/", views.place_remove, name="place_remove"),
]
